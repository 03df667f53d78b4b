"""How many connections to PostgreSQL the shop may open at once; docs/DATABASE_README.md adds up."""

from scripts.deploy.site import COLORS, Site

USUAL_WORKERS = USUAL_THREADS = 4
JOBS = 30  # worker and scheduler, each twice during a deploy
_REPLICA = ("DATABASE_REPLICA_URL", "DATABASE_REPLICA_URL_FILE")


def needed(site: Site) -> int:
    """Return the most that the web servers and the workers take, by the operator's settings.

    With a replica each web process asks the primary once a second how far it is, over a connection
    of its own. Raises Stop for settings that cannot be read.
    """
    workers = _number(site, "WEB_CONCURRENCY", USUAL_WORKERS)
    threads = _number(site, "WEB_THREADS", USUAL_THREADS)
    watching = workers if any(site.setting(name) for name in _REPLICA) else 0
    return len(COLORS) * (workers * threads + watching) + JOBS


def _number(site: Site, name: str, usual: int) -> int:
    text = site.setting(name)
    return int(text) if text.isdecimal() else usual  # the shop itself refuses an odd one

"""nginx's configuration of this installation, in .production/nginx, where its container sees it.

Files in .production/nginx.site/ are the operator's own; each replaces that of its name in site/.
"""

from scripts.deploy import rendering
from scripts.deploy.compose import Compose
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.rollout import proxy
from scripts.deploy.site import Site

# Written by commands while the shop runs, so a new copy leaves them alone.
_KEPT = ("site/upstream.conf", "site/upstream_writes.conf", "site/maintenance.conf")


def wanted(site: Site, *, color: str) -> dict[str, str]:
    """Return the files by their place below /etc/nginx; requests go to `color` at first.

    Raises Stop for settings that nginx could not be given.
    """
    files = rendering.render(site.root / "nginx", rendering.front_of(site.settings, color=color))
    files["site/upstream.conf"] = proxy.upstream(site, color)
    files["site/upstream_writes.conf"] = proxy.upstream(site, color)
    own = site.production / "nginx.site"
    for path in sorted(own.glob("*.conf")) if own.is_dir() else []:
        if f"site/{path.name}" not in files:
            raise Stop(f"{path}: there is no such file in nginx/site", Code.REFUSED)
        files[f"site/{path.name}"] = path.read_text(encoding="utf-8")
    for place in _KEPT:
        if (site.nginx / place).exists():
            files[place] = (site.nginx / place).read_text(encoding="utf-8")
    return files


def are_current(site: Site, *, color: str) -> bool:
    """Tell whether nginx's files are what they should be. Raises Stop, as `wanted` does."""
    return present(site) == wanted(site, color=color)


def present(site: Site) -> dict[str, str]:
    """Return the files that are there, by their place."""
    return {
        str(path.relative_to(site.nginx)): path.read_text(encoding="utf-8")
        for path in site.nginx.rglob("*")
        if path.is_file()
    }


def renew(site: Site, compose: Compose, *, color: str) -> None:
    """Bring the files up to date while nginx runs. Raises Stop, with the files as they were."""
    before = present(site)
    write(site, color=color)
    try:
        proxy.reload(compose)
    except BaseException:
        rendering.write(site.nginx, before)
        raise


def write(site: Site, *, color: str) -> None:
    """Bring the files up to date. Raises Stop, as `wanted` does."""
    site.nginx.mkdir(mode=0o755, parents=True, exist_ok=True)
    rendering.write(site.nginx, wanted(site, color=color))

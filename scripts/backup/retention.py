"""Which sets may go: 7 daily, 4 weekly, 6 monthly and the newest three stay, proven ones all."""

import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from scripts.backup import sets
from scripts.backup.faults import OddClock, Refused
from scripts.backup.settings import Settings

NEWEST, DAILY, WEEKLY, MONTHLY = 3, 7, 4, 6
_SKEW = timedelta(minutes=5)


def kept(found: Iterable[sets.Set], now: datetime) -> set[str]:
    """Return the names of the sets that stay.

    Unproven ones are no backups, so they do not count; those newer than the newest proven one stay,
    because nothing better has come after them.

    Raises OddClock where a set is of the future, Refused where none is proven.
    """
    known = sorted(found, key=lambda one: one.made_at, reverse=True)
    if known and known[0].made_at > now + _SKEW:
        raise OddClock(
            f"{known[0].id} is of the future: the clock says {now:%Y-%m-%d %H:%M:%S}Z. "
            "Nothing is deleted until one of them is right."
        )
    proven = [one for one in known if one.verified_at and one.is_whole()]
    if not proven:
        if known:
            raise Refused("No set is verified, so nothing is deleted.")
        return set()
    stay = {one.id for one in known if one.made_at >= proven[0].made_at}
    stay |= {one.id for one in proven[:NEWEST]}  # each deploy makes one, so a day has many
    for most, period in ((DAILY, "%Y-%m-%d"), (WEEKLY, "%G-%V"), (MONTHLY, "%Y-%m")):
        newest_of: dict[str, str] = {}
        for one in proven:
            newest_of.setdefault(f"{one.made_at:{period}}", one.id)
        stay |= set(list(newest_of.values())[:most])
    return stay


def prune(settings: Settings, say: Callable[[str], None], *, dry_run: bool = False) -> list[str]:
    """Delete the sets that may go and return their names.

    Raises OddClock, Refused.
    """
    found = sets.every(settings.sets)
    stay = kept(found, datetime.now(UTC))
    gone = []
    for one in found:
        if one.id in stay:
            continue
        say(f"{'would delete' if dry_run else 'deletes'} {one.id}")
        if not dry_run:
            # Renamed first: what is half deleted must not look like a set.
            doomed = one.folder.with_name(one.id + sets.PARTIAL)
            one.folder.rename(doomed)
            shutil.rmtree(doomed)
        gone.append(one.id)
    return gone

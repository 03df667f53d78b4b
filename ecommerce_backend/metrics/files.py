"""The files in which workers count, one for each kind of metric and worker.

A worker that ends leaves its files, since what it counted stays counted. Workers end all the time
(`max_requests`), and the files lie in shared memory, which is small: their counts are added to
those of all who ended before.
"""

import contextlib
import fcntl
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import multiprocess
from prometheus_client.mmap_dict import MmapedDict

COUNTED = ("counter", "histogram", "summary")


@contextmanager
def at_rest(folder: Path, *, to_change: bool = False) -> Iterator[None]:
    """Keep the set of files as it is until the block ends, or be the only one who changes it.

    Who reads in the middle of a change would see a worker's counts twice or not at all, and
    Prometheus would take the next reading for a restart.
    """
    with (folder / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if to_change else fcntl.LOCK_SH)
        yield


def retire(folder: Path, pid: int) -> None:
    """Add what a worker that ended counted to what all those before it did; forget its gauges."""
    with at_rest(folder, to_change=True):
        multiprocess.mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]
        for kind in COUNTED:
            left = folder / f"{kind}_{pid}.db"
            if left.exists():
                with contextlib.suppress(struct.error):  # killed while it made the file
                    _add(left, folder / f"{kind}_ended.db")
                left.unlink()


def _add(left: Path, ended: Path) -> None:
    counted = list(MmapedDict.read_all_values_from_file(str(left)))  # type: ignore[no-untyped-call]
    total = MmapedDict(str(ended))  # type: ignore[no-untyped-call]
    try:
        for key, value, timestamp, _ in counted:
            before, _ = total.read_value(key)  # type: ignore[no-untyped-call]
            total.write_value(key, before + value, timestamp)  # type: ignore[no-untyped-call]
    finally:
        total.close()  # type: ignore[no-untyped-call]

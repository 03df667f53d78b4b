import os
import subprocess
import sys
from pathlib import Path

from prometheus_client import CollectorRegistry, multiprocess

from ecommerce_backend.metrics.files import at_rest, retire
from ecommerce_backend.tests.refusals import ROOT

COUNT = """
import os
from prometheus_client import Counter, Gauge, Histogram
counter = Counter("tea", "", ["kind"])
histogram = Histogram("brewing", "", ["kind"], buckets=(1, 2))
for number in range(int(os.environ["CUPS"])):
    counter.labels("green").inc()
    histogram.labels("green").observe(number)
Gauge("pots", "", ["kind"], multiprocess_mode="livesum").labels("green").set(1)
print(os.getpid())
"""


def worker_that_counted(folder: Path, cups: int) -> int:
    """Let a process count so many cups and end; return its id."""
    ended = subprocess.run(
        [sys.executable, "-c", COUNT],
        cwd=ROOT,
        env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder), "CUPS": str(cups)},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(ended.stdout)


def total(folder: Path, name: str, **labels: str) -> float | None:
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    return registry.get_sample_value(name, {"kind": "green", **labels})


def files(folder: Path) -> set[str]:
    return {file.name for file in folder.glob("*.db")}


def test_what_workers_counted_outlives_them_in_two_files(tmp_path: Path) -> None:
    for cups in (3, 4, 5):
        pid = worker_that_counted(tmp_path, cups)
        before = total(tmp_path, "tea_total")
        retire(tmp_path, pid)
        assert total(tmp_path, "tea_total") == before

    assert files(tmp_path) == {"counter_ended.db", "histogram_ended.db"}
    assert total(tmp_path, "tea_total") == 12
    assert total(tmp_path, "brewing_count") == 12
    assert total(tmp_path, "brewing_sum") == 3 + 6 + 10
    assert total(tmp_path, "brewing_bucket", le="1.0") == 6
    assert total(tmp_path, "pots") is None


def test_a_worker_that_counted_nothing_or_was_killed_at_it_leaves_nothing(tmp_path: Path) -> None:
    retire(tmp_path, 99)
    (tmp_path / "counter_99.db").write_bytes(b"")
    retire(tmp_path, 99)

    assert files(tmp_path) == set()


def test_nobody_reads_in_the_middle_of_a_change(tmp_path: Path) -> None:
    ask = (
        "import fcntl, sys\n"
        "lock = open(sys.argv[1])\n"
        "try: fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB); print('read')\n"
        "except BlockingIOError: print('waits')"
    )

    def reader() -> str:
        command = [sys.executable, "-c", ask, str(tmp_path / "lock")]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    with at_rest(tmp_path, to_change=True):
        assert reader() == "waits"
    with at_rest(tmp_path):
        assert reader() == "read"


def test_files_do_not_pile_up(tmp_path: Path) -> None:
    times = 20
    first = worker_that_counted(tmp_path, 1)
    for kind in ("counter", "histogram"):
        left = (tmp_path / f"{kind}_{first}.db").read_bytes()
        for number in range(times):
            (tmp_path / f"{kind}_{100_000 + number}.db").write_bytes(left)

    for number in range(times):
        retire(tmp_path, 100_000 + number)
    retire(tmp_path, first)

    assert len(files(tmp_path)) == 2
    assert total(tmp_path, "tea_total") == times + 1

"""One import by a real worker, measured."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from django.db import connection
from rich.progress import Progress

from catalog.models import CatalogImport
from catalog.services.imports.uploads import start_import

OPENING_STOCK = 5  # units of each SKU


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One import, as a worker did it. CPU in seconds, memory in MB."""

    created: int
    updated: int
    unchanged: int
    refused: int
    seconds: float
    python: float
    postgres: float
    memory: int

    @property
    def counts(self) -> tuple[int, ...]:
        return self.created, self.updated, self.unchanged, self.refused

    def __str__(self) -> str:
        rows = sum(self.counts)
        computed = self.python + self.postgres
        return (
            f"{self.created:,} created, {self.updated:,} updated,"
            f" {self.unchanged:,} unchanged, {self.refused:,} refused\n"
            f"    {self.seconds:.1f} s, {rows / self.seconds:,.0f} rows/s at a load of"
            f" {os.getloadavg()[0]:.1f}; at most {self.memory} MB\n"
            f"    {self.python:.1f} s of Python and {self.postgres:.1f} s of PostgreSQL computed:"
            f" {rows / computed:,.0f} rows per CPU second"
        )


@contextmanager
def worker() -> Iterator[psutil.Process]:
    with subprocess.Popen(
        [sys.executable, "manage.py", "run_worker", "--queue", "default"]
    ) as process:
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()


def imported(file: Path, worker: psutil.Process, title: str) -> Measured:
    """Send a file as staff do, and watch the worker take it in."""
    print(f"\n{title}", flush=True)
    python, postgres = _cpu(worker), _cpu_of_postgres()
    size = file.stat().st_size
    with file.open("rb") as upload:
        kept = start_import(upload=upload, name=file.name, size=size, opening_stock=OPENING_STOCK)
    with Progress(transient=True) as bars:
        bar = bars.add_task(title, total=size)
        while not kept.is_over:
            time.sleep(0.2)
            kept = CatalogImport.objects.defer("preview").get(pk=kept.pk)
            bars.update(bar, completed=kept.bytes_read)
    if kept.started_at is None or kept.ended_at is None or kept.problem:
        sys.exit(f"The import failed: {kept.problem}")
    measured = Measured(
        created=kept.created,
        updated=kept.updated,
        unchanged=kept.unchanged,
        refused=kept.refused,
        seconds=(kept.ended_at - kept.started_at).total_seconds(),
        python=_cpu(worker) - python,
        postgres=_cpu_of_postgres() - postgres,
        memory=_most_memory(worker),
    )
    print(f"    {measured}", flush=True)
    return measured


def _cpu(process: psutil.Process) -> float:
    spent = process.cpu_times()
    return float(spent.user + spent.system)


def _cpu_of_postgres() -> float:
    """Return what all of PostgreSQL has computed, those of its processes too that have ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        row = cursor.fetchone()
    server = psutil.Process(row[0] if row else 0).parent()
    if server is None:
        sys.exit("The server has gone.")
    ended = server.cpu_times()
    return sum(map(_cpu, server.children())) + ended.children_user + ended.children_system


def _most_memory(process: psutil.Process) -> int:
    status = Path(f"/proc/{process.pid}/status").read_text()
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return int(kilobytes) // 1024

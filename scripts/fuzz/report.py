"""What came of a run of scripts/fuzz: read from the lines that its hooks write."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

PHASES = ("examples", "coverage", "fuzzing", "stateful")
Line = dict[str, Any]


@dataclass
class Report:
    """All cases and failures so far."""

    cases: list[Line] = field(default_factory=list)
    failures: list[Line] = field(default_factory=list)
    unprepared: list[Line] = field(default_factory=list)

    @classmethod
    def of(cls, logs: Iterable[Path]) -> "Report":
        """Read what the callers' runs have written."""
        lines = [json.loads(text) for log in logs for text in log.read_text().splitlines()]
        return cls(
            cases=[line for line in lines if line["kind"] == "case"],
            failures=[line for line in lines if line["kind"] == "failure"],
            unprepared=[line for line in lines if line["kind"] == "unprepared"],
        )

    def operations(self) -> set[str]:
        return {line["operation"] for line in self.cases}

    def statuses(self, operation: str) -> set[int]:
        return {line["status"] for line in self.cases if line["operation"] == operation}

    def never_answered_well(self) -> list[str]:
        """Return the operations that no caller ever got a 2xx from."""
        best: dict[str, int] = defaultdict(lambda: 999)
        for line in self.cases:
            best[line["operation"]] = min(best[line["operation"]], line["status"])
        return sorted(operation for operation, status in best.items() if status >= 300)  # noqa: PLR2004


def show(report: Report, console: Console) -> None:
    """Print the table, the statuses, the failures with their curl lines."""
    table = Table("caller", "phase", "cases", "operations", "statuses", "failures")
    for role in dict.fromkeys(line["role"] for line in report.cases):
        for phase in PHASES:
            cases = _of(report.cases, role, phase)
            if cases:
                table.add_row(
                    role,
                    phase,
                    str(len(cases)),
                    str(len({line["operation"] for line in cases})),
                    _counted(cases),
                    str(len(_of(report.failures, role, phase))),
                )
    console.print(table)
    operations, bad = report.operations(), report.never_answered_well()
    console.print(
        f"{len(report.cases)} cases, {len(operations)} operations,"
        f" {len(operations) - len(bad)} of them seen to succeed."
    )
    for operation in bad:
        statuses = ", ".join(map(str, sorted(report.statuses(operation))))
        console.print(f"  never a 2xx: {operation} ({statuses})")
    for operation, why in {line["operation"]: line["why"] for line in report.unprepared}.items():
        console.print(f"  nothing real could be prepared for {operation}: {why}", markup=False)
    _show_failures(report, console)


def _of(lines: list[Line], role: str, phase: str) -> list[Line]:
    return [line for line in lines if line["role"] == role and line["phase"] == phase]


def _counted(cases: list[Line]) -> str:
    counts = Counter(line["status"] for line in cases)
    return " ".join(f"{status}×{counts[status]}" for status in sorted(counts))


def _show_failures(report: Report, console: Console) -> None:
    """Print one example of each kind of failure per operation."""
    kinds: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in report.failures:
        kinds[line["operation"], line["title"]].append(line)
    for (operation, title), lines in sorted(kinds.items()):
        first = min(lines, key=lambda line: len(line["curl"]))
        console.rule(style="red")
        console.print(
            f"✗ {operation} as {first['role']}: {title} ({len(lines)})\n{first['message']}\n"
            f"→ {first['answer']}\n{first['curl']}",
            markup=False,
            soft_wrap=True,
            style="red",
        )

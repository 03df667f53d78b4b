import csv
import re
from collections import Counter

from ecommerce_backend.tests.refusals import ROOT

POLICY = (ROOT / "SECURITY.md").read_text()
REPORT = (ROOT / "docs" / "SECURITY_AUDIT_REPORT.md").read_text()


def test_the_policy_says_how_soon_a_weakness_is_mended() -> None:
    assert "within 48 hours" in POLICY
    assert "within 7 days" in POLICY
    assert "weaknesses of the libraries" in POLICY


def test_the_policy_names_no_mailbox_that_nobody_reads() -> None:
    assert re.findall(r"[\w.+-]+@[\w-]+\.[\w.]+", POLICY) == []
    assert "/.well-known/security.txt" in POLICY


def test_files_and_commands_of_both_documents_are_there() -> None:
    folders = "scripts|docs|ecommerce_backend|catalog|cart|orders|users"
    named = set(re.findall(rf"(?<![\w/])(?:{folders})/[\w./-]+\w", POLICY + REPORT))

    assert len(named) > 20
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_the_report_speaks_of_each_threat_once() -> None:
    rows = re.findall(r"^\| (T\d\d) \|", REPORT, re.MULTILINE)

    told = [1, 2, 20, 21, *range(24, 66)]
    assert sorted(rows) == [f"T{number:02}" for number in told]


def test_the_report_counts_as_the_table_does() -> None:
    with (ROOT / "docs" / "asvs.csv").open(encoding="utf-8", newline="") as file:
        counted = Counter((row["level"], row["status"]) for row in csv.DictReader(file))

    shown = re.findall(
        r"^\| ([123])[^|]* \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|", REPORT, re.MULTILINE
    )
    assert [[int(number) for number in row[1:]] for row in shown] == [
        [counted[level, status] for status in ("met", "accepted", "planned", "not applicable")]
        for level in "123"
    ]

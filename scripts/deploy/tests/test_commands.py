import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.deploy import __main__ as starter
from scripts.deploy import journal, lock
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import CHECKOUT, Site


class Paint:
    """A command that changes things, or cannot."""

    HELP = "Paint the shop."

    def __init__(self, *, stop: Stop | None = None) -> None:
        self.stop = stop
        self.runs = 0

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("color")

    def changes(self, options: argparse.Namespace) -> bool:
        return bool(options.color != "none")

    def run(self, site: Site, options: argparse.Namespace) -> int:
        self.runs += 1
        if self.stop:
            raise self.stop
        return 0


def paint(site: Site, monkeypatch: pytest.MonkeyPatch, command: Paint, *arguments: str) -> int:
    monkeypatch.setattr(starter, "found", lambda: {"paint": command})
    return starter.main(["--site", str(site.root), "paint", *arguments])


def test_a_change_leaves_one_line_in_the_journal(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert paint(site, monkeypatch, Paint(), "red") == 0

    (entry,) = journal.lines(site)
    assert entry["command"].endswith("paint red")
    assert (entry["result"], entry["exit_code"], entry["release"]) == ("done", 0, None)


def test_a_refusal_is_told_with_its_hint_and_written_down(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = Paint(stop=Stop("the paint is dry", Code.NEEDS_A_HAND, hint="buy paint"))

    assert paint(site, monkeypatch, command, "red", "--json") == 6

    shown = capsys.readouterr()
    assert shown.err.splitlines() == ["✗ the paint is dry", "  buy paint"]
    assert json.loads(shown.out) == {
        "command": "paint",
        "exit_code": 6,
        "message": "the paint is dry",
        "hint": "buy paint",
    }
    assert journal.lines(site)[0]["result"] == "the paint is dry"


@pytest.mark.parametrize("arguments", [["red", "--dry-run"], ["none"]])
def test_what_changes_nothing_is_not_written_down(
    arguments: list[str], site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert paint(site, monkeypatch, Paint(), *arguments) == 0

    assert not site.production.exists()


def test_two_changes_at_once_are_refused(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = Paint()
    with lock.held(site, "deploy v2"):
        assert paint(site, monkeypatch, command, "red") == 4

    assert command.runs == 0
    assert f"deploy v2 (process {os.getpid()}, since" in capsys.readouterr().err
    assert paint(site, monkeypatch, command, "red") == 0


def test_the_lock_of_a_killed_run_is_free(site: Site) -> None:
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from scripts.deploy import lock\n"
        "from scripts.deploy.site import Site\n"
        "with lock.held(Site(Path(sys.argv[1])), 'deploy'):\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, site.root], cwd=CHECKOUT, check=False)
    assert killed.returncode == -9

    with lock.held(site, "deploy"):
        assert "deploy" in site.lock.read_text()


def test_a_line_in_pieces_does_not_hide_the_others(site: Site) -> None:
    journal.Entry(site, "deploy v1").close(code=0)
    with site.journal.open("a") as file:
        file.write('{"at": "2026-\n')
    journal.Entry(site, "deploy v2").close(code=5, message="went bad")

    assert [entry["command"] for entry in journal.lines(site)] == ["deploy v1", "deploy v2"]


@pytest.mark.parametrize("command", sorted(starter.found()))
def test_every_command_explains_itself(command: str) -> None:
    shown = subprocess.run(
        ["scripts/deploy.sh", command, "--help"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert starter.found()[command].HELP.split()[0] in shown
    assert "exit codes:" in shown


def test_the_starter_works_from_any_folder(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('a file of the folder was imported')")

    shown = subprocess.run(
        [CHECKOUT / "scripts/deploy.sh", "--site", tmp_path, "history", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert json.loads(shown)["runs"] == []


def test_a_wrong_command_is_wrong_use(tmp_path: Path) -> None:
    ended = subprocess.run(
        [CHECKOUT / "scripts/deploy.sh", "deplyo"], capture_output=True, text=True, check=False
    )

    assert ended.returncode == Code.USAGE

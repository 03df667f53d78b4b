"""What the guides tell people to type is understood, and what is cheap is run."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from django.db import connection
from rest_framework.test import APIClient

from scripts.tests.guides.commands import commands, complaint, is_harmless, is_name_alone
from scripts.tests.guides.markdown import (
    ROOT,
    Block,
    anchors,
    blocks,
    commands_in_sentences,
    guides,
    links,
    name_of,
    pages,
    scripts_in,
)

ALL_BLOCKS = [block for path in guides() for block in blocks(path)]
TO_RUN = [
    block
    for block in ALL_BLOCKS
    if block.mark is None and all(is_harmless(words) for words in commands(block.text))
]
RUN_SECONDS = 120


def test_every_command_in_a_block_is_understood() -> None:
    wrong = [
        f"{block}: {' '.join(words)}: {problem}"
        for block in ALL_BLOCKS
        for words in commands(block.text)
        if (problem := complaint(words))
    ]

    assert len(ALL_BLOCKS) > 30
    assert wrong == []


@pytest.mark.parametrize("path", guides(), ids=name_of)
def test_every_command_in_a_sentence_is_understood(path: Path) -> None:
    wrong = [
        f"{code}: {problem}"
        for code in commands_in_sentences(path)
        for words in commands(code)
        if not is_name_alone(words) and (problem := complaint(words))
    ]

    assert wrong == []


@pytest.mark.parametrize("path", pages(), ids=name_of)
def test_every_script_that_a_page_names_is_there(path: Path) -> None:
    assert [name for name in sorted(scripts_in(path)) if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("path", pages(), ids=name_of)
def test_every_link_leads_somewhere(path: Path) -> None:
    dead = []
    for link in links(path):
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)

    assert dead == []


@pytest.mark.parametrize("block", [one for one in ALL_BLOCKS if one.mark], ids=str)
def test_a_block_that_is_not_run_here_says_why_or_who_runs_it(block: Block) -> None:
    if block.mark == "run by":
        assert (ROOT / block.reason).is_file(), block.reason
    else:
        assert len(block.reason.split()) > 2, block.reason


def test_a_block_that_is_not_harmless_is_marked() -> None:
    assert [str(block) for block in ALL_BLOCKS if block.mark is None and block not in TO_RUN] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("block", TO_RUN, ids=str)
def test_a_block_without_a_mark_works(block: Block, tmp_path: Path) -> None:
    known = connection.settings_dict
    login = f"{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT']}"
    environment = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(("DJANGO_", "SHOP_", "JWT_", "COV_"))
    }
    environment |= {
        "DATABASE_URL": f"postgresql://{login}/{known['NAME']}",
        "DATA_DIR": str(tmp_path),
    }

    run = subprocess.run(
        ["bash", "-Eeuo", "pipefail", "-c", block.text],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )

    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]


@pytest.mark.parametrize(
    "text",
    [
        "scripts/deploy.sh init",
        "scripts/manage.sh flush",
        "sudo scripts/deploy.sh status --help",
        "rm -r .local",
    ],
)
def test_no_test_runs_what_could_do_harm(text: str) -> None:
    assert [is_harmless(words) for words in commands(text)] == [False]


@pytest.mark.django_db
def test_every_address_that_is_asked_of_the_local_shop_is_answered(api_client: APIClient) -> None:
    found = re.findall(
        r"curl 'http://127\.0\.0\.1:8000(/[^']*)'", "\n".join(block.text for block in ALL_BLOCKS)
    )

    assert found
    assert {path: api_client.get(path).status_code for path in found} == dict.fromkeys(found, 200)


def test_the_guides_are_listed_in_their_index() -> None:
    index = set(links(ROOT / "docs" / "README.md"))

    written = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert written <= index


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("scripts/deploy.sh status --json", None),
        ("sudo scripts/deploy.sh deploy v1.2.0 --watch 60", None),
        ("scripts/deploy.sh deplo", "invalid choice"),
        ("scripts/deploy.sh status --jsn", "unrecognized arguments: --jsn"),
        ("scripts/manage.sh check_invariants", None),
        ("scripts/manage.sh check_invariant", "no management command check_invariant"),
        ("python manage.py migrate_safe --chek", "unrecognized arguments: --chek"),
        ("docker compose exec web-blue python manage.py migrat", "no management command migrat"),
        ("scripts/missing.sh", "scripts/missing.sh is not there"),
        ("scripts/fuzz.sh --cases 25000 --as staff", None),
        ("scripts/fuzz.sh --case-count 25000", "--case-count is not an option"),
        ("python -m scripts.nothing", "no module scripts.nothing"),
        ("curl -fsS https://shop.example/ | scripts/manage.sh nothing", "command nothing"),
        ("DEMO=0 scripts/run.sh --reload", None),
    ],
)
def test_the_reader_of_commands_knows_right_from_wrong(text: str, problem: str | None) -> None:
    problems = [found for words in commands(text) if (found := complaint(words))]

    assert (problem is None) == (problems == [])
    assert problem is None or re.search(re.escape(problem), problems[0])

"""Real sessions are in the way here; the control is `migrate`, which waits as long as they do."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from io import StringIO
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from ecommerce_backend.common.migrating.session import MIGRATION_LOCK
from ecommerce_backend.common.tests.yard import Yard, opened

ROOT = Path(__file__).resolve().parent.parent.parent.parent
LOCK_SECONDS = 0.5
SLACK_SECONDS = 0.5  # of a busy machine
DEADLINE_SECONDS = 20
QUICK = {"lock_timeout": LOCK_SECONDS, "pause": 0.05, "wait": 0.3}
WIDER = {"0002_wider": 'AddField("crate", "colour", CharField(max_length=20, null=True))'}
INDEX_APART = {
    "0002_index_apart": 'AddIndexConcurrently("crate", Index(fields=["label"], name="by_label"))'
}
# Of this database: tests beside this one have theirs.
LOCKS = (
    "SELECT count(*) FROM pg_locks WHERE database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database())"
)
ADVISORY_LOCKS = f"{LOCKS} AND locktype = 'advisory'"
HAS_COLOUR = "SELECT count(*) FROM information_schema.columns WHERE column_name = 'colour'"
IS_VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid::regclass::text = 'by_label'"
Opener = Callable[[Mapping[str, str]], Yard]


@pytest.fixture
def open_yard(tmp_path: Path, transactional_db: None) -> Iterator[Opener]:
    with ExitStack() as stack:
        yield lambda migrations: stack.enter_context(opened(tmp_path, migrations))


class Told(StringIO):
    """What a command says; does something when it says a certain word."""

    def __init__(self, word: str = "", act: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self.word, self.act = word, act

    def write(self, text: str) -> int:
        if self.word and self.word in text:
            self.act()
        return super().write(text)


def migrate_safe(told: StringIO | None = None, **options: Any) -> str:
    output = told or StringIO()
    call_command("migrate_safe", stdout=output, stderr=output, **{**QUICK, **options})
    return output.getvalue()


@contextmanager
def reading(yard: Yard) -> Iterator[list[float]]:
    """Read the crates again and again meanwhile; note how many seconds each time took."""
    waits: list[float] = []
    is_over = Event()

    def read() -> None:
        with psycopg.connect(yard.address, autocommit=True) as reader:
            while not is_over.wait(0.01):
                started = time.monotonic()
                reader.execute("SELECT count(*) FROM yard_crate")
                waits.append(time.monotonic() - started)

    thread = Thread(target=read)
    thread.start()
    try:
        yield waits
    finally:
        is_over.set()
        thread.join()


def wait_until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        Event().wait(0.02)


def test_a_migration_waits_for_a_long_reader_without_making_others_wait(
    open_yard: Opener,
) -> None:
    yard = open_yard(WIDER)

    with yard.session() as long_reader, reading(yard) as waits:
        long_reader.execute("SELECT 1 FROM yard_crate")
        pid = long_reader.info.backend_pid
        output = migrate_safe(Told("attempt 3 of", long_reader.rollback))

    who = f"session {pid} of postgres [somebody] (idle in transaction for"
    assert output.count(f"yard.0002_wider: no lock, attempt 1 of 10; held by {who}") == 1
    assert output.count("again in") == 3
    assert "Migrations applied: 1." in output
    assert yard.ask(HAS_COLOUR) == 1
    assert LOCK_SECONDS / 2 < max(waits) < LOCK_SECONDS + SLACK_SECONDS


def test_a_reader_that_stays_ends_the_run_and_nothing_has_changed(open_yard: Opener) -> None:
    yard = open_yard(WIDER)

    with yard.session() as long_reader, reading(yard) as waits:
        long_reader.execute("SELECT 1 FROM yard_crate")
        with pytest.raises(CommandError) as refusal:
            migrate_safe(attempts=3)

    assert refusal.value.returncode == 1
    assert "yard.0002_wider: no lock, attempt 3 of 3; held by session" in str(refusal.value)
    assert str(refusal.value).endswith("Applied before it: nothing.")
    assert "\n" not in str(refusal.value)
    assert yard.ask(HAS_COLOUR) == 0
    assert yard.ask(ADVISORY_LOCKS) == 0
    assert max(waits) < LOCK_SECONDS + SLACK_SECONDS


def test_control_plain_migrate_makes_readers_wait_as_long_as_the_long_one(
    open_yard: Opener,
) -> None:
    yard = open_yard(WIDER)
    connection.settings_dict = {**connection.settings_dict, "OPTIONS": {}}
    reader_waits = (
        "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT count(*) FROM yard_crate'"
        " AND wait_event_type = 'Lock' AND now() - query_start > interval '1.5 s'"
    )

    with yard.session() as long_reader, reading(yard) as waits:
        long_reader.execute("SELECT 1 FROM yard_crate")
        thread = Thread(target=release_when, args=(long_reader, yard, reader_waits))
        thread.start()
        call_command("migrate", "yard", verbosity=0)
        thread.join()

    assert yard.ask(HAS_COLOUR) == 1
    assert max(waits) > 1.5  # three times the timeout that migrate_safe has here


def release_when(session: psycopg.Connection[Any], yard: Yard, question: str) -> None:
    wait_until(lambda: yard.ask(question))
    session.rollback()


def test_of_two_runs_the_second_waits_for_the_first(open_yard: Opener) -> None:
    yard = open_yard(WIDER)

    with yard.session() as first_run:
        first_run.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        pid = first_run.info.backend_pid
        output = migrate_safe(Told("Waiting for another run", first_run.close), wait=20)

    assert f"Waiting for another run of migrations: session {pid}." in output
    assert yard.ask(HAS_COLOUR) == 1


def test_of_two_runs_the_second_gives_up_when_the_first_takes_long(open_yard: Opener) -> None:
    yard = open_yard(WIDER)

    with yard.session() as first_run:
        first_run.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        with pytest.raises(CommandError, match=f"session {first_run.info.backend_pid}") as refusal:
            migrate_safe()

    assert refusal.value.returncode == 4
    assert yard.ask(HAS_COLOUR) == 0


def test_a_concurrent_index_waits_for_old_readers_and_nobody_waits_for_it(
    open_yard: Opener,
) -> None:
    yard = open_yard(INDEX_APART)
    is_building = "SELECT count(*) FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting%'"

    with yard.session() as long_writer, reading(yard) as waits:
        long_writer.execute("INSERT INTO yard_crate (label) VALUES ('a')")
        thread = Thread(target=release_when, args=(long_writer, yard, is_building))
        thread.start()
        migrate_safe(lock_timeout=0.05)
        thread.join()

    assert yard.ask(IS_VALID) is True
    assert max(waits) < LOCK_SECONDS


def test_a_run_that_is_told_to_stop_lets_go_at_once(open_yard: Opener) -> None:
    yard = open_yard(WIDER)
    settings = "from ecommerce_backend.settings_test import *\nINSTALLED_APPS.append('yard')\n"
    (yard.folder / "yard_settings.py").write_text(settings)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "yard_settings",
        "PYTHONPATH": str(yard.folder),
        "DATABASE_URL": yard.url,
    }
    is_waiting = f"{LOCKS} AND mode = 'AccessExclusiveLock' AND NOT granted"

    with yard.session() as long_reader:
        long_reader.execute("SELECT 1 FROM yard_crate")
        run = subprocess.Popen(
            [sys.executable, "manage.py", "migrate_safe", "--lock-timeout=60"],
            cwd=ROOT,
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_until(lambda: yard.ask(is_waiting))
        run.terminate()
        _, errors = run.communicate(timeout=DEADLINE_SECONDS)

    assert run.returncode == 130
    assert errors.startswith("CommandError: Interrupted.")
    assert yard.ask(HAS_COLOUR) == 0
    assert yard.ask(ADVISORY_LOCKS) == 0


def test_an_index_that_was_left_half_built_is_built_again(open_yard: Opener) -> None:
    yard = open_yard(INDEX_APART)

    with yard.session() as long_writer:
        long_writer.execute("INSERT INTO yard_crate (label) VALUES ('a')")
        output = migrate_safe(
            Told("attempt 2 of", long_writer.rollback), concurrent_lock_timeout=0.3
        )

    assert "attempt 1 of 10" in output
    assert yard.ask(IS_VALID) is True


def test_an_index_that_stays_half_built_is_named(open_yard: Opener) -> None:
    yard = open_yard(INDEX_APART)
    output = StringIO()

    with yard.session() as long_writer:
        long_writer.execute("INSERT INTO yard_crate (label) VALUES ('a')")
        with pytest.raises(CommandError) as refusal:
            migrate_safe(output, concurrent_lock_timeout=0.3, attempts=1)

    assert refusal.value.returncode == 1
    drop = "DROP INDEX CONCURRENTLY public.by_label;  -- invalid, on public.yard_crate"
    assert drop in output.getvalue().splitlines()
    assert yard.ask(IS_VALID) is False


def test_an_invalid_index_of_anybody_needs_a_hand(open_yard: Opener) -> None:
    yard = open_yard(WIDER)
    with psycopg.connect(yard.address, autocommit=True) as session:
        session.execute("INSERT INTO yard_crate (label) VALUES ('a'), ('a')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            session.execute("CREATE UNIQUE INDEX CONCURRENTLY twice ON yard_crate (label)")
    output = StringIO()

    with pytest.raises(CommandError) as refusal:
        migrate_safe(output)

    assert refusal.value.returncode == 6
    assert "DROP INDEX CONCURRENTLY public.twice;" in output.getvalue()
    assert yard.ask(HAS_COLOUR) == 1


def test_what_fails_half_way_leaves_nothing_and_says_why_in_a_line(open_yard: Opener) -> None:
    half_way = {"0002_half_way": WIDER["0002_wider"] + ', RunSQL("SELECT 1/0")'}
    yard = open_yard(half_way)

    with pytest.raises(CommandError) as refusal:
        migrate_safe()

    assert refusal.value.returncode == 1
    assert str(refusal.value) == "division by zero Applied before it: nothing."
    assert yard.ask(HAS_COLOUR) == 0


def test_what_was_applied_before_a_failure_stays_and_is_named(open_yard: Opener) -> None:
    yard = open_yard({**WIDER, "0003_wrong": 'RunSQL("SELECT 1/0")'})

    with pytest.raises(CommandError, match=r"Applied before it: yard\.0002_wider\."):
        migrate_safe()

    assert yard.ask(HAS_COLOUR) == 1


def test_a_migration_is_under_the_timeouts_after_a_reconnection_too(open_yard: Opener) -> None:
    look = """
def look(apps, editor):
    editor.connection.close()
    with editor.connection.cursor() as cursor:
        cursor.execute("INSERT INTO yard_crate (label) VALUES (current_setting('lock_timeout')),"
                       " (current_setting('statement_timeout'))")
---
RunPython(look)"""
    yard = open_yard({"0002_look_apart": look})

    migrate_safe()

    found = yard.ask("SELECT string_agg(label, ' ' ORDER BY id) FROM yard_crate")
    assert found == "500ms 0"


def test_a_table_that_the_shop_may_not_use_is_named_with_the_grant(open_yard: Opener) -> None:
    yard = open_yard({})
    role = f"{connection.settings_dict['NAME']}_app"
    with psycopg.connect(yard.address, autocommit=True) as owner:
        owner.execute(f'CREATE ROLE "{role}"'.encode())
        everything = f'GRANT ALL ON ALL TABLES IN SCHEMA public TO "{role}";'
        sequences = f'GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO "{role}";'
        owner.execute((everything + sequences).encode())
        try:
            migrate_safe(app_role=role)
            owner.execute(f'REVOKE UPDATE, DELETE ON yard_shelf FROM "{role}"'.encode())
            output = StringIO()
            with pytest.raises(CommandError) as refusal:
                migrate_safe(output, app_role=role)
        finally:
            owner.execute(f'DROP OWNED BY "{role}"; DROP ROLE "{role}"'.encode())

    assert refusal.value.returncode == 6
    assert output.getvalue().splitlines()[0] == (
        f"GRANT DELETE, UPDATE ON TABLE public.yard_shelf TO {role};"
    )


def test_the_plan_shows_the_sql_and_who_is_in_the_way_and_changes_nothing(
    open_yard: Opener,
) -> None:
    yard = open_yard(WIDER)
    is_old = (
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
        " AND xact_start < now() - interval '1.1 s'"
    )

    with yard.session() as long_reader:
        long_reader.execute("SELECT 1 FROM yard_crate")
        wait_until(lambda: yard.ask(is_old))
        output = migrate_safe(plan=True)
        pid = long_reader.info.backend_pid

    assert output.startswith("-- yard.0002_wider\n--   touches yard_crate: 0.0 MiB\n")
    assert f"--   in the way: session {pid} of postgres [somebody] (idle in transaction" in output
    assert 'ALTER TABLE "yard_crate" ADD COLUMN "colour" varchar(20) NULL;' in output
    assert yard.ask(HAS_COLOUR) == 0


def test_the_check_fails_while_something_is_pending(open_yard: Opener) -> None:
    open_yard(WIDER)

    with pytest.raises(CommandError, match="1 migrations are pending") as refusal:
        migrate_safe(check=True)
    migrate_safe()

    assert refusal.value.returncode == 1
    assert migrate_safe(check=True) == ""


def test_a_program_reads_the_outcome_as_json(open_yard: Opener) -> None:
    open_yard({"0002_narrower": 'contracts = True\n---\nRemoveField("crate", "depth")'})
    narrower = {"name": "yard.0002_narrower", "atomic": True, "contracts": True}

    assert json.loads(migrate_safe(plan=True, json=True)) == {"pending": [narrower]}
    assert json.loads(migrate_safe(json=True).splitlines()[1]) == {
        "applied": [narrower],
        "pending": [],
        "invalid_indexes": [],
        "lacking_grants": [],
        "error": None,
    }

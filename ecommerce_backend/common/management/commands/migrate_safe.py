"""`manage.py migrate_safe`: docs/migrations.md says what it does and how it ends."""

import json
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connections

from ecommerce_backend.common.migrating.executor import LockNotHad, Patience
from ecommerce_backend.common.migrating.planning import plan_of
from ecommerce_backend.common.migrating.running import Run, pending
from ecommerce_backend.common.migrating.session import AlreadyRunning, only_one_run, set_timeouts

FAILED = 1
ANOTHER_RUN = 4
NEEDS_A_HAND = 6
INTERRUPTED = 130  # 128 + SIGINT, as shells have it


class Command(BaseCommand):
    help = "Apply pending migrations without making readers of the shop wait."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--plan", action="store_true", help="show SQL and findings, do nothing")
        what.add_argument("--check", action="store_true", help="exit with 1 if any is pending")
        parser.add_argument("--json", action="store_true", help="end with one JSON object")
        parser.add_argument("--database", default="default")
        parser.add_argument("--lock-timeout", type=float, default=2, metavar="SECONDS")
        parser.add_argument(
            "--concurrent-lock-timeout",
            type=float,
            default=900,
            metavar="SECONDS",
            help="for migrations that only build or drop indexes concurrently; nobody waits there",
        )
        parser.add_argument("--attempts", type=int, default=10, help="of each migration")
        parser.add_argument(
            "--pause", type=float, default=1, metavar="SECONDS", help="the first; then it doubles"
        )
        parser.add_argument(
            "--wait", type=float, default=300, metavar="SECONDS", help="for another run to end"
        )
        parser.add_argument(
            "--app-role", default="nexus_app", help="whose rights on the tables are checked"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        self._is_json = options["json"]
        connection = connections[options["database"]]
        set_timeouts(connection, lock_seconds=options["lock_timeout"])
        try:
            if options["plan"] or options["check"]:
                self._show(pending(connection), connection if options["plan"] else None)
                return
            if threading.current_thread() is threading.main_thread():
                # psycopg cancels the statement under way on this, on nothing else.
                signal.signal(signal.SIGTERM, signal.default_int_handler)
            with only_one_run(connection, wait_seconds=options["wait"], tell=self._tell):
                self._run(Run(connection, patience=_patience(options), tell=self._tell), options)
        except AlreadyRunning as error:
            raise CommandError(str(error), returncode=ANOTHER_RUN) from error
        except KeyboardInterrupt as error:
            stopped = "Interrupted. The migration under way was taken back if it is atomic."
            raise CommandError(stopped, returncode=INTERRUPTED) from error

    def _show(self, migrations: list[Any], connection: Any) -> None:
        """Say what is pending, with SQL and findings when a connection is given."""
        if self._is_json:
            self.stdout.write(json.dumps({"pending": [one.as_json() for one in migrations]}))
        elif connection is not None:
            self.stdout.write(plan_of(connection, migrations))
        else:
            for one in migrations:
                self.stdout.write(str(one))
        if connection is None and migrations:
            raise CommandError(f"{len(migrations)} migrations are pending.", returncode=FAILED)

    def _run(self, run: Run, options: dict[str, Any]) -> None:
        reason = None
        try:
            run.migrate()
        except LockNotHad as error:
            reason = str(error)
        except DatabaseError as error:
            reason = str(error).strip().splitlines()[0]
        outcome = run.outcome(app_role=options["app_role"])
        if self._is_json:
            self.stdout.write(json.dumps({**outcome.as_json(), "error": reason}))
        for line in outcome.complaints():
            self._tell(line)
        if reason is not None:
            done = ", ".join(one.name for one in outcome.applied) or "nothing"
            raise CommandError(f"{reason} Applied before it: {done}.", returncode=FAILED)
        if outcome.complaints():
            raise CommandError("Migrated, but see above.", returncode=NEEDS_A_HAND)
        self._tell(f"Migrations applied: {len(outcome.applied)}.")

    def _tell(self, line: str) -> None:
        (self.stderr if self._is_json else self.stdout).write(line)


def _patience(options: dict[str, Any]) -> Patience:
    return Patience(
        lock_seconds=options["lock_timeout"],
        concurrent_lock_seconds=options["concurrent_lock_timeout"],
        attempts=options["attempts"],
        first_pause_seconds=options["pause"],
    )

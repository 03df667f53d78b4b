"""`manage.py check_invariants`: exit code 0 when all hold, 1 when the data breaks one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from ecommerce_backend.common.invariants import Invariant
from reviews.services.bookkeeping import INVARIANTS

SHOWN = 20


class Command(BaseCommand):
    help = "Check that stock, orders, money and ratings add up, and name the rows that do not."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (Django's form)
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")  # whole tables take longer than a request
        broken = [invariant for invariant in INVARIANTS if not self._holds(invariant)]
        if broken:
            raise CommandError(f"{len(broken)} of {len(INVARIANTS)} invariants are broken.")

    def _holds(self, invariant: Invariant) -> bool:
        breaches = invariant.breaches()
        mark = self.style.ERROR("broken") if breaches else self.style.SUCCESS("holds ")
        self.stdout.write(f"{mark} {invariant.statement}")
        for breach in breaches[:SHOWN]:
            self.stdout.write(f"         {breach}")
        if len(breaches) > SHOWN:
            self.stdout.write(f"         and {len(breaches) - SHOWN} more")
        return not breaches

"""Imports whose job has given up: staff see it, and may begin them again while the file is kept."""

from datetime import timedelta
from typing import Final

from django.utils import timezone

from catalog.models import CatalogImport, ImportPart
from catalog.services.imports.uploads import run_later
from ecommerce_backend.common import jobs
from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.common.transactions import unit_of_work

KEPT: Final = timedelta(days=7)  # a file whose import may go on
Status = CatalogImport.Status
_OPEN = (Status.WAITING, Status.RUNNING)


class ImportCannotGoOn(DomainError):
    code = "import_cannot_go_on"
    message = "This import is not over, ran to its end, or failed for what is wrong with its file."
    advice = "Send the file, mended, as a new import."


def close_abandoned_imports() -> int:
    """Call those failed for which no job is left, and return how many they were.

    A job tries twenty times, in nearly two hours; then nobody would ever end its import.
    """
    found = list(CatalogImport.objects.filter(status__in=_OPEN).values_list("pk", flat=True))
    # Read after the imports, which came with their jobs in one transaction.
    at_work = jobs.open_arguments("catalog.run_import", "import_id")
    return sum(_close(pk) for pk in found if pk not in at_work)


@unit_of_work
def _close(import_id: int) -> bool:
    kept = CatalogImport.objects.select_for_update(no_key=True, of=("self",)).get(pk=import_id)
    if kept.is_over:
        return False  # it ended meanwhile, and its job after it
    last = f" {kept.problem}" if kept.problem else ""
    give_up(kept, problem=f"Given up after many tries; it can be begun again.{last}")
    return True


def give_up(kept: CatalogImport, *, problem: str) -> None:
    """Call an import failed as far as it has come, and keep its file."""
    kept.status, kept.problem, kept.ended_at = Status.FAILED, problem[:500], timezone.now()
    kept.can_go_on = True
    if kept.mode == CatalogImport.Mode.ALL_OR_NOTHING:
        kept.created = kept.updated = kept.unchanged = 0
    counts = ["created", "updated", "unchanged"]
    kept.save(update_fields=[*counts, "status", "problem", "ended_at", "can_go_on", "updated_at"])


@unit_of_work
def go_on(*, import_id: int) -> CatalogImport:
    """Have a worker go on with an import that failed for no fault of its file.

    Row by row it goes on where it was; a dry run, and all or nothing, begin anew. Raises
    ImportCannotGoOn.
    """
    kept = CatalogImport.objects.select_for_update(no_key=True, of=("self",)).get(pk=import_id)
    if not kept.can_go_on:
        raise ImportCannotGoOn
    kept.status, kept.problem = Status.WAITING, ""
    kept.can_go_on, kept.ended_at = False, None
    kept.save(update_fields=["status", "problem", "can_go_on", "ended_at", "updated_at"])
    run_later(kept)
    return kept


def forget_old_files() -> int:
    """Delete the files of imports that nobody has begun again, and return how many those were."""
    old = CatalogImport.objects.filter(can_go_on=True, ended_at__lt=timezone.now() - KEPT)
    return sum(_forget(pk) for pk in old.values_list("pk", flat=True))


@unit_of_work
def _forget(import_id: int) -> bool:
    kept = CatalogImport.objects.select_for_update(no_key=True, of=("self",)).get(pk=import_id)
    if not kept.can_go_on:
        return False  # begun again this moment
    kept.can_go_on = False
    kept.save(update_fields=["can_go_on", "updated_at"])
    ImportPart.objects.filter(source=kept).delete()
    return True

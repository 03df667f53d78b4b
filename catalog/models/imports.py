"""Files that staff sent to be imported, and what became of them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from ecommerce_backend.common.models import TimestampedModel


class CatalogImport(TimestampedModel):
    """A catalogue file that is, or was, brought into the shop in the background."""

    class Mode(models.TextChoices):
        ROW_BY_ROW = "row_by_row", "Take the rows that can be taken"
        ALL_OR_NOTHING = "all_or_nothing", "Take all rows or none"

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        SUCCEEDED = "succeeded", "Ran to its end"
        FAILED = "failed", "Did not run to its end"

    reference = models.CharField(max_length=64, unique=True)  # in the ledger and the feed
    file_name = models.CharField(max_length=255)
    format = models.CharField(max_length=8)
    size = models.PositiveBigIntegerField()  # bytes, as it was sent
    mode = models.CharField(max_length=16, choices=Mode)
    is_dry_run = models.BooleanField()
    opening_stock = models.PositiveIntegerField(default=0)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    status = models.CharField(max_length=16, choices=Status, default=Status.WAITING)
    # How far it is: rows of the file, and bytes of what was sent.
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    last_line = models.PositiveIntegerField(default=0)
    bytes_read = models.PositiveBigIntegerField(default=0)
    ignored_columns = models.JSONField(default=list)
    preview = models.JSONField(default=list)  # the first changes, before and after
    # Why it failed, for people; of one that is running, why the last try broke off.
    problem = models.CharField(max_length=500, blank=True)
    # It failed for no fault of the file, which is kept for a while.
    can_go_on = models.BooleanField(default=False, db_default=False)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="catalog_import_status_known",
                condition=Q(status__in=["waiting", "running", "succeeded", "failed"]),
            ),
            models.CheckConstraint(
                name="catalog_import_mode_known",
                condition=Q(mode__in=["row_by_row", "all_or_nothing"]),
            ),
            models.CheckConstraint(
                name="catalog_import_ended_iff_over",
                condition=Q(status__in=["succeeded", "failed"], ended_at__isnull=False)
                | Q(status__in=["waiting", "running"], ended_at=None),
            ),
            models.CheckConstraint(
                name="catalog_import_goes_on_if_failed",
                condition=Q(can_go_on=False) | Q(status="failed"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.status})"

    @property
    def is_over(self) -> bool:
        return self.status in {self.Status.SUCCEEDED, self.Status.FAILED}


class ImportPart(models.Model):
    """A piece of the file, until the import is over: workers may run on other machines."""

    source = models.ForeignKey(CatalogImport, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="import_part_once", fields=["source", "number"])
        ]

    def __str__(self) -> str:
        return f"part {self.number}"


class ImportFlaw(models.Model):
    """One thing that is wrong with a row that stayed out."""

    source = models.ForeignKey(CatalogImport, on_delete=models.CASCADE, related_name="flaws")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=255, blank=True)
    value = models.CharField(max_length=1000, blank=True)
    code = models.CharField(max_length=64)
    reason = models.CharField(max_length=500)

    class Meta:
        indexes: ClassVar = [models.Index(name="import_flaw_order", fields=["source", "id"])]

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"

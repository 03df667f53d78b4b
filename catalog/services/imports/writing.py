"""Writing one batch, in one transaction and a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from catalog.models import Price, Product, ProductVariant
from catalog.models.products import MEASURES
from catalog.services.attributes.values import write_values
from catalog.services.imports.adding import add
from catalog.services.imports.planning import Plan, plan
from catalog.services.imports.rows import Row
from catalog.services.imports.shelves import Shelves
from ecommerce_backend.common import events
from users.models import User

_PRODUCT_COLUMNS = [
    *("name", "description", "brand", "category", "attributes", "source_image_url"),
    *("search_text", "updated_at"),
]


@dataclass(frozen=True, kw_only=True)
class Run:
    """What all batches of an import have in common. `reference` names it in ledger and feed."""

    reference: str
    source: str
    opening_stock: int
    actor: User | None


@transaction.atomic
def write_rows(rows: Sequence[Row], *, shelves: Shelves, run: Run) -> Plan:
    """Bring the rows into the shop, all of them or none, and say what they came to.

    Raises IntegrityError or DataError where a rule of the database is stricter than validation.
    """
    shelves.prepare(rows)
    batch = plan(rows, shelves=shelves, is_dry_run=False)
    if batch.new:
        add(
            batch,
            shelves=shelves,
            opening_stock=run.opening_stock,
            reference=run.reference,
            actor=run.actor,
        )
    _update(batch)
    if batch.new or batch.updated:
        events.record(
            "catalog.imported",
            subject=run.reference,
            payload={
                "source": run.source,
                "created": [row.sku for row in batch.new],
                "updated": batch.updated,
            },
        )
    return batch


def _update(batch: Plan) -> None:
    if batch.values:
        write_values(batch.values, definitions=batch.definitions)
    # Upserts that find their row: several times faster than the CASE WHEN of bulk_update.
    if batch.products:
        Product.objects.bulk_create(
            batch.products.values(),
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=_PRODUCT_COLUMNS,
        )
    if batch.variants:
        ProductVariant.objects.bulk_create(
            batch.variants,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["barcode", *MEASURES, "updated_at"],
        )
    if batch.prices:
        Price.objects.bulk_create(
            batch.prices,
            update_conflicts=True,
            unique_fields=["variant", "currency"],
            update_fields=["amount", "compare_at", "updated_at"],
        )

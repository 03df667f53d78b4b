"""Real workers, killed in the middle of a job: another goes on, and nothing is doubled or lost."""

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import psutil
import pytest
from django.db import connection
from django.db.models import Sum
from pytest_django.fixtures import Settings

from catalog.invariants import INVARIANTS
from catalog.models import (
    CatalogImport,
    ImageUpload,
    ImportPart,
    Price,
    Product,
    ProductImage,
    ProductVariant,
    StockMovement,
)
from catalog.services.images import upload_image
from catalog.services.images.storing import names_of
from catalog.services.imports.uploads import start_import
from catalog.tests import pictures
from catalog.tests.factories import ProductFactory
from ecommerce_backend.common.tests.workers import (
    forget_jobs,
    let_a_minute_pass,
    take_up,
    until,
    worker,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("workers")]
ROWS = 2500
Mode = CatalogImport.Mode


@pytest.fixture(autouse=True)
def _no_jobs_of_other_tests(transactional_db: None) -> Iterator[None]:
    forget_jobs()
    yield
    forget_jobs()


def sent(mode: str) -> CatalogImport:
    """Send a catalogue of which the last row is a bad one, if that may be."""
    rows = [
        {"sku": f"S{n}", "name": f"Lamp {n}", "price": "9.99", "currency": "USD", "on_hand": 3}
        for n in range(ROWS)
    ]
    if mode == Mode.ROW_BY_ROW:
        rows.append({"sku": "BAD"})
    content = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
    return start_import(upload=BytesIO(content), name="a.jsonl", size=len(content), mode=mode)


def kill_when(is_at_it: Callable[[int], object], **environment: str) -> None:
    """Kill a worker once it is at it, and have its jobs taken up when its silence is noticed."""
    with worker("--queue=default", **environment) as process:
        until(lambda: is_at_it(process.pid))
        process.kill()
        assert process.wait() == -9
    until(lambda: not locks_of_an_import())  # the server sees that its client is gone
    let_a_minute_pass()
    assert len(take_up()) == 1


def locks_of_an_import(relation: str = "") -> int:
    """Count what sessions have locked: the advisory lock of imports, or rows of a table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks"
            " WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND CASE WHEN %(relation)s = '' THEN locktype = 'advisory'"
            "  ELSE relation = to_regclass(%(relation)s) AND mode = 'RowExclusiveLock' END"
            " AND pid <> pg_backend_pid()",
            {"relation": relation},
        )
        (count,) = cursor.fetchone() or (0,)
        return int(count)


def state(kept: CatalogImport) -> CatalogImport:
    return CatalogImport.objects.get(pk=kept.pk)


@pytest.mark.parametrize("mode", Mode.values)
def test_an_import_goes_on_where_a_killed_worker_left_it(mode: str) -> None:
    kept = sent(mode)
    if mode == Mode.ROW_BY_ROW:
        kill_when(lambda _: state(kept).created)
    else:
        kill_when(lambda _: locks_of_an_import("catalog_product"))

    left = state(kept)
    assert left.status == "running"
    stored = Product.objects.count()
    assert (0 < stored == left.created < ROWS) if mode == Mode.ROW_BY_ROW else stored == 0

    with worker("--queue=default"):
        until(lambda: state(kept).is_over)

    ended = state(kept)
    counts = (ended.created, ended.updated, ended.unchanged, ended.refused)
    bad = int(mode == Mode.ROW_BY_ROW)
    assert (ended.status, *counts, ended.problem) == ("succeeded", ROWS, 0, 0, bad, "")
    assert ended.flaws.count() == 4 * bad - bad
    assert [Product.objects.count(), ProductVariant.objects.count(), Price.objects.count()] == (
        [ROWS] * 3
    )
    assert StockMovement.objects.aggregate(units=Sum("on_hand_change"))["units"] == 3 * ROWS
    assert [breach for one in INVARIANTS for breach in one.breaches()] == []
    assert not ImportPart.objects.exists()


def test_a_picture_is_made_after_all_when_the_worker_was_killed(
    tmp_path: Path, settings: Settings
) -> None:
    folder = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": folder}
    settings.MEDIA_ROOT = tmp_path
    upload = pictures.upload("JPEG", size=(5000, 4000))
    image = upload_image(product=ProductFactory.create(), upload=upload)
    place = {
        "DJANGO_SETTINGS_MODULE": "ecommerce_backend.settings",
        "SHOP_MEDIA_ROOT": str(tmp_path),
    }

    kill_when(lambda pid: psutil.Process(pid).children(), **place)

    image.refresh_from_db()
    assert (image.status, ImageUpload.objects.count()) == ("processing", 1)
    with worker("--queue=default", **place):
        until(lambda: ProductImage.objects.exclude(status="processing").exists())

    image.refresh_from_db()
    assert (image.status, ImageUpload.objects.count()) == ("ready", 0)
    files = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    assert files == set(names_of(image))
    assert len(files) == 1 + len(image.renditions) > 1

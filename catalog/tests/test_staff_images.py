"""Staff give a product its pictures by the API, order and describe them, and take them away."""

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import ImageUpload, Product, ProductImage
from catalog.services.images import delete_files, process_image
from catalog.tests import pictures
from catalog.tests.factories import ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db
LARGE = pictures.upload("JPEG", size=(3200, 800)).getvalue()


def list_of(product: Product) -> str:
    return f"/api/v1/staff/products/{product.pk}/images/"


def send(client: APIClient, product: Product, content: bytes = LARGE, **fields: str) -> Any:
    form = pictures.form(content, **fields)
    return client.post(list_of(product), form, content_type=pictures.FORM)


def ready(client: APIClient, product: Product, **fields: str) -> int:
    """Send a picture and have it made as a worker would; return its id."""
    image_id = int(send(client, product, LARGE, **fields).json()["id"])
    process_image(image_id=image_id)
    return image_id


def jobs() -> list[tuple[str, str | None, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, lock, args::text FROM procrastinate_jobs ORDER BY id")
        return list(cursor.fetchall())


def test_a_picture_is_kept_for_a_worker_which_makes_it_in_four_widths(
    manager_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    product = ProductFactory.create()

    sent = send(manager_client, product, alt="Lit", position="7")

    assert sent.status_code == 202
    image = ProductImage.objects.get()
    assert sent.json() == {
        "id": image.pk,
        "status": "processing",
        "url": None,
        "alt": "Lit",
        "position": 7,
        "width": None,
        "height": None,
        "renditions": [],
        "failure": None,
        "created_at": sent.json()["created_at"],
    }
    assert jobs() == [("catalog.process_image", "catalog.images", f'{{"image_id": {image.pk}}}')]
    kept = ImageUpload.objects.get()
    assert bytes(kept.content) == LARGE
    assert not default_storage.exists(kept.name)

    process_image(image_id=image.pk)

    shown = manager_client.get(f"{list_of(product)}{image.pk}/").json()
    assert (shown["status"], shown["failure"]) == ("ready", None)
    assert (shown["width"], shown["height"]) == (1600, 400)
    sizes = [(one["width"], one["height"]) for one in shown["renditions"]]
    assert sizes == [(320, 80), (640, 160), (1280, 320), (1600, 400)]
    assert shown["renditions"][-1]["url"] == shown["url"]
    stem = shown["url"].removesuffix(".webp")
    assert [one["url"] for one in shown["renditions"][:-1]] == [
        f"{stem}-{width}.webp" for width in (320, 640, 1280)
    ]
    assert not ImageUpload.objects.exists()


def test_customers_see_a_picture_once_it_is_ready(
    manager_client: APIClient, api_client: APIClient
) -> None:
    product = VariantFactory.create(options={}, product__slug="lamp").product
    send(manager_client, product, b"\xff\xd8\xff\xc0\0\x11\x08\0\x09\0\x09")
    process_image(image_id=ProductImage.objects.get(status="processing").pk)
    send(manager_client, product)
    assert [image.status for image in ProductImage.objects.order_by("pk")] == [
        "failed",
        "processing",
    ]

    before = api_client.get("/api/v1/products/lamp/").json()["images"]
    card_before = api_client.get("/api/v1/products/").json()["results"][0]["image"]
    process_image(image_id=ProductImage.objects.get(status="processing").pk)
    (after,) = api_client.get("/api/v1/products/lamp/").json()["images"]
    card_after = api_client.get("/api/v1/products/").json()["results"][0]["image"]

    assert (before, card_before) == ([], None)
    assert [one["width"] for one in after["renditions"]] == [320, 640, 1280, 1600]
    assert after["renditions"][-1] == {
        "url": after["url"],
        "width": after["width"],
        "height": after["height"],
    }
    assert card_after == after


def test_nothing_is_made_wider_than_it_was(manager_client: APIClient) -> None:
    product = ProductFactory.create()
    image_id = send(manager_client, product, pictures.upload(size=(640, 10)).getvalue()).json()

    process_image(image_id=image_id["id"])

    image = ProductImage.objects.get()
    assert [one["width"] for one in image.renditions] == [320]
    assert (image.width, image.height) == (640, 10)


def test_pictures_are_listed_in_their_order(
    manager_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    product = ProductFactory.create()
    for alt, position in (("third", "5"), ("first", "0"), ("second", "5")):
        send(manager_client, product, alt=alt, position=position)
    send(manager_client, product, alt="last")
    send(manager_client, ProductFactory.create(), alt="of another")

    with django_assert_num_queries(6):  # session, two of permissions, product, count, page
        rows = manager_client.get(list_of(product)).json()["results"]

    assert [row["alt"] for row in rows] == ["first", "third", "second", "last"]
    assert rows[-1]["position"] == 6


def test_a_picture_is_described_anew_and_moved(manager_client: APIClient) -> None:
    product = ProductFactory.create()
    image_id = ready(manager_client, product, alt="Lit")
    address = f"{list_of(product)}{image_id}/"

    moved = manager_client.patch(address, {"position": 3}, format="json").json()
    described = manager_client.patch(address, {"alt": ""}, format="json").json()

    assert (moved["alt"], moved["position"]) == ("Lit", 3)
    assert (described["alt"], described["position"]) == ("", 3)
    assert described["url"] == moved["url"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"position": -1}, "/position"),
        ({"position": 32_768}, "/position"),
        ({"position": "1"}, "/position"),
        ({"alt": "a\u202eb"}, "/alt"),
        ({"alt": "x" * 256}, "/alt"),
        ({"file": "products/other.webp"}, "/file"),
        ({"status": "ready"}, "/status"),
    ],
)
def test_what_cannot_be_changed_is_refused(
    manager_client: APIClient, change: dict[str, Any], pointer: str
) -> None:
    product = ProductFactory.create()
    image_id = send(manager_client, product, alt="Lit").json()["id"]

    answer = manager_client.patch(f"{list_of(product)}{image_id}/", change, format="json")

    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert ProductImage.objects.get().alt == "Lit"


@pytest.mark.parametrize("position", ["-1", "x", "32768", "1.5", "\u0661"])
def test_a_place_is_a_small_whole_number(manager_client: APIClient, position: str) -> None:
    answer = send(manager_client, ProductFactory.create(), position=position)

    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/position"]
    assert not ProductImage.objects.exists()


def test_a_removed_picture_takes_its_files_along(manager_client: APIClient) -> None:
    product = ProductFactory.create()
    image_id = ready(manager_client, product)
    image = ProductImage.objects.get()
    names = [str(image.file.name), *(one["file"] for one in image.renditions)]
    assert all(default_storage.exists(name) for name in names)

    gone = manager_client.delete(f"{list_of(product)}{image_id}/")

    assert (gone.status_code, ProductImage.objects.count()) == (204, 0)
    task, _, _ = jobs()[-1]
    assert task == "catalog.delete_image_files"
    delete_files(names)
    delete_files(names)  # a job may come twice
    assert not any(default_storage.exists(name) for name in names)


def test_a_picture_is_found_under_its_own_product_alone(manager_client: APIClient) -> None:
    product, other = ProductFactory.create(), ProductFactory.create()
    image_id = send(manager_client, product).json()["id"]
    elsewhere = f"{list_of(other)}{image_id}/"

    assert manager_client.get(elsewhere).status_code == 404
    assert manager_client.patch(elsewhere, {"alt": "x"}, format="json").status_code == 404
    assert manager_client.delete(elsewhere).status_code == 404
    nowhere = f"/api/v1/staff/products/{other.pk + 999}/images/"
    assert manager_client.get(nowhere).status_code == 404
    form = pictures.form(LARGE)
    answer = manager_client.post(nowhere, form, content_type=pictures.FORM)
    assert answer.status_code == 404
    assert ProductImage.objects.count() == 1


@pytest.mark.parametrize(
    "columns",
    [
        {"status": "ready", "file": ""},
        {"status": "ready", "file": "products/a.webp"},
        {"status": "processing", "file": "products/a.webp", "width": 1, "height": 1},
        {"status": "failed"},
        {"status": "processing", "failure_code": "image_broken"},
        {"status": "lost"},
    ],
)
def test_a_picture_is_ready_with_a_file_or_has_a_reason(columns: dict[str, Any]) -> None:
    image = ProductImage.objects.create(product=ProductFactory.create(), status="processing")

    with pytest.raises(IntegrityError), transaction.atomic():
        ProductImage.objects.filter(pk=image.pk).update(**columns)

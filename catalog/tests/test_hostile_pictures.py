"""Every kind of file that a picture's upload could be given: none is kept as it came."""

import os
import re
import resource
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as current
from django.core.files.storage import default_storage
from PIL import Image
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from catalog.models import ImageUpload, Product, ProductImage
from catalog.services.images import process_image
from catalog.services.images.storing import names_of
from catalog.tests import pictures
from catalog.tests.factories import ProductFactory
from catalog.tests.hidden_payloads import NAMES, OWNER, TAKEN
from catalog.tests.hostile_pictures import (
    PAYLOAD,
    REFUSED,
    ihdr,
    jpeg_of_many_scans,
    of,
    png,
)
from ecommerce_backend.imaging.headers import BrokenHeader, header_of
from ecommerce_backend.imaging.reencoding import Refused
from ecommerce_backend.imaging.sandbox import MAX_CPU_SECONDS, reencoded_apart

pytestmark = pytest.mark.django_db
REASONABLE_TEXT = re.compile(r"[A-Z][^\n]{10,150}\.")
OURS = re.compile(r"products/[0-9a-f]{32}(-(320|640|1280))?\.webp")


@pytest.fixture
def product() -> Product:
    return ProductFactory.create()


@pytest.fixture
def send(manager_client: APIClient, product: Product) -> Callable[..., Any]:
    def post(content: bytes, name: str = "a.png", kind: str = "image/png") -> Any:
        address = f"/api/v1/staff/products/{product.pk}/images/"
        form = pictures.form(content, name=name, kind=kind)
        return manager_client.post(address, form, content_type=pictures.FORM)

    return post


def stored_files() -> Iterator[bytes]:
    for image in ProductImage.objects.all():
        for name in names_of(image):
            assert OURS.fullmatch(name)
            with default_storage.open(name) as file:
                yield file.read()


def test_there_are_more_than_sixty_of_them() -> None:
    assert len(REFUSED) + len(TAKEN) + len(NAMES) > 100
    assert len(REFUSED) >= 60


@pytest.mark.parametrize(("make", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_picture_is_refused_with_its_reason(
    make: Callable[[], bytes], code: str, send: Callable[..., Any]
) -> None:
    answer = send(make())

    if answer.status_code == 202:
        process_image(image_id=answer.json()["id"])
        image = ProductImage.objects.get()
        assert (image.status, image.failure_code) == ("failed", code)
        assert REASONABLE_TEXT.match(image.failure)
    else:
        problem = answer.json()
        (reason,) = [fault["code"] for fault in problem.get("errors", [])] or [problem["code"]]
        assert (answer.status_code, reason) == (400, code)
        assert REASONABLE_TEXT.match(problem["detail"])
        assert not ProductImage.objects.exists()
    assert not ImageUpload.objects.exists()
    assert list(stored_files()) == []


@pytest.mark.parametrize("make", TAKEN.values(), ids=TAKEN)
def test_what_hides_in_a_picture_is_gone(
    make: Callable[[], bytes], send: Callable[..., Any]
) -> None:
    content = make()

    answer = send(content)
    assert answer.status_code == 202, answer.json()
    process_image(image_id=answer.json()["id"])

    image = ProductImage.objects.get()
    assert (image.status, image.failure) == ("ready", "")
    assert not ImageUpload.objects.exists()
    for file in stored_files():
        picture = Image.open(BytesIO(file))
        assert (picture.format, getattr(picture, "n_frames", 1)) == ("WEBP", 1)
        assert not {"exif", "xmp", "icc_profile", "comment"} & picture.info.keys()
        assert {file[12:16]} <= {b"VP8 ", b"VP8X", b"VP8L"}
        for secret in (PAYLOAD, PAYLOAD[:12], b"<script", b"<?php", OWNER, b"PK\x03\x04", b"adobe"):
            assert secret not in file


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("kind", ["image/png", "text/html", "application/x-php"])
def test_neither_name_nor_declared_type_is_believed(
    name: str, kind: str, send: Callable[..., Any], settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "shop" / "media"
    settings.MEDIA_ROOT = folder
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    settings.STORAGES = {**current.STORAGES, "default": backend}
    answer = send(of("JPEG"), name, kind)

    if answer.status_code == 202:
        process_image(image_id=answer.json()["id"])
        written = [path.relative_to(folder) for path in tmp_path.rglob("*") if path.is_file()]
        assert [str(path) for path in written] == [ProductImage.objects.get().file.name]
        assert len(list(stored_files())) == 1
    else:
        assert answer.status_code == 400
        assert answer.json()["code"] == "invalid"
    assert name not in answer.content.decode()


@pytest.mark.parametrize("count", [0, 2])
def test_a_form_holds_one_file(manager_client: APIClient, product: Product, count: int) -> None:
    form = pictures.form(*[pictures.upload().getvalue()] * count)

    answer = manager_client.post(
        f"/api/v1/staff/products/{product.pk}/images/", form, content_type=pictures.FORM
    )

    (fault,) = answer.json()["errors"]
    expected = {0: "required", 2: "repeated_field"}[count]
    assert (answer.status_code, fault["pointer"], fault["code"]) == (400, "/file", expected)
    assert not ProductImage.objects.exists()


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param(b"\xff\xd8" + b"\xff\xe0\0\2\0" * 2_000_000, id="jpeg, gaps between parts"),
        pytest.param(b"\xff\xd8" + b"\xff" * 10_000_000, id="jpeg, fillers"),
        pytest.param(png(ihdr(9, 9)) + bytes(10_000_000), id="png, empty chunks"),
        pytest.param(
            b"\0\0\0\x18ftypavif\0\0\0\0mif1avif" + bytes(3) + b"\x08free" * 1_000_000,
            id="avif, empty boxes",
        ),
        pytest.param(
            b"\0\0\0\x18ftypavif\0\0\0\0mif1avif" + bytes(4) + b"meta" + b"ispe" * 2_500_000,
            id="avif, sides",
        ),
    ],
)
def test_no_header_keeps_the_shop_busy(piece: bytes) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime

    with suppress(BrokenHeader):
        header_of(piece)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 0.5


def test_a_bomb_takes_neither_memory_nor_time_of_the_shop() -> None:
    bomb = REFUSED["png of 169 megapixels"][0]()
    before = resource.getrusage(resource.RUSAGE_SELF)

    header = header_of(bomb)

    after = resource.getrusage(resource.RUSAGE_SELF)
    assert (header.width, header.height) == (13_000, 13_000)
    assert (after.ru_maxrss - before.ru_maxrss) / 1024 < 20
    assert after.ru_utime - before.ru_utime < 0.2


def test_the_process_that_decodes_has_so_much_memory_and_no_more() -> None:
    large = of("WEBP", (8_000, 4_900), lossless=True, method=0)

    with pytest.raises(Refused):
        reencoded_apart(large, max_pixels=40_000_000, max_memory=400 * 1024**2)

    small = reencoded_apart(of("WEBP"), max_pixels=40_000_000, max_memory=400 * 1024**2)[0]
    assert (small.width, small.height) == (320, 240)
    whole = reencoded_apart(large, max_pixels=40_000_000)[0]
    assert (whole.width, whole.height) == (1600, 980)


def test_the_process_that_decodes_has_so_much_time_and_no_more() -> None:
    before = os.times()

    with pytest.raises(Refused, match="too_costly"):
        reencoded_apart(jpeg_of_many_scans(1000), max_pixels=40_000_000)

    after = os.times()
    assert after.children_user - before.children_user < MAX_CPU_SECONDS + 1
    assert reencoded_apart(jpeg_of_many_scans(1), max_pixels=40_000_000)[0].width == 1600

"""Pictures are made by jobs that can be killed at any moment and begun again."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.conf import settings as current
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils import timezone
from pytest_django.fixtures import Settings

from catalog.models import ImageUpload, Product, ProductImage
from catalog.services.images import (
    add_image,
    process_image,
    purge_orphans,
    remove_image,
    upload_image,
)
from catalog.services.images.storing import names_of
from catalog.tests import pictures
from catalog.tests.factories import ProductFactory

pytestmark = pytest.mark.django_db


class PowerCut(BaseException):
    """Nothing catches it, as nothing catches a kill."""


class FailingFolder(FileSystemStorage):
    """A folder on a machine that is switched off when it has begun to write so many files."""

    files_left: ClassVar = 0

    def _save(self, name: str, content: Any) -> str:
        if not FailingFolder.files_left:
            super()._save(name, type(content)(b"half a pic"))  # type: ignore[misc]
            raise PowerCut
        FailingFolder.files_left -= 1
        return str(super()._save(name, content))  # type: ignore[misc]


class RemovingFolder(FileSystemStorage):
    """A folder in whose shop somebody removes all pictures while a file is written."""

    def _save(self, name: str, content: Any) -> str:
        ProductImage.objects.all().delete()
        return str(super()._save(name, content))  # type: ignore[misc]


def keep_in(storage: type[FileSystemStorage], settings: Settings) -> None:
    backend = {"BACKEND": f"{storage.__module__}.{storage.__qualname__}"}
    settings.STORAGES = {**current.STORAGES, "default": backend}


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    keep_in(FileSystemStorage, settings)
    (tmp_path / "products").mkdir()
    return tmp_path / "products"


def kept(product: Product | None = None) -> ProductImage:
    upload = pictures.upload("JPEG", size=(1500, 900))
    return upload_image(product=product or ProductFactory.create(), upload=upload)


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("files_written", range(4))
def test_a_job_that_was_killed_leaves_what_an_unharmed_one_would(
    files_written: int, folder: Path, settings: Settings
) -> None:
    unharmed, image = kept(), kept()
    process_image(image_id=unharmed.pk)
    expected = sorted(files_in(folder).values())
    keep_in(FailingFolder, settings)
    FailingFolder.files_left = files_written

    with pytest.raises(PowerCut):
        process_image(image_id=image.pk)

    image.refresh_from_db()
    assert (image.status, ImageUpload.objects.count()) == ("processing", 1)
    FailingFolder.files_left = 100
    process_image(image_id=image.pk)
    image.refresh_from_db()
    assert image.status == "ready"
    assert sorted(files_in(folder).values()) == sorted(expected * 2)
    assert set(names_of(image)) <= {f"products/{name}" for name in files_in(folder)}


def test_a_job_that_comes_twice_changes_nothing(folder: Path) -> None:
    image = kept()
    process_image(image_id=image.pk)
    before, row = files_in(folder), ProductImage.objects.values().get()

    process_image(image_id=image.pk)

    assert (files_in(folder), ProductImage.objects.values().get()) == (before, row)


def test_a_picture_removed_before_it_was_made_leaves_nothing(folder: Path) -> None:
    image = kept()
    remove_image(image=ProductImage.objects.get())

    process_image(image_id=image.pk)

    assert files_in(folder) == {}


def test_a_picture_removed_while_it_is_made_leaves_nothing(
    folder: Path, settings: Settings
) -> None:
    image = kept()
    keep_in(RemovingFolder, settings)

    process_image(image_id=image.pk)

    assert files_in(folder) == {}


def test_files_that_belong_to_no_picture_are_deleted_after_a_day(folder: Path) -> None:
    product = ProductFactory.create()
    image = add_image(product=product, upload=pictures.upload(size=(900, 600)))
    under_way = kept()
    of_job = ImageUpload.objects.get(pk=under_way.pk).name.removeprefix("products/")
    ours = {Path(name).name for name in names_of(image)}
    of_image = str(image.file.name).removeprefix("products/")
    orphans = {
        f"{'0' * 32}.webp",
        f"{'0' * 32}-320.webp",
        of_image.replace(".webp", "-999.webp"),
        of_image.replace(".webp", "_aB3dE6g.webp"),
    }
    spared = {of_job.replace(".webp", "-320.webp"), "by-hand.webp", "readme.txt"}
    long_ago = (timezone.now() - timedelta(hours=25)).timestamp()
    for name in orphans | spared:
        (folder / name).write_bytes(b"x")
    for path in folder.iterdir():
        os.utime(path, (long_ago, long_ago))
    new = folder / f"{'1' * 32}.webp"
    new.write_bytes(b"x")

    assert purge_orphans() == 4

    assert set(files_in(folder)) == ours | spared | {new.name}
    assert purge_orphans() == 0
    assert purge_orphans(older_than=timedelta(0)) == 1


def test_a_product_that_goes_leaves_files_which_are_deleted_later(folder: Path) -> None:
    image = add_image(product=ProductFactory.create(), upload=pictures.upload(size=(900, 600)))
    image.product.delete()
    assert len(files_in(folder)) == 3

    assert purge_orphans(older_than=timedelta(0)) == 3

    assert files_in(folder) == {}
    assert default_storage.listdir("products") == ([], [])


def test_there_is_nothing_to_delete_before_the_first_picture(folder: Path) -> None:
    folder.rmdir()

    assert purge_orphans() == 0

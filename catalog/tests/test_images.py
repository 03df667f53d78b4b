import re
from io import BytesIO

import pytest
from PIL import Image
from pytest_django.fixtures import Settings

from catalog.models import ProductImage
from catalog.services.images import ImageAnimated, ImageTooLarge, ImageUnreadable, add_image
from catalog.tests import pictures
from catalog.tests.factories import ProductFactory
from ecommerce_backend.imaging.reencoding import Refused, reencoded

pytestmark = pytest.mark.django_db
# Where row 0 and column 0 meet, by orientation: (0, 0) is at the top left.
_TURNS = {
    1: (0, 0),
    2: (1, 0),
    3: (1, 1),
    4: (0, 1),
    5: (0, 0),
    6: (1, 0),
    7: (1, 1),
    8: (0, 1),
}


def stored(upload: BytesIO) -> Image.Image:
    """Upload a picture and return what the shop has of it."""
    return Image.open(
        BytesIO(content_of(add_image(product=ProductFactory.create(), upload=upload)))
    )


def colour(picture: Image.Image, across: int, down: int) -> tuple[int, ...]:
    found = picture.getpixel((across, down))
    assert isinstance(found, tuple)
    return found


def content_of(image: ProductImage) -> bytes:
    with ProductImage.objects.get(pk=image.pk).file.open() as file:
        return bytes(file.read())


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_picture_is_stored_as_the_shops_own(file_format: str) -> None:
    product = ProductFactory.create()

    image = add_image(product=product, upload=pictures.upload(file_format), alt="Red", position=2)

    assert re.fullmatch(r"products/[0-9a-f]{32}\.webp", image.file.name or "")
    image.refresh_from_db()
    assert (image.width, image.height, image.alt, image.position) == (64, 48, "Red", 2)
    assert content_of(image)[8:12] == b"WEBP"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_pixel_is_understood(mode: str) -> None:
    picture = stored(pictures.upload("PNG", mode=mode, colour=0))

    assert (picture.format, picture.size) == ("WEBP", pictures.SIZE)


def test_a_transparent_picture_stays_transparent() -> None:
    picture = stored(pictures.upload("PNG", mode="RGBA", colour=(255, 0, 0, 0)))

    assert picture.mode == "RGBA"
    assert picture.getpixel((0, 0))[3] == 0  # type: ignore[index]


def test_four_inks_become_three_lights() -> None:
    assert stored(pictures.upload("JPEG", mode="CMYK")).mode == "RGB"


def test_a_large_picture_is_made_smaller() -> None:
    assert stored(pictures.upload("JPEG", size=(3200, 800))).size == (1600, 400)


def test_a_photo_is_upright_and_tells_nothing_of_its_maker() -> None:
    photo = pictures.located_jpeg()
    assert b"Camera of Ada" in photo.getvalue()

    picture = stored(photo)

    assert picture.size == (48, 64)
    assert not picture.getexif()
    assert not {"exif", "xmp", "icc_profile", "comment"} & picture.info.keys()


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "AVIF"])
def test_a_picture_that_moves_is_refused_and_not_cut_down_to_its_first(file_format: str) -> None:
    with pytest.raises(ImageAnimated):
        add_image(product=ProductFactory.create(), upload=pictures.animated(file_format))

    assert not ProductImage.objects.exists()


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "AVIF"])
def test_the_decoder_itself_takes_no_picture_that_moves(file_format: str) -> None:
    moving = pictures.animated(file_format).getvalue()

    with pytest.raises(Refused, match="animated"):
        reencoded(moving, max_pixels=1_000_000)


@pytest.mark.parametrize(("turn", "corner"), _TURNS.items())
def test_a_photo_is_upright_however_it_was_held(turn: int, corner: tuple[int, int]) -> None:
    """The mark is in the corner where EXIF 2.32 (table 6) has row 0 and column 0 meet."""
    photo = Image.new("RGB", (80, 60), "white")
    photo.paste("black", (0, 0, 30, 20))
    exif = Image.Exif()
    exif[0x0112] = turn
    upload = BytesIO()
    photo.save(upload, "JPEG", exif=exif, quality=95)
    upload.seek(0)

    picture = stored(upload)

    width, height = picture.size
    assert (width > height) == (turn < 5)
    dark = [
        (across, down)
        for across in (0, 1)
        for down in (0, 1)
        if sum(colour(picture, 5 + across * (width - 11), 5 + down * (height - 11))) < 200
    ]
    assert dark == [corner]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "CMYK"])
def test_a_large_picture_made_smaller_in_strips_keeps_its_colours(mode: str) -> None:
    size = (7_000, 700)
    left, right = (Image.new("RGB", size, colour) for colour in ("#c04020", "#2040c0"))
    left.paste(right.crop((0, 0, 3_500, 700)), (3_500, 0))
    upload = BytesIO()
    whole = left.quantize(2) if mode == "P" else left.convert(mode)
    whole.save(upload, "JPEG" if mode == "CMYK" else "PNG")
    upload.seek(0)

    picture = stored(upload).convert("RGB")

    assert picture.size == (1600, 160)
    expected = whole.convert("RGB")
    for place in ((100, 80), (1500, 80)):
        wanted = colour(expected, place[0] * 7_000 // 1600, 350)
        difference = [abs(a - b) for a, b in zip(colour(picture, *place), wanted, strict=True)]
        assert max(difference) <= 12


def test_what_hides_behind_a_picture_is_gone() -> None:
    polyglot = pictures.upload("PNG")
    polyglot.seek(0, 2)
    polyglot.write(b"<?php system($_GET['c']); ?><script>alert(1)</script>")
    polyglot.seek(0)

    image = add_image(product=ProductFactory.create(), upload=polyglot)

    content = content_of(image)
    assert content[8:12] == b"WEBP"
    assert b"<?php" not in content
    assert b"<script>" not in content


@pytest.mark.parametrize(
    "upload",
    [
        pytest.param(BytesIO(pictures.SVG), id="svg"),
        pytest.param(pictures.upload("GIF"), id="gif"),
        pytest.param(pictures.upload("ICO"), id="ico"),
        pytest.param(pictures.upload("EPS"), id="eps"),
        pytest.param(pictures.upload("TIFF"), id="tiff"),
        pytest.param(pictures.upload("BMP"), id="bmp"),
        pytest.param(pictures.upload("PDF"), id="pdf"),
        pytest.param(pictures.truncated(pictures.upload("JPEG", size=(640, 480))), id="cut jpeg"),
        pytest.param(pictures.truncated(pictures.upload("PNG", size=(640, 480))), id="cut png"),
        pytest.param(pictures.truncated(pictures.upload("AVIF")), id="cut avif"),
        pytest.param(pictures.truncated(pictures.upload("WEBP")), id="cut webp"),
        pytest.param(BytesIO(b"GIF89a<script>alert(1)</script>"), id="gif with script"),
        pytest.param(BytesIO(b"<html>"), id="html"),
        pytest.param(BytesIO(b"\x89PNG\r\n\x1a\n"), id="only the first bytes"),
        pytest.param(BytesIO(), id="nothing"),
    ],
)
def test_what_is_not_a_picture_of_the_web_is_refused(upload: BytesIO) -> None:
    upload.seek(0)

    with pytest.raises(ImageUnreadable) as refusal:
        add_image(product=ProductFactory.create(), upload=upload)

    assert refusal.value.http_status == 400
    assert not ProductImage.objects.exists()


@pytest.mark.parametrize("size", [(8_000, 6_000), (13_000, 13_000), (60_000, 60_000)])
def test_a_picture_of_too_many_pixels_is_not_unpacked(size: tuple[int, int]) -> None:
    with pytest.raises(ImageTooLarge, match="more than 40 megapixels"):
        add_image(product=ProductFactory.create(), upload=pictures.png_that_claims(*size))

    assert not ProductImage.objects.exists()


def test_a_file_of_too_many_bytes_is_not_read(settings: Settings) -> None:
    settings.IMAGE_MAX_BYTES = 2 * 1024**2
    endless = BytesIO(b"\xff" * (3 * 1024**2))

    with pytest.raises(ImageTooLarge, match="larger than 2 MB"):
        add_image(product=ProductFactory.create(), upload=endless)

    assert endless.tell() == settings.IMAGE_MAX_BYTES + 1

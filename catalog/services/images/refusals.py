"""Why a picture is not taken. The first ones are told at once, the last ones by the job."""

from collections.abc import Callable, Mapping

from django.conf import settings

from ecommerce_backend.common.errors import DomainError


class ImageUnreadable(DomainError):
    code = "image_unreadable"
    message = "That is not a picture the shop can read. Send a JPEG, PNG, WebP or AVIF file."
    http_status = 400
    advice = "Show `detail` to the person; the file has to be another one."


class ImageTypeUnsupported(ImageUnreadable):
    """By what the file holds; neither its name nor its Content-Type is believed."""

    code = "image_type_unsupported"


class ImageBroken(ImageUnreadable):
    code = "image_broken"
    message = "The picture is damaged or cut off. Export it again and send that file."


class ImageAnimated(ImageUnreadable):
    code = "image_animated"
    message = "The picture moves. Send a still one."


class ImageTooLarge(DomainError):
    code = "image_too_large"
    message = "The picture is too large."
    http_status = 400
    advice = "Have the picture made smaller, then send it again."

    @classmethod
    def by_bytes(cls) -> "ImageTooLarge":
        return cls(f"The file is larger than {settings.IMAGE_MAX_BYTES // 1024**2} MB.")


class ImageTooManyPixels(ImageTooLarge):
    code = "image_too_many_pixels"

    @classmethod
    def by_pixels(cls) -> "ImageTooManyPixels":
        megapixels = settings.IMAGE_MAX_PIXELS // 1_000_000
        return cls(f"The picture has more than {megapixels} megapixels.")

    @classmethod
    def by_side(cls) -> "ImageTooManyPixels":
        return cls(f"A side of the picture has more than {settings.IMAGE_MAX_SIDE} pixels.")


class ImageTooCostly(ImageTooLarge):
    code = "image_too_costly"
    message = "The picture takes more time or memory to read than the shop allows. Make it smaller."


def refusal_of(reason: str) -> DomainError:
    """Return the refusal of what `imaging` gives as the reason."""
    refusals: Mapping[str, Callable[[], DomainError]] = {
        "animated": ImageAnimated,
        "too_many_pixels": ImageTooManyPixels.by_pixels,
        "too_costly": ImageTooCostly,
    }
    return refusals.get(reason, ImageBroken)()

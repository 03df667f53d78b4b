"""Pictures as staff see and send them."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import ProductImage
from catalog.models.showing import NAME_LENGTH
from catalog.serializers import Rendition
from catalog.services.images.uploads import LAST_POSITION
from catalog.services.storefront.pictures import address, picture
from ecommerce_backend.common.serializers import CountField, OneLineField, StrictSerializer


class AddImage(StrictSerializer):
    """A form, whose fields are text."""

    file = serializers.FileField(help_text="JPEG, PNG, WebP or AVIF; 10 MB and 40 megapixels.")
    alt = OneLineField(
        max_length=NAME_LENGTH,
        default="",
        allow_blank=True,
        help_text="What is to be seen, for those who do not see it.",
    )
    position = serializers.RegexField(
        r"\A[0-9]{1,5}\Z",
        max_length=5,
        default=None,
        help_text="The lowest comes first; without one, the last.",
    )

    def validate_position(self, value: str | None) -> int | None:
        if value is not None and int(value) > LAST_POSITION:
            raise serializers.ValidationError(f"At most {LAST_POSITION}.", code="max_value")
        return None if value is None else int(value)


class ChangeImage(StrictSerializer):
    alt = OneLineField(max_length=NAME_LENGTH, required=False, allow_blank=True)
    position = serializers.IntegerField(min_value=0, max_value=LAST_POSITION, required=False)


class ImageFailure(serializers.Serializer[Any]):
    """Why a picture could not be made."""

    code = serializers.CharField(max_length=64)
    detail = serializers.CharField(max_length=200)


class StaffImage(serializers.ModelSerializer[ProductImage]):
    url = serializers.SerializerMethodField()
    width = CountField(allow_null=True, help_text="Pixels; null while it is not ready.")
    height = CountField(allow_null=True, help_text="Pixels; null while it is not ready.")
    position = CountField()
    renditions = serializers.SerializerMethodField()
    failure = serializers.SerializerMethodField()

    class Meta:
        model = ProductImage
        fields: ClassVar = [
            "id",
            "status",
            "url",
            "alt",
            "position",
            "width",
            "height",
            "renditions",
            "failure",
            "created_at",
        ]

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_url(self, image: ProductImage) -> str | None:
        """Return null while it is not ready."""
        return address(image.file.name) if image.file.name else None

    @extend_schema_field(Rendition(many=True))
    def get_renditions(self, image: ProductImage) -> list[dict[str, Any]]:
        """Return every width there is, the narrowest first."""
        if not image.file.name:
            return []
        columns = {"file": image.file.name, "alt": image.alt, "renditions": image.renditions}
        shown = picture({**columns, "width": image.width, "height": image.height})
        return list(shown["renditions"])

    @extend_schema_field(ImageFailure(allow_null=True))
    def get_failure(self, image: ProductImage) -> dict[str, str] | None:
        if not image.failure_code:
            return None
        return {"code": image.failure_code, "detail": image.failure}

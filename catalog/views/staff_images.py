from typing import Any, Final

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.mixins import ListModelMixin
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from catalog.models import Product, ProductImage
from catalog.serializers.images import AddImage, ChangeImage, StaffImage
from catalog.services import images
from catalog.views import image_examples as examples
from catalog.views.staff_examples import OWNER_ID
from ecommerce_backend.common.openapi import refuses
from ecommerce_backend.common.permissions import HasPermission

_ACTS: Final = {"create": "add", "partial_update": "change", "destroy": "delete"}


class StaffImageViewSet(ListModelMixin, GenericViewSet[ProductImage]):
    lookup_value_converter = "int"
    filter_backends = ()
    serializer_class = StaffImage

    def get_permissions(self) -> list[BasePermission]:
        act = _ACTS.get(self.action, "view")
        return [HasPermission(f"catalog.{act}_productimage")()]

    def get_parsers(self) -> list[Any]:
        is_upload = getattr(self.request, "method", "") == "POST"
        return [MultiPartParser()] if is_upload else super().get_parsers()

    def get_queryset(self) -> QuerySet[ProductImage]:
        rows = ProductImage.objects.filter(product=self.kwargs["product_id"])
        return rows.order_by("position", "pk")

    @extend_schema(
        operation_id="list_images",
        tags=["staff_catalog"],
        parameters=[OWNER_ID],
        examples=[examples.IMAGE],
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the pictures of a product in their order, those that are not ready too."""
        get_object_or_404(Product.objects.only("pk"), pk=self.kwargs["product_id"])
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="get_image",
        tags=["staff_catalog"],
        parameters=[OWNER_ID, examples.IMAGE_ID],
        examples=[examples.IMAGE],
    )
    def retrieve(self, request: Request, product_id: int, pk: int) -> Response:
        """Show a picture, or how far it is."""
        return Response(StaffImage(self.get_object()).data)

    @refuses(
        images.ImageTypeUnsupported,
        images.ImageBroken,
        images.ImageAnimated,
        images.ImageTooLarge,
        images.ImageTooManyPixels,
    )
    @extend_schema(
        operation_id="add_image",
        tags=["staff_catalog"],
        parameters=[OWNER_ID],
        request={"multipart/form-data": AddImage},
        responses={202: StaffImage},
        examples=[examples.NEW_IMAGE, examples.MADE_IMAGE],
    )
    def create(self, request: Request, product_id: int) -> Response:
        """Add a picture, which is made in the background.

        It is shown once its `status` is `ready`; a `failed` one says why, and can be deleted. The
        format is known by what the file holds. docs/pictures.md says what becomes of it.
        """
        if len(request.FILES.getlist("file")) > 1:
            twice = ErrorDetail("This field is given twice.", code="repeated_field")
            raise ValidationError({"file": [twice]})
        form = AddImage(data=request.data)
        form.is_valid(raise_exception=True)
        wanted = form.validated_data
        image = images.upload_image(
            product=get_object_or_404(Product, pk=product_id),
            upload=wanted["file"],
            alt=wanted["alt"],
            position=wanted["position"],
        )
        return Response(StaffImage(image).data, 202)

    @extend_schema(
        operation_id="change_image",
        tags=["staff_catalog"],
        parameters=[OWNER_ID, examples.IMAGE_ID],
        request=ChangeImage,
        responses=StaffImage,
        examples=[examples.IMAGE_CHANGE, examples.IMAGE],
    )
    def partial_update(self, request: Request, product_id: int, pk: int) -> Response:
        """Describe a picture anew, or move it."""
        form = ChangeImage(data=request.data)
        form.is_valid(raise_exception=True)
        image = images.change_image(image=self.get_object(), **form.validated_data)
        return Response(StaffImage(image).data)

    @extend_schema(
        operation_id="delete_image",
        tags=["staff_catalog"],
        parameters=[OWNER_ID, examples.IMAGE_ID],
        responses={204: None},
    )
    def destroy(self, request: Request, product_id: int, pk: int) -> Response:
        """Remove a picture; its files go soon afterwards."""
        images.remove_image(image=self.get_object())
        return Response(status=204)

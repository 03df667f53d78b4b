from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from catalog.models import Product, ProductVariant
from catalog.models.products import MEASURES
from catalog.serializers.staff import StaffVariant, WriteVariant
from catalog.services import editing, products
from catalog.services.prices import PriceInvalid
from catalog.services.variant_removal import VariantInUse, delete_variant
from catalog.views import staff_examples as examples
from ecommerce_backend.common import versions
from ecommerce_backend.common.openapi import refuses
from ecommerce_backend.common.permissions import HasPermission
from ecommerce_backend.common.transactions import unit_of_work

_PERMISSIONS = {
    "create": ("catalog.add_productvariant", "catalog.change_price"),
    "partial_update": ("catalog.change_productvariant", "catalog.change_price"),
    "destroy": ("catalog.delete_productvariant",),
}
_REFUSALS = (
    products.SkuTaken,
    products.VariantExists,
    products.VariantOptionsMismatch,
    products.VariantHalfMeasured,
    PriceInvalid,
)


class StaffVariantViewSet(ListModelMixin, GenericViewSet[ProductVariant]):
    """What orders or the stock ledger name cannot be deleted: make it inactive."""

    lookup_value_converter = "int"
    filter_backends = ()
    serializer_class = StaffVariant

    def get_permissions(self) -> list[BasePermission]:
        names = _PERMISSIONS.get(self.action, ("catalog.view_productvariant",))
        return [HasPermission(*names)()]

    def get_queryset(self) -> QuerySet[ProductVariant]:
        return (
            ProductVariant.objects.filter(product=self.kwargs["product_id"])
            .prefetch_related("prices")
            .order_by("position", "pk")
        )

    @extend_schema(
        operation_id="list_variants",
        tags=["staff_catalog"],
        parameters=[examples.OWNER_ID],
        examples=[examples.VARIANT],
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the forms in which a product can be bought, inactive ones too."""
        get_object_or_404(Product.objects.only("pk"), pk=self.kwargs["product_id"])
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="get_variant",
        tags=["staff_catalog"],
        parameters=[examples.OWNER_ID, examples.VARIANT_ID, versions.ETAG],
        examples=[examples.VARIANT],
    )
    def retrieve(self, request: Request, product_id: int, pk: int) -> Response:
        """Show a variant with all its prices."""
        return versions.shown(StaffVariant(self.get_object()).data)

    @refuses(*_REFUSALS)
    @extend_schema(
        operation_id="add_variant",
        tags=["staff_catalog"],
        parameters=[examples.OWNER_ID, versions.ETAG],
        request=WriteVariant,
        responses={201: StaffVariant},
        examples=[examples.NEW_VARIANT, examples.VARIANT],
    )
    @unit_of_work
    def create(self, request: Request, product_id: int) -> Response:
        """Add a form in which a product can be bought. It has no stock yet."""
        form = WriteVariant(data=request.data)
        form.is_valid(raise_exception=True)
        stated = form.validated_data.pop("prices", [])
        further: Any = {
            name: form.validated_data.pop(name)
            for name in ("is_active", *MEASURES)
            if name in form.validated_data
        }
        variant = products.add_variant(
            product=get_object_or_404(Product, pk=product_id),
            prices={price.currency: price.amount for price in stated},
            compare_at={p.currency: p.compare_at for p in stated if p.compare_at is not None},
            **form.validated_data,
        )
        editing.change_variant(variant=variant, changes=further)
        return versions.shown(StaffVariant(variant).data, 201)

    @refuses(*_REFUSALS)
    @extend_schema(
        operation_id="change_variant",
        tags=["staff_catalog"],
        parameters=[
            examples.OWNER_ID,
            examples.VARIANT_ID,
            versions.IF_MATCH,
            versions.ETAG,
        ],
        request=WriteVariant,
        responses=StaffVariant,
        examples=[examples.VARIANT_CHANGE, examples.VARIANT],
    )
    @unit_of_work
    def partial_update(self, request: Request, product_id: int, pk: int) -> Response:
        """Change what is named of a variant; `prices` replaces all prices that it has."""
        form = WriteVariant(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        variant = self._locked(product_id)
        versions.require_seen(request, StaffVariant(variant).data)
        editing.change_variant(variant=variant, changes=form.validated_data)
        return versions.shown(StaffVariant(self.get_object()).data)

    @refuses(VariantInUse)
    @extend_schema(
        operation_id="delete_variant",
        tags=["staff_catalog"],
        parameters=[examples.OWNER_ID, examples.VARIANT_ID, versions.IF_MATCH],
        responses={204: None},
    )
    @unit_of_work
    def destroy(self, request: Request, product_id: int, pk: int) -> Response:
        """Delete a variant that was never stocked, put into a cart or ordered.

        Any other can be made inactive.
        """
        variant = self._locked(product_id)
        versions.require_seen(request, StaffVariant(variant).data)
        delete_variant(variant=variant)
        return Response(status=204)

    def _locked(self, product_id: int) -> ProductVariant:
        try:
            product = Product.objects.lock(product_id)
        except Product.DoesNotExist as error:
            raise Http404 from error
        variant = get_object_or_404(
            product.variants.prefetch_related("prices"), pk=self.kwargs["pk"]
        )
        variant.product = product
        return variant

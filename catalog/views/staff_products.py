from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from catalog.models import Product
from catalog.serializers.staff import StaffProduct, StaffProductSummary, WriteProduct
from catalog.services import editing, products
from catalog.services.shelving import StillInUse
from catalog.services.slugs import SlugTaken
from catalog.staff_filters import StaffProductFilters
from catalog.views import staff_examples as examples
from ecommerce_backend.common import versions
from ecommerce_backend.common.openapi import refuses
from ecommerce_backend.common.permissions import HasPermission
from ecommerce_backend.common.transactions import unit_of_work

_PERMISSIONS = {
    "create": "catalog.add_product",
    "partial_update": "catalog.change_product",
    "destroy": "catalog.delete_product",
}


class StaffProductViewSet(ListModelMixin, GenericViewSet[Product]):
    lookup_value_converter = "int"
    filterset_class = StaffProductFilters

    def get_permissions(self) -> list[BasePermission]:
        return [HasPermission(_PERMISSIONS.get(self.action, "catalog.view_product"))()]

    def get_serializer_class(self) -> type[Any]:
        return StaffProductSummary if self.action == "list" else StaffProduct

    def get_queryset(self) -> QuerySet[Product]:
        rows = Product.objects.select_related("brand", "category")
        if self.action != "list":
            return rows
        return rows.order_by("-created_at", "-pk").alias().annotate(variant_count=Count("variants"))

    @extend_schema(
        operation_id="list_all_products", tags=["staff_catalog"], examples=[examples.PRODUCT_ROW]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List products, drafts and archived ones too."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="get_any_product",
        tags=["staff_catalog"],
        parameters=[examples.PRODUCT_ID, versions.ETAG],
        examples=[examples.PRODUCT],
    )
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show a product as staff change it."""
        return versions.shown(StaffProduct(self.get_object()).data)

    @refuses(SlugTaken, products.WindowInvalid)
    @extend_schema(
        operation_id="add_product",
        tags=["staff_catalog"],
        parameters=[versions.ETAG],
        request=WriteProduct,
        responses={201: StaffProduct},
        examples=[examples.NEW_PRODUCT, examples.PRODUCT],
    )
    def create(self, request: Request) -> Response:
        """Add a product, a draft unless you say; it is for sale once a variant has a price."""
        form = WriteProduct(data=request.data)
        form.is_valid(raise_exception=True)
        product = products.create_product(**form.validated_data)
        return versions.shown(StaffProduct(product).data, 201)

    @refuses(SlugTaken, products.WindowInvalid, editing.OptionsInUse)
    @extend_schema(
        operation_id="change_product",
        tags=["staff_catalog"],
        parameters=[examples.PRODUCT_ID, versions.IF_MATCH, versions.ETAG],
        request=WriteProduct,
        responses=StaffProduct,
        examples=[examples.PRODUCT_CHANGE, examples.PRODUCT],
    )
    @unit_of_work
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change what is named of a product; the rest stays."""
        form = WriteProduct(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        product = self._locked(request, pk)
        editing.change_product(product=product, changes=form.validated_data)
        return versions.shown(StaffProduct(product).data)

    @refuses(StillInUse)
    @extend_schema(
        operation_id="delete_product",
        tags=["staff_catalog"],
        parameters=[examples.PRODUCT_ID, versions.IF_MATCH],
        responses={204: None},
    )
    @unit_of_work
    def destroy(self, request: Request, pk: int) -> Response:
        """Delete a product that never had a variant; archive any other."""
        editing.delete_product(product=self._locked(request, pk))
        return Response(status=204)

    def _locked(self, request: Request, pk: int) -> Product:
        try:
            product = Product.objects.lock(pk)
        except Product.DoesNotExist as error:
            raise Http404 from error
        versions.require_seen(request, StaffProduct(product).data)
        return product

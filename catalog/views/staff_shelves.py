"""Categories and brands for staff."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Left, Length
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from catalog.models import Brand, Category
from catalog.serializers.staff_shelves import (
    AddCategory,
    ChangeCategory,
    PlaceCategory,
    StaffBrand,
    StaffCategory,
    WriteBrand,
)
from catalog.services import categories, shelving
from catalog.services.slugs import SlugTaken
from catalog.staff_filters import NameFilters
from catalog.views import staff_examples as examples
from ecommerce_backend.common import versions
from ecommerce_backend.common.openapi import refuses
from ecommerce_backend.common.permissions import HasPermission
from ecommerce_backend.common.transactions import unit_of_work

_ACTIONS = {"create": "add", "partial_update": "change", "place": "change", "destroy": "delete"}


class StaffCategoryViewSet(ListModelMixin, GenericViewSet[Category]):
    lookup_value_converter = "int"
    serializer_class = StaffCategory
    filterset_class = NameFilters

    def get_permissions(self) -> list[BasePermission]:
        return [HasPermission(f"catalog.{_ACTIONS.get(self.action, 'view')}_category")()]

    def get_queryset(self) -> QuerySet[Category]:
        above = Category.objects.filter(
            path=Left(OuterRef("path"), Length(OuterRef("path")) - Category.steplen)
        )
        rows: QuerySet[Category] = Category.objects.annotate(
            parent_slug=Subquery(above.values("slug")[:1])
        )
        return rows.order_by("path")

    @extend_schema(
        operation_id="list_all_categories", tags=["staff_catalog"], examples=[examples.CATEGORY]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List categories in the order of the tree, each after the one it stands below."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="get_any_category",
        tags=["staff_catalog"],
        parameters=[examples.CATEGORY_ID, versions.ETAG],
        examples=[examples.CATEGORY],
    )
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show a category and where it stands."""
        return versions.shown(StaffCategory(self.get_object()).data)

    @refuses(SlugTaken, categories.CategoryTooDeep)
    @extend_schema(
        operation_id="add_category",
        tags=["staff_catalog"],
        parameters=[versions.ETAG],
        request=AddCategory,
        responses={201: StaffCategory},
        examples=[examples.NEW_CATEGORY, examples.CATEGORY],
    )
    def create(self, request: Request) -> Response:
        """Add a category as the last one on its shelf."""
        form = AddCategory(data=request.data)
        form.is_valid(raise_exception=True)
        added = categories.add_category(**form.validated_data)
        return self._shown(added.pk, 201)

    @refuses(SlugTaken)
    @extend_schema(
        operation_id="change_category",
        tags=["staff_catalog"],
        parameters=[examples.CATEGORY_ID, versions.IF_MATCH, versions.ETAG],
        request=ChangeCategory,
        responses=StaffCategory,
        examples=[examples.CATEGORY_CHANGE, examples.CATEGORY],
    )
    @unit_of_work
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change what a category is called."""
        form = ChangeCategory(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        category = self._locked(request, pk)
        shelving.change_category(category=category, changes=form.validated_data)
        return self._shown(pk)

    @refuses(categories.CategoryInsideItself, categories.CategoryTooDeep)
    @extend_schema(
        operation_id="place_category",
        tags=["staff_catalog"],
        parameters=[examples.CATEGORY_ID, versions.IF_MATCH, versions.ETAG],
        request=PlaceCategory,
        responses=StaffCategory,
        examples=[examples.CATEGORY_PLACE, examples.CATEGORY],
    )
    @unit_of_work
    def place(self, request: Request, pk: int) -> Response:
        """Move a category with all that is below it to another place of the tree."""
        form = PlaceCategory(data=request.data)
        form.is_valid(raise_exception=True)
        categories.lock_tree()
        category = self._locked(request, pk)
        categories.move_category(category=category, **form.validated_data)
        return self._shown(pk)

    @refuses(shelving.StillInUse)
    @extend_schema(
        operation_id="delete_category",
        tags=["staff_catalog"],
        parameters=[examples.CATEGORY_ID, versions.IF_MATCH],
        responses={204: None},
    )
    @unit_of_work
    def destroy(self, request: Request, pk: int) -> Response:
        """Delete a category that nothing stands in or below."""
        categories.lock_tree()
        shelving.delete_category(category=self._locked(request, pk))
        return Response(status=204)

    def _locked(self, request: Request, pk: int) -> Category:
        rows = self.get_queryset().select_for_update(no_key=True, of=("self",))
        category: Category = get_object_or_404(rows, pk=pk)
        versions.require_seen(request, StaffCategory(category).data)
        return category

    def _shown(self, pk: int, status: int = 200) -> Response:
        return versions.shown(StaffCategory(self.get_queryset().get(pk=pk)).data, status)


class StaffBrandViewSet(ListModelMixin, GenericViewSet[Brand]):
    lookup_value_converter = "int"
    serializer_class = StaffBrand
    filterset_class = NameFilters

    def get_permissions(self) -> list[BasePermission]:
        return [HasPermission(f"catalog.{_ACTIONS.get(self.action, 'view')}_brand")()]

    def get_queryset(self) -> QuerySet[Brand]:
        return Brand.objects.order_by("name", "pk")

    @extend_schema(
        operation_id="list_all_brands", tags=["staff_catalog"], examples=[examples.BRAND]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List brands by name, those without products too."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="get_brand",
        tags=["staff_catalog"],
        parameters=[examples.BRAND_ID, versions.ETAG],
        examples=[examples.BRAND],
    )
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show a brand."""
        return versions.shown(StaffBrand(self.get_object()).data)

    @refuses(SlugTaken, shelving.BrandExists)
    @extend_schema(
        operation_id="add_brand",
        tags=["staff_catalog"],
        parameters=[versions.ETAG],
        request=WriteBrand,
        responses={201: StaffBrand},
        examples=[examples.NEW_BRAND, examples.BRAND],
    )
    def create(self, request: Request) -> Response:
        """Add a brand."""
        form = WriteBrand(data=request.data)
        form.is_valid(raise_exception=True)
        brand = shelving.add_brand(**form.validated_data)
        return versions.shown(StaffBrand(brand).data, 201)

    @refuses(SlugTaken, shelving.BrandExists)
    @extend_schema(
        operation_id="change_brand",
        tags=["staff_catalog"],
        parameters=[examples.BRAND_ID, versions.IF_MATCH, versions.ETAG],
        request=WriteBrand,
        responses=StaffBrand,
        examples=[examples.BRAND_CHANGE, examples.BRAND],
    )
    @unit_of_work
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change what a brand is called; its products are found by the new name at once."""
        form = WriteBrand(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        brand = self._locked(request, pk)
        shelving.change_brand(brand=brand, changes=form.validated_data)
        return versions.shown(StaffBrand(brand).data)

    @refuses(shelving.StillInUse)
    @extend_schema(
        operation_id="delete_brand",
        tags=["staff_catalog"],
        parameters=[examples.BRAND_ID, versions.IF_MATCH],
        responses={204: None},
    )
    @unit_of_work
    def destroy(self, request: Request, pk: int) -> Response:
        """Delete a brand that no product has."""
        shelving.delete_brand(brand=self._locked(request, pk))
        return Response(status=204)

    def _locked(self, request: Request, pk: int) -> Brand:
        rows = self.get_queryset().select_for_update(no_key=True, of=("self",))
        brand = get_object_or_404(rows, pk=pk)
        versions.require_seen(request, StaffBrand(brand).data)
        return brand

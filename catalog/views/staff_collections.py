"""Collections for staff."""

from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from catalog.models import Collection
from catalog.serializers.curated import (
    ArrangedProducts,
    ArrangeProducts,
    StaffCollection,
    WriteCollection,
)
from catalog.services import curating
from catalog.services.products import WindowInvalid
from catalog.services.slugs import SlugTaken
from catalog.staff_filters import NameFilters
from catalog.views import curated_examples as examples
from ecommerce_backend.common import versions
from ecommerce_backend.common.openapi import refuses
from ecommerce_backend.common.permissions import HasPermission
from ecommerce_backend.common.transactions import unit_of_work

_ACTIONS = {"create": "add", "partial_update": "change", "arrange": "change", "destroy": "delete"}


class StaffCollectionViewSet(ListModelMixin, GenericViewSet[Collection]):
    lookup_value_converter = "int"
    serializer_class = StaffCollection
    filterset_class = NameFilters

    def get_permissions(self) -> list[BasePermission]:
        return [HasPermission(f"catalog.{_ACTIONS.get(self.action, 'view')}_collection")()]

    def get_queryset(self) -> QuerySet[Collection]:
        return Collection.objects.annotate(product_count=Count("placements")).order_by("name", "pk")

    @extend_schema(
        operation_id="list_all_collections", tags=["staff_catalog"], examples=[examples.COLLECTION]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List collections by name, drafts and archived ones too."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="get_any_collection",
        tags=["staff_catalog"],
        parameters=[examples.COLLECTION_ID, versions.ETAG],
        examples=[examples.COLLECTION],
    )
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show a collection as staff change it."""
        return versions.shown(StaffCollection(self.get_object()).data)

    @refuses(SlugTaken, WindowInvalid)
    @extend_schema(
        operation_id="add_collection",
        tags=["staff_catalog"],
        parameters=[versions.ETAG],
        request=WriteCollection,
        responses={201: StaffCollection},
        examples=[examples.NEW_COLLECTION, examples.COLLECTION],
    )
    def create(self, request: Request) -> Response:
        """Add a collection, a draft unless you say, without products."""
        form = WriteCollection(data=request.data)
        form.is_valid(raise_exception=True)
        added = curating.create_collection(**form.validated_data)
        return self._shown(added.pk, 201)

    @refuses(SlugTaken, WindowInvalid)
    @extend_schema(
        operation_id="change_collection",
        tags=["staff_catalog"],
        parameters=[examples.COLLECTION_ID, versions.IF_MATCH, versions.ETAG],
        request=WriteCollection,
        responses=StaffCollection,
        examples=[examples.COLLECTION_CHANGE, examples.COLLECTION],
    )
    @unit_of_work
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change what is named of a collection; the rest stays."""
        form = WriteCollection(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        collection = self._locked(pk)
        versions.require_seen(request, StaffCollection(self.get_queryset().get(pk=pk)).data)
        curating.change_collection(collection=collection, changes=form.validated_data)
        return self._shown(pk)

    @extend_schema(
        operation_id="delete_collection",
        tags=["staff_catalog"],
        parameters=[examples.COLLECTION_ID, versions.IF_MATCH],
        responses={204: None},
    )
    @unit_of_work
    def destroy(self, request: Request, pk: int) -> Response:
        """Delete a collection; its products stay."""
        collection = self._locked(pk)
        versions.require_seen(request, StaffCollection(self.get_queryset().get(pk=pk)).data)
        collection.delete()
        return Response(status=204)

    @extend_schema(
        operation_id="get_collection_products",
        tags=["staff_catalog"],
        parameters=[examples.COLLECTION_ID, versions.ETAG],
        responses=ArrangedProducts,
        examples=[examples.ARRANGED],
        filters=False,
    )
    def products(self, request: Request, pk: int) -> Response:
        """Show all products of a collection in their order, drafts too."""
        return versions.shown(_arranged(self.get_object()))

    @extend_schema(
        operation_id="set_collection_products",
        tags=["staff_catalog"],
        parameters=[examples.COLLECTION_ID, versions.IF_MATCH, versions.ETAG],
        request=ArrangeProducts,
        responses=ArrangedProducts,
        examples=[examples.ARRANGEMENT, examples.ARRANGED],
    )
    @unit_of_work
    def arrange(self, request: Request, pk: int) -> Response:
        """Say which products a collection holds, and in which order.

        What is not in the list leaves the collection. Sending it again changes nothing.
        """
        form = ArrangeProducts(data=request.data)
        form.is_valid(raise_exception=True)
        collection = self._locked(pk)
        versions.require_seen(request, _arranged(collection))
        curating.arrange(collection=collection, product_ids=form.validated_data["products"])
        return versions.shown(_arranged(collection))

    def _locked(self, pk: int) -> Collection:
        try:
            return Collection.objects.lock(pk)
        except Collection.DoesNotExist as error:
            raise Http404 from error

    def _shown(self, pk: int, status: int = 200) -> Response:
        return versions.shown(StaffCollection(self.get_queryset().get(pk=pk)).data, status)


def _arranged(collection: Collection) -> Any:
    products = collection.products.order_by("placements__position")
    return ArrangedProducts({"products": products}).data

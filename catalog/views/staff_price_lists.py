"""Price lists for staff."""

from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from catalog.models import PriceList, PriceListEntry
from catalog.serializers.price_lists import (
    ListPrice,
    ListPricesPut,
    PutListPrices,
    StaffPriceList,
    WritePriceList,
)
from catalog.services import price_lists
from catalog.staff_filters import ListPriceFilters, PriceListFilters
from catalog.views import price_list_examples as examples
from ecommerce_backend.common import versions
from ecommerce_backend.common.openapi import refuses
from ecommerce_backend.common.permissions import HasPermission
from ecommerce_backend.common.transactions import unit_of_work

_ACTIONS = {"create": "add", "partial_update": "change", "destroy": "delete"}


class StaffPriceListViewSet(ListModelMixin, GenericViewSet[PriceList]):
    lookup_value_converter = "int"
    serializer_class = StaffPriceList
    filterset_class = PriceListFilters

    def get_permissions(self) -> list[BasePermission]:
        return [HasPermission(f"catalog.{_ACTIONS.get(self.action, 'view')}_pricelist")()]

    def get_queryset(self) -> QuerySet[PriceList]:
        rows = PriceList.objects.select_related("customer_group")
        return rows.annotate(entry_count=Count("entries")).order_by("name", "pk")

    @extend_schema(
        operation_id="list_price_lists", tags=["staff_catalog"], examples=[examples.PRICE_LIST]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List price lists by name, those that are over too."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="get_price_list",
        tags=["staff_catalog"],
        parameters=[examples.PRICE_LIST_ID, versions.ETAG],
        examples=[examples.PRICE_LIST],
    )
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show a price list without its prices."""
        return versions.shown(StaffPriceList(self.get_object()).data)

    @refuses(price_lists.PriceListExists, price_lists.PriceWindowInvalid)
    @extend_schema(
        operation_id="add_price_list",
        tags=["staff_catalog"],
        parameters=[versions.ETAG],
        request=WritePriceList,
        responses={201: StaffPriceList},
        examples=[examples.NEW_PRICE_LIST, examples.PRICE_LIST],
    )
    def create(self, request: Request) -> Response:
        """Add a price list without prices: for everybody, at once and for good unless you say."""
        form = WritePriceList(data=request.data)
        form.is_valid(raise_exception=True)
        added = price_lists.create_price_list(**form.validated_data)
        return self._shown(added.pk, 201)

    @refuses(price_lists.PriceListExists, price_lists.PriceWindowInvalid)
    @extend_schema(
        operation_id="change_price_list",
        tags=["staff_catalog"],
        parameters=[examples.PRICE_LIST_ID, versions.IF_MATCH, versions.ETAG],
        request=WritePriceList,
        responses=StaffPriceList,
        examples=[examples.PRICE_LIST_CHANGE, examples.PRICE_LIST],
    )
    @unit_of_work
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change what is named of a price list; what is charged follows at once."""
        form = WritePriceList(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        price_list = self._locked(request, pk)
        price_lists.change_price_list(price_list=price_list, changes=form.validated_data)
        return self._shown(pk)

    @extend_schema(
        operation_id="delete_price_list",
        tags=["staff_catalog"],
        parameters=[examples.PRICE_LIST_ID, versions.IF_MATCH],
        responses={204: None},
    )
    @unit_of_work
    def destroy(self, request: Request, pk: int) -> Response:
        """Delete a price list with its prices; what they were stays in the history."""
        self._locked(request, pk).delete()
        return Response(status=204)

    def _locked(self, request: Request, pk: int) -> PriceList:
        price_list = locked(pk)
        versions.require_seen(request, StaffPriceList(self.get_queryset().get(pk=pk)).data)
        return price_list

    def _shown(self, pk: int, status: int = 200) -> Response:
        return versions.shown(StaffPriceList(self.get_queryset().get(pk=pk)).data, status)


class PriceListEntryViewSet(ListModelMixin, GenericViewSet[PriceListEntry]):
    serializer_class = ListPrice
    filterset_class = ListPriceFilters

    def get_permissions(self) -> list[BasePermission]:
        action = "change" if self.action == "put" else "view"
        return [HasPermission(f"catalog.{action}_pricelistentry")()]

    def get_queryset(self) -> QuerySet[PriceListEntry]:
        rows = PriceListEntry.objects.filter(price_list=self.kwargs.get("pk"))
        return rows.select_related("variant").order_by("variant__sku", "currency", "min_quantity")

    @extend_schema(
        operation_id="list_price_list_entries",
        tags=["staff_catalog"],
        parameters=[examples.PRICE_LIST_ID],
        examples=[examples.ENTRY],
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the prices of a price list by SKU."""
        if not PriceList.objects.filter(pk=kwargs["pk"]).exists():
            raise Http404
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="set_price_list_entries",
        tags=["staff_catalog"],
        parameters=[examples.PRICE_LIST_ID],
        request=PutListPrices,
        responses=ListPricesPut,
        examples=[examples.ENTRIES, examples.ENTRIES_PUT],
        filters=False,
    )
    @unit_of_work
    def put(self, request: Request, pk: int) -> Response:
        """Let a price list hold these prices, all of them or none; others stay.

        Sending it again changes nothing.
        """
        form = PutListPrices(data=request.data)
        form.is_valid(raise_exception=True)
        changed = price_lists.put_entries(price_list=locked(pk), **form.validated_data)
        return Response({"changed": changed})


def locked(pk: int) -> PriceList:
    try:
        return PriceList.objects.lock(pk)
    except PriceList.DoesNotExist as error:
        raise Http404 from error

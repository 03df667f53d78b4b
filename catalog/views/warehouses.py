"""Warehouses for staff."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from catalog.models import Warehouse
from catalog.serializers.stock import WarehouseSerializer, WriteWarehouse
from catalog.services import warehouses
from catalog.views import stock_examples as examples
from ecommerce_backend.common import versions
from ecommerce_backend.common.openapi import refuses
from ecommerce_backend.common.permissions import HasPermission
from ecommerce_backend.common.transactions import unit_of_work

_ACTIONS = {"create": "add", "partial_update": "change", "destroy": "delete"}


class WarehouseViewSet(ListModelMixin, GenericViewSet[Warehouse]):
    lookup_value_converter = "int"
    serializer_class = WarehouseSerializer

    def get_permissions(self) -> list[BasePermission]:
        return [HasPermission(f"catalog.{_ACTIONS.get(self.action, 'view')}_warehouse")()]

    def get_queryset(self) -> QuerySet[Warehouse]:
        return Warehouse.objects.by_priority()

    @extend_schema(
        operation_id="list_warehouses", tags=["staff_stock"], examples=[examples.WAREHOUSE]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List warehouses, whichever sends first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="get_warehouse",
        tags=["staff_stock"],
        parameters=[examples.WAREHOUSE_ID, versions.ETAG],
        examples=[examples.WAREHOUSE],
    )
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show a warehouse."""
        return versions.shown(WarehouseSerializer(self.get_object()).data)

    @refuses(warehouses.WarehouseCodeTaken, warehouses.WarehouseIsDefault)
    @extend_schema(
        operation_id="add_warehouse",
        tags=["staff_stock"],
        parameters=[versions.ETAG],
        request=WriteWarehouse,
        responses={201: WarehouseSerializer},
        examples=[examples.NEW_WAREHOUSE, examples.WAREHOUSE],
    )
    def create(self, request: Request) -> Response:
        """Open a warehouse."""
        form = WriteWarehouse(data=request.data)
        form.is_valid(raise_exception=True)
        warehouse = warehouses.add_warehouse(**form.validated_data)
        return versions.shown(WarehouseSerializer(warehouse).data, 201)

    @refuses(warehouses.WarehouseCodeTaken, warehouses.WarehouseIsDefault)
    @extend_schema(
        operation_id="change_warehouse",
        tags=["staff_stock"],
        parameters=[examples.WAREHOUSE_ID, versions.IF_MATCH, versions.ETAG],
        request=WriteWarehouse,
        responses=WarehouseSerializer,
        examples=[examples.WAREHOUSE_CHANGE, examples.WAREHOUSE],
    )
    @unit_of_work
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a warehouse; what lies in one that closes is not for sale any more."""
        form = WriteWarehouse(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        changed = warehouses.change_warehouse(
            warehouse=self._locked(request, pk), changes=form.validated_data
        )
        return versions.shown(WarehouseSerializer(changed).data)

    @refuses(warehouses.WarehouseIsDefault, warehouses.WarehouseInUse)
    @extend_schema(
        operation_id="delete_warehouse",
        tags=["staff_stock"],
        parameters=[examples.WAREHOUSE_ID, versions.IF_MATCH],
        responses={204: None},
    )
    @unit_of_work
    def destroy(self, request: Request, pk: int) -> Response:
        """Delete a warehouse that nothing was ever booked into; close any other."""
        warehouses.delete_warehouse(warehouse=self._locked(request, pk))
        return Response(status=204)

    def _locked(self, request: Request, pk: int) -> Warehouse:
        """Keep other editors out. Bookings pass: the service holds them up, in its own order."""
        rows = self.get_queryset().select_for_update(no_key=True, of=("self",))
        warehouse = get_object_or_404(rows, pk=pk)
        versions.require_seen(request, WarehouseSerializer(warehouse).data)
        return warehouse

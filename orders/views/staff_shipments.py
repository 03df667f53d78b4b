from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from ecommerce_backend.common.openapi import OPTIONAL_IDEMPOTENCY_KEY, refuses
from orders import selectors, versions
from orders.models import InvalidTransition
from orders.serializers.shipments import DeliverShipments, ShipmentSerializer, ShipOrder
from orders.services.fulfillment import (
    NothingToDeliver,
    OverShipment,
    deliver_shipments,
    ship_order,
)
from orders.views import examples, payment_examples
from orders.views.staff import StaffOrderChange
from users.requests import AuthenticatedRequest


class StaffShipments(StaffOrderChange):
    @refuses(InvalidTransition, OverShipment)
    @extend_schema(
        operation_id="ship_order",
        summary="Ship a parcel",
        tags=["staff_orders"],
        parameters=[examples.NUMBER, OPTIONAL_IDEMPOTENCY_KEY, versions.IF_MATCH],
        request=ShipOrder,
        responses={201: ShipmentSerializer},
        examples=[payment_examples.SHIP, payment_examples.SHIPPED],
    )
    def create(self, request: AuthenticatedRequest, number: str) -> Response:
        """Send some or all of a paid order. The order is fulfilled when nothing is left."""
        wanted = ShipOrder(data=request.data)
        wanted.is_valid(raise_exception=True)
        order = self.get_object()

        def act() -> Response:
            shipment = ship_order(order=order, actor=request.user, **wanted.validated_data)
            (shown,) = selectors.parcels([shipment])
            return Response(ShipmentSerializer(shown).data, status.HTTP_201_CREATED)

        return self.once(request, order, act)


class StaffDeliveries(StaffOrderChange):
    @refuses(NothingToDeliver)
    @extend_schema(
        operation_id="deliver_shipments",
        summary="Mark parcels delivered",
        tags=["staff_orders"],
        parameters=[examples.NUMBER, OPTIONAL_IDEMPOTENCY_KEY, versions.IF_MATCH],
        request=DeliverShipments,
        responses={201: ShipmentSerializer(many=True)},
        examples=[payment_examples.DELIVER, payment_examples.DELIVERED],
    )
    def create(self, request: AuthenticatedRequest, number: str) -> Response:
        """Note that a parcel has arrived. The order is completed when all of it has."""
        wanted = DeliverShipments(data=request.data)
        wanted.is_valid(raise_exception=True)
        order = self.get_object()

        def act() -> Response:
            arrived = deliver_shipments(order=order, actor=request.user, **wanted.validated_data)
            shown = ShipmentSerializer(selectors.parcels(arrived), many=True)
            return Response(shown.data, status.HTTP_201_CREATED)

        return self.once(request, order, act)

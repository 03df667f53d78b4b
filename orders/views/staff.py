from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from ecommerce_backend.common.idempotency import run_once
from ecommerce_backend.common.openapi import OPTIONAL_IDEMPOTENCY_KEY, refuses
from ecommerce_backend.common.pagination import NewestFirst
from ecommerce_backend.common.permissions import HasPermission
from orders import selectors, versions
from orders.filters import StaffOrderFilter
from orders.models import InvalidTransition, Order
from orders.serializers.orders import CancelOrder
from orders.serializers.staff import (
    StaffOrderEventSerializer,
    StaffOrderSerializer,
    StaffOrderSummarySerializer,
    WriteNote,
)
from orders.services.cancellation import cancel_order
from orders.services.notes import write_note
from orders.views import examples, payment_examples
from users.requests import AuthenticatedRequest


class StaffOrderViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[Order]):
    lookup_field = "number"
    permission_classes = (HasPermission("orders.view_order"),)
    pagination_class = NewestFirst
    filterset_class = StaffOrderFilter

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return StaffOrderSummarySerializer if self.action == "list" else StaffOrderSerializer

    def get_queryset(self) -> QuerySet[Order]:
        orders = Order.objects.all()
        return orders if self.action == "list" else selectors.with_everything(orders)

    @extend_schema(
        operation_id="list_all_orders",
        summary="All orders",
        tags=["staff_orders"],
        examples=[payment_examples.STAFF_ORDER_IN_LIST],
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List orders, newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="get_any_order",
        summary="One order",
        tags=["staff_orders"],
        parameters=[examples.NUMBER, versions.ETAG],
        examples=[payment_examples.STAFF_ORDER],
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show an order with its payments, parcels and whole history."""
        return versions.shown(self.get_object())


class StaffOrderChange(GenericViewSet[Order]):
    """Something that staff do to an order: one noun, one POST."""

    lookup_field = "number"
    queryset = Order.objects.all()
    filter_backends = ()
    pagination_class = None
    permission_classes = (HasPermission("orders.change_order"),)

    def once(
        self,
        request: AuthenticatedRequest,
        order: Order,
        act: Callable[[], Response],
        *,
        is_key_required: bool = False,
    ) -> Response:
        """Do it once for the request's key, and only to the order that If-Match speaks of."""

        def act_on_what_was_seen() -> Response:
            versions.require_seen(request, order.pk)
            return act()

        principal = f"user:{request.user.pk}"
        return run_once(
            request, act_on_what_was_seen, principal=principal, required=is_key_required
        )


class StaffCancellations(StaffOrderChange):
    @refuses(InvalidTransition)
    @extend_schema(
        operation_id="cancel_any_order",
        summary="Cancel an order",
        tags=["staff_orders"],
        parameters=[examples.NUMBER, OPTIONAL_IDEMPOTENCY_KEY, versions.IF_MATCH, versions.ETAG],
        request=CancelOrder,
        responses={200: StaffOrderSerializer},
        examples=[examples.CANCEL_ORDER, payment_examples.STAFF_CANCELED_ORDER],
    )
    def create(self, request: AuthenticatedRequest, number: str) -> Response:
        """Cancel an order of which nothing has been shipped. Money that came in goes back."""
        wanted = CancelOrder(data=request.data)
        wanted.is_valid(raise_exception=True)
        order = self.get_object()

        def act() -> Response:
            cancel_order(order=order, actor=request.user, **wanted.validated_data)
            return versions.shown_anew(order.pk)

        return self.once(request, order, act)


class StaffNotes(StaffOrderChange):
    @extend_schema(
        operation_id="write_order_note",
        summary="Write a note",
        tags=["staff_orders"],
        parameters=[examples.NUMBER, OPTIONAL_IDEMPOTENCY_KEY, versions.IF_MATCH],
        request=WriteNote,
        responses={201: StaffOrderEventSerializer},
        examples=[payment_examples.NOTE, payment_examples.NOTED],
    )
    def create(self, request: AuthenticatedRequest, number: str) -> Response:
        """Add a note to the history of an order. Customers do not see it."""
        wanted = WriteNote(data=request.data)
        wanted.is_valid(raise_exception=True)
        order = self.get_object()

        def act() -> Response:
            note = write_note(order=order, actor=request.user, **wanted.validated_data)
            return Response(StaffOrderEventSerializer(note).data, status.HTTP_201_CREATED)

        return self.once(request, order, act)

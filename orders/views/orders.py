from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from catalog.services.stock import InsufficientStock
from ecommerce_backend.common.idempotency import require_key, run_once
from ecommerce_backend.common.openapi import IDEMPOTENCY_KEY, OPTIONAL_IDEMPOTENCY_KEY, refuses
from ecommerce_backend.common.pagination import NewestFirst
from orders import selectors, tokens
from orders.models import InvalidTransition, Order, OrderEvent
from orders.serializers.orders import (
    CancelOrder,
    OrderEventSerializer,
    OrderSerializer,
    OrderSummarySerializer,
    PlacedOrderSerializer,
    PlaceOrder,
)
from orders.services.cancellation import cancel_order
from orders.services.holds import TooManyUnpaidOrders
from orders.services.placement import QuoteChanged, place_order
from orders.services.quoting import (
    CartEmpty,
    ItemsUnavailable,
    ShippingUnavailable,
    TotalTooLarge,
)
from orders.views import examples
from orders.views.callers import ORDER_TOKEN, Caller, caller_of

NEW_ORDER_TOKEN = OpenApiParameter(
    ORDER_TOKEN,
    str,
    OpenApiParameter.HEADER,
    description="Opens the order of a guest; customers need none.",
    response=[201],
)


class OrderViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[Order]):
    lookup_field = "number"
    pagination_class = NewestFirst

    def get_permissions(self) -> list[BasePermission]:
        return [IsAuthenticated()] if self.action == "list" else [AllowAny()]

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return OrderSummarySerializer if self.action == "list" else OrderSerializer

    def get_queryset(self) -> QuerySet[Order]:
        customer = caller_of(self.request).customer
        return selectors.orders_of(customer) if customer else Order.objects.none()

    def get_object(self) -> Order:
        return caller_of(self.request).order(self.kwargs["number"], load=selectors.with_details)

    @extend_schema(
        operation_id="list_orders",
        summary="My orders",
        tags=["orders"],
        examples=[examples.ORDER_IN_LIST],
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the customer's orders, newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="get_order",
        summary="One order",
        tags=["orders"],
        parameters=[examples.NUMBER, examples.ORDER_TOKEN],
        examples=[examples.ORDER],
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show an order to its customer, or to the guest who has its token."""
        return super().retrieve(request, *args, **kwargs)

    @refuses(
        CartEmpty,
        TooManyUnpaidOrders,
        ItemsUnavailable,
        ShippingUnavailable,
        TotalTooLarge,
        tokens.QuoteInvalid,
        tokens.QuoteExpired,
        QuoteChanged,
        InsufficientStock,
    )
    @extend_schema(
        operation_id="place_order",
        summary="Place an order",
        tags=["orders"],
        parameters=[IDEMPOTENCY_KEY, examples.CART_TOKEN, NEW_ORDER_TOKEN],
        request=PlaceOrder,
        responses={201: PlacedOrderSerializer},
        examples=[examples.PLACE_ORDER, examples.PLACED_ORDER],
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Turn the cart into an order on the terms of its quote, all of it or nothing.

        Stock is held until `payment_due_at`. Guests get a `token` that opens the order.
        """
        wanted = PlaceOrder(data=request.data, context={"request": request})
        wanted.is_valid(raise_exception=True)
        require_key(request)  # before a guest without a cart is told that it is empty
        caller = caller_of(request)
        caller.spend_checkout()

        def act() -> Response:
            order = place_order(
                cart_id=caller.cart().pk, customer=caller.customer, **wanted.validated_data
            )
            return Response(_shown(order), status.HTTP_201_CREATED)

        response = run_once(request, act, principal=caller.principal())
        return _with_token(response, caller)


class OrderEventsView(ListAPIView[OrderEvent]):
    permission_classes = (AllowAny,)
    pagination_class = NewestFirst
    serializer_class = OrderEventSerializer

    def get_queryset(self) -> QuerySet[OrderEvent]:
        if getattr(self, "swagger_fake_view", False):
            return OrderEvent.objects.none()
        return selectors.public_events(caller_of(self.request).order(self.kwargs["number"]))

    @extend_schema(
        operation_id="list_order_events",
        summary="What happened to an order",
        tags=["orders"],
        parameters=[examples.NUMBER, examples.ORDER_TOKEN],
        examples=[examples.EVENT],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the steps of an order, newest first."""
        return super().get(request, *args, **kwargs)


class OrderCancellationView(APIView):
    permission_classes = (AllowAny,)

    @refuses(InvalidTransition)
    @extend_schema(
        operation_id="cancel_order",
        summary="Cancel an order",
        tags=["orders"],
        parameters=[examples.NUMBER, OPTIONAL_IDEMPOTENCY_KEY, examples.ORDER_TOKEN],
        request=CancelOrder,
        responses=OrderSerializer,
        examples=[examples.CANCEL_ORDER, examples.CANCELED_ORDER],
    )
    def post(self, request: Request, number: str) -> Response:
        """Cancel an order of which nothing has been shipped. Money that came in goes back."""
        wanted = CancelOrder(data=request.data)
        wanted.is_valid(raise_exception=True)
        caller = caller_of(request)
        order = caller.order(number)

        def act() -> Response:
            canceled = cancel_order(order=order, actor=caller.customer, **wanted.validated_data)
            return Response(_shown(canceled))

        return run_once(request, act, principal=caller.principal_for(order), required=False)


def _shown(order: Order) -> dict[str, Any]:
    complete = selectors.with_details(Order.objects.filter(pk=order.pk)).get()
    return OrderSerializer(complete).data


def _with_token(response: Response, caller: Caller) -> Response:
    """Give a guest the token of the order just placed, on a replay too; it is stored nowhere."""
    if caller.customer is None and response.status_code == status.HTTP_201_CREATED:
        token = tokens.order_token(response.data["number"])
        response.data = {**response.data, "token": token}
        response[ORDER_TOKEN] = token
    return response

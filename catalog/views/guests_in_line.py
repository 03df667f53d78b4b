"""Waiting for what is out of stock, without an account."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.selectors import VariantNotFound
from catalog.serializers.back_in_stock import AskAsGuest, FollowGuestLink, GuestTold
from catalog.services import guests_in_line
from catalog.services.back_in_stock import AvailableNow, TooManyRequests
from ecommerce_backend.common.client_address import client_address
from ecommerce_backend.common.openapi import refuses
from users.services.passwords import LinkInvalid

_WISH = OpenApiExample(
    "A mug in blue",
    request_only=True,
    value={"sku": "MUG-HARBOUR-SKY", "email": "customer@shop.example"},
)
_ANSWER = {"detail": "A mail is on its way. Nothing is noted until its link is followed."}
_TOLD = OpenApiExample("Always the same", response_only=True, status_codes=["202"], value=_ANSWER)
_LINK = OpenApiExample("A link", request_only=True, value={"token": "eyJ2YXJpYW50Ijoz:1vMkq7:Zq"})


class OpenToGuests(APIView):
    """A door that a stale access token in the request must not shut."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def _link(self, request: Request) -> dict[str, Any]:
        form = FollowGuestLink(data=request.data)
        form.is_valid(raise_exception=True)
        return {**form.validated_data, "address": client_address(request)}


class GuestBackInStockView(OpenToGuests):
    @refuses(VariantNotFound, AvailableNow)
    @extend_schema(
        operation_id="request_guest_back_in_stock",
        tags=["catalog"],
        request=AskAsGuest,
        responses={202: GuestTold},
        examples=[_WISH, _TOLD],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Have a link mailed that puts an address in line for one mail when a SKU is back.

        Nothing is stored of the address before the link is followed, and the answer is the same
        whether or not it is in line already.
        """
        form = AskAsGuest(data=request.data)
        form.is_valid(raise_exception=True)
        guests_in_line.ask(**form.validated_data, address=client_address(request))
        return Response(_ANSWER, status.HTTP_202_ACCEPTED)


class GuestConfirmationView(OpenToGuests):
    @refuses(LinkInvalid, VariantNotFound, AvailableNow, TooManyRequests)
    @extend_schema(
        operation_id="confirm_guest_back_in_stock",
        tags=["catalog"],
        request=FollowGuestLink,
        responses={204: None},
        examples=[_LINK],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Stand in line by the mailed link. Doing it again keeps the place."""
        guests_in_line.confirm(**self._link(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class GuestWithdrawalView(OpenToGuests):
    @refuses(LinkInvalid)
    @extend_schema(
        operation_id="cancel_guest_back_in_stock",
        tags=["catalog"],
        request=FollowGuestLink,
        responses={204: None},
        examples=[_LINK],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Leave every line by the link that is in each mail; the address is deleted."""
        guests_in_line.leave(**self._link(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

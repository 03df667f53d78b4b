from collections.abc import Callable
from typing import Any

from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ecommerce_backend.common.client_address import client_address
from users.links import Purpose
from users.serializers.credentials import AskByEmail, FollowLink
from users.services import mailing


class OpenToAll(APIView):
    """A door that a stale access token in the request must not shut."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


def on_its_way() -> Response:
    """Return the answer to whoever asked for a mail, the same whether or not there will be one."""
    return Response(
        {"detail": "If it can be done, a mail is on its way."}, status.HTTP_202_ACCEPTED
    )


def mail_link(request: Request, purpose: Purpose) -> Response:
    """Have a link mailed to the address in the body, if it has an account."""
    form = AskByEmail(data=request.data)
    form.is_valid(raise_exception=True)
    mailing.send_link_later(purpose, **form.validated_data, address=client_address(request))
    return on_its_way()


def follow_link(
    request: Request, act: Callable[..., Any], *, body: type[FollowLink] = FollowLink
) -> Response:
    """Do what the link in the body is for, by a service that takes the body's fields."""
    form = body(data=request.data)
    form.is_valid(raise_exception=True)
    act(**form.validated_data, address=client_address(request))
    return Response(status=status.HTTP_204_NO_CONTENT)

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ecommerce_backend.common.openapi import refuses
from users.links import Purpose
from users.requests import AuthenticatedRequest
from users.serializers.credentials import (
    AskByEmail,
    ChangePassword,
    OnItsWaySerializer,
    ResetPassword,
)
from users.services import passwords
from users.services.codes import CodeRequired, WrongCode
from users.services.password_rules import PasswordInvalid
from users.services.passwords import LinkInvalid
from users.services.reauthentication import WrongPassword
from users.views import examples
from users.views.doors import OpenToAll, follow_link, mail_link


class PasswordChangeView(APIView):
    @refuses(WrongPassword, CodeRequired, WrongCode, PasswordInvalid)
    @extend_schema(
        operation_id="change_password",
        tags=["account"],
        request=ChangePassword,
        responses={204: None},
        examples=[examples.NEW_PASSWORD],
    )
    def post(self, request: AuthenticatedRequest) -> Response:
        """Change my password; I stay signed in here and am signed out everywhere else."""
        form = ChangePassword(data=request.data)
        form.is_valid(raise_exception=True)
        passwords.change_password(user=request.user, session=request.auth, **form.validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PasswordResetView(OpenToAll):
    @extend_schema(
        operation_id="request_password_reset",
        tags=["auth"],
        request=AskByEmail,
        responses={202: OnItsWaySerializer},
        examples=[examples.BY_EMAIL, examples.ON_ITS_WAY],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Have a link for a new password mailed; the answer is the same for any address."""
        return mail_link(request, Purpose.RESET_PASSWORD)


class PasswordResetConfirmationView(OpenToAll):
    @refuses(LinkInvalid, PasswordInvalid)
    @extend_schema(
        operation_id="set_password",
        tags=["auth"],
        request=ResetPassword,
        responses={204: None},
        examples=[examples.RESET],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Choose a new password by the mailed link; every device is signed out."""
        return follow_link(request, passwords.reset_password, body=ResetPassword)

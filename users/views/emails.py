from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ecommerce_backend.common.client_address import client_address
from ecommerce_backend.common.openapi import refuses
from users.links import Purpose
from users.requests import AuthenticatedRequest
from users.serializers.credentials import (
    AskByEmail,
    ChangeEmail,
    FollowLink,
    OnItsWaySerializer,
)
from users.services import emails
from users.services.accounts import AccountInvalid, EmailTaken
from users.services.codes import CodeRequired, WrongCode
from users.services.passwords import LinkInvalid
from users.services.reauthentication import WrongPassword
from users.views import examples
from users.views.doors import OpenToAll, follow_link, mail_link, on_its_way


class EmailVerificationView(OpenToAll):
    @extend_schema(
        operation_id="request_email_verification",
        tags=["auth"],
        request=AskByEmail,
        responses={202: OnItsWaySerializer},
        examples=[examples.BY_EMAIL, examples.ON_ITS_WAY],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Have the link that confirms an address mailed again; the answer is always the same."""
        return mail_link(request, Purpose.VERIFY_EMAIL)


class EmailVerificationConfirmationView(OpenToAll):
    @refuses(LinkInvalid)
    @extend_schema(
        operation_id="confirm_email",
        tags=["auth"],
        request=FollowLink,
        responses={204: None},
        examples=[examples.LINK],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Confirm an address by the mailed link."""
        return follow_link(request, emails.verify_email)


class EmailChangeView(APIView):
    @refuses(WrongPassword, CodeRequired, WrongCode, AccountInvalid)
    @extend_schema(
        operation_id="request_email_change",
        tags=["account"],
        request=ChangeEmail,
        responses={202: OnItsWaySerializer},
        examples=[examples.NEW_EMAIL, examples.ON_ITS_WAY],
    )
    def post(self, request: AuthenticatedRequest) -> Response:
        """Have a link mailed to my new address; until it is followed nothing changes."""
        form = ChangeEmail(data=request.data)
        form.is_valid(raise_exception=True)
        emails.ask_for_change(
            user=request.user, **form.validated_data, address=client_address(request)
        )
        return on_its_way()


class EmailChangeConfirmationView(OpenToAll):
    @refuses(LinkInvalid, EmailTaken)
    @extend_schema(
        operation_id="confirm_email_change",
        tags=["auth"],
        request=FollowLink,
        responses={204: None},
        examples=[examples.LINK],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Make the address that the link was mailed to the account's."""
        return follow_link(request, emails.change_email)

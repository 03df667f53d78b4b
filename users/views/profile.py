from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from ecommerce_backend.common.openapi import refuses, with_body
from users.requests import AuthenticatedRequest
from users.serializers.accounts import ChangeProfile, ProfileSerializer
from users.serializers.credentials import Reauthenticate
from users.services import accounts, erasure
from users.services.codes import CodeRequired, WrongCode
from users.services.erasure import AccountInUse, LastSuperuser
from users.services.reauthentication import WrongPassword
from users.views import examples


class ProfileView(APIView):
    @extend_schema(
        operation_id="get_profile",
        tags=["account"],
        responses=ProfileSerializer,
        examples=[examples.PROFILE],
    )
    def get(self, request: AuthenticatedRequest) -> Response:
        """Show my account."""
        return Response(ProfileSerializer(request.user).data)

    @extend_schema(
        operation_id="change_profile",
        tags=["account"],
        request=ChangeProfile,
        responses=ProfileSerializer,
        examples=[examples.NEW_NAME, examples.RENAMED],
    )
    def patch(self, request: AuthenticatedRequest) -> Response:
        """Change my name."""
        form = ChangeProfile(data=request.data)
        form.is_valid(raise_exception=True)
        user = accounts.change_profile(user=request.user, **form.validated_data)
        return Response(ProfileSerializer(user).data)

    @with_body
    @refuses(WrongPassword, CodeRequired, WrongCode, AccountInUse, LastSuperuser)
    @extend_schema(
        operation_id="remove_account",
        tags=["account"],
        request=Reauthenticate,
        responses={204: None},
        examples=[examples.PRESENT_PASSWORD],
    )
    def delete(self, request: AuthenticatedRequest) -> Response:
        """Erase my account and what the shop knows of me.

        Orders and published reviews stay without my name; all devices are signed out at once.
        """
        form = Reauthenticate(data=request.data)
        form.is_valid(raise_exception=True)
        erasure.erase_own_account(user=request.user, **form.validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)

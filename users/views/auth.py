"""Getting in, staying in, getting out."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ecommerce_backend.common.client_address import client_address
from ecommerce_backend.common.openapi import refuses, token_header
from users.requests import AuthenticatedRequest
from users.serializers.credentials import OnItsWaySerializer
from users.serializers.sign_in import (
    RefreshTokenSerializer,
    RegisterAccount,
    SignedInSerializer,
    SignIn,
    TokenPairSerializer,
)
from users.services import sessions, sign_in
from users.services.accounts import AccountInvalid, EmailTaken
from users.services.codes import OtpRequired
from users.services.sessions import InvalidCredentials, TokenInvalid, TokenReused
from users.services.sign_in import EmailUnverified
from users.views import examples
from users.views.doors import OpenToAll, on_its_way

CART_TOKEN = token_header("X-Cart-Token", description="A guest's cart to take along.")


class RegisterView(OpenToAll):
    @refuses(AccountInvalid, EmailTaken)
    @extend_schema(
        operation_id="register_account",
        tags=["auth"],
        request=RegisterAccount,
        parameters=[CART_TOKEN],
        responses={201: SignedInSerializer, 202: OnItsWaySerializer},
        examples=[examples.REGISTRATION, examples.REGISTERED, examples.ON_ITS_WAY],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Open an account and sign in.

        Where the shop wants addresses confirmed first, the answer is a 202 for any address: a
        link is mailed, or a note to who has an account already.
        """
        form = RegisterAccount(data=request.data)
        form.is_valid(raise_exception=True)
        signed_in = sign_in.sign_up(**form.validated_data, device=_device(request))
        if signed_in is None:
            return on_its_way()
        return Response(SignedInSerializer(signed_in).data, status.HTTP_201_CREATED)


class LoginView(OpenToAll):
    @refuses(InvalidCredentials, EmailUnverified, OtpRequired)
    @extend_schema(
        operation_id="sign_in",
        tags=["auth"],
        request=SignIn,
        parameters=[CART_TOKEN],
        responses=SignedInSerializer,
        examples=[examples.CREDENTIALS, examples.SIGNED_IN],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Sign in."""
        form = SignIn(data=request.data)
        form.is_valid(raise_exception=True)
        signed_in = sign_in.sign_in(**form.validated_data, device=_device(request))
        return Response(SignedInSerializer(signed_in).data)


class RefreshView(OpenToAll):
    @refuses(TokenInvalid, TokenReused)
    @extend_schema(
        operation_id="refresh_tokens",
        tags=["auth"],
        request=RefreshTokenSerializer,
        responses=TokenPairSerializer,
        examples=[examples.REFRESH, examples.NEXT_PAIR],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Exchange a refresh token for the next pair of tokens."""
        form = RefreshTokenSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        pair = sign_in.stay_in(raw=form.validated_data["refresh"], address=client_address(request))
        return Response(TokenPairSerializer(pair).data)


class LogoutView(OpenToAll):
    @extend_schema(
        operation_id="sign_out",
        tags=["auth"],
        request=RefreshTokenSerializer,
        responses={204: None},
        examples=[examples.REFRESH],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """End the session of a refresh token; its access tokens stop working at once."""
        form = RefreshTokenSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        sessions.close_session(raw=form.validated_data["refresh"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class LogoutAllView(APIView):
    @extend_schema(
        operation_id="sign_out_everywhere", tags=["auth"], request=None, responses={204: None}
    )
    def post(self, request: AuthenticatedRequest) -> Response:
        """End every session of my account, this one included."""
        sessions.close_all_sessions(user=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _device(request: Request) -> sign_in.Device:
    return sign_in.Device(
        address=client_address(request),
        user_agent=request.headers.get("User-Agent", ""),
        cart_token=request.headers.get("X-Cart-Token"),
    )

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from ecommerce_backend.common.openapi import refuses, with_body
from users.requests import AuthenticatedRequest
from users.serializers.totp import (
    BeginTotp,
    ConfirmTotp,
    EnrolmentSerializer,
    ReauthenticateInFull,
    RecoveryCodesSerializer,
    StandingSerializer,
)
from users.services import second_factors
from users.services.codes import WrongCode
from users.services.reauthentication import WrongPassword
from users.services.second_factors import SecondFactorActive, SecondFactorMissing
from users.views import examples


class TotpView(APIView):
    @extend_schema(
        operation_id="get_totp",
        tags=["account"],
        responses=StandingSerializer,
        examples=[examples.FACTOR_ON],
    )
    def get(self, request: AuthenticatedRequest) -> Response:
        """Show whether my account has a second factor, and how many recovery codes are left."""
        return Response(StandingSerializer(second_factors.standing_of(request.user)).data)

    @refuses(WrongPassword, SecondFactorActive)
    @extend_schema(
        operation_id="start_totp",
        tags=["account"],
        request=BeginTotp,
        responses={201: EnrolmentSerializer},
        examples=[examples.PRESENT_PASSWORD, examples.ENROLMENT],
    )
    def post(self, request: AuthenticatedRequest) -> Response:
        """Begin with a second factor; it counts once a first code of the app confirms it.

        One that was begun and not confirmed is replaced.
        """
        form = BeginTotp(data=request.data)
        form.is_valid(raise_exception=True)
        enrolment = second_factors.enrol(
            user=request.user, password=form.validated_data["current_password"]
        )
        return Response(EnrolmentSerializer(enrolment).data, status.HTTP_201_CREATED)

    @with_body
    @refuses(WrongPassword, WrongCode, SecondFactorMissing)
    @extend_schema(
        operation_id="remove_totp",
        tags=["account"],
        request=ReauthenticateInFull,
        responses={204: None},
        examples=[examples.BOTH_FACTORS],
    )
    def delete(self, request: AuthenticatedRequest) -> Response:
        """Remove my second factor; I stay signed in here and am signed out everywhere else."""
        password, otp = _both(request)
        second_factors.remove_own(
            user=request.user, password=password, otp=otp, session=request.auth
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class TotpConfirmationView(APIView):
    @refuses(WrongCode, SecondFactorActive, SecondFactorMissing)
    @extend_schema(
        operation_id="confirm_totp",
        tags=["account"],
        request=ConfirmTotp,
        responses={200: RecoveryCodesSerializer},
        examples=[examples.CODE, examples.RECOVERY_CODES],
    )
    def post(self, request: AuthenticatedRequest) -> Response:
        """Confirm my second factor by the app's code, and get the recovery codes.

        This session counts as signed in with it; every other one ends.
        """
        form = ConfirmTotp(data=request.data)
        form.is_valid(raise_exception=True)
        made = second_factors.confirm(
            user=request.user, otp=form.validated_data["otp"], session=request.auth
        )
        return Response({"recovery_codes": made})


class RecoveryCodesView(APIView):
    @refuses(WrongPassword, WrongCode, SecondFactorMissing)
    @extend_schema(
        operation_id="replace_recovery_codes",
        tags=["account"],
        request=ReauthenticateInFull,
        responses={200: RecoveryCodesSerializer},
        examples=[examples.BOTH_FACTORS, examples.RECOVERY_CODES],
    )
    def post(self, request: AuthenticatedRequest) -> Response:
        """Get new recovery codes; those before them no longer work."""
        password, otp = _both(request)
        made = second_factors.replace_own_recovery_codes(
            user=request.user, password=password, otp=otp
        )
        return Response({"recovery_codes": made})


def _both(request: AuthenticatedRequest) -> tuple[str, str]:
    form = ReauthenticateInFull(data=request.data)
    form.is_valid(raise_exception=True)
    return form.validated_data["current_password"], form.validated_data["otp"]

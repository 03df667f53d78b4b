from rest_framework import serializers

from ecommerce_backend.common.serializers import CountField, OpaqueField, StrictSerializer
from users.serializers.credentials import Reauthenticate
from users.serializers.sign_in import OTP_LENGTH, PASSWORD_LENGTH, OtpField
from users.services.second_factors import Enrolment, Standing


class BeginTotp(StrictSerializer):
    current_password = OpaqueField(
        max_length=PASSWORD_LENGTH, trim_whitespace=False, write_only=True
    )


class ConfirmTotp(StrictSerializer):
    otp = OpaqueField(max_length=OTP_LENGTH, write_only=True)


class ReauthenticateInFull(Reauthenticate):
    otp = OtpField(required=True)


class StandingSerializer(serializers.Serializer[Standing]):
    is_active = serializers.BooleanField()
    recovery_codes_left = CountField()


class EnrolmentSerializer(serializers.Serializer[Enrolment]):
    secret = serializers.CharField(help_text="Base32, to be typed where there is no camera.")
    uri = serializers.CharField(help_text="An otpauth: URI, which opens an app on the same phone.")
    qr_code = serializers.CharField(
        help_text="The URI as a QR code: an SVG in a data: URI, for the `src` of a picture."
    )


class RecoveryCodesSerializer(serializers.Serializer[None]):
    recovery_codes = serializers.ListField(
        child=serializers.CharField(),
        help_text="Each works once in place of a code. They are never shown again.",
    )

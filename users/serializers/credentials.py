from rest_framework import serializers

from ecommerce_backend.common.serializers import EmailAddressField, OpaqueField, StrictSerializer
from users.serializers.sign_in import (
    PASSWORD_LENGTH,
    TOKEN_LENGTH,
    NewPasswordField,
    OtpField,
)
from users.services.accounts import EMAIL_LENGTH


class Reauthenticate(StrictSerializer):
    current_password = OpaqueField(
        max_length=PASSWORD_LENGTH, trim_whitespace=False, write_only=True
    )
    otp = OtpField()


class ChangePassword(Reauthenticate):
    new_password = NewPasswordField(
        max_length=PASSWORD_LENGTH, trim_whitespace=False, write_only=True
    )


class AskByEmail(StrictSerializer):
    # Not an EmailField: what no account can have is answered like what no account has.
    email = OpaqueField(max_length=EMAIL_LENGTH)


class FollowLink(StrictSerializer):
    token = OpaqueField(max_length=TOKEN_LENGTH)


class ResetPassword(FollowLink):
    new_password = NewPasswordField(
        max_length=PASSWORD_LENGTH, trim_whitespace=False, write_only=True
    )


class ChangeEmail(Reauthenticate):
    new_email = EmailAddressField(max_length=EMAIL_LENGTH)


class OnItsWaySerializer(serializers.Serializer[None]):
    """The same, whoever asks and whether or not there is such an account."""

    detail = serializers.CharField()

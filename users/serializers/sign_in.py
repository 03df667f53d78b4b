from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ecommerce_backend.common.serializers import (
    EmailAddressField,
    OneLineField,
    OpaqueField,
    StrictSerializer,
)
from users.models import LoginSession
from users.serializers.accounts import NAME_LENGTH, ProfileSerializer
from users.services.accounts import EMAIL_LENGTH
from users.services.sessions import TokenPair
from users.services.sign_in import SignedIn

PASSWORD_LENGTH = 128  # hashing has to stay cheap enough to offer to strangers
TOKEN_LENGTH = 2048
OTP_LENGTH = 64  # a recovery code with blanks around it


@extend_schema_field({"type": "string", "minLength": 10, "maxLength": PASSWORD_LENGTH})
class NewPasswordField(OpaqueField):
    """Its strength is for AUTH_PASSWORD_VALIDATORS to judge, which know the account."""


class OtpField(OpaqueField):
    """A code of the account's app, or a recovery code; without a second factor it is not needed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{"max_length": OTP_LENGTH, "required": False, "write_only": True, **options}
        )


class RegisterAccount(StrictSerializer):
    email = EmailAddressField(max_length=EMAIL_LENGTH)
    password = NewPasswordField(max_length=PASSWORD_LENGTH, trim_whitespace=False, write_only=True)
    first_name = OneLineField(max_length=NAME_LENGTH, allow_blank=True, required=False)
    last_name = OneLineField(max_length=NAME_LENGTH, allow_blank=True, required=False)


class SignIn(StrictSerializer):
    # Not an EmailField: what no account can have is answered like what no account has.
    email = OpaqueField(max_length=EMAIL_LENGTH)
    password = OpaqueField(max_length=PASSWORD_LENGTH, trim_whitespace=False, write_only=True)
    otp = OtpField()


class RefreshTokenSerializer(StrictSerializer):
    refresh = OpaqueField(max_length=TOKEN_LENGTH)


class TokenPairSerializer(serializers.Serializer[TokenPair | SignedIn]):
    access = serializers.CharField(help_text="For the Authorization header; ten minutes.")
    refresh = serializers.CharField(help_text="Works once, for the next pair.")


class SignedInSerializer(TokenPairSerializer):
    user = ProfileSerializer()


class LoginSessionSerializer(serializers.ModelSerializer[LoginSession]):
    is_current = serializers.SerializerMethodField()

    class Meta:
        model = LoginSession
        fields: ClassVar = [
            "id",
            "created_at",
            "last_seen_at",
            "expires_at",
            "address",
            "user_agent",
            "is_current",
        ]
        read_only_fields = fields

    def get_is_current(self, session: LoginSession) -> bool:
        """Tell whether this is the session that asks."""
        return bool(session == self.context["request"].auth)

"""What a password must be like."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from ecommerce_backend.common.errors import Fault, Invalid
from users.models import User


class PasswordInvalid(Invalid):
    """`faults` says why the new password cannot be taken."""


def password_faults(password: str, *, user: User, pointer: str) -> list[Fault]:
    """Return why a password cannot be an account's; nothing when it can."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [
            {
                "pointer": pointer,
                "code": fault.code or "invalid",
                "detail": " ".join(fault.messages),
            }
            for fault in error.error_list
        ]
    return []


def refuse_weak(password: str, *, user: User, pointer: str) -> None:
    """Raise PasswordInvalid for a password that the validators refuse."""
    if faults := password_faults(password, user=user, pointer=pointer):
        raise PasswordInvalid(faults=faults)

"""A phone with an authenticator app, as far as the shop can tell."""

from dataclasses import dataclass

import pyotp
import time_machine
from django.utils import timezone

from users.models import User
from users.services import second_factors


@dataclass(frozen=True)
class Phone:
    """`recovery_codes` are on paper beside it."""

    secret: str
    recovery_codes: list[str]

    def code(self, *, steps: int = 0) -> str:
        """Return the code it shows, or did, or will in so many steps."""
        return pyotp.TOTP(self.secret).at(timezone.now(), counter_offset=steps)


def phone_of(user: User) -> Phone:
    """Turn the second factor of an account on by the code before the present one."""
    secret = second_factors.begin(user=user).secret
    with time_machine.travel(timezone.now(), tick=False):  # or its time might end in between
        code = Phone(secret, []).code(steps=-1)
        return Phone(secret, second_factors.confirm(user=user, otp=code))

from typing import ClassVar

from django.conf import settings
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from ecommerce_backend.common.errors import DomainError


class MfaRequired(DomainError):
    code = "mfa_required"
    message = "Staff sign in with a second factor, and this session did not."
    http_status = 403
    advice = (
        "Add a second factor (`POST auth/totp/`), or sign in again with `otp` where there is one."
    )


def HasPermission(*needed: str) -> type[BasePermission]:  # noqa: N802
    """Return a permission class that lets in staff with each of these Django permissions.

    Being staff alone opens nothing, and neither does the permission without being staff. Where
    STAFF_MFA is required their session has to have shown a second factor: raises MfaRequired.
    """

    class _HasPermission(BasePermission):
        names: ClassVar = needed

        def has_permission(self, request: Request, view: APIView) -> bool:
            user = request.user
            if not (user.is_authenticated and user.is_staff and user.has_perms(needed)):
                return False
            _refuse_password_alone(request)
            return True

    return _HasPermission


def _refuse_password_alone(request: Request) -> None:
    if settings.STAFF_MFA == "required" and not getattr(request.auth, "second_factor_at", None):
        raise MfaRequired

from typing import ClassVar

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView


def HasPermission(*needed: str) -> type[BasePermission]:  # noqa: N802
    """Return a permission class that lets in staff with each of these Django permissions.

    Being staff alone opens nothing, and neither does the permission without being staff.
    """

    class _HasPermission(BasePermission):
        names: ClassVar = needed

        def has_permission(self, request: Request, view: APIView) -> bool:
            user = request.user
            return user.is_authenticated and user.is_staff and user.has_perms(needed)

    return _HasPermission

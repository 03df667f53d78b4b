from rest_framework.request import Request

from users.models import LoginSession, User


class AuthenticatedRequest(Request):
    """A request that has passed IsAuthenticated, for the type checker's benefit."""

    user: User
    auth: LoginSession

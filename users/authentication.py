from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.exceptions import TokenError

from ecommerce_backend.common import rate_limits
from ecommerce_backend.common.problems import CHALLENGE
from users.models import LoginSession, User
from users.services import sessions
from users.tokens import session_of_access


class SessionJWTAuthentication(BaseAuthentication):
    """A signed access token whose session is still live; user and session come in one query.

    Each request counts against its user here and not in a throttle, which REST framework asks
    only after permissions: whoever keeps being refused with a 403 is limited too.
    """

    def authenticate(self, request: Request) -> tuple[User, LoginSession] | None:
        scheme, _, raw = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        try:
            session_id = session_of_access(raw.strip().decode("ascii"))
        except (TokenError, UnicodeDecodeError) as error:
            raise _refusal() from error
        session = sessions.live_session(session_id=session_id)
        if session is None:
            raise _refusal()
        rate_limits.spend({"user": str(session.user_id)})
        return session.user, session

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


def _refusal() -> AuthenticationFailed:
    # One for all: which check failed would tell a forger how far they got.
    return AuthenticationFailed("The session has ended.", code="token_invalid")


class SessionJWTScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = SessionJWTAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}

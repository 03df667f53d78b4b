"""Who has given the password at the admin's door, and not yet shown a second factor.

Kept in a session that is signed in as nobody, so that no page of the admin takes it for somebody.
"""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth import login
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from ecommerce_backend.common import audit, rate_limits
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.client_address import client_address
from users.models import User
from users.selectors import may_enter_admin
from users.services import sign_in, tries

KEY = "second_factor"
LIFETIME = timedelta(minutes=10)


@dataclass(kw_only=True)
class Pending:
    """`state` is that of the account when the password was right; `goal` is where it leads.

    `sealed_secret` is which second factor was begun by this session.
    """

    user_id: int
    state: str
    since: float
    goal: str
    sealed_secret: str = ""


def remember(request: HttpRequest, user: User, *, goal: str) -> None:
    """Note that the password was right, in a session with a new key."""
    request.session.flush()
    save(
        request,
        Pending(
            user_id=user.pk,
            state=user.get_session_auth_hash(),
            since=timezone.now().timestamp(),
            goal=goal,
        ),
    )


def save(request: HttpRequest, pending: Pending) -> None:
    request.session[KEY] = asdict(pending)


def of(request: HttpRequest) -> tuple[User, Pending] | None:
    """Return who is half-way in; None for nobody, after ten minutes, and after a new password."""
    kept: Any = request.session.get(KEY)
    if kept is None:
        return None
    pending = Pending(**kept)
    user = User.objects.filter(pk=pending.user_id).first()
    is_late = timezone.now().timestamp() - pending.since > LIFETIME.total_seconds()
    if user is None or is_late or not may_enter_admin(user):
        return None
    if not constant_time_compare(pending.state, user.get_session_auth_hash()):
        return None
    return user, pending


def enter(request: HttpRequest, user: User) -> None:
    """Sign somebody in to the admin, who has shown all that it takes."""
    network = rate_limits.network_of(client_address(request))
    user_agent = request.headers.get("User-Agent", "")
    sign_in.tell_of_new_place(
        user,
        sign_in.Device(address=client_address(request), user_agent=user_agent),
        is_known=tries.is_known(email=user.email, network=network),
    )
    request.session.flush()
    login(request, user)
    audit.record(
        Action.SIGNED_IN, subject=f"user:{user.pk}", actor_id=user.pk, details={"door": "admin"}
    )

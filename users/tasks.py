import structlog
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from ecommerce_backend.common.jobs import Queue
from users.links import Purpose
from users.services import exports, mailing, sessions

_log = structlog.get_logger("jobs")
# Four seconds, sixteen, …: six tries in a good hour. A link is made anew at each.
_MAIL = RetryStrategy(max_attempts=6, exponential_wait=4)


@app.task(name="users.send_link", retry=_MAIL)
def send_link(purpose: str, email: str) -> None:
    """Send a link to the account of an address, if there is one."""
    mailing.send_link(purpose=Purpose(purpose), email=email)


@app.task(name="users.greet", retry=_MAIL)
def greet(email: str) -> None:
    """Welcome a new account, or tell its owner that there was one."""
    mailing.greet(email=email)


@app.task(name="users.send_change", retry=_MAIL)
def send_change(user_id: int, email: str) -> None:
    """Send the link that makes an address the account's."""
    mailing.send_change(user_id=user_id, email=email)


@app.task(name="users.tell", retry=_MAIL)
def tell(user_id: int, what: str, to: str) -> None:
    """Tell the owner of an account what was done to it."""
    mailing.tell(user_id=user_id, what=what, to=to)


@app.task(name="users.say_goodbye", retry=_MAIL)
def say_goodbye(email: str) -> None:
    """Tell whoever had an account that it is erased."""
    mailing.say_goodbye(email=email)


@app.task(name="users.make_export", retry=_MAIL)
def make_export(user_id: int) -> None:
    """Gather what the shop holds on somebody who asked for it."""
    exports.make(user_id=user_id)


@app.periodic(cron="57 3 * * *")
@app.task(queue=Queue.SCHEDULED, queueing_lock="users.purge_exports", name="users.purge_exports")
def purge_exports(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Forget the copies of people's data that nobody fetched in time."""
    _log.info("exports_purged", rows=exports.purge())


@app.task(name="users.tell_of_sign_in", retry=_MAIL)
def tell_of_sign_in(user_id: int, address: str, device: str, at: str) -> None:
    """Tell the owner of an account that it was signed in to from somewhere new."""
    mailing.tell_of_sign_in(user_id=user_id, address=address, device=device, at=at)


@app.periodic(cron="17 3 * * *")
@app.task(queue=Queue.SCHEDULED, queueing_lock="users.purge_sessions", name="users.purge_sessions")
def purge_sessions(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Forget sessions and tokens that have expired."""
    _log.info("sessions_purged", rows=sessions.purge())

"""Which refusals an operation may answer with.

What a use case refuses, its view says with `refuses`. What every operation of a kind refuses (it
writes, it needs a sign-in …) follows from the operation by the one table `KERNEL`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rest_framework import exceptions
from rest_framework.exceptions import APIException

from ecommerce_backend.common import idempotency, rate_limits
from ecommerce_backend.common.errors import DomainError, Invalid
from ecommerce_backend.common.permissions import MfaRequired
from ecommerce_backend.common.preconditions import PreconditionFailed
from ecommerce_backend.common.strict_requests import LengthRequired, UnsupportedMediaType

# Where an operation keeps its refusals until `hooks.write_refusals`, which comes after the hook
# that would make a component of each list of codes.
REFUSALS = "x-refusals"

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One way of saying no. `extension` describes the members its problem has besides."""

    status: int
    code: str
    detail: str
    advice: str
    extension: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What of an operation decides how it can be refused."""

    writes: bool
    has_path_parameters: bool
    has_body: bool
    has_numbered_pages: bool
    takes_token: bool
    needs_token: bool
    needs_permission: bool
    takes_key: bool
    needs_key: bool
    takes_version: bool
    refuses: Sequence[type[DomainError]]

    def refusals(self) -> Iterator[Refusal]:
        """Yield each refusal once, by status and code."""
        found = {
            refusal.code: refusal
            for applies, refusals in KERNEL
            if applies(self)
            for refusal in refusals
        }
        found |= {error.code: refusal_of(error) for error in self.refuses}
        yield from sorted(found.values(), key=lambda refusal: (refusal.status, refusal.code))


def refuses(*errors: type[DomainError]) -> Callable[[View], View]:
    """Say which rules of the shop an operation may break, for the OpenAPI document.

    Give every DomainError that the services it calls raise, and no other.
    """

    def mark(view: View) -> View:
        view.refuses = errors  # type: ignore[attr-defined]
        return view

    return mark


def with_body(view: View) -> View:
    """Say that a DELETE reads a body: what must not stand in an address, such as a password."""
    view.is_with_body = True  # type: ignore[attr-defined]
    return view


def refusal_of(error: type[DomainError]) -> Refusal:
    return Refusal(
        status=error.http_status,
        code=error.code,
        detail=error.message,
        advice=error.advice,
        extension=error.extension,
    )


def _framework(error: type[APIException], advice: str) -> Refusal:
    return Refusal(
        status=error.status_code,
        code=str(error.default_code),
        detail=str(error.default_detail),
        advice=advice,
    )


INVALID = refusal_of(Invalid)
UNAVAILABLE = Refusal(
    status=503,
    code="unavailable",
    detail="The shop is briefly unavailable. Try again in a moment.",
    advice="Wait `Retry-After` seconds and repeat; with the same Idempotency-Key nothing is done"
    " twice.",
    extension=rate_limits.LimiterUnavailable.extension,
)
_EVERYWHERE = (
    INVALID,
    Refusal(
        status=400,
        code="bad_request",
        detail="The request cannot be understood.",
        advice="Check the Host header and the address; do not repeat it as it is.",
    ),
    Refusal(
        status=403,
        code="https_required",
        detail="The API answers over HTTPS only.",
        advice="Use https://. Whatever secret was in the request has been sent in the clear:"
        " change it.",
    ),
    _framework(exceptions.NotAcceptable, "Accept `application/json`."),
    # A body is read, and refused, wherever somebody sends one.
    refusal_of(LengthRequired),
    Refusal(
        status=413,
        code="body_too_large",
        detail="The request body is larger than the shop accepts.",
        advice="Send less in one request.",
    ),
    Refusal(
        status=414,
        code="uri_too_long",
        detail="The address is too long.",
        advice="Shorten the query string.",
    ),
    refusal_of(UnsupportedMediaType),
    refusal_of(rate_limits.RateLimited),
    Refusal(
        status=431,
        code="headers_too_large",
        detail="The header is too long.",
        advice="Send fewer or shorter headers; a token is under two kilobytes.",
    ),
    UNAVAILABLE,
)
_WRITES = (
    _framework(exceptions.ParseError, "Send JSON in UTF-8, each name once in an object."),
    Refusal(
        status=409,
        code="conflict",
        detail="This clashes with something that is there already, or that changed meanwhile."
        " Look again.",
        advice="Read what is there now, then decide whether to repeat.",
    ),
)
_TOKEN_INVALID = Refusal(
    status=401,
    code="token_invalid",
    detail="The session has ended.",
    advice="Refresh the tokens once; if that fails too, sign in again.",
)
_SIGNED_IN = (
    _framework(exceptions.NotAuthenticated, "Sign in and send the access token as a bearer token."),
)
_STAFF = (
    _framework(
        exceptions.PermissionDenied, "Ask somebody who may give the account the role it takes."
    ),
    refusal_of(MfaRequired),
)
_ADDRESSED = (
    _framework(exceptions.NotFound, "Check the address; it may also belong to somebody else."),
)
_KEYED = (
    refusal_of(idempotency.KeyInvalid),
    refusal_of(idempotency.InProgress),
    refusal_of(idempotency.KeyReused),
)
_VERSIONED = (refusal_of(PreconditionFailed),)
KERNEL: Sequence[tuple[Callable[[Operation], bool], Sequence[Refusal]]] = (
    (lambda _: True, _EVERYWHERE),
    (lambda operation: operation.writes, _WRITES),
    (lambda operation: operation.takes_token, (_TOKEN_INVALID,)),
    (lambda operation: operation.needs_token, _SIGNED_IN),
    (lambda operation: operation.needs_permission, _STAFF),
    (lambda operation: operation.has_path_parameters, _ADDRESSED),
    (lambda operation: operation.has_numbered_pages, _ADDRESSED),
    (lambda operation: operation.takes_key, _KEYED),
    (lambda operation: operation.needs_key, (refusal_of(idempotency.KeyRequired),)),
    (lambda operation: operation.takes_version, _VERSIONED),
)
KERNEL_REFUSALS = [refusal for _, refusals in KERNEL for refusal in refusals]

"""The one kind of exception that services raise on purpose."""

from collections.abc import Sequence
from typing import Any, ClassVar, NotRequired, TypedDict


class Fault(TypedDict):
    """One part of a request that is wrong. `pointer` is a JSON pointer (RFC 6901)."""

    pointer: str
    code: str
    detail: str
    available: NotRequired[int]
    quoted: NotRequired[str]
    current: NotRequired[str]


class DomainError(Exception):
    """A rule of the shop was broken by a well-formed request.

    Subclasses name the rule: `code` is the machine-readable contract with clients,
    `http_status` is read by the exception handler only. `faults` point at what is wrong,
    `extra` becomes members of the problem document.
    """

    code: ClassVar[str] = "domain_error"
    message: ClassVar[str] = "The request breaks a rule of the shop."
    http_status: ClassVar[int] = 409

    def __init__(
        self, detail: str | None = None, *, faults: Sequence[Fault] = (), **extra: Any
    ) -> None:
        super().__init__(detail or self.message)
        self.faults = faults
        self.extra = extra

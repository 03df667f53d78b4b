"""The one kind of exception that services raise on purpose."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NotRequired, TypedDict


class Fault(TypedDict):
    """One part of a request that is wrong. `pointer` is a JSON pointer (RFC 6901)."""

    pointer: str
    code: str
    detail: str
    available: NotRequired[int]
    quoted: NotRequired[str]
    current: NotRequired[str]


def pointer_to(name: object) -> str:
    """Return one step of a JSON pointer (RFC 6901 §3)."""
    return "/" + str(name).replace("~", "~0").replace("/", "~1")


class DomainError(Exception):
    """A rule of the shop was broken by a well-formed request.

    Subclasses name the rule: `code` is the machine-readable contract with clients,
    `http_status` is read by the exception handler only. `faults` point at what is wrong,
    `extra` becomes members of the problem document, which `extension` describes by name in JSON
    Schema. `advice` says what a client's developer should do about it.
    """

    code: ClassVar[str] = "domain_error"
    message: ClassVar[str] = "The request breaks a rule of the shop."
    http_status: ClassVar[int] = 409
    advice: ClassVar[str] = "Show `detail` to the person; a repeat will not help."
    extension: ClassVar[Mapping[str, Any]] = {}

    def __init__(
        self, detail: str | None = None, *, faults: Sequence[Fault] = (), **extra: Any
    ) -> None:
        super().__init__(detail or self.message)
        self.faults = faults
        self.extra = extra


class Invalid(DomainError):
    """What came in is not what the document asks for; `faults` says where and why."""

    code = "invalid"
    message = "The request is not valid; `errors` says where and why."
    http_status = 400
    advice = "Mend what `errors` points at, then send it again."

"""The certificate that visitors are shown, which a renewal that went well says nothing of."""

import socket
import ssl
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

TIMEOUT_SECONDS = 5.0
BOOTSTRAP = "bootstrap"  # the common name of the one that nginx begins with
_NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME, which the module ssl has no name for


@dataclass(frozen=True, kw_only=True)
class Served:
    """What was found; `error` says why a visitor's browser would not go on, None if it would.

    Times are RFC 3339 in UTC, None when there was no certificate to read them from.
    """

    error: str | None
    not_before: str | None = None
    not_after: str | None = None
    serial: str | None = None
    names: list[str] = field(default_factory=list)
    issuer: str | None = None
    is_bootstrap: bool = False

    def report(self) -> dict[str, Any]:
        return {"checked_at": _text(datetime.now(UTC)), **asdict(self)}


def look(host: str, port: int, *, name: str, timeout: float = TIMEOUT_SECONDS) -> Served:
    """Connect as a visitor of `name` would, and read what is shown. `timeout` is in seconds.

    The authorities trusted are those of the system, or of SSL_CERT_FILE.
    """
    try:
        error = None
        try:
            found = _handshake(ssl.create_default_context(), host, port, name, timeout)
        except ssl.SSLCertVerificationError as refused:
            error = refused.verify_message
            found = _handshake(_reading(host, port, name, timeout), host, port, name, timeout)
    except OSError as failed:
        return Served(error=getattr(failed, "reason", None) or failed.strerror or str(failed))
    issuer = _names(found["issuer"])
    return Served(
        error=error,
        not_before=_moment(found["notBefore"]),
        not_after=_moment(found["notAfter"]),
        serial=found["serialNumber"].lower(),
        names=[value for kind, value in found.get("subjectAltName", ()) if kind == "DNS"],
        issuer=issuer.get("organizationName") or issuer.get("commonName"),
        is_bootstrap=issuer.get("commonName") == BOOTSTRAP and found["issuer"] == found["subject"],
    )


def _handshake(
    context: ssl.SSLContext, host: str, port: int, name: str, timeout: float
) -> Mapping[str, Any]:
    with (
        socket.create_connection((host, port), timeout) as plain,
        context.wrap_socket(plain, server_hostname=name) as connection,
    ):
        return connection.getpeercert() or {}


def _reading(host: str, port: int, name: str, timeout: float) -> ssl.SSLContext:
    """Return a context that trusts just what is shown, whenever it was valid and for whom.

    Only of a certificate that it trusts does the module say what is in it.
    """
    anything = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anything.check_hostname, anything.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection((host, port), timeout) as plain,
        anything.wrap_socket(plain, server_hostname=name) as connection,
    ):
        shown = connection.getpeercert(binary_form=True) or b""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(cadata=shown)
    flags = int(context.verify_flags) | int(ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN)
    context.verify_flags = ssl.VerifyFlags(flags | _NO_CHECK_TIME)
    return context


def _names(name: Any) -> dict[str, str]:
    return {kind: value for ((kind, value),) in name}


def _moment(text: str) -> str:
    return _text(datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC))


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")

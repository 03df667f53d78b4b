"""The certificate that visitors are shown, as nginx serves it and not as a file has it."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

_TIMEOUT_S = 5.0
_SEQUENCE, _INTEGER, _VERSION = 0x30, 0x02, 0xA0
_UTC_TIME = 0x17
_LONG_FORM = 0x80
_CENTURY_TURNS = 50  # RFC 5280 §4.1.2.5.1: 50 and later are of the last century


@dataclass(frozen=True)
class Served:
    """`trouble` says why a browser would not trust it, empty when it would."""

    not_before: datetime
    not_after: datetime
    serial: str
    is_self_signed: bool
    trouble: str


def look(address: str, port: int, *, name: str) -> Served:
    """Connect as a visitor of this name would. Raises OSError when nothing answers."""
    careless = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    careless.check_hostname = False
    careless.verify_mode = ssl.CERT_NONE  # what is wrong with it is to be told, not refused
    der = _certificate(address, port, name, careless)
    not_before, not_after, serial, is_self_signed = _read(der)
    trouble = ""
    try:
        _certificate(address, port, name, ssl.create_default_context())
    except ssl.SSLCertVerificationError as error:
        trouble = error.verify_message
    return Served(not_before, not_after, serial, is_self_signed, trouble)


def _certificate(address: str, port: int, name: str, context: ssl.SSLContext) -> bytes:
    with (
        socket.create_connection((address, port), _TIMEOUT_S) as plain,
        context.wrap_socket(plain, server_hostname=name) as secured,
    ):
        der = secured.getpeercert(binary_form=True)
    if der is None:
        raise OSError("the server showed no certificate")
    return der


def _read(der: bytes) -> tuple[datetime, datetime, str, bool]:
    """Return validity, serial and whether issuer and subject are one (RFC 5280 §4.1)."""
    (_, certificate), *_ = _elements(der)
    (_, body), *_ = _elements(certificate)
    fields = [field for field in _elements(body) if field[0] != _VERSION]
    serial, _algorithm, issuer, validity, subject = (content for _, content in fields[:5])
    began, ends = _elements(validity)
    return _time(*began), _time(*ends), serial.hex(), issuer == subject


def _elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of the elements in a piece of DER (X.690 §8.1)."""
    at = 0
    while at < len(der):
        tag, length, at = der[at], der[at + 1], at + 2
        if length & _LONG_FORM:
            count = length & ~_LONG_FORM
            length, at = int.from_bytes(der[at : at + count], "big"), at + count
        yield tag, der[at : at + length]
        at += length


def _time(tag: int, content: bytes) -> datetime:
    text = content.decode("ascii")
    if tag == _UTC_TIME:
        text = ("19" if int(text[:2]) >= _CENTURY_TURNS else "20") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)

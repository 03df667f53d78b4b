"""Just enough of HTTP/2 (RFC 9113) to ask a question and to see how it ends."""

import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RESET, SETTINGS, GOAWAY = 0, 1, 3, 4, 7
END_STREAM, END_HEADERS = 1, 4
ACKNOWLEDGED = 1
# RFC 7541 appendix A: `:status` of these values is one byte; nginx spells out any other one.
_STATUS = {0x88: 200, 0x89: 204, 0x8B: 304, 0x8C: 400, 0x8D: 404, 0x8E: 500}
_SPELT_OUT = b"\x48\x03"  # a literal for the name in place 8, three bytes long


class Frame(NamedTuple):
    kind: int
    flags: int
    stream: int
    payload: bytes


@dataclass(frozen=True)
class Exchange:
    """What came back on one stream; `status` is 0 if the stream had no headers."""

    status: int
    body: bytes
    is_reset: bool


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return (
        struct.pack(">I", len(payload))[1:]
        + bytes([kind, flags])
        + struct.pack(">I", stream)
        + payload
    )


def fields(*pairs: tuple[str, str]) -> bytes:
    """Return header fields as literals that no table remembers (RFC 7541 §6.2.2)."""
    coded = b""
    for name, value in pairs:
        for text in (name.encode(), value.encode()):
            assert len(text) < 127
            coded += (b"\x00" if text == name.encode() else b"") + bytes([len(text)]) + text
    return coded


def get(path: str, host: str, *more: tuple[str, str]) -> bytes:
    return fields(
        (":method", "GET"), (":scheme", "https"), (":authority", host), (":path", path), *more
    )


def ask(connection: socket.socket, *requests: bytes) -> list[Exchange]:
    """Send the requests at once, as streams of one connection; return what comes of each."""
    streams = {2 * number + 1: block for number, block in enumerate(requests)}
    sent = b"".join(
        frame(HEADERS, END_STREAM | END_HEADERS, stream, block) for stream, block in streams.items()
    )
    connection.sendall(PREFACE + frame(SETTINGS, 0, 0) + sent)
    got: dict[int, list[Frame]] = {stream: [] for stream in streams}
    open_streams = set(streams)
    for received in frames(connection):
        if received.kind == GOAWAY:
            break
        if received.stream in open_streams:
            got[received.stream].append(received)
            if received.kind == RESET or (received.flags & END_STREAM and received.kind in {0, 1}):
                open_streams.remove(received.stream)
        if not open_streams:
            break
    return [_exchange(got[stream]) for stream in streams]


def frames(connection: socket.socket) -> Iterator[Frame]:
    while head := _exactly(connection, 9):
        length, kind, flags = int.from_bytes(head[:3]), head[3], head[4]
        stream = int.from_bytes(head[5:]) & 0x7FFFFFFF
        yield Frame(kind, flags, stream, _exactly(connection, length))


def _exactly(connection: socket.socket, length: int) -> bytes:
    """Return so many bytes, or none if the other side has hung up."""
    received = b""
    while len(received) < length:
        chunk = connection.recv(length - len(received))
        if not chunk:
            return b""
        received += chunk
    return received


def _exchange(received: list[Frame]) -> Exchange:
    headers = b"".join(one.payload for one in received if one.kind == HEADERS)
    return Exchange(
        status=_status(headers),
        body=b"".join(one.payload for one in received if one.kind == DATA),
        is_reset=any(one.kind == RESET for one in received),
    )


def _status(headers: bytes) -> int:
    if not headers:
        return 0
    return int(headers[2:5]) if headers.startswith(_SPELT_OUT) else _STATUS[headers[0]]

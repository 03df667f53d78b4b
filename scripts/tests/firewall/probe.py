"""Tries ports from where it runs and prints as JSON which of them answered.

probe.py tcp|udp ADDRESS PORTS [SOURCE]: comma-separated ports, the source address to come from.
"""

import asyncio
import json
import sys
from typing import cast

PATIENCE_SECONDS = 1.0  # the machines are neighbours: an answer takes less than a millisecond


class _Answer(asyncio.DatagramProtocol):
    def __init__(self, heard: asyncio.Future[bool]) -> None:
        self.heard = heard

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.DatagramTransport", transport).sendto(b"anybody there?\n")

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if not self.heard.done():
            self.heard.set_result(True)


async def _tcp(address: str, port: int, source: str | None) -> bool:
    local = (source, 0) if source else None
    _, writer = await asyncio.open_connection(address, port, local_addr=local)
    writer.close()
    return True


async def _udp(address: str, port: int, source: str | None) -> bool:
    loop = asyncio.get_running_loop()
    heard: asyncio.Future[bool] = loop.create_future()
    local = (source, 0) if source else None
    await loop.create_datagram_endpoint(
        lambda: _Answer(heard), local_addr=local, remote_addr=(address, port)
    )
    return await heard


async def _main(protocol: str, address: str, ports: str, source: str | None = None) -> None:
    knock = _tcp if protocol == "tcp" else _udp

    async def answers(port: int) -> bool:
        try:
            return await asyncio.wait_for(knock(address, port, source), PATIENCE_SECONDS)
        except OSError:  # refused, unreachable, or nothing came
            return False

    numbers = [int(port) for port in ports.split(",")]
    results = await asyncio.gather(*(answers(number) for number in numbers))
    print(json.dumps([number for number, open_ in zip(numbers, results, strict=True) if open_]))


asyncio.run(_main(*sys.argv[1:]))

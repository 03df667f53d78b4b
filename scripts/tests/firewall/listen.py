"""Listens on the ports given, TCP and UDP, IPv4 and IPv6, and says back what it hears.

listen.py TCP-PORTS UDP-PORTS: comma-separated. Prints "ready" when all of them are open.
"""

import asyncio
import socket
import sys
from typing import cast


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await reader.readline():
        writer.write(line)
        await writer.drain()
    writer.close()


class _Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.transport.sendto(data, addr)


def _udp_socket(host: str, port: int) -> socket.socket:
    """Without a socket of its own asyncio would let the IPv6 socket have IPv4's packets as well."""
    if host == "::":
        listening = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    else:
        listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listening.setblocking(False)  # noqa: FBT003 – its only form
    listening.bind((host, port))
    return listening


async def _main(tcp: str, udp: str) -> None:
    loop = asyncio.get_running_loop()
    for host in ("0.0.0.0", "::"):  # noqa: S104 – that is what is to be scanned
        for port in filter(None, tcp.split(",")):
            await asyncio.start_server(_echo, host, int(port))
        for port in filter(None, udp.split(",")):
            await loop.create_datagram_endpoint(_Echo, sock=_udp_socket(host, int(port)))
    print("ready", flush=True)
    await asyncio.Event().wait()


asyncio.run(_main(*sys.argv[1:]))

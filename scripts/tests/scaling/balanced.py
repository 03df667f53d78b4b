"""Three web hosts, each Gunicorn behind the nginx of production, and a balancer before them."""

import getpass
import os
import shutil
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import trustme

from ecommerce_backend.tests.front.servers import HOST, listening, nginx, nginx_command
from ecommerce_backend.tests.refusals import ROOT
from ecommerce_backend.tests.running_shop import free_port
from scripts.tests.scaling.shops import WebHost, web_host

HOSTS = 3
QUOTA = 100  # requests that one address may make in a minute
# The balancer is believed by the hosts' nginx, that by the shop.
_SETTINGS = {
    "SHOP_BASE_URL": f"https://{HOST}",
    "SHOP_ALLOW_SANDBOX": "true",
    "DJANGO_ALLOWED_HOSTS": f"{HOST},127.0.0.1",  # the latter for whoever waits for its start
    "SHOP_TRUSTED_PROXIES": "127.0.0.1/32",
    "SHOP_RATE_LIMITS": f"address={QUOTA}/minute,user=1000/minute",
    "WEB_CONCURRENCY": "1",
    "WEB_THREADS": "8",
}
BELIEVED = "set_real_ip_from 127.0.0.1/32; real_ip_header X-Forwarded-For;"


@dataclass(frozen=True, kw_only=True)
class Balanced:
    hosts: list[WebHost]
    port: int
    trust: ssl.SSLContext
    start: Callable[..., WebHost]

    def revive(self, number: int) -> None:
        """Start a host that was killed again."""
        self.hosts[number] = self.start(number, WEB_PORT=str(self.hosts[number].port))

    def client(self, address: str = "127.0.0.1", **headers: str) -> httpx.Client:
        """Come from a loopback address of one's own."""
        return httpx.Client(
            base_url=f"https://{HOST}:{self.port}",
            transport=_ToLoopback(verify=self.trust, local_address=address),
            headers={"Host": HOST, **headers},
            timeout=60,
        )


class _ToLoopback(httpx.HTTPTransport):
    """Reach the shop's name at 127.0.0.1, with the name in the handshake."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a copy: by the original the client knows which cookies are whose."""
        return super().handle_request(
            httpx.Request(
                request.method,
                request.url.copy_with(host="127.0.0.1"),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": HOST},
            )
        )


@contextmanager
def balanced(folder: Path, **settings: str) -> Iterator[Balanced]:
    """Run them until the block ends."""
    with ExitStack() as stack:
        hosts: list[WebHost] = []
        doors, authorities = [], b""

        def start(number: int, **more: str) -> WebHost:
            own = _SETTINGS | settings | more
            return stack.enter_context(web_host(folder / f"host-{number}", **own))

        for number in range(HOSTS):
            hosts.append(start(number))
            home = folder / f"host-{number}" / "nginx-home"
            home.mkdir()
            door = nginx(home, upstream=hosts[-1].port, real_ip=BELIEVED)
            doors.append(stack.enter_context(door).tls_port)
            authorities += (home / "authority").read_bytes()
        port, trust = stack.enter_context(_balancer(folder / "balancer", doors, authorities))
        yield Balanced(hosts=hosts, port=port, trust=trust, start=start)


@contextmanager
def _balancer(
    folder: Path, doors: list[int], authorities: bytes
) -> Iterator[tuple[int, ssl.SSLContext]]:
    shutil.copytree(ROOT / "scripts" / "stack" / "balancer", folder)
    port, authority = free_port(), trustme.CA()
    certificate = authority.issue_cert(HOST)
    (folder / "authorities").write_bytes(authorities)
    certificate.private_key_pem.write_to_path(str(folder / "key"))
    certificate.cert_chain_pems[0].write_to_path(str(folder / "certificate"))
    site = {
        "process": f"user {getpass.getuser()} {getpass.getuser()}; pid {folder}/pid;"
        f" worker_processes 1; error_log stderr warn;",
        "listen": f"listen 127.0.0.1:{port} ssl; server_name {HOST};",
        "certificate": f"ssl_certificate {folder}/certificate; ssl_certificate_key {folder}/key;",
        "authority": f"proxy_ssl_trusted_certificate {folder}/authorities;",
        "hosts": "".join(f"server 127.0.0.1:{door};" for door in doors),
    }
    for name, text in site.items():
        (folder / "site" / f"{name}.conf").write_text(text)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    with listening(nginx_command(folder), folder, [port], dict(os.environ)):
        yield port, trust

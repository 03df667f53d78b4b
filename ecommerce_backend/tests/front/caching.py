"""A shared cache before the shop, as a careless operator would put one there.

With each value of the header X-Epoch it begins empty.
"""

import getpass
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from ecommerce_backend.tests.front.servers import Front, listening, nginx_command
from ecommerce_backend.tests.running_shop import free_port

# What a cache that believes nobody would do.
DEAF = """
proxy_ignore_headers Cache-Control Vary Expires Set-Cookie;
proxy_cache_valid any 60s;
"""
CONFIGURATION = """
user {user} {user};
pid nginx.pid;
worker_processes 1;
events {{
    worker_connections 64;
}}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path temporary;
    proxy_cache_path cache keys_zone=shared:1m use_temp_path=off;
    merge_slashes off;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://127.0.0.1:{upstream};
            proxy_set_header Host $http_host;
            proxy_set_header X-Epoch "";
            proxy_cache shared;
            proxy_cache_key $http_x_epoch$request_uri;  # neither who asks nor which host
            proxy_cache_methods GET HEAD;
            proxy_cache_revalidate on;
            {extra}
            add_header X-Cache $upstream_cache_status always;
        }}
    }}
}}
"""


@contextmanager
def shared_cache(folder: Path, *, upstream: int, extra: str = "") -> Iterator[httpx.Client]:
    """Run the cache and give a client of it."""
    front = Front(port=free_port(), folder=folder)
    (folder / "nginx.conf").write_text(
        CONFIGURATION.format(
            user=getpass.getuser(), port=front.port, upstream=upstream, extra=extra
        )
    )
    with (
        listening(nginx_command(folder), folder, [front.port], {}),
        httpx.Client(base_url=f"http://127.0.0.1:{front.port}") as client,
    ):
        yield client


def told(response: httpx.Response) -> str:
    """Return all that a reader learns, without what the cache itself added."""
    headers: Mapping[str, str] = response.headers
    return f"{dict(headers)}\n{response.text}"

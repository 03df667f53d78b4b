"""A database on another host: over TLS, and behind PgBouncer."""

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg
import pytest
import trustme

from ecommerce_backend.tests.refusals import ROOT
from scripts.tests.scaling.debian_servers import PASSWORD, POOL_SIZE, pgbouncer, tls_postgres
from scripts.tests.scaling.postgres import server_folder
from scripts.tests.scaling.shops import environment, run, web_host

CLIENTS = 24
GUIDE = (ROOT / "docs" / "SCALING.md").read_text()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def tls_port(authority: trustme.CA) -> Iterator[int]:
    with server_folder() as folder:
        certificate = authority.issue_cert("localhost", "db.internal")
        with tls_postgres(folder, certificate=certificate) as port:
            yield port


def address(port: int, trusted: Path, *, host: str = "localhost", mode: str = "verify-full") -> str:
    options = f"sslmode={mode}&sslrootcert={trusted}"
    return f"postgresql://shop:{PASSWORD}@{host}:{port}/shop?{options}"


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path) -> Path:
    """The file that an operator would mount as a secret."""
    authority.cert_pem.write_to_path(str(tmp_path / "database_ca"))
    return tmp_path / "database_ca"


def test_the_shop_runs_on_a_database_that_it_knows_for_certain(
    tls_port: int, trusted: Path, tmp_path: Path
) -> None:
    url = address(tls_port, trusted)
    run("manage.py", "migrate", "--verbosity=0", DATABASE_URL=url)

    with web_host(tmp_path / "web", DATABASE_URL=url) as host:
        assert httpx.get(f"{host.url}/api/v1/products/").status_code == 200
        with psycopg.connect(url) as connection:
            row = connection.execute(
                "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                " WHERE application_name = 'nexus'"
            ).fetchone()
    assert row == (True,)


def refusal(url: str) -> str:
    """Return how a command of the shop ends that cannot trust its database."""
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--check"],
        cwd=ROOT,
        env=environment(DATABASE_URL=url),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != 0
    return done.stderr


def test_a_server_of_another_authority_is_refused(tls_port: int, tmp_path: Path) -> None:
    stranger = tmp_path / "other_ca"
    trustme.CA().cert_pem.write_to_path(str(stranger))

    assert "certificate verify failed" in refusal(address(tls_port, stranger))


def test_a_server_of_another_name_is_refused(tls_port: int, trusted: Path) -> None:
    words = refusal(address(tls_port, trusted, host="127.0.0.1"))

    assert 'server certificate for "localhost"' in words
    assert 'does not match host name "127.0.0.1"' in words


def test_without_verify_full_either_would_have_been_believed(tls_port: int, trusted: Path) -> None:
    """The control: encrypted, but nobody asked with whom."""
    by_chain = address(tls_port, trusted, host="127.0.0.1", mode="verify-ca")
    run("manage.py", "migrate", "--verbosity=0", DATABASE_URL=by_chain)


@pytest.fixture
def pooler(database_url: str) -> Iterator[str]:
    with server_folder() as folder, pgbouncer(folder, before=database_url) as url:
        yield url


def test_many_clients_share_a_few_connections_of_a_pooler(
    pooler: str, database_url: str, static_root: str, tmp_path: Path
) -> None:
    with web_host(
        tmp_path,
        DATABASE_URL=pooler,
        SHOP_DATABASE_POOLER="true",
        SHOP_STATIC_ROOT=static_root,
        WEB_THREADS="8",
    ) as host:

        def browse(number: int) -> int:
            path = ("products/?search=a", "categories/", "brands/", "products/?ordering=price")
            return httpx.get(f"{host.url}/api/v1/{path[number % 4]}", timeout=60).status_code

        with ThreadPoolExecutor(CLIENTS) as clients:
            statuses = list(clients.map(browse, range(5 * CLIENTS)))
        assert statuses == [200] * (5 * CLIENTS)

        journey = [sys.executable, "scripts/journey.py", host.url]
        staff = ["--staff", "orders@shop.example", "--password", "demo-orders-1"]
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "run_worker"],
            cwd=ROOT,
            # Not by the pooler: LISTEN needs a connection of its own.
            env=environment(DATABASE_URL=database_url, SHOP_BASE_URL=host.url),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            bought = subprocess.run(
                [*journey, *staff], cwd=ROOT, capture_output=True, text=True, check=False
            )
        finally:
            worker.terminate()
            worker.wait(30)
        assert bought.returncode == 0, bought.stdout + bought.stderr

    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = 'nexus'"
        ).fetchone()
    assert row
    assert 1 <= row[0] <= POOL_SIZE


def test_a_shop_that_is_not_told_of_the_pooler_is_refused_by_it(pooler: str) -> None:
    """The control: what SHOP_DATABASE_POOLER leaves out."""
    assert "unsupported startup parameter" in refusal(pooler)


def test_time_limits_of_the_role_hold_behind_a_pooler(pooler: str, database_url: str) -> None:
    limits = {
        "statement_timeout": "5s",
        "lock_timeout": "3s",
        "idle_in_transaction_session_timeout": "30s",
    }
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("CREATE ROLE nexus_app LOGIN SUPERUSER PASSWORD 'word'")
        for block in re.findall(r"(?<=```sql\n)ALTER ROLE.*?(?=```)", GUIDE, re.DOTALL):
            owner.execute(block)
        try:
            with (
                server_folder() as folder,
                pgbouncer(folder, before=as_app(database_url)) as url,
                psycopg.connect(url) as connection,
            ):
                found = {name: shown(connection, name) for name in limits}
        finally:
            owner.execute("DROP ROLE nexus_app")

    assert found == limits
    with psycopg.connect(pooler) as connection:  # the control: a role without them
        assert {name: shown(connection, name) for name in limits} == dict.fromkeys(limits, "0")


def as_app(url: str) -> str:
    return re.sub(r"//[^@]+@", "//nexus_app:word@", url)


def shown(connection: "psycopg.Connection[tuple[object, ...]]", name: str) -> object:
    row = connection.execute(f"SHOW {name}").fetchone()
    return row and row[0]

"""What a handshake offers: Mozilla's guidelines 6.0, "intermediate"."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from ecommerce_backend.tests.front.servers import HOST, Front, nginx, request

pytestmark = pytest.mark.xdist_group("front")

SUITES_1_3 = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}
SUITES_1_2 = {"AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305"}


@pytest.fixture(scope="module", params=["ECDSA", "RSA"])
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of the certificate's key, which decides what suites there are."""
    return str(request.param)


@pytest.fixture(scope="module")
def front(kind: str, shop: Front, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder, key_type = tmp_path_factory.mktemp("tls"), trustme.KeyType[kind]
    with nginx(folder, upstream=shop.port, key_type=key_type) as front:
        yield front


def only(version: ssl.TLSVersion, suites: str = "ALL") -> ssl.SSLContext:
    """Return a client that can do nothing else, however weak it is."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.set_ciphers(f"{suites}:@SECLEVEL=0")
    client.minimum_version = client.maximum_version = version
    return client


def agreed(front: Front, client: ssl.SSLContext) -> str | None:
    """Return the suite that a handshake ends with, if it does."""
    plain = socket.create_connection(("127.0.0.1", front.tls_port), timeout=5)
    try:
        with client.wrap_socket(plain, server_hostname=HOST) as connection:
            suite = connection.cipher()
            return suite[0] if suite else None
    except (ssl.SSLError, ConnectionResetError):
        return None


def suites_of(version: ssl.TLSVersion) -> set[str]:
    protocol = {ssl.TLSVersion.TLSv1_2: "TLSv1.2", ssl.TLSVersion.TLSv1_3: "TLSv1.3"}[version]
    known = only(version, "ALL:eNULL").get_ciphers()
    names = {suite["name"] for suite in known}
    return {name for name in names if name.startswith("TLS_") == (protocol == "TLSv1.3")}


def test_exactly_the_listed_suites_are_agreed_on(front: Front, kind: str) -> None:
    version = ssl.TLSVersion.TLSv1_2
    offered = suites_of(version)

    accepted = {suite for suite in offered if agreed(front, only(version, suite))}

    assert accepted == {f"ECDHE-{kind}-{suite}" for suite in SUITES_1_2}
    assert len(offered) > 50  # the others: RSA, DHE, CBC, none at all


def test_the_newest_version_is_agreed_on(front: Front) -> None:
    assert agreed(front, only(ssl.TLSVersion.TLSv1_3)) in SUITES_1_3
    assert suites_of(ssl.TLSVersion.TLSv1_3) == SUITES_1_3


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_versions_are_refused(front: Front, version: ssl.TLSVersion, tmp_path: Path) -> None:
    assert agreed(front, only(version)) is None
    assert _agree_by_themselves(only(version), front.folder) is not None  # so it can


def _agree_by_themselves(client: ssl.SSLContext, folder: Path) -> str | None:
    """Return the suite that the client agrees on with a server that takes everything."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "certificate", folder / "key")
    server.set_ciphers("ALL:@SECLEVEL=0")
    server.minimum_version = ssl.TLSVersion.TLSv1
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(to_client, to_server, server_hostname=HOST),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for _ in range(4):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    suite = ends[0].cipher()
    return suite[0] if suite else None


@pytest.mark.parametrize(
    ("curve", "is_taken"), [("prime256v1", True), ("secp384r1", True), ("secp521r1", False)]
)
def test_exactly_the_listed_curves_are_agreed_on(
    front: Front, curve: str, *, is_taken: bool
) -> None:
    client = only(ssl.TLSVersion.TLSv1_3)  # in 1.2 the key of the certificate has a say in it
    client.set_ecdh_curve(curve)

    assert (agreed(front, client) is not None) == is_taken


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_session_is_resumed_without_a_ticket(front: Front, version: ssl.TLSVersion) -> None:
    client = only(version)
    session = None
    reused = []
    for _ in range(2):
        plain = socket.create_connection(("127.0.0.1", front.tls_port), timeout=5)
        with client.wrap_socket(plain, server_hostname=HOST, session=session) as connection:
            connection.sendall(request())
            while connection.recv(65536):
                pass
            reused.append(connection.session_reused)
            session = connection.session

    assert reused == [False, True]
    if version is ssl.TLSVersion.TLSv1_2:  # with 1.3 every session is called a ticket
        assert session is not None
        assert not session.has_ticket


def test_no_answer_of_the_authority_is_stapled(front: Front) -> None:
    configured = (front.folder / "nginx" / "snippets" / "tls.conf").read_text()

    assert "ssl_stapling" not in configured
    assert "ssl_dhparam" not in configured
    assert "[warn]" not in front.log()


def test_both_versions_of_http_are_offered(front: Front) -> None:
    client = only(ssl.TLSVersion.TLSv1_3)
    chosen = {}
    for offered in ("h2", "http/1.1", "spdy/3"):
        client.set_alpn_protocols([offered])
        plain = socket.create_connection(("127.0.0.1", front.tls_port), timeout=5)
        try:
            with client.wrap_socket(plain, server_hostname=HOST) as connection:
                chosen[offered] = connection.selected_alpn_protocol()
        except ssl.SSLError:
            chosen[offered] = None

    assert chosen == {"h2": "h2", "http/1.1": "http/1.1", "spdy/3": None}

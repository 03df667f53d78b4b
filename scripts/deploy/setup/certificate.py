"""The certificate nginx starts with, and the one browsers trust."""

import subprocess
import tempfile
from pathlib import Path

from scripts.deploy import nested
from scripts.deploy.compose import Compose
from scripts.deploy.outcome import Stop
from scripts.deploy.site import Site

# In the certbot container: what nginx sees as /etc/nginx-tls.
FOLDER = "/tls"
BOOTSTRAP_DAYS = 3650  # it only has to be there; nobody trusts it
_STORE = (
    f"umask 027; mkdir -p {FOLDER}/bootstrap"
    f" && cat > {FOLDER}/bootstrap/both.pem"
    f" && sed -n '/BEGIN CERT/,/END CERT/p' {FOLDER}/bootstrap/both.pem"
    f" > {FOLDER}/bootstrap/fullchain.pem"
    f" && sed -n '/BEGIN PRIVATE/,/END PRIVATE/p' {FOLDER}/bootstrap/both.pem"
    f" > {FOLDER}/bootstrap/privkey.pem"
    f" && rm {FOLDER}/bootstrap/both.pem && ln -sfn bootstrap {FOLDER}/current"
)


def is_there(compose: Compose) -> bool:
    """Tell whether nginx has any certificate. Raises Stop."""
    return bool(_chain(compose))


def is_real(compose: Compose) -> bool:
    """Tell whether the certificate is somebody else's word. Raises Stop."""
    command = ["openssl", "x509", "-noout", "-issuer", "-subject", "-nameopt", "RFC2253"]
    said = subprocess.run(
        command, input=_chain(compose), capture_output=True, text=True, check=False
    ).stdout
    names = [line.partition("=")[2] for line in said.splitlines()]
    return len(names) > 1 and names[0] != names[1]


def bootstrap(site: Site, compose: Compose) -> None:
    """Give nginx a certificate of its own making, so that it can start. Raises Stop."""
    domain = site.setting("DOMAIN")
    with tempfile.TemporaryDirectory() as folder:
        key, chain = Path(folder, "key.pem"), Path(folder, "chain.pem")
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-sha256"]
        command += ["-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", str(BOOTSTRAP_DAYS)]
        # Of the subject, because a common name holds 64 characters at most.
        command += ["-subj", "/CN=bootstrap", "-addext", f"subjectAltName=DNS:{domain}"]
        ended = subprocess.run(
            [*command, "-keyout", key, "-out", chain], capture_output=True, text=True, check=False
        )
        if ended.returncode:
            raise Stop(f"openssl: {ended.stderr.strip().splitlines()[-1]}")
        both = chain.read_text() + key.read_text()
    compose.tool("certbot", "-c", _STORE, entrypoint="/bin/sh", stdin=both)


def issue(site: Site) -> None:
    """Get a certificate that browsers trust. Raises Stop."""
    nested.call(site, "cert", "issue")


def _chain(compose: Compose) -> str:
    look = f"cat {FOLDER}/current/fullchain.pem 2>/dev/null || true"
    return compose.tool("certbot", "-c", look, entrypoint="/bin/sh").stdout

"""The certificate browsers trust. Until there is one, nginx has what certbot's container made."""

from scripts.deploy import nested
from scripts.deploy.compose import Compose
from scripts.deploy.site import Site

_ISSUER = "openssl x509 -noout -issuer -in /tls/current/fullchain.pem"
_BOOTSTRAP = "bootstrap"  # scripts.stack.certbot.pairs


def is_real(compose: Compose) -> bool:
    """Tell whether nginx has a certificate that an authority gave. Raises Stop."""
    said = compose.exec("certbot", "sh", "-c", _ISSUER, check=False)
    return said.returncode == 0 and _BOOTSTRAP not in said.stdout


def issue(site: Site) -> None:
    """Get a certificate, and wait until nginx shows it. Raises Stop."""
    nested.call(site, "cert", "issue")

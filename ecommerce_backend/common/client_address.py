from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the address of the caller, or of the proxy when that is not one we trust.

    A trusted proxy overwrites X-Forwarded-For with the one address it saw; a list in it, or the
    header from anybody else, is not believed.
    """
    peer: str = request.META.get("REMOTE_ADDR", "")
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if not forwarded or not _is_trusted(peer):
        return peer
    try:
        return str(ip_address(forwarded.strip()))
    except ValueError:
        return peer


def _is_trusted(peer: str) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    return any(address in network for network in settings.TRUSTED_PROXIES)

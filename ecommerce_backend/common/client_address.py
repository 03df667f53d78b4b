from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the address of the caller, or of the proxy when that is not one we trust.

    A trusted proxy overwrites X-Forwarded-For with the one address it saw; a list in it, or the
    header from anybody else, is not believed.
    """
    peer = _parsed(request.META.get("REMOTE_ADDR", ""))
    forwarded = _parsed(request.META.get("HTTP_X_FORWARDED_FOR", ""))
    if peer is None:
        return str(request.META.get("REMOTE_ADDR", ""))
    if forwarded is not None and any(peer in network for network in settings.TRUSTED_PROXIES):
        return str(forwarded)
    return str(peer)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address, an IPv4 one also where a dual-stack socket shows ::ffff:192.0.2.1."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address

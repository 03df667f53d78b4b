"""GET /.well-known/security.txt (RFC 9116): where to tell of a weakness."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from ecommerce_backend.common.decorators import read_only

PATH = ".well-known/security.txt"
# Whoever kept a copy must come back for the contact by then; RFC 9116 §2.5.5 asks for under a year.
_VALID_FOR = timedelta(days=90)


@read_only
def security_txt(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Name the contact of the shop's operator."""
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    fields = {
        "Contact": settings.SECURITY_CONTACT,
        "Expires": f"{today + _VALID_FOR:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages": "en",
        "Canonical": f"{settings.BASE_URL}/{PATH}",
    }
    lines = "".join(f"{name}: {value}\n" for name, value in fields.items())
    answer = HttpResponse(lines, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "public, max-age=86400"
    return answer

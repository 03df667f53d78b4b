"""The shop with the addresses that fail, as a server of its own."""

from django.conf import settings

settings.ROOT_URLCONF = "ecommerce_backend.tests.probes"

from ecommerce_backend.wsgi import application  # noqa: E402 – it takes over the line above

__all__ = ["application"]

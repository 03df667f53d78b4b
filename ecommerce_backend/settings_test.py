import os

from ecommerce_backend.env_limits import Rate
from ecommerce_backend.settings import *  # noqa: F403
from ecommerce_backend.settings import (
    CACHES,
    DATABASES,
    INSTALLED_APPS,
    MIDDLEWARE,
    RATE_LIMITS,
    REDIS_URL,
    STORAGES,
)

# Each parallel worker of the tests counts its limits in a Redis database of its own.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
REDIS_URL = REDIS_STATE_URL = f"{REDIS_URL.rsplit('/', 1)[0]}/{WORKER}"
CACHES["default"]["LOCATION"] = REDIS_URL
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["default"] = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"]["OPTIONS"]["connect_timeout"] = 30  # races open fifty at once
PAYMENT_PROVIDERS = ["manual", "sandbox"]
SANDBOX_WEBHOOK_SECRET = "sandbox-webhook-secret-of-the-tests"  # noqa: S105
INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter", "zeal"]
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
ZEAL_RAISE = True
# Static files come from where they were written; nobody runs collectstatic before a test.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
# All tests come from one address; those about a general limit set their own.
USUAL_RATE_LIMITS = RATE_LIMITS  # for tests of what stands in front of the shop
_GENERAL = ("address", "user", "checkout-address", "checkout-user", "token-misses")
RATE_LIMITS = RATE_LIMITS | dict.fromkeys(_GENERAL, Rate(quota=100_000, seconds=60))

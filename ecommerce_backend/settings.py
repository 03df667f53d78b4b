"""Settings of every installation; what differs between them comes from the environment."""

from pathlib import Path

import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured
from moneyed import CurrencyDoesNotExist, get_currency

from ecommerce_backend.env import choice, env, switch
from ecommerce_backend.logging import logging_config
from ecommerce_backend.security_config import *  # noqa: F403

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = False
RELEASE: str = env.str("SHOP_RELEASE", default="0.1.0")

INSTALLED_APPS = [
    "ecommerce_backend.admin_site.ShopAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "corsheaders",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "treebeard",
    "procrastinate.contrib.django",
    "ecommerce_backend.common",
    "users",
    "catalog",
    "cart",
    "orders",
    "reviews",
]
MIDDLEWARE = [
    "ecommerce_backend.security_middleware.RequestIdMiddleware",
    "ecommerce_backend.security_middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "ecommerce_backend.common.problem_middleware.ProblemMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "ecommerce_backend.urls"
WSGI_APPLICATION = "ecommerce_backend.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "ecommerce_backend" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {
    "default": {
        **env.db_url("DATABASE_URL", engine="django.db.backends.postgresql"),
        # Measured: one kept per thread costs less than a pool, and far less than a new one.
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 3,
            "application_name": "nexus",
            "options": "-c statement_timeout=5s -c lock_timeout=3s"
            " -c idle_in_transaction_session_timeout=30s",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL: str = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "nexus",
        "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 1, "SOCKET_TIMEOUT": 1},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

AUTH_USER_MODEL = "users.User"
LOGIN_URL = "admin:login"
SILENCED_SYSTEM_CHECKS = [
    "auth.E003",  # the address is unique by its canonical form (users.models.User)
    "security.W008",  # no redirect to HTTPS and no preload: both are decisions,
    "security.W021",  # explained in security_config
]

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT: Path = env.path("SHOP_STATIC_ROOT", default=BASE_DIR / "staticfiles")()
STATICFILES_DIRS = [BASE_DIR / "ecommerce_backend" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600
MEDIA_URL = "/media/"
MEDIA_ROOT: Path = env.path("SHOP_MEDIA_ROOT", default=BASE_DIR / "media")()
# Behind nginx, nginx serves the pictures; without it (scripts/run.sh) Django has to.
SERVE_MEDIA: bool = switch("SHOP_SERVE_MEDIA", default=False)

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOGGING = logging_config(level=choice("SHOP_LOG_LEVEL", among=LOG_LEVELS, default="INFO"))
LOGGING_CONFIG = "ecommerce_backend.logging.configure"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["users.authentication.SessionJWTAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["ecommerce_backend.common.renderers.ORJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["ecommerce_backend.common.parsers.ORJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "ecommerce_backend.common.pagination.PagePagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "ecommerce_backend.common.exception_handler.exception_handler",
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%SZ",
    "URL_FORMAT_OVERRIDE": None,
    "FORMAT_SUFFIX_KWARG": None,
    "UNICODE_JSON": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "TEST_REQUEST_RENDERER_CLASSES": ["ecommerce_backend.common.renderers.ORJSONRenderer"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Nexus API",
    "DESCRIPTION": "The shop over HTTP: browse, search, cart, checkout, pay and review.",
    "VERSION": RELEASE,
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    # So many things have a status that each needs a name of its own in generated clients.
    "ENUM_NAME_OVERRIDES": {
        "OrderStatusEnum": "orders.models.Order.Status",
        "PaymentStatusEnum": "orders.models.Order.PaymentStatus",
        "PaymentAttemptStatusEnum": "orders.models.Payment.Status",
        "RefundStatusEnum": "orders.models.Refund.Status",
        "ReviewStatusEnum": "reviews.models.Review.Status",
    },
    "DEFAULT_GENERATOR_CLASS": "ecommerce_backend.common.openapi.OnceGenerator",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "ecommerce_backend.common.openapi.document_problems",
    ],
}

# What happens elsewhere in the shop when someone signs in: functions (user, cart_token) that
# join what a guest had to the account. Named here because users may not import what is above it.
SIGN_IN_HOOKS = ["cart.services.merging.merge_after_sign_in"]

STORE_NAME: str = env.str("SHOP_NAME", default="Nexus")
STORE_CURRENCY: str = env.str("SHOP_CURRENCY", default="USD")
try:
    get_currency(STORE_CURRENCY)
except CurrencyDoesNotExist:
    raise ImproperlyConfigured(
        f"SHOP_CURRENCY must be an ISO 4217 code such as USD, not {STORE_CURRENCY!r}."
    ) from None

PAYMENT_PROVIDERS: list[str] = env.list("SHOP_PAYMENT_PROVIDERS", default=["manual"])
if unknown := set(PAYMENT_PROVIDERS) - {"manual", "sandbox"}:
    raise ImproperlyConfigured(
        f"SHOP_PAYMENT_PROVIDERS knows manual and sandbox, not {', '.join(sorted(unknown))}."
    )
SANDBOX_WEBHOOK_SECRET: str = env.str("SHOP_SANDBOX_WEBHOOK_SECRET", default="")
if "sandbox" in PAYMENT_PROVIDERS and not SANDBOX_WEBHOOK_SECRET:
    raise ImproperlyConfigured("The sandbox provider needs SHOP_SANDBOX_WEBHOOK_SECRET.")
BANK_TRANSFER_INSTRUCTIONS: str = env.str(
    "SHOP_BANK_TRANSFER_INSTRUCTIONS",
    default="Transfer the amount to the shop's account and name the order number.",
)

QUOTE_LIFETIME_SECONDS = 30 * 60
PAYMENT_WINDOW_SECONDS = 15 * 60  # an unpaid order holds its stock this long
BANK_TRANSFER_WINDOW_SECONDS = 7 * 24 * 60 * 60
GUEST_CART_LIFETIME_SECONDS = 30 * 24 * 60 * 60
IDEMPOTENCY_LIFETIME_SECONDS = 24 * 60 * 60
REVIEWS_MODERATED: bool = switch("SHOP_REVIEWS_MODERATED", default=False)

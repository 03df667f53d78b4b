"""Settings of every installation; what differs between them comes from the environment."""

from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
from moneyed import CURRENCIES

from ecommerce_backend import api_document, redis_servers
from ecommerce_backend.env import (
    choice,
    folder,
    given,
    line,
    matching,
    number,
    output,
    refusal,
    refuse_shared,
    refuse_unknown_names,
    secret,
    switch,
    words,
)
from ecommerce_backend.env_addresses import base_url, http_address, mail_domain, redis
from ecommerce_backend.env_databases import REPLICA, databases
from ecommerce_backend.env_mail import mail_server, sender
from ecommerce_backend.env_search import STEMMED_LANGUAGES
from ecommerce_backend.env_storage import media
from ecommerce_backend.logging import LEVELS, STREAMS, logging_config
from ecommerce_backend.security_config import *  # noqa: F403
from ecommerce_backend.security_config import BASE_URL
from ecommerce_backend.workers import web_workers

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
RELEASE = matching(
    "SHOP_RELEASE",
    r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}",
    default=api_document.API_VERSION,
    meaning="a version",
)

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
    # Outside the limits: a page must be able to read a 429, and a preflight costs less than one.
    "ecommerce_backend.security_middleware.ExactCorsMiddleware",
    "ecommerce_backend.rate_limit_middleware.RateLimitMiddleware",
    "ecommerce_backend.common.problem_middleware.ProblemMiddleware",
    "ecommerce_backend.security_middleware.RequireHttpsMiddleware",
    "ecommerce_backend.security_middleware.StaffNetworkMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "ecommerce_backend.common.problem_middleware.PageSlashMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "ecommerce_backend.common.strict_requests.StrictRequestMiddleware",
]
ROOT_URLCONF = "ecommerce_backend.urls"
WSGI_APPLICATION = "ecommerce_backend.wsgi.application"
WEB_WORKERS = web_workers()
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

DATABASES = databases()
# Seconds that it may be behind; whoever wrote something reads from the primary for one more.
REPLICA_MAX_LAG_SECONDS = number("SHOP_REPLICA_MAX_LAG", default=5, at_least=3, at_most=60)
if REPLICA in DATABASES:
    DATABASE_ROUTERS = ["ecommerce_backend.common.replica.router.ReplicaRouter"]
    MIDDLEWARE.insert(1, "ecommerce_backend.common.replica.middleware.PinWritersMiddleware")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = redis("REDIS_URL")
# Rate limits, which must not be evicted when the cache is full.
REDIS_STATE_URL = redis("REDIS_STATE_URL") if given("REDIS_STATE_URL") else REDIS_URL
CACHES = {"default": redis_servers.cache(REDIS_URL)}
# Of staff alone. Not kept in Redis too: one that is ended while that is away would live on in it.
SESSION_ENGINE = "users.staff_sessions"

AUTH_USER_MODEL = "users.User"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
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
STATIC_ROOT = folder("SHOP_STATIC_ROOT", default=BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "ecommerce_backend" / "static"]
STORAGES = {
    "default": media().storage,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600
WHITENOISE_ALLOW_ALL_ORIGINS = False  # the files are for the shop's own pages
MEDIA_URL = "/media/"
MEDIA_ROOT = folder("SHOP_MEDIA_ROOT", default=BASE_DIR / "media")
if MEDIA_ROOT.is_relative_to(STATIC_ROOT) or STATIC_ROOT.is_relative_to(MEDIA_ROOT):
    # collectstatic would publish pictures as files of ours, or pictures replace them.
    raise refusal(
        "SHOP_MEDIA_ROOT", "must lie apart from SHOP_STATIC_ROOT", example=str(BASE_DIR / "media")
    )
# Behind nginx, nginx serves the pictures; without it (scripts/run.sh) Django has to.
SERVE_MEDIA = switch("SHOP_SERVE_MEDIA", default=False)

# Where backups, drills and the certificate's watcher leave their reports (reports.py).
REPORTS_DIR = (
    folder("SHOP_REPORTS_DIR", default=Path("/srv/reports")) if given("SHOP_REPORTS_DIR") else None
)
# Where it looks which certificate visitors are shown.
TLS_PROBE = (
    matching("SHOP_TLS_PROBE", r"[\w.-]+:\d{1,5}", default="nginx:443", meaning="host:port")
    if given("SHOP_TLS_PROBE")
    else ""
)

# Where errors and traces are sent; the names are those the libraries know (telemetry).
SENTRY_DSN = http_address("SENTRY_DSN", example="https://key@sentry.example/1")
OTLP_ENDPOINT = http_address("OTEL_EXPORTER_OTLP_ENDPOINT", example="http://collector:4318")

LOGGING = logging_config(
    level=choice("SHOP_LOG_LEVEL", among=LEVELS, default="INFO"),
    stream=output("SHOP_LOG_STREAM", among=STREAMS),
)
LOGGING_CONFIG = "ecommerce_backend.logging.configure"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["users.authentication.SessionJWTAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["ecommerce_backend.common.renderers.ORJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["ecommerce_backend.common.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "ecommerce_backend.common.pagination.PagePagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": ("ecommerce_backend.common.negotiation.HonestNegotiation"),
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS is answered by ProblemMiddleware
    "DEFAULT_SCHEMA_CLASS": "ecommerce_backend.common.openapi.schema.ShopSchema",
    "EXCEPTION_HANDLER": "ecommerce_backend.common.exception_handler.exception_handler",
    "DATETIME_FORMAT": "%4Y-%m-%dT%H:%M:%SZ",  # four digits of the year 30, too (RFC 3339)
    "URL_FORMAT_OVERRIDE": None,
    "FORMAT_SUFFIX_KWARG": None,
    "UNICODE_JSON": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "TEST_REQUEST_RENDERER_CLASSES": ["ecommerce_backend.common.renderers.ORJSONRenderer"],
}
SPECTACULAR_SETTINGS = api_document.SPECTACULAR_SETTINGS

# What happens elsewhere in the shop when someone signs in: functions (user, cart_token) that
# join what a guest had to the account. Named here because users may not import what is above it.
SIGN_IN_HOOKS = ["cart.services.merging.merge_after_sign_in"]

# Who holds what on a person: functions (user) that return rows by their kind, for the export.
DATA_HOLDINGS = [
    f"{name}.services.holdings.held" for name in ("users", "catalog", "cart", "orders", "reviews")
]
EXPORT_AT_ONCE_ROWS = 500  # more than this is gathered by a job

STORE_NAME = line("SHOP_NAME", default="Nexus")

globals().update(mail_server("SHOP_EMAIL_URL"))  # EMAIL_HOST and what else the kind needs
_MAILBOX = f"no-reply@{mail_domain(urlsplit(BASE_URL).hostname or '')}"
DEFAULT_FROM_EMAIL = sender("SHOP_EMAIL_FROM", default=_MAILBOX)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_SUBJECT_PREFIX = ""
# Where the pages of an account are; the shop has plain ones of its own.
STOREFRONT_URL = base_url("SHOP_STOREFRONT_URL") if given("SHOP_STOREFRONT_URL") else BASE_URL
EMAIL_VERIFICATION = choice(
    "EMAIL_VERIFICATION", among=["optional", "mandatory"], default="optional"
)
if EMAIL_VERIFICATION == "mandatory" and not given("SHOP_EMAIL_URL"):
    raise refusal(
        "EMAIL_VERIFICATION",
        "cannot be mandatory without SHOP_EMAIL_URL: nobody would get the link",
        example="optional",
    )
STORE_CURRENCY = given("SHOP_CURRENCY") or "USD"
if STORE_CURRENCY in {"XXX", "XTS"} or STORE_CURRENCY not in CURRENCIES:  # none, and for tests
    raise refusal(
        "SHOP_CURRENCY", f"must be an ISO 4217 code, not {STORE_CURRENCY!r}", example="USD"
    )

# By whose rules words are stemmed: text search configurations of PostgreSQL.
SEARCH_LANGUAGES = words("SHOP_SEARCH_LANGUAGES", default=["english"])
if unknown := set(SEARCH_LANGUAGES) - {"simple", *STEMMED_LANGUAGES}:
    raise refusal(
        "SHOP_SEARCH_LANGUAGES",
        f"must name languages that PostgreSQL stems, not {min(unknown)!r}",
        example="english,german",
    )

PAYMENT_PROVIDERS = words("SHOP_PAYMENT_PROVIDERS", default=["manual"])
if len(set(PAYMENT_PROVIDERS)) < len(PAYMENT_PROVIDERS):
    raise refusal("SHOP_PAYMENT_PROVIDERS", "must name each provider once", example="manual")
if unknown := set(PAYMENT_PROVIDERS) - {"manual", "sandbox"}:
    raise refusal(
        "SHOP_PAYMENT_PROVIDERS",
        f"knows manual and sandbox, not {', '.join(sorted(unknown))}",
        example="manual",
    )
_ALLOW_SANDBOX = switch("SHOP_ALLOW_SANDBOX", default=BASE_URL.startswith("http://"))
if "sandbox" in PAYMENT_PROVIDERS and not _ALLOW_SANDBOX:
    # Its payments cost nothing: anybody who finds the shop could order for free.
    raise refusal(
        "SHOP_PAYMENT_PROVIDERS",
        "must not offer sandbox to the public, unless SHOP_ALLOW_SANDBOX=true",
        example="manual",
    )
SANDBOX_WEBHOOK_SECRET = given("SHOP_SANDBOX_WEBHOOK_SECRET")
if "sandbox" in PAYMENT_PROVIDERS:
    SANDBOX_WEBHOOK_SECRET = secret("SHOP_SANDBOX_WEBHOOK_SECRET")
BANK_TRANSFER_INSTRUCTIONS = (
    given("SHOP_BANK_TRANSFER_INSTRUCTIONS")
    or "Transfer the amount to the shop's account and name the order number."
)

QUOTE_LIFETIME_SECONDS = 30 * 60
PAYMENT_WINDOW_SECONDS = 15 * 60  # an unpaid order holds its stock this long
BANK_TRANSFER_WINDOW_SECONDS = 7 * 24 * 60 * 60
MAX_HOLD_SECONDS = 7 * 24 * 60 * 60  # from its placing, whatever ways of paying are tried
MAX_UNPAID_ORDERS = 5  # of one customer, or one guest's e-mail address, at any time
LOW_STOCK_THRESHOLD = number(  # units; a SKU may have its own
    "SHOP_LOW_STOCK_THRESHOLD", default=5, at_least=0, at_most=1_000_000
)
GUEST_CART_LIFETIME_SECONDS = 30 * 24 * 60 * 60
IDEMPOTENCY_LIFETIME_SECONDS = 24 * 60 * 60
REVIEWS_MODERATED = switch("SHOP_REVIEWS_MODERATED", default=False)

refuse_shared(
    "DJANGO_SECRET_KEY",
    "DJANGO_SECRET_KEY_PREVIOUS",
    "JWT_SIGNING_KEY",
    "JWT_SIGNING_KEY_PREVIOUS",
    "SHOP_SANDBOX_WEBHOOK_SECRET",
)
refuse_unknown_names()

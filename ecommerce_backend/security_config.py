"""Everything security-relevant, in one place. `settings.py` takes all of it over.

Names that Django or a package knows are theirs; the others are read by `security_middleware`,
`common.client_address` and `common.rate_limits`.
"""

from datetime import timedelta
from urllib.parse import urlsplit

from ecommerce_backend.env import LOOPBACK, base_url, env, networks, secret

BASE_URL = base_url("SHOP_BASE_URL")
_HTTPS = BASE_URL.startswith("https://")
_HOST = urlsplit(BASE_URL).hostname

SECRET_KEY = secret("DJANGO_SECRET_KEY")
# A shop on one's own machine answers to all its names.
ALLOWED_HOSTS: list[str] = env.list(
    "DJANGO_ALLOWED_HOSTS",
    default=["localhost", "127.0.0.1", "[::1]"] if _HOST in LOOPBACK else [_HOST],
)

# HTTPS: nginx ends TLS and says so in this header, which it overwrites.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = False  # the proxy's work: an API must refuse plain HTTP, not redirect it
SECURE_HSTS_SECONDS = 63_072_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_HSTS_PRELOAD = False  # a promise for the whole domain: the owner's decision
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"  # CSRF checks of the admin need the referrer
X_FRAME_OPTIONS = "DENY"

# Cookies serve the admin alone; the API does not read them. `__Host-` needs HTTPS.
SESSION_COOKIE_NAME = "__Host-session" if _HTTPS else "session"
SESSION_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_NAME = "__Host-csrf" if _HTTPS else "csrf"
CSRF_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "ecommerce_backend.common.problems.csrf_failure"

CORS_ALLOWED_ORIGINS: list[str] = env.list("SHOP_CORS_ALLOWED_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/api/v1/"
CORS_ALLOW_HEADERS = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "x-cart-token",
    "x-order-token",
    "x-request-id",
]
CORS_EXPOSE_HEADERS = [
    "ETag",
    "Idempotent-Replayed",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "X-Cart-Token",
    "X-Order-Token",
    "X-Request-ID",
]

# Access tokens are short because they are checked against their session on each request anyway;
# a refresh token lives on by rotation, up to the session's absolute end.
JWT_SIGNING_KEY = secret("JWT_SIGNING_KEY")
ACCESS_TOKEN_LIFETIME = timedelta(minutes=10)
REFRESH_TOKEN_LIFETIME = timedelta(days=7)
REFRESH_GRACE = timedelta(seconds=10)  # a lost answer may be asked for again this long
SESSION_LIFETIME = timedelta(days=30)
SIMPLE_JWT = {
    "ALGORITHM": "HS256",
    "SIGNING_KEY": JWT_SIGNING_KEY,
    "ISSUER": BASE_URL,
    "AUDIENCE": "storefront",
    "ACCESS_TOKEN_LIFETIME": ACCESS_TOKEN_LIFETIME,
    "REFRESH_TOKEN_LIFETIME": REFRESH_TOKEN_LIFETIME,
    "UPDATE_LAST_LOGIN": False,
    "CHECK_REVOKE_TOKEN": False,  # sessions do this, without a password digest in the token
}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Proxies whose X-Forwarded-For is believed; nobody else's is.
TRUSTED_PROXIES = networks("SHOP_TRUSTED_PROXIES")

# Limits as "count/period"; the name is what RateLimit-Policy shows.
RATE_LIMITS = {
    "login-address": "30/minute",
    "login-account": "10/5 minutes",
    "register-address": "20/minute",
}

_SELF_ONLY = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
    "object-src": ["'none'"],
}
SECURE_CSP = {
    "default-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'none'"],
}
# Paths with pages for people, and what those may load; what is no page gets SECURE_CSP.
SECURE_CSP_AREAS = {
    "/admin/": _SELF_ONLY,
    # Swagger UI and ReDoc write styles into their pages.
    "/api/docs/": {**_SELF_ONLY, "style-src": ["'self'", "'unsafe-inline'"]},
    "/api/redoc/": {
        **_SELF_ONLY,
        "style-src": ["'self'", "'unsafe-inline'"],
        "worker-src": ["blob:"],
    },
    "/sandbox/": _SELF_ONLY,
}
# Any other page: the landing page and errors, which need no script.
SECURE_CSP_PAGES = {**SECURE_CSP, "style-src": ["'self'"], "img-src": ["'self'"]}
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # bytes of a request body
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
IMAGE_MAX_BYTES = 10 * 1024 * 1024
IMAGE_MAX_PIXELS = 40_000_000

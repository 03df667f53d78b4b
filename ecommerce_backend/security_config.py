"""Everything security-relevant, in one place, each with why. `settings.py` takes all of it over.

Names that Django or a package knows are theirs; the others are read by our own code.
"""

from datetime import timedelta

from ecommerce_backend.env import choice, optional_secret, refuse_debug_mode, secret
from ecommerce_backend.env_addresses import (
    base_url,
    contact,
    hosts,
    networks,
    origins,
    proxies,
)
from ecommerce_backend.env_limits import Delay, rate_limits
from ecommerce_backend.env_storage import media

DEBUG = False  # its error pages show settings and source, so no variable can switch it on
refuse_debug_mode("DEBUG", "DJANGO_DEBUG", "SHOP_DEBUG")

BASE_URL = base_url("SHOP_BASE_URL")  # links are made of this, never of what a request calls us
_HTTPS = BASE_URL.startswith("https://")

SECRET_KEY = secret("DJANGO_SECRET_KEY")  # signs quotes, cart tokens and the admin's cookies
_SECRET_KEY_BEFORE = optional_secret("DJANGO_SECRET_KEY_PREVIOUS")
# Verify as well, sign nothing: the next key or the last one, while scripts/deploy.sh changes it.
SECRET_KEY_FALLBACKS = [_SECRET_KEY_BEFORE] if _SECRET_KEY_BEFORE else []
# Exact names, because a made-up Host could poison caches and links.
ALLOWED_HOSTS = hosts("DJANGO_ALLOWED_HOSTS", base=BASE_URL)
SECURITY_CONTACT = contact("SHOP_SECURITY_CONTACT", base=BASE_URL)  # in security.txt (RFC 9116)

# nginx ends TLS and says so in this header, which it overwrites.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = False  # an API must refuse plain HTTP, not redirect it
HTTPS_REQUIRED = _HTTPS  # whoever sent a token in the clear must notice
METRICS_PATH = "/metrics"  # for the monitoring inside; nginx does not pass it on
HTTPS_EXEMPT = ("/health/", METRICS_PATH)  # asked for from inside, past the proxy
SECURE_HSTS_SECONDS = 63_072_000 if _HTTPS else 0  # two years, what preload lists ask for
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS  # a subdomain over HTTP could plant cookies for us
SECURE_HSTS_PRELOAD = False  # a promise for the whole domain: the owner's decision
SECURE_CONTENT_TYPE_NOSNIFF = True  # a picture or an answer must never be taken for a script
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"  # no other site holds a handle on our windows
SECURE_REFERRER_POLICY = "no-referrer"  # other than in AREA_HEADERS
X_FRAME_OPTIONS = "DENY"  # for browsers that do not know the CSP's frame-ancestors

# Cookies serve the admin alone; the API does not read them.
SESSION_COOKIE_NAME = "__Host-session" if _HTTPS else "session"  # the prefix needs HTTPS
SESSION_COOKIE_SECURE = _HTTPS  # never sent in the clear
SESSION_COOKIE_HTTPONLY = True  # a script in the page cannot read it
SESSION_COOKIE_SAMESITE = "Lax"  # other sites may link to the admin, not post to it
SESSION_COOKIE_AGE = 12 * 60 * 60  # one working day, then staff sign in again
CSRF_COOKIE_NAME = "__Host-csrf" if _HTTPS else "csrf"  # a subdomain cannot plant its own
CSRF_COOKIE_SECURE = _HTTPS  # never sent in the clear
CSRF_COOKIE_HTTPONLY = True  # forms carry the token; no script needs the cookie
CSRF_COOKIE_SAMESITE = "Lax"  # as the session's
CSRF_TRUSTED_ORIGINS = [BASE_URL]  # the admin's forms come from the shop alone
CSRF_FAILURE_VIEW = "ecommerce_backend.common.problems.csrf_failure"  # one shape for all errors

CORS_ALLOWED_ORIGINS = origins("SHOP_CORS_ALLOWED_ORIGINS")  # exact: a pattern can be outwitted
# Nothing else is meant for other sites, and without any no answer varies by who asks.
CORS_URLS_REGEX = r"^/api/v1/" if CORS_ALLOWED_ORIGINS else r"(?!)"
# What a storefront sends beside what every page may.
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
# What a storefront's script has to read of an answer.
CORS_EXPOSE_HEADERS = [
    "Allow",
    "ETag",
    "Idempotent-Replayed",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "WWW-Authenticate",
    "X-Cart-Token",
    "X-Order-Token",
    "X-Request-ID",
]

JWT_SIGNING_KEY = secret("JWT_SIGNING_KEY")  # not Django's key: each can be changed alone
# As SECRET_KEY_FALLBACKS (users.tokens).
JWT_SIGNING_KEY_PREVIOUS = optional_secret("JWT_SIGNING_KEY_PREVIOUS")
_ACCESS_TOKEN_LIFETIME = timedelta(minutes=10)
REFRESH_TOKEN_LIFETIME = timedelta(days=7)  # unused for a week means signed out
REFRESH_GRACE = timedelta(seconds=10)  # a lost answer may be asked for again this long
CLOCK_SKEW = timedelta(seconds=30)  # by which the clocks of two hosts may differ
SESSION_LIFETIME = timedelta(days=30)  # the absolute end, however often tokens were rotated
# Access tokens are short; they are checked against their session on each request anyway.
SIMPLE_JWT = {
    "ALGORITHM": "HS256",
    "SIGNING_KEY": JWT_SIGNING_KEY,
    "ISSUER": BASE_URL,
    "AUDIENCE": "storefront",
    "ACCESS_TOKEN_LIFETIME": _ACCESS_TOKEN_LIFETIME,
    "REFRESH_TOKEN_LIFETIME": REFRESH_TOKEN_LIFETIME,
    "LEEWAY": CLOCK_SKEW,
    "UPDATE_LAST_LOGIN": False,
    "CHECK_REVOKE_TOKEN": False,  # sessions do this, without a password digest in the token
}

# Memory-hard, with Django's parameters; a stolen table is dear to try passwords on.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
# Length and a list of known passwords, no rules of composition (NIST SP 800-63B §3.1.1.2).
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Whether staff get in by a password alone; whoever reaches them in the clear is on this machine.
STAFF_MFA = choice(
    "STAFF_MFA",
    among=["required", "optional"],
    default="required" if _HTTPS else "optional",
)

# Proxies whose X-Forwarded-For is believed; nobody else's is.
TRUSTED_PROXIES = proxies("SHOP_TRUSTED_PROXIES")

# From where the staff's pages and API answer; everywhere unless told.
ADMIN_NETWORKS = networks("SHOP_ADMIN_NETWORKS")
# From where metrics may be read, never through a proxy; the private networks unless told.
METRICS_NETWORKS = networks("SHOP_METRICS_NETWORKS")
# What ADMIN_NETWORKS guards.
STAFF_AREAS = ("/admin/", "/api/v1/staff/")

# How often, by the name that RateLimit-Policy shows (docs/rate-limits.md says what each counts).
RATE_LIMITS = rate_limits(
    "SHOP_RATE_LIMITS",
    usual={
        "address": "600/minute",  # an office behind one address: ten shoppers, a page a second each
        "user": "300/minute",  # one account on all its devices; nobody clicks five times a second
        "checkout-address": "60/10 minutes",  # thirty orders, each with its payment, of one office
        "checkout-user": "20/10 minutes",  # a few declined cards are bad luck, twenty are a test
        "token-misses": "100/10 minutes",  # old carts of an office's browsers, but no search
        "login-address": "30/minute",  # a classroom signing in; hashing is the dearest we do
        "login-pair": "10/5 minutes",  # what a forgotten password takes, of one person at one place
        "login-account": "10/day",  # of all places the account was never signed in from; see below
        "register-address": "20/minute",  # the same classroom on its first day
        "refresh-address": "120/minute",  # an office whose tokens end together; none can be guessed
        "refresh-session": "30/10 minutes",  # once would do; reloaded pages and lost answers
        "mail-address": "20/10 minutes",  # links asked for by the classroom; each is a mail of ours
        "mail-recipient": "3/15 minutes",  # nobody's mailbox is to be flooded through us
        "link-address": "60/10 minutes",  # tokens of links tried; they cannot be guessed anyway
        "password-user": "10/15 minutes",  # the present password, asked for again by who is in
        "otp-address": "30/15 minutes",  # codes at sign-in, which come after the right password
        "otp-account": "10/15 minutes",  # typing errors of one person; the next also holds
        "otp-account-day": "60/day",  # three codes of a million are good: 0.02 % a day by guessing
        "csp-reports": "60/minute",  # browsers batch them; what is lost comes again
    },
)
# Past these nobody is shut out: the delay to the next try doubles from a second up to this many.
# A lock would let any stranger keep the owner out, and this leaves 116 guesses a day.
RATE_LIMITS_DELAYS = {"login-account": Delay(first=1, longest=15 * 60)}
KNOWN_NETWORK_LIFETIME = timedelta(days=90)  # since the last sign-in from there, of one account
# While Redis is away these go on, each worker with its share. What else there is refuses (503):
# it guards passwords and stock, and must not be had by taking Redis down.
RATE_LIMITS_OPEN = frozenset({"address", "user", "token-misses", "csp-reports"})
RATE_LIMITS_EXEMPT = ("/health/", METRICS_PATH, "/static/", "/media/")  # probes and mere files
GUEST_TOKEN_HEADERS = ("X-Cart-Token", "X-Order-Token")  # what somebody could try to guess

# Where browsers report what a policy of a page stopped (ecommerce_backend.csp_reports).
CSP_REPORTS_PATH = "/csp-reports/"
CSP_REPORT_MAX_BYTES = 16 * 1024  # of one report: anybody may send them
_REPORTS = {"report-uri": [CSP_REPORTS_PATH], "report-to": ["csp"]}  # the former for Firefox
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
    **_REPORTS,
}
# What is no page loads nothing. Django 6's setting of the same name takes over one day.
SECURE_CSP = {
    "default-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'none'"],
}
# ReDoc writes two style elements: an empty one, whose rules it adds by script, which a policy
# lets once the element is there (this is the SHA-256 of nothing), and one of its scroll bars.
_REDOC_STYLES = [
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
    "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='",
]
_MEDIA_ORIGINS = media().origins
# Paths with pages for people, and what those may load; what is no page gets SECURE_CSP.
SECURE_CSP_AREAS = {
    # It shows the products' pictures, wherever they lie.
    "/admin/": {**_SELF_ONLY, "img-src": ["'self'", "data:", *_MEDIA_ORIGINS]},
    "/api/docs/": _SELF_ONLY,
    # Its search runs in a worker that it makes from a text.
    "/api/redoc/": {
        **_SELF_ONLY,
        "style-src": ["'self'", *_REDOC_STYLES],
        "worker-src": ["blob:"],
    },
    "/sandbox/": _SELF_ONLY,
    "/account/": _SELF_ONLY,
    # Uploads are pictures; should one ever be more, it can do nothing.
    "/media/": {**SECURE_CSP, "sandbox": []},
}
# Any other page: the landing page and errors, which need no script.
SECURE_CSP_PAGES = {**SECURE_CSP, "style-src": ["'self'"], "img-src": ["'self'"], **_REPORTS}
# No page of ours uses the devices, so nothing injected can either.
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
# What other headers differ in from the rest of the shop.
AREA_HEADERS = {
    # Forms say where they come from, which the CSRF check reads.
    "/admin/": {"Referrer-Policy": "same-origin"},
    "/sandbox/": {"Referrer-Policy": "same-origin"},
    "/account/": {"Referrer-Policy": "same-origin"},
    # Storefronts on other hosts show the pictures; who opens one by itself gets a file.
    "/media/": {
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Content-Disposition": "attachment",
    },
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # bytes of a request body
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # bytes; larger files go to disk, not to memory
IMPORT_MAX_BYTES = 64 * 1024 * 1024  # of a catalogue file as uploaded
IMAGE_MAX_BYTES = 10 * 1024 * 1024  # of a picture as uploaded
IMAGE_MAX_PIXELS = 40_000_000  # small files can unpack to gigabytes
IMAGE_MAX_SIDE = 16_383  # pixels: what WebP can hold, and no photo is a thread

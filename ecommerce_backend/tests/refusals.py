"""What an operator may get wrong, and the one line each mistake is answered with."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

KEY = "k3v9-2mQx8Lw0PzR7tYbN4cUe6sHa1jD"
OTHER_KEY = "pW7zBq4xT9nLr2VfJd6Gh8Ks3My5Ca0E"
THIRD_KEY = "Uu2Ff6Zr8Qb1Xe5Nn9Hk3Td7Wm4Lp0Sv"
# What a shop in production is given.
GOOD = {
    "SHOP_BASE_URL": "https://shop.example",
    "DJANGO_SECRET_KEY": KEY,
    "JWT_SIGNING_KEY": OTHER_KEY,
    "DATABASE_URL": "postgresql://shop:pass%2Fword@db.internal:5432/shop?sslmode=verify-full",
    "REDIS_URL": "rediss://:word@redis.internal:6380/1",
    "DJANGO_ALLOWED_HOSTS": "shop.example,api.shop.example",
    "SHOP_CORS_ALLOWED_ORIGINS": "https://www.shop.example,http://localhost:5173",
    "SHOP_TRUSTED_PROXIES": "10.20.0.0/16,fd00:1::/32",
    "SHOP_ADMIN_NETWORKS": "192.0.2.0/24,2001:db8::/48",
    "SHOP_RATE_LIMITS": "login-address=60/minute",
    "SHOP_SECURITY_CONTACT": "https://shop.example/security",
    "SHOP_NAME": "Käthe’s Shop",
    "SHOP_CURRENCY": "EUR",
    "SHOP_SEARCH_LANGUAGES": "german, english",
    "SHOP_LOG_LEVEL": "WARNING",
    "SHOP_RELEASE": "1.4.0-rc.2",
    "SHOP_MEDIA_ROOT": "/srv/shop/media",
    "SHOP_STATIC_ROOT": "/srv/shop/static",
    "SHOP_REVIEWS_MODERATED": "yes",
    "DEBUG": "0",
    "PATH": "/usr/bin",
}
LOCAL = {"SHOP_BASE_URL": "http://127.0.0.1:8000", "DJANGO_ALLOWED_HOSTS": ""}
ROOT = Path(__file__).resolve().parent.parent.parent

Change = dict[str, str]
Refusal = tuple[Change, str]

_RANDOM = "$(python3 -c 'import secrets; print(secrets.token_urlsafe(48))')"
_SHOP = "https://shop.example"
_WWW = "https://www.shop.example"
_NETWORKS = "10.0.0.0/8,fd00::/8"
_POSTGRES = "postgresql://shop:password@127.0.0.1:5432/shop"
_REDIS = "redis://127.0.0.1:6379/0"
_LIMITS = "address=600/minute,user=300/minute"


def refused(name: str, value: str, problem: str, *, example: str) -> Refusal:
    """Return a mistake in one variable, and the line for it."""
    return {name: value}, f"{name} {problem}. Example: {name}={example}"


def _secrets() -> Iterator[Refusal]:
    weak = ["short", KEY[:-1], "a" * 64, "abc" * 20, "1234567890" * 5 + "123"]
    weak += ["abcdefghijklmnopqrstuvwxyz0123456789", "k3v9-2mQx8Lw0Pz" * 3]
    known = [f"{word}-{KEY}" for word in ("changeme", "django-insecure", "a-Secret", "change-me")]
    for name in ("DJANGO_SECRET_KEY", "JWT_SIGNING_KEY"):
        yield refused(name, "", "must be set", example=_RANDOM)
        for value in weak:
            yield refused(name, value, "must be at least 32 random characters", example=_RANDOM)
        for value in known:
            yield refused(name, value, "is a placeholder, which everybody knows", example=_RANDOM)
    yield refused("JWT_SIGNING_KEY", KEY, "must differ from DJANGO_SECRET_KEY", example=_RANDOM)


def _secret_files() -> Iterator[Refusal]:
    both = "JWT_SIGNING_KEY and JWT_SIGNING_KEY_FILE are both set: leave one of them out."
    yield {"JWT_SIGNING_KEY_FILE": "/etc/hosts"}, both
    reasons = {"/run/nowhere": "No such file or directory", "/": "Is a directory"}
    for path, reason in reasons.items():
        problem = f"cannot be read: {path!r}: {reason}"
        change, line = refused("JWT_SIGNING_KEY_FILE", path, problem, example="/run/secrets/name")
        yield {"JWT_SIGNING_KEY": "", **change}, line


def _base_url() -> Iterator[Refusal]:
    odd = ["shop.example", "ftp://shop.example", "https://", f"{_SHOP}/shop", f"{_SHOP}?x=1"]
    odd += [f"{_SHOP}:99999", f"{_SHOP}:", "https://Shop.example", "https://shop example"]
    odd += ["https://shop_1.example", "https://0.0.0.0", "https://[::]"]
    yield refused("SHOP_BASE_URL", "", "must be set", example=_SHOP)
    for url in odd:
        problem = f"must look like {_SHOP}, not {url!r}"
        yield refused("SHOP_BASE_URL", url, problem, example=_SHOP)
    with_password = "https://me:pw@shop.example"  # noqa: S105
    problem = f"must look like {_SHOP}, not what was given"
    yield refused("SHOP_BASE_URL", with_password, problem, example=_SHOP)
    problem = "must use https outside this machine, not 'http://shop.example'"
    yield refused("SHOP_BASE_URL", "http://shop.example", problem, example=_SHOP)


def _hosts() -> Iterator[Refusal]:
    name, api = "DJANGO_ALLOWED_HOSTS", "api.shop.example"
    for host in ("*", ".shop.example", _SHOP, "shop.example:443", "shop.example/api"):
        problem = f"must list host names without scheme, port, path or *, not {host!r}"
        yield refused(name, f"shop.example,{host}", problem, example="shop.example")
    problem = "must include shop.example, the host of SHOP_BASE_URL"
    yield refused(name, api, problem, example=f"{api},shop.example")


def _origins() -> Iterator[Refusal]:
    name = "SHOP_CORS_ALLOWED_ORIGINS"
    odd = ["*", "null", "www.shop.example", f"{_WWW}/", f"{_WWW}/shop", "https://*.shop.example"]
    for url in odd:
        yield refused(name, url, f"must look like {_WWW}, not {url!r}", example=_WWW)
    problem = "must use https outside this machine, not 'http://www.shop.example'"
    yield refused(name, "http://www.shop.example", problem, example=_WWW)


def _networks() -> Iterator[Refusal]:
    for wide in ("0.0.0.0/0", "::/0", "128.0.0.0/1"):
        problem = f"must name the proxies, not {wide}, where anybody is"
        yield refused("SHOP_TRUSTED_PROXIES", wide, problem, example="10.0.0.0/8")
    for name in ("SHOP_TRUSTED_PROXIES", "SHOP_ADMIN_NETWORKS"):
        for value in ("nginx", "10.0.0.1/8", "*"):
            yield refused(name, value, f"must list networks, not {value!r}", example=_NETWORKS)


def _limits() -> Iterator[Refusal]:
    name, twice = "SHOP_RATE_LIMITS", "user=5/minute,user=6/minute"
    problem = f"knows {', '.join(settings.RATE_LIMITS)}, not 'adress'"
    yield refused(name, "adress=5/minute", problem, example=_LIMITS)
    yield refused(name, twice, "names user twice", example=_LIMITS)
    for rate in ("", "5", "0/minute", "many/minute", "5/fortnight", "-5/minute", "٥/minute"):
        problem = f"must give user as count/period, not {rate!r}"
        yield refused(name, f"user={rate}", problem, example=_LIMITS)


def _servers() -> Iterator[Refusal]:
    unreadable = "cannot be read; special characters in it must be percent-encoded"
    yield refused("DATABASE_URL", "", "must be set", example=_POSTGRES)
    for url in ("sqlite:///shop.db", "mysql://shop:word@db/shop", "shop", "postgresql:shop"):
        problem = "must be the address of a PostgreSQL database"
        yield refused("DATABASE_URL", url, problem, example=_POSTGRES)
    for url in ("postgresql://shop:word@db:x/shop", "postgresql://shop:wo#rd@db:5432/shop"):
        yield refused("DATABASE_URL", url, unreadable, example=_POSTGRES)
    for url in ("postgresql://shop:word@db:5432/", "postgresql://shop:wo/rd@db:5432/shop"):
        problem = "must end in the name of a database" if url.endswith("/") else unreadable
        yield refused("DATABASE_URL", url, problem, example=_POSTGRES)
    problem = "has an sslmode that PostgreSQL does not know: 'always'"
    yield refused("DATABASE_URL", f"{_POSTGRES}?sslmode=always", problem, example=_POSTGRES)
    yield refused("REDIS_URL", "", "must be set", example=_REDIS)
    for url in ("http://redis:6379/0", "redis:6379"):
        yield refused("REDIS_URL", url, "must be the address of a Redis server", example=_REDIS)
    yield refused("REDIS_URL", "redis://redis:six/0", unreadable, example=_REDIS)
    problem = "must end in the number of a database"
    yield refused("REDIS_URL", "redis://redis:6379/cache", problem, example=_REDIS)


def _payments() -> Iterator[Refusal]:
    name, secret = "SHOP_PAYMENT_PROVIDERS", "SHOP_SANDBOX_WEBHOOK_SECRET"
    problem = "knows manual and sandbox, not barter"
    yield refused(name, "manual,barter", problem, example="manual")
    yield refused(name, "manual,manual", "must name each provider once", example="manual")
    problem = "must not offer sandbox to the public, unless SHOP_ALLOW_SANDBOX=true"
    yield refused(name, "manual,sandbox", problem, example="manual")
    weak = {"": "must be set", "short": "must be at least 32 random characters"}
    for value, problem in {**weak, OTHER_KEY: "must differ from JWT_SIGNING_KEY"}.items():
        change, line = refused(secret, value, problem, example=_RANDOM)
        yield {**LOCAL, name: "sandbox", **change}, line


def _names() -> Iterator[Refusal]:
    debug = "no debug mode. Example: SHOP_LOG_LEVEL=DEBUG for more log lines"
    for name, value in (
        ("DEBUG", "1"),
        ("DEBUG", "on"),
        ("DJANGO_DEBUG", "1"),
        ("SHOP_DEBUG", "1"),
    ):
        yield {name: value}, f"{name} must not be on: the shop has {debug}"
    hints = {
        "SHOP_CURENCY": "Did you mean SHOP_CURRENCY?",
        "SHOP_ALLOWED_HOSTS": "Did you mean DJANGO_ALLOWED_HOSTS?",
        "SHOP_NAMES_FILE": "Did you mean SHOP_NAME?",
        "SHOP_HOLIDAY": "See docs/configuration.md.",
    }
    for name, hint in hints.items():
        yield {name: "x"}, f"{name} is not a setting of the shop. {hint}"


def _words() -> Iterator[Refusal]:
    switch = "must be true or false, not 'perhaps'"
    for name in ("SHOP_SERVE_MEDIA", "SHOP_REVIEWS_MODERATED", "SHOP_ALLOW_SANDBOX"):
        yield refused(name, "perhaps", switch, example="true")
    levels = "must be one of DEBUG, INFO, WARNING, ERROR, not 'LOUD'"
    yield refused("SHOP_LOG_LEVEL", "LOUD", levels, example="INFO")
    for code in ("EURO", "XXX"):
        problem = f"must be an ISO 4217 code, not {code!r}"
        yield refused("SHOP_CURRENCY", code, problem, example="USD")
    for words, unknown in (("klingon", "klingon"), ("english,English", "English")):
        problem = f"must name languages that PostgreSQL stems, not {unknown!r}"
        yield refused("SHOP_SEARCH_LANGUAGES", words, problem, example="english,german")
    one_line = "must be one line of at most 100 characters"
    for value in ("Two\nlines", "long " * 21):
        yield refused("SHOP_NAME", value, one_line, example="'Nexus'")
    yield refused(
        "SHOP_RELEASE", "next week", "must be a version, not 'next week'", example="0.2.0"
    )
    contact = "must be a mailto:, https: or tel: address, not 'security@shop.example'"
    mailbox = "mailto:security@shop.example"
    yield refused("SHOP_SECURITY_CONTACT", "security@shop.example", contact, example=mailbox)
    bell = "must be a mailto:, https: or tel: address, not 'https://shop.example/\\x07'"
    yield refused("SHOP_SECURITY_CONTACT", "https://shop.example/\x07", bell, example=mailbox)


def _folders() -> Iterator[Refusal]:
    media, static = str(ROOT / "media"), str(ROOT / "staticfiles")
    relative = "must be an absolute path, not 'media'"
    yield refused("SHOP_MEDIA_ROOT", "media", relative, example=media)
    file = "must be a folder, and /etc/hosts is none"
    yield refused("SHOP_STATIC_ROOT", "/etc/hosts", file, example=static)
    for path in ("/srv/shop/static", "/srv/shop/static/media", "/srv/shop"):
        apart = "must lie apart from SHOP_STATIC_ROOT"
        yield refused("SHOP_MEDIA_ROOT", path, apart, example=media)


REFUSALS: list[Refusal] = [
    *_secrets(),
    *_secret_files(),
    *_base_url(),
    *_hosts(),
    *_origins(),
    *_networks(),
    *_limits(),
    *_servers(),
    *_payments(),
    *_names(),
    *_words(),
    *_folders(),
]

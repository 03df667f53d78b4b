"""The settings that say where pictures lie: in a folder, or in a bucket of S3 or alike."""

from typing import Any, NamedTuple

from ecommerce_backend.env import choice, given, matching, refusal, required, switch
from ecommerce_backend.env_addresses import origin

_SIGNED_SECONDS = 24 * 60 * 60  # far longer than browsers and proxies keep a page of the catalogue
_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_FOLDER = "django.core.files.storage.FileSystemStorage"


class Media(NamedTuple):
    """Django's settings of the storage, and the origins that pages load pictures from."""

    storage: dict[str, Any]
    origins: list[str]


def media() -> Media:
    """Return where pictures are kept and shown from.

    Raises ImproperlyConfigured.
    """
    public = origin("SHOP_MEDIA_URL", example="https://media.shop.example")
    endpoint = origin("SHOP_S3_ENDPOINT", example="https://s3.eu-central-1.amazonaws.com")
    key, secret = given("SHOP_S3_ACCESS_KEY_ID"), given("SHOP_S3_SECRET_ACCESS_KEY")
    is_signed = switch("SHOP_S3_SIGNED_URLS", default=False)
    bucket = matching("SHOP_S3_BUCKET", _BUCKET, default="shop-media", meaning="a bucket's name")
    region = matching("SHOP_S3_REGION", r"[a-z0-9-]{2,32}", default="us-east-1", meaning="a region")
    if choice("SHOP_MEDIA_STORAGE", among=("files", "s3"), default="files") == "files":
        if public:
            raise refusal("SHOP_MEDIA_STORAGE", "must be s3 for SHOP_MEDIA_URL", example="s3")
        return Media(storage={"BACKEND": _FOLDER}, origins=[])
    required("SHOP_S3_BUCKET", example="shop-media")
    required("SHOP_S3_ENDPOINT", example="https://s3.eu-central-1.amazonaws.com")
    if bool(key) != bool(secret):
        name = "SHOP_S3_SECRET_ACCESS_KEY" if key else "SHOP_S3_ACCESS_KEY_ID"
        raise refusal(name, "must be set: half a key opens nothing", example="AKIA…")
    if public and is_signed:
        raise refusal("SHOP_S3_SIGNED_URLS", "cannot be had under SHOP_MEDIA_URL", example="false")
    options = {
        "bucket_name": bucket,
        "endpoint_url": endpoint,
        "region_name": region,
        "access_key": key or None,  # without one, that of the machine's own role
        "secret_key": secret or None,
        "querystring_auth": is_signed,
        "querystring_expire": _SIGNED_SECONDS,
    }
    if public:
        scheme, _, host = public.partition("//")
        options |= {"custom_domain": host, "url_protocol": scheme}
    return Media(
        storage={"BACKEND": "ecommerce_backend.media_storage.BucketStorage", "OPTIONS": options},
        origins=[public or endpoint],
    )

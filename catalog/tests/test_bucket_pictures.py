"""Pictures in a bucket, over HTTP: uploaded by staff, shown by the API, fetched by anybody."""

import json
import socket
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import boto3
import httpx
import pytest
from django.conf import settings as current
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from moto.server import ThreadedMotoServer
from pytest_django import Settings
from rest_framework.test import APIClient

from catalog.models import Product, ProductImage
from catalog.tests import pictures
from catalog.tests.admin_forms import formset
from catalog.tests.factories import VariantFactory
from ecommerce_backend.env_storage import Media, media

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("moto")]

BUCKET, PRIVATE = "shop-media", "shop-private"
READABLE_BY_ALL = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{BUCKET}/*",
        }
    ],
}
KEY = {"SHOP_S3_ACCESS_KEY_ID": "AKIDOFTHESHOP", "SHOP_S3_SECRET_ACCESS_KEY": "word-of-the-shop"}
Configure = Callable[..., Media]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A server that speaks S3's protocol, with a public and a private bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    url = f"http://127.0.0.1:{port}"
    client = boto3.client(
        "s3",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="owner",
        aws_secret_access_key="word-of-the-owner",
    )
    client.create_bucket(Bucket=BUCKET)
    client.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(READABLE_BY_ALL))
    client.create_bucket(Bucket=PRIVATE)
    yield url
    client.close()
    server.stop()


@pytest.fixture
def configure(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Let the shop keep its pictures as these variables say."""

    def change(**environment: str) -> Media:
        for name, value in {"SHOP_MEDIA_STORAGE": "s3", **environment}.items():
            monkeypatch.setenv(name, value)
        where = media()
        settings.STORAGES = {**current.STORAGES, "default": where.storage}
        return where

    return change


def in_bucket(endpoint: str, **more: str) -> dict[str, str]:
    return {"SHOP_S3_ENDPOINT": endpoint, "SHOP_S3_BUCKET": BUCKET, **KEY, **more}


def upload_as_staff(admin: Client) -> int:
    """Give a product its picture on the admin's page; return the status of the answer."""
    product = VariantFactory.create(options={}).product
    file = SimpleUploadedFile("lamp.png", pictures.upload().read(), "image/png")
    form = {
        "name": "Arc lamp",
        "slug": "arc-lamp",
        "status": "published",
        "options": "[]",
        "attributes": "{}",
        **formset("variants"),
        **formset("images", {"upload": file, "alt": "Lit", "position": 0}),
    }
    return admin.post(f"/admin/catalog/product/{product.pk}/change/", form).status_code


def url_shown(api_client: APIClient) -> str:
    (image,) = api_client.get("/api/v1/products/arc-lamp/").data["images"]
    return str(image["url"])


def test_a_picture_that_staff_upload_is_fetched_from_the_bucket(
    admin: Client, api_client: APIClient, configure: Configure, endpoint: str
) -> None:
    configure(**in_bucket(endpoint))

    assert upload_as_staff(admin) == 302
    name = ProductImage.objects.get().file.name
    url = url_shown(api_client)
    assert url == f"{endpoint}/{BUCKET}/{name}"
    answer = httpx.get(url)
    assert (answer.status_code, answer.content[8:12]) == (200, b"WEBP")
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Content-Disposition"] == "attachment"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_bucket_behind_another_host_is_shown_from_there(
    admin: Client, api_client: APIClient, configure: Configure, endpoint: str
) -> None:
    configure(**in_bucket(endpoint, SHOP_MEDIA_URL="https://media.shop.example"))

    assert upload_as_staff(admin) == 302
    name = ProductImage.objects.get().file.name
    assert url_shown(api_client) == f"https://media.shop.example/{name}"


def test_a_private_bucket_is_shown_by_signed_addresses(
    admin: Client, api_client: APIClient, configure: Configure, endpoint: str
) -> None:
    configure(**in_bucket(endpoint, SHOP_S3_BUCKET=PRIVATE, SHOP_S3_SIGNED_URLS="true"))

    assert upload_as_staff(admin) == 302
    url = url_shown(api_client)
    query = parse_qs(urlsplit(url).query)
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-Expires"] == ["86400"]
    assert query["X-Amz-Credential"][0].startswith("AKIDOFTHESHOP/")
    assert "word-of-the-shop" not in url
    assert httpx.get(url).content[8:12] == b"WEBP"
    assert httpx.get(url.partition("?")[0]).status_code == 403


def test_a_bucket_that_is_away_refuses_the_upload_and_leaves_nothing(
    admin: Client, configure: Configure
) -> None:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        configure(**in_bucket(f"http://127.0.0.1:{nobody_listens.getsockname()[1]}"))
        admin.raise_request_exception = False

        assert upload_as_staff(admin) == 503

    assert not ProductImage.objects.exists()
    assert not Product.objects.filter(slug="arc-lamp").exists()

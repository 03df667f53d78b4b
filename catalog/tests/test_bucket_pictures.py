"""Pictures in a bucket, over HTTP: uploaded by staff, shown by the API, fetched by anybody."""

import json
import re
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
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

from catalog.models import ImageUpload, ProductImage
from catalog.services.images import (
    add_image,
    delete_files,
    names_of,
    process_image,
    purge_orphans,
)
from catalog.tests import pictures
from catalog.tests.admin_forms import formset
from catalog.tests.factories import VariantFactory
from ecommerce_backend.common.problems import StorageUnavailable
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
    """Give a product its picture on the admin's page and have it made; return the status."""
    product = VariantFactory.create(options={}).product
    lamp = pictures.upload(size=(900, 600)).read()
    file = SimpleUploadedFile("lamp.png", lamp, "image/png")
    form = {
        "name": "Arc lamp",
        "slug": "arc-lamp",
        "status": "published",
        "options": "[]",
        "attributes": "{}",
        **formset("variants"),
        **formset("images", {"upload": file, "alt": "Lit", "position": 0}),
    }
    answer = admin.post(f"/admin/catalog/product/{product.pk}/change/", form)
    process_image(image_id=ProductImage.objects.get().pk)
    return answer.status_code


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


def test_all_widths_of_a_picture_lie_in_the_bucket_and_go_with_it(
    manager_client: APIClient, configure: Configure, endpoint: str
) -> None:
    configure(**in_bucket(endpoint))
    address = f"/api/v1/staff/products/{VariantFactory.create(options={}).product.pk}/images/"
    form = pictures.form(pictures.upload("AVIF", size=(1500, 900)).read())
    image_id = manager_client.post(address, form, content_type=pictures.FORM).json()["id"]
    process_image(image_id=image_id)
    image = ProductImage.objects.get()
    before = {url: httpx.get(url).content for url in _urls(manager_client, address)}

    # The worker was killed before it could say that it was done.
    ProductImage.objects.update(status="processing", file="", width=None, height=None)
    ImageUpload.objects.create(
        image=image,
        name=str(image.file.name),
        content=pictures.upload("AVIF", size=(1500, 900)).read(),
    )
    process_image(image_id=image_id)

    after = {url: httpx.get(url).content for url in _urls(manager_client, address)}
    assert after == before
    assert [content[8:12] for content in after.values()] == [b"WEBP"] * 4
    assert len(keys_under(endpoint, str(image.file.name)[:-5])) == 4
    names = names_of(ProductImage.objects.get())
    assert manager_client.delete(f"{address}{image_id}/").status_code == 204
    delete_files(names)
    assert keys_under(endpoint, str(image.file.name)[:-5]) == []
    assert [httpx.get(url).status_code for url in after] == [404] * 4


def _urls(client: APIClient, address: str) -> list[str]:
    (image,) = client.get(address).json()["results"]
    return [one["url"] for one in image["renditions"]]


def keys_under(endpoint: str, prefix: str) -> list[str]:
    """Ask the server itself what it keeps."""
    listing = httpx.get(f"{endpoint}/{BUCKET}", params={"list-type": "2", "prefix": prefix}).text
    return re.findall(r"<Key>(.*?)</Key>", listing)


def test_files_in_a_bucket_that_belong_to_no_picture_are_deleted(
    manager_client: APIClient, configure: Configure, endpoint: str
) -> None:
    configure(**in_bucket(endpoint))
    purge_orphans(older_than=timedelta(0))
    product = VariantFactory.create(options={}).product
    image = add_image(product=product, upload=pictures.upload(size=(900, 600)))
    names = names_of(image)
    gone = add_image(product=product, upload=pictures.upload(size=(900, 600)))
    gone.delete()

    assert purge_orphans() == 0  # nothing is a day old
    assert purge_orphans(older_than=timedelta(0)) == 3

    assert set(keys_under(endpoint, "products/")) == set(names)


def test_a_bucket_that_is_away_holds_up_no_upload_and_is_tried_again(
    manager_client: APIClient, configure: Configure, endpoint: str
) -> None:
    address = f"/api/v1/staff/products/{VariantFactory.create(options={}).product.pk}/images/"
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        configure(**in_bucket(f"http://127.0.0.1:{nobody_listens.getsockname()[1]}"))

        form = pictures.form(pictures.upload().read())
        answer = manager_client.post(address, form, content_type=pictures.FORM)
        with pytest.raises(StorageUnavailable):
            process_image(image_id=answer.json()["id"])

    image = ProductImage.objects.get()
    assert (answer.status_code, image.status, image.failure_code) == (202, "processing", "")
    configure(**in_bucket(endpoint))
    process_image(image_id=image.pk)
    assert httpx.get(_urls(manager_client, address)[0]).status_code == 200

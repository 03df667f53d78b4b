import pytest
from rest_framework.test import APIClient

from catalog.models import ProductVariant
from catalog.tests.factories import BrandFactory, CategoryFactory, VariantFactory

pytestmark = pytest.mark.django_db

PUBLIC = [
    "/api/v1/products/",
    "/api/v1/products/lamp/",
    "/api/v1/categories/",
    "/api/v1/categories/lamps/",
    "/api/v1/brands/",
]


@pytest.fixture(autouse=True)
def _lamp() -> None:
    VariantFactory.create(
        product__slug="lamp",
        product__brand=BrandFactory.create(),
        product__category=CategoryFactory.create(slug="lamps"),
    )


@pytest.mark.parametrize("url", PUBLIC)
def test_an_unchanged_answer_is_not_sent_again(api_client: APIClient, url: str) -> None:
    first = api_client.get(url)
    again = api_client.get(url, headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    assert first["ETag"].startswith('"')
    assert again.content == b""
    for response in (first, again):
        assert response["Cache-Control"] == "public, max-age=60"
        assert response["ETag"] == first["ETag"]
        assert {"Accept", "origin"} <= set(response["Vary"].split(", "))
        assert "Cookie" not in response["Vary"]


def test_a_change_makes_a_new_tag(api_client: APIClient) -> None:
    before = api_client.get("/api/v1/products/lamp/")
    ProductVariant.objects.update(sku="RENAMED")

    after = api_client.get("/api/v1/products/lamp/", headers={"If-None-Match": before["ETag"]})

    assert after.status_code == 200
    assert after["ETag"] != before["ETag"]


def test_asking_for_the_head_gives_the_same_tag(api_client: APIClient) -> None:
    assert api_client.head(PUBLIC[0])["ETag"] == api_client.get(PUBLIC[0])["ETag"]


@pytest.mark.parametrize("url", ["/api/v1/products/gone/", "/api/v1/products/?page=7"])
def test_a_refusal_is_not_kept(api_client: APIClient, url: str) -> None:
    response = api_client.get(url)

    assert response.status_code == 404
    assert response["Cache-Control"] == "private, no-store"
    assert "ETag" not in response


def test_a_bad_token_does_not_keep_anybody_from_browsing(api_client: APIClient) -> None:
    response = api_client.get(PUBLIC[0], headers={"Authorization": "Bearer expired"})

    assert response.status_code == 200

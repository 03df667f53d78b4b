import pytest
from rest_framework.test import APIClient

from catalog.models import ProductVariant
from catalog.tests.factories import (
    BrandFactory,
    CategoryFactory,
    CollectionFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db

PUBLIC = [
    "/api/v1/products/",
    "/api/v1/products/lamp/",
    "/api/v1/products/?search=lamp",
    "/api/v1/products/facets/",
    "/api/v1/products/?collection=winter",
    "/api/v1/products/suggest/?q=la",
    "/api/v1/categories/",
    "/api/v1/categories/lamps/",
    "/api/v1/collections/",
    "/api/v1/collections/winter/",
    "/api/v1/brands/",
]
SAME_FOR_ALL = PUBLIC[5:]


@pytest.fixture(autouse=True)
def _lamp() -> None:
    lamp = VariantFactory.create(
        product__slug="lamp",
        product__brand=BrandFactory.create(),
        product__category=CategoryFactory.create(slug="lamps"),
    )
    CollectionFactory.create(slug="winter", products=[lamp.product])


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
        # What shows prices shows members of a customer group their own.
        varies = "Accept" if url in SAME_FOR_ALL else "Accept, Authorization"
        assert response["Vary"] == varies


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


@pytest.mark.parametrize("tags", ["{}", "W/{}", '"x", W/"y", {}', "{}, *", "*", ' "x" ,{} '])
def test_any_of_several_tags_will_do_weak_or_strong(api_client: APIClient, tags: str) -> None:
    first = api_client.get(PUBLIC[0])
    header = {"If-None-Match": tags.format(first["ETag"])}

    for again in (
        api_client.get(PUBLIC[0], headers=header),
        api_client.head(PUBLIC[0], headers=header),
    ):
        assert (again.status_code, again.content) == (304, b"")
        # RFC 9110 §15.4.5
        assert {name: again[name] for name in ("Cache-Control", "ETag", "Vary")} == {
            name: first[name] for name in ("Cache-Control", "ETag", "Vary")
        }
        assert "Content-Type" not in again
        assert "Content-Security-Policy" in again


@pytest.mark.parametrize(
    "header",
    [
        {"If-None-Match": '"x"'},
        {"If-None-Match": "nonsense"},
        {"If-None-Match": ""},
        {"If-Modified-Since": "Sat, 01 Jan 2050 00:00:00 GMT"},
        {"If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"Range": "bytes=0-1"},
        {"Range": "bytes=0-1", "If-Range": '"x"'},
        {"If-Match": "*"},
    ],
)
def test_other_conditions_get_the_whole_answer(
    api_client: APIClient, header: dict[str, str]
) -> None:
    response = api_client.get(PUBLIC[0], headers=header)

    assert response.status_code == 200
    assert response.json()["count"] == 1


@pytest.mark.parametrize("tag", ['"x"', "W/{}"])
def test_who_insists_on_another_version_is_refused(api_client: APIClient, tag: str) -> None:
    current = api_client.get(PUBLIC[0])["ETag"]

    assert api_client.get(PUBLIC[0], headers={"If-Match": current}).status_code == 200
    response = api_client.get(PUBLIC[0], headers={"If-Match": tag.format(current)})

    assert response.status_code == 412
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "precondition_failed"
    assert response["Cache-Control"] == "private, no-store"

"""Every address and every method: what is not offered is refused, and OPTIONS tells no more."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from drf_spectacular.settings import spectacular_settings
from rest_framework.test import APIClient

from catalog.tests.factories import BrandFactory, CategoryFactory, VariantFactory
from ecommerce_backend.common.methods import methods_of

pytestmark = pytest.mark.django_db

EVERY_METHOD = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "BREW", "PROPFIND")
VALUES = {
    "pk": "1",
    "sku": "MUG-1",
    "token": "t",
    "path": "picture.webp",
    "object_id": "1",
    "product_id": "1",
    "member_id": "1",
}


def addresses() -> Iterator[str]:
    """Yield an address for each route of the shop."""
    for patterns in _routes(get_resolver()):
        yield "/" + "".join(_filled(pattern) for pattern in patterns)


def _routes(resolver: URLResolver) -> Iterator[list[URLPattern | URLResolver]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from ([entry, *rest] for rest in _routes(entry))
        else:
            yield [entry]


def _filled(entry: URLPattern | URLResolver) -> str:
    pattern = entry.pattern
    route = str(pattern).removeprefix("^").removesuffix("$").removesuffix(r"\Z")
    for name, converter in pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        value = VALUES.get(name, "1" if kind == "int" else "lamp")
        route = route.replace(f"<{name}>", value)
        for prefix in ("int", "slug", "str", "path"):
            route = route.replace(f"<{prefix}:{name}>", value)
    for name, value in VALUES.items():
        for body in (r"[^\0]+", ".*", r"\w+"):
            route = route.replace(f"(?P<{name}>{body})", value)
    return route


ADDRESSES = sorted({address for address in addresses() if not address.startswith("/admin/")})
API = [address for address in ADDRESSES if address.startswith("/api/v1/")]


def methods_at(address: str) -> tuple[str, ...]:
    return methods_of(get_resolver().resolve(address).func)


def test_the_walk_finds_the_whole_shop() -> None:
    assert {"/", "/health/ready/", "/metrics", "/csp-reports/"} <= set(ADDRESSES)
    assert len(API) == len(_documented())


def test_the_api_offers_the_methods_that_are_documented() -> None:
    documented = _documented()

    offered = {address: set(methods_at(address)) - {"HEAD", "OPTIONS"} for address in API}

    assert offered == {address: documented[address] for address in API}


def _documented() -> dict[str, set[str]]:
    document = spectacular_settings.DEFAULT_GENERATOR_CLASS().get_schema(request=None, public=True)
    documented = {
        path.format_map(Sample()): {method.upper() for method in operations}
        for path, operations in document["paths"].items()
    }
    return documented | {"/api/v1/schema/": {"GET"}}  # it does not describe itself


class Sample(dict[str, str]):
    """Values for placeholders, by their names in the document or in the code."""

    def __missing__(self, name: str) -> str:
        return VALUES.get("pk" if name == "id" else name, "lamp")


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_method_that_an_address_does_not_have_is_refused_with_those_it_has(
    program: Client, address: str
) -> None:
    known = methods_at(address)

    for method in sorted(set(EVERY_METHOD) - set(known)):
        response = program.generic(method, address)

        assert response.status_code == 405, method
        assert response["Allow"] == ", ".join(known)
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["code"] == "method_not_allowed"


@pytest.mark.parametrize("address", ADDRESSES)
def test_options_tells_the_methods_and_nothing_else(program: Client, address: str) -> None:
    response = program.options(address)

    assert response.status_code == 204
    assert response["Allow"] == ", ".join(methods_at(address))
    assert response.content == b""
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("address", API)
def test_what_can_be_got_has_a_head(address: str) -> None:
    known = methods_at(address)

    assert ("HEAD" in known) == ("GET" in known)
    assert "OPTIONS" in known


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "BREW"])
@pytest.mark.parametrize("address", ["/admin/", "/admin/login/", "/admin/orders/order/"])
def test_the_admin_knows_forms_alone(program: Client, address: str, method: str) -> None:
    response = program.generic(method, address)

    assert response.status_code == 405
    assert response["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_options_of_a_static_file_tells_its_methods(program: Client) -> None:
    response = program.options("/static/site/site.css")

    assert response.status_code == 204
    assert response["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/api/docs/",
        "/health/live/",
        "/admin/login/",
        "/api/v1/schema/",
        "/api/v1/products/",
        "/api/v1/products/lamp/",
        "/api/v1/categories/",
        "/api/v1/brands/",
        "/api/v1/cart/",
        "/api/v1/products/lamp/reviews/",
        "/api/v1/products/gone/",
        "/api/v1/users/me/",
    ],
)
def test_a_head_is_the_get_without_its_body(program: Client, address: str) -> None:
    VariantFactory.create(
        product__slug="lamp",
        product__brand=BrandFactory.create(),
        product__category=CategoryFactory.create(slug="lamps"),
    )

    with time_machine.travel(timezone.now(), tick=False):  # Expires tells the second
        whole, head = program.get(address), program.head(address)

    assert head.status_code == whole.status_code
    assert head.content == b""
    assert int(head["Content-Length"]) == len(whole.content)
    assert _comparable(head) == _comparable(whole)


def _comparable(response: object) -> dict[str, str]:
    own = {"X-Request-ID", "RateLimit", "Set-Cookie"}
    return {name: value for name, value in response.headers.items() if name not in own}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "disguise",
    [
        {"headers": {"X-HTTP-Method-Override": "DELETE"}},
        {"headers": {"X-HTTP-Method": "DELETE"}},
        {"headers": {"X-Method-Override": "DELETE"}},
        {"query_params": {"_method": "DELETE"}},
    ],
)
def test_no_method_passes_for_another(disguise: dict[str, dict[str, str]]) -> None:
    response = APIClient().post("/api/v1/cart/", **disguise)  # type: ignore[arg-type]

    assert response.status_code == 405
    assert response["Allow"] == "GET, DELETE, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "address", ["/api/v1/brands.json", "/api/v1/brands.json/", "/api/v1/products/lamp.json/"]
)
def test_no_suffix_chooses_a_format(program: Client, address: str) -> None:
    VariantFactory.create(product__slug="lamp")

    assert program.get(address).status_code == 404


def test_an_answer_that_has_no_body_states_no_length(program: Client) -> None:
    url = "/api/v1/categories/"
    told = program.get(url)

    unchanged = program.get(url, headers={"If-None-Match": told["ETag"]})
    nothing = program.options(url)

    assert (unchanged.status_code, nothing.status_code) == (304, 204)
    assert "Content-Length" in told
    assert "Content-Length" not in unchanged
    assert "Content-Length" not in nothing

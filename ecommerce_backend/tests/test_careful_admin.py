"""The admin bears query strings and ids that no page of its own would send."""

import pytest
from django.contrib import admin
from django.db.models import DateTimeField, GenericIPAddressField, Model
from django.test import Client

from catalog.models import Product
from catalog.tests.factories import ProductFactory
from orders.models import Order
from orders.tests.factories import OrderFactory
from users.models import User

pytestmark = pytest.mark.django_db

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)  # noqa: SLF001
YEARS = ("year=0", "year=99999999999", "year__gte=-5", "iso_year=0", "year__range=1", "range=x")


def odd_queries(model: type[Model]) -> list[str]:
    """Return what Django's own check of the parameters lets pass."""
    queries = ["pk__range=1", "pk__in=,,", "q=%00", "o=9999.x", "p=-1", "no_such=1"]
    for field in model._meta.concrete_fields:  # noqa: SLF001
        if isinstance(field, DateTimeField):
            queries += [f"{field.name}__{year}" for year in YEARS]
            queries.append(f"{field.name}__year=2026&{field.name}__month=99999999999")
        if isinstance(field, GenericIPAddressField):
            queries.append(f"{field.name}=office")
    return queries


def url_of(model: type[Model]) -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/"  # noqa: SLF001


@pytest.fixture
def owner() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("owner@shop.example", "only in this test"))
    return client


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)  # noqa: SLF001
def test_an_odd_query_leads_back_to_the_list_or_is_refused(
    owner: Client, model: type[Model]
) -> None:
    statuses = {
        query: owner.get(f"{url_of(model)}?{query}").status_code
        for query in ["", *odd_queries(model)]
    }

    assert statuses.pop("") == 200
    assert {query: status for query, status in statuses.items() if status >= 500} == {}


@pytest.mark.parametrize("key", ["office", "-1,2", "\0", "1.5"])
@pytest.mark.parametrize(("model", "action"), [(Product, "delete_selected"), (Order, "cancel")])
def test_an_action_on_no_id_is_refused(
    owner: Client, model: type[Model], action: str, key: str
) -> None:
    ProductFactory.create()  # a list of nothing has no actions
    OrderFactory.create()

    answer = owner.post(url_of(model), {"action": action, "_selected_action": [key], "index": "0"})

    assert answer.status_code == 400


@pytest.mark.parametrize("key", ["office", "-", "1.5", "[]"])
def test_a_form_with_no_id_in_it_is_shown_again(owner: Client, key: str) -> None:
    answer = owner.post("/admin/catalog/productvariant/add/", {"product": key})

    assert answer.status_code == 200
    assert "Select a valid choice" in answer.content.decode()


@pytest.mark.parametrize("field", ["options", "attributes"])
@pytest.mark.parametrize("text", ['"\\ud800"', '["\\udc00"]', '{"a": "\\u0000"}', '{"a": NaN}'])
def test_text_that_cannot_be_shown_is_refused_in_json(owner: Client, field: str, text: str) -> None:
    answer = owner.post("/admin/catalog/product/add/", {field: text})

    assert answer.status_code == 200
    assert "Enter a valid JSON." in answer.content.decode()

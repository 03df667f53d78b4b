import datetime

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from redis import Redis
from rest_framework.test import APIClient

from catalog.models import SearchMiss, Synonym
from catalog.services.search import misses
from catalog.services.search.misses import note_miss, write_misses
from catalog.tests.conftest import client_of
from catalog.tests.factories import VariantFactory
from catalog.tests.test_list_products import URL, names
from users.tests.factories import UserFactory, give_role

pytestmark = pytest.mark.django_db
STAFF = "/api/v1/staff/search-misses/"


def written() -> dict[str, int]:
    return dict(SearchMiss.objects.values_list("query", "count"))


def test_what_is_sought_in_vain_is_counted_whatever_its_spelling(api_client: APIClient) -> None:
    VariantFactory.create(product__name="Lamp")
    for query in ("Hammock", "hammock!", " HÀMMOCK ", "lamp", "garden gnome"):
        names(api_client, search=query)
    names(api_client, search="lamp", in_stock="false")

    assert write_misses() == 2
    assert written() == {"hammock": 3, "garden gnome": 1}
    assert SearchMiss.objects.get(pk="hammock").last_seen_on == timezone.localdate()

    names(api_client, search="hammock")
    assert write_misses() == 1
    assert write_misses() == 0
    assert written() == {"hammock": 4, "garden gnome": 1}


@pytest.mark.parametrize(
    "typed", ["grace@shop.example", "call 0171 555 0132", "4111111111111111", "x" * 61, "!!!"]
)
def test_what_may_be_somebodys_is_not_kept(api_client: APIClient, typed: str) -> None:
    names(api_client, search=typed)

    assert write_misses() == 0


def test_a_flood_of_invented_words_fills_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(misses, "PENDING", 5)
    monkeypatch.setattr(misses, "KEPT", 7)
    SearchMiss.objects.create(query="hammock", count=2, last_seen_on=datetime.date(2026, 1, 1))
    for flood in "abc":
        for number in range(9):
            note_miss(f"{flood}{number}", plain=f"{flood}{number}")
        with Redis.from_url(settings.REDIS_STATE_URL) as redis:
            assert redis.hlen(misses.KEY) == 5
        write_misses()

    assert SearchMiss.objects.count() == 7
    assert written()["hammock"] == 2


def test_what_a_killed_job_had_taken_is_written_by_the_next(api_client: APIClient) -> None:
    names(api_client, search="hammock")
    with Redis.from_url(settings.REDIS_STATE_URL) as redis:
        redis.rename(misses.KEY, f"{misses.KEY}:being-written")
    names(api_client, search="gnome")

    assert (write_misses(), write_misses()) == (1, 1)
    assert written() == {"hammock": 1, "gnome": 1}


def test_staff_with_the_role_see_them_the_most_frequent_first(
    api_client: APIClient, clerk_client: APIClient
) -> None:
    for query, count in (("gnome", 1), ("hammock", 9)):
        SearchMiss.objects.create(query=query, count=count, last_seen_on=timezone.localdate())
    manager = UserFactory.create(is_staff=True)
    give_role(manager, "Catalogue manager")

    found = client_of(manager).get(STAFF).json()

    assert [(miss["query"], miss["count"]) for miss in found["results"]] == [
        ("hammock", 9),
        ("gnome", 1),
    ]
    assert clerk_client.get(STAFF).status_code == 403
    assert api_client.get(STAFF).status_code == 401


def test_the_admin_shows_them_and_lets_nobody_write_them(admin: Client) -> None:
    SearchMiss.objects.create(query="hammock", count=9, last_seen_on=timezone.localdate())

    page = admin.get("/admin/catalog/searchmiss/")

    assert "hammock" in page.content.decode()
    assert admin.get("/admin/catalog/searchmiss/add/").status_code == 403


@pytest.mark.parametrize(
    ("term", "replacement", "complaint"),
    [
        ("sofa", "Sófa", "the same word"),
        ("sofa", "!!!", "one to 3 words"),
        ("sofa", "a b c d", "one to 3 words"),
        ("SOFA", "couch", "there already"),
    ],
)
def test_the_admin_refuses_synonyms_that_say_nothing(
    admin: Client, term: str, replacement: str, complaint: str
) -> None:
    Synonym.objects.create(term="sofa", replacement="couch")
    form = {"term": term, "replacement": replacement}

    page = admin.post("/admin/catalog/synonym/add/", form)

    assert complaint in page.content.decode()
    assert Synonym.objects.count() == 1


def test_a_synonym_of_the_admin_works_at_once(admin: Client, api_client: APIClient) -> None:
    VariantFactory.create(product__name="Leather couch")
    assert api_client.get(URL, {"search": "sofa"}).json()["count"] == 0

    admin.post("/admin/catalog/synonym/add/", {"term": "Sofa", "replacement": "Couch"})

    assert names(api_client, search="sofa") == ["Leather couch"]

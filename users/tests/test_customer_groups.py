import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.tests.factories import PriceListFactory
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.models import AuditRecord
from users.models import CustomerGroup, User
from users.services import sessions
from users.services.erasure import erase_account
from users.tests.factories import CustomerGroupFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/staff/customer-groups/"


@pytest.fixture
def boss() -> User:
    return UserFactory.create(email="boss@shop.example", is_staff=True, is_superuser=True)


@pytest.fixture
def boss_client(boss: User) -> APIClient:
    pair = sessions.open_session(user=boss, address="203.0.113.7", user_agent="Firefox")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    return client


@pytest.fixture
def ada() -> User:
    return UserFactory.create(email="ada@shop.example")


def changes() -> list[dict[str, list[int]]]:
    records = AuditRecord.objects.filter(action=Action.CUSTOMER_GROUP_CHANGED).order_by("pk")
    return [record.details for record in records]


def test_a_group_is_added_changed_and_deleted(boss_client: APIClient) -> None:
    added = boss_client.post(URL, {"code": "trade", "name": "Trade"})
    one = f"{URL}{CustomerGroup.objects.get().pk}/"
    changed = boss_client.patch(one, {"name": "Trade, gold"})
    late = boss_client.patch(one, {"name": "X"}, headers={"If-Match": added["ETag"]})

    assert (added.status_code, added.json()["member_count"]) == (201, 0)
    assert (changed.status_code, changed.json()["name"]) == (200, "Trade, gold")
    assert late.status_code == 412
    assert boss_client.get(one)["ETag"] == changed["ETag"]
    assert boss_client.delete(one).status_code == 204
    assert not CustomerGroup.objects.exists()


def test_a_code_is_taken_once(boss_client: APIClient) -> None:
    CustomerGroupFactory.create(code="trade")
    other = CustomerGroupFactory.create(code="other")

    for response in (
        boss_client.post(URL, {"code": "trade", "name": "Again"}),
        boss_client.patch(f"{URL}{other.pk}/", {"code": "trade"}),
    ):
        assert (response.status_code, response.json()["code"]) == (409, "customer_group_exists")
    assert set(CustomerGroup.objects.values_list("code", flat=True)) == {"trade", "other"}


def test_a_group_with_prices_stays(boss_client: APIClient) -> None:
    group = CustomerGroupFactory.create()
    PriceListFactory.create(customer_group=group)

    response = boss_client.delete(f"{URL}{group.pk}/")

    assert (response.status_code, response.json()["code"]) == (409, "customer_group_in_use")
    assert CustomerGroup.objects.get() == group


def test_members_come_and_go_and_the_trail_knows(boss_client: APIClient, ada: User) -> None:
    group = CustomerGroupFactory.create()
    members = f"{URL}{group.pk}/members/"

    first = boss_client.post(members, {"email": "ADA@shop.example"})
    again = boss_client.post(members, {"email": "ada@shop.example"})
    shown = boss_client.get(members).json()["results"]
    gone = boss_client.delete(f"{members}{ada.pk}/")
    twice = boss_client.delete(f"{members}{ada.pk}/")

    assert (first.status_code, again.status_code) == (201, 201)
    assert [row["email"] for row in shown] == ["ada@shop.example"]
    assert (gone.status_code, twice.status_code) == (204, 404)
    assert twice.json()["code"] == "customer_not_found"
    assert changes() == [{"added": [ada.pk], "removed": []}, {"added": [], "removed": [ada.pk]}]


def test_who_has_no_account_any_more_is_not_added(boss_client: APIClient, ada: User) -> None:
    group = CustomerGroupFactory.create()
    erase_account(user=ada, because="asked for")
    ada.refresh_from_db()

    for email in ("ada@shop.example", ada.email, "nobody@shop.example"):
        response = boss_client.post(f"{URL}{group.pk}/members/", {"email": email})
        assert response.status_code == 404, email
    assert not group.members.exists()


@pytest.mark.parametrize("rows", [1, 4])
def test_lists_cost_as_many_queries_however_long(
    boss_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    group = CustomerGroupFactory.create(members=[UserFactory.create() for _ in range(rows)])
    for _ in range(rows - 1):
        CustomerGroupFactory.create(members=[UserFactory.create() for _ in range(rows)])

    with django_assert_num_queries(3):  # session, count, page
        assert boss_client.get(URL).json()["count"] == rows
    with django_assert_num_queries(4):  # and the group itself
        assert boss_client.get(f"{URL}{group.pk}/members/").json()["count"] == rows


def test_the_admin_keeps_members_and_the_trail_knows(client: Client, boss: User, ada: User) -> None:
    client.force_login(boss)
    page = "/admin/users/customergroup/add/"

    assert client.post(page, {"name": "Trade", "code": "trade", "members": [ada.pk]})["Location"]
    group = CustomerGroup.objects.get()
    change = f"/admin/users/customergroup/{group.pk}/change/"
    client.post(change, {"name": "Trade", "code": "trade", "members": []})

    assert changes() == [{"added": [ada.pk], "removed": []}, {"added": [], "removed": [ada.pk]}]
    assert "Trade" in client.get("/admin/users/customergroup/").content.decode()

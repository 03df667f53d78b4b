"""A copy of the database, and of Redis, opens nothing.

Whatever the shop gives people to be known by is collected on its way out and looked for in every
column of every table, as it is and as it could be written otherwise.
"""

import base64
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.conf import settings as current
from django.core import mail
from django.db import connection
from django.test import Client
from procrastinate.contrib.django import app
from psycopg import sql
from pytest_django.fixtures import Settings
from redis import Redis
from rest_framework.test import APIClient

from catalog.tests.factories import VariantFactory
from orders.tests.checkout import place
from orders.tests.factories import filled_cart, quote_token, standard_shipping
from users import totp
from users.models import User
from users.tests.factories import UserFactory, give_role
from users.tests.jobs import do_jobs
from users.tests.phones import phone_of

pytestmark = pytest.mark.django_db
EMAIL, PASSWORD, NEW_PASSWORD = "ada@shop.example", "staple and a lighthouse", "a heron at dusk 7"
Secrets = dict[str, str]


def test_nothing_that_was_given_out_is_in_the_database_or_redis() -> None:
    secrets = given_out()

    assert len(secrets) >= 20
    assert found(secrets, dump()) == []


def test_what_is_planted_in_any_writing_is_found() -> None:
    planted = "pW7zBq4xT9nLr2VfJd6Gh8Ks3My5Ca0E+/="
    for number, writing in enumerate(writings(planted)):
        User.objects.filter(email=EMAIL).delete()
        UserFactory.create(email=EMAIL, first_name=writing)
        assert found({"planted": planted}, dump()) == ["planted"], number


def test_control_cookies_kept_as_they_are_would_be_found(settings: Settings) -> None:
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"

    assert found({"cookie": cookie_of_staff()}, dump()) == ["cookie"]


def test_control_a_job_that_carries_its_link_would_be_found() -> None:
    app.configure_task("users.tell").defer(user_id=0, what="x", to="token-in-a-job-0123456789")

    assert found({"link": "token-in-a-job-0123456789"}, dump()) == ["link"]


def given_out() -> Secrets:
    """Use every door of the shop once; return by name what came out of them."""
    client = APIClient()
    signed_up = client.post("/api/v1/auth/register/", {"email": EMAIL, "password": PASSWORD}).data
    signed_in = client.post("/api/v1/auth/login/", {"email": EMAIL, "password": PASSWORD}).data
    renewed = client.post("/api/v1/auth/refresh/", {"refresh": signed_in["refresh"]}).data
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {renewed['access']}")
    secrets = {"password": PASSWORD, **mailed_links(client)}
    for name, pair in {"first": signed_up, "second": signed_in, "third": renewed}.items():
        for kind in ("access", "refresh"):
            secrets[f"{name} {kind} token"] = pair[kind]
            secrets[f"signature of {name} {kind} token"] = pair[kind].rpartition(".")[2]
    user = User.objects.get(email=EMAIL)
    secrets |= second_factor_of(user)
    secrets |= {"cookie of the admin": cookie_of_staff()}
    return secrets | of_a_guest() | of_a_guest_in_line()


def mailed_links(client: APIClient) -> Secrets:
    for url in ("password-reset", "email-verification"):
        client.post(f"/api/v1/auth/{url}/", {"email": EMAIL})
    form = {"new_email": "grace@shop.example", "current_password": PASSWORD}
    assert client.post("/api/v1/auth/email-change/", form).status_code == 202
    do_jobs()
    links = [link for sent in mail.outbox for link in re.findall(r"\S+\?token=\S+", str(sent.body))]
    tokens = {urlsplit(link).path: parse_qs(urlsplit(link).query)["token"][0] for link in links}
    assert len(tokens) == 3
    return {f"link {path}": token for path, token in tokens.items()}


def second_factor_of(user: User) -> Secrets:
    phone = phone_of(user)
    secrets = {"secret of the app": phone.secret}
    for number, code in enumerate(phone.recovery_codes):
        secrets[f"recovery code {number}"] = code
        secrets[f"recovery code {number} as one word"] = totp.plain(code)
    return secrets


def cookie_of_staff() -> str:
    client = Client()
    client.force_login(give_role(UserFactory.create(is_staff=True), "Support"))
    return client.cookies[current.SESSION_COOKIE_NAME].value


def of_a_guest() -> Secrets:
    standard_shipping()
    lamp = VariantFactory.create()
    added = APIClient().post("/api/v1/cart/lines/", {"sku": lamp.sku, "quantity": 1})
    quote = quote_token(filled_cart({lamp: 1}))
    placed = place(APIClient(), quote, key="a-key-of-the-guest")
    assert placed.status_code == 201
    return {
        "token of a cart": added["X-Cart-Token"],
        "quote": quote,
        "token of an order": placed["X-Order-Token"],
        "key of the request": "a-key-of-the-guest",
    }


def of_a_guest_in_line() -> Secrets:
    """Wait for something as a guest until it is back; each link was mailed once."""
    gone = VariantFactory.create(on_hand=0)
    form = {"sku": gone.sku, "email": "guest-in-line@shop.example"}
    assert APIClient().post("/api/v1/guests/back-in-stock/", form).status_code == 202
    do_jobs()
    (question,) = [one for one in mail.outbox if one.to == [form["email"]]]
    join, leave = _tokens(question)
    confirmation = "/api/v1/guests/back-in-stock/confirmation/"
    assert APIClient().post(confirmation, {"token": join}).status_code == 204
    return {"link into the line": join, "link out of the line": leave}


def _tokens(message: mail.EmailMessage) -> list[str]:
    links = re.findall(r"\S+\?token=\S+", str(message.body))
    return [parse_qs(urlsplit(link).query)["token"][0] for link in links]


def dump() -> str:
    """Return all that is in the tables and in Redis, as text."""
    return "\n".join([*_rows(), *_values()])


def _rows() -> Iterator[str]:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table)))
            yield from (row for (row,) in cursor.fetchall())


def _values() -> Iterator[str]:
    with Redis.from_url(current.REDIS_URL) as redis:
        for key in redis.keys("*"):
            kind = redis.type(key)
            value: Any = redis.lrange(key, 0, -1) if kind == b"list" else redis.get(key)
            yield f"{key!r} {value!r}"


def found(secrets: Secrets, text: str) -> list[str]:
    return [name for name, secret in secrets.items() if any(w in text for w in writings(secret))]


def writings(secret: str) -> list[str]:
    raw = secret.encode()
    encoded = base64.b64encode(raw).decode().rstrip("=")
    return [
        secret,
        quote(secret, safe=""),
        raw.hex(),
        raw.hex().upper(),
        encoded,
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
    ]

"""The way through the admin's doors, as a browser goes it."""

import re

from django.test import Client

from users.tests.factories import PASSWORD
from users.tests.phones import Phone

CODE = "/admin/second-factor/"
ENROLMENT = "/admin/second-factor/enrolment/"
EMAIL = "clerk@shop.example"


def give_password(client: Client, goal: str = "/admin/orders/order/") -> str:
    """Return where the admin leads afterwards."""
    form = {"username": EMAIL, "password": PASSWORD}
    return client.post(f"/admin/login/?next={goal}", form).headers["Location"]


def give_code(client: Client, otp: str, at: str = CODE) -> str | None:
    """Return where the admin leads, None when it asks again."""
    return client.post(at, {"otp": otp}).headers.get("Location")


def shown_phone(client: Client) -> Phone:
    (secret,) = re.findall(r'<code id="secret">([A-Z2-7 ]+)</code>', client.get(ENROLMENT).text)
    return Phone(secret.replace(" ", ""), [])


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200

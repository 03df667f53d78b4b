"""People of the demo shop: invented, at addresses that can never receive mail (RFC 2606)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import Group

from ecommerce_backend.common import events
from ecommerce_backend.demo.clock import at
from ecommerce_backend.demo.content import load
from ecommerce_backend.demo.setting import Setting
from users.models import User
from users.services.accounts import register_account
from users.services.addresses import add_address

ADMIN_EMAIL = "admin@shop.example"
CUSTOMER = "Customer"  # the role of the one login that is not staff

_HOME_OF_THE_DEMO_CUSTOMER = ("US", "USD", "1 Sample Square", "Burlington", "VT", "05401", "")


@dataclass(frozen=True, kw_only=True)
class Shopper:
    """Somebody who buys, with an account or without."""

    user: User | None
    email: str
    address: dict[str, str]
    currency: str


def open_accounts(setting: Setting) -> list[Shopper]:
    """Register the demo customer, and others after that, before the time of the first orders."""
    people = load("people")[: setting.share(len(load("people")), least=2)]
    tick = setting.progress("Customers", len(people) + 1)
    with at(setting.ago(65, 80)):
        shoppers = [_demo_customer()]
    tick()
    for first_name, last_name, *home in people:
        with at(setting.ago(62, 90)):
            user = _somebody(first_name, last_name)
            shoppers.append(_settled(user, home))
        tick()
    return shoppers


def hire_staff(*, admin_password: str) -> dict[str, User]:
    """Make one account for each role, by role, and the administrator's."""
    User.objects.create_superuser(ADMIN_EMAIL, admin_password, first_name="Alex", last_name="Keys")
    return {login["role"]: _hire(login) for login in load("logins") if login["role"] != CUSTOMER}


def _demo_customer() -> Shopper:
    login = next(login for login in load("logins") if login["role"] == CUSTOMER)
    user = register_account(
        email=login["email"],
        password=login["password"],
        first_name=login["first_name"],
        last_name=login["last_name"],
    )
    return _settled(user, _HOME_OF_THE_DEMO_CUSTOMER)


def _somebody(first_name: str, last_name: str) -> User:
    """Make an account without a password: nobody is to sign in as one of these."""
    email = f"{first_name}.{last_name}@example.com".casefold()
    user = User.objects.create_user(email, None, first_name=first_name, last_name=last_name)
    events.record("customer.registered", subject=f"user:{user.pk}")
    return user


def _settled(user: User, home: Sequence[str]) -> Shopper:
    country, currency, line1, city, region, postal_code, phone = home
    address = {
        "full_name": user.get_full_name(),
        "company": "",
        "line1": line1,
        "line2": "",
        "city": city,
        "region": region,
        "postal_code": postal_code,
        "country": country,
        "phone": phone,
    }
    add_address(user=user, **address, is_default_shipping=True, is_default_billing=True)
    return Shopper(user=user, email=user.email, address=address, currency=currency)


def _hire(login: dict[str, str]) -> User:
    user = User.objects.create_user(
        login["email"],
        login["password"],
        first_name=login["first_name"],
        last_name=login["last_name"],
        is_staff=True,
    )
    user.groups.add(Group.objects.get(name=login["role"]))
    return user

"""A shop in which every operation of the document would be served."""

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BytesIO
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from drf_spectacular.settings import spectacular_settings
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from catalog.services import back_in_stock
from catalog.services.images import upload_image
from catalog.services.imports.uploads import start_import
from catalog.tests import pictures
from catalog.tests.factories import (
    AttributeFactory,
    BrandFactory,
    CategoryFactory,
    CollectionFactory,
    ListPriceFactory,
    VariantFactory,
    WarehouseFactory,
    say,
)
from ecommerce_backend.tests.input_drive import Attempt, Caller, Operation, operations
from orders.tests.factories import (
    TaxRateFactory,
    filled_cart,
    paid_order,
    placed_order,
    quote_token,
)
from orders.tokens import order_token
from reviews.tests.factories import ReviewFactory
from users.models import User
from users.services import sessions
from users.tests.factories import PASSWORD, AddressFactory, CustomerGroupFactory, UserFactory

IS_FULL = os.environ.get("CRASHERS") == "full"
GUEST = "guest-of-the-crashers"


class World(NamedTuple):
    """A shop in which each operation would be served, and who may ask for it."""

    operations: list[Operation]
    owner: User
    owners_order: str
    guest: Caller
    customer: Caller
    staff: Caller

    def right_caller(self, operation: Operation) -> Caller:
        if operation.is_for_staff:
            return self.staff
        return self.customer if operation.needs_a_sign_in else self.guest

    def callers(self, operation: Operation) -> list[Caller]:
        everybody = [self.guest, self.customer, self.staff]
        return everybody if IS_FULL else [self.right_caller(operation)]

    def complaints(self, attempts: Callable[[Operation], Iterable[Attempt]]) -> list[str]:
        """Send the attempts of each operation by whoever may; return what is wrong."""
        return [
            complaint
            for operation in self.operations
            for caller in self.callers(operation)
            for complaint in caller.complaints(attempts(operation))
        ]


@pytest.fixture
def world(db: None, settings: Settings) -> Iterator[World]:
    """The shop, with all limits far away and a log that says nothing of refusals."""
    settings.RATE_LIMITS = {
        name: (1_000_000, seconds) for name, (_, seconds) in settings.RATE_LIMITS.items()
    }
    logging.disable(logging.ERROR)
    yield _world()
    logging.disable(logging.NOTSET)


def _world() -> World:
    customer = UserFactory.create()
    staff = UserFactory.create(email="staff@shop.example", is_staff=True)
    staff.user_permissions.set(Permission.objects.all())
    brand, category = BrandFactory.create(), CategoryFactory.create(slug="mugs")
    mug = VariantFactory.create(
        sku="MUG-BLUE",
        product__slug="mug",
        product__brand=brand,
        product__category=category,
    )
    depth = AttributeFactory.create(name="Depth", type="number", is_filterable=True)
    say({mug.product: {depth: 4}})
    gone = VariantFactory.create(sku="MUG-GONE", on_hand=0)
    back_in_stock.ask(customer=customer, sku=gone.sku)
    winter = CollectionFactory.create(slug="winter", products=[mug.product])
    trade = CustomerGroupFactory.create(code="gold", members=[customer])
    friends = CustomerGroupFactory.create()
    sale = ListPriceFactory.create(variant=mug, price_list__customer_group=friends).price_list
    depot = WarehouseFactory.create(code="depot")
    picture = upload_image(product=mug.product, upload=pictures.upload())
    sent = start_import(upload=BytesIO(b"sku"), name="a.csv", size=3)
    TaxRateFactory.create()
    unpaid, paid = placed_order(), paid_order(customer=customer)
    own = placed_order(customer=customer)
    other = VariantFactory.create(product__slug="bowl")
    for user in (customer, staff):
        filled_cart({mug: 2}, customer=user)
    cart = filled_cart({mug: 2}, token=GUEST)
    pair = sessions.open_session(user=customer, address="203.0.113.7", user_agent="Firefox")
    review = ReviewFactory.create(product=mug.product, author=customer)
    number = {"number": unpaid.number}
    arguments: Mapping[str, Mapping[str, str]] = {
        "/": {"sku": mug.sku, "slug": "mug"},
        "/api/v1/back-in-stock/": {"sku": gone.sku},
        "/api/v1/orders/": number,
        "/api/v1/payments/": {"provider": "sandbox"},
        "/api/v1/categories/": {"slug": "mugs"},
        "/api/v1/collections/": {"slug": "winter"},
        "/api/v1/products/{slug}/reviews/": {"slug": other.product.slug},
        "/api/v1/reviews/": {"id": str(review.pk)},
        "/api/v1/staff/products/": {"id": str(mug.product.pk)},
        "/api/v1/staff/products/{product_id}/variants/": {
            "product_id": str(mug.product.pk),
            "id": str(mug.pk),
        },
        "/api/v1/staff/products/{product_id}/images/": {
            "product_id": str(mug.product.pk),
            "id": str(picture.pk),
        },
        "/api/v1/staff/catalog/imports/": {"id": str(sent.pk)},
        "/api/v1/staff/categories/": {"id": str(category.pk)},
        "/api/v1/staff/brands/": {"id": str(brand.pk)},
        "/api/v1/staff/attributes/": {"id": str(depth.pk)},
        "/api/v1/staff/collections/": {"id": str(winter.pk)},
        "/api/v1/staff/customer-groups/": {"id": str(trade.pk), "member_id": str(customer.pk)},
        "/api/v1/staff/price-lists/": {"id": str(sale.pk)},
        "/api/v1/staff/warehouses/": {"id": str(depot.pk)},
        "/api/v1/staff/reviews/": {"id": str(review.pk)},
        "/api/v1/staff/orders/": number,
        "/api/v1/staff/orders/{number}/refunds/": {"number": paid.number},
        "/api/v1/staff/orders/{number}/shipments/": {"number": paid.number},
        "/api/v1/users/me/addresses/": {"id": str(AddressFactory.create(user=customer).pk)},
        "/api/v1/auth/sessions/": {"id": str(customer.login_sessions.get().pk)},
    }
    values: Mapping[str, Mapping[str, Any]] = {
        "/api/v1/auth/login/": {"email": customer.email, "password": PASSWORD},
        "/api/v1/auth/register/": {"email": "new@shop.example"},
        "/api/v1/auth/refresh/": {"refresh": pair.refresh},
        "/api/v1/auth/logout/": {"refresh": pair.refresh},
        "/api/v1/back-in-stock/": {"sku": gone.sku},
        "/api/v1/guests/back-in-stock/": {"sku": gone.sku},
        "/api/v1/cart/lines/": {"sku": mug.sku},
        "/api/v1/staff/products/{product_id}/variants/": {"options": {"Serial": "new"}},
        "/api/v1/staff/products/{id}/links/": {
            "related": [other.product.pk],
            "up_sell": [other.product.pk],
        },
        "/api/v1/staff/collections/{id}/products/": {
            "products": [mug.product.pk, other.product.pk]
        },
        "/api/v1/staff/customer-groups/{id}/members/": {"email": customer.email},
        "/api/v1/staff/stock/transfers/": {
            "source": "main",
            "target": "depot",
            "lines": [{"sku": mug.sku, "quantity": 1}],
        },
        "/api/v1/staff/stock/{sku}/adjustments/": {"warehouse": "main"},
        "/api/v1/staff/stock/{sku}/counts/": {"warehouse": "main"},
        "/api/v1/staff/stock/{sku}/safety-stock/": {"warehouse": "main"},
        "/api/v1/orders/": {"quote": quote_token(cart, method="standard")},
        "/api/v1/staff/orders/{number}/captures/": {"amount": str(unpaid.total)},
        "/api/v1/staff/orders/{number}/shipments/": {
            "lines": [{"sku": paid.lines.get().sku, "quantity": 1}]
        },
    }
    document = spectacular_settings.DEFAULT_GENERATOR_CLASS().get_schema(request=None, public=True)
    savepoint = transaction.savepoint()
    tokens = {"X-Cart-Token": GUEST, "X-Order-Token": order_token(unpaid.number)}
    return World(
        operations(document, arguments=arguments, values=values),
        owner=customer,
        owners_order=own.number,
        guest=Caller(APIClient(), savepoint=savepoint, **tokens),
        customer=Caller(_signed_in(customer), savepoint=savepoint, **tokens).passing_on(customer),
        staff=Caller(_signed_in(staff), savepoint=savepoint, **tokens).passing_on(staff),
    )


def _signed_in(user: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(user, token=user.login_sessions.first())
    return client

from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from cart.models import Cart, CartLine
from cart.selectors import token_digest
from catalog.tests.factories import VariantFactory
from users.tests.factories import UserFactory


class CartFactory(DjangoModelFactory[Cart]):
    """A customer's cart in dollars, changed once."""

    class Meta:
        model = Cart

    customer = factory.SubFactory(UserFactory)
    currency = "USD"
    version = 1


class GuestCartFactory(DjangoModelFactory[Cart]):
    """A guest's cart in dollars, changed once; give `token` to open it with."""

    class Meta:
        model = Cart
        exclude = ("token",)

    token = factory.Sequence(lambda n: f"guest-token-{n}")
    token_hash = factory.LazyAttribute(lambda cart: token_digest(cart.token))
    currency = "USD"
    version = 1


class CartLineFactory(DjangoModelFactory[CartLine]):
    """One unit of something that costs ten dollars."""

    class Meta:
        model = CartLine

    cart = factory.SubFactory(CartFactory)
    variant = factory.SubFactory(VariantFactory)
    quantity = 1
    seen_price = Decimal("10.00")

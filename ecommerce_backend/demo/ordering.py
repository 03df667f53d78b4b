"""Orders of the demo shop, each taken through the services to where its story ends."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

from cart.models import Cart
from cart.services.lines import add_line
from ecommerce_backend.demo.assortment import Article, Form
from ecommerce_backend.demo.clock import at
from ecommerce_backend.demo.customers import Shopper
from ecommerce_backend.demo.setting import Setting
from ecommerce_backend.demo.stories import STORIES, Desk, Story
from orders import tokens
from orders.models import Order
from orders.services.placement import place_order
from orders.services.quoting import quote_cart
from orders.services.rates import shipping_offers
from users.models import User

_PLENTY = 12  # of a variant with fewer units nothing is ordered, so that the scarce stay scarce
_MOST_LINES = 4
_GUESTS = 0.1
_FAVOURITES = 0.25  # of the assortment is what two thirds of the orders are about


@dataclass(frozen=True, kw_only=True)
class Purchase:
    """An order that is to be placed."""

    story: Story
    shopper: Shopper
    basket: Mapping[str, int]  # units by SKU
    moment: datetime


class Warehouse:
    """Remembers what orders may still take, so that none of them falls short."""

    def __init__(self, articles: Sequence[Article], random: Random) -> None:
        shuffled = random.sample(articles, len(articles))
        self._favourites = shuffled[: max(_MOST_LINES, round(len(articles) * _FAVOURITES))]
        self._all = shuffled
        self._left = {form.sku: form.units for article in articles for form in article.forms}
        self._random = random

    def basket(self, *, currency: str, lines: int) -> dict[str, int]:
        """Take some units of a few articles that have a price in the currency, if there are any."""
        basket: dict[str, int] = {}
        for _ in range(lines):
            articles = self._in_stock(currency, without=basket)
            if articles:
                sku = self._random.choice(self._random.choice(articles)).sku
                basket[sku] = self._random.choice([1, 1, 1, 2, 2, 3])
                self._left[sku] -= basket[sku]
        return basket

    def _in_stock(self, currency: str, *, without: Container[str]) -> list[list[Form]]:
        """Return what can be ordered, article by article."""
        pool = self._all if self._random.random() < 1 / 3 else self._favourites
        articles = [
            [
                form
                for form in article.forms
                if currency in form.prices
                and self._left[form.sku] >= _PLENTY
                and form.sku not in without
            ]
            for article in pool
        ]
        return [forms for forms in articles if forms]


def plan_orders(
    articles: Sequence[Article], shoppers: Sequence[Shopper], setting: Setting
) -> list[Purchase]:
    """Return who will buy what and when, oldest first. The demo customer lives every story once."""
    warehouse = Warehouse(articles, setting.random)
    demo_customer, *others = shoppers
    purchases = []
    for story in STORIES:
        buyers = setting.random.choices(others, k=setting.share(story.count) - 1)
        purchases += [
            _purchase(story, buyer, warehouse, setting)
            for buyer in (demo_customer, *_some_as_guests(buyers, setting.random))
        ]
    return sorted(purchases, key=lambda purchase: purchase.moment)


def place_orders(purchases: Sequence[Purchase], setting: Setting, *, clerk: User) -> list[Order]:
    """Place the orders and let each live through its story."""
    tick = setting.progress("Orders", len(purchases))
    orders = []
    for purchase in purchases:
        with at(purchase.moment):
            order = _place(purchase, setting.random)
        desk = Desk(clerk=clerk, random=setting.random, placed_at=purchase.moment)
        purchase.story.tell(order, desk)
        orders.append(order)
        tick()
    return orders


def _some_as_guests(buyers: Sequence[Shopper], random: Random) -> list[Shopper]:
    return [replace(buyer, user=None) if random.random() < _GUESTS else buyer for buyer in buyers]


def _purchase(story: Story, shopper: Shopper, warehouse: Warehouse, setting: Setting) -> Purchase:
    lines = setting.random.randint(story.fewest_lines, _MOST_LINES)
    return Purchase(
        story=story,
        shopper=shopper,
        basket=warehouse.basket(currency=shopper.currency, lines=lines),
        moment=setting.ago(*story.days_ago),
    )


def _place(purchase: Purchase, random: Random) -> Order:
    shopper = purchase.shopper
    cart = _fill_cart(purchase)
    offers = shipping_offers(country=shopper.address["country"], currency=cart.currency)
    method = random.choice(offers).code
    quotation = quote_cart(cart=cart, shipping_address=shopper.address, shipping_method=method)
    quote, _ = tokens.sign_quote(quotation.quote)
    return place_order(
        cart_id=cart.pk,
        customer=shopper.user,
        email=shopper.email,
        shipping_address=shopper.address,
        billing_address=shopper.address,
        shipping_method=method,
        quote=quote,
    )


def _fill_cart(purchase: Purchase) -> Cart:
    user, token = purchase.shopper.user, None
    opened = None
    for sku, quantity in purchase.basket.items():
        opened = add_line(
            user=user, token=token, sku=sku, quantity=quantity, currency=purchase.shopper.currency
        )
        token = token or opened.token
    assert opened is not None, "a basket is never empty"  # noqa: S101
    return opened.cart

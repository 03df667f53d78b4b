"""The demo shop as a whole: one transaction, so that there is all of it or none."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from unittest.mock import patch

from django.contrib.auth.password_validation import validate_password
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.testing import InMemoryConnector

from catalog.services.bought_together import count_bought_together
from catalog.services.search.upkeep import count_sales, count_words
from ecommerce_backend.common.errors import DomainError
from ecommerce_backend.demo import customers, gallery, ordering, reviewing, shelves, stocking, terms
from ecommerce_backend.demo.assortment import assortment
from ecommerce_backend.demo.rates import publish_rates
from ecommerce_backend.demo.setting import Progress, Setting, quiet
from users.models import User

SEED = 2026
LOCK = 0x6465_6D6F  # "demo"


class SeedingUnderWay(DomainError):
    code = "seeding_under_way"
    message = "Somebody else is filling this shop at the moment."


@dataclass(frozen=True, kw_only=True)
class Summary:
    """How many of each were made: all zero if the demo shop was there already."""

    products: int = 0
    variants: int = 0
    pictures: int = 0
    customers: int = 0
    orders: int = 0
    reviews: int = 0

    @property
    def is_new(self) -> bool:
        return self.products > 0


def seed(*, admin_password: str, scale: float = 1.0, progress: Progress = quiet) -> Summary:
    """Fill the shop, unless it has been filled before; then nothing is changed.

    The same on every machine but for ids, order numbers and the present date. `scale` makes a
    smaller shop: 0.1 a tenth of it. Raises ValidationError for a weak password, and
    SeedingUnderWay.
    """
    validate_password(admin_password)
    # What the services leave to jobs is done on the spot; none is to run when all is told.
    jobless = app.replace_connector(InMemoryConnector())
    # The shop comes into being as a whole, so nothing would ever go back to a savepoint; they
    # would be two of five statements.
    as_a_whole = patch.object(connection.features, "uses_savepoints", new=False)
    with transaction.atomic(), jobless, as_a_whole:
        _keep_others_out()
        if User.objects.with_email(customers.ADMIN_EMAIL).exists():
            return Summary()
        staff = customers.hire_staff(admin_password=admin_password)
        random = Random(SEED)  # noqa: S311 - the same shop each time is what it is for
        setting = Setting(random=random, now=timezone.now(), scale=scale, progress=progress)
        return _fill(setting, staff)


def _keep_others_out() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if cursor.fetchone() != (True,):
            raise SeedingUnderWay


def _fill(setting: Setting, staff: Mapping[str, User]) -> Summary:
    articles = assortment(setting.random)[:: round(1 / setting.scale)]
    with gallery.studio(articles) as sketches:
        publish_rates()
        products = shelves.fill_shelves(articles, setting)
        shelves.put_together(articles, products)
        shelves.agree_on_synonyms()
        stocking.receive_stock(articles, setting, actor=staff["Catalogue manager"])
        shoppers = customers.open_accounts(setting)
        purchases = ordering.plan_orders(articles, shoppers, setting)
        orders = ordering.place_orders(purchases, setting, clerk=staff["Order manager"])
        occasions = reviewing.occasions(products, shoppers, setting)
        by_id = {product.pk: article for product, article in zip(products, articles, strict=True)}
        reviews = reviewing.write_reviews(occasions, by_id, setting, moderator=staff["Moderator"])
        # After the orders, which were at the usual prices.
        terms.agree_on_terms(products, shoppers)
        count_words()
        count_sales()
        count_bought_together()
        # Last, because files do not come back with the transaction.
        pictures = gallery.hang(sketches, products, setting)
    return Summary(
        products=len(products),
        variants=sum(len(article.forms) for article in articles),
        pictures=len(pictures),
        customers=len(shoppers),
        orders=len(orders),
        reviews=len(reviews),
    )

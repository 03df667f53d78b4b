from collections import Counter
from collections.abc import Callable
from contextlib import closing
from io import BytesIO
from random import Random

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.db.models import Model
from PIL import Image
from procrastinate.contrib.django.models import ProcrastinateJob

from catalog.models import Collection, Product, ProductImage, Stock, Warehouse
from ecommerce_backend.common.models import Event
from ecommerce_backend.demo.assortment import Article, assortment
from ecommerce_backend.demo.content import load
from ecommerce_backend.demo.pictures import View, draw
from ecommerce_backend.demo.screen import seed_and_tell
from ecommerce_backend.demo.seeding import LOCK, SEED, SeedingUnderWay, Summary, seed
from orders.models import Order, Refund, TaxRate
from reviews.models import Review
from users.models import User
from users.services.sessions import authenticate

PASSWORD = "administrators only"  # noqa: S105
SMALL = 0.1
TINY = 0.05  # of which nothing is counted
STATES = {
    ("pending", "unpaid", "unfulfilled"): 2,
    ("pending", "failed", "unfulfilled"): 1,
    ("confirmed", "paid", "unfulfilled"): 1,
    ("confirmed", "paid", "partially_fulfilled"): 1,
    ("fulfilled", "paid", "fulfilled"): 1,
    ("completed", "paid", "fulfilled"): 7,
    ("canceled", "unpaid", "unfulfilled"): 1,
    ("canceled", "refunded", "unfulfilled"): 1,
    ("expired", "unpaid", "unfulfilled"): 1,
}


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return assortment(Random(SEED))


@pytest.mark.django_db
def test_an_empty_shop_is_filled_with_exactly_this() -> None:
    summary = seed(admin_password=PASSWORD, scale=SMALL)

    assert summary == Summary(
        products=30, variants=88, pictures=40, customers=5, orders=16, reviews=40
    )
    states = Order.objects.values_list("status", "payment_status", "fulfillment_status")
    assert Counter(states) == STATES
    assert Counter(Refund.objects.values_list("status", flat=True)) == {"succeeded": 1}
    assert Counter(Review.objects.values_list("status", flat=True)) == {
        "published": 37,
        "pending": 2,
        "rejected": 1,
    }
    assert Review.objects.filter(is_verified_purchase=True).exists()
    assert Product.objects.published().filter(images=None).count() == 0
    assert all(one.products.count() >= 1 for one in Collection.objects.published())
    assert Collection.objects.published().count() == 2
    assert Counter(Stock.objects.values_list("policy", flat=True)) == {"none": 87, "backorder": 1}
    assert Warehouse.objects.filter(levels__on_hand__gt=0).distinct().count() == 2
    assert not ProcrastinateJob.objects.exists()
    call_command("check_invariants")


@pytest.mark.django_db
def test_everybody_on_the_list_can_sign_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert seed_and_tell(admin_password=None, scale=TINY) == 0

    _, made_up = capsys.readouterr().out.split("admin@shop.example")
    password = made_up.split()[0]
    assert authenticate(email="admin@shop.example", password=password).is_superuser
    for login in load("logins"):
        user = authenticate(email=login["email"], password=login["password"])
        roles = list(user.groups.values_list("name", flat=True))
        assert roles == ([login["role"]] if user.is_staff else [])
    customer = User.objects.get(email="customer@shop.example")
    assert Order.objects.of(customer).count() == 11  # one of each story


@pytest.mark.django_db
def test_filling_a_full_shop_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    seed(admin_password=PASSWORD, scale=TINY)
    before = _counts(User, Product, ProductImage, Order, Review, TaxRate, Event)

    assert seed_and_tell(admin_password="another password") == 0

    assert "nothing was changed" in capsys.readouterr().out
    assert _counts(User, Product, ProductImage, Order, Review, TaxRate, Event) == before
    assert authenticate(email="admin@shop.example", password=PASSWORD).is_superuser


@pytest.mark.django_db
def test_an_interrupted_filling_leaves_neither_rows_nor_files() -> None:
    def unplug(title: str, steps: int) -> Callable[[], None]:
        def step() -> None:
            if title == "Pictures":
                raise KeyboardInterrupt

        return step

    default_storage.save("products/of somebody else.webp", ContentFile(b""))
    files = default_storage.listdir("products")

    with pytest.raises(KeyboardInterrupt):
        seed(admin_password=PASSWORD, scale=TINY, progress=unplug)

    assert _counts(User, Product, ProductImage, Order, Review, TaxRate, Event) == [0] * 7
    assert default_storage.listdir("products") == files


@pytest.mark.django_db
def test_a_weak_administrators_password_fills_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValidationError):
        seed(admin_password="password", scale=TINY)
    assert seed_and_tell(admin_password="password") == 2

    assert "too short" in capsys.readouterr().out
    assert not Product.objects.exists()


@pytest.mark.django_db
def test_two_do_not_fill_a_shop_at_once() -> None:
    elsewhere = connection.copy()
    with closing(elsewhere), elsewhere.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])

        with pytest.raises(SeedingUnderWay):
            seed(admin_password=PASSWORD, scale=TINY)
        assert seed_and_tell(admin_password=PASSWORD) == 1

    assert not Product.objects.exists()


def test_the_assortment_is_the_same_each_time(articles: list[Article]) -> None:
    assert assortment(Random(SEED)) == articles
    assert assortment(Random(SEED + 1)) != articles


def test_the_assortment_is_as_large_as_promised(articles: list[Article]) -> None:
    forms = [form for article in articles for form in article.forms]

    assert (len(articles), len(forms)) == (300, 745)
    assert len({form.sku for form in forms}) == len({form.barcode for form in forms}) == 745
    assert len({article.name for article in articles}) == 300
    assert len({article.description for article in articles}) == 300
    assert len({article.brand for article in articles}) == 28


def test_every_description_is_whole(articles: list[Article]) -> None:
    for article in articles:
        assert 100 < len(article.description) < 600
        assert not article.description[0].islower()
        assert article.description.endswith(".")
        assert not set("{}[]") & set(article.description)


def test_every_former_price_is_higher(articles: list[Article]) -> None:
    forms = [form for article in articles for form in article.forms]

    reduced = [form for form in forms if form.compare_at]

    assert len(reduced) > 50
    for form in reduced:
        assert form.compare_at.keys() == form.prices.keys()
        assert all(form.compare_at[code] > amount for code, amount in form.prices.items())


def test_every_article_has_a_picture_of_its_own(articles: list[Article]) -> None:
    first_of_kind = {article.shape: article for article in articles}

    drawn = [draw(View.CLOSE_UP, shape, a.colours, 0) for shape, a in first_of_kind.items()]

    assert len(set(drawn)) == 55
    assert all(Image.open(BytesIO(picture)).size == (512, 512) for picture in drawn)


def test_a_picture_is_drawn_alike_each_time() -> None:
    first, second = (
        draw(View.LINE_UP, "mug", ["#9DB08C", "#27364F", "#B4532F"], 4) for _ in range(2)
    )

    assert first == second
    assert first != draw(View.PORTRAIT, "mug", ["#9DB08C"], 4)


def _counts(*models: type[Model]) -> list[int]:
    return [model._default_manager.count() for model in models]  # noqa: SLF001 (Django's own name)

"""Reviews of the demo shop: by buyers and by others, published, waiting and refused."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from catalog.models import Product
from ecommerce_backend.demo.assortment import Article
from ecommerce_backend.demo.clock import at
from ecommerce_backend.demo.content import load
from ecommerce_backend.demo.customers import Shopper
from ecommerce_backend.demo.opinions import Opinions
from ecommerce_backend.demo.setting import Setting
from orders.models import OrderLine
from reviews.models import Review
from reviews.services.moderation import Decision, decide_review
from reviews.services.writing import edit_review, write_review
from users.models import User

REVIEWS = 400
_FEW = 0.01  # of the reviews were refused, and twice as many were written anew and wait
_FAVOURITES = 0.3  # of the products are what people talk about most
_REASON = "Please say what you think of the product, not of others who bought it."


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """Somebody has a reason to review something."""

    product: Product
    author: User
    moment: datetime


def occasions(
    products: Sequence[Product], shoppers: Sequence[Shopper], setting: Setting
) -> list[Occasion]:
    """Return who reviews what and when, oldest first; nobody reviews a thing twice."""
    random, count = setting.random, setting.share(REVIEWS)
    found = {(one.product.pk, one.author.pk): one for one in _after_deliveries(setting)}
    chosen = dict(random.sample(sorted(found.items()), min(len(found), count * 3 // 4)))
    favourites = random.sample(products, max(1, round(len(products) * _FAVOURITES)))
    authors = [shopper.user for shopper in shoppers if shopper.user]
    while len(chosen) < count:
        pool = favourites if random.random() < 2 / 3 else products
        one = Occasion(
            product=random.choice(pool),
            author=random.choice(authors),
            moment=setting.ago(0.2, 58),
        )
        if (one.product.pk, one.author.pk) not in found:
            chosen.setdefault((one.product.pk, one.author.pk), one)
    return sorted(chosen.values(), key=lambda one: one.moment)


def write_reviews(
    wanted: Sequence[Occasion],
    articles: Mapping[int, Article],
    setting: Setting,
    *,
    moderator: User,
) -> list[Review]:
    """Write a review on each occasion. `articles` are by product id."""
    random, tick = setting.random, setting.progress("Reviews", len(wanted))
    opinions = Opinions(random)
    fates = _fates(len(wanted), random)
    written = []
    for one, fate in zip(wanted, fates, strict=True):
        with at(one.moment):
            if fate == "refused":
                written.append(
                    _write_refused(one, random.choice(load("reviews")["refused"]), moderator)
                )
            else:
                review = _write(one, *opinions.about(articles[one.product.pk]))
                written.append(_published(review, moderator))
        if fate == "waiting":
            with at(one.moment + timedelta(hours=3)):
                written[-1] = _rewritten(written[-1], moderator)
        tick()
    return written


def _after_deliveries(setting: Setting) -> Iterator[Occasion]:
    lines = (
        OrderLine.objects.filter(order__status="completed", order__customer__isnull=False)
        .select_related("order__customer", "variant__product")
        .order_by("pk")
    )
    for line in lines:
        author = line.order.customer
        assert author is not None, "guests were left out above"  # noqa: S101
        after_use = line.order.created_at + timedelta(days=setting.random.uniform(8, 20))
        yield Occasion(
            product=line.variant.product,
            author=author,
            moment=min(after_use, setting.ago(0.2, 0.9)),
        )


def _fates(count: int, random: Random) -> list[str]:
    """Return for each review whether it is published, refused, or waits for a moderator."""
    few = max(1, round(count * _FEW))
    fates = ["refused"] * few + ["waiting"] * few * 2
    fates += ["published"] * (count - len(fates))
    return random.sample(fates, count)


def _write(one: Occasion, rating: int, title: str, text: str) -> Review:
    return write_review(
        product=one.product, author=one.author, rating=rating, title=title, text=text
    )


def _published(review: Review, moderator: User) -> Review:
    """Let a moderator publish it, where the shop has reviews read first."""
    if review.status == Review.Status.PUBLISHED:
        return review
    return decide_review(review=review, decision=Decision.PUBLISH, moderator=moderator)


def _write_refused(one: Occasion, spam: Sequence[str], moderator: User) -> Review:
    title, text, rating, reason = spam
    return _refused(_write(one, int(rating), title, text), reason, moderator)


def _refused(review: Review, reason: str, moderator: User) -> Review:
    return decide_review(
        review=review, decision=Decision.REJECT, moderator=moderator, reason=reason
    )


def _rewritten(review: Review, moderator: User) -> Review:
    """Refuse it and let the author mend it: then it waits, in every shop."""
    return edit_review(review=_refused(review, _REASON, moderator), text=review.text)

"""`manage.py measure_search`: how long lists, search, suggestions and facets take on this shop."""

from collections.abc import Callable
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import OuterRef, Q, Subquery

from catalog.models import Price, Product, SearchWord
from catalog.services.search.suggesting import suggest
from catalog.services.storefront.cards import COLUMNS, cards
from catalog.services.storefront.facets import facets
from catalog.services.storefront.listing import Criteria, browse, listed
from catalog.services.storefront.pages import behind, counted, numbered

SIZE = 20  # products on a page

Case = tuple[str, Callable[[], Any]]


class Command(BaseCommand):
    help = "Time lists, search, suggestions and facets side by side with how else it could be done."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rounds", type=int, default=30, metavar="N")

    def handle(self, *_args: Any, **options: Any) -> None:
        cases = _cases()
        taken: dict[str, list[float]] = {name: [] for name, _ in cases}
        for number in range(options["rounds"] + 1):
            for name, act in cases:  # in turn, so that all of them meet the same load
                start = perf_counter()
                act()
                if number:  # the first round warms up
                    taken[name].append((perf_counter() - start) * 1000)
        control = median(taken[cases[0][0]])
        self.stdout.write(f"{'':36} {'p50 ms':>8} {'p95 ms':>8} {'× first':>8}")
        for name, times in taken.items():
            slow = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
            middle = median(times)
            self.stdout.write(f"{name:36} {middle:8.1f} {slow:8.1f} {middle / control:8.2f}")


def _cases() -> list[Case]:
    words = list(SearchWord.objects.order_by("-products", "word").values_list("word", flat=True))
    common, usual = words[0], next(word for word in words[100:] if len(word) > 6)  # noqa: PLR2004
    slip = usual[:2] + usual[3] + usual[2] + usual[4:]
    return [
        ("list, newest first", lambda: _page(Criteria())),
        *(
            (f"list, {ordering}", lambda ordering=ordering: _page(Criteria(ordering=ordering)))
            for ordering in ("price", "-price", "-rating", "-sales", "name")
        ),
        ("· price by a subquery and a sort", _sorted_by_price),
        ("list, page 500 by name", lambda: _page(Criteria(ordering="name"), start=499 * SIZE)),
        ("walk, a page by name", lambda: _walked(Criteria(ordering="name"))),
        ("search, a usual word", lambda: _page(Criteria(search=usual))),
        ("search, the most common word", lambda: _page(Criteria(search=common))),
        ("search, two words", lambda: _page(Criteria(search=f"{common} {usual}"))),
        ("search, a slip", lambda: _page(Criteria(search=slip))),
        ("· names and descriptions by ILIKE", lambda: _scanned(usual)),
        ("suggest, three letters", lambda: suggest(usual[:3])),
        ("suggest, a word", lambda: suggest(usual)),
        ("suggest, a slip", lambda: suggest(slip)),
        ("facets of everything", lambda: facets(Criteria())),
        ("facets of a search", lambda: facets(Criteria(search=usual))),
    ]


def _page(criteria: Criteria, *, start: int = 0) -> None:
    shelf = browse(criteria)
    rows, has_more = numbered(shelf.runs, start=start, size=SIZE, columns=shelf.columns)
    if has_more:
        counted(shelf.products)
    question = shelf.finding.question if shelf.finding else None
    cards(rows, currency=None, question=question)


def _walked(criteria: Criteria) -> None:
    shelf = browse(criteria)
    _, place = behind(shelf.runs, None, size=SIZE, columns=shelf.columns)
    rows, _ = behind(shelf.runs, place, size=SIZE, columns=shelf.columns)
    cards(rows, currency=None)


def _sorted_by_price() -> None:
    criteria = Criteria()
    prices = Price.objects.filter(
        variant__product=OuterRef("pk"),
        variant__is_active=True,
        currency=criteria.price_currency,
    )
    lowest = Subquery(prices.order_by("amount").values("amount")[:1])
    products = listed().order_by(lowest.asc(nulls_last=True), "pk")
    cards(list(products.values(*COLUMNS)[:SIZE]), currency=None)
    counted(products)


def _scanned(word: str) -> None:
    found = Product.objects.published().filter(
        Q(name__icontains=word) | Q(description__icontains=word)
    )
    list(found.order_by("-rating_average", "pk").values(*COLUMNS)[:SIZE])
    counted(found)

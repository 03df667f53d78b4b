"""Every product, looked for by its exact name through the API."""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from http import HTTPStatus
from multiprocessing import get_context

from django.db import connection
from rest_framework.test import APIClient
from rich.progress import Progress

from catalog.models import Product
from scripts.prove_import.claims import Claims
from scripts.prove_import.starting import begin

FIRST_PAGE = 20  # products
SHOWN = 10  # of what was missed
_SLICE = 50  # names that a process is given at a time


class SearchFailed(Exception):
    """The API refused to search for a name."""


def look_for_every_name(claims: Claims) -> None:
    """Search by each name; of more namesakes than a page holds, the page must be full.

    Those that the page had no room for are looked for by name and SKU.
    """
    skus_of: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for name, slug, sku in Product.objects.values_list("name", "slug", "variants__sku"):
        skus_of[name][slug] = sku
    shared = [len(skus) for skus in skus_of.values() if len(skus) > 1]
    print(
        f"\n{sum(map(len, skus_of.values())):,} products by {len(skus_of):,} names;"
        f" {sum(shared):,} share theirs with others, in {len(shared):,} groups of up to"
        f" {max(shared, default=1)}",
        flush=True,
    )
    connection.close()
    began = time.monotonic()
    found = _search(_on_first_page, list(skus_of), "by name")
    missed: list[tuple[str, str]] = []
    crowded: dict[str, str] = {}
    for name, skus in skus_of.items():
        if len(skus) <= FIRST_PAGE:
            missed += [(name, slug) for slug in skus.keys() - found[name]]
        elif found[name] <= skus.keys():
            crowded |= {f"{name} {skus[slug]}": slug for slug in skus.keys() - found[name]}
        else:
            missed += [(name, slug) for slug in skus]
    print(f"    {len(skus_of) / (time.monotonic() - began):.0f} searches/s", flush=True)
    print(f"    {len(crowded):,} are not on it because namesakes, letter for letter, fill it")
    claims.state(
        f"all others are on the first page of {FIRST_PAGE} for their exact name", holds=not missed
    )
    for name, slug in missed[:SHOWN]:
        print(f"    missed: {slug} by {name!r}; {len(missed):,} in all")
    by_sku = _search(_on_first_page, list(crowded), "by name and SKU")
    lost = [query for query, slug in crowded.items() if slug not in by_sku[query]]
    claims.state("name and SKU find those", holds=not lost)
    for query in lost[:SHOWN]:
        print(f"    missed: {query!r}; {len(lost):,} in all")


def _search(
    find: Callable[[Sequence[str]], list[set[str]]], queries: Sequence[str], title: str
) -> Mapping[str, set[str]]:
    slices = [queries[start : start + _SLICE] for start in range(0, len(queries), _SLICE)]
    found: dict[str, set[str]] = {}
    with (
        ProcessPoolExecutor(2, mp_context=get_context("spawn"), initializer=begin) as pool,
        Progress(transient=True) as bars,
    ):
        bar = bars.add_task(title, total=len(queries))
        for asked, pages in zip(slices, pool.map(find, slices), strict=True):
            found |= dict(zip(asked, pages, strict=True))
            bars.update(bar, advance=len(asked))
    return found


def _on_first_page(queries: Sequence[str]) -> list[set[str]]:

    client = APIClient(HTTP_HOST="127.0.0.1:8000")
    pages = []
    for query in queries:
        answer = client.get("/api/v1/products/", {"search": query, "fields": "slug"})
        if answer.status_code != HTTPStatus.OK:
            raise SearchFailed(f"{answer.status_code} for {query}: {answer.content!r}")
        pages.append({product["slug"] for product in answer.json()["results"]})
    return pages

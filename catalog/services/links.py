"""Which products staff lead to from a product."""

from collections.abc import Sequence
from functools import partial

from catalog.models import Product, ProductLink
from catalog.models.links import MOST_LINKS
from catalog.services.placing import put_in_order, require_products
from ecommerce_backend.common.transactions import unit_of_work

Kind = ProductLink.Kind


@unit_of_work
def set_links(*, product: Product, related: Sequence[int], up_sell: Sequence[int]) -> None:
    """Let a product lead to exactly these, by their ids and in this order.

    Call with its row locked. Raises Invalid for a product that is not there, is named twice in a
    list, or is the product itself, and for too many.
    """
    wanted = {Kind.RELATED: related, Kind.UP_SELL: up_sell}
    require_products(
        {kind.value: ids for kind, ids in wanted.items()},
        most=MOST_LINKS,
        others_than=[product.pk],
    )
    for kind, ids in wanted.items():
        put_in_order(
            product.links.filter(kind=kind),
            ids,
            of="target_id",
            make=partial(ProductLink, product=product, kind=kind),
        )


def linked(product: Product) -> dict[str, list[Product]]:
    """Return what staff lead to from a product, in order by kind; one query."""
    found: dict[str, list[Product]] = {kind.value: [] for kind in Kind}
    links = product.links.select_related("target").only(
        "product", "kind", "target__name", "target__slug", "target__status"
    )
    for link in links.order_by("kind", "position"):
        found[link.kind].append(link.target)
    return found

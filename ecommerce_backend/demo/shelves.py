"""Putting the assortment on the shelves: categories, brands, products."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from django.utils.text import slugify

from catalog.models import Brand, Category, Collection, Product, Synonym
from catalog.services.attributes.editing import NewChoice, add_attribute
from catalog.services.categories import ensure_path
from catalog.services.curating import arrange, create_collection
from catalog.services.products import add_variant, create_product
from ecommerce_backend.demo.assortment import Article
from ecommerce_backend.demo.clock import at
from ecommerce_backend.demo.content import load, load_all
from ecommerce_backend.demo.setting import Setting

OF_EACH = 3  # products of a category in a collection


def fill_shelves(articles: Sequence[Article], setting: Setting) -> list[Product]:
    """Create a published product for each article, over the months before the first orders."""
    tick = setting.progress("Products", len(articles))
    with at(setting.ago(200, 200)):
        categories = _build_shelves()
        brands = _know_brands({article.brand for article in articles})
        _know_attributes(categories)
    # Ids and dates should not run department by department, or "newest" would be all of one kind.
    dates = sorted(setting.ago(62, 190) for _ in articles)
    shuffled = setting.random.sample(articles, len(articles))
    products = {}
    for article, date in zip(shuffled, dates, strict=True):
        with at(date):
            products[article.name] = _create(article, brands, categories)
        tick()
    return [products[article.name] for article in articles]


def put_together(articles: Sequence[Article], products: Sequence[Product]) -> None:
    """Make the collections: the first few of some categories, in turn."""
    for content in load("collections"):
        shelves = [
            [
                product.pk
                for product, article in zip(products, articles, strict=True)
                if article.category == slug
            ][:OF_EACH]
            for slug in content["categories"]
        ]
        collection = create_collection(
            name=content["name"],
            description=content["description"],
            seo_title=content["seo_title"],
            status=Collection.Status.PUBLISHED,
        )
        in_turn = [pk for row in zip_longest(*shelves) for pk in row if pk is not None]
        arrange(collection=collection, product_ids=in_turn)


def agree_on_synonyms() -> None:
    """Let people find things by the words that the shop does not use for them."""
    for synonym in load("synonyms"):
        Synonym.objects.create(**synonym)


def _build_shelves() -> dict[str, Category]:
    """Grow the tree and return the categories by the slugs that content/departments uses."""
    found: dict[str, Category] = {}
    for department in load_all("departments"):
        _grow(department, [], found)
    return found


def _grow(shelf: Mapping[str, Any], above: list[str], found: dict[str, Category]) -> None:
    path = [*above, shelf["name"]]
    category = ensure_path(path)
    category.description = shelf["description"]
    category.save(update_fields=["description"])
    found[shelf["slug"]] = category
    for branch in shelf.get("children", []):
        _grow(branch, path, found)


def _know_brands(names: Iterable[str]) -> dict[str, Brand]:
    return {
        name: Brand.objects.get_or_create(name=name, defaults={"slug": slugify(name)})[0]
        for name in sorted(names)
    }


def _know_attributes(categories: Mapping[str, Category]) -> None:
    materials: list[NewChoice] = [{"label": name.capitalize()} for name in load("materials")]
    for attribute in load("attributes"):
        add_attribute(
            **{
                "choices": materials if attribute["type"] == "choice" else (),
                **attribute,
                "categories": [categories[slug] for slug in attribute.get("categories", ())],
            }
        )


def _create(
    article: Article, brands: Mapping[str, Brand], categories: Mapping[str, Category]
) -> Product:
    product = create_product(
        name=article.name,
        description=article.description,
        brand=brands[article.brand],
        category=categories[article.category],
        status=Product.Status.PUBLISHED,
        options=article.options,
        attributes=article.attributes,
    )
    for position, form in enumerate(article.forms):
        add_variant(
            product=product,
            sku=form.sku,
            prices=form.prices,
            compare_at=form.compare_at,
            options=form.options,
            barcode=form.barcode,
            position=position,
        )
    return product

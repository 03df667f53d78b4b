"""Hanging the pictures beside their products."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from multiprocessing import get_context

from catalog.models import Product, ProductImage
from catalog.services.images import add_image, delete_files, names_of
from ecommerce_backend.demo.assortment import Article
from ecommerce_backend.demo.pictures import View, draw
from ecommerce_backend.demo.setting import Setting

_SECOND_OF = 3  # one of so many articles has a second picture


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """A picture that is being drawn."""

    article: Article
    alt: str
    position: int
    content: "Future[bytes]"


@contextmanager
def studio(articles: Sequence[Article]) -> Iterator[list[Sketch]]:
    """Begin to draw one or two pictures of each article.

    A process of its own draws while this one is busy with the database.
    """
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as painter:
        try:
            yield [
                sketch
                for pick, article in enumerate(articles)
                for sketch in _sketches_of(article, pick, painter)
            ]
        finally:
            painter.shutdown(cancel_futures=True)


def hang(
    sketches: Sequence[Sketch], products: Sequence[Product], setting: Setting
) -> list[ProductImage]:
    """Add the pictures to the products of the same names."""
    by_name = {product.name: product for product in products}
    tick = setting.progress("Pictures", len(sketches))
    hung: list[ProductImage] = []
    try:
        for sketch in sketches:
            hung.append(_add(sketch, by_name[sketch.article.name]))
            tick()
    except BaseException:
        for image in hung:  # the rows will go with the transaction, files do not
            delete_files(names_of(image))
        raise
    return hung


def _add(sketch: Sketch, product: Product) -> ProductImage:
    upload = BytesIO(sketch.content.result())
    return add_image(product=product, upload=upload, alt=sketch.alt, position=sketch.position)


def _sketches_of(article: Article, pick: int, painter: Executor) -> Iterator[Sketch]:
    """Draw the thing itself, and for some all its colours or a closer look."""
    wanted = [(View.PORTRAIT, article.name)]
    if pick % _SECOND_OF == 0 and len(article.colours) > 1:
        wanted.append((View.LINE_UP, f"{article.name} in several colours"))
    elif pick % _SECOND_OF == 0:
        wanted.append((View.CLOSE_UP, f"{article.name}, a closer look"))
    for position, (view, alt) in enumerate(wanted):
        content = painter.submit(draw, view, article.shape, article.colours, pick)
        yield Sketch(article=article, alt=alt, position=position, content=content)

"""What the catalogue has done for it: by the clock, and for who waits for something."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from catalog.services import back_in_stock, guests_in_line, images, price_lists
from catalog.services.bought_together import count_bought_together
from catalog.services.imports import giving_up
from catalog.services.imports.background import run_import
from catalog.services.search import misses, upkeep
from ecommerce_backend.common.jobs import Queue

# Four seconds, sixteen, …: six tries in a good hour.
_MAIL = RetryStrategy(max_attempts=6, exponential_wait=4)
# While a bucket is away, or the database: most of a day.
_PICTURES = RetryStrategy(max_attempts=300, wait=300)
# While another import runs, or after a deadlock: half a minute, a minute, a minute and a half …
_LATER = RetryStrategy(max_attempts=20, linear_wait=30)


@app.periodic(cron="* * * * *")
@app.task(
    queue=Queue.SCHEDULED,
    queueing_lock="catalog.write_stale_search",
    name="catalog.write_stale_search",
)
def write_stale_search(timestamp: int) -> None:  # noqa: ARG001 (periodic jobs are given it)
    """Go on with what a renamed brand or category left to be done."""
    upkeep.write_stale_entries()


@app.periodic(cron="* * * * *")
@app.task(
    queue=Queue.SCHEDULED,
    queueing_lock="catalog.count_price_lists",
    name="catalog.count_price_lists",
)
def count_price_lists(timestamp: int) -> None:  # noqa: ARG001
    """Let lists of products be in the order of prices that have begun or ended."""
    price_lists.count_opened_and_closed()


@app.periodic(cron="*/10 * * * *")
@app.task(queue=Queue.SCHEDULED, queueing_lock="catalog.count_words", name="catalog.count_words")
def count_words(timestamp: int) -> None:  # noqa: ARG001
    """Let new words be known to those who misspell them."""
    upkeep.count_words()


@app.periodic(cron="7 * * * *")
@app.task(queue=Queue.SCHEDULED, queueing_lock="catalog.count_sales", name="catalog.count_sales")
def count_sales(timestamp: int) -> None:  # noqa: ARG001
    upkeep.count_sales()
    count_bought_together()


@app.periodic(cron="47 2 * * *")
@app.task(
    queue=Queue.SCHEDULED, queueing_lock="catalog.write_all_search", name="catalog.write_all_search"
)
def write_all_search(timestamp: int) -> None:  # noqa: ARG001
    """Mend what two transactions at once may have left, and follow the setting of languages."""
    upkeep.write_all_entries()


@app.task(name="catalog.tell_back_in_stock")
def tell_back_in_stock(variant_id: int) -> None:
    """Have those told who wait for a SKU that has come back."""
    back_in_stock.tell(variant_id=variant_id)


@app.task(name="catalog.send_back_in_stock", retry=_MAIL)
def send_back_in_stock(request_id: int) -> None:
    back_in_stock.send(request_id=request_id)


@app.task(name="catalog.send_guest_confirmation", retry=_MAIL)
def send_guest_confirmation(variant_id: int, email: str) -> None:
    """Mail a guest the link that puts the address in line."""
    guests_in_line.send_confirmation(variant_id=variant_id, email=email)


@app.periodic(cron="23 * * * *")
@app.task(
    queue=Queue.SCHEDULED,
    queueing_lock="catalog.tell_next_in_line",
    name="catalog.tell_next_in_line",
)
def tell_next_in_line(timestamp: int) -> None:  # noqa: ARG001
    """Tell the next of those who wait for what there still is."""
    back_in_stock.tell_next_in_line()


@app.task(name="catalog.run_import", retry=_LATER)
def run_kept_import(import_id: int) -> None:
    """Import a file that staff have sent."""
    run_import(import_id=import_id)


@app.periodic(cron="* * * * *")
@app.task(
    queue=Queue.SCHEDULED, queueing_lock="catalog.close_imports", name="catalog.close_imports"
)
def close_imports(timestamp: int) -> None:  # noqa: ARG001
    """Say of imports whose job gave up that they failed, and forget files that were left."""
    giving_up.close_abandoned_imports()
    giving_up.forget_old_files()


@app.periodic(cron="*/5 * * * *")
@app.task(
    queue=Queue.SCHEDULED,
    queueing_lock="catalog.write_search_misses",
    name="catalog.write_search_misses",
)
def write_search_misses(timestamp: int) -> None:  # noqa: ARG001
    """Write down which searches found nothing."""
    misses.write_misses()


@app.task(name="catalog.process_image", retry=_PICTURES)
def process_image(image_id: int) -> None:
    """Make a picture of what staff have sent."""
    images.process_image(image_id=image_id)


@app.task(name="catalog.delete_image_files", retry=_PICTURES)
def delete_image_files(names: list[str]) -> None:
    """Delete the files of a picture that was removed."""
    images.delete_files(names)


@app.periodic(cron="17 3 * * *")
@app.task(queue=Queue.SCHEDULED, queueing_lock="catalog.purge_images", name="catalog.purge_images")
def purge_images(timestamp: int) -> None:  # noqa: ARG001
    """Delete files that belong to no picture."""
    images.purge_orphans()

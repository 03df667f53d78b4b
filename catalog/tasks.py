"""What search has done for it by the clock."""

from procrastinate.contrib.django import app

from catalog.services.search import upkeep
from ecommerce_backend.common.jobs import Queue


@app.periodic(cron="* * * * *")
@app.task(
    queue=Queue.SCHEDULED,
    queueing_lock="catalog.write_stale_search",
    name="catalog.write_stale_search",
)
def write_stale_search(timestamp: int) -> None:  # noqa: ARG001 (periodic jobs are given it)
    """Go on with what a renamed brand or category left to be done."""
    upkeep.write_stale_entries()


@app.periodic(cron="*/10 * * * *")
@app.task(queue=Queue.SCHEDULED, queueing_lock="catalog.count_words", name="catalog.count_words")
def count_words(timestamp: int) -> None:  # noqa: ARG001
    """Let new words be known to those who misspell them."""
    upkeep.count_words()


@app.periodic(cron="7 * * * *")
@app.task(queue=Queue.SCHEDULED, queueing_lock="catalog.count_sales", name="catalog.count_sales")
def count_sales(timestamp: int) -> None:  # noqa: ARG001
    upkeep.count_sales()


@app.periodic(cron="47 2 * * *")
@app.task(
    queue=Queue.SCHEDULED, queueing_lock="catalog.write_all_search", name="catalog.write_all_search"
)
def write_all_search(timestamp: int) -> None:  # noqa: ARG001
    """Mend what two transactions at once may have left, and follow the setting of languages."""
    upkeep.write_all_entries()

"""How well search answers over what the demo shop sells: `scripts/relevance.sh`."""

import argparse
import sys
from pathlib import Path
from random import Random

import django
from django.core.management import call_command

FOLDER = Path(__file__).parent / "content" / "relevance"


def fill_shelves_alone() -> None:
    """Put up what the demo shop sells and its synonyms, without customers, orders and pictures."""
    from django.utils import timezone  # noqa: PLC0415

    from catalog.services.search.upkeep import count_words  # noqa: PLC0415
    from ecommerce_backend.demo import shelves  # noqa: PLC0415
    from ecommerce_backend.demo.assortment import assortment  # noqa: PLC0415
    from ecommerce_backend.demo.seeding import SEED  # noqa: PLC0415
    from ecommerce_backend.demo.setting import Setting, quiet  # noqa: PLC0415

    random = Random(SEED)  # noqa: S311 - the same shelves each time
    articles = assortment(random)
    setting = Setting(random=random, now=timezone.now(), scale=1, progress=quiet)
    shelves.fill_shelves(articles, setting)
    shelves.agree_on_synonyms()
    count_words()


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description="Judge search over the demo shop.")
    parser.add_argument("--below", default="0.8", help="show queries below this")
    options = parser.parse_args(arguments)
    django.setup()
    call_command("migrate", verbosity=0)
    fill_shelves_alone()
    call_command("measure_relevance", str(FOLDER / "judged.json"), "--below", options.below)
    call_command("measure_relevance", str(FOLDER / "holdout.json"), "--holdout")


if __name__ == "__main__":
    main(sys.argv[1:])

from typing import Any

from django.core.management.base import BaseCommand

from catalog.services.search.upkeep import count_sales, count_words, write_all_entries


class Command(BaseCommand):
    help = "Write what search looks through anew, after SHOP_SEARCH_LANGUAGES was changed."

    def handle(self, *_args: Any, **_options: Any) -> None:
        entries = write_all_entries()
        count_words()
        count_sales()
        self.stdout.write(f"Looked at {entries:,} products.")

"""`manage.py measure_relevance FILE`: docs/search.md says what is in the file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.services.search.judging import mean, measure, misplaced


class Command(BaseCommand):
    help = "Say how well search answers judged queries (nDCG@10), worst first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="judgements, in JSON")
        parser.add_argument(
            "--holdout",
            action="store_true",
            help="FILE names one right answer a query, to be first or second",
        )
        parser.add_argument(
            "--below", type=float, default=1.0, metavar="N", help="show queries below this"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["holdout"]:
            self._holdout(options["file"])
            return
        measured = measure(options["file"])
        for each in sorted(measured, key=lambda each: each.ndcg):
            if each.ndcg < options["below"]:
                self.stdout.write(f"{each.ndcg:.3f}  {each.query}")
                for name, grade in each.found:
                    self.stdout.write(f"         {grade}  {name}")
        self.stdout.write(f"nDCG@10 {mean(measured):.3f} over {len(measured)} queries")

    def _holdout(self, file: Path) -> None:
        missed = misplaced(file, within=2)
        for query, names in missed.items():
            self.stdout.write(f"{query}: {'; '.join(names) or 'nothing'}")
        if missed:
            raise CommandError(f"{len(missed)} queries without a right answer in the first two")
        self.stdout.write("All have a right answer first or second.")

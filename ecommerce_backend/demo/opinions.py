"""What reviewers say, put together from sentences that fit the thing and the rating."""

from collections.abc import Mapping, Sequence
from functools import cache
from random import Random

from ecommerce_backend.demo.assortment import Article
from ecommerce_backend.demo.content import fitting, load, load_all

_RATINGS = {5: 48, 4: 29, 3: 12, 2: 7, 1: 4}  # of a hundred reviews
# Of which sentences a review of each rating is made: about the thing, then in general.
_RECIPES = {
    5: (("good", "good"), ("good",)),
    4: (("good", "flaw"), ("good",)),
    3: (("good", "flaw"), ("flaw",)),
    2: (("bad", "flaw"), ("bad",)),
    1: (("bad", "bad"), ("bad",)),
}
_TALKATIVE = 0.45  # of the reviewers add something that is true of anything
_BRIEF = 0.2  # leave it at one sentence


class Opinions:
    """Makes up reviews, and does not repeat itself about one product while it can help it."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._said: set[tuple[str, str]] = set()

    def about(self, article: Article) -> tuple[int, str, str]:
        """Return a rating, a title and a text."""
        product, words = article.name, _words()[article.family]
        rating = self._random.choices(list(_RATINGS), list(_RATINGS.values()))[0]
        specific, general = _RECIPES[rating]
        length = 1 if self._random.random() < _BRIEF else len(specific)
        sentences = [
            self._pick(product, fitting(words[k], article.shape)) for k in specific[:length]
        ]
        if self._random.random() < _TALKATIVE:
            sentences += [self._pick(product, load("reviews")["general"][k]) for k in general]
        title = self._pick(product, load("reviews")["titles"][str(rating)])
        return rating, title, " ".join(sentences)

    def _pick(self, product: str, sentences: Sequence[str]) -> str:
        fresh = [sentence for sentence in sentences if (product, sentence) not in self._said]
        chosen = self._random.choice(fresh or sentences)
        self._said.add((product, chosen))
        return chosen


@cache
def _words() -> Mapping[str, Mapping[str, list[str]]]:
    """Return what can be said, by family and by whether it is good, a flaw or bad."""
    return {family: words for file in load_all("opinions") for family, words in file.items()}

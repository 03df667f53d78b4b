"""Which products a query means: those with its words, else with its letters, else nearly so."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from catalog.models import Product
from catalog.services.search.lexemes import NAME_KEY, containing
from catalog.services.search.questions import Question, ask
from catalog.services.search.spelling import respelled
from catalog.services.search_text import normalized


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The question that was answered, and the condition of the products that answer it."""

    question: Question
    condition: Q
    corrected: str | None = None  # what was looked for in the place of what was typed
    is_nothing: bool = False


def find(typed: str, among: QuerySet[Product]) -> Finding:
    """Return what a query finds among products: four queries at most, two where it finds words.

    The steps are taken in turn, and what a further one finds is looked at only where those before
    it found nothing at all.
    """
    question = ask(typed)
    by_words = Finding(question=question, condition=_by_words(question))
    if among.filter(by_words.condition).exists():
        return by_words
    by_letters = Finding(question=question, condition=_by_letters(typed))
    if among.filter(by_letters.condition).exists():
        return by_letters
    spelling = respelled(question.words)
    if spelling:
        better = ask(spelling)
        corrected = Finding(question=better, condition=_by_words(better), corrected=spelling)
        if among.filter(corrected.condition).exists():
            return corrected
    return Finding(question=question, condition=Q(pk__in=[]), is_nothing=True)


def _by_words(question: Question) -> Q:
    condition = Q(search_entry__pk__in=question.bearers)
    if question.plain:
        condition |= Q(**{NAME_KEY: question.plain[:255]})
    if question.lexemes:
        condition |= containing(question.lexemes)
    return condition


def _by_letters(typed: str) -> Q:
    condition = Q()
    for term in dict.fromkeys(normalized(typed).split()):
        condition &= Q(search_text__contains=term)
    return condition

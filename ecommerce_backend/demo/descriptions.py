"""Descriptions, put together from sentences that were written for the kind of thing."""

from collections.abc import Mapping
from random import Random
from typing import Any

from ecommerce_backend.demo.content import fitting, load

# Countries that take an article.
_PLURALS = {"Netherlands", "United Kingdom"}


def description(
    kind: Mapping[str, Any], position: int, *, facts: Mapping[str, str], random: Random
) -> str:
    """Return three to five sentences: what it is for, what is good about it, its size, its care.

    `position` counts within the kind, so that neighbours do not begin alike. `facts` are the
    material, the brand and the origin.
    """
    openings = kind["openings"]
    details = fitting(kind["details"], facts["material"])
    sentences = [openings[position % len(openings)], details[position % len(details)]]
    if random.random() < 0.45:  # noqa: PLR2004 - nearly half of them have more to say
        sentences.append(details[(position + 1 + len(details) // 2) % len(details)])
    sentences.append(random.choice(kind["dimensions"]))
    care = random.choice(load("materials")[facts["material"]]["care"])
    closing = random.choice([care, care, random.choice(load("names")["makers"])])
    words = {
        **facts,
        "Material": facts["material"].capitalize(),
        "origin": f"the {facts['origin']}" if facts["origin"] in _PLURALS else facts["origin"],
    }
    text = " ".join(dict.fromkeys([*sentences, closing]))
    return text.format(**words)

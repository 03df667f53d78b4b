"""What the demo shop sells, composed of the words in content/departments. No database here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from ecommerce_backend.demo.content import load, load_all
from ecommerce_backend.demo.descriptions import description
from ecommerce_backend.demo.prices import former_prices, price
from ecommerce_backend.demo.skus import abbreviated, barcode

_ON_SALE = 0.12
_LIKELIHOOD = {"USD": 1.0, "EUR": 0.6, "GBP": 0.45}
_EMPTY, _LOW = 0.06, 0.14  # shares of the variants that are sold out, and that are nearly so

Kind = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Form:
    """One way in which an article can be bought."""

    sku: str
    barcode: str
    options: dict[str, str]
    prices: dict[str, Decimal]
    compare_at: dict[str, Decimal]
    units: int


@dataclass(frozen=True, kw_only=True)
class Article:
    """A product that is to be."""

    name: str
    description: str
    brand: str
    category: str
    family: str  # what reviewers say of it
    attributes: dict[str, Any]  # by the names of content/attributes.json, and other facts
    options: tuple[str, ...]
    forms: tuple[Form, ...]
    shape: str
    colours: tuple[str, ...]  # "#AABBCC", as the pictures show it


def assortment(random: Random) -> list[Article]:
    """Return the articles of the shop, department by department."""
    return [
        article
        for department in load_all("departments")
        for kind in _kinds(department)
        for article in _articles(kind, load("names")["brands"][department["slug"]], random)
    ]


def _kinds(department: Mapping[str, Any]) -> list[Kind]:
    is_for_the_table = department["slug"] == "kitchen-table"
    return [{**kind, "is_for_the_table": is_for_the_table} for kind in department["kinds"].values()]


def _articles(kind: Kind, brands: Sequence[str], random: Random) -> Iterator[Article]:
    count = kind["count"]
    for position, line in enumerate(random.sample(load("names")["lines"], count)):
        yield _article(kind, line, position, brand=random.choice(brands), random=random)


def _article(kind: Kind, line: str, position: int, *, brand: str, random: Random) -> Article:
    name_of_material = kind["materials"][position % len(kind["materials"])]
    material = load("materials")[name_of_material]
    origin = random.choice(material["origins"])
    colours = _colours(kind, random)
    facts = {"brand": brand, "origin": origin, "material": name_of_material}
    forms = _forms(kind, line, colours, random)
    return Article(
        name=f"{line} {material['label']} {kind['noun']}",
        description=description(kind, position, facts=facts, random=random),
        brand=brand,
        category=kind["category"],
        family=kind["family"],
        attributes=_attributes(kind, facts, colours, random),
        options=tuple(forms[0].options),
        forms=forms,
        shape=kind["shape"],
        colours=tuple(load("colours")[colour][0] for colour in colours) or (material["hex"],),
    )


def _colours(kind: Kind, random: Random) -> list[str]:
    """Return up to as many colours as the kind comes in; most articles come in fewer."""
    most = kind["colours"]
    return (
        random.sample(list(load("colours")), random.randint(max(1, most - 1), most)) if most else []
    )


def _attributes(
    kind: Kind, facts: Mapping[str, str], colours: Sequence[str], random: Random
) -> dict[str, Any]:
    material = load("materials")[facts["material"]]
    families = [load("colours")[colour][1] for colour in colours] or [material["family"]]
    attributes: dict[str, Any] = {
        "Material": facts["material"].capitalize(),
        "Colour": list(dict.fromkeys(families)),
        "Origin": facts["origin"],
    }
    if "grams" in kind:
        attributes["Weight"] = int(round(random.uniform(*kind["grams"]), -1))
    if kind["is_for_the_table"]:
        attributes["Dishwasher safe"] = material["care"][0].startswith("Dishwasher")
    attributes["Care"] = material["care"][0].rstrip(".")
    return attributes


def _forms(kind: Kind, line: str, colours: Sequence[str], random: Random) -> tuple[Form, ...]:
    dollars, style = Decimal(round(random.uniform(*kind["usd"]))), random.randrange(4)
    currencies = [code for code, share in _LIKELIHOOD.items() if random.random() < share]
    is_on_sale = random.random() < _ON_SALE
    root = f"{kind['code']}-{line.upper()}"
    forms = []
    for options, factor in _choices(kind, colours):
        prices = {code: price(dollars * factor, currency=code, style=style) for code in currencies}
        forms.append(
            Form(
                sku="-".join([root, *(abbreviated(value) for value in options.values())]),
                barcode=barcode(random),
                options=options,
                prices=prices,
                compare_at=former_prices(prices, style=style) if is_on_sale else {},
                units=_units(random),
            )
        )
    return tuple(forms)


def _choices(kind: Kind, colours: Sequence[str]) -> Iterator[tuple[dict[str, str], Decimal]]:
    """Yield every combination of options with what it costs in relation to the first."""
    choice = kind.get("choice", {"name": "", "values": [["", 1]]})
    for colour in colours or [""]:
        for value, factor in choice["values"]:
            options = {"Colour": colour, choice["name"]: value}
            yield {name: each for name, each in options.items() if each}, Decimal(str(factor))


def _units(random: Random) -> int:
    draw = random.random()
    if draw < _EMPTY:
        return 0
    return random.randint(1, 4) if draw < _LOW else random.randint(12, 140)

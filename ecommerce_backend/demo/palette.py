"""The colours a picture is painted in."""

from collections.abc import Mapping

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (22, 24, 30)

# What is the same in every picture, by the names that content/shapes uses.
_FIXED = {
    "wood": "#B98552",
    "metal": "#AEB5BA",
    "paper": "#FAF6EC",
    "cream": "#F8EFDB",
    "white": "#FFFFFF",
    "leaf": "#6F9166",
    "leafshade": "#4D6E4C",
    "flame": "#F4B33F",
    "glow": "#FCE6AE",
    "coffee": "#6B4631",
    "ink": "#2E3440",
    "glass": "#DCE8E4",
    "c1": "#CF5C4B",
    "c2": "#3F7C94",
    "c3": "#7FA06A",
    "c4": "#E5A93F",
    "c5": "#E3A79B",
    "c6": "#5D4B77",
}
# Walls, with the colour of what stands before them: table, or a shape on the wall.
_GROUNDS = [
    ("#F3E9DC", "#E4CFB4"),
    ("#E3ECE8", "#BFD6CC"),
    ("#F6E3DC", "#EBC2B3"),
    ("#E4E8F1", "#C2CDE2"),
    ("#F7EFD3", "#EFDBA0"),
    ("#EAE4EE", "#CFC1DA"),
    ("#DDE7E9", "#AFCAD1"),
    ("#EFEAE2", "#D5CABB"),
]
_ACCENTS = ["#D9774E", "#33658A", "#E0A63B", "#7A8F5A", "#8A5A83", "#F2E6CF"]
# Two colours nearer than this to each other are hard to tell apart in a small picture.
_NEAR = 95


def rgb(code: str) -> Colour:
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def mixed(colour: Colour, other: Colour, share: float) -> Colour:
    """Return the colour with a share (0 to 1) of another one in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return red, green, blue


def grounds(colour: Colour, pick: int) -> tuple[Colour, Colour]:
    """Return a wall and what stands before it, neither of them lost behind the colour."""
    pairs = [(rgb(wall), rgb(front)) for wall, front in _GROUNDS]
    clear = [pair for pair in pairs if min(_apart(colour, each) for each in pair) > _NEAR]
    chosen = clear or [max(pairs, key=lambda pair: _apart(colour, pair[1]))]
    return chosen[pick % len(chosen)]


def tones(colour: Colour, pick: int) -> Mapping[str, Colour]:
    """Return the colours of a thing of one colour, by the names that content/shapes uses."""
    accents = [rgb(code) for code in _ACCENTS]
    accents = [accent for accent in accents if _apart(accent, colour) > _NEAR]
    return {
        **{name: rgb(code) for name, code in _FIXED.items()},
        "body": colour,
        "shade": mixed(colour, BLACK, 0.17),
        "dark": mixed(colour, BLACK, 0.5),
        "light": mixed(colour, WHITE, 0.3),
        "accent": accents[pick % len(accents)],
    }


def _apart(colour: Colour, other: Colour) -> int:
    return sum(abs(a - b) for a, b in zip(colour, other, strict=True))

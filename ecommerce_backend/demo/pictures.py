"""Pictures of products: a flat drawing of the thing before a calm ground."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

from ecommerce_backend.demo.content import load_all
from ecommerce_backend.demo.drawing import Brush
from ecommerce_backend.demo.palette import BLACK, WHITE, Colour, grounds, mixed, rgb, tones

_SIDE = 512  # pixels of the finished picture
_FINE = 2  # drawn this much larger, then reduced: that smooths the edges
_UNIT = _SIDE * _FINE / 100
_COLOURS = 96  # of the palette; few flat tones need no more, and the file stays small
_TABLE = 71  # where the table begins, in units from the top
_DROP = (0.9, 1.5)  # how far a flat thing's shadow lies from it, in units

# How large and where the thing stands: alone, from close by, and two or three together.
_ALONE = [(0.86, 7.0, 6.0)]
_CLOSE = [(1.24, -12.0, -14.0)]
_TOGETHER = {
    1: _ALONE,
    2: [(0.62, 0.0, 4.0), (0.62, 38.0, 35.0)],
    3: [(0.52, 24.0, 1.0), (0.52, -1.0, 46.0), (0.52, 49.0, 46.0)],
}

Shape = Mapping[str, Any]
Place = tuple[float, float, float]


class View(StrEnum):
    """What of a thing is to be seen."""

    PORTRAIT = "portrait"
    CLOSE_UP = "close_up"
    LINE_UP = "line_up"


def draw(view: View, name: str, colours: Sequence[str], pick: int) -> bytes:
    """Return a PNG of the shape of this name.

    A line-up has it in up to three colours ("#AABBCC"), the others in the first; `pick` chooses
    ground and accent.
    """
    shown = colours[:3] if view is View.LINE_UP else colours[:1]
    places = _CLOSE if view is View.CLOSE_UP else _TOGETHER[len(shown)]
    shape, bodies = _shapes()[name], [rgb(colour) for colour in shown]
    wall, front = grounds(bodies[0], pick)
    image = Image.new("RGB", (_SIDE * _FINE, _SIDE * _FINE), wall)
    brush = Brush(draw=ImageDraw.Draw(image), colours={"wall": wall, "front": front}, scale=_UNIT)
    _set(brush, shape, pick, alone=places is _ALONE)
    for body, (size, left, top) in zip(bodies, places, strict=True):
        colours_here = {**tones(body, pick), "back": front if places is _ALONE else wall}
        here = replace(
            brush, colours=colours_here, scale=_UNIT * size, left=left * _UNIT, top=top * _UNIT
        )
        _put(here, shape, mixed(wall, BLACK, 0.16))
    return _encoded(image)


def _set(brush: Brush, shape: Shape, pick: int, *, alone: bool) -> None:
    """Paint what is behind: an arch, a sun or a slope, and the table if things stand on one."""
    backdrops: list[list[Any]] = [
        ["oval", "front", 14, 14, 86, 86],
        ["box", "front", 16, 10, 84, 140, 34],
        ["poly", "front", [0, 62, 100, 24, 100, 100, 0, 100]],
        ["oval", "front", 38, -26, 126, 62],
    ]
    if not alone:
        return
    if "floor" not in shape:
        brush.paint(backdrops[pick % len(backdrops)])
        return
    brush.paint(backdrops[pick % 2])
    table = mixed(brush.colours["front"], WHITE, 0.35)
    replace(brush, colours={"table": table}).paint(["box", "table", -9, _TABLE, 109, 109, 0])


def _put(brush: Brush, shape: Shape, shadow: Colour) -> None:
    if "floor" in shape:
        centre, bottom, half = shape["floor"]
        ground = ["oval", "body", centre - half, bottom - 2.4, centre + half + 5, bottom + 2.6]
        replace(brush, shadow=shadow).paint(ground)
    if "flat" in shape:
        across, down = (step * brush.scale for step in _DROP)
        under = replace(brush, shadow=shadow, left=brush.left + across, top=brush.top + down)
        for stroke in shape["draw"]:
            under.paint(stroke)
    for stroke in shape["draw"]:
        brush.paint(stroke)


def _encoded(image: Image.Image) -> bytes:
    small = image.reduce(_FINE)
    file = BytesIO()
    small.save(file, "PNG", compress_level=1)
    return file.getvalue()


@cache
def _shapes() -> Mapping[str, Shape]:
    return {name: shape for file in load_all("shapes") for name, shape in file.items()}

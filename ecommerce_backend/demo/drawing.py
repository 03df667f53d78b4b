"""Drawing with few words: content/shapes says which, a Brush puts them on paper.

Shapes live on a square of 100 × 100 units, the origin at the top left.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from PIL.ImageDraw import ImageDraw

from ecommerce_backend.demo.palette import BLACK, Colour, mixed

Points = list[tuple[float, float]]
Area = tuple[float, float, float, float]  # left, top, right, bottom

_STEPS = 8  # straight pieces of a curve between two of its points
_ROUND = 0.36  # of the half width of something turned lies in the light


@dataclass(frozen=True, kw_only=True)
class Brush:
    """Draws in the given colours; with `shadow` everything in that one."""

    draw: ImageDraw
    colours: Mapping[str, Colour]
    scale: float  # pixels in a unit
    left: float = 0  # where the square of units begins, in pixels
    top: float = 0
    shadow: Colour | None = None

    def paint(self, stroke: Sequence[Any]) -> None:
        """Draw one stroke: its kind, a tone (or several), numbers."""
        kind, tone, *numbers = stroke
        getattr(self, kind)(tone, *numbers)

    def box(self, tone: str, x0: float, y0: float, x1: float, y1: float, radius: float) -> None:
        corners = [*self._at(x0, y0), *self._at(x1, y1)]
        self.draw.rounded_rectangle(corners, radius * self.scale, fill=self._colour(tone))

    def oval(self, tone: str, x0: float, y0: float, x1: float, y1: float) -> None:
        self.draw.ellipse([*self._at(x0, y0), *self._at(x1, y1)], fill=self._colour(tone))

    def ring(self, tone: str, x0: float, y0: float, x1: float, y1: float, width: float) -> None:
        self.draw.ellipse(
            [*self._at(x0, y0), *self._at(x1, y1)],
            outline=self._colour(tone),
            width=round(width * self.scale),
        )

    def poly(self, tone: str, numbers: Sequence[float]) -> None:
        self._fill(tone, _pairs(numbers))

    def blob(self, tone: str, numbers: Sequence[float]) -> None:
        """Fill a smooth outline through points."""
        self._fill(tone, _smooth(tuple(_pairs(numbers)), closed=True))

    def line(self, tone: str, width: float, numbers: Sequence[float]) -> None:
        """Draw a smooth line through points, with round ends."""
        points = [self._at(x, y) for x, y in _smooth(tuple(_pairs(numbers)), closed=False)]
        colour, half = self._colour(tone), width * self.scale / 2
        self.draw.line(points, fill=colour, width=max(1, round(2 * half)), joint="curve")
        for x, y in (points[0], points[-1]):
            self.draw.ellipse([x - half, y - half, x + half, y + half], fill=colour)

    def lathe(self, tone: str, centre: float, numbers: Sequence[float]) -> None:
        """Fill what a straight-sided profile of (height, half width) makes when turned."""
        self._turn(tone, centre, _pairs(numbers))

    def turned(self, tone: str, centre: float, numbers: Sequence[float]) -> None:
        """Fill what a smooth profile of (height, half width) makes when turned."""
        self._turn(tone, centre, _smooth(tuple(_pairs(numbers)), closed=False))

    def rows(self, tone: str, area: Area, across: int, down: int, radius: float) -> None:
        """Scatter dots evenly over an area."""
        x0, y0, x1, y1 = area
        for x in _evenly(x0, x1, across):
            for y in _evenly(y0, y1, down):
                self.oval(tone, x - radius, y - radius, x + radius, y + radius)

    def fringe(self, tone: str, x0: float, x1: float, y0: float, y1: float, threads: int) -> None:
        for x in _evenly(x0 + 1, x1 - 1, threads):
            self.line(tone, 0.9, [x, y0, x, y1])

    def stripes(self, tone: str, area: Area, count: int, width: float) -> None:
        x0, y0, x1, y1 = area
        for y in _evenly(y0, y1 - width, count):
            self.box(tone, x0, y, x1, y + width, 0)

    def columns(self, tone: str, area: Area, count: int, width: float) -> None:
        x0, y0, x1, y1 = area
        for x in _evenly(x0, x1 - width, count):
            self.box(tone, x, y0, x + width, y1, 0)

    def tiles(
        self, tones: Sequence[str], x0: float, y0: float, x1: float, y1: float, count: int
    ) -> None:
        """Fill an area with a square pattern of tiles, tones in turn."""
        width, height = (x1 - x0) / count, (y1 - y0) / count
        for row in range(count):
            for column in range(count):
                tone = tones[(row * 2 + column * 3 + row * column) % len(tones)]
                x, y = x0 + column * width, y0 + row * height
                self.box(tone, x + 0.5, y + 0.5, x + width - 0.5, y + height - 0.5, 0.8)

    def leaves(self, tone: str, numbers: Sequence[float], size: float) -> None:
        """Put a leaf at each point, left and right by turns."""
        for position, (x, y) in enumerate(_pairs(numbers)):
            lean = size if position % 2 else -size
            tip, belly = (x + lean, y - size), (x + lean * 0.1, y - size * 0.8)
            back = (x + lean * 0.9, y - size * 0.1)
            self._fill(tone, _smooth(((x, y), belly, tip, back), closed=True))

    def tips(self, tones: Sequence[str], x0: float, x1: float, y0: float, y1: float) -> None:
        """Lay sharpened pencils side by side."""
        width = (x1 - x0) / len(tones)
        for position, tone in enumerate(tones):
            x, lead = x0 + position * width, y0 - 4 * (position % 2)
            self.poly("cream", [x + 1, lead + 14, x + width / 2, lead, x + width - 1, lead + 14])
            middle, half = x + width / 2, width / 6
            self.poly(tone, [middle - half, lead + 5, middle, lead, middle + half, lead + 5])
            self.box(tone, x + 0.7, lead + 13, x + width - 0.7, y1, 0.5)
            self.box("metal", x + 0.7, y1 - 5, x + width - 0.7, y1 - 3, 0)

    def _turn(self, tone: str, centre: float, profile: Points) -> None:
        right = [(centre + half, height) for height, half in profile]
        left = [(centre - half, height) for height, half in reversed(profile)]
        self._fill(tone, right + left)
        if self.shadow is None:
            edge = [(centre + half * _ROUND, height) for height, half in reversed(profile)]
            points = [self._at(x, y) for x, y in right + edge]
            self.draw.polygon(points, fill=mixed(self._colour(tone), BLACK, 0.1))

    def _fill(self, tone: str, points: Points) -> None:
        self.draw.polygon([self._at(x, y) for x, y in points], fill=self._colour(tone))

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return self.left + x * self.scale, self.top + y * self.scale

    def _colour(self, tone: str) -> Colour:
        return self.shadow or self.colours[tone]


def _pairs(numbers: Sequence[float]) -> Points:
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _evenly(first: float, last: float, count: int) -> Iterator[float]:
    step = (last - first) / (count - 1) if count > 1 else 0
    return (first + step * position for position in range(count))


@cache
def _smooth(points: tuple[tuple[float, float], ...], *, closed: bool) -> Points:
    """Return a Catmull-Rom spline through the points."""
    count = len(points)
    curve: Points = []
    for i in range(count if closed else count - 1):
        near = [
            points[j % count if closed else min(max(j, 0), count - 1)] for j in range(i - 1, i + 3)
        ]
        curve += [_between(near, step / _STEPS) for step in range(_STEPS)]
    return curve if closed else [*curve, points[-1]]


def _between(near: Points, t: float) -> tuple[float, float]:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = near
    return _spline(x0, x1, x2, x3, t), _spline(y0, y1, y2, y3, t)


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    ) / 2

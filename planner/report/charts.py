"""Charts of the report as plain numbers; the template draws them, so that their texts stay text of the page."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Line", "line_chart", "stacked_bars", "steps"]

Places = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Line:
    """A line of a chart.

    Parameters
    ----------
    text
        Its name in the legend.
    colour
        ``#rrggbb``.
    points
        Places in the units of the axes.
    is_dashed
        Drawn with dashes, without dots.
    """

    text: str
    colour: str
    points: Places
    is_dashed: bool = False


def steps(high: float, n: int = 5) -> list[float]:
    """About ``n`` round numbers from 0 to at least ``high``.

    Examples
    --------
    >>> steps(43_099.0), steps(0.7)
    ([0.0, 10000.0, 20000.0, 30000.0, 40000.0, 50000.0], [0.0, 0.2, 0.4, 0.6000000000000001, 0.8])
    """
    top = high if math.isfinite(high) and high > 0.0 else 1.0
    ten = 10.0 ** math.floor(math.log10(top / n))
    step = next(part * ten for part in (1.0, 2.0, 2.5, 5.0, 10.0) if part * ten >= top / n * 0.999)
    return [step * k for k in range(math.ceil(top / step - 1e-9) + 1)]


def _around_zero(low: float, high: float) -> list[float]:
    """Round numbers from at most ``low`` and 0 to at least ``high``."""
    if not low < 0.0:
        return steps(high)
    step = steps(max(high, 0.0) - low)[1]
    return [step * k for k in range(math.floor(low / step), max(math.ceil(high / step - 1e-9), 0) + 1)]


def line_chart(
    lines: Sequence[Line], *, x_text: Callable[[float], str], y_text: Callable[[float], str],
    titles: tuple[str, str], mark: tuple[float, float, str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Lines over common axes that start at 0, upwards at the lowest value where that is less; empty without a point.

    Parameters
    ----------
    lines
        What to draw, the first in front; the space between the first two is shaded.
    x_text, y_text
        How a value of an axis is written.
    titles
        Of the axes.
    mark
        A place to point at, and its text.

    Returns
    -------
    dict
        Places as shares of the frame from the lower left; texts are ready.
    """
    points = [point for line in lines for point in line.points]
    if not points:
        return {}
    across = steps(max(x for x, _ in points))
    up = _around_zero(min(y for _, y in points), max(y for _, y in points))

    def high(y: float) -> float:
        return round((y - up[0]) / (up[-1] - up[0]), 4)

    def place(x: float, y: float) -> list[float]:
        return [round(x / across[-1], 4), high(y)]

    return {
        "kind": "lines",
        "titles": list(titles),
        "x": [{"at": round(value / across[-1], 4), "text": x_text(value)} for value in across],
        "y": [{"at": high(value), "text": y_text(value)} for value in up],
        "lines": [
            {"text": line.text, "colour": line.colour, "is_dashed": line.is_dashed, "points": [place(*point) for point in line.points]}
            for line in lines
        ],
        "mark": {"at": place(*mark[:2]), "text": mark[2]} if mark else None,
    }  # fmt: skip


def stacked_bars(
    names: Sequence[str], parts: Sequence[tuple[str, str, Sequence[float]]], *, y_text: Callable[[float], str], title: str
) -> dict[str, Any]:  # fmt: skip
    """One bar a name, made of parts; empty where nothing has a height.

    Parameters
    ----------
    names
        Below the bars.
    parts
        Name, colour and heights of each part, from below.
    y_text
        How a height is written.
    title
        Of the axis.
    """
    whole = [sum(heights[at] for _, _, heights in parts) for at in range(len(names))]
    if not whole or max(whole) <= 0.0:
        return {}
    up = steps(max(whole))
    return {
        "kind": "bars",
        "titles": ["", title],
        "names": list(names),
        "y": [{"at": round(value / up[-1], 4), "text": y_text(value)} for value in up],
        "parts": [
            {"text": text, "colour": colour, "heights": [round(height / up[-1], 4) for height in heights]}
            for text, colour, heights in parts
        ],
    }

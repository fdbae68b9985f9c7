"""The drawing of one link: ground with the Earth's bulge, cover, sea, Fresnel zone, obstacles, budget as a staircase."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any  # Any: matplotlib's artists

import numpy as np

from planner.radio.inspection import GroundProfile, Sight, Step
from planner.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["LinkDrawing", "draw_link", "number", "write_link"]

INK, FAINT, PAPER = "#1c2733", "#6b7885", "#ffffff"
GROUND, GROUND_EDGE, COVER, SEA = "#d8c7a6", "#8a6f43", "#5f8f57", "#a9cfe4"
LINE, ZONE, BAD, GOOD = "#0b6e8f", "#39a0c4", "#b4462b", "#2f7d4f"


@dataclass(frozen=True, eq=False)
class LinkDrawing:
    """What is drawn.

    Parameters
    ----------
    profile, sight, steps
        Ground, geometry and budget.
    heights_m
        Antennas above ground.
    title, subtitle, verdict
        Already in the reader's language.
    notes
        Lines below the drawing: obstacles, clearance, outage, spacing.
    is_good
        Whether the link holds.
    """

    profile: GroundProfile
    sight: Sight
    steps: tuple[Step, ...]
    heights_m: tuple[float, float]
    title: str
    subtitle: str
    verdict: str
    notes: tuple[str, ...]
    is_good: bool


def number(value: float, digits: int, language: str) -> str:
    """A number as the language writes it: decimal comma in Bahasa Indonesia, a true minus.

    Examples
    --------
    >>> number(-1234.5, 1, "id"), number(-1234.5, 1, "en")
    ('−1.234,5', '−1,234.5')
    """
    text = f"{value:,.{digits}f}"
    if float(f"{value:.{digits}f}") == 0.0:
        text = text.lstrip("-")
    if language == "id":
        text = text.translate(str.maketrans(",.", ".,"))
    return text.replace("-", "−")


def draw_link(drawing: LinkDrawing, words: Words) -> Figure:
    """Figure of the link, 12 × 7 inches."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({"font.family": "DejaVu Sans", "font.size": 9.5, "axes.edgecolor": FAINT, "text.color": INK}):
        figure = Figure(figsize=(12.0, 7.0), facecolor=PAPER)
        figure.text(0.055, 0.955, drawing.title, fontsize=16, fontweight="bold", va="center")
        figure.text(0.055, 0.915, drawing.subtitle, fontsize=10, color=FAINT, va="center")
        colour = GOOD if drawing.is_good else BAD
        figure.text(
            0.055, 0.872, drawing.verdict, fontsize=10.5, color="white", va="center", fontweight="bold",
            bbox={"boxstyle": "round,pad=0.42", "facecolor": colour, "edgecolor": "none"},
        )  # fmt: skip
        _profile(figure.add_axes((0.07, 0.255, 0.61, 0.555)), drawing, words)
        _budget(figure.add_axes((0.815, 0.255, 0.165, 0.555)), drawing, words)
        for i, note in enumerate(drawing.notes):
            figure.text(0.055, 0.105 - 0.027 * i, note, fontsize=8, color=FAINT, va="center")
    return figure


def _profile(axes: Axes, drawing: LinkDrawing, words: Words) -> None:
    profile, sight = drawing.profile, drawing.sight
    d, bulge = profile.distance_km, sight.bulge_m
    ground, top = profile.ground_m + bulge, profile.ground_m + profile.clutter_m + bulge
    zone_low, zone_high = sight.line_m - sight.f1_m, sight.line_m + sight.f1_m
    low = min(0.0, float(ground.min()))
    high = max(float(top.max()), float(zone_high.max()))
    span = max(high - low, 40.0)
    bottom = low - 0.10 * span
    axes.fill_between(d, bottom, bulge, color="#eef3f5", linewidth=0, zorder=1)
    axes.fill_between(d, bottom, ground, color=GROUND, linewidth=0, zorder=2, label=words("link.ground"))
    if profile.is_sea.any():
        axes.fill_between(
            d, bottom, ground, where=profile.is_sea, color=SEA, linewidth=0, zorder=3, label=words("link.sea")
        )
    if (profile.clutter_m > 0).any():
        axes.fill_between(d, ground, top, color=COVER, linewidth=0, zorder=3, alpha=0.85, label=words("link.cover"))
    axes.plot(d, ground, color=GROUND_EDGE, linewidth=0.9, zorder=4)
    axes.plot(d, bulge, color=FAINT, linewidth=0.9, linestyle=(0, (2, 2)), zorder=5, label=words("link.sea_level"))
    axes.fill_between(d, zone_low, zone_high, color=ZONE, alpha=0.20, linewidth=0, zorder=6, label=words("link.zone"))
    axes.plot(d, zone_low, color=ZONE, linewidth=0.8, zorder=6)
    axes.plot(d, zone_high, color=ZONE, linewidth=0.8, zorder=6)
    axes.plot(d, sight.line_m, color=LINE, linewidth=1.8, zorder=7, label=words("link.line"))
    _masts(axes, drawing, words)
    _obstacles(axes, drawing)
    axes.set_xlim(-0.012 * d[-1], 1.012 * d[-1])
    axes.set_ylim(bottom, high + 0.16 * span)
    _plain_axes(axes, words)
    axes.set_xlabel(words("link.distance_axis"), color=FAINT)
    axes.set_ylabel(words("link.height_axis"), color=FAINT)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.125), ncols=6, frameon=False, fontsize=8.5, handlelength=1.6, columnspacing=1.4)  # fmt: skip


def _plain_axes(axes: Axes, words: Words) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(colors=FAINT, length=3)
    axes.grid(axis="y", color="#dfe5ea", linewidth=0.7, zorder=0)
    axes.set_axisbelow(True)

    def shown(value: float, _position: Any) -> str:
        return number(value, 0 if float(value).is_integer() else 1, words.language)

    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(7))
        axis.set_major_formatter(FuncFormatter(shown))


def _masts(axes: Axes, drawing: LinkDrawing, words: Words) -> None:
    profile, sight = drawing.profile, drawing.sight
    rises = sight.line_m[-1] > sight.line_m[0]
    ends = ((0, drawing.heights_m[0], "A", "left", rises), (-1, drawing.heights_m[1], "B", "right", not rises))
    for i, height, name, align, is_low in ends:
        x, foot = float(profile.distance_km[i]), float(profile.ground_m[i])
        axes.plot([x, x], [foot, foot + height], color=INK, linewidth=2.6, solid_capstyle="butt", zorder=8)
        axes.plot([x], [sight.line_m[i]], marker="o", markersize=6, color=LINE, markeredgecolor="white", zorder=9)
        text = words(
            "link.mast",
            name=name,
            foot=number(foot, 0, words.language),
            height=number(height, 0 if height.is_integer() else 1, words.language),
        )
        axes.annotate(
            text, (x, float(sight.line_m[i])), xytext=(9 if align == "left" else -9, -9 if is_low else 10),
            textcoords="offset points", ha=align, va="top" if is_low else "bottom", fontsize=8.5, fontweight="bold", zorder=10,
            bbox={"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": "none", "alpha": 0.85},
        )  # fmt: skip


def _obstacles(axes: Axes, drawing: LinkDrawing) -> None:
    """Numbered marks on the summits; the notes say what stands at each number."""
    for i, item in enumerate(drawing.sight.obstacles):
        at = float(np.interp(item.at_km, drawing.profile.distance_km, drawing.sight.bulge_m)) + item.top_m
        axes.annotate(
            str(i + 1), (item.at_km, at), xytext=(0, 15), textcoords="offset points", ha="center", va="center",
            fontsize=9, fontweight="bold", color="white", zorder=12,
            bbox={"boxstyle": "circle,pad=0.28", "facecolor": BAD, "edgecolor": "white", "linewidth": 1.0},
            arrowprops={"arrowstyle": "-|>", "color": BAD, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip


def _budget(axes: Axes, drawing: LinkDrawing, words: Words) -> None:
    """Staircase from the first level to the received one; threshold as a line, margin as a bar between."""
    steps, language = drawing.steps, words.language
    names = [words(f"link.step_{step.key}") for step in steps]
    level, spans = 0.0, []
    for step in steps:
        if step.kind == "change":
            spans.append((level, level + step.value))
            level += step.value
        elif step.kind == "level":
            spans.append((step.value, step.value))
            level = step.value if step.key != "threshold" else level
        else:
            spans.append((level - step.value, level))
    values = [value for span in spans for value in span]
    low, high = min(values), max(values)
    room = max(high - low, 10.0)
    for i, (step, (start, end)) in enumerate(zip(steps, spans, strict=True)):
        y = len(steps) - 1 - i
        if step.kind == "level":
            axes.plot([end], [y], marker="D", markersize=7, color=INK, zorder=4)
        else:
            is_bad = end < start if step.kind == "change" else step.value < 0
            axes.barh(y, end - start, left=start, height=0.56, color=BAD if is_bad else GOOD, zorder=3, alpha=0.9)
        if i:
            axes.plot([start, start], [y + 0.3, y + 0.72], color=FAINT, linewidth=0.7, zorder=2)
        unit = "dBm" if step.kind == "level" else "dB"
        sign = "+" if step.kind == "change" and step.value > 0 else ""
        axes.text(
            high + 0.72 * room, y, f"{sign}{number(step.value, 1, language)} {unit}", va="center",
            ha="right", fontsize=8.5, fontweight="bold" if step.kind != "change" else "normal",
        )  # fmt: skip
    threshold = next(step.value for step in steps if step.key == "threshold")
    axes.axvline(threshold, color=FAINT, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    axes.set_yticks(range(len(steps)), names[::-1], fontsize=8.8, color=INK)
    axes.set_xlim(low - 0.05 * room, high + 0.72 * room)
    axes.set_ylim(-0.6, len(steps) - 0.4)
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)
    for side in ("top", "right", "bottom", "left"):
        axes.spines[side].set_visible(False)
    axes.set_title(words("link.budget"), fontsize=10.5, fontweight="bold", loc="left", pad=10, x=-0.6)


def write_link(figure: Figure, folder: Path, stem: str) -> tuple[Path, ...]:
    """Write ``<stem>.svg`` and ``<stem>.png``; the same drawing gives the same bytes.

    Returns
    -------
    tuple
        Paths.
    """
    import matplotlib as mpl

    folder.mkdir(parents=True, exist_ok=True)
    paths = (folder / f"{stem}.svg", folder / f"{stem}.png")
    with mpl.rc_context({"svg.hashsalt": "merata", "svg.fonttype": "path", "font.family": "DejaVu Sans"}):
        figure.savefig(paths[0], format="svg", metadata={"Date": None, "Creator": "merata"})
        figure.savefig(paths[1], format="png", dpi=160, metadata={"Software": "merata"})
    return paths

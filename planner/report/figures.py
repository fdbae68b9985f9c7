"""Maps of the report as SVG, in the colours of the map page; names are set by the template, not drawn here."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.facts.flat import share_of
from planner.paths import maps_dir
from planner.report._inputs import ReportInputs, areas_of
from planner.words import Words

__all__ = ["Picture", "class_colours", "drawn_level", "pictures", "style_classes"]

_FILL_MAX, _NAMES_MAX = 700, 60
_WIDTH_IN = 7.2
_SEA, _LAND, _EDGE, _INK = "#e6edf2", "#f4f2ec", "#ffffff", "#5f6b78"
_MARKS = {"circle": "o", "diamond": "D", "triangle": "^", "pin": "*", "square": "s"}


@dataclass(frozen=True)
class Picture:
    """A map as the template takes it.

    Parameters
    ----------
    svg
        The drawing.
    ratio
        Height over width.
    names
        Names to set over it: ``text, x, y``, the place as a share of width and height from the upper left.
    legend
        ``colour, shape`` of each class that is drawn, and its ``text``: a form with the keys of its words.
    level
        Level of the areas that are filled.
    """

    svg: str
    ratio: float
    names: list[dict[str, Any]] = field(default_factory=list)
    legend: list[dict[str, Any]] = field(default_factory=list)
    level: str = ""

    def to_json(self, words: Words) -> dict[str, Any]:
        """Plain dict, the legend in the words of a language."""
        legend = [{**item, "text": item["text"].format(*map(words, item["words"]))} for item in self.legend]
        return {"svg": self.svg, "ratio": self.ratio, "names": self.names, "legend": legend, "level": self.level}


def _mark(colour: str, shape: str, text: str, *words: str) -> dict[str, Any]:
    """A line of a legend."""
    return {"colour": colour, "shape": shape, "text": text, "words": words}


@lru_cache(maxsize=32)
def style_classes(name: str) -> tuple[Mapping[str, Any], ...]:
    """Classes of a style of `maps/styles`, in order."""
    style = tomllib.loads((maps_dir() / "styles" / f"{name}.toml").read_text(encoding="utf-8"))
    return tuple(style["classes"])


def class_colours(name: str) -> dict[str, str]:
    """Colour of each class of a style by key."""
    return {str(item["key"]): str(item["colour"]) for item in style_classes(name) if "key" in item}


def drawn_level(inputs: ReportInputs) -> str:
    """Level of the areas that the maps fill: the finest that paper bears; "" without shapes."""
    if inputs.admin is None or inputs.admin.empty or "geometry" not in inputs.admin:
        return ""
    counts = inputs.admin.loc[inputs.admin["geometry"].notna(), "level"].value_counts()
    levels = [name for name in ("desa", "kecamatan", "kabupaten", "provinsi") if 0 < counts.get(name, 0) <= _FILL_MAX]
    return levels[0] if levels else ""


@lru_cache(maxsize=1)  # the reports of both languages have the same drawings
def pictures(inputs: ReportInputs) -> dict[str, Picture]:
    """Maps ``service``, ``score`` and ``plan``; none where the run has no shapes of areas."""
    level = drawn_level(inputs)
    if not level or inputs.admin is None:
        return {}
    shaped = inputs.admin.loc[inputs.admin["geometry"].notna()]
    table = areas_of(inputs, level)
    ground = _Ground(inputs, shaped, level, table)
    shares = share_of(table, "umkm_unserved", "umkm_total") if len(table) else np.empty(0)
    if len(table):
        doubtful = table["umkm_unknown"].to_numpy(dtype=np.float64) > 0.5 * table["umkm_total"].to_numpy(
            dtype=np.float64
        )
        shares = np.where(doubtful, np.nan, shares)
    made = {
        "service": ground.filled(shares, "area_unserved", is_share=True),
        "score": ground.filled(
            table["score"].to_numpy(dtype=np.float64) if len(table) else shares, "area_score", is_share=False
        ),
    }
    if inputs.sites is not None and len(inputs.sites):
        made["plan"] = ground.plan(inputs)
    return made


class _Ground:
    """Frame, land and areas shared by the maps of one report."""

    def __init__(self, inputs: ReportInputs, shaped: pd.DataFrame, level: str, table: pd.DataFrame) -> None:
        import shapely

        self.level = level
        west, south, east, north = shapely.total_bounds(shaped["geometry"].to_numpy())
        pad = 0.03 * max(east - west, north - south, 0.05)
        self.box = (west - pad, south - pad, east + pad, north + pad)
        squeeze = float(np.cos(np.radians((south + north) / 2)))
        self.aspect = 1.0 / squeeze
        self.ratio = float(np.clip((self.box[3] - self.box[1]) / ((self.box[2] - self.box[0]) * squeeze), 0.3, 1.25))
        fine = 0.4 / 72.0 / _WIDTH_IN * (self.box[2] - self.box[0])
        mine = shaped.loc[shaped["level"] == level].drop_duplicates("code").set_index("code")
        codes = table["area_code"] if len(table) else pd.Series(dtype=str)
        shapes = mine["geometry"].reindex(codes).to_numpy()
        self.shapes = shapely.simplify(shapes, fine) if len(shapes) else shapes
        self.land = _clipped(inputs.coast, self.box, fine)
        self.outlines, self.names = _outlines(shaped, self, fine)

    def canvas(self) -> tuple[Any, Any]:
        """A figure and its axes over the whole frame."""
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        figure = Figure(figsize=(_WIDTH_IN, _WIDTH_IN * self.ratio), facecolor=_SEA)
        FigureCanvasSVG(figure)
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_axis_off()
        axes.set_xlim(self.box[0], self.box[2])
        axes.set_ylim(self.box[1], self.box[3])
        _add(axes, self.land, facecolor=_LAND, edgecolor="none")
        return figure, axes

    def filled(self, values: NDArray[np.float64], style: str, *, is_share: bool) -> Picture:
        """Areas coloured by class; what is not known is hatched."""
        figure, axes = self.canvas()
        classes = style_classes(style)
        starts = [item for item in classes if "from" in item]
        at = np.searchsorted([float(item["from"]) for item in starts], np.nan_to_num(values), side="right") - 1
        at = np.where(np.isfinite(values), np.clip(at, 0, len(starts) - 1), -1)
        legend = []
        for number, item in enumerate(starts):
            _add(axes, self.shapes[at == number], facecolor=item["colour"], edgecolor=_EDGE, linewidth=0.25)
            after = float(starts[number + 1]["from"]) if number + 1 < len(starts) else (1.0 if is_share else 100.0)
            scale, sign = (100.0, "%") if is_share else (1.0, "")
            text = f"{float(item['from']) * scale:g}–{after * scale:g}{sign}"
            legend.append(_mark(item["colour"], "fill", text))
        unknown = next((item for item in classes if item.get("key") == "unknown"), None)
        if unknown is not None and (at == -1).any():
            _add(
                axes,
                self.shapes[at == -1],
                facecolor=unknown["colour"],
                edgecolor="#ffffff",
                linewidth=0.25,
                hatch="////",
            )
            legend.append(_mark(unknown["colour"], "fill", "{}", unknown["words"]))
        _add(axes, self.outlines, facecolor="none", edgecolor=_INK, linewidth=0.45)
        return Picture(_svg(figure), self.ratio, self.names, legend, self.level)

    def plan(self, inputs: ReportInputs) -> Picture:
        """Proposed sites and links over the areas, with the fiber that is there."""
        figure, axes = self.canvas()
        _add(axes, self.shapes, facecolor="#fbfaf6", edgecolor="#d9d5ca", linewidth=0.2)
        _add(axes, self.outlines, facecolor="none", edgecolor="#9aa4ae", linewidth=0.4)
        legend = [*_draw_fiber(axes, inputs), *_draw_links(axes, inputs.links), *_draw_sites(axes, inputs.sites)]
        return Picture(_svg(figure), self.ratio, self.names, legend, self.level)


def _clipped(land: Any, box: tuple[float, ...], fine: float) -> NDArray[Any]:
    import shapely

    if land is None or not len(land):
        return np.empty(0, dtype=object)
    held: NDArray[Any] = shapely.simplify(shapely.clip_by_rect(land["geometry"].to_numpy(), *box), fine)
    return held


def _outlines(shaped: pd.DataFrame, ground: _Ground, fine: float) -> tuple[NDArray[Any], list[dict[str, Any]]]:
    """Outlines of the level that is named, and its names where they fit beside each other."""
    import shapely

    counts = shaped["level"].value_counts()
    named = [name for name in ("kabupaten", "kecamatan", "desa") if 1 < counts.get(name, 0) <= _NAMES_MAX]
    if not named:
        return np.empty(0, dtype=object), []
    rows = shaped.loc[shaped["level"] == named[0]].sort_values("code", kind="stable")
    shapes = shapely.simplify(rows["geometry"].to_numpy(), fine)
    order = np.argsort(-shapely.area(shapes), kind="stable")
    points = shapely.point_on_surface(shapes)
    west, south, east, north = ground.box
    taken: list[tuple[float, float, float]] = []
    names = []
    for i in order.tolist():  # few, and each asks where the earlier ones stand
        text = str(rows["name"].iloc[i]).removeprefix("Kabupaten ")[:28]
        x = (shapely.get_x(points[i]) - west) / (east - west)
        y = (north - shapely.get_y(points[i])) / (north - south)
        wide = 0.0048 * len(text) + 0.006
        free = all(abs(x - other) > wide + half or abs(y - line) * ground.ratio > 0.019 for other, line, half in taken)
        if free and wide < x < 1.0 - wide:
            taken.append((x, y, wide))
            names.append({"text": text, "x": round(x, 4), "y": round(y, 4)})
    return shapes, names


def _add(axes: Any, shapes: Iterable[Any], **look: Any) -> None:
    """Add polygons as one drawing."""
    from matplotlib.collections import PathCollection

    paths = [
        path for shape in shapes if shape is not None and not shape.is_empty and (path := _path(shape)) is not None
    ]
    if paths:
        axes.add_collection(PathCollection(paths, **look), autolim=False)


def _path(shape: Any) -> Any:
    """A path of all rings of a polygon or of many."""
    import shapely
    from matplotlib.path import Path

    parts = [part for part in shapely.get_parts(shape) if shapely.get_type_id(part) == 3]
    rings = [shapely.get_coordinates(ring) for part in parts for ring in (part.exterior, *part.interiors)]
    made = [Path(ring, closed=True) for ring in rings if len(ring) > 3]
    return Path.make_compound_path(*made) if made else None


def _draw_fiber(axes: Any, inputs: ReportInputs) -> list[dict[str, Any]]:
    import shapely
    from matplotlib.collections import LineCollection

    if inputs.fiber is None or not len(inputs.fiber):
        return []
    surveyed = (inputs.fiber["evidence"] == "observed").to_numpy()
    legend = []
    for item in style_classes("fiber"):
        kind, _, rest = str(item["key"]).partition("_")
        mine = (inputs.fiber["kind"] == kind).to_numpy() & (surveyed != (rest == "schematic"))
        lines = [shapely.get_coordinates(part) for part in shapely.get_parts(inputs.fiber.geometry.to_numpy()[mine])]
        if lines:
            dash = _dash(item)
            axes.add_collection(
                LineCollection(lines, colors=item["colour"], linewidths=0.7, linestyles=dash, alpha=0.75), autolim=False
            )
            shape = "line" if dash == "solid" else "dash"
            legend.append(_mark(item["colour"], shape, "{}, {}", "map.layer.fiber", item["words"]))
    return legend


def _dash(item: Mapping[str, Any]) -> Any:
    return (0, tuple(float(part) * 0.8 for part in item["dash_px"])) if "dash_px" in item else "solid"


def _of_style(values: pd.Series, style: str) -> NDArray[Any]:
    """Class of each technology among those of a style; what it does not name is ``other``."""
    keys = [str(item["key"]) for item in style_classes(style)]
    return np.array([next((key for key in keys if key in str(value)), "other") for value in values])


def _draw_links(axes: Any, links: pd.DataFrame | None) -> list[dict[str, Any]]:
    from matplotlib.collections import LineCollection

    if links is None or links.empty:
        return []
    ends = (
        links[["from_lon_deg", "from_lat_deg", "to_lon_deg", "to_lat_deg"]].to_numpy(dtype=np.float64).reshape(-1, 2, 2)
    )
    kinds, legend = _of_style(links["technology"], "links"), []
    for item in style_classes("links"):
        mine = kinds == item["key"]
        if item["key"] == "satellite" or not mine.any():
            continue  # a beam has no way over the ground worth drawing on paper
        axes.add_collection(
            LineCollection(list(ends[mine]), colors=item["colour"], linewidths=0.9, linestyles=_dash(item)),
            autolim=False,
        )
        shape = "dash" if "dash_px" in item else "line"
        legend.append(_mark(item["colour"], shape, "{}: {}", "pdf.link", item["words"]))
    return legend


def _draw_sites(axes: Any, sites: pd.DataFrame | None) -> list[dict[str, Any]]:
    if sites is None or sites.empty:
        return []
    ordered = sites.sort_values("site_id", kind="stable")
    kinds, legend = _of_style(ordered["backhaul"], "sites"), []
    for item in style_classes("sites"):
        mine = ordered.loc[kinds == item["key"]]
        if mine.empty:
            continue
        shape = str(item.get("shape", "circle"))
        size = 34.0 if shape == "pin" else 15.0
        axes.scatter(
            mine["lon_deg"], mine["lat_deg"], s=size, marker=_MARKS.get(shape, "o"), c=item["colour"], edgecolors="#ffffff",
            linewidths=0.5, zorder=9,
        )  # fmt: skip
        legend.append(_mark(item["colour"], shape, "{} {}", "pdf.site", item["words"]))
    return legend


def _svg(figure: Any) -> str:
    """The drawing as text, the same each time."""
    from matplotlib import rc_context

    held = io.StringIO()
    with rc_context({"svg.hashsalt": "merata", "svg.fonttype": "path"}):
        figure.savefig(held, format="svg", metadata={"Date": None, "Creator": None}, facecolor=figure.get_facecolor())
    return held.getvalue()

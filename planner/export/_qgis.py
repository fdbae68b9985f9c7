"""Styles for QGIS from `maps/styles`: the layers of the GeoPackage open with the colours of the map."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree as ET

from planner.paths import maps_dir
from planner.words import Words, read_words

__all__ = ["DOCTYPE", "EXPRESSIONS", "STYLES", "layer_qml", "read_style", "style_classes", "technology_class"]

STYLES: Mapping[str, str] = {
    "sites": "sites", "links": "links", "areas_provinsi": "area_unserved", "areas_kabupaten": "area_unserved",
    "areas_kecamatan": "area_unserved", "areas_desa": "area_unserved", "hexagons": "area_score", "surveys": "surveys",
    "candidates": "candidates", "cells": "cells", "bts": "bts", "fiber": "fiber", "fiber_nodes": "fiber_nodes",
    "gateways": "gateways", "proposals": "proposals", "facilities": "gis/facilities", "relays": "gis/relays",
    "beams": "beams", "exclusions": "exclusions", "measurements": "measurements", "quarantined": "quarantined",
}  # fmt: skip
"""Layer of the GeoPackage → file of `maps/styles`; those below ``gis`` are not on the map page."""

_BY_TECHNOLOGY = (
    "CASE WHEN \"{0}\" LIKE '%fiber%' THEN 'fiber' WHEN \"{0}\" LIKE '%microwave%' THEN 'microwave' "
    "WHEN \"{0}\" LIKE '%satellite%' THEN 'satellite' WHEN \"{0}\" LIKE '%existing%' THEN 'existing' ELSE 'other' END"
)
EXPRESSIONS: Mapping[str, str] = {
    "sites": _BY_TECHNOLOGY.format("backhaul"),
    "links": _BY_TECHNOLOGY.format("technology"),
    "area_unserved": (
        'CASE WHEN "umkm_total" IS NULL OR "umkm_total" = 0 OR "umkm_unknown" > 0.5 * "umkm_total" THEN -1 '
        'ELSE "umkm_unserved" / "umkm_total" END'
    ),
    "area_score": 'CASE WHEN "score" IS NULL THEN -1 ELSE "score" END',
    "candidates": "CASE WHEN \"excluded_because\" = '' THEN 'usable' ELSE 'excluded' END",
    "cells": '"level"',
    "bts": (
        "CASE WHEN \"status\" IN ('inactive', 'relocate', 'switch_off') THEN 'inactive' WHEN \"status\" <> 'on_air' THEN 'planned' "
        "WHEN \"technology\" IN ('4G', '5G') THEN 'broadband' ELSE 'legacy' END"
    ),
    "fiber": "\"kind\" || CASE WHEN \"evidence\" = 'observed' THEN '' ELSE '_schematic' END",
    "fiber_nodes": '"kind"',
    "exclusions": '"kind"',
    "beams": "CASE WHEN \"evidence\" IN ('schematic', 'synthetic', 'estimate') THEN 'schematic' ELSE 'known' END",
    "measurements": '"rsrp_dbm"',
}
"""Class of a feature in the words of its style; SQL that QGIS and SQLite read alike."""

_SHAPES = {"circle": "circle", "square": "square", "diamond": "diamond", "triangle": "triangle", "cross": "cross2",
           "pin": "star", "ring": "circle"}  # fmt: skip
_MM_PER_PX = 25.4 / 96.0
DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"


@lru_cache(maxsize=32)
def read_style(name: str) -> dict[str, Any]:
    """A file of `maps/styles`."""
    return tomllib.loads((maps_dir() / "styles" / f"{name}.toml").read_text(encoding="utf-8"))


def layer_qml(layer: str, columns: Iterable[str] = ()) -> str:
    """QML of a layer, "" when it has no style.

    Parameters
    ----------
    layer
        Its name.
    columns
        Columns that the table of attributes shows under their labels.

    Notes
    -----
    Legends and labels are in both languages (``terlayani · served``), for a file has one style for all readers.
    """
    if layer not in STYLES:
        return ""
    name = STYLES[layer]
    style = read_style(name)
    words = read_words("id"), read_words("en")
    root = ET.Element("qgis", version="3.22.0", styleCategories="Symbology|Fields")
    aliases = ET.SubElement(root, "aliases")
    for column in columns:
        labels = dict.fromkeys(said.texts.get(f"columns.{column}", column) for said in words)
        ET.SubElement(aliases, "alias", field=column, name=" · ".join(labels))
    classes = style["classes"]
    if any("from" in item for item in classes):
        renderer = _graduated(root, EXPRESSIONS[name], classes, words)
    elif name in EXPRESSIONS:
        renderer = _categorised(root, EXPRESSIONS[name], classes, words)
    else:
        renderer = ET.SubElement(root, "renderer-v2", type="singleSymbol", symbollevels="0")
    symbols = ET.SubElement(renderer, "symbols")
    for number, item in enumerate(classes):
        _symbol(symbols, str(number), style["kind"], item, float(style.get("opacity", 1.0)))
    return DOCTYPE + ET.tostring(root, encoding="unicode")


def style_classes(layer: str) -> tuple[tuple[str, str], ...]:
    """Key (or number) and colour of each class of a layer's style; one grey class where it has none."""
    if layer not in STYLES:
        return (("0", "#566473"),)
    style = read_style(STYLES[layer])
    return tuple((str(item.get("key", number)), str(item["colour"])) for number, item in enumerate(style["classes"]))


def technology_class(layer: str, frame: Any) -> list[str]:
    """Class of each feature as `EXPRESSIONS` says it, for formats that cannot hold an expression."""
    keys = [key for key, _ in style_classes(layer)]
    if layer in ("sites", "links"):
        values = frame["backhaul" if layer == "sites" else "technology"].astype(str)
        return [next((key for key in keys if key in value), "other") for value in values]
    if layer == "fiber":
        kinds = zip(frame["kind"], frame["evidence"], strict=True)
        return [f"{kind}{'' if evidence == 'observed' else '_schematic'}" for kind, evidence in kinds]
    if layer == "exclusions":
        return [kind if kind in keys else "other" for kind in frame["kind"].astype(str)]
    if layer == "beams":
        drawn = frame["evidence"].isin(("schematic", "synthetic", "estimate"))
        return ["schematic" if is_drawn else "known" for is_drawn in drawn]
    if layer.startswith("areas_"):
        return _area_classes(keys, frame)
    return [keys[0]] * len(frame)


def _area_classes(keys: list[str], frame: Any) -> list[str]:
    """Class of the share of UMKM unserved; ``unknown`` where most is not known."""
    style = read_style("area_unserved")
    starts = [float(item["from"]) for item in style["classes"] if "from" in item]
    found = []
    for total, unserved, unknown in zip(
        frame["umkm_total"], frame["umkm_unserved"], frame["umkm_unknown"], strict=True
    ):
        is_known = total > 0.0 and unknown <= 0.5 * total
        found.append(keys[sum(unserved / total >= start for start in starts) - 1] if is_known else "unknown")
    return found


def _label(item: Mapping[str, Any], words: tuple[Words, Words]) -> str:
    if "words" not in item:
        return ""
    texts = [said.texts.get(item["words"], str(item.get("key", ""))) for said in words]
    return texts[0] if texts[0] == texts[1] else " · ".join(texts)


def _categorised(
    root: ET.Element, expression: str, classes: list[dict[str, Any]], words: tuple[Words, Words]
) -> ET.Element:
    renderer = ET.SubElement(root, "renderer-v2", type="categorizedSymbol", attr=expression, symbollevels="0")
    categories = ET.SubElement(renderer, "categories")
    for number, item in enumerate(classes):
        ET.SubElement(categories, "category", symbol=str(number), value=str(item["key"]), label=_label(item, words),
                      render="true", type="string")  # fmt: skip
    return renderer


def _graduated(
    root: ET.Element, expression: str, classes: list[dict[str, Any]], words: tuple[Words, Words]
) -> ET.Element:
    """Ranges from each class to the next; −1 stands for what is not known."""
    renderer = ET.SubElement(
        root, "renderer-v2", type="graduatedSymbol", attr=expression, graduatedMethod="GraduatedColor", symbollevels="0"
    )
    ranges = ET.SubElement(renderer, "ranges")
    starts = [float(item["from"]) for item in classes if "from" in item]
    is_share = max(starts) <= 1.0
    ends = [*starts[1:], 1.0 if is_share else 100.0]
    for number, item in enumerate(classes):
        if "from" in item:
            low, high = starts[number], ends[number]
            label = f"{low:.0%} – {high:.0%}" if is_share else f"{low:g} – {high:g}"
        else:
            low, high, label = -1.0, -0.5, _label(item, words)
        ET.SubElement(
            ranges, "range", symbol=str(number), lower=f"{low:.6f}", upper=f"{high:.6f}", label=label, render="true"
        )
    return renderer


def _symbol(symbols: ET.Element, name: str, kind: str, item: Mapping[str, Any], opacity: float) -> None:
    form = {"points": "marker", "cells": "marker", "lines": "line", "fill": "fill", "polygons": "outline"}[kind]
    symbol = ET.SubElement(
        symbols,
        "symbol",
        type="fill" if form == "outline" else form,
        name=name,
        alpha=f"{opacity:g}",
        clip_to_extent="1",
    )
    make = {"marker": _marker, "line": _line, "fill": _fill, "outline": _outline}[form]
    maker, options = make(item)
    layer = ET.SubElement(symbol, "layer", {"class": maker, "enabled": "1", "locked": "0", "pass": "0"})
    held = ET.SubElement(layer, "Option", type="Map")
    for option, value in options.items():
        ET.SubElement(held, "Option", type="QString", name=option, value=value)


def _marker(item: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    is_ring = item.get("shape") == "ring"
    fill = "255,255,255,0" if is_ring else _rgba(item["colour"])
    return "SimpleMarker", {
        "name": _SHAPES.get(str(item.get("shape", "circle")), "circle"), "color": fill,
        "outline_color": _rgba(item["colour"]) if is_ring or item.get("shape") == "cross" else _rgba(item.get("rim", "#ffffff")),
        "outline_width": "0.3", "outline_width_unit": "MM", "size": f"{float(item.get('size_px', 3.0)) * 2 * _MM_PER_PX:.2f}",
        "size_unit": "MM",
    }  # fmt: skip


def _line(item: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    dashes = item.get("dash_px")
    options = {
        "line_color": _rgba(item["colour"]), "line_width": f"{float(item.get('width_px', 1.5)) * _MM_PER_PX:.2f}",
        "line_width_unit": "MM", "capstyle": "round", "joinstyle": "round",
    }  # fmt: skip
    if dashes:
        pattern = ";".join(f"{float(dash) * _MM_PER_PX:.2f}" for dash in dashes)
        options |= {"use_custom_dash": "1", "customdash": pattern, "customdash_unit": "MM", "capstyle": "flat"}
    return "SimpleLine", options


def _fill(item: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    return "SimpleFill", {
        "color": _rgba(item["colour"]), "style": "b_diagonal" if item.get("is_hatched") else "solid",
        "outline_color": "120,126,134,255", "outline_width": "0.1", "outline_width_unit": "MM", "outline_style": "solid",
    }  # fmt: skip


def _outline(item: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    return "SimpleFill", {
        "color": _rgba(item["colour"]), "style": "b_diagonal" if item.get("is_hatched") else "no",
        "outline_color": _rgba(item["colour"]), "outline_width": f"{float(item.get('width_px', 1.5)) * _MM_PER_PX:.2f}",
        "outline_width_unit": "MM", "outline_style": "dash" if item.get("dash_px") else "solid",
    }  # fmt: skip


def _rgba(colour: str) -> str:
    """``#0b6e99`` → ``11,110,153,255``."""
    return ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)) + ",255"

"""Styles for QGIS of the rasters (a ``.qml`` beside the file), in the colours of the map."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from planner.export._qgis import DOCTYPE, read_style
from planner.schema_columns import LEVELS
from planner.words import read_words

__all__ = ["ramp_qml", "service_qml"]

_ENDS = {"coverage_rsrp": -40.0, "coverage_sinr": 60.0, "coverage_probability": 1.0}
"""Upper end of the last class of each ramp."""


def ramp_qml(style: str) -> str:
    """Band 1 by the classes of a raster style (``coverage_rsrp``, ``coverage_sinr``, ``coverage_probability``)."""
    told = read_style(style)
    classes, unit, last = told["classes"], told["unit"], _ENDS[style]
    root, renderer = _root(
        "singlebandpseudocolor", classificationMin=str(classes[0]["from"]), classificationMax=str(last)
    )
    shader = ET.SubElement(ET.SubElement(renderer, "rastershader"), "colorrampshader", colorRampType="DISCRETE",
                           classificationMode="1", clip="0")  # fmt: skip
    ends = [*(float(item["from"]) for item in classes[1:]), last]
    for item, end in zip(classes, ends, strict=True):
        start = float(item["from"])
        label = f"{start:.0%} – {end:.0%}" if unit == "share" else f"{start:g} – {end:g} {unit}"
        ET.SubElement(shader, "item", value=str(end), color=item["colour"], label=label, alpha="255")
    return DOCTYPE + ET.tostring(root, encoding="unicode")


def service_qml() -> str:
    """Level of service by the classes of ``cells``, with its words in both languages."""
    words = read_words("id"), read_words("en")
    colours = {item["key"]: item["colour"] for item in read_style("cells")["classes"]}
    root, renderer = _root("paletted")
    palette = ET.SubElement(renderer, "colorPalette")
    for at, level in enumerate(LEVELS):
        label = " · ".join(said(f"levels.{level}") for said in words)
        ET.SubElement(palette, "paletteEntry", value=str(at), color=colours[level], label=label, alpha="255")
    return DOCTYPE + ET.tostring(root, encoding="unicode")


def _root(kind: str, **options: str) -> tuple[ET.Element, ET.Element]:
    root = ET.Element("qgis", version="3.22.0", styleCategories="Symbology")
    renderer = ET.SubElement(ET.SubElement(root, "pipe"), "rasterrenderer", {"type": kind, "band": "1", "opacity": "1", "alphaBand": "-1", **options})  # fmt: skip
    return root, renderer

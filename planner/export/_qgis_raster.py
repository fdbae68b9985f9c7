"""Styles for QGIS of the rasters (a ``.qml`` beside the file), in the colours of the map."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from planner.export._qgis import DOCTYPE, read_style
from planner.schema_columns import LEVELS
from planner.words import read_words

__all__ = ["coverage_qml", "service_qml"]

_STRONGEST_DBM = -40.0


def coverage_qml() -> str:
    """Best level in dBm by the classes of ``coverage_rsrp``; other bands are left to the reader."""
    classes = read_style("coverage_rsrp")["classes"]
    root, renderer = _root(
        "singlebandpseudocolor", classificationMin=str(classes[0]["from"]), classificationMax=str(_STRONGEST_DBM)
    )
    shader = ET.SubElement(ET.SubElement(renderer, "rastershader"), "colorrampshader", colorRampType="DISCRETE",
                           classificationMode="1", clip="0")  # fmt: skip
    ends = [*(float(item["from"]) for item in classes[1:]), _STRONGEST_DBM]
    for item, end in zip(classes, ends, strict=True):
        label = f"{float(item['from']):g} – {end:g} dBm"
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

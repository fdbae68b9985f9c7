"""KMZ for Google Earth: proposed sites, their links, surveys and areas, with the warnings in front."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from planner.export._inputs import ExportInputs
from planner.export._layers import about_rows, vector_layers
from planner.export._qgis import style_classes, technology_class
from planner.export._whole import whole
from planner.words import Words, read_words

__all__ = ["META", "write"]

META = {"is_folder": False, "suffix": ".kmz", "path": "gis/plan.kmz", "about": "plan and areas for Google Earth"}

_LAYERS = (
    "sites",
    "links",
    "relays",
    "surveys",
    "areas_kabupaten",
    "areas_kecamatan",
    "fiber",
    "gateways",
    "proposals",
    "beams",
    "exclusions",
)
_HIDDEN = ("geometry", "why", "link_ids", "option_id", "option_cost_idr", "backhaul_path")
_SHOWN_AT_FIRST = ("sites", "links", "areas_kabupaten")
_ICON = "http://maps.google.com/mapfiles/kml/shapes/placemark_circle.png"
_TEXT_MAX = 300


def write(path: Path, inputs: ExportInputs) -> Path | None:
    """Write ``plan.kmz``; None when the run has none of its layers.

    Parameters
    ----------
    path
        The file.
    inputs
        What to write.

    Notes
    -----
    OGC KML 2.3 (12-007r2). Texts are in both languages, for a file serves all readers. Google Earth draws the values
    of a feature as HTML in its balloon and fills in ``$[…]``: so ``<``, ``>`` and ``$[`` of a stranger's text become
    ``‹``, ``›`` and ``$ [``; nothing else of it is changed. Numbers keep all their digits.

    Raises
    ------
    OutputError
        It could not be written whole.
    """
    layers = {name: frame for name in _LAYERS if (frame := vector_layers(inputs).get(name)) is not None}
    if not layers:
        return None
    words = read_words("id"), read_words("en")
    text = "".join(_document(layers, inputs, words))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        day = (max(inputs.date.year, 1980), inputs.date.month, inputs.date.day, 0, 0, 0)
        entry = zipfile.ZipInfo("doc.kml", day)
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, text.encode("utf-8", errors="replace"))
    with whole(path) as part:
        part.write_bytes(held.getvalue())
    return path


def _document(layers: dict[str, Any], inputs: ExportInputs, words: tuple[Words, Words]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.3"><Document>'
    yield f"<name>{_text(inputs.title_id or inputs.name)}</name>"
    told = [row for row in about_rows(inputs).to_dict("records") if not str(row["key"]).startswith("source")]
    lines = dict.fromkeys(str(row[text]) for row in told for text in ("text_id", "text_en"))
    yield f"<Snippet maxLines='0'></Snippet><description>{_text(chr(10).join(lines), 4000)}</description>"
    for name in layers:
        yield from _styles(name)
    for name, frame in layers.items():
        title = " · ".join(dict.fromkeys(w.texts.get(_title_key(name), name) for w in words))
        shown = int(name in _SHOWN_AT_FIRST)
        yield f"<Folder><name>{_text(title)}</name><visibility>{shown}</visibility>"
        yield from _features(name, frame, words, shown)
        yield "</Folder>"
    yield "</Document></kml>\n"


def _title_key(name: str) -> str:
    return f"area_levels.{name.removeprefix('areas_')}" if name.startswith("areas_") else f"map.layer.{name}"


def _styles(layer: str) -> Iterator[str]:
    """One style a class of the layer, in the colours of the map."""
    for key, colour in style_classes(layer):
        line = _abgr(colour, "ff")
        yield f'<Style id="{layer}_{key}"><IconStyle><color>{line}</color><scale>0.8</scale><Icon><href>{_ICON}</href></Icon></IconStyle>'  # fmt: skip
        yield f"<LabelStyle><scale>0.7</scale></LabelStyle><LineStyle><color>{line}</color><width>2</width></LineStyle>"
        yield f"<PolyStyle><color>{_abgr(colour, 'b0')}</color></PolyStyle></Style>"


def _abgr(colour: str, alpha: str) -> str:
    """``#0b6e99`` as KML writes colours: alpha, blue, green, red."""
    return alpha + colour[5:7] + colour[3:5] + colour[1:3]


def _features(layer: str, frame: Any, words: tuple[Words, Words], shown: int) -> Iterator[str]:
    columns = [str(name) for name in frame.columns if name not in _HIDDEN]
    labels = {name: " · ".join(dict.fromkeys(w.texts.get(f"columns.{name}", name) for w in words)) for name in columns}
    data = {name: frame[name].astype(object).tolist() for name in columns}
    title = next((name for name in ("name", "site_id", "link_id", "area_code") if name in data), columns[0])
    keys = technology_class(layer, frame)
    for row, shape in enumerate(frame.geometry):  # XML is written row by row
        drawn = _shape(shape)
        if not drawn:
            continue
        name = data[title][row] or data.get("site_id", data[title])[row]
        yield f"<Placemark><name>{_text(name)}</name><visibility>{shown}</visibility><styleUrl>#{layer}_{keys[row]}</styleUrl><ExtendedData>"
        for column in columns:
            value = _value(data[column][row])
            if value:
                yield f'<Data name="{_text(column)}"><displayName>{_text(labels[column])}</displayName><value>{value}</value></Data>'
        yield f"</ExtendedData>{drawn}</Placemark>"


def _value(value: Any) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return _text(value)


def _text(value: Any, longest: int = _TEXT_MAX) -> str:
    """A stranger's text as text of XML and of the balloon: no forbidden character, nothing that would be drawn."""
    cut = str(value)[: longest + 1]
    shown = "".join(c if c in "\t\n" or c.isprintable() else "\ufffd" for c in cut)
    for mark, safe in (("<", "‹"), (">", "›"), ("$[", "$ [")):
        shown = shown.replace(mark, safe)
    return escape(shown if len(cut) <= longest else f"{shown[: longest - 1]}…", {'"': "&quot;", "'": "&#39;"})


def _shape(shape: Any) -> str:
    """Geometry as KML; "" for none and for kinds that no layer has."""
    import shapely

    if shape is None or shape.is_empty:
        return ""
    kind = shapely.get_type_id(shape)
    if kind == 0:
        return f"<Point><coordinates>{_places([shape.coords[0]])}</coordinates></Point>"
    if kind == 1:
        return f"<LineString><tessellate>1</tessellate><coordinates>{_places(shape.coords)}</coordinates></LineString>"
    if kind == 3:
        holes = "".join(f"<innerBoundaryIs><LinearRing><coordinates>{_places(r.coords)}</coordinates></LinearRing></innerBoundaryIs>" for r in shape.interiors)  # fmt: skip
        return f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{_places(shape.exterior.coords)}</coordinates></LinearRing></outerBoundaryIs>{holes}</Polygon>"
    parts = "".join(_shape(part) for part in shapely.get_parts(shape))
    return f"<MultiGeometry>{parts}</MultiGeometry>" if parts else ""


def _places(coordinates: Iterable[Any]) -> str:
    return " ".join(f"{place[0]:.7g},{place[1]:.7g}" for place in coordinates)

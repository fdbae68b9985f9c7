#!/usr/bin/env python3
"""The data dictionary of the layers a run writes (docs/layers.md), from the run itself, in both languages.

``scripts/make_dictionary.py runs/demo``; every file carries the same table (``data_dictionary`` of the GeoPackage).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from planner.export._layers import dictionary_rows
from planner.schema import LAYERS
from planner.words import read_words

TARGET = Path(__file__).resolve().parent.parent / "docs" / "layers.md"
HEAD = """# Layers of a run · Lapisan hasil
Made by `scripts/make_dictionary.py` from a run of the sample. All places are longitude and latitude in degrees (EPSG:4326); a column
whose name ends in a unit has that unit; shares run from 0 to 1. The GeoPackage holds the same text in its table `data_dictionary`, the
shapefiles in `field_names.csv` (their names are cut to ten characters); each GeoParquet file carries it in its schema and under the key `merata`,
each FlatGeobuf in its header. Layers that the sample does not hold stand here too. · Semua tempat dalam derajat bujur dan lintang (EPSG:4326); satuan ada di
akhir nama kolom; bagian dari 0 sampai 1. GeoPackage memuat teks yang sama dalam tabel `data_dictionary`.
"""
ABSENT = {"beams": "satellite", "exclusions": "exclusions", "measurements": "measurements"}
"""Layers of a run that the sample does not give, and the declared layer whose columns they have."""
PARTS = {
    "raw": ("nilai kriteria dalam satuannya", "the criterion's value in its unit"),
    "part": ("nilai kriteria di antara jangkar, 0–1", "the criterion's value between its anchors, 0–1"),
    "weight": ("bobot kriteria dalam skor ini", "the criterion's weight in this score"),
}


def dictionary(run: Path) -> str:
    """Text of the page for the GeoParquet files of a run."""
    import pyarrow.parquet as pq

    columns = {path.stem: _columns(pq.read_schema(path)) for path in sorted((run / "gis").glob("*.parquet"))}
    for layer, kind in ABSENT.items():
        columns.setdefault(layer, [c.name for c in LAYERS[kind].columns if c.name != "footprint_wkt"])
    columns.setdefault("quarantined", ["kind", "file", "line", "reason_id", "reason_en", "lon_deg", "lat_deg"])
    rows = dictionary_rows({layer: _Named(names) for layer, names in columns.items()})
    told: dict[str, list[str]] = {}
    for row in rows.to_dict("records"):
        told.setdefault(row["layer"], []).append(_line(row))
    merged = _merged(told)
    criteria = _criteria({name for names in columns.values() for name in names})
    return "\n".join(
        [HEAD, *(f"## {layers}\n{TABLE}\n" + "\n".join(lines) + "\n" for layers, lines in merged), criteria]
    )


TABLE = "| column | Bahasa Indonesia | English | unit | meaning |\n|---|---|---|---|---|"


class _Named:
    """What `dictionary_rows` asks of a table: its columns."""

    def __init__(self, columns: list[str]) -> None:
        self.columns = columns


def _columns(schema: Any) -> list[str]:
    return [name for name in schema.names if name not in ("geometry", "bbox")]


def _line(row: dict[Any, Any]) -> str:
    about = "" if row["about"] in (row["label_en"], row["label_id"]) else row["about"]
    return f"| `{row['column']}` | {row['label_id']} | {row['label_en']} | {row['unit']} | {about} |"


def _merged(told: dict[str, list[str]]) -> list[tuple[str, list[str]]]:
    """Layers without the columns of criteria; the levels of areas under one heading."""
    plain = {
        layer: [line for line in lines if not line.startswith(tuple(f"| `{part}_" for part in PARTS))]
        for layer, lines in told.items()
    }
    areas = [layer for layer in plain if layer.startswith("areas_")]
    widest: list[str] = []
    for layer in sorted(areas, key=lambda layer: -len(plain[layer])):
        widest += [line for line in plain[layer] if line not in widest]
    rest = [(layer, lines) for layer, lines in plain.items() if layer not in areas]
    return sorted([*rest, (", ".join(sorted(areas)), widest)] if areas else rest)


def _criteria(columns: set[str]) -> str:
    words = {language: read_words(language) for language in ("id", "en")}
    names = sorted({name.removeprefix("raw_") for name in columns if name.startswith("raw_")})
    parts = "\n".join(f"| `{part}_<criterion>` | {text_id} | {text_en} |" for part, (text_id, text_en) in PARTS.items())
    rows = "\n".join(
        f"| `{name}` | {words['id'](f'criteria.{name}')} | {words['en'](f'criteria.{name}')} |" for name in names
    )
    return (
        "## Parts of the score, in areas and hexagons\n| column | Bahasa Indonesia | English |\n|---|---|---|\n"
        f"{parts}\n\n| criterion | Bahasa Indonesia | English |\n|---|---|---|\n{rows}\n"
    )


def main(arguments: list[str] | None = None) -> int:
    """Write the page; answer with the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="folder of a finished run with the format geoparquet")
    parser.add_argument("--out", type=Path, default=TARGET, help="the page")
    given = parser.parse_args(arguments)
    if not list((given.run / "gis").glob("*.parquet")):
        print(f"'{given.run}' has no GeoParquet layers", file=sys.stderr)
        return 2
    given.out.write_text(dictionary(given.run), encoding="utf-8")
    print(given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())

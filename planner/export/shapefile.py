"""Shapefile, for programs that know nothing newer: short field names, with a table that says what each means."""

from __future__ import annotations

import errno
import os
import shutil
import struct
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from planner.errors import OutputError
from planner.export._inputs import ExportInputs
from planner.export._layers import MASS_LAYERS, dictionary_rows, vector_layers
from planner.export._ogr import faults
from planner.export._whole import whole

__all__ = ["META", "short_names", "write"]

META = {
    "is_folder": True, "suffix": ".shp", "path": "gis/shapefile", "about": "legacy: one shapefile a layer, field names in a table",
}  # fmt: skip

FIELD_TABLE = "field_names.csv"
_NAME_MAX, _TEXT_MAX = 10, 254
_PARTS: Mapping[str, str] = {
    "provinsi": "prov", "kabupaten": "kab", "kecamatan": "kec", "facilities": "fac", "people": "ppl", "umkm": "um",
    "unserved": "uns", "unknown": "unk", "limited": "lim", "served": "srv", "total": "tot", "evidenced": "evd",
    "evidence": "evid", "confidence": "conf", "backbone": "bb", "distance": "dist", "priority": "prio", "destinations": "dst",
    "outermost": "out", "islands": "isl", "deficit": "def", "sector": "sct", "weight": "wgt", "capacity": "cap",
    "backhaul": "bh", "technology": "tech", "elevation": "elev", "excluded": "excl", "observed": "obs", "offline": "off",
    "online": "onl", "share": "sh", "demand": "dem", "operators": "ops", "operator": "oper", "candidate": "cand",
    "proposed": "prop", "length": "len", "option": "opt", "raw": "r", "part": "p", "per": "", "year": "yr", "code": "cd",
}  # fmt: skip


def write(path: Path, inputs: ExportInputs) -> tuple[Path, ...]:
    """Write ``<layer>.shp`` with its companions for every layer, and `FIELD_TABLE`, into a folder.

    Parameters
    ----------
    path
        The folder.
    inputs
        What to write; layers the run does not have are left out.

    Notes
    -----
    The format has names of 10 characters and texts of 254; longer texts are cut and end with ``…``. UTF-8, which the
    ``.cpg`` says. Truth values are 1 and 0.

    Raises
    ------
    OutputError
        A file could not be written whole.
    """
    layers = {name: frame for name, frame in vector_layers(inputs).items() if name not in MASS_LAYERS}
    if not layers:
        return ()
    names = {layer: short_names(c for c in frame.columns if c != "geometry") for layer, frame in layers.items()}
    written: list[Path] = []
    with tempfile.TemporaryDirectory(prefix="merata-shp-") as made:
        for layer, frame in layers.items():
            _make(Path(made) / f"{layer}.shp", frame, names[layer], inputs)
        for source in sorted(Path(made).iterdir()):
            with whole(path / source.name) as part:
                shutil.copyfile(source, part)
            written.append(path / source.name)
    rows = dictionary_rows(layers)
    rows.insert(1, "field", [names[layer][column] for layer, column in zip(rows["layer"], rows["column"], strict=True)])
    with whole(path / FIELD_TABLE) as part:
        rows.to_csv(part, sep=";", index=False, encoding="utf-8-sig", lineterminator="\r\n")
    return (*written, path / FIELD_TABLE)


def short_names(columns: Iterable[Any]) -> dict[str, str]:
    """Name of at most 10 characters for each column; equal ones get a number.

    Examples
    --------
    >>> short_names(["name", "umkm_unserved", "opex_idr_per_year", "raw_backbone_distance", "part_backbone_distance"])
    {'name': 'name', 'umkm_unserved': 'um_uns', 'opex_idr_per_year': 'opex_idr_y', 'raw_backbone_distance': 'r_bb_dist', 'part_backbone_distance': 'p_bb_dist'}
    """
    found: dict[str, str] = {}
    for column in map(str, columns):
        short = column
        if len(column) > _NAME_MAX:
            parts = (_PARTS.get(part, part) for part in column.split("_"))
            short = "_".join(part for part in parts if part)[:_NAME_MAX]
        number, base = 1, short
        while short in found.values():
            number += 1
            short = f"{base[: _NAME_MAX - len(str(number)) - 1]}_{number}"
        found[column] = short
    return found


def _make(path: Path, frame: Any, names: Mapping[str, str], inputs: ExportInputs) -> None:
    """Write a shapefile into the folder for temporary files; GDAL cannot write one under another name."""
    import pyogrio

    cut = frame.rename(columns=dict(names)).copy()
    for column in cut.columns:
        if column == "geometry":
            continue
        if cut[column].dtype.kind == "b":
            cut[column] = cut[column].astype("int32")
        elif cut[column].dtype.kind not in "iuf":
            cut[column] = cut[column].map(_short_text)
    fault = ""
    refused: tuple[type[Exception], ...] = (OSError, *faults())
    try:
        pyogrio.write_dataframe(cut, path, driver="ESRI Shapefile", encoding="UTF-8")
        _set_date(path.with_suffix(".dbf"), inputs)
        if not _is_whole(path, len(cut)):
            fault = os.strerror(errno.ENOSPC)
    except refused as err:
        fault = str(err)[:200]
    if fault:
        message = f"'{path.name}' could not be written: {fault}; make room in the folder for temporary files"
        raise OutputError(message, code="output_unwritten", path=path.name, fault=fault)


def _set_date(table: Path, inputs: ExportInputs) -> None:
    """Bytes 1 to 3 of a dBASE table: year since 1900, month, day."""
    with table.open("r+b") as file:
        file.seek(1)
        file.write(bytes((inputs.date.year - 1900, inputs.date.month, inputs.date.day)))


def _is_whole(path: Path, n_rows: int) -> bool:
    """Whether the headers agree with the sizes (ESRI 1998, pages 3 and 4): GDAL is silent about a disk that fills up."""
    table = path.with_suffix(".dbf").read_bytes()
    n_told, head, row = map(int, struct.unpack("<IHH", table[4:12]))
    shapes = path.read_bytes()
    return (
        n_told == n_rows
        and len(table) >= head + n_rows * row
        and 2 * int(struct.unpack(">I", shapes[24:28])[0]) == len(shapes)
    )


def _short_text(value: Any) -> Any:
    """A text of at most 254 bytes of UTF-8; lists as they are written."""
    if value is None or value != value:  # noqa: PLR0124  NaN differs from itself
        return None
    text = str(value).replace("\x00", "")
    data = text.encode("utf-8", errors="replace")
    return text if len(data) <= _TEXT_MAX else data[: _TEXT_MAX - 3].decode("utf-8", errors="ignore") + "…"

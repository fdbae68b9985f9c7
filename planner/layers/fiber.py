"""Fiber routes: lines with owner, status and whether they lie on land or under the sea."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.layers.geo_rows import finish, known_evidence
from planner.layers.lines import Lines, judged_lines, length_km, line_frame
from planner.layers.report import Conformed, ReadContext
from planner.schema import layer

if TYPE_CHECKING:
    import pandas as pd

    from planner.scenario import LayerSource

__all__ = ["read"]

_NAMES = {
    "fiber_id": ("id fiber", "id ruas", "kode ruas", "kode", "slug", "id", "route id", "cable id", "osm id"),
    "name": ("nama", "nama ruas", "ruas", "nama kabel", "cable name", "segmen", "route", "system"),
    "owner": ("owners", "pemilik", "operator", "penyelenggara", "perusahaan", "nama perusahaan"),
    "status": ("kondisi", "keterangan status", "status ruas", "state"),
    "kind": ("jenis", "tipe", "jenis kabel", "type", "medium", "jenis jaringan"),
    "source": ("sumber", "sumber data"),
    "evidence": ("bukti",),
    "length": ("panjang", "panjang km", "length km"),
    "rfs": ("ready for service", "tahun operasi"),
    "landing_points": (),
}
_KINDS = {
    "sea": ("sea", "laut", "submarine", "subsea", "bawah laut", "skkl", "undersea", "kabel laut"),
    "land": ("land", "darat", "terrestrial", "inland", "udara", "tanam", "aerial", "skko", "kabel darat", "duct"),
}
_STATUSES = {
    "in_service": (
        "in service",
        "in_service",
        "aktif",
        "eksisting",
        "existing",
        "operasi",
        "beroperasi",
        "active",
        "terbangun",
    ),
    "planned": ("planned", "rencana", "usulan", "konstruksi", "under construction", "proposed", "pembangunan"),
    "retired": ("retired", "tidak aktif", "nonaktif", "non aktif", "rusak", "inactive", "decommissioned"),
}


def read(path: Path, source: LayerSource, context: ReadContext) -> Conformed:
    """Read fiber routes.

    Notes
    -----
    A file of TeleGeography's submarine map is known by its columns: its lines are sea cables, drawn by hand
    (``schematic``), whole systems cut into their parts. Elsewhere the kind comes from a column or from the
    scenario (``kind = "land"``); it is never guessed.
    """
    found = [_attributes(lines, source) for lines in judged_lines(path, source, context, _NAMES)]
    data = line_frame(found, "fiber_id", "fiber-", layer("fiber").column_names)
    return finish("fiber", [lines.judged for lines, _ in found], data)


def _attributes(lines: Lines, source: LayerSource) -> tuple[Lines, pd.DataFrame]:
    import pandas as pd

    drawn = "slug" in lines.table.cells and "landing_points" in lines.table.cells
    kind = _kinds(lines, source, drawn=drawn)
    status = _statuses(lines, source)
    evidence = source.evidence or ("schematic" if drawn else "")
    if drawn:
        lines.judged.notes.append("a submarine cable map: lines are sea cables drawn by hand (schematic)")
    _compare_lengths(lines)
    frame = pd.DataFrame(
        {
            "fiber_id": lines.text("fiber_id"),
            "name": lines.text("name"),
            "owner": lines.text("owner"),
            "status": status,
            "kind": kind,
            "source": np.full(len(kind), source.source, dtype=object) if source.source else lines.text("source"),
            "evidence": known_evidence(lines.judged, lines.picked, evidence),
        }
    ).astype("str")
    return lines, frame


def _kinds(lines: Lines, source: LayerSource, *, drawn: bool) -> NDArray[Any]:
    text = _words(lines.text("kind"))
    kind = np.full(text.shape, "", dtype=object)
    for ours, words in _KINDS.items():
        kind[np.isin(text, words)] = ours
    if source.kind in _KINDS:
        kind[:] = source.kind
    elif drawn:
        kind[kind == ""] = "sea"
    message = "neither land nor sea"
    mend = 'give kind = "land" or kind = "sea" for this layer, or a column jenis (darat/laut)'
    lines.judged.say(kind == "", "fiber_kind", message, column=lines.picked.get("kind", ""), mend=mend)
    return kind


def _statuses(lines: Lines, source: LayerSource) -> NDArray[Any]:
    text = _words(lines.text("status"))
    status = np.full(text.shape, "", dtype=object)
    for ours, words in _STATUSES.items():
        status[np.isin(text, words)] = ours
    strange = (text != "") & (status == "")
    lines.judged.say(
        strange, "vocabulary", "status is none of in_service, planned, retired", column=lines.picked.get("status", ""),
        mend="write aktif, rencana or tidak aktif",
    )  # fmt: skip
    ready = _years(lines.text("rfs"))
    if source.year is not None and (ready > 0).any():
        status[(status == "") & (ready > source.year)] = "planned"
        lines.judged.notes.append(f"systems ready for service after {source.year} are planned")
    if (status == "").any():
        lines.judged.notes.append(f"status not given for {int((status == '').sum())} routes: taken as in service")
    status[status == ""] = "in_service"
    return status


def _compare_lengths(lines: Lines) -> None:
    """Say how the drawn lengths compare with those the file states; they are not used otherwise."""
    stated = np.array([_km(text) for text in lines.text("length").tolist()], dtype=np.float64)
    drawn = np.bincount(lines.row, weights=length_km(lines.line), minlength=len(stated))
    known = np.isfinite(stated) & (stated > 0.0) & (drawn > 0.0)
    if known.any():
        ratio = float(np.median(drawn[known] / stated[known]))
        lines.judged.notes.append(
            f"drawn lengths in the region are {ratio:.2f} of the stated ones (median of {int(known.sum())}); lengths are measured on the lines"
        )


def _km(text: str) -> float:
    found = re.fullmatch(r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(?:km)?", text.strip().lower())
    return float(found.group(1).replace(",", "")) if found else np.nan


def _years(text: NDArray[Any]) -> NDArray[np.int64]:
    years = [int(m.group()) if (m := re.search(r"(19|20)\d{2}", value)) else 0 for value in text.tolist()]
    return np.array(years, dtype=np.int64)


def _words(text: NDArray[Any]) -> NDArray[Any]:
    return np.array([" ".join(value.casefold().split()) for value in text.tolist()], dtype=object)

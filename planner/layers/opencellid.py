"""OpenCelliD exports as base stations: country files without a header, world files with one.

Columns and their order: docs.opencellid.org, "Cell database" (2024). The operator of an MNC comes from
``data/reference/operators.csv``; a network code that is not there (22, 100 and others that phones report by
mistake) is quarantined, because nobody knows whose tower it is.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from planner.catalog import reference_path
from planner.layers.conform import View
from planner.layers.headers import normal
from planner.layers.places import Fault
from planner.layers.report import RawTable
from planner.layers.sniff import OPENCELLID

__all__ = ["INDONESIA_MCC", "as_bts", "is_opencellid", "operators"]

INDONESIA_MCC = "510"
TECHNOLOGY: Mapping[str, str] = {"GSM": "2G", "CDMA": "2G", "UMTS": "3G", "LTE": "4G", "NR": "5G"}
"""Radio of OpenCelliD → generation; NBIOT serves meters, not people, and stays out."""


def is_opencellid(table: RawTable) -> bool:
    """Whether a table has the columns of an OpenCelliD export."""
    headers = {normal(str(name)) for name in table.cells.columns}
    return {normal(name) for name in OPENCELLID[:8] if name != "unit"} <= headers


@lru_cache(maxsize=1)
def operators() -> Mapping[tuple[str, int], str]:
    """``(mcc, mnc)`` → operator of today, from ``data/reference/operators.csv``; networks switched off left out."""
    with reference_path("operators.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return {(row["mcc"], int(row["mnc"])): row["operator_2025"] for row in rows if row["operator_2025"]}


def as_bts(table: RawTable) -> View:
    """One row per cell, under the names of the `bts` layer.

    Notes
    -----
    Cells of one eNodeB stay separate rows: they differ in place, and their samples say how sure each is.
    ``range`` is 1000 in most rows and ``averageSignal`` 0 in all of them, so neither is used.
    """
    cells = {normal(str(name)): table.cells[name].str.strip() for name in table.cells.columns}
    mcc, net, radio = cells["mcc"], cells["net"], cells["radio"].str.upper()
    known = operators()
    number = pd.to_numeric(net, errors="coerce").fillna(-1).astype("int64")
    pairs = pd.Series(list(zip(mcc.to_list(), number.to_list(), strict=True)))
    operator = pairs.map(lambda pair: known.get(pair, ""))
    foreign = (mcc != INDONESIA_MCC).to_numpy(dtype=np.bool_)
    unknown = (operator == "").to_numpy(dtype=np.bool_) & ~foreign
    faults = []
    if foreign.any():
        faults.append(Fault(foreign, "other_country", f"a cell of another country (MCC is not {INDONESIA_MCC})", "mcc"))
    if unknown.any():
        mend = "phones report such codes by mistake; where the network is real, add it to data/reference/operators.csv"
        faults.append(Fault(unknown, "mnc_unknown", "no Indonesian operator has this network code", "net", mend))
    key = radio + "-" + mcc + "-" + net + "-" + cells["area"] + "-" + cells["cell"]
    view = pd.DataFrame(
        {
            "bts_id": key,
            "operator": operator.where(operator != "", "?").astype("str"),
            "technology": radio.map(lambda name: TECHNOLOGY.get(name, name)).astype("str"),
            "lon": cells["lon"],
            "lat": cells["lat"],
        }
    )
    if "samples" in cells:
        view = view.assign(samples=cells["samples"])
    note = "OpenCelliD: crowd-sourced cells; where it has none, nothing is known"
    return View(replace(table, cells=view, number_cells={}), tuple(faults), (note,))

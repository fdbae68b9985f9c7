"""The layers and stage tables of Merata, declared once: columns, units, ranges, meaning.

`LAYERS` says what each input layer must look like after conform; `TABLES` what stages hand to each
other. Readers judge rows against these declarations, pandera checks frames made from them, and the data
dictionary of every export is written from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from planner import schema_columns as c
from planner.errors import LayerError
from planner.schema_columns import Column

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LAYERS", "TABLES", "Column", "Layer", "check_frame", "layer"]

Shape = Literal["table", "point", "line", "polygon", "raster"]


@dataclass(frozen=True)
class Layer:
    """Declaration of one layer.

    Parameters
    ----------
    kind
        Key of the layer, as written in a scenario.
    shape
        ``point`` layers travel as ``lon_deg, lat_deg`` columns, ``line`` and ``polygon`` layers as
        GeoDataFrames in EPSG:4326, ``table`` layers have no place, ``raster`` layers are `Raster`.
    columns
        Columns after conform.
    key
        Column that identifies a row (unique), or "".
    unit
        Unit of a raster's values.
    minimum, maximum
        Plausible range of a raster's values.
    """

    kind: str
    shape: Shape
    columns: tuple[Column, ...] = ()
    key: str = ""
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None

    def column(self, name: str) -> Column:
        """Declared column ``name`` (KeyError when there is none)."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the declared columns, in order."""
        return tuple(column.name for column in self.columns)


LAYERS: dict[str, Layer] = {
    item.kind: item
    for item in (
        Layer("bts", "point", c.BTS, key="bts_id"),
        Layer("fiber", "line", c.FIBER, key="fiber_id"),
        Layer("fiber_nodes", "point", c.FIBER_NODES, key="node_id"),
        Layer("satellite", "table", c.SATELLITE, key="beam_id"),
        Layer("gateways", "point", c.GATEWAYS, key="gateway_id"),
        Layer("umkm", "point", c.UMKM, key="umkm_id"),
        Layer("umkm_counts", "table", c.UMKM_COUNTS),
        Layer("facilities", "point", c.FACILITIES, key="facility_id"),
        Layer("admin", "polygon", c.ADMIN, key="code"),
        Layer("population_counts", "table", c.POPULATION_COUNTS, key="area_code"),
        Layer("priority", "table", c.PRIORITY),
        Layer("roads", "line", c.ROADS, key="road_id"),
        Layer("power", "line", c.POWER, key="power_id"),
        Layer("exclusions", "polygon", c.EXCLUSIONS, key="exclusion_id"),
        Layer("proposals", "point", c.PROPOSALS, key="proposal_id"),
        Layer("decisions", "point", c.DECISIONS, key="decision_id"),
        Layer("measurements", "point", c.MEASUREMENTS),
        Layer("terrain", "raster", unit="m", minimum=-50.0, maximum=5000.0),
        Layer("clutter", "raster", unit="class", minimum=0, maximum=255),
        Layer("population", "raster", unit="people", minimum=0.0, maximum=200_000.0),
    )
}

TABLES: dict[str, tuple[Column, ...]] = {
    "cells": c.CELLS,
    "service": c.SERVICE,
    "bts_load": c.BTS_LOAD,
    "servers": c.SERVERS,
    "areas": c.AREAS,
    "candidates": c.CANDIDATES,
    "options": c.OPTIONS,
    "sites": c.SITES,
    "links": c.LINKS,
    "surveys": c.SURVEYS,
}


def layer(kind: str) -> Layer:
    """Declaration of layer ``kind``.

    Raises
    ------
    LayerError
        No such layer; the message lists the known ones.
    """
    if kind not in LAYERS:
        message = f"unknown layer kind '{kind}' (known: {', '.join(sorted(LAYERS))})"
        raise LayerError(message, code="layer_unknown", kind=kind, known=", ".join(sorted(LAYERS)))
    return LAYERS[kind]


def check_frame(frame: pd.DataFrame, columns: tuple[Column, ...], name: str) -> pd.DataFrame:
    """Check a stage table against its declaration; return it unchanged.

    Parameters
    ----------
    frame
        The table; extra columns are allowed.
    columns
        Its declaration.
    name
        Used in the message.

    Raises
    ------
    LayerError
        Missing columns, values outside range or vocabulary; all of them at once.
    """
    problems: list[str] = []
    for column in columns:
        if column.name not in frame.columns:
            if column.is_required:
                problems.append(f"column '{column.name}' is missing")
            continue
        problems.extend(column.faults(frame[column.name]))
    if problems:
        message = f"table '{name}' breaks its schema: " + "; ".join(problems)
        raise LayerError(message, code="table_schema", name=name, problems="; ".join(problems))
    return frame

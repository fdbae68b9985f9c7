"""Cuts a run into its kabupaten, each with the totals that the facts hold for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.grid import Raster
from planner.maps.inputs import MapInputs
from planner.maps.tables import hexagon_shapes

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Parts"]

Bounds = tuple[float, float, float, float]

_BY_PLACE = ("bts", "fiber_nodes", "gateways", "proposals", "measurements", "candidates", "quarantined")
_BY_AREA = ("sites", "surveys", "cells", "umkm_points")
_RASTERS = (
    "coverage_rsrp_dbm", "coverage_operator", "coverage_server", "coverage_second", "coverage_lead_db", "coverage_sinr_db",
    "coverage_probability_share",
)  # fmt: skip
_SHAPED = ("fiber", "exclusions", "beams")
_MARGIN_DEG = 0.05


class Parts:
    """A run by kabupaten; what all parts need is looked up once.

    Parameters
    ----------
    inputs
        The whole run.
    """

    def __init__(self, inputs: MapInputs) -> None:
        self._inputs = inputs
        admin = inputs.admin
        kabupaten = set() if admin is None else set(admin.loc[admin["level"] == "kabupaten", "code"].astype("str"))
        self.codes = tuple(sorted(kabupaten))

    def name(self, code: str) -> str:
        """Name of an area; its code where it has none."""
        return self._names.get(code) or code

    def above(self, code: str) -> str:
        """Name of the area above; empty where it is not known."""
        return self._names.get(code.rpartition(".")[0], "")

    def record(self, code: str) -> Mapping[str, Any]:
        """What the facts say of an area."""
        return next((item for item in self._facts.get(code, ()) if str(item["area_code"]) == code), {})

    def plan(self, code: str) -> dict[str, Any]:
        """What the facts say of the plan within a kabupaten."""
        plan = dict(self._inputs.facts.get("plan", {}).get("by_kabupaten", {}).get(code, {}))
        return {**plan, "by_kabupaten": {code: dict(plan)}} if plan else {}

    def cut(self, code: str) -> MapInputs:
        """The part of the run that lies in one kabupaten, its title before that of the run."""
        inputs = self._inputs
        admin = self._taken("admin", code)
        bounds = _bounds(admin)
        parts: dict[str, Any] = {name: self._taken(name, code) for name in _BY_AREA}
        parts |= {name: _within(getattr(inputs, name), bounds) for name in _BY_PLACE}
        parts |= {name: _crossing(getattr(inputs, name), bounds) for name in _SHAPED}
        parts |= {name: _window(getattr(inputs, name), bounds) for name in _RASTERS}
        alone = {name: _window(raster, bounds) for name, raster in inputs.coverage_by_operator.items()}
        record = self.record(code)
        totals = {unit: record[unit] for unit in ("umkm", "people", "desa", "facilities") if record.get(unit)}
        facts = {"totals": totals, "areas": [*self._facts.get(code, ()), *self._facts.get("", ())]}
        return dataclasses.replace(
            inputs,
            title_id=f"{self.name(code)} · {inputs.title_id}",
            title_en=f"{self.name(code)} · {inputs.title_en or inputs.title_id}",
            facts={**facts, "assumptions": inputs.facts.get("assumptions", {})},
            plan=self.plan(code),
            evidence={},
            admin=admin,
            areas=self._scores(admin),
            service=self._service(parts["cells"]),
            links=_links(inputs.links, parts["sites"]),
            coverage_by_operator={name: raster for name, raster in alone.items() if raster is not None},
            frontier_points=None,
            frontier_sites=None,
            frontier_links=None,
            frontier_years=None,
            **parts,
        )

    @cached_property
    def _names(self) -> dict[str, str]:
        admin = self._inputs.admin
        if admin is None:
            return {}
        return dict(zip(admin["code"].astype("str"), admin["name"].fillna("").astype("str"), strict=True))

    @cached_property
    def _facts(self) -> dict[str, list[Mapping[str, Any]]]:
        """Records of areas by kabupaten; those of none (hexagons) under the empty code."""
        found: dict[str, list[Mapping[str, Any]]] = {}
        for record in self._inputs.facts.get("areas", ()):
            found.setdefault(self._kabupaten(str(record["area_code"])), []).append(record)
        return found

    @cached_property
    def _rows(self) -> dict[str, dict[str, NDArray[np.int64]]]:
        """Positions of the rows of each layer by kabupaten."""
        found = {}
        for name in ("admin", *_BY_AREA):
            frame, column = getattr(self._inputs, name), "code" if name == "admin" else "area_code"
            if frame is not None and column in frame.columns:
                found[name] = self._positions(frame[column])
        return found

    def _positions(self, codes: pd.Series[Any]) -> dict[str, NDArray[np.int64]]:
        import pandas as pd

        number, names = pd.factorize(codes)
        of = np.array([*(self._place.get(self._kabupaten(str(name)), -1) for name in names), -1], dtype=np.int64)[
            number
        ]
        order = np.argsort(of, kind="stable")
        ends = np.searchsorted(of[order], np.arange(len(self.codes) + 1))
        return {code: order[ends[i] : ends[i + 1]] for i, code in enumerate(self.codes)}

    @cached_property
    def _place(self) -> dict[str, int]:
        return {code: i for i, code in enumerate(self.codes)}

    def _kabupaten(self, code: str) -> str:
        """The kabupaten a code lies in; empty for none."""
        while code and code not in self._place:
            code = code.rpartition(".")[0]
        return code

    def _taken(self, name: str, code: str) -> pd.DataFrame | None:
        rows = self._rows.get(name, {}).get(code)
        frame: pd.DataFrame | None = getattr(self._inputs, name)
        return None if rows is None or frame is None else frame.iloc[rows]

    @cached_property
    def _service_order(self) -> tuple[NDArray[Any], NDArray[np.int64]]:
        ids = self._inputs.service["cell_id"].to_numpy()  # type: ignore[index]  # asked for only where there is one
        order = np.argsort(ids, kind="stable")
        return ids[order], order

    def _service(self, cells: pd.DataFrame | None) -> pd.DataFrame | None:
        service = self._inputs.service
        if service is None or cells is None or not len(service):
            return service
        ids, order = self._service_order
        wanted = cells["cell_id"].to_numpy()
        at = np.clip(np.searchsorted(ids, wanted), 0, len(ids) - 1)
        told: pd.DataFrame = service.iloc[order[at[ids[at] == wanted]]]
        return told

    @cached_property
    def _hexagons(self) -> tuple[pd.DataFrame, Any]:
        """Scores of hexagons and the middle of each."""
        import shapely

        areas: pd.DataFrame = self._inputs.areas  # type: ignore[assignment]  # asked for only where there are some
        rows = areas[areas["area_level"] == "hexagon"]
        return rows, shapely.centroid(hexagon_shapes(rows["area_code"].astype("str").to_numpy(dtype=object)))

    def _scores(self, admin: pd.DataFrame | None) -> pd.DataFrame | None:
        """Scores of the areas inside; hexagons by their middle."""
        import pandas as pd
        import shapely

        areas: pd.DataFrame | None = self._inputs.areas
        if areas is None or admin is None:
            return areas
        named = areas[areas["area_code"].isin(admin["code"])]
        rows, middle = self._hexagons
        shapes = np.asarray(admin.loc[admin["level"] == "kabupaten", "geometry"], dtype=object)
        whole = shapely.union_all(shapely.make_valid(shapes[~shapely.is_missing(shapes)]))
        shapely.prepare(whole)
        inside: pd.DataFrame = rows[shapely.intersects(whole, middle)]
        return pd.concat([named, inside], ignore_index=True)


def _bounds(areas: pd.DataFrame | None) -> Bounds:
    if areas is None or not len(areas):
        return (np.inf, np.inf, -np.inf, -np.inf)
    west, south, east, north = (float(value) for value in areas.total_bounds)
    return west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG


def _within(frame: pd.DataFrame | None, bounds: Bounds) -> pd.DataFrame | None:
    if frame is None:
        return None
    west, south, east, north = bounds
    return frame[frame["lon_deg"].between(west, east) & frame["lat_deg"].between(south, north)]


def _crossing(frame: pd.DataFrame | None, bounds: Bounds) -> pd.DataFrame | None:
    import shapely

    if frame is None or not len(frame) or not np.isfinite(bounds).all():
        return None
    return frame[shapely.intersects(np.asarray(frame["geometry"], dtype=object), shapely.box(*bounds))]


def _links(links: pd.DataFrame | None, sites: pd.DataFrame | None) -> pd.DataFrame | None:
    """Links on the ways of some sites, as far as the ways are written down."""
    if links is None or sites is None:
        return None
    nodes = {node.strip() for way in sites["backhaul_path"].fillna("").astype("str") for node in way.split(">")} - {""}
    return links[links["from_id"].isin(nodes) & links["to_id"].isin(nodes)]


def _window(raster: Raster | None, bounds: Bounds) -> Raster | None:
    """Part of a raster over some bounds; None where they do not meet."""
    if raster is None or not np.isfinite(bounds).all():
        return None
    grid, (west, south, east, north) = raster.grid, bounds
    left, right = (int(np.floor((lon - grid.west_deg) / grid.pixel_deg)) for lon in (west, east))
    top, bottom = (int(np.floor((grid.north_deg - lat) / grid.pixel_deg)) for lat in (north, south))
    first_row, first_col = max(top, 0), max(left, 0)
    last_row, last_col = min(bottom + 1, grid.n_rows), min(right + 1, grid.n_cols)
    if first_row >= last_row or first_col >= last_col:
        return None
    window = grid.window(first_row, first_col, last_row - first_row, last_col - first_col)
    return Raster(window, raster.values[first_row:last_row, first_col:last_col], raster.unit)

"""``merata why``: the reason of a place's level, from a finished run or from as much of a scenario as it takes."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from planner.catalog import read_spec
from planner.cli.console import Console
from planner.cli.link import Say
from planner.cli.plan import changes_of
from planner.errors import UsageError
from planner.geo import distance_km
from planner.grid import Grid, Raster
from planner.pipeline.artifacts import read_grid, read_layer_artifact, read_table
from planner.pipeline.runner import run
from planner.pipeline.stage import Stage
from planner.pipeline.stages._frame import read_land
from planner.pipeline.stages._signal import coverage_model, coverage_of_pixel
from planner.pipeline.stages._specs import radio_spec, service_spec
from planner.pipeline.store import Store
from planner.pipeline.table import stage_table
from planner.radio.inspection import GroundProfile, ground_profile
from planner.radio.reach import settings_of
from planner.radio.surface import clutter_heights, make_ground
from planner.scenario import Scenario, read_scenario
from planner.service.reason import Reason, ServerHeard, loss_steps, reason_at
from planner.specs.radio import ClutterSpec, RadioSpec

__all__ = ["explain"]

_MARGIN_PIXELS = 4
_LEAST_KM = 0.02


@dataclass(frozen=True)
class _Run:
    """Scenario and artifacts by stage."""

    scenario: Scenario
    folders: dict[str, Path]


def explain(path: Path, place: tuple[float, float], console: Console, *, out: Path | None = None) -> int:
    """Print the reason of a place's level.

    Parameters
    ----------
    path
        Folder of a finished run, or a scenario file: then coverage and service are computed (and kept in ``out``).
    place
        Longitude and latitude.
    console
        Where to write.
    out
        Folder for what a scenario needs; ``runs/<name>-why`` by default.

    Raises
    ------
    UsageError
        No finished run there, or a place outside the run's grid.
    """
    found = _computed(path, console, out) if path.is_file() else _finished(path)
    grid, radio = read_grid(found.folders["frame"]), radio_spec(found.scenario)
    row, col = (int(v[0]) for v in grid.row_col(np.array([place[0]]), np.array([place[1]])))
    if not grid.contains(np.array([row]), np.array([col]))[0]:
        west, south, east, north = grid.bounds_deg
        bounds = f"{west:.3f} – {east:.3f}, {south:.3f} – {north:.3f}"
        message = f"{place[0]}, {place[1]} lies outside the run, which spans {bounds}"
        raise UsageError(message, code="why_outside", lon_deg=place[0], lat_deg=place[1], bounds=bounds)
    reason = _reason(found, grid, (row, col), radio)
    model = coverage_model(found.folders["coverage"])
    place_word = service_spec(found.scenario).place
    lines = _lines(reason, found, radio, (model, place_word), Say(console.words))
    console.result("\n".join(lines), {**reason.to_json(), "model": model, "place": place_word})
    return 0


def _finished(folder: Path) -> _Run:
    """The last finished run of a folder, as it was computed then."""
    store = Store(folder)
    try:
        call: dict[str, Any] = json.loads((store.root / "call.json").read_text(encoding="utf-8"))
        keys: dict[str, str] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["stages"]
    except (OSError, json.JSONDecodeError, KeyError) as err:
        message = f"'{folder}' is not the folder of a finished run: run 'merata plan' first"
        raise UsageError(message, code="run_missing", path=str(folder)) from err
    scenario = read_scenario(Path(call["scenario"]), changes=changes_of(call["changes"]))
    return _Run(scenario, {name: store.folder(name, key) for name, key in keys.items()})


def _computed(path: Path, console: Console, out: Path | None) -> _Run:
    """As many stages of a scenario as service rests on, kept in a folder of their own."""
    scenario = read_scenario(path)
    folder = out or Path("runs") / f"{scenario.name}-why"
    table = stage_table(scenario)
    needed = _behind(table, "service")
    run(tuple(stage for stage in table if stage.name in needed), scenario, folder, say=console.say)
    keys: dict[str, str] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["stages"]
    return _Run(scenario, {name: Store(folder).folder(name, key) for name, key in keys.items()})


def _behind(table: tuple[Stage, ...], name: str) -> set[str]:
    """A stage and all that it rests on."""
    inputs = {stage.name: stage.inputs for stage in table}
    found: set[str] = set()
    waiting = [name]
    while waiting:
        stage = waiting.pop()
        if stage not in found:
            found.add(stage)
            waiting.extend(inputs[stage])
    return found


def _reason(found: _Run, grid: Grid, at: tuple[int, int], radio: RadioSpec) -> Reason:
    servers = read_table(found.folders["service"] / "servers.parquet")
    cell = _cell(found, int(grid.cell_id(np.array([at[0]]), np.array([at[1]]))[0]))
    lon, lat = (float(v[0]) for v in grid.lon_lat(np.array([at[0]]), np.array([at[1]])))
    told = coverage_of_pixel(found.folders["coverage"], found.folders["frame"], at)
    if told is None:
        return Reason(lon, lat, *at, (), cell)
    alone, at = told
    lon, lat = (float(v[0]) for v in grid.lon_lat(np.array([at[0]]), np.array([at[1]])))
    is_indoor = service_spec(found.scenario).place == "indoor"
    reason = reason_at(alone, servers, (0, 0), radio=radio, is_indoor=is_indoor, cell=cell)
    reason = replace(reason, row=at[0], col=at[1])
    best = next((item for item in reason.heard if item.kind == "broadband"), None)
    if best is None or best.distance_km < _LEAST_KM:
        return reason
    profile, cover = _ground(found, grid, radio, (lon, lat), servers.iloc[best.station])
    return replace(reason, steps=loss_steps(best, servers, radio, profile=profile, cover=cover))


def _cell(found: _Run, cell_id: int) -> dict[str, Any] | None:
    """What the run says of the demand cell, None where nobody lives."""
    service = read_table(found.folders["service"] / "service.parquet")
    at = int(np.searchsorted(service["cell_id"].to_numpy(), cell_id))
    if at == len(service) or service["cell_id"].iloc[at] != cell_id:
        return None
    cells = read_table(found.folders["cells"] / "cells.parquet").iloc[at]
    said = {**service.iloc[at].to_dict(), **cells[["people", "n_umkm", "demand_mbps", "area_code"]].to_dict()}
    return {str(name): value.item() if hasattr(value, "item") else value for name, value in said.items()}


def _ground(
    found: _Run, grid: Grid, radio: RadioSpec, place: tuple[float, float], server: Any
) -> tuple[GroundProfile | None, str]:
    """Ground from a server to a place as the run saw it, and the class of cover at the place; None without terrain."""
    terrain = read_layer_artifact(found.folders.get("layer:terrain"), "terrain")
    tower = float(server["lon_deg"]), float(server["lat_deg"])
    if terrain is None:
        return None, ""
    rows, cols = grid.row_col(np.array([place[0], tower[0]]), np.array([place[1], tower[1]]))
    top, left = max(0, int(rows.min()) - _MARGIN_PIXELS), max(0, int(cols.min()) - _MARGIN_PIXELS)
    bottom, right = (
        min(grid.n_rows, int(rows.max()) + _MARGIN_PIXELS),
        min(grid.n_cols, int(cols.max()) + _MARGIN_PIXELS),
    )
    window, cut = grid.window(top, left, bottom - top, right - left), (slice(top, bottom), slice(left, right))
    classes = read_layer_artifact(found.folders.get("layer:clutter"), "clutter")
    heights, name, spec = None, "", read_spec(ClutterSpec, "radio", "clutter")
    if classes is not None:
        part = Raster(window, classes.values[cut], classes.unit)
        heights = clutter_heights(part, spec)
        code = int(np.nan_to_num(float(classes.values[int(rows[0]), int(cols[0])])))
        name = next((key for key, item in spec.heights.items() if item.code == code), "")
    land = read_land(found.folders["frame"])[cut]
    known = Raster(window, terrain.values[cut], "m")
    ground = make_ground(window, terrain=known, clutter_m=heights, land=land, spec=radio)
    surface = ground.surface
    if surface is None:
        return None, name
    height = Raster(window, surface.height_m, "m")
    cover = Raster(window, np.maximum(surface.cover_m, 0.0), "m")
    steps = float(distance_km(*tower, *place)) / settings_of(radio, grid).spacing_km
    n = max(5, int(steps + 0.5) + 1)  # as coverage takes its profiles
    return ground_profile(height, tower, place, clutter=cover, n_points=n), name


def _lines(reason: Reason, found: _Run, radio: RadioSpec, told: tuple[str, str], say: Say) -> list[str]:
    words = say.words
    lines = [words("why.title", lon=say(reason.lon_deg, 4), lat=say(reason.lat_deg, 4), level=_level(reason, words))]
    if reason.cell is not None:
        c = reason.cell
        lines.append(
            words(
                "why.cell", people=say(c["people"], 0), umkm=say(c["n_umkm"], 0), demand=say(c["demand_mbps"], 2),
                share=say(100 * c["served_share"], 0), confidence=say(100 * c["confidence_share"], 0),
                place=words(f"why.{told[1]}"),
            )
        )  # fmt: skip
    if not reason.heard:
        return [*lines, "", words("why.nobody", floor=say(radio.floor_dbm, 0))]
    lines += ["", words("why.heard")]
    percent = radio.interference_time_percent if "p1812" in told[0] else radio.time_percent
    for item in reason.heard:
        lines += _server_lines(item, say, percent)
    if reason.steps:
        best = reason.heard[0]
        key = "why.steps_free" if any(step.key == "rest" for step in reason.steps) else "why.steps"
        lines += ["", words(key, bts_id=best.bts_id, km=say(best.distance_km, 1), model=told[0])]
        names = {step.key: words(f"{'why' if step.key in ('pattern', 'calibration', 'rest') else 'link'}.step_{step.key}") for step in reason.steps}  # fmt: skip
        width = max(map(len, names.values()))
        for step in reason.steps:
            lines.append(
                f"  {names[step.key]:<{width}}  {say(step.value, 1):>8} {'dBm' if step.kind == 'level' else 'dB'}"
            )
        servers = read_table(found.folders["service"] / "servers.parquet")
        safety = float(servers["margin_db"].iloc[best.station])
        lines += ["", words("why.raster", raster=say(best.rsrp_dbm, 1), safety=say(safety, 1))]
    return lines


def _level(reason: Reason, words: Any) -> str:
    if reason.cell is None:
        covered = any(item.kind == "broadband" and item.margin_db >= 0.0 for item in reason.heard)
        return str(words("why.signal_only", is_there=words("why.there" if covered else "why.absent")))
    level, cause = reason.cell["level"], reason.cell["cause"]
    if not cause:
        return str(words(f"levels.{level}"))
    return str(words("why.cause", level=words(f"levels.{level}"), cause=words(f"causes.{cause}")))


def _server_lines(item: ServerHeard, say: Say, percent: float) -> list[str]:
    words = say.words
    first = words(
        "why.server", operator=item.operator, technology=item.technology, band=say(item.band_mhz, 0), bts_id=item.bts_id,
        km=say(item.distance_km, 1), rsrp=say(item.rsrp_dbm, 1), margin=say(item.margin_db, 1),
        limit=say(item.needed_dbm, 1), probability=say(100 * item.probability_share, 0),
    )  # fmt: skip
    more = []
    if item.kind == "broadband":
        if item.uplink_limit_dbm is not None and item.uplink_limit_dbm >= item.limit_dbm:
            more.append(words("why.uplink", limit=say(item.uplink_limit_dbm, 1)))
        inside = "yes" if item.rsrp_dbm >= item.indoor_limit_dbm else "no"
        more.append(words(f"why.indoors_{inside}", limit=say(item.indoor_limit_dbm, 1)))
        more.append(_second(item, say))
        more.append(_sinr(item, say, percent))
        if item.load_share is not None and item.served_share is not None:
            limit = words("why.load_limit", limit=words(f"causes.{item.limit}")) if item.limit else ""
            more.append(words("why.load", load=say(100 * item.load_share, 0), share=say(100 * item.served_share, 0), limit=limit))  # fmt: skip
    return [f"  [{words(f'why.{item.kind}')}] {first}", *(f"      {text}" for text in more)]


def _second(item: ServerHeard, say: Say) -> str:
    if item.second_dbm is None:
        return str(say.words("why.second_none"))
    below = item.rsrp_dbm - item.second_dbm
    return str(say.words("why.second", bts_id=item.second_bts_id, rsrp=say(item.second_dbm, 1), margin=say(below, 1)))


def _sinr(item: ServerHeard, say: Say, percent: float) -> str:
    if item.sinr_db is None or item.efficiency_bps_per_hz is None:
        return str(say.words("why.sinr_fixed"))
    fields = {"sinr": say(item.sinr_db, 1), "efficiency": say(item.efficiency_bps_per_hz, 2)}
    if item.interference_dbm is None:
        return str(say.words("why.sinr_alone", **fields))
    return str(say.words("why.sinr", interference=say(item.interference_dbm, 1), percent=say(percent, 0), **fields))

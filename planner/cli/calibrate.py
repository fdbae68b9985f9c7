"""``merata calibrate``: fit the propagation model of a scenario to measured levels, and say how good it became."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner import __version__, geo
from planner.catalog import read_spec
from planner.cli.console import Console, writing_to
from planner.cli.ground import scenario_terrain, window
from planner.cli.link import Say
from planner.errors import LayerError, UsageError
from planner.grid import Raster
from planner.layers import read_layer
from planner.pipeline.stages.layer import read_context
from planner.radio.antenna import pattern_loss_db, pattern_of
from planner.radio.calibration import FIT_SOURCE, Samples, corrected_dbm, fit_calibration
from planner.radio.inspection import departure_deg, ground_profile
from planner.radio.link import RadioLink
from planner.radio.link_budget import station_budgets
from planner.radio.profile import profile_loss_db
from planner.radio.reach import mounts
from planner.scenario import LayerSource, Scenario, read_scenario
from planner.specs.calibration import CalibrationSpec
from planner.specs.radio import ClutterSpec, RadioSpec
from planner.units import pixel_deg_for

__all__ = ["calibrate", "calibration_toml"]

_NEAREST = 6
_NEAREST_KM = 0.05
_MARGIN_DEG = 0.02
_MOST_PIXELS = 12_000
_SHARES = (0.75, 0.90, 0.95)
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Measured pixels and the towers that may serve them."""

    rows: pd.DataFrame
    sample: NDArray[np.int64]
    tower: NDArray[np.int64]
    n_named: int


def calibrate(
    scenario_path: Path, measurements: Path, console: Console, *, out: Path, name: str = "", block_km: float = 2.0
) -> int:
    """Fit, write ``<name>.toml``, a card in both languages and the samples, and tell the result.

    Raises
    ------
    UsageError
        A name that is no file name, a scenario without terrain.
    LayerError
        No sample within reach of a 4G or 5G tower on air.
    RadioError
        Too few samples, or values outside their range.
    """
    scenario = read_scenario(scenario_path)
    name = name or re.sub(r"[^a-z0-9_]+", "_", scenario.name.lower()).strip("_")
    if not re.fullmatch(r"[a-z0-9_]{1,60}", name):
        message = f"--name '{name}' must be small letters, digits and underscores"
        raise UsageError(message, code="calibrate_name", name=name)
    radio = read_spec(RadioSpec, "radio", scenario.radio.model, overrides=scenario.radio.overrides)
    towers, drive, n_read = _tables(scenario, measurements)
    grid = window(_bounds(towers, drive, radio), pixel_deg_for(scenario.region.pixel_m), margin_deg=_MARGIN_DEG, most_pixels=_MOST_PIXELS)  # fmt: skip
    terrain, cover, classes = scenario_terrain(scenario, grid, str(scenario_path))
    pairs = _paired(_thinned(drive, terrain), towers, radio)
    console.say(console.words("calibrate.working", n=len(pairs.rows), paths=len(pairs.sample)))
    level, km = _levels(pairs, towers, radio, (terrain, cover))
    table = _served(pairs, towers, level, km)
    if table.empty:
        message = f"no sample of '{measurements.name}' lies within {radio.reach_km:g} km of a 4G or 5G tower on air"
        raise LayerError(message, code="calibrate_none", file=measurements.name, km=radio.reach_km)
    table["clutter"] = _class_names(classes, table)
    samples = _samples(table)
    fitted = fit_calibration(samples, name=name, model=radio.model, spacing_m=grid.pixel_m, block_km=block_km)
    table["corrected_dbm"] = corrected_dbm(fitted, samples.modelled_dbm, samples.distance_km, samples.clutter)
    notes = {"file": measurements.name, "n_read": n_read, "n_pixels": len(pairs.rows), "n_used": len(table), "n_named": pairs.n_named, "year": scenario.date.year}  # fmt: skip
    with writing_to(out):
        paths = _written(out, fitted, table, notes, radio)
    _tell(console, fitted, notes, radio, paths)
    return 0


def _tables(scenario: Scenario, measurements: Path) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Towers that send RSRP and measured samples, read and judged by the layers' own readers."""
    context = read_context(scenario, {})
    found = [
        read_layer(source, "bts", path=scenario.resolve(source), context=context).data
        for source in scenario.sources("bts")
    ]
    towers = pd.concat(found, ignore_index=True) if found else pd.DataFrame()
    if towers.empty:
        message = "the scenario has no layer bts: a calibration needs the towers that were measured"
        raise UsageError(message, code="calibrate_no_bts")
    towers = towers.loc[(towers["status"] == "on_air") & towers["technology"].isin(["4G", "5G"])]
    towers = towers.sort_values("bts_id", kind="stable").reset_index(drop=True)
    path = measurements.resolve()
    context = type(context)(folder=path.parent, roots=context.roots)
    drive = read_layer(LayerSource(path=path.name), "measurements", path=path, context=context)
    if not isinstance(drive.data, pd.DataFrame):
        message = "samples are a table"
        raise TypeError(message)
    return towers, drive.data.reset_index(drop=True), drive.n_in


def _bounds(towers: pd.DataFrame, drive: pd.DataFrame, radio: RadioSpec) -> tuple[float, float, float, float]:
    """Box of the samples, widened by the reach of a tower."""
    if drive.empty:
        message = "no measured sample could be used: run 'merata check FILE --kind measurements'"
        raise LayerError(message, code="calibrate_empty")
    reach = radio.reach_km / 107.5
    lon, lat = drive["lon_deg"], drive["lat_deg"]
    box = float(lon.min()) - reach, float(lat.min()) - reach, float(lon.max()) + reach, float(lat.max()) + reach
    near = towers["lon_deg"].between(box[0], box[2]) & towers["lat_deg"].between(box[1], box[3])
    lon, lat = pd.concat([lon, towers.loc[near, "lon_deg"]]), pd.concat([lat, towers.loc[near, "lat_deg"]])
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def _thinned(drive: pd.DataFrame, terrain: Raster) -> pd.DataFrame:
    """One sample a pixel, cell and operator: the median level at the mean place."""
    row, col = terrain.grid.row_col(drive["lon_deg"].to_numpy(float), drive["lat_deg"].to_numpy(float))
    cell, operator = drive["cell_id"].fillna("").astype(str), drive["operator"].fillna("").astype(str)
    keyed = drive.assign(_row=row, _col=col, cell_id=cell, operator=operator)
    thin = keyed.groupby(["_row", "_col", "cell_id", "operator"], sort=True).agg(
        lon_deg=("lon_deg", "mean"), lat_deg=("lat_deg", "mean"), measured_dbm=("rsrp_dbm", "median"), n_raw=("rsrp_dbm", "size")
    )  # fmt: skip
    return thin.reset_index()


def _paired(rows: pd.DataFrame, towers: pd.DataFrame, radio: RadioSpec) -> _Pairs:
    """The named cell where the register knows it, else the nearest towers of the operator within reach."""
    from planner.backhaul.near import nearest_pairs

    number = {str(bts): i for i, bts in enumerate(towers["bts_id"])}
    named = rows["cell_id"].map(number)
    known = named.notna().to_numpy()
    ends = (towers["lon_deg"].to_numpy(float), towers["lat_deg"].to_numpy(float))
    lost = np.flatnonzero(~known)
    places = (rows["lon_deg"].to_numpy(float)[lost], rows["lat_deg"].to_numpy(float)[lost])
    i, j, _ = nearest_pairs(places, ends, k=4 * _NEAREST, max_km=radio.reach_km)
    owner = rows["operator"].to_numpy(dtype=str)[lost[i]]
    fits = (owner == "") | (owner == towers["operator"].to_numpy(dtype=str)[j])
    i, j = i[fits], j[fits]
    rank = np.arange(i.size) - np.searchsorted(i, i, side="left")
    i, j = i[rank < _NEAREST], j[rank < _NEAREST]
    sample = np.concatenate([np.flatnonzero(known), lost[i]]).astype(np.int64)
    tower = np.concatenate([named[known].to_numpy(dtype=np.int64), j]).astype(np.int64)
    return _Pairs(rows, sample, tower, int(known.sum()))


def _levels(
    pairs: _Pairs, towers: pd.DataFrame, radio: RadioSpec, ground: tuple[Raster, Raster | None]
) -> tuple[Floats, Floats]:
    """Modelled RSRP and distance of each pair, by the exact kernel; NaN where the pair has no path to judge."""
    terrain, cover = ground
    level, length = np.full(pairs.sample.size, np.nan), np.full(pairs.sample.size, np.nan)
    lon, lat = pairs.rows["lon_deg"].to_numpy(float), pairs.rows["lat_deg"].to_numpy(float)
    west, south, east, north = terrain.grid.bounds_deg
    at = towers[["lon_deg", "lat_deg", "band_mhz", "height_m"]].to_numpy(float)
    budgets = station_budgets(towers, radio, terrain.grid.pixel_m)
    median_dbm = budgets.zero_loss_dbm + budgets.margin_db  # medians: the margin comes afterwards
    hung, shape = mounts(towers, radio), pattern_of(radio)
    km = geo.distance_km(at[pairs.tower, 0], at[pairs.tower, 1], lon[pairs.sample], lat[pairs.sample])
    for pair, (i, j) in enumerate(zip(pairs.sample, pairs.tower, strict=True)):  # each path has a length of its own
        x, y, band, height = at[j]
        if not (_NEAREST_KM <= km[pair] <= 2.0 * radio.reach_km and west <= x <= east and south <= y <= north):
            continue
        profile = ground_profile(
            terrain, (x, y), (lon[i], lat[i]), clutter=cover, void_is_sea=radio.void_policy == "sea"
        )
        link = RadioLink(band, height, radio.rx_height_m, radio.delta_n, radio.n0, (y + lat[i]) / 2.0, polarisation=radio.polarisation)  # fmt: skip
        loss = profile_loss_db(
            profile.distance_km, profile.ground_m, link, clutter_m=profile.clutter_m, zone=np.where(profile.is_sea, 1, 4),
            model=radio.model,
        )  # fmt: skip
        bearing = np.degrees(np.arctan2((lon[i] - x) * np.cos(np.radians(y)), lat[i] - y))
        leaving = departure_deg(profile, height, radio.rx_height_m, radio.delta_n)
        level[pair] = median_dbm[j] - loss - float(pattern_loss_db(bearing, leaving, hung[j], shape))
        length[pair] = km[pair]
    return level, length


def _served(pairs: _Pairs, towers: pd.DataFrame, level: Floats, km: Floats) -> pd.DataFrame:
    """Each sample with the tower that the model hears best among its own."""
    found = pd.DataFrame(
        {"sample": pairs.sample, "tower": pairs.tower, "modelled_dbm": level, "distance_km": km}
    ).dropna()
    best = found.sort_values(["sample", "modelled_dbm", "tower"], ascending=[True, False, True]).drop_duplicates(
        "sample"
    )
    table = best.join(pairs.rows[["lon_deg", "lat_deg", "measured_dbm", "n_raw", "cell_id"]], on="sample")
    table["server_bts_id"] = towers["bts_id"].to_numpy(dtype=str)[table["tower"].to_numpy()]
    return table.drop(columns=["sample", "tower"]).reset_index(drop=True)


def _class_names(classes: Raster | None, table: pd.DataFrame) -> NDArray[np.str_]:
    """Name of the ground cover at each sample; ``none`` where no layer says."""
    if classes is None:
        return np.full(len(table), "none")
    names = {cover.code: name for name, cover in read_spec(ClutterSpec, "radio", "clutter").heights.items()}
    row, col = classes.grid.row_col(table["lon_deg"].to_numpy(float), table["lat_deg"].to_numpy(float))
    inside = classes.grid.contains(row, col)
    codes = np.zeros(len(table), dtype=np.int64)
    codes[inside] = np.nan_to_num(np.asarray(classes.values[row[inside], col[inside]], dtype=np.float64)).astype(
        np.int64
    )
    return np.array([names.get(int(code), "none") for code in codes])


def _samples(table: pd.DataFrame) -> Samples:
    lon, lat, measured, modelled, distance = (
        table[name].to_numpy(float) for name in ("lon_deg", "lat_deg", "measured_dbm", "modelled_dbm", "distance_km")
    )
    return Samples(lon, lat, measured, modelled, distance, table["clutter"].to_numpy(dtype=str))


def calibration_toml(spec: CalibrationSpec, *, source: str, year: int) -> str:
    """Text of a calibration that `planner.catalog.read_spec` reads back (room ``fitted``)."""
    data = spec.model_dump(exclude={"name", "sources", "errors"})
    tables = {name: data.pop(name) for name in ("clutter_db", "clutter_error_db")}

    def value(item: Any) -> str:
        return json.dumps(item, ensure_ascii=False) if isinstance(item, str) else repr(round(item, 4) if isinstance(item, float) else item)  # fmt: skip

    lines = ["# Made by merata calibrate; do not edit by hand.", f"source = {value(source)}", f"year = {year}"]
    lines += [f"{key} = {value(item)}" for key, item in data.items()]
    for table, entries in tables.items():
        lines += ["", f"[{table}]", *(f"{json.dumps(key)} = {value(item)}" for key, item in entries.items())]
    for key, error in spec.errors.items():
        lines += ["", f"[errors.{json.dumps(key)}]"]
        lines += [f"{field} = {value(item)}" for field, item in error.model_dump().items()]
    return "\n".join(lines) + "\n"


def _written(
    out: Path, spec: CalibrationSpec, table: pd.DataFrame, notes: dict[str, Any], radio: RadioSpec
) -> tuple[Path, ...]:
    """The model file, cards in both languages, and the samples: what was measured beside what is modelled."""
    from planner.words import LANGUAGES, read_words

    folder = out / "fitted"
    folder.mkdir(parents=True, exist_ok=True)
    source = f"merata {__version__} calibrate: {notes['n_used']} measured pixels of {notes['file']}; {FIT_SOURCE}"
    paths = [folder / f"{spec.name}.toml"]
    paths[0].write_text(calibration_toml(spec, source=source, year=notes["year"]), encoding="utf-8")
    for language in LANGUAGES:
        paths.append(folder / f"{spec.name}_{language}.md")
        paths[-1].write_text("\n".join(_card(spec, notes, radio, Say(read_words(language)))) + "\n", encoding="utf-8")
    paths.append(folder / f"{spec.name}_samples.csv")
    shown = table.assign(residual_before_db=table["measured_dbm"] - table["modelled_dbm"], residual_after_db=table["measured_dbm"] - table["corrected_dbm"])  # fmt: skip
    shown.round(5).to_csv(paths[-1], index=False, lineterminator="\n")
    return tuple(paths)


def _card(spec: CalibrationSpec, notes: dict[str, Any], radio: RadioSpec, say: Say) -> list[str]:
    """What the calibration is, for people: Markdown."""
    words = say.words
    spread = radio.model_copy(update={"correction": spec.correction()})
    lines = [
        f"# {words('calibrate.title', name=spec.name)}",
        "",
        words(
            "calibrate.data", file=notes["file"], n_read=notes["n_read"], n_pixels=notes["n_pixels"],
            n_used=notes["n_used"], n_named=notes["n_named"],
        ),
        words("calibrate.model", model=spec.model, spacing=say(spec.spacing_m, 0)),
        words(
            "calibrate.offset", offset=say(spec.offset_db, 1), error=say(spec.offset_error_db, 1),
            reference=spec.reference_class, pivot=say(spec.pivot_km, 1),
        ),
        words("calibrate.slope", slope=say(spec.slope_db_per_decade, 1), error=say(spec.slope_error_db, 1)),
        words(
            "calibrate.sigma", before=say(spec.sigma_before_db, 1), after=say(spec.sigma_db, 1),
            n_blocks=spec.n_blocks, block=say(spec.block_km, 1),
        ),
        "",
        words("calibrate.table"),
        "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for name, error in spec.errors.items():
        loss = spec.clutter_db.get(name)
        fitted = "–" if loss is None else f"{say(loss, 1)} ± {say(spec.clutter_error_db[name], 1)}"
        cells = (name, str(error.n_samples), fitted, say(error.bias_before_db, 1), say(error.rms_before_db, 1), say(error.bias_after_db, 1), say(error.rms_after_db, 1))  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    margins = "; ".join(f"{say(100 * p, 0)} %: {say(spread.edge_margin_db(p, 0.0), 1)} dB" for p in _SHARES)
    return [
        *lines,
        "",
        words("calibrate.margins", margins=margins),
        words("calibrate.apart"),
        words("calibrate.limits"),
    ]


def _tell(
    console: Console, spec: CalibrationSpec, notes: dict[str, Any], radio: RadioSpec, paths: tuple[Path, ...]
) -> None:
    text = [
        *_card(spec, notes, radio, Say(console.words)),
        "",
        console.words("calibrate.use", path=str(paths[0])),
    ]
    text += [console.words("cli.open_files"), *(f"  {path}" for path in paths)]
    plain = spec.model_dump(exclude={"sources"})
    plain["errors"] = {name: error.model_dump() for name, error in spec.errors.items()}
    console.result("\n".join(text), {**plain, **notes, "files": [str(path) for path in paths]})

"""``merata calibrate``: measurements made from the model plus a known truth and noise come back as that truth."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from planner.catalog import read_spec
from planner.cli.app import app
from planner.cli.ground import scenario_terrain, window
from planner.geo import distance_km
from planner.pipeline.stages._specs import radio_spec
from planner.radio.calibration import corrected_dbm, cover_correction
from planner.radio.coverage import coverage
from planner.scenario import read_scenario
from planner.specs.calibration import CalibrationSpec
from planner.specs.radio import ClutterSpec
from planner.units import pixel_deg_for

ROOT = Path(__file__).resolve().parent.parent
CLUTTER = read_spec(ClutterSpec, "radio", "clutter")
SAMPLE = ROOT / "data" / "sample" / "scenario.toml"
OFFSET_DB, SLOPE_DB, SIGMA_DB = -5.0, -4.0, 4.0
CLUTTER_DB = {"built": -6.0, "tree": -10.0}


def _drive(n: int = 600) -> pd.DataFrame:
    """Places around Kupang's 4G towers, within 6 km."""
    bts = pd.read_csv(ROOT / "data" / "sample" / "bts.csv")
    near = bts["lon_deg"].between(123.5, 123.9) & bts["lat_deg"].between(-10.3, -10.0)
    near &= (bts["technology"] == "4G") & (bts["status"] == "on_air")
    rng = np.random.default_rng(3)
    tower = bts.loc[near].sample(n, replace=True, random_state=1).reset_index(drop=True)
    km, bearing = 10.0 ** rng.uniform(-0.5, 0.8, n), rng.uniform(0, 2 * np.pi, n)
    return pd.DataFrame(
        {
            "lon_deg": tower["lon_deg"] + km * np.sin(bearing) / 109.6,
            "lat_deg": tower["lat_deg"] + km * np.cos(bearing) / 110.6,
            "rsrp_dbm": -95.0,
            "cell_id": tower["bts_id"],
        }
    )


def _run(tmp_path: Path, drive: pd.DataFrame, *more: str):
    path = tmp_path / "drive.csv"
    drive.to_csv(path, index=False)
    return CliRunner().invoke(app, ["calibrate", str(SAMPLE), str(path), "--out", str(tmp_path), *more])


@pytest.fixture(scope="module")
def modelled(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """What the model says at each place of the drive."""
    folder = tmp_path_factory.mktemp("model")
    found = _run(folder, _drive(), "--name", "model")
    assert found.exit_code == 0, found.output
    return pd.read_csv(folder / "fitted" / "model_samples.csv", keep_default_na=False)


@pytest.mark.slow
def test_the_known_truth_is_recovered_and_written(tmp_path: Path, modelled: pd.DataFrame) -> None:
    rng = np.random.default_rng(9)
    heard = modelled.loc[modelled["modelled_dbm"] > -125.0]
    truth = OFFSET_DB + SLOPE_DB * np.log10(heard["distance_km"] / 2.0) + heard["clutter"].map(CLUTTER_DB).fillna(0.0)
    drive = heard[["lon_deg", "lat_deg", "cell_id"]].assign(
        rsrp_dbm=heard["modelled_dbm"] + truth + rng.normal(0.0, SIGMA_DB, len(heard))
    )
    drive = drive.loc[drive["rsrp_dbm"].between(-158, -22)]
    found = _run(tmp_path, drive, "--name", "kupang", "--json")
    assert found.exit_code == 0, found.output
    answer = json.loads(found.stdout)
    assert answer["sigma_db"] == pytest.approx(SIGMA_DB, rel=0.15)
    assert answer["slope_db_per_decade"] == pytest.approx(SLOPE_DB, abs=3 * answer["slope_error_db"] + 0.2)
    spec = read_spec(CalibrationSpec, "fitted", "kupang", folder=tmp_path)
    assert (spec.model, round(spec.spacing_m)) == ("p1812", 300)
    built = corrected_dbm(spec, [-90.0, -90.0], [2.0, 2.0], ["built", "grass"])
    assert built[0] == pytest.approx(-90.0 + OFFSET_DB + CLUTTER_DB["built"], abs=1.2)
    assert built[1] == pytest.approx(-90.0 + OFFSET_DB, abs=1.2)
    written = tomllib.loads((tmp_path / "fitted" / "kupang.toml").read_text(encoding="utf-8"))
    assert "drive.csv" in written["source"]
    samples = pd.read_csv(tmp_path / "fitted" / "kupang_samples.csv")
    assert samples["residual_after_db"].std() < samples["residual_before_db"].std()
    for language, said in (("id", "Pengukuran dan model tetap terpisah"), ("en", "Measured and modelled stay apart")):
        assert said in (tmp_path / "fitted" / f"kupang_{language}.md").read_text(encoding="utf-8")
    _coverage_moves(tmp_path / "fitted" / "kupang.toml", spec)


def _coverage_moves(path: Path, fitted: CalibrationSpec) -> None:
    """A scenario that names the fit predicts a tower's levels shifted by it, pixel by pixel, and the truth within its error."""
    plain = read_scenario(SAMPLE)
    named = read_scenario(SAMPLE, changes={"radio.calibration": str(path)})
    grid = window((123.55, -10.25, 123.70, -10.12), pixel_deg_for(300.0), margin_deg=0.0, most_pixels=10**6)
    terrain, clutter, classes = scenario_terrain(plain, grid, "sample")
    assert classes is not None
    bts = pd.read_csv(ROOT / "data" / "sample" / "bts.csv").query("bts_id == 'TWR-0001-2'")
    bts = bts.assign(azimuth_deg=np.nan, tilt_deg=np.nan, mechanical_tilt_deg=np.nan, radius_km=6.0)
    found = []
    for scenario in (plain, named):
        radio = radio_spec(scenario).model_copy(update={"void_policy": "sea"})
        cover = None if radio.correction is None else cover_correction(classes, CLUTTER, radio.correction)
        found.append(
            coverage(bts, grid, spec=radio, terrain=terrain, clutter_m=clutter, land=None, cover_db=cover).rsrp_dbm[0]
        )
    both = np.isfinite(found[0]) & np.isfinite(found[1])
    row, col = np.nonzero(both)
    lon, lat = grid.lon_lat(row, col)
    km = np.asarray(distance_km(float(bts["lon_deg"].iloc[0]), float(bts["lat_deg"].iloc[0]), lon, lat))
    code_of = {cover.code: name for name, cover in CLUTTER.heights.items()}
    kinds = [code_of.get(int(code), "") for code in np.nan_to_num(classes.values[row, col])]
    far = km > 0.5
    shift = (found[1] - found[0])[both]
    assert far.sum() > 200
    expected = corrected_dbm(fitted, np.zeros(km.size), km, kinds)
    assert shift[far] == pytest.approx(expected[far], abs=0.05)
    truth = OFFSET_DB + SLOPE_DB * np.log10(km / 2.0) + np.array([CLUTTER_DB.get(kind, 0.0) for kind in kinds])
    assert np.median(np.abs(shift - truth)[far]) < 1.0


@pytest.mark.slow
def test_without_cell_ids_the_best_modelled_server_is_taken(tmp_path: Path) -> None:
    found = _run(tmp_path, _drive(150).drop(columns="cell_id"), "--json")
    assert found.exit_code == 0, found.output
    answer = json.loads(found.stdout)
    assert answer["n_named"] == 0
    assert answer["n_used"] >= 140


def test_few_samples_a_wrong_name_and_far_places_are_refused(tmp_path: Path) -> None:
    few = _run(tmp_path, _drive(40))
    assert few.exit_code == 3
    assert "terlalu sedikit untuk disuaikan dan diuji: paling sedikit 100" in few.stderr
    named = _run(tmp_path, _drive(40), "--name", "../x")
    assert named.exit_code == 2
    assert "--name '../x' harus huruf kecil" in named.stderr
    far = _run(tmp_path, _drive(40).assign(lon_deg=122.9, lat_deg=-9.6, cell_id=""))
    assert far.exit_code == 3
    assert "tidak ada sampel dari 'drive.csv' dalam" in far.stderr

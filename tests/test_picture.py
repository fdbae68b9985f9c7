"""Where the grid is finer than the picture of coverage: demand cells keep their own pixel, one pixel stands for a block."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.grid import Grid
from planner.pipeline.artifacts import read_table
from planner.pipeline.runner import run
from planner.pipeline.stages import _signal as signal
from planner.pipeline.stages._frame import read_land
from planner.pipeline.stages._picture import picture_grid, stand_ins
from planner.pipeline.stages._specs import picture_step
from planner.pipeline.store import Store
from planner.pipeline.table import data_folder, stage_table
from planner.scenario import read_scenario
from planner.specs.radio import RadioSpec

_SABU = {"region.areas": ["53.20"], "region.pixel_m": 150.0}
_NEEDED = ("cells", "coverage", "service")


@pytest.mark.parametrize(("picture_m", "pixel_m", "step"), [
    (300.0, 300.0, 1), (300.0, 200.0, 1), (300.0, 149.93, 2), (300.0, 120.0, 2), (300.0, 90.0, 3), (0.0, 30.0, 1), (300.0, 1000.0, 1),
])  # fmt: skip
def test_blocks_are_about_as_large_as_asked_for(picture_m: float, pixel_m: float, step: int) -> None:
    spec = RadioSpec.model_construct(picture_m=picture_m)
    assert picture_step(spec, pixel_m) == step


def test_the_land_pixel_nearest_to_the_middle_stands_for_a_block() -> None:
    dice = np.random.default_rng(4)
    for _ in range(60):
        land = dice.random(tuple(dice.integers(1, 14, 2))) < dice.choice([0.0, 0.1, 0.5, 1.0])
        step = int(dice.integers(1, 6))
        rows, cols = stand_ins(land, step)
        frame = picture_grid(Grid(120.0, -8.0, 0.001, *land.shape), step)
        assert rows.shape == cols.shape == frame.shape
        for i, j in np.ndindex(*frame.shape):
            inside = [
                (row, col) for row in range(i * step, min((i + 1) * step, land.shape[0]))
                for col in range(j * step, min((j + 1) * step, land.shape[1])) if land[row, col]
            ]  # fmt: skip
            middle = i * step + (step - 1) / 2, j * step + (step - 1) / 2
            best = min(
                inside, default=(-1, -1), key=lambda at: ((at[0] - middle[0]) ** 2 + (at[1] - middle[1]) ** 2, at)
            )
            assert (rows[i, j], cols[i, j]) == best


def _artifacts(out: Path, picture_m: float) -> dict[str, Path]:
    """Stages up to service of one kabupaten of the sample."""
    changes: dict[str, Any] = {**_SABU, "radio.picture_m": picture_m}
    scenario = read_scenario(data_folder() / "scenario.toml", changes=changes)
    table = stage_table(scenario)
    inputs = {stage.name: stage.inputs for stage in table}
    wanted: set[str] = set()
    waiting = list(_NEEDED)
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting.extend(inputs[name])
    run(tuple(stage for stage in table if stage.name in wanted), scenario, out, say=lambda _: None)
    keys = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["stages"]
    return {name: Store(out).folder(name, key) for name, key in keys.items()}


def test_service_does_not_know_how_coarse_the_picture_is(tmp_path: Path) -> None:
    fine, coarse = _artifacts(tmp_path / "fine", 0.0), _artifacts(tmp_path / "coarse", 300.0)
    for name in ("service", "bts_load", "servers"):
        left, right = (read_table(found["service"] / f"{name}.parquet") for found in (fine, coarse))
        assert left.equals(right), name
    service = read_table(coarse["service"] / "service.parquet")
    assert (service["level"] == "served").any()
    assert (service["level"] == "unserved").any()

    land = read_land(fine["frame"])
    drawn = [signal._picture(coarse["coverage"], *tile) for tile in signal._tile_notes(coarse["coverage"])]
    levels = [level for _, _, level in signal.picture_levels(coarse["coverage"])]
    np.testing.assert_array_equal(np.concatenate([tile.rsrp_dbm for tile in drawn]), levels)
    for every, picture in zip(signal.coverage_tiles(fine["coverage"]), drawn, strict=True):
        rows, cols = stand_ins(land, 2)
        assert picture.rsrp_dbm.shape[1:] == rows.shape == picture.grid.shape
        for name in ("rsrp_dbm", "server", "second_dbm", "second_server", "interference_dbm"):
            taken = np.where(rows >= 0, getattr(every, name)[:, rows, cols], getattr(picture, name))
            np.testing.assert_array_equal(getattr(picture, name), taken, err_msg=name)
        for kind in ("rsrp_dbm", "second_dbm"):
            assert not np.isfinite(getattr(picture, kind)[:, rows < 0]).any()

    _pixels_say_why(fine, coarse, land)
    powers = [list(signal.carrier_tiles(found["coverage"])) for found in (fine, coarse)]
    cells = read_table(fine["cells"] / "cells.parquet")
    for (frame, names, every), (part, same, some) in zip(*powers, strict=True):
        assert names == same
        at = cells["lon_deg"].to_numpy(), cells["lat_deg"].to_numpy()
        (row, col), (down, right) = frame.row_col(*at), part.row_col(*at)
        np.testing.assert_array_equal(every[:, row, col], some[:, down, right])


def _pixels_say_why(fine: dict[str, Path], coarse: dict[str, Path], land: np.ndarray) -> None:
    """Any pixel of the coarser run is answered by its own level or that of the pixel it names."""
    cells = read_table(fine["cells"] / "cells.parquet")
    held = set(zip(cells["row"].tolist(), cells["col"].tolist(), strict=True))
    empty = [(int(r), int(c)) for r, c in np.argwhere(land) if (int(r), int(c)) not in held]
    for at in [*sorted(held)[:5], *empty[:: max(1, len(empty) // 12)]]:
        told = signal.coverage_of_pixel(coarse["coverage"], coarse["frame"], at)
        assert told is not None
        alone, named = told
        assert max(abs(a - b) for a, b in zip(at, named, strict=True)) <= 1
        assert named == at or at not in held
        whole = signal.coverage_of_pixel(fine["coverage"], fine["frame"], named)
        assert whole is not None
        assert whole[1] == named
        assert whole[0].grid.bounds_deg == pytest.approx(alone.grid.bounds_deg)
        np.testing.assert_array_equal(alone.rsrp_dbm, whole[0].rsrp_dbm)
        np.testing.assert_array_equal(alone.server, whole[0].server)

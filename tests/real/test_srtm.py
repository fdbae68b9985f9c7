"""The terrain path on real SRTM tiles: read, joined, laid on the grid, propagated over, hops refused."""

from __future__ import annotations

import numpy as np
import pytest

from planner.grid import Grid
from planner.layers import ReadContext, read_layer
from planner.radio.coverage import coverage
from planner.radio.hops import hop_clearance
from planner.scenario import LayerSource
from planner.units import pixel_deg_for

pytestmark = pytest.mark.shared
GRID = Grid(10.6, 0.6, pixel_deg_for(300.0), 148, 296)


@pytest.fixture(scope="module")
def terrain(shared, tmp_path_factory):
    """Two tiles as a folder, on a grid that crosses the seam at 11° E."""
    folder = tmp_path_factory.mktemp("dem")
    for name in ("N00E010.hgt.zip", "N00E011.hgt.zip"):
        (folder / name).write_bytes((shared / "dem" / name).read_bytes())
    source = LayerSource(path=str(folder))
    return read_layer(source, "terrain", path=folder, context=ReadContext(folder=folder, grid=GRID)).data


def test_heights_are_those_of_the_tiles_and_the_seam_is_whole(terrain):
    assert terrain.grid == GRID
    assert not np.isnan(terrain.values).any()
    assert 1 <= terrain.values.min() < 300
    assert 500 < terrain.values.max() <= 1023
    seam = round((11.0 - GRID.west_deg) / GRID.pixel_deg)
    steps = np.abs(np.diff(terrain.values, axis=1))
    assert steps[:, seam - 1].mean() < 2.0 * steps.mean() + 5.0


def test_hills_cast_shadows_and_summits_see_further(terrain):
    import pandas as pd

    from planner.catalog import read_spec
    from planner.specs.radio import RadioSpec

    spec = read_spec(RadioSpec, "radio", "default")
    inner = terrain.values[40:110, 60:236]
    high = np.unravel_index(np.argmax(inner), inner.shape)
    low = np.unravel_index(np.argmin(inner), inner.shape)
    reached = []
    for row, col in (high, low):
        lon, lat = GRID.lon_lat(np.array(row + 40), np.array(col + 60))
        station = pd.DataFrame(
            {
                "bts_id": ["a"], "operator": ["x"], "technology": ["4G"], "band_mhz": [900.0], "height_m": [42.0],
                "power_dbm": [43.0], "gain_dbi": [15.0], "azimuth_deg": [np.nan], "bandwidth_mhz": [10.0],
                "status": ["on_air"], "lon_deg": [float(lon)], "lat_deg": [float(lat)],
            }
        )  # fmt: skip
        found = coverage(
            station, GRID, spec=spec, terrain=terrain, clutter_m=None, land=np.ones(GRID.shape, dtype=bool)
        )
        assert found.model == "p1812"
        reached.append(int((found.rsrp_dbm[0] >= spec.threshold_dbm).sum()))
    assert reached[0] > 1.5 * reached[1]


def test_a_hop_over_a_hill_is_refused_and_one_between_summits_is_not(terrain):
    rows, cols = np.unravel_index(np.argsort(terrain.values, axis=None)[::-1], GRID.shape)
    summit = (int(rows[0]), int(cols[0]))
    lon_a, lat_a = GRID.lon_lat(np.array([summit[0]]), np.array([summit[1]]))
    behind = [(r, c) for r, c in zip(rows[-4000:].tolist(), cols[-4000:].tolist(), strict=True)][-1]
    lon_b, lat_b = GRID.lon_lat(np.array([behind[0]]), np.array([behind[1]]))
    far = hop_clearance(lon_b, lat_b, np.array([5.0]), lon_b + 0.3 * np.sign(10.9 - lon_b), lat_b, np.array([5.0]), frequency_ghz=7.0, terrain=terrain)  # fmt: skip
    near = hop_clearance(lon_a, lat_a, np.array([60.0]), lon_a + 0.01, lat_a, np.array([60.0]), frequency_ghz=7.0, terrain=terrain)  # fmt: skip
    assert not far.is_clear[0]
    assert near.is_clear[0]
    assert near.distance_km[0] == pytest.approx(1.11, abs=0.02)

"""Distances, grids and tiles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.geo import distance_km, h3_cells, metres_per_degree, pixel_area_km2, tiles, to_local_m
from planner.grid import Grid, Raster
from planner.units import pixel_deg_for

NTT = Grid(118.9, -8.0, pixel_deg_for(300.0), 1140, 2340)


@given(st.floats(94, 142), st.floats(-11, 6), st.floats(-0.9, 0.9), st.floats(-0.9, 0.9))
def test_the_local_metric_agrees_with_the_geodesic_within_a_promille(lon, lat, dlon, dlat):
    east, north = to_local_m(np.array([lon + dlon]), np.array([lat + dlat]), lon0_deg=lon, lat0_deg=lat)
    far = float(distance_km(lon, lat, lon + dlon, lat + dlat)) * 1000.0
    assert float(np.hypot(east, north)[0]) == pytest.approx(far, rel=1e-3, abs=1.0)


def test_a_point_lies_in_the_pixel_whose_centre_is_nearest():
    row, col = NTT.row_col(np.array([123.58]), np.array([-10.17]))
    lon, lat = NTT.lon_lat(row, col)
    assert abs(lon[0] - 123.58) <= NTT.pixel_deg / 2
    assert abs(lat[0] + 10.17) <= NTT.pixel_deg / 2


def test_tiles_cover_every_pixel_once():
    seen = np.zeros(NTT.shape, dtype=int)
    for row, col, part in tiles(NTT, 512):
        seen[row : row + part.n_rows, col : col + part.n_cols] += 1
        assert part.bounds_deg[0] == pytest.approx(NTT.west_deg + col * NTT.pixel_deg)
    assert (seen == 1).all()


def test_the_area_of_the_grid_is_that_of_its_box():
    box = Grid(120.0, -8.0, 0.01, 100, 100)
    lon_m, lat_m = metres_per_degree(-8.5)
    assert pixel_area_km2(box).sum() * 100 == pytest.approx(float(lon_m * lat_m) / 1e6, rel=1e-4)


def test_known_hexagon():
    import h3

    assert f"{int(h3_cells(np.array([123.58]), np.array([-10.17]), 7)[0]):x}" == h3.latlng_to_cell(-10.17, 123.58, 7)


def test_a_raster_must_fit_its_grid():
    with pytest.raises(ValueError, match="does not fit"):
        Raster(NTT, np.zeros((2, 2)), "m")

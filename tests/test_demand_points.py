"""Points on land and exact tallies."""

from __future__ import annotations

import numpy as np
from demand_worlds import grid, umkm_at
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.demand.points import LandFrame, in_units, merge_tallies, place_on_land, tally_umkm
from planner.geo import distance_km


@given(seed=st.integers(0, 1000), snap_km=st.sampled_from([0.5, 2.0, 50.0]))
@settings(max_examples=40, deadline=None)
def test_points_off_the_land_go_to_the_nearest_land_pixel_within_reach(seed, snap_km):
    """Against every land pixel, on the ellipsoid."""
    rng = np.random.default_rng(seed)
    frame = LandFrame(grid(), rng.random((10, 10)) < 0.2, snap_km)
    lon, lat = rng.uniform(119.98, 120.12, 30), rng.uniform(-8.12, -7.98, 30)
    placed = place_on_land(frame, lon, lat)
    land = np.flatnonzero(frame.land)
    row, col = frame.grid.row_col(lon, lat)
    for i in range(30):
        own = int(row[i] * 10 + col[i]) if frame.grid.contains(row[i], col[i]) else -1
        if own >= 0 and frame.land.ravel()[own]:
            assert placed.cell_id[i] == own
            assert not placed.is_moved[i]
            continue
        far = distance_km(lon[i], lat[i], *frame.grid.lon_lat(land // 10, land % 10)) if land.size else np.array([1e9])
        if placed.cell_id[i] < 0:
            assert far.min() > snap_km * 0.99
        else:
            chosen = far[np.flatnonzero(land == placed.cell_id[i])[0]]
            assert chosen <= far.min() * 1.01  # the sphere ranks within 1 % of the ellipsoid
            assert chosen <= snap_km * 1.01
            assert placed.is_moved[i]


def test_without_land_every_point_is_left_out():
    placed = place_on_land(
        LandFrame(grid(), np.zeros((10, 10), dtype=bool), 5.0), np.array([120.05]), np.array([-8.05])
    )
    assert placed.cell_id.tolist() == [-1]


@given(seed=st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_tallies_do_not_depend_on_rows_or_chunks(seed):
    """Fractional weights, to the last bit."""
    rng = np.random.default_rng(seed)
    n = 60
    frame = LandFrame(grid(), np.ones((10, 10), dtype=bool), 1.0)
    umkm = umkm_at(
        rng.integers(0, 10, n).tolist(),
        rng.integers(0, 10, n).tolist(),
        weight=rng.uniform(0, 3, n),
        digital=rng.choice(["offline", "online", "unknown"], n).tolist(),
        size=rng.choice(["mikro", "kecil"], n).tolist(),
        sector=rng.choice(["A", "G", ""], n).tolist(),
    )

    def tally(rows):
        placed = place_on_land(frame, rows["lon_deg"].to_numpy(), rows["lat_deg"].to_numpy())
        return tally_umkm(rows, placed, priority_sectors=("A",))

    whole = tally(umkm)
    chunks = merge_tallies(tally(umkm.iloc[rng.permutation(n)].iloc[i : i + 7]) for i in range(0, n, 7))
    assert (whole.cell_id == np.sort(np.unique(whole.cell_id))).all()
    assert abs(whole.counts[0].sum() - umkm["weight"].sum()) < 1e-4
    order = umkm.iloc[rng.permutation(n)]
    assert (tally(order).counts == whole.counts).all()
    again = merge_tallies(tally(umkm.iloc[i : i + 7]) for i in range(0, n, 7))
    assert (again.counts == whole.counts).all()
    assert chunks.n_rows == len(range(n))


@given(st.lists(st.floats(0.0, 1e6), max_size=50))
def test_values_in_units_keep_their_sum_and_their_zeros(values):
    values = np.array(values)
    kept = in_units(values)
    assert (kept >= 0.0).all()
    assert (kept[values == 0.0] == 0.0).all()
    assert (kept * 2**20 % 1 == 0).all()
    assert np.abs(kept - values).max(initial=0.0) <= 2.0**-19
    assert abs(kept.sum() - values.sum()) <= 2.0**-20 + 1e-12 * values.sum()

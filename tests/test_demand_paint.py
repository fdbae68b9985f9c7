"""Painting polygons on the grid and finding the area of a point."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from demand_worlds import PIXEL_DEG, box_admin, grid, two_desa
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.demand.areas import area_of_pixels, area_of_points, code_at_level
from planner.demand.paint import paint


def rasterio_paint(shapes: np.ndarray, frame) -> np.ndarray:
    from affine import Affine
    from rasterio.features import rasterize

    return rasterize(
        [(shape, i + 1) for i, shape in enumerate(shapes)][::-1],
        out_shape=frame.shape,
        transform=Affine(frame.pixel_deg, 0.0, frame.west_deg, 0.0, -frame.pixel_deg, frame.north_deg),
        fill=0,
        dtype="int32",
    )


@given(seed=st.integers(0, 10_000), n=st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_paint_agrees_with_rasterio_on_odd_shapes(seed, n):
    """Stars with holes, partly off the grid, overlapping; corners at random so no centre is on a side."""
    rng = np.random.default_rng(seed)
    frame = grid(23, 31)
    shapes = []
    for _ in range(n):
        angle = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(5, 15)))
        radius = rng.uniform(0.02, 0.2, angle.size)
        x, y = 120 + rng.uniform(-0.05, 0.35), -8 - rng.uniform(-0.05, 0.25)
        star = shapely.Polygon(np.column_stack((x + radius * np.cos(angle), y + radius * np.sin(angle)))).buffer(0)
        shapes.append(star.difference(shapely.Point(x, y).buffer(rng.uniform(0.005, 0.05))))
    shapes = np.array([s for s in shapes if not s.is_empty], dtype=object)
    painted = paint(shapes, frame)
    assert (painted == rasterio_paint(shapes, frame)).all()
    lon, lat = frame.lon_lat(*np.divmod(np.arange(painted.size), frame.n_cols))
    held = np.stack([shapely.contains_xy(s, lon, lat) for s in shapes])
    first = np.where(held.any(axis=0), held.argmax(axis=0) + 1, 0)
    assert (painted.ravel() == first).all()


def test_areas_that_share_a_side_share_no_pixel_and_leave_none():
    """Even where the side runs through pixel centres."""
    frame = grid()
    side = 120.0 + 4.5 * PIXEL_DEG
    halves = np.array([shapely.box(119.9, -8.2, side, -7.9), shapely.box(side, -8.2, 120.2, -7.9)], dtype=object)
    painted = paint(halves, frame)
    assert np.isin(painted, (1, 2)).all()
    assert (paint(halves[:1], frame) > 0).sum() + (paint(halves[1:], frame) > 0).sum() == painted.size


def test_the_finest_area_claims_the_pixel_whatever_the_order_of_rows():
    admin = two_desa()
    index, codes = area_of_pixels(admin, grid())
    turned, turned_codes = area_of_pixels(admin.iloc[::-1], grid())
    assert (codes[index] == turned_codes[turned]).all()
    assert set(np.unique(codes[index])) == {"53.01.01.2001", "53.01.01.2002"}


def test_no_areas_paint_nothing():
    index, codes = area_of_pixels(two_desa().iloc[:0], grid())
    assert index.shape == (10, 10)
    assert not index.any()
    assert codes.tolist() == [""]


def test_points_take_the_finest_area_then_the_nearest_within_reach():
    admin = box_admin({"53": (0, 10, 0, 10), "53.01": (0, 5, 0, 10)})
    lon = np.array([120.02, 120.08, 120.101, 121.0, 120.02])
    lat = np.array([-8.02, -8.02, -8.05, -8.0, -7.99])
    assert area_of_points(admin, lon, lat, snap_km=2.0).tolist() == ["53.01", "53", "53", "", "53.01"]
    assert area_of_points(admin, lon, lat, snap_km=0.0).tolist() == ["53.01", "53", "", "", ""]


def test_of_overlapping_areas_the_smallest_code_wins():
    admin = box_admin({"53.02": (0, 10, 0, 10), "53.01": (0, 10, 0, 10)})
    point = (np.array([120.05]), np.array([-8.05]))
    assert area_of_points(admin, *point).tolist() == ["53.01"]
    assert area_of_points(admin.iloc[::-1], *point).tolist() == ["53.01"]


@pytest.mark.parametrize(
    ("level", "expected"), [("provinsi", "53"), ("kabupaten", "53.01"), ("kecamatan", ""), ("desa", "")]
)
def test_codes_are_cut_to_a_level_and_never_invented(level, expected):
    assert code_at_level(np.array(["53.01", ""]), level).tolist() == [expected, ""]
    assert code_at_level(np.array([], dtype=str), level).tolist() == []

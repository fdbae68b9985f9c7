"""The packed block: what goes in comes out, small and the same every time."""

from __future__ import annotations

import base64
import gzip
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from planner.maps.packed import WORLD_UNITS, Pack, mercator_units
from planner.maps.tables import signal_bytes


def unpack(pack: Pack, reference: dict[str, Any]) -> np.ndarray:
    """What the page does with a reference, written a second time in Python."""
    data = gzip.decompress(base64.b64decode(pack.to_text()))
    start, n = reference["o"], reference["n"]
    if reference["t"] != "d":
        return np.frombuffer(data, dtype=f"<{reference['t']}", count=n, offset=start)
    planes = np.frombuffer(data, dtype=np.uint8, count=4 * n, offset=start).reshape(4, n)
    zigzag = sum(planes[k].astype(np.int64) << (8 * k) for k in range(4))
    return np.cumsum((zigzag >> 1) ^ -(zigzag & 1))


@given(st.lists(st.integers(-(2**29), 2**29), max_size=50))
def test_differences_come_back(values: list[int]) -> None:
    pack = Pack()
    pack.add(np.array([1], dtype=np.uint8))  # so that the block does not begin at 0
    found = unpack(pack, pack.add_steps(np.array(values, dtype=np.int64)))
    assert found.tolist() == values


@pytest.mark.parametrize("dtype", ["u1", "u2", "u4", "i1", "i4", "f4", "f8"])
def test_plain_arrays_come_back_aligned(dtype: str) -> None:
    pack = Pack()
    pack.add(np.arange(3, dtype=np.uint8))
    reference = pack.add(np.arange(5).astype(dtype))
    assert reference["o"] % 8 == 0
    assert unpack(pack, reference).tolist() == [0, 1, 2, 3, 4]


def test_an_array_the_page_cannot_read_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot pack"):
        Pack().add(np.arange(3, dtype=np.int64))


def test_units_are_those_of_epsg_3857() -> None:
    lon, lat = np.array([95.0, 123.58, 141.0]), np.array([5.9, -10.17, -8.5])
    east_m, north_m = Transformer.from_crs(4326, 3857, always_xy=True).transform(lon, lat)
    x, y = mercator_units(lon, lat)
    side_m = 2.0 * np.pi * 6_378_137.0
    assert np.allclose((x / WORLD_UNITS - 0.5) * side_m, east_m, atol=0.6)
    assert np.allclose((0.5 - y / WORLD_UNITS) * side_m, north_m, atol=0.6)


def test_latitudes_beyond_the_map_stay_on_it() -> None:
    _, y = mercator_units(np.array([0.0, 0.0]), np.array([-90.0, 90.0]))
    assert y.tolist() == [WORLD_UNITS, 0]


def test_shapes_keep_rings_holes_parts_and_places() -> None:
    hole = shapely.Polygon(shapely.box(0, 0, 4, 4).exterior, [shapely.box(1, 1, 2, 2).exterior])
    shapes = [
        shapely.MultiPolygon([shapely.box(10, 0, 11, 1), hole]),
        None,
        shapely.LineString([(0, 0), (1, 1), (2, 0)]),
        shapely.Polygon(),
        shapely.GeometryCollection([shapely.box(5, 5, 6, 6), shapely.Point(0, 0)]),
    ]
    pack = Pack()
    found = pack.add_shapes(shapes)
    assert unpack(pack, found["parts"]).tolist() == [3, 0, 1, 0, 1]
    assert unpack(pack, found["rings"]).tolist() == [5, 5, 5, 3, 5]
    x = unpack(pack, found["x"])
    assert x.min() == mercator_units(np.array([0.0]), np.array([0.0]))[0][0]
    assert x.max() == mercator_units(np.array([11.0]), np.array([0.0]))[0][0]


def test_no_shapes_at_all() -> None:
    pack = Pack()
    found = pack.add_shapes(np.empty(0, dtype=object))
    assert [found[key]["n"] for key in ("x", "y", "rings", "parts")] == [0, 0, 0, 0]


def test_thinned_neighbours_keep_their_shared_border() -> None:
    """Snapping moves a vertex the same way whichever area it belongs to."""
    t = np.linspace(0.0, 1.0, 4000)
    border = np.column_stack([120.0 + 0.01 * np.sin(40.0 * t), -9.0 - t])
    west = shapely.Polygon([*border, (119.0, -10.0), (119.0, -9.0)])
    east = shapely.Polygon([*border, (121.0, -10.0), (121.0, -9.0)])
    pack = Pack()
    found = pack.add_shapes([west, east], max_vertices=1000)
    rings = unpack(pack, found["rings"])
    assert rings.sum() <= 1000
    x, y = unpack(pack, found["x"]), unpack(pack, found["y"])
    first, second = (
        set(zip(x[s].tolist(), y[s].tolist(), strict=True)) for s in np.split(np.arange(len(x)), [rings[0]])
    )
    assert len(first & second) > 0.9 * len(first)


def test_signal_is_whole_db() -> None:
    assert signal_bytes(np.array([-120.4, np.nan, -300.0, 90.0])).tolist() == [80, 0, 0, 255]

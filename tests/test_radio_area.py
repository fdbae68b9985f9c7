"""Path loss over an area, as scripts call it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from planner.errors import RadioError
from planner.geo import distance_km, metres_per_degree, utm_scale
from planner.grid import Grid, MetricGrid, MetricRaster, Raster
from planner.radio import RadioLink, area_loss_db, fill_voids, profile_loss_db
from planner.radio.surface import metric_km

LINK = RadioLink(900.0, 40.0, 1.5, delta_n=50.0, n0=380.0, latitude_deg=-8.05)
GRID = Grid(121.0, -8.0, 0.0009, 121, 121)


def _hills(seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rough = np.cumsum(np.cumsum(rng.normal(0.0, 6.0, (121, 121)), axis=0), axis=1) / 12.0
    return np.abs(rough - rough.mean())


def _loss(values: np.ndarray, unit: str = "m", **changes: float) -> np.ndarray:
    asked = {"tx_row": 60.0, "tx_col": 60.0, "radius_km": 4.0} | changes
    return area_loss_db(Raster(GRID, values, unit), LINK, **asked)  # type: ignore[arg-type]  # numbers by name


def test_shape_type_and_radius() -> None:
    found = _loss(_hills())
    assert found.shape == GRID.shape
    assert found.dtype == np.float32
    inside = np.isfinite(found)
    rows, cols = np.nonzero(inside)
    assert 0.0999 * 39.7 < np.hypot(rows - 60, cols - 60).max() * 0.1 < 4.1
    assert inside[60, 60]
    assert not inside[0, 0]


def test_level_ground_is_that_of_the_profile() -> None:
    found = _loss(np.full(GRID.shape, 120.0))
    for cols in (6, 12, 35):
        km = cols * 0.0009 * 110.26  # a degree of longitude at 8.05° south
        n = round(km / 0.0995) + 1
        alone = profile_loss_db(np.linspace(0.0, km, n), np.full(n, 120.0), LINK)
        assert found[60, 60 + cols] == pytest.approx(alone, abs=0.1)


def test_loss_is_reciprocal_in_position_and_symmetric() -> None:
    """Turning the ground by 180° turns the result."""
    hills = _hills()
    found = _loss(hills)
    turned = _loss(np.ascontiguousarray(hills[::-1, ::-1]))[::-1, ::-1]
    both = np.isfinite(found) & np.isfinite(turned)
    assert both.sum() > 0.99 * np.isfinite(found).sum()
    assert np.abs(found[both] - turned[both]).mean() < 0.05


def test_clutter_adds_loss() -> None:
    woods = Raster(GRID, np.full(GRID.shape, 12.0), "m")
    bare = _loss(_hills())
    covered = area_loss_db(Raster(GRID, _hills(), "m"), LINK, tx_row=60, tx_col=60, radius_km=4.0, clutter=woods)
    far = np.isfinite(bare)
    assert np.nanmedian(covered[far] - bare[far]) > 5.0


def test_a_place_between_pixels_moves_the_result_smoothly() -> None:
    hills = _hills()
    here, beside, next_one = (_loss(hills, tx_col=60.0 + part) for part in (0.0, 0.5, 1.0))
    far = np.isfinite(here) & np.isfinite(next_one)
    middle = 0.5 * (here + next_one)
    assert np.sqrt(np.mean((beside[far] - middle[far]) ** 2)) < 1.5


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tx_row": 500.0}, "tx_row"),
        ({"tx_col": -3.0}, "tx_col"),
        ({"tx_row": float("nan")}, "tx_row"),
        ({"radius_km": 0.0}, "radius_km"),
        ({"radius_km": 0.01}, "radius_km"),
        ({"radius_km": 0.09}, "one pixel"),
        ({"radius_km": float("inf")}, "radius_km"),
        ({"rays_per_cell": 0.0}, "rays_per_cell"),
        ({"rays_per_cell": None}, "rays_per_cell = None is not a number"),
        ({"tx_row": "60"}, "tx_row = '60' is not a number"),
    ],
)
def test_bad_numbers_are_named(changes: dict[str, float], said: str) -> None:
    with pytest.raises(RadioError, match=said):
        _loss(_hills(), **changes)


def test_bad_ground_is_named() -> None:
    hills = _hills()
    with pytest.raises(RadioError, match="metres"):
        _loss(hills, unit="ft")
    with pytest.raises(RadioError, match="feet"):
        _loss(hills + 12_000.0)
    void = hills.copy()
    void[70, 70] = np.nan
    with pytest.raises(RadioError, match="1 pixels within the radius"):
        _loss(void)
    void[60, 60] = np.nan
    with pytest.raises(RadioError, match="stands on a void"):
        _loss(void)
    far = hills.copy()
    far[0, 0] = np.nan  # beyond the radius
    assert np.isfinite(_loss(far)[60, 60])
    beside = Raster(dataclasses.replace(GRID, west_deg=121.2), hills, "m")
    with pytest.raises(RadioError, match="pixel by pixel"):
        area_loss_db(Raster(GRID, hills, "m"), LINK, tx_row=60, tx_col=60, radius_km=4.0, clutter=beside)


@pytest.mark.parametrize(
    ("pixel", "said"), [(-0.0009, "upside down"), (0.0, "upside down"), (float("nan"), "north-up")]
)
def test_a_grid_that_is_not_north_up_is_refused(pixel: float, said: str) -> None:
    lat_lon = Raster(dataclasses.replace(GRID, pixel_deg=pixel), _hills(), "m")
    metric = MetricRaster(MetricGrid(0.0, 0.0, pixel * 1e5, 121, 121), _hills(), "m")
    for terrain in (lat_lon, metric):
        with pytest.raises(RadioError, match=said):
            area_loss_db(terrain, LINK, tx_row=60, tx_col=60, radius_km=4.0)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"west_deg": float("nan")}, "west_deg = nan"),
        ({"north_deg": -89.95}, "south_deg = -90.0589"),
    ],
)
def test_a_grid_beyond_the_earth_is_refused(changes: dict[str, float], said: str) -> None:
    terrain = Raster(dataclasses.replace(GRID, **changes), _hills(), "m")
    with pytest.raises(RadioError, match=said):
        area_loss_db(terrain, LINK, tx_row=60, tx_col=60, radius_km=4.0)


@pytest.mark.parametrize("kind", [np.float32, np.int16])
def test_what_a_masked_raster_hides_is_a_void_and_not_the_number_behind_the_mask(kind: type) -> None:
    hills = _hills().astype(kind)
    mask = np.zeros(hills.shape, dtype=np.bool_)
    mask[62, 66] = True
    hidden = np.ma.masked_array(np.where(mask, 0, hills), mask)
    for terrain in (Raster(GRID, hidden, "m"), MetricRaster(MetricGrid(0.0, 0.0, 100.0, 121, 121), hidden, "m")):
        with pytest.raises(RadioError, match=r"1 pixels within the radius \(first at row 62, column 66\)"):
            area_loss_db(terrain, LINK, tx_row=60, tx_col=60, radius_km=4.0)
        filled, count = fill_voids(terrain, "nearest")
        assert count == 1
        assert filled.values[62, 66] in hills[61:64, 65:68]
    open_mask = Raster(GRID, np.ma.masked_array(hills), "m")
    assert type(open_mask.values) is np.ndarray
    assert open_mask.values.dtype == hills.dtype


def test_heights_that_are_text_are_refused_and_kinds_of_numbers_change_nothing() -> None:
    hills = np.round(_hills())
    with pytest.raises(RadioError, match="terrain does not hold numbers"):
        _loss(hills.astype("U"))
    plain = _loss(hills)
    for kind in (">f4", "f8", "i4", ">i2"):
        np.testing.assert_array_equal(_loss(hills.astype(kind)), plain)
    np.testing.assert_array_equal(_loss(hills, tx_row=np.uint8(60), tx_col=np.int8(60)), plain)


def test_a_single_row_of_pixels_is_refused() -> None:
    with pytest.raises(RadioError, match="2 x 2"):
        area_loss_db(
            Raster(Grid(121.0, -8.0, 0.0009, 1, 9), np.zeros((1, 9)), "m"), LINK, tx_row=0, tx_col=4, radius_km=0.3
        )


def test_projected_and_geographic_grids_agree_on_the_same_ground() -> None:
    """The same hills once in degrees, once in metres: square pixels of the mean side, so distances differ by 0.3 %."""
    lon_m, lat_m = metres_per_degree(-8.05)
    side_m = 0.0009 * 0.5 * float(lon_m + lat_m)
    hills = _hills()
    in_degrees = _loss(hills)
    terrain = MetricRaster(MetricGrid(500_000.0, 9_000_000.0, side_m, 121, 121), hills, "m")
    in_metres = area_loss_db(terrain, LINK, tx_row=60.0, tx_col=60.0, radius_km=4.0)
    both = np.isfinite(in_degrees) & np.isfinite(in_metres)
    assert both.sum() > 0.99 * np.isfinite(in_degrees).sum()
    wrong = in_degrees[both] - in_metres[both]
    assert abs(wrong.mean()) < 0.02
    assert np.sqrt((wrong**2).mean()) < 0.3


def test_scale_of_a_projected_grid_shortens_the_ground() -> None:
    flat = np.full((121, 121), 30.0)
    found = [
        area_loss_db(
            MetricRaster(MetricGrid(0.0, 0.0, 100.0 * scale, 121, 121, scale), flat, "m"),
            LINK,
            tx_row=60,
            tx_col=60,
            radius_km=4.0,
        )
        for scale in (0.9996, 1.0, 1.001)
    ]
    for other in found[1:]:
        np.testing.assert_allclose(found[0], other, atol=2e-3)


@pytest.mark.parametrize("lat_deg", [-10.9, -5.0, 0.0, 5.9])
def test_error_of_the_metric_in_degrees_is_as_stated(lat_deg: float) -> None:
    """Within 35 km, against Karney's geodesic: 0.01 %."""
    rng = np.random.default_rng(2)
    rows, cols = rng.integers(-380, 381, (2, 2000))
    per_row, per_col = metric_km(lat_deg, 0.0, rows, 0.0009)
    found = np.hypot(rows * per_row, cols * per_col)
    near = (found > 1.0) & (found < 35.0)
    true = distance_km(120.0, lat_deg, 120.0 + cols * 0.0009, lat_deg - rows * 0.0009)
    assert np.abs(found / true - 1.0)[near].max() < 1e-4


@pytest.mark.parametrize("east_m", [180_000.0, 500_000.0, 830_000.0])
@pytest.mark.parametrize("lat_deg", [-10.0, -1.0])
def test_error_of_the_projected_metric_is_as_stated(east_m: float, lat_deg: float) -> None:
    """Within 35 km anywhere in a UTM zone, against Karney's geodesic: 0.04 % with the scale at the place, 0.1 % without."""
    from pyproj import Proj

    zone = Proj(proj="utm", zone=51, south=True, ellps="WGS84")
    north_m = zone(123.0, lat_deg)[1]
    lon, lat = zone(east_m, north_m, inverse=True)
    scale = utm_scale(east_m, lat)
    assert scale == pytest.approx(zone.get_factors(lon, lat).meridional_scale, abs=2e-6)
    rng = np.random.default_rng(4)
    angle, far = rng.uniform(0.0, 2.0 * np.pi, 500), rng.uniform(1000.0, 35_000.0, 500)
    lons, lats = zone(east_m + far * np.sin(angle), north_m + far * np.cos(angle), inverse=True)
    true = distance_km(lon, lat, lons, lats) * 1000.0
    assert np.abs(far / scale / true - 1.0).max() < 4e-4
    assert np.abs(far / true - 1.0).max() < 1.3e-3


def test_voids_are_filled_by_choice_and_counted() -> None:
    hills = _hills()
    hills[70:73, 70] = np.nan
    hills[90, 20] = np.inf
    raster = Raster(GRID, hills, "m")
    sea, n_sea = fill_voids(raster, "sea")
    near, n_near = fill_voids(raster, "nearest", reach_km=0.5)
    assert n_sea == n_near == 4
    assert sea.values[71, 70] == 0.0
    assert near.values[90, 20] in {hills[89, 20], hills[91, 20], hills[90, 19], hills[90, 21]}
    assert np.isfinite(_loss(near.values)[60, 60])
    hole = np.full((121, 121), np.nan)
    hole[0, 0] = 5.0
    assert fill_voids(Raster(GRID, hole, "m"), "nearest", reach_km=0.35)[1] == 12  # within 3.5 pixels of a corner
    assert fill_voids(Raster(GRID, np.full((121, 121), np.nan), "m"), "nearest")[1] == 0
    with pytest.raises(RadioError, match="neither"):
        fill_voids(raster, "mean")  # type: ignore[arg-type]  # that is the point
    with pytest.raises(RadioError, match="reach_km"):
        fill_voids(raster, "nearest", reach_km=0.0)

"""Path loss over an area, as scripts call it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from planner.errors import RadioError
from planner.grid import Grid, Raster
from planner.radio import RadioLink, area_loss_db, profile_loss_db

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
        ({"radius_km": float("inf")}, "radius_km"),
        ({"rays_per_cell": 0.0}, "rays_per_cell"),
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

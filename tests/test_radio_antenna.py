"""Antenna patterns: published widths, tilt in the frame of the panel, what is not a mount."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from radio_worlds import spec

from planner.errors import RadioError
from planner.radio.antenna import Mount, Pattern, pattern_loss_db, pattern_of
from planner.radio.reach import mounts

PANEL = Pattern(beam_width_deg=65.0, front_back_db=25.0, vertical_width_deg=10.0, side_lobe_db=20.0)
ROUND = np.nan


def _loss(bearing: float, elevation: float, mount: Mount, pattern: Pattern = PANEL) -> float:
    return float(pattern_loss_db(bearing, elevation, mount, pattern))


@pytest.mark.parametrize(
    ("bearing", "elevation", "loss"),
    [(0.0, 0.0, 0.0), (32.5, 0.0, 3.0), (-32.5, 0.0, 3.0), (0.0, 5.0, 3.0), (0.0, -5.0, 3.0), (32.5, 5.0, 6.0),
     (180.0, 0.0, 25.0), (0.0, 60.0, 20.0), (180.0, 60.0, 25.0)],
)  # fmt: skip
def test_half_power_at_half_the_width_and_floors_as_in_tr_36_814(bearing: float, elevation: float, loss: float) -> None:
    assert _loss(bearing, elevation, Mount(0.0)) == pytest.approx(loss)
    assert _loss(bearing + 350.0, elevation, Mount(350.0)) == pytest.approx(loss)


def test_electrical_tilt_lowers_the_lobe_on_all_bearings() -> None:
    for bearing in (0.0, 20.0, 90.0):
        level = _loss(bearing, 0.0, Mount(0.0))
        assert _loss(bearing, -6.0, Mount(0.0, tilt_deg=6.0)) == pytest.approx(level)
    assert _loss(123.0, -6.0, Mount(ROUND, tilt_deg=6.0)) == 0.0


def test_mechanical_tilt_is_down_in_front_up_behind_and_nothing_aside() -> None:
    tilted = Mount(0.0, mechanical_tilt_deg=8.0)
    assert _loss(0.0, -8.0, tilted) == pytest.approx(0.0, abs=1e-9)
    up_behind = Pattern(65.0, 40.0, 10.0, 20.0)
    behind = [_loss(180.0, up, tilted, up_behind) for up in (-8.0, 0.0, 8.0)]
    assert behind[2] == pytest.approx(40.0)
    wide = Pattern(360.0, 40.0, 10.0, 20.0)  # so wide that elevation decides
    assert _loss(180.0, 8.0, tilted, wide) == pytest.approx(12.0 * 0.5**2)
    assert _loss(180.0, -8.0, tilted, wide) == pytest.approx(12.0 * 0.5**2 + 20.0)
    assert _loss(90.0, 0.0, tilted, wide) == pytest.approx(12.0 * 0.25**2, abs=0.05)


def test_rotation_keeps_angles_between_directions() -> None:
    """The frame of the panel is a rotation: unit vectors keep their angle to the axis of the lobe."""
    rng = np.random.default_rng(4)
    bearing, elevation = rng.uniform(-180.0, 180.0, 200), rng.uniform(-60.0, 60.0, 200)
    tilt = 9.0
    axis = np.array([np.cos(np.radians(-tilt)), 0.0, np.sin(np.radians(-tilt))])
    phi, up = np.radians(bearing), np.radians(elevation)
    ray = np.stack([np.cos(up) * np.cos(phi), np.cos(up) * np.sin(phi), np.sin(up)])
    angle = np.degrees(np.arccos(axis @ ray))
    narrow = Pattern(30.0, 1e6, 30.0, 1e6)  # within a few degrees of the axis the two cuts add to the angle squared
    near = angle < 4.0
    bearing, elevation, angle = (np.append(values[near], extra) for values, extra in (
        (bearing, [2.0, 0.0]), (elevation, [-tilt, -tilt + 3.0]), (angle, [2.0 * np.cos(np.radians(tilt)), 3.0])))  # fmt: skip
    found = pattern_loss_db(bearing, elevation, Mount(0.0, mechanical_tilt_deg=tilt), narrow)
    assert np.sqrt(found / 12.0) * 30.0 == pytest.approx(angle, rel=5e-3)


def test_loss_is_never_negative_nor_above_the_front_to_back_ratio() -> None:
    rng = np.random.default_rng(5)
    bearing, elevation = rng.uniform(0.0, 360.0, 500), rng.uniform(-90.0, 90.0, 500)
    for mount in (Mount(ROUND, 2.0), Mount(120.0, 4.0, 3.0), Mount(0.0, -5.0, -2.0)):
        found = pattern_loss_db(bearing, elevation, mount, PANEL)
        assert found.min() >= 0.0
        assert found.max() <= PANEL.front_back_db


def test_tilts_that_no_register_states_are_those_of_the_model() -> None:
    table = pd.DataFrame({"azimuth_deg": [np.nan, 30.0], "tilt_deg": [np.nan, 6.0]})
    round_, sector = mounts(table, spec())
    assert np.isnan(round_.azimuth_deg)
    assert (round_.tilt_deg, sector.tilt_deg, sector.mechanical_tilt_deg) == (spec().tilt_deg, 6.0, 0.0)
    assert pattern_of(spec()).front_back_db == 20.0


@pytest.mark.parametrize(
    ("mount", "name"),
    [({"azimuth_deg": 361.0}, "azimuth_deg"), ({"azimuth_deg": 0.0, "tilt_deg": 45.0}, "tilt_deg"),
     ({"azimuth_deg": 0.0, "mechanical_tilt_deg": np.nan}, "mechanical_tilt_deg")],
)  # fmt: skip
def test_a_mount_no_panel_has_is_refused(mount: dict[str, float], name: str) -> None:
    with pytest.raises(RadioError, match=f"{name} = .* is outside .*3GPP TR 38.901"):
        Mount(**mount)

"""Building entry and terminal clutter: figures of the Recommendations, by hand, ranges."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from planner.catalog import read_spec
from planner.errors import RadioError
from planner.radio.building import BUILDINGS, CLUTTER_HEIGHT_M, building_entry_loss_db, terminal_clutter_loss_db
from planner.radio.link_budget import station_budgets
from planner.specs.radio import RadioSpec


def test_median_entry_loss_at_one_gigahertz_by_hand() -> None:
    """log10 f = 0 leaves r, w and −3 dB: 10·log10(10^1.264 + 10^0.91 + 10^−0.3)."""
    for building, r, w in (("traditional", 12.64, 9.1), ("thermally_efficient", 28.19, 27.8)):
        by_hand = 10.0 * np.log10(10.0 ** (r / 10.0) + 10.0 ** (w / 10.0) + 10.0**-0.3)
        assert float(building_entry_loss_db(1000.0, building=building)) == pytest.approx(by_hand, abs=1e-9)


def test_the_distribution_has_the_spread_of_table_1() -> None:
    """One deviation above the median at 1 GHz: F⁻¹(0.8413) = 1, so μ + σ in each of the two terms."""
    by_hand = 10.0 * np.log10(10.0 ** ((12.64 + 9.6) / 10.0) + 10.0 ** ((9.1 + 4.5) / 10.0) + 10.0**-0.3)
    assert float(building_entry_loss_db(1000.0, 0.8413447460685429)) == pytest.approx(by_hand, abs=1e-6)


def test_elevation_adds_a_fifth_of_a_decibel_a_degree_where_the_wall_decides() -> None:
    steep = float(building_entry_loss_db(1000.0, building="thermally_efficient", elevation_deg=60.0))
    assert steep == pytest.approx(28.19 + 0.212 * 60.0, abs=0.5)


@pytest.mark.parametrize("building", BUILDINGS)
def test_entry_loss_grows_with_the_share_of_rooms(building: str) -> None:
    found = building_entry_loss_db(1800.0, np.linspace(0.01, 0.99, 50), building=building)
    assert np.all(np.diff(found) > 0)


def test_indoor_service_asks_the_entry_loss_of_the_stations_band_on_top() -> None:
    """Traditional houses take 13 to 15 dB at the national bands; a larger share of rooms takes more."""
    bands = [700.0, 900.0, 1800.0, 2100.0]
    table = pd.DataFrame({"band_mhz": bands, "power_dbm": 43.0, "gain_dbi": 15.0, "bandwidth_mhz": 10.0})
    default = read_spec(RadioSpec, "radio", "default")
    found = station_budgets(table, default, 300.0)
    extra = found.indoor_limit_dbm - found.limit_dbm
    assert extra == pytest.approx(building_entry_loss_db(bands))
    assert extra.min() > 13.0
    assert extra.max() < 15.1
    most = read_spec(RadioSpec, "radio", "default", overrides={"entry_probability_share": 0.8})
    deep = station_budgets(table, most, 300.0)
    assert deep.indoor_limit_dbm - deep.limit_dbm == pytest.approx(building_entry_loss_db(bands, 0.8))


def test_terminal_clutter_by_hand() -> None:
    """900 MHz, 1.5 m below trees of 15 m: θ = 26.57°, ν = 6.14, J(ν) − 6.03 = 22.6 dB."""
    nu = 0.342 * np.sqrt(0.9 * 13.5 * np.degrees(np.arctan(13.5 / 27.0)))
    by_hand = 6.9 + 20.0 * np.log10(np.sqrt((nu - 0.1) ** 2 + 1.0) + nu - 0.1) - 6.03
    assert float(terminal_clutter_loss_db(900.0, 1.5, "trees")) == pytest.approx(by_hand, abs=1e-9)
    open_hand = -(21.8 + 6.2 * np.log10(0.9)) * np.log10(1.5 / 10.0)
    assert float(terminal_clutter_loss_db(900.0, 1.5, "open")) == pytest.approx(open_hand, abs=1e-9)


@pytest.mark.parametrize("clutter", sorted(CLUTTER_HEIGHT_M))
def test_clutter_ends_at_its_top_and_never_helps(clutter: str) -> None:
    height = np.linspace(0.5, 40.0, 200)
    loss = terminal_clutter_loss_db(900.0, height, clutter)
    assert np.all(loss[height >= CLUTTER_HEIGHT_M[clutter]] == 0.0)
    assert np.all(np.diff(loss) <= 1e-9)
    assert loss.min() >= 0.0


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: building_entry_loss_db(50.0), r"frequency_mhz = 50 is outside 80 to 100000 \(ITU-R P.2109-2"),
        (lambda: building_entry_loss_db(900.0, 1.0), "probability_share = 1 is outside 0.001 to 0.999"),
        (lambda: building_entry_loss_db(900.0, building="bamboo"), "building = 'bamboo' is not one of traditional"),
        (lambda: terminal_clutter_loss_db(3500.0, 1.5, "trees"), r"frequency_mhz = 3500 .* \(ITU-R P.2108-1 §3.1\)"),
        (lambda: terminal_clutter_loss_db(900.0, 0.0, "trees"), "height_m = 0 is outside 0.1 to 3000"),
        (lambda: terminal_clutter_loss_db(900.0, 1.5, "jungle"), "clutter = 'jungle' is not one of water"),
    ],
)
def test_what_they_do_not_cover_is_refused(call, said) -> None:
    with pytest.raises(RadioError, match=said):
        call()

"""Rain towards a satellite: the published table, the oracle, the inverse, delay."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner.errors import RadioError
from planner.radio.slant import SlantPath, satellite_delay_ms, slant_rain_loss_db, slant_rain_outage_percent

VECTORS = pd.read_csv(Path(__file__).parent / "vectors" / "itur_links.csv", comment="#")
JAKARTA = SlantPath(45.0, -6.2, 96.7, 4.87)


@pytest.mark.shared
def test_published_cases_of_p618(shared: Path) -> None:
    """64 cases of the ITU at 14.25 and 29 GHz, 0.001 to 1 %; the rain height follows from their slant length."""
    table = pd.read_csv(shared / "radio" / "rain" / "ITURP618-13_A_rain.csv", encoding="latin-1", skiprows=[1])
    assert len(table) == 64
    height = table["hs"] + table["Ls"] * np.sin(np.radians(table["el"]))
    for name, deg in (("horizontal", 0), ("vertical", 90)):
        mine = table["tau"] == deg
        path = SlantPath(*(column[mine] for column in (table["el"], table["lat"], table["R001"], height, table["hs"])))
        found = slant_rain_loss_db(path, table.loc[mine, "f"], table.loc[mine, "P"], polarisation=name)
        assert found == pytest.approx(table.loc[mine, "A_rain"].to_numpy(), rel=0.01, abs=0.01)


def test_slant_paths_agree_with_the_oracle() -> None:
    rows = VECTORS.loc[VECTORS["kind"] == "slant"]
    path = SlantPath(rows["a"], rows["b"], rows["c"], rows["d"], rows["e"])
    assert len(rows) == 60
    assert slant_rain_loss_db(path, rows["f"], rows["g"]) == pytest.approx(rows["value"].to_numpy(), rel=0.01, abs=0.01)


def test_the_outage_is_the_inverse_of_the_loss_and_promises_nothing_beyond() -> None:
    percent = np.geomspace(0.002, 4.0, 25)
    loss = slant_rain_loss_db(JAKARTA, 19.7, percent)
    assert slant_rain_outage_percent(JAKARTA, 19.7, loss) == pytest.approx(percent, rel=1e-5)
    assert slant_rain_outage_percent(JAKARTA, 19.7, [200.0, 0.1, 0.0, -5.0]) == pytest.approx([0.001, 100, 100, 100])


def test_a_mountain_above_the_rain_sees_none() -> None:
    high = SlantPath(45.0, -6.2, 96.7, 4.87, 5.0)
    assert float(slant_rain_loss_db(high, 19.7, 0.1)) == 0.0
    assert float(slant_rain_outage_percent(high, 19.7, 3.0)) == pytest.approx(0.001)


def test_more_rain_and_higher_frequency_lose_more() -> None:
    rain = [slant_rain_loss_db(SlantPath(45.0, -6.2, r, 4.87), 19.7, 0.1) for r in (40.0, 80.0, 120.0)]
    assert np.all(np.diff(rain) > 0)
    assert np.all(np.diff(slant_rain_loss_db(JAKARTA, [11.0, 14.0, 19.7, 29.5], 0.1)) > 0)


def test_delay_is_four_slant_ranges_at_the_speed_of_light() -> None:
    kupang = (123.602, -10.169, 146.0)
    assert float(satellite_delay_ms(*kupang)) == pytest.approx(4 * 36_456 / 299.792458, abs=0.1)
    gateways = [(107.15, -6.3), (123.513, -10.234)]
    assert float(satellite_delay_ms(*kupang, gateway_lon_lat_deg=gateways)) == pytest.approx(
        2 * (36_456 + 37_477) / 299.792458, abs=1.5
    )


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: SlantPath(2.0, 0.0, 90.0, 4.9), r"elevation_deg = 2 is outside 5 to 90 \(ITU-R P.618-13"),
        (lambda: SlantPath(45.0, 0.0, 90.0, float("nan")), "rain_height_km = nan is outside 0 to 7"),
        (lambda: slant_rain_loss_db(JAKARTA, 60.0), "frequency_ghz = 60 is outside 1 to 55"),
        (lambda: slant_rain_loss_db(JAKARTA, 19.7, 50.0), "percent = 50 is outside 0.001 to 5"),
    ],
)
def test_ranges_are_named(call, said) -> None:
    with pytest.raises(RadioError, match=said):
        call()

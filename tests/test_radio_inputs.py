"""Bad input of the radio room: each refusal names the value, the range and its source."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from radio_worlds import link, spec

from planner.catalog import read_spec
from planner.errors import RadioError, ScenarioError, UsageError
from planner.radio.hops import satellite_elevation_deg, satellite_slant_range_km
from planner.radio.link_budget import (
    ERP_TO_EIRP_DB,
    element_noise_dbm,
    level_at_zero_loss_dbm,
    spread_db,
    station_budgets,
)
from planner.radio.location import location_sigma_db
from planner.radio.profile import profile_loss_db
from planner.specs.radio import ClutterSpec, RadioSpec, TransmitterDefaults
from planner.units import THERMAL_NOISE_DBM_PER_HZ

DISTANCE_KM = np.linspace(0.0, 5.0, 11)
FLAT = np.zeros(11)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("frequency_mhz", 29.9, r"29\.9 is outside 30 to 6000 \(ITU-R P\.1812-8 table 1\)"),
        ("frequency_mhz", 6001.0, "outside 30 to 6000"),
        ("frequency_mhz", float("nan"), "frequency_mhz = nan"),
        ("tx_height_m", 0.0, "tx_height_m = 0.0 is outside 1 to 3000"),
        ("tx_height_m", -5.0, "outside 1 to 3000"),
        ("rx_height_m", float("inf"), "rx_height_m = inf"),
        ("time_percent", 0.5, "outside 1 to 50"),
        ("time_percent", 51.0, "outside 1 to 50"),
        ("location_percent", 0.0, "outside 1 to 99"),
        ("location_percent", 100.0, "outside 1 to 99"),
        ("delta_n", 157.0, "must stay positive"),
        ("n0", 0.0, "outside 200 to 450"),
        ("latitude_deg", 91.0, "outside -90 to 90"),
    ],
)
def test_link_outside_the_range_is_refused(field: str, value: float, said: str) -> None:
    with pytest.raises(RadioError, match=said):
        link(**{field: value})


@pytest.mark.parametrize("value", ["900", None, [900.0], np.array([900.0]), 900.0 + 0j, True, np.ma.masked, 10**400])
def test_link_that_is_no_number_is_refused_with_its_range(value: object) -> None:
    with pytest.raises(RadioError, match=r"frequency_mhz = .*30 to 6000"):
        link(frequency_mhz=value)  # type: ignore[arg-type]  # what a script may pass


@pytest.mark.parametrize("kind", [int, np.int32, np.float32, np.float64, np.array])
def test_link_is_the_same_whatever_kind_of_number_it_is_given(kind: type) -> None:
    given = link(frequency_mhz=kind(900), tx_height_m=kind(42), time_percent=kind(10))
    assert given == link(900.0, 42.0, time_percent=10.0)
    assert all(type(v) is float for v in (given.frequency_mhz, given.tx_height_m, given.time_percent))


def test_unknown_polarisation_is_refused() -> None:
    with pytest.raises(RadioError, match="'slanted' is not one of vertical, horizontal"):
        link(polarisation="slanted")


def _with(position: int, value: float, values: np.ndarray = FLAT) -> np.ndarray:
    changed = values.copy()
    changed[position] = value
    return changed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"distance_km": DISTANCE_KM[:4], "terrain_m": FLAT[:4]}, "4 points, fewer than 5"),
        ({"distance_km": _with(0, 0.1, DISTANCE_KM)}, "must rise from 0"),
        ({"distance_km": _with(5, 0.2, DISTANCE_KM)}, "must rise from 0"),
        ({"distance_km": _with(7, DISTANCE_KM[6], DISTANCE_KM)}, "point 7 at 3 is not beyond point 6 at 3"),
        ({"distance_km": -DISTANCE_KM}, "must rise from 0"),
        ({"distance_km": _with(3, np.nan, DISTANCE_KM)}, "distance_km holds 1 values that are not finite"),
        ({"distance_km": DISTANCE_KM * 1000.0}, r"5000\.0 is outside 0\.001 to 3000"),
        ({"terrain_m": _with(4, np.nan)}, "a void is never taken for sea level"),
        ({"terrain_m": _with(4, -9999.0)}, "terrain_m = -9999.0 is outside -500 to 9000"),
        ({"terrain_m": FLAT[:10]}, r"terrain_m has shape \(10,\)"),
        ({"terrain_m": FLAT.reshape(1, -1)}, "terrain_m has shape"),
        ({"clutter_m": _with(2, -1.0)}, "clutter_m = -1.0"),
        ({"clutter_m": _with(2, np.inf)}, "clutter_m holds 1 values"),
        ({"zone": _with(2, 2.0, np.full(11, 4.0))}, r"zone = 2 is not 1 \(sea\)"),
        ({"zone": np.full(11, np.nan)}, "zone holds 11 values"),
        ({"zone": ["sea"] * 11}, "zone does not hold numbers"),
        ({"terrain_m": ["1,5"] * 11}, "terrain_m does not hold numbers"),
        ({"terrain_m": [[1.0], [2.0, 3.0]]}, "terrain_m does not hold numbers"),
        ({"terrain_m": FLAT + 1j}, "terrain_m does not hold numbers"),
        ({"distance_km": np.ma.masked_array(DISTANCE_KM, DISTANCE_KM == 2.0)}, "distance_km holds 1 values"),
        ({"terrain_m": np.ma.masked_array(FLAT, DISTANCE_KM == 2.0)}, "a void is never taken for sea level"),
        ({"terrain_m": np.ma.masked_array(FLAT.astype(int), DISTANCE_KM == 2.0)}, "terrain_m holds 1 values"),
        ({"clutter_m": np.ma.masked_array(FLAT, DISTANCE_KM == 2.0)}, "clutter_m holds 1 values"),
    ],
)
@pytest.mark.parametrize("model", ["p1812", "extended_hata", "free_space"])
def test_profile_that_cannot_carry_a_prediction_is_refused(
    arguments: dict[str, np.ndarray], said: str, model: str
) -> None:
    given = {"distance_km": DISTANCE_KM, "terrain_m": FLAT, **arguments}
    distance_km, terrain_m = given.pop("distance_km"), given.pop("terrain_m")
    with pytest.raises(RadioError, match=said):
        profile_loss_db(distance_km, terrain_m, link(), model=model, **given)


def test_unknown_model_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="did you mean 'p1812'"):
        profile_loss_db(DISTANCE_KM, FLAT, link(), model="p1821")


def test_fallback_model_says_where_it_ends() -> None:
    with pytest.raises(RadioError, match=r"5000\.0 is outside 30 to 4000"):
        profile_loss_db(DISTANCE_KM, FLAT, link(5000.0), model="extended_hata")


SAFETY = {"margin_db": 5.5, "location_percent": 90.0, "edge_probability_share": 0.75, "entry_probability_share": 0.8}


@pytest.mark.parametrize("pair", list(itertools.combinations(SAFETY, 2)))
def test_two_safety_margins_together_are_refused_whichever_they_are(pair: tuple[str, str]) -> None:
    with pytest.raises(ScenarioError, match="or it counts twice"):
        read_spec(RadioSpec, "radio", "default", overrides={name: SAFETY[name] for name in pair})
    for name in pair:
        assert getattr(read_spec(RadioSpec, "radio", "default", overrides={name: SAFETY[name]}), name) == SAFETY[name]


def test_thresholds_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ScenarioError, match="signal that counts would not be kept"):
        read_spec(RadioSpec, "radio", "default", overrides={"floor_dbm": -100.0})
    with pytest.raises(ScenarioError, match="is more than 4 blocks can carry"):
        read_spec(RadioSpec, "radio", "default", overrides={"uplink_mbps": 2.0})


def test_margin_counts_once() -> None:
    arguments = {"port_power_dbm": 43.0, "gain_dbi": 15.0, "bandwidth_mhz": 10.0}
    without = level_at_zero_loss_dbm("4G", spec=spec(), margin_db=0.0, **arguments)
    assert without - level_at_zero_loss_dbm("4G", spec=spec(), margin_db=5.5, **arguments) == pytest.approx(5.5)
    held = level_at_zero_loss_dbm("4G", spec=spec(body_loss_db=3.0), margin_db=0.0, **arguments)
    assert without - held == pytest.approx(3.0)
    station = _station()
    plain, margin = (station_budgets(station, spec(margin_db=m), 300.0) for m in (0.0, 5.5))
    assert plain.zero_loss_dbm[0] == pytest.approx(without)
    assert plain.zero_loss_dbm - margin.zero_loss_dbm == pytest.approx([5.5])
    assert margin.limit_dbm == plain.limit_dbm
    assert margin.indoor_limit_dbm == plain.indoor_limit_dbm


def _station(**columns: object) -> pd.DataFrame:
    base = {"technology": "4G", "band_mhz": 900.0, "power_dbm": 43.0, "gain_dbi": 15.0, "bandwidth_mhz": 10.0}
    return pd.DataFrame({name: [value] for name, value in {**base, **columns}.items()})


def test_a_probability_at_the_edge_takes_its_quantile_of_both_spreads_off_once() -> None:
    sigma = np.hypot(8.0, location_sigma_db(900.0, 300.0, 1.5))
    median = station_budgets(_station(), spec(), 300.0)
    edge = station_budgets(_station(), spec(edge_probability_share=0.9), 300.0)
    assert median.zero_loss_dbm - edge.zero_loss_dbm == pytest.approx([1.2816 * sigma], abs=1e-3)
    assert edge.margin_db == pytest.approx([1.2816 * sigma], abs=1e-3)
    places = station_budgets(_station(), spec(location_percent=90.0), 300.0)  # there the model takes it off the level
    assert places.zero_loss_dbm == median.zero_loss_dbm
    assert places.margin_db == pytest.approx([1.2816 * location_sigma_db(900.0, 300.0, 1.5)], abs=1e-3)


def test_the_uplink_closes_where_a_handset_of_23_dbm_just_carries_its_rate() -> None:
    """By hand: loss that leaves the station's sensitivity of 23 dBm, and the RSRP that the same loss leaves."""
    noise = THERMAL_NOISE_DBM_PER_HZ + 10 * np.log10(4 * 180e3) + 5.0
    sinr = 10 * np.log10(2 ** (0.25e6 / (4 * 180e3 * 0.75) / 0.4) - 1)
    most_loss = 23.0 + 15.0 - (noise + 3.0 + sinr)  # handset and antenna gain; interference lifts the noise by 3 dB
    by_hand = 43.0 + 15.0 - 10 * np.log10(600) - most_loss
    found = station_budgets(_station(), spec(), 300.0)
    assert found.uplink_limit_dbm == pytest.approx([by_hand])
    assert found.limit_dbm == [-110.0]  # the downlink is the weaker one here
    strong = station_budgets(_station(power_dbm=49.0), spec(), 300.0)
    assert strong.limit_dbm == pytest.approx([by_hand + 6.0])  # more power down does not help the way up
    assert station_budgets(_station(technology="2G", bandwidth_mhz=0.2), spec(), 300.0).uplink_limit_dbm == [-np.inf]


def test_numbers_that_are_not_known_give_no_limit() -> None:
    found = station_budgets(_station(band_mhz=np.nan), spec(), 300.0)
    assert np.isnan([found.zero_loss_dbm[0], found.limit_dbm[0], found.indoor_limit_dbm[0]]).all()


def test_level_is_that_of_one_resource_element_not_of_the_carrier() -> None:
    """43 dBm into 15 dBi at 10 MHz: 58 dBm EIRP, 30.2 dBm per element of 600."""
    level = level_at_zero_loss_dbm(
        "4G", port_power_dbm=43.0, gain_dbi=15.0, bandwidth_mhz=10.0, spec=spec(), margin_db=0.0
    )
    assert level == pytest.approx(58.0 - 10.0 * np.log10(600.0), abs=1e-9)
    assert 58.0 - level == pytest.approx(27.78, abs=0.005)
    wide = level_at_zero_loss_dbm(
        "4G", port_power_dbm=43.0, gain_dbi=15.0, bandwidth_mhz=20.0, spec=spec(), margin_db=0.0
    )
    assert level - wide == pytest.approx(3.01, abs=0.005)


def test_eirp_or_erp_in_place_of_the_power_of_a_port_is_refused() -> None:
    eirp_dbm = 43.0 + 17.0
    for wrong in (eirp_dbm, eirp_dbm + 3.0):
        with pytest.raises(RadioError, match="an EIRP or ERP holds the antenna's gain already"):
            level_at_zero_loss_dbm(
                "4G", port_power_dbm=wrong, gain_dbi=0.0, bandwidth_mhz=10.0, spec=spec(), margin_db=0.0
            )
    with pytest.raises(RadioError, match="gain_dbi = 43"):
        level_at_zero_loss_dbm("4G", port_power_dbm=17.0, gain_dbi=43.0, bandwidth_mhz=10.0, spec=spec(), margin_db=0.0)
    assert pytest.approx(10.0 * np.log10(1.64), abs=0.002) == ERP_TO_EIRP_DB  # half-wave dipole over isotropic


def test_spread_of_each_technology() -> None:
    assert spread_db("2G", 0.2, pilot_share_db=-10.0) == 0.0
    assert spread_db("3G", 5.0, pilot_share_db=-10.0) == -10.0
    assert spread_db("5G", 100.0, pilot_share_db=-10.0) == pytest.approx(-10.0 * np.log10(12 * 273))
    with pytest.raises(RadioError, match="'6G' is not one of"):
        spread_db("6G", 10.0, pilot_share_db=-10.0)


def test_threshold_stands_thirteen_decibels_over_the_noise_of_an_element() -> None:
    assert spec().threshold_dbm - element_noise_dbm(spec().noise_figure_db) == pytest.approx(13.2, abs=0.1)


def test_edge_margin_follows_the_normal_quantiles() -> None:
    found = [spec().edge_margin_db(share, 6.0) for share in (0.75, 0.90, 0.95)]
    assert found == pytest.approx([6.74, 12.82, 16.45], abs=0.01)  # sigma = hypot(8, 6) = 10
    with pytest.raises(ValueError, match="a median needs no margin"):
        spec().edge_margin_db(0.4, 6.0)


def test_shipped_models_are_whole_and_sourced() -> None:
    default = read_spec(RadioSpec, "radio", "default")
    assert {"threshold_dbm", "delta_n", "capacity.4G.mean_sinr_db", "classes_dbm.good"} <= set(default.sources)
    found = read_spec(TransmitterDefaults, "radio", "transmitters")
    for technology in ("2G", "3G", "4G", "5G"):
        assert set(found.for_technology(technology)) == {
            "band_mhz",
            "height_m",
            "power_dbm",
            "gain_dbi",
            "bandwidth_mhz",
        }
    assert read_spec(ClutterSpec, "radio", "clutter").height_of()[10] == 15.0


def test_interference_for_more_of_the_time_than_service_is_refused() -> None:
    with pytest.raises(ValueError, match="interference_time_percent = 20 is more than time_percent = 10"):
        spec(time_percent=10.0, interference_time_percent=20.0)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"bandwidth_mhz": 0.0}, r"bandwidth_mhz = 0\.0 is outside 0\.2 to 200 \(3GPP TS 45\.005"),
        ({"bandwidth_mhz": -10.0}, "bandwidth_mhz = -10"),
        ({"band_mhz": 9000.0}, r"band_mhz = 9000\.0 is outside 30 to 6000 \(ITU-R P\.1812-8 table 1\)"),
        ({"band_mhz": 29.0}, "band_mhz = 29"),
    ],
)
def test_budget_of_a_station_outside_the_range_is_refused(columns: dict[str, float], said: str) -> None:
    with pytest.raises(RadioError, match=said):
        station_budgets(_station(**columns), spec(), 300.0)


@pytest.mark.parametrize(
    "place", [(120.0, 95.0, 146.0), (np.nan, 0.0, 146.0), (120.0, 0.0, 400.0), (500.0, 0.0, 146.0)]
)
def test_place_that_is_not_on_earth_has_no_satellite(place: tuple[float, float, float]) -> None:
    for ask in (satellite_elevation_deg, satellite_slant_range_km):
        with pytest.raises(RadioError, match=r"is outside -(90 to 90|180 to 360) \((WGS 84|ITU-R S\.484)"):
            ask(*place)


@pytest.mark.parametrize(("name", "value"), [("time_percent", 0.5), ("time_percent", 51.0), ("rx_height_m", np.nan), ("radius_km", -1.0), ("delta_n", 157.0)])  # fmt: skip
def test_scenario_outside_a_recommendation_is_told_value_range_and_source(name: str, value: float) -> None:
    with pytest.raises(ScenarioError, match=rf"{name} = {value:g} is outside .* to .* \(") as caught:
        read_spec(RadioSpec, "radio", "default", overrides={name: value})
    (said,) = caught.value.fields["faults"]  # type: ignore[misc]  # a tuple of phrases
    assert (said.code, set(said.fields)) == ("fault_range", {"where", "value", "low", "high", "source"})


def test_every_field_whose_range_has_a_source_has_both_ends() -> None:
    for key in RadioSpec.RANGES:
        (low, high), source = RadioSpec.range_of(key)  # type: ignore[misc]  # each has one
        assert low < high
        assert source

"""Options: prices by hand and against published totals, power and access by place, covers counted."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from ground_worlds import COST, SITES, frame, lines
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString

from planner.catalog import read_spec
from planner.errors import LayerError
from planner.plan.options import TRANSMITTER_COLUMNS, graph_places, make_options, operators_of, with_covers
from planner.radio.reach import mounts
from planner.schema import TABLES, check_frame
from planner.specs.backhaul import BackhaulSpec
from planner.specs.cost import annuity_years
from planner.specs.radio import RadioSpec

RADIO = read_spec(RadioSpec, "radio", "default")
BY_NAME = {spec.name: spec for spec in SITES}


def _candidates(*rows: dict) -> pd.DataFrame:
    plain = {
        "generator": "clusters", "ref_id": "", "name": "x", "area_code": "53.01", "elevation_m": np.nan, "access_mode": "road",
        "is_existing": False, "excluded_because": "", "place_kind": "new", "provenance": "clusters", "weight_near": 1.0,
        "lon_deg": 120.2, "lat_deg": -8.2,
    }  # fmt: skip
    return pd.DataFrame([{**plain, "candidate_id": f"c{i}", **row} for i, row in enumerate(rows)])


def _make(*rows, names=("macro_42m",), **layers):
    return make_options(_candidates(*rows), tuple(BY_NAME[name] for name in names), COST, radio=RADIO, **layers)


def test_an_annuity_is_the_sum_of_its_discounted_years():
    assert annuity_years(0.05, 10) == pytest.approx(sum(1.05**-t for t in range(1, 11)))


@given(capex=st.floats(0, 1e12), opex=st.floats(0, 1e11))
def test_present_value_lies_between_capex_and_the_undiscounted_sum(capex, opex):
    value = COST.present_value_idr(capex, opex)
    assert capex <= value <= capex + COST.horizon_years * opex + 1e-3


def test_a_tower_by_road_with_vsat_meets_the_published_accounts():
    """5,618 sites: Rp 12.045 T capex, 2.14 billion each; contracts 2.62–3.16; opex 10–14.4 % of capex a year."""
    option = _make({}).frame.iloc[0]
    vsat = read_spec(BackhaulSpec, "backhaul", "satellite_hts_lease").terms["terminal_idr"]
    capex = option["capex_idr"] + vsat
    assert capex == pytest.approx(2.14e9, rel=0.05)
    assert 0.10 <= option["opex_idr_per_year"] / capex <= 0.144
    by_boat = _make({"access_mode": "boat"}).frame.iloc[0]["capex_idr"] + vsat
    assert 2.14e9 < by_boat < 3.16e9


def test_prices_by_hand():
    option = _make({}).frame.iloc[0]
    capex = 900e6 + 620e6 + 150e6 + 2.0 * 150e6
    opex = 0.12 * 1520e6 + 20e6 + 0.05 * 300e6
    assert (option["capex_idr"], option["opex_idr_per_year"]) == (pytest.approx(capex), pytest.approx(opex))
    assert option["cost_idr"] == pytest.approx(capex + opex * 7.721734929)
    parts = option[["structure_capex_idr", "access_capex_idr", "power_capex_idr"]].sum()
    assert parts == pytest.approx(option["capex_idr"])


def test_air_is_dearer_than_boat_and_boat_than_road():
    cost = _make({"access_mode": "road"}, {"access_mode": "boat"}, {"access_mode": "air"}).frame["cost_idr"]
    assert cost.is_monotonic_increasing
    assert cost.is_unique


def test_a_taller_tower_costs_more():
    cost = _make({}, names=("macro_42m", "macro_52m", "macro_72m")).frame.set_index("site_type")["cost_idr"]
    assert cost["macro_42m"] < cost["macro_52m"] < cost["macro_72m"]


def test_every_type_stands_where_it_fits():
    found = _make(
        {}, {"place_kind": "on_air", "ref_id": "b"}, {"place_kind": "inactive", "ref_id": "b"}, {"place_kind": "facility"},
        names=tuple(BY_NAME),
    ).frame  # fmt: skip
    assert found.groupby("place_kind")["site_type"].agg(set).to_dict() == {
        "new": {"macro_42m", "macro_52m", "macro_72m", "small_cell"}, "on_air": {"upgrade_4g", "second_band_2100"}, "inactive": {"reactivate"},
        "facility": {"access_point_satellite"},
    }  # fmt: skip


def test_an_excluded_candidate_has_no_option():
    assert _make({"excluded_because": "water"}).frame.empty


def test_an_upgrade_takes_the_height_of_its_tower_and_says_where_none_is_known():
    bts = frame(
        "bts",
        [
            {"bts_id": n, "operator": "A", "technology": "4G", "height_m": h, "lon_deg": 120.2, "lat_deg": -8.2}
            for n, h in (("a", 61.0), ("b", np.nan))
        ],
    )
    rows = [{"place_kind": "on_air", "ref_id": "a"}, {"place_kind": "on_air", "ref_id": "b"}]
    found = _make(*rows, names=("upgrade_4g",), bts=bts)
    assert found.frame["height_m"].tolist() == [61.0, 42.0]
    assert _make({"ref_id": "a"}, bts=bts).frame["height_m"].tolist() == [42.0]  # a new tower is as high as its type


def test_a_band_that_every_operator_of_a_tower_runs_already_is_no_option():
    def row(name, operator, technology, band, status="on_air", lon=120.2):
        return {"bts_id": name, "operator": operator, "technology": technology, "band_mhz": band, "status": status,
                "height_m": 42.0, "lon_deg": lon, "lat_deg": -8.2}  # fmt: skip

    bts = frame(
        "bts",
        [
            row("a1", "A", "2G", 1800.0), row("a2", "A", "4G", 1840.0),
            row("b1", "A", "4G", 1800.0, lon=120.3), row("b2", "B", "4G", 900.0, lon=120.3),
            row("c1", "A", "2G", 1800.0, lon=120.4), row("c2", "A", "4G", 1800.0, "inactive", lon=120.4),
        ],
    )  # fmt: skip
    rows = [{"place_kind": "on_air", "ref_id": name} for name in ("a1", "b1", "c1")]
    found = _make(*rows, names=("upgrade_4g", "second_band_2100"), bts=bts).frame
    types = found.groupby("ref_id")["site_type"].agg(set).to_dict()
    assert types == {"a1": {"second_band_2100"}, "b1": set(types["c1"]), "c1": {"upgrade_4g", "second_band_2100"}}


def _grid_line(km: float) -> gpd.GeoDataFrame:
    lat = -8.2 - km / 110.6
    return gpd.GeoDataFrame({"power_id": ["p"]}, geometry=[LineString([(120.0, lat), (120.4, lat)])], crs=4326)


def test_power_comes_from_the_grid_where_it_is_near_and_from_the_sun_elsewhere():
    near, far = _make({}, power=_grid_line(0.3)).frame.iloc[0], _make({}, power=_grid_line(4.0)).frame.iloc[0]
    assert (near["power_source"], far["power_source"]) == ("grid", "solar")
    assert near["power_capex_idr"] == pytest.approx(75e6 + 0.3 * 450e6, rel=0.01)
    assert near["cost_idr"] < far["cost_idr"]


def test_a_grid_of_unknown_distance_is_never_a_near_one():
    for power in (None, _grid_line(0.1).iloc[:0]):
        option = _make({}, power=power).frame.iloc[0]
        assert option["power_source"] == "solar"
        assert np.isnan(option["grid_km"])


def test_the_tables_keep_their_schema():
    found = _make({}, {"place_kind": "facility"}, names=tuple(BY_NAME))
    check_frame(found.frame, TABLES["options"], "options")
    assert tuple(found.transmitters.columns) == TRANSMITTER_COLUMNS
    assert found.transmitters["option_id"].tolist() == found.frame["option_id"].tolist()
    assert (found.frame["radio_mbps"] > 0).all()
    none = make_options(_candidates({}).iloc[:0], SITES, COST, radio=RADIO)
    check_frame(none.frame, TABLES["options"], "options")
    assert none.frame.columns.tolist() == found.frame.columns.tolist()


def test_row_order_changes_nothing():
    rows = _candidates({}, {"lon_deg": 120.3}, {"place_kind": "facility"}, {"access_mode": "air"})
    first = make_options(rows, SITES, COST, radio=RADIO)
    second = make_options(rows.iloc[::-1], SITES[::-1], COST, radio=RADIO)
    pd.testing.assert_frame_equal(first.frame, second.frame)
    pd.testing.assert_frame_equal(first.transmitters, second.transmitters)


def test_covers_are_counted_and_must_fit():
    frame_ = _make({}, {}).frame
    assert with_covers(frame_, np.array([0, 3, 3]))["n_cells"].tolist() == [3, 0]
    with pytest.raises(LayerError, match="covers of 1 transmitters do not fit 2 options"):
        with_covers(frame_, np.array([0, 3]))


def test_two_types_of_one_name_are_refused():
    with pytest.raises(LayerError, match="different names"):
        make_options(_candidates({}), (BY_NAME["macro_42m"],) * 2, COST, radio=RADIO)


def test_places_of_the_network_carry_their_lowest_dish_and_a_bare_tower():
    rows = [{}, {"place_kind": "on_air", "ref_id": "b"}, {"place_kind": "facility"}, {"excluded_because": "slope"}]
    names = ("macro_42m", "macro_72m", "small_cell", "upgrade_4g", "access_point_satellite")
    specs = tuple(BY_NAME[name] for name in names)
    candidates = _candidates(*rows)
    options = make_options(candidates, specs, COST, radio=RADIO).frame
    at = graph_places(candidates, options, specs, COST).set_index("place_id")
    assert at.index.tolist() == ["c0", "c1", "c2"]
    assert at["height_m"].tolist()[:2] == [42.0, 42.0]
    assert np.isnan(at.loc["c2", "height_m"])  # an access point takes no dish
    assert at["ref_id"].tolist() == ["", "b", ""]
    assert at.loc["c0", "tower_capex_idr"] == pytest.approx(900e6 + 150e6)
    assert at.loc["c0", "tower_opex_idr_per_year"] == pytest.approx(0.12 * 900e6 + 20e6)
    assert at.loc["c1", "tower_capex_idr"] == 0.0  # the tower stands


def test_sites_by_a_road_are_not_priced_by_the_road_layer():
    """Access is a column of the candidate: the options read no road."""
    assert len(lines([("r", [(120.0, -8.0), (120.1, -8.0)], 1.0)])) == 1
    assert _make({"access_mode": "air"}).frame["access_capex_idr"].iloc[0] == 2.0e9


def test_a_new_band_on_a_shared_tower_is_for_an_operator_that_lacks_it() -> None:
    def tower(bts_id, operator, technology, band, lon, status="on_air"):
        return {
            "bts_id": bts_id, "operator": operator, "technology": technology, "band_mhz": band, "status": status,
            "lon_deg": lon, "lat_deg": -9.0,
        }  # fmt: skip

    bts = pd.DataFrame(
        [
            tower("t1-a", "Alpha", "4G", 1800.0, 120.0), tower("t1-b", "Beta", "2G", 900.0, 120.0),
            tower("t2-b", "Beta", "4G", 1800.0, 121.0), tower("t3-b", "Beta", "4G", 900.0, 122.0),
            tower("t4-g", "Gamma", "4G", 1800.0, 123.0, "inactive"),
        ]
    )  # fmt: skip
    options = pd.DataFrame(
        {
            "ref_id": ["t1-a", "t1-a", "t2-b", "t4-g", "", "school"],
            "lon_deg": [120.0, 120.0, 121.0, 123.0, 125.0, 120.0], "lat_deg": -9.0,
            "place_kind": ["on_air", "on_air", "on_air", "inactive", "new", "facility"],
            "band_mhz": [1805.0, 2100.0, 1800.0, 1800.0, 900.0, 2437.0],
        }
    )  # fmt: skip
    found = operators_of(options, bts).tolist()
    assert found == [
        "Beta",
        "Alpha",
        "Beta",
        "Gamma",
        "Beta",
        "",
    ]  # the third runs it itself and nobody else stands there
    assert operators_of(options, bts.iloc[::-1]).tolist() == found
    assert operators_of(options, None).tolist() == [""] * 6


def test_a_types_own_tilt_travels_with_its_transmitters_and_silence_means_the_models() -> None:
    found = _make({}, names=("macro_42m", "small_cell")).transmitters.set_index("option_id")["tilt_deg"]
    assert np.isnan(found["c0:macro_42m"])
    assert found["c0:small_cell"] == 0.0
    assert [mount.tilt_deg for mount in mounts(found.reset_index().assign(azimuth_deg=np.nan), RADIO)] == [
        RADIO.tilt_deg,
        0.0,
    ]

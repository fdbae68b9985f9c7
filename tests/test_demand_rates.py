"""Busy-hour figures against the published formulas."""

from __future__ import annotations

import numpy as np
import pytest
from demand_worlds import demand_spec, radio_spec

from planner.demand.rates import busy_hour, volume_mbps
from planner.radio.capacity import cell_capacity_mbps


def test_the_itu_formula_gives_its_published_figure():
    """20 GB a month at 20 % is 0.30 Mbps."""
    assert volume_mbps(20.0, 0.20) == pytest.approx(0.296, abs=5e-4)


def test_the_two_ways_differ_about_sevenfold_and_both_are_stated():
    figures = busy_hour(demand_spec(user_gb_per_month=20.0, busy_hour_share=0.2))
    assert figures.volume_user_mbps == figures.itu_user_mbps
    default = busy_hour(demand_spec()).to_json()
    assert default["rate_goal_user_mbps"] / default["volume_user_mbps"] == pytest.approx(9.6, abs=0.1)
    assert default["itu_user_mbps"] == pytest.approx(0.148, abs=1e-3)
    assert default["rate_floor_user_mbps"] == pytest.approx(0.1)


def test_a_site_of_20_mhz_serves_a_few_thousand_people_and_a_satellite_link_no_town():
    figures = busy_hour(demand_spec())
    site_mbps = float(cell_capacity_mbps(20.0, 3, "4G", spec=radio_spec()))
    assert 2000 < figures.people_per_site(site_mbps) < 5000
    assert figures.people_per_site(8.0) == pytest.approx(260, abs=1)


def test_the_rate_design_dimensions_by_the_floor():
    figures = busy_hour(demand_spec(design="rate"))
    assert figures.user_mbps == figures.rate_floor_user_mbps
    assert figures.umkm_mbps == figures.rate_floor_user_mbps


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"umkm_per_people_share": 0.5}, "must lie between"),
        ({"rate_goal_mbps": 1.0}, "is below rate_floor_mbps"),
        ({"busy_hour_share": 0.01}, "greater than or equal"),
    ],
)
def test_a_model_that_contradicts_itself_is_refused(changes, fault):
    from planner.errors import ScenarioError

    with pytest.raises(ScenarioError, match=fault):
        demand_spec(**changes)


def test_demand_adds_up():
    from planner.demand.rates import demand_mbps

    figures = busy_hour(demand_spec())
    found = demand_mbps(np.array([1000.0]), np.array([10.0]), np.array([2]), figures)
    assert found[0] == pytest.approx(30.76 + 0.5185 + 0.4, abs=1e-2)

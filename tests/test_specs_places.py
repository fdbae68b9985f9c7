"""Specs of sites, backhaul, cost and candidates: what they refuse, and that every shipped file is sound."""

from __future__ import annotations

import pytest
from ground_worlds import BACKHAUL, CANDIDATE_SPEC, COST, SITES
from pydantic import ValidationError

from planner.catalog import read_spec
from planner.errors import ScenarioError
from planner.specs.cost import AccessCost, CostSpec
from planner.specs.sites import SiteSpec


def _fields(spec):
    return {name: getattr(spec, name) for name in type(spec).model_fields}


def test_every_number_names_its_source_and_year():
    for spec in (*SITES, *BACKHAUL.values(), COST, CANDIDATE_SPEC):
        numbers = {
            name
            for name, value in _fields(spec).items()
            if isinstance(value, (int, float)) and not isinstance(value, bool)
        }
        assert numbers - {"max_km"} <= set(spec.sources), spec.name
        assert all(source.year >= 2000 for source in spec.sources.values())


def test_an_estimate_says_so_and_never_claims_a_source():
    """A figure nobody published is called an estimate of this project, not dressed up."""
    for spec in (*SITES, *BACKHAUL.values(), COST, CANDIDATE_SPEC):
        for key, source in spec.sources.items():
            assert "http" not in source.source, key
            assert len(source.source) > 8, key


def test_access_needs_a_price_for_every_mode():
    with pytest.raises(ValidationError, match="no price for air, boat"):
        CostSpec(**{**_fields(COST), "access": {"road": AccessCost(capex_idr=1.0, opex_idr_per_year=0.0)}})


def test_a_negative_price_is_refused():
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        CostSpec(**{**_fields(COST), "grid_connection_idr": -1.0})


def test_an_access_point_never_takes_the_capacity_of_base_stations():
    point = next(spec for spec in SITES if spec.fits == "facility")
    with pytest.raises(ValidationError, match="'public' pool"):
        SiteSpec(**{**_fields(point), "backhaul_pool": "bts"})


def test_an_unknown_key_of_a_scenario_is_refused_with_the_nearest():
    with pytest.raises(ScenarioError, match="did you mean 'horizon_years'"):
        read_spec(CostSpec, "cost", "default", overrides={"horizon_year": 12})


def test_a_scenario_may_replace_the_horizon():
    longer = read_spec(CostSpec, "cost", "default", overrides={"horizon_years": 20})
    assert longer.annuity_years > COST.annuity_years

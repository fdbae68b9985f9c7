"""Facts: one place for every number; parts sum to their whole exactly."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
from demand_worlds import box_admin, bts, cells, demand_spec, inputs, service_of, service_spec, table, two_desa, umkm_at
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.demand import build_demand
from planner.errors import LayerError
from planner.facts import FactsInputs, LayerRows, compute_facts
from planner.facts.desa import desa_levels
from planner.facts.flat import whole_levels
from planner.facts.standing import Standing, after, part_of, standing_of
from planner.plan.types import Certificate, Plan
from planner.schema import TABLES
from planner.schema_columns import CAUSES, LEVELS

UNITS = ("umkm", "people", "desa", "facilities")


def rows_of(kind: str, n: int = 1, **evidence: int) -> LayerRows:
    return LayerRows(kind, f"{kind}.csv", "publisher", 2025, n, n, 0, evidence or {"observed": n})


def facts_of(world, service, **changes):
    base = {"cells": world, "service": service, "admin": two_desa(), "bts": bts(1), "spec": service_spec()}
    return compute_facts(FactsInputs(**{**base, **changes}))


def random_run(seed: int) -> dict:
    """Cells of the two-desa world made by the demand room, with random levels."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 60))
    umkm = umkm_at(
        rng.integers(0, 10, n).tolist(),
        rng.integers(0, 10, n).tolist(),
        weight=rng.uniform(0, 3, n),
        digital=rng.choice(["offline", "online", "unknown"], n).tolist(),
        size=rng.choice(["mikro", "kecil"], n).tolist(),
        sector=rng.choice(["A", "G", ""], n).tolist(),
        evidence=rng.choice(["observed", "synthetic"], n).tolist(),
    )
    people = table(
        "population_counts", area_code=["53.01", "53.01.01.2001"], people=rng.integers(100, 999, 2), year=2025
    )
    stated = table("umkm_counts", area_code=["53.01.01.2002"], n_umkm=[333.3], year=2024)
    demand = build_demand(inputs(umkm=umkm, population_counts=people, umkm_counts=stated, spec=demand_spec()))
    levels = rng.choice(LEVELS, len(demand.cells)).tolist()
    service = service_of(levels)
    service["cell_id"] = demand.cells["cell_id"]
    service["n_operators"] = np.where(service["level"].isin(["served", "limited"]), rng.integers(1, 4, len(levels)), 0)
    service["is_indoor"] = rng.random(len(levels)) < 0.5
    service["served_share"] = np.select(
        [service["level"] == "served", service["level"] == "limited"],
        [rng.choice([1.0, rng.uniform(0.5, 1.0)], len(levels)), rng.uniform(0.0, 0.5, len(levels))],
        default=0.0,
    )
    is_short = (service["level"] == "served") & (service["served_share"] < 1.0)
    service["rest_cause"] = np.where(is_short, rng.choice(["cell_capacity", "backhaul_capacity"], len(levels)), "")
    return {
        "world": demand.cells,
        "service": service,
        "umkm": umkm,
        "umkm_cells": demand.umkm_cells,
        "demand": demand.report.to_json(),
    }


@given(seed=st.integers(0, 10_000))
@settings(max_examples=8, deadline=None)
def test_parts_equal_their_whole_exactly(seed):
    """Levels, causes, programmes, classes of enterprises and areas: no rounding anywhere."""
    run = random_run(seed)
    facts = facts_of(**run)
    for unit in UNITS:
        levels = facts.totals[unit]
        assert sum(levels.values()) == facts.whole[unit]
        causes = sum(facts.causes[cause][unit] for cause in CAUSES[1:])
        assert causes + levels["served"] == facts.whole[unit]
    assert facts.whole["people"] == run["world"]["people"].sum()
    assert sum(programme["umkm"] for programme in facts.programmes.values()) == facts.whole["umkm"]
    assert facts.programmes["build"]["people"] == facts.totals["people"]["unserved"]
    for classes in facts.umkm.values():
        for level in LEVELS:
            assert sum(row[level] for row in classes.values()) == facts.totals["umkm"][level]
    for unit in ("umkm", "people"):
        assert facts.operators["one_or_more"][unit] == facts.totals[unit]["served"]
        inside = facts.operators["indoor"][unit] + facts.operators["outdoor_only"][unit]
        assert inside == facts.totals[unit]["served"]
    weight, share = run["world"]["n_umkm"].to_numpy(), run["service"]["served_share"].to_numpy()
    assert facts.totals["umkm"]["served"] == pytest.approx(float((weight * share).sum()), abs=1e-4)
    areas = facts.areas
    for area_level in ("provinsi", "kabupaten", "kecamatan", "desa"):
        rows = areas.loc[areas["area_level"] == area_level]
        for unit in UNITS:
            for level in LEVELS:
                assert rows[f"{unit}_{level}"].sum() == facts.totals[unit][level]
            assert rows[f"{unit}_total"].sum() == facts.whole[unit]
    json.dumps(facts.to_json(), allow_nan=False)


def desa_oracle(people, facilities, spec):
    """Level of one desa in plain Python: ``people`` and ``facilities`` are lists of (level, weight)."""

    def shares(rows, empty):
        whole = sum(weight for _, weight in rows)
        if whole <= 0:
            return {level: empty if level == "served" else 0.0 for level in LEVELS}
        return {level: sum(weight for at, weight in rows if at == level) / whole for level in LEVELS}

    if sum(weight for _, weight in people) <= 0:
        return "unknown"
    s, f = shares(people, 0.0), shares(facilities, 1.0)

    def enough(*levels):
        tiny = 1e-12
        people_share, facilities_share = sum(s[at] for at in levels), sum(f[at] for at in levels)
        return people_share >= spec.desa_people_share - tiny and facilities_share >= spec.desa_facilities_share - tiny

    if enough("served"):
        return "served"
    if enough("served", "unknown"):
        return "unknown"
    return "limited" if enough("served", "unknown", "limited") else "unserved"


@given(
    rows=st.lists(st.tuples(st.sampled_from(LEVELS), st.integers(0, 3), st.integers(0, 2)), max_size=6),
    p=st.sampled_from([0.5, 0.8, 1.0]),
    f=st.sampled_from([0.0, 0.5, 1.0]),
)
@settings(max_examples=150, deadline=None)
def test_desa_are_judged_as_officials_count_them(rows, p, f):
    spec = service_spec(desa_people_share=p, desa_facilities_share=f)
    n = len(rows)
    world = cells(n, people=np.array([r[1] for r in rows], dtype=float), n_facilities_main=np.array([r[2] for r in rows], dtype=np.int64))  # fmt: skip
    world["n_facilities"] = 0
    standing = standing_of(service_of([r[0] for r in rows]))
    found = desa_levels(world, standing, desa_index=np.zeros(n, dtype=np.int64), n_desa=1, spec=spec)
    expected = desa_oracle([(r[0], r[1]) for r in rows], [(r[0], r[2]) for r in rows], spec)
    assert LEVELS[found.level[0]] == expected


def test_a_desa_without_people_is_judged_by_its_enterprises():
    world = cells(2, people=np.zeros(2), n_umkm=np.array([3.0, 1.0]))
    facts = facts_of(world, service_of(["served", "unserved"]))
    desa = facts.areas.loc[facts.areas["area_level"] == "desa"].set_index("area_code")
    assert desa.loc["53.01.01.2001", "level"] == "served"
    assert (desa.loc["53.01.01.2002", "level"], desa.loc["53.01.01.2002", "cause"]) == ("unknown", "no_data")


def test_the_cause_of_a_desa_is_the_one_with_most_people():
    world = cells(3, people=np.array([1.0, 5.0, 6.0]))
    service = service_of(["served", "unserved", "limited"], cause=pd.Series(["", "signal", "technology"], dtype="str"))
    desa = facts_of(world, service).areas.set_index("area_code").loc["53.01.01.2001"]
    assert (desa["level"], desa["cause"]) == ("limited", "technology")


def a_plan(world, **share: float) -> Plan:
    """One site that newly serves a share of some cells (by position)."""
    cell = [int(name.removeprefix("c")) for name in share]
    site = dict.fromkeys((column.name for column in TABLES["sites"]), "x") | {
        "site_id": "s1", "status": "indicative", "site_type": "macro", "backhaul": "microwave", "access_mode": "road",
        "area_code": "53.01.01.2001", "n_umkm_new": float((world["n_umkm"].to_numpy()[cell] * list(share.values())).sum()),
        "people_new": float((world["people"].to_numpy()[cell] * list(share.values())).sum()), "demand_mbps": 1.0,
        "capacity_mbps": 9.0, "capex_idr": 3e9, "opex_idr_per_year": 3e8, "cost_idr": 5e9, "lon_deg": 120.0, "lat_deg": -8.0,
    }  # fmt: skip
    links = pd.DataFrame({"link_id": ["l"], "technology": ["microwave"], "length_km": [12.5]})
    surveys = pd.DataFrame({"area_code": ["53.01.01.2002"], "n_umkm_unknown": [4.0], "people_unknown": [40.0]})
    served = pd.DataFrame(
        {"cell_id": world["cell_id"].to_numpy()[cell], "site_id": "s1", "share": list(share.values())}
    )
    proof = Certificate("umkm", 1.0, 1.0, 0.0, "mip", ("mip",), 0, {}, "optimal")
    parts = {"sites": pd.DataFrame([site]), "links": links, "surveys": surveys, "served": served, "totals": {}}
    empty = {"relays": pd.DataFrame(), "rejected": pd.DataFrame()}
    return Plan(**parts, **empty, certificate=proof)


def test_totals_of_a_plan_and_the_levels_after_it():
    world = cells(
        4, people=np.full(4, 10.0), n_umkm=np.array([4.0, 4.0, 4.0, 4.0]), n_facilities=np.ones(4, dtype=np.int64)
    )
    service = service_of(["served", "unserved", "unserved", "limited"])
    service["served_share"] = [1.0, 0.0, 0.0, 0.25]
    facts = facts_of(world, service, plan=a_plan(world, c1=1.0, c2=0.25, c3=0.5))
    plan = facts.plan
    assert (plan["n_sites"], plan["capex_idr"], plan["opex_idr_per_year"], plan["cost_idr"]) == (1, 3e9, 3e8, 5e9)
    assert (plan["n_umkm_new"], plan["people_new"], plan["n_facilities_new"]) == (7.0, 17.5, 1.75)
    assert facts.totals["umkm"] == {"served": 5.0, "limited": 3.0, "unserved": 8.0, "unknown": 0.0}
    assert plan["totals_after"]["umkm"] == {"served": 12.0, "limited": 4.0, "unserved": 0.0, "unknown": 0.0}
    assert plan["n_desa_new"] == 1.0  # 12.5 of 40 people before, 30 of 40 after
    assert plan["by_kabupaten"]["53.01"]["n_sites"] == 1.0
    assert plan["by_backhaul"]["microwave"]["capex_idr"] == 3e9
    assert plan["link_km"] == {"microwave": 12.5}
    assert facts.areas.set_index("area_code").loc["53.01", "umkm_new"] == 7.0
    assert facts.surveys == {"n_surveys": 1.0, "n_umkm_unknown": 4.0, "people_unknown": 40.0}


def test_a_plan_serves_no_cell_beyond_the_whole():
    world = cells(1, n_umkm=np.array([8.0]))
    service = service_of(["limited"], served_share=np.array([0.4]))
    facts = facts_of(world, service, plan=a_plan(world, c0=0.9))
    assert facts.plan["n_umkm_new"] == pytest.approx(8.0 * 0.6)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_what_a_plan_adds_is_the_difference_it_makes(seed):
    """Served after less served before is the newly served, exactly, in the region and in each area."""
    run = random_run(seed)
    rng = np.random.default_rng(seed)
    n = len(run["world"])
    held = rng.permutation(n)[: rng.integers(0, n + 1)]
    shares = {f"c{i}": rng.choice([rng.random(), 1.0 - run["service"]["served_share"][i]]) for i in held.tolist()}
    plan = a_plan(run["world"], **shares)
    facts = facts_of(**run, plan=plan)
    names = {"umkm": "n_umkm_new", "people": "people_new", "facilities": "n_facilities_new", "desa": "n_desa_new"}
    for unit, name in names.items():
        before, then = facts.totals[unit], facts.plan["totals_after"][unit]
        assert then["served"] - before["served"] == facts.plan[name]
        assert sum(then.values()) == facts.whole[unit]
        assert min(then.values()) >= 0.0
    for unit in ("umkm", "people", "facilities"):
        desa = facts.areas.loc[facts.areas["area_level"] == "desa"]
        assert desa[f"{unit}_new"].sum() == facts.plan[names[unit]]
        assert (desa[f"{unit}_new"] >= 0.0).all()
        assert (desa[f"{unit}_served"] + desa[f"{unit}_new"] <= desa[f"{unit}_total"]).all()


@given(weight=st.integers(0, 2**40), before=st.floats(0, 1), new=st.floats(0, 1))
@settings(max_examples=300, deadline=None)
def test_no_part_of_a_cell_is_negative_and_none_is_lost(weight, before, new):
    held = np.array([weight * 2.0**-20])
    now = Standing(np.array([before]), np.array([1]), np.array([3]))
    then = after(now, np.array([new]))
    for one in (now, then):
        parts = one.parts(held)
        assert (parts >= 0.0).all()
        assert parts.sum() == held[0]
    assert then.served(held)[0] >= now.served(held)[0]
    if before + new >= 1.0:
        assert then.served(held)[0] == held[0]
    assert abs(part_of(held, np.array([before]))[0] - held[0] * before) <= 2.0**-21 + 1e-16 * held[0]


def test_what_a_served_cell_lacks_is_limited_with_its_own_cause():
    world = cells(2, people=np.array([10.0, 10.0]))
    service = service_of(["served", "limited"], served_share=np.array([0.75, 0.25]))
    service["rest_cause"] = ["backhaul_capacity", ""]
    facts = facts_of(world, service)
    assert facts.totals["people"] == {"served": 10.0, "limited": 10.0, "unserved": 0.0, "unknown": 0.0}
    assert facts.causes["backhaul_capacity"]["people"] == 2.5
    assert facts.causes["cell_capacity"]["people"] == 7.5


def test_programmes_cover_every_enterprise_once():
    world = cells(4, n_umkm=np.full(4, 5.0), n_umkm_offline=np.full(4, 3.0), n_umkm_online=np.full(4, 1.0))
    service = service_of(["served", "limited", "unserved", "unknown"], served_share=np.array([0.8, 0.4, 0.0, 0.0]))
    service["rest_cause"] = ["cell_capacity", "", "", ""]
    found = {name: row["umkm"] for name, row in facts_of(world, service).programmes.items()}
    assert found == pytest.approx(
        {"build": 5.0, "upgrade": 4.0, "accompany": 3.6, "stimulus": 1.2, "survey": 5.0, "undecided": 1.2}, abs=1e-5
    )
    assert sum(found.values()) == 20.0


def evidence_world():
    """Four cells of observed people and enterprises: served by a, served by b, unserved, unknown."""
    world = cells(4, people=np.full(4, 10.0), n_umkm=np.full(4, 2.0), n_umkm_observed=np.array([2.0, 2.0, 1.0, 2.0]))
    service = service_of(["served", "served", "unserved", "unknown"])
    service["server_bts_id"] = pd.Series(["b00", "b01", "", ""], dtype="str")
    return world, service


def test_what_remains_when_everything_else_is_removed():
    world, service = evidence_world()
    layers = (rows_of("bts", 2), rows_of("terrain"), rows_of("umkm", 8, observed=7, synthetic=1))
    facts = facts_of(world, service, bts=bts(2), layers=layers)
    steps = {step["step"]: (step["umkm"], step["people"]) for step in facts.evidence["steps"]}
    assert steps == {
        "all": (8.0, 40.0),
        "counted": (7.0, 40.0),
        "level_known": (5.0, 30.0),
        "stations": (5.0, 30.0),
        "transmitters": (5.0, 30.0),
        "terrain": (5.0, 30.0),
    }
    assert (facts.evidence["n_rows_observed"], facts.evidence["n_rows_used"]) == (10, 11)
    assert facts.evidence["people_share"] == 0.75


def test_one_invented_station_takes_its_own_cells_and_every_absence_with_it():
    world, service = evidence_world()
    stations = bts(2, evidence=["observed", "synthetic"])
    facts = facts_of(world, service, bts=stations, layers=(rows_of("terrain"),))
    assert facts.evidence["umkm"] == 2.0  # only the cell served by the observed station
    filled = facts_of(world, service, bts=bts(2, assumed=["height_m", ""]), layers=(rows_of("terrain"),))
    assert filled.evidence["umkm"] == 2.0
    flat = facts_of(world, service, bts=bts(2))
    assert flat.evidence["umkm"] == 0.0
    drawn = facts_of(world, service, bts=bts(2), layers=(rows_of("terrain", 1, synthetic=1),))
    assert drawn.evidence["umkm"] == 0.0
    nobody = facts_of(world, service, bts=bts(1).iloc[:0], layers=(rows_of("terrain"),))
    assert nobody.evidence["umkm"] == 0.0


def test_the_ledger_keeps_rows_in_equal_to_used_and_set_aside():
    entry = LayerRows("umkm", "u.csv", "Dinas", 2024, 10, 8, 2, {"observed": 8}, completeness_share=0.9)
    facts = facts_of(cells(1), service_of(["served"]), layers=(entry,))
    row = facts.to_json()["layers"][0]
    assert row["n_in"] == row["n_used"] + row["n_quarantined"]
    assert sum(row["evidence"].values()) == row["n_used"]


def test_network_counts_and_loads():
    load = pd.DataFrame({"limit": ["", "cell_capacity"], "demand_mbps": [10.0, 50.0], "served_share": [1.0, 0.5]})
    stations = bts(
        3, technology=["4G", "4G", "2G"], status=["on_air", "on_air", "inactive"], backhaul_mbps=[8.0, np.nan, np.nan]
    )
    facts = facts_of(cells(1), service_of(["served"]), bts=stations, bts_load=load)
    assert facts.network["by_technology"] == {"2G": 1, "4G": 2}
    assert facts.network["by_status"] == {"inactive": 1, "on_air": 2}
    assert facts.network["n_backhaul_rate_unknown"] == 2
    assert facts.network["carried_mbps"] == 35.0


def test_scores_join_their_areas_and_hexagons_stay_out():
    areas = pd.DataFrame(
        {"area_level": ["desa", "hexagon"], "area_code": ["53.01.01.2001", "87"], "score": [42.0, 1.0], "score_low": [40.0, 0.0], "score_high": [50.0, 2.0]}
    )  # fmt: skip
    facts = facts_of(cells(1), service_of(["served"]), areas=areas)
    found = facts.areas.set_index("area_code")["score"].dropna()
    assert found.to_dict() == {"53.01.01.2001": 42.0}


def test_the_json_is_what_the_map_reads():
    from planner.maps.numbers import area_numbers

    facts = facts_of(
        cells(3, n_umkm=np.array([1.0, 2.0, 4.0])), service_of(["served", "unserved", "unknown"])
    ).to_json()
    numbers = area_numbers(facts).set_index("area_code")
    assert numbers.loc["53.01.01.2001", "umkm_unserved"] == 2.0
    assert facts["totals"]["umkm"] == {"served": 1, "limited": 0, "unserved": 2, "unknown": 4}


def test_order_of_rows_changes_nothing():
    run = random_run(7)
    order = np.random.default_rng(1).permutation(len(run["umkm"]))
    before = facts_of(**run).to_json()
    turned = {
        **run,
        "umkm": run["umkm"].iloc[order],
        "umkm_cells": run["umkm_cells"].iloc[order],
        "admin": two_desa().iloc[::-1],
    }
    assert facts_of(**turned).to_json() == before


def test_a_region_without_desa_counts_none():
    facts = facts_of(cells(1), service_of(["served"]), admin=box_admin({"53": (0, 10, 0, 10)}))
    assert facts.whole["desa"] == 0
    assert facts.areas["area_level"].tolist() == ["provinsi"]
    empty = facts_of(cells(0), service_of([]))
    assert empty.whole["people"] == 0.0
    assert empty.totals["desa"]["unknown"] == 2.0
    json.dumps(empty.to_json(), allow_nan=False)


def test_tables_of_different_runs_are_refused():
    with pytest.raises(LayerError, match="not of one run"):
        facts_of(cells(3), service_of(["served"] * 2))


def test_an_empty_plan_adds_nothing():
    world = cells(2, n_umkm=np.array([1.0, 2.0]))
    full = a_plan(world, c1=1.0)
    nothing = dataclasses.replace(
        full,
        sites=full.sites.iloc[:0],
        links=full.links.iloc[:0],
        served=full.served.iloc[:0],
        surveys=full.surveys.iloc[:0],
    )
    facts = facts_of(world, service_of(["served", "unserved"]), plan=nothing)
    assert (facts.plan["n_sites"], facts.plan["cost_idr"], facts.plan["n_umkm_new"], facts.plan["n_desa_new"]) == (
        0,
        0,
        0,
        0,
    )
    assert facts.plan["totals_after"]["umkm"] == facts.totals["umkm"]
    assert facts.plan["by_site_type"] == {}
    assert facts.surveys["n_surveys"] == 0.0
    json.dumps(facts.to_json(), allow_nan=False)


def test_whole_numbers_of_a_page_add_up():
    """Served after is served today plus newly served as they are shown, whatever the fractions."""
    facts = {
        "totals": {"umkm": {"served": 10.4, "limited": 5.3, "unserved": 4.3, "unknown": 0.0}},
        "plan": {"n_umkm_new": 2.4, "totals_after": {"umkm": {"served": 12.8, "limited": 2.9, "unserved": 4.3, "unknown": 0.0}}},
    }  # fmt: skip
    now, then = whole_levels(facts)
    assert now["umkm"] == {"served": 10, "limited": 6, "unserved": 4, "unknown": 0}
    assert then["umkm"] == {"served": 12, "limited": 4, "unserved": 4, "unknown": 0}
    assert whole_levels({"totals": facts["totals"]}) == (now, {})

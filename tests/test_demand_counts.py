"""Counts per area: which figure is used, and what is left beside finer ones."""

from __future__ import annotations

import pytest
from demand_worlds import table
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.demand.counts import AreaCounts, latest_counts, owner_of, remainders, umkm_totals, worst

CODES = ["53", "53.01", "53.02", "53.01.01", "53.01.02", "53.01.01.2001", "53.01.01.2002"]


def test_the_newest_figure_counts_and_the_smaller_of_one_year():
    """Manggarai Barat 2024: 1,676 by the province, 11,919 by the kabupaten."""
    counts = table(
        "population_counts",
        area_code=["53.15", "53.15", "53.15", "53.01"],
        people=[11919.0, 1676.0, 9.0, 5.0],
        year=[2024, 2024, 2019, float("nan")],
        evidence=["observed", "estimate", "observed", "observed"],
    )
    found = latest_counts(counts, "people")
    assert found.total == {"53.15": 1676.0, "53.01": 5.0}
    assert found.evidence["53.15"] == "estimate"
    assert [(c.kind, c.stated, c.used) for c in found.conflicts] == [("same_year", 11919.0, 1676.0)]
    assert latest_counts(counts.iloc[::-1], "people").total == found.total


def oracle(total: dict[str, float], already: dict[str, float]) -> dict[str, float]:
    """What each figure leaves, by recursion over the tree of codes."""

    def children(code: str) -> list[str]:
        below = [c for c in total if c.startswith(f"{code}.")]
        return [c for c in below if not any(c.startswith(f"{other}.") for other in below)]

    def effective(code: str) -> float:
        return max(total[code], sum(map(effective, children(code))) + already.get(code, 0.0))

    return {c: max(0.0, total[c] - sum(map(effective, children(c))) - already.get(c, 0.0)) for c in total}


@given(
    total=st.dictionaries(st.sampled_from(CODES), st.integers(0, 100).map(float)),
    already=st.dictionaries(st.sampled_from(CODES), st.integers(0, 50).map(float)),
)
@settings(max_examples=200, deadline=None)
def test_remainders_agree_with_the_oracle(total, already):
    rest, conflicts = remainders(AreaCounts(total, dict.fromkeys(total, "observed"), {}, {}), already)
    assert rest == pytest.approx(oracle(total, already))
    assert all(conflict.used > conflict.stated for conflict in conflicts)


def test_parts_beyond_their_whole_are_reported():
    total = {"53": 10.0, "53.01": 8.0, "53.02": 7.0}
    rest, conflicts = remainders(AreaCounts(total, dict.fromkeys(total, "observed"), {}, {}), {})
    assert rest == {"53": 0.0, "53.01": 8.0, "53.02": 7.0}
    assert [(c.kind, c.area_code, c.stated, c.used) for c in conflicts] == [("parts_exceed_whole", "53", 10.0, 15.0)]


def test_a_code_is_held_by_whole_parts_only():
    """'53.1' does not hold '53.10'."""
    assert owner_of(["53.10", "53.1.02"], {"53.1"}) == ["", "53.1"]


def test_enterprises_are_not_counted_once_per_detail():
    """All together, by size and by sector are the same enterprises."""
    counts = table(
        "umkm_counts",
        area_code=["53.01"] * 5,
        sector=["", "", "", "A", "G"],
        size=["", "mikro", "kecil", "", ""],
        n_umkm=[100.0, 90.0, 10.0, 25.0, 75.0],
        year=2024,
        evidence=["observed", "observed", "observed", "observed", "synthetic"],
    )
    found = umkm_totals(counts, ("A",))
    assert found.total == {"53.01": 100.0}
    assert found.evidence == {"53.01": "observed"}
    assert found.small_share["53.01"] == pytest.approx(0.1)
    assert found.priority_share["53.01"] == pytest.approx(0.25)
    by_size = umkm_totals(counts.iloc[1:3], ("A",))
    assert by_size.total == {"53.01": 100.0}


def test_rival_sources_are_alternatives_not_parts():
    counts = table(
        "umkm_counts", area_code=["53.15", "53.15"], n_umkm=[1676.0, 11919.0], year=2024, source=["prov", "kab"]
    )
    found = umkm_totals(counts, ())
    assert found.total == {"53.15": 1676.0}
    assert found.conflicts[0].stated == 11919.0


def test_a_figure_is_no_firmer_than_its_parts():
    assert worst("estimate", "observed") == "estimate"
    assert worst("estimate", "synthetic", "schematic") == "synthetic"

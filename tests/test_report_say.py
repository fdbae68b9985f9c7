"""How reports say numbers."""

from __future__ import annotations

import math

import pytest

from planner.report.say import NOTHING, Say


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (31.26, 31.34, "31,3"),
        (31.2, 40.0, "31,2–40,0"),
        (math.nan, math.nan, NOTHING),
        (math.nan, 3.0, f"{NOTHING}–3,0"),
    ],
)
def test_a_range_whose_ends_read_the_same_is_one_number(low, high, said):
    assert Say("id").span(low, high, 1) == said

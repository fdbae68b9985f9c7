"""Weight of a cell under each objective."""

from __future__ import annotations

import pandas as pd
import pytest

from planner.errors import UsageError
from planner.plan.types import OBJECTIVES
from planner.plan.weights import objective_weight

CELLS = pd.DataFrame(
    {"area_code": ["a", "a", "b", "b"], "people": [1.0, 3.0, 9.0, 0.0], "n_umkm": [4.0, 3.0, 2.0, 1.0], "n_facilities": [0, 1, 0, 2]}
)  # fmt: skip
SERVICE = pd.DataFrame({"level": ["served", "limited", "unserved", "unknown"]})
SCORES = pd.DataFrame({"area_level": ["desa", "desa"], "area_code": ["a", "b"], "score": [50.0, 100.0]})


def test_each_objective_counts_what_its_name_says():
    found = {name: objective_weight(name, CELLS, SERVICE, areas=SCORES).tolist() for name in OBJECTIVES}
    assert found == {
        "umkm": [4.0, 3.0, 2.0, 1.0],
        "people": [1.0, 3.0, 9.0, 0.0],
        "desa": [0.25, 0.75, 1.0, 0.0],
        "facilities": [0.0, 1.0, 0.0, 2.0],
        "score": [2.0, 1.5, 2.0, 1.0],
        "blank_spot": [0.0, 0.0, 2.0, 1.0],
    }


def test_an_objective_without_what_it_needs_is_refused():
    with pytest.raises(UsageError, match="needs scores of areas"):
        objective_weight("score", CELLS, SERVICE)
    with pytest.raises(UsageError, match="needs the service of the cells"):
        objective_weight("blank_spot", CELLS)
    with pytest.raises(UsageError, match="unknown objective 'umkn'"):
        objective_weight("umkn", CELLS, SERVICE)

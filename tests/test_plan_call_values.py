"""Calls of scripts with what is no number, no row, no graph: refused by name, with everything else that is wrong."""

from __future__ import annotations

import math
from typing import Any

import networkx as nx
import numpy as np
import pytest

from planner.errors import InfeasibleError, UsageError
from planner.plan.call_values import amounts, is_amount, number, whole
from planner.plan.connect import Satellites, connect
from planner.plan.max_cover import max_cover

COVER: dict[str, Any] = {
    "weight": [3.0, 2.0, 2.0], "indptr": [0, 2, 3, 4], "indices": [0, 1, 1, 2], "cost": [1.0, 1.0, 1.0], "budget": 2.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("weight", 3.0, "weight has 0 dimensions"),
        ("weight", None, "weight has 0 dimensions"),
        ("weight", [[1.0], [1.0, 2.0]], "weight must be a row of numbers"),
        ("weight", ["3", "2", "2"], "weight must be a row of numbers"),
        ("weight", [1j, 2.0, 2.0], "weight must be a row of numbers, not complex"),
        ("weight", [1e300, 1e300, 1.0], "weight adds up"),
        ("weight", [math.inf, 1.0, 1.0], r"weight\[0\] is inf"),
        ("cost", 1.0, "cost has 0 dimensions"),
        ("cost", [1.0, math.nan, -1.0], r"cost\[1\] is nan .*2 such values"),
        ("indptr", np.array([0, 3, 2, 4], dtype=np.uint8), "ascending offsets"),
        ("indptr", [0.0, 2.0, 3.0, 4.0], "indptr must be a row of whole numbers"),
        ("indices", [0, 1, 1, 3], "points that are not there"),
        ("budget", "2", "budget is 2"),
        ("budget", None, "budget is None"),
        ("budget", [2.0], r"budget is \[2.0\]"),
        ("time_limit_s", "2", "time_limit_s is 2"),
        ("target_gap_share", None, "target_gap_share is None"),
        ("seed", 1.5, "seed is 1.5"),
        ("seed", 2**31, "seed is 2147483648"),
        ("seed", -1, "seed is -1"),
        ("seed", None, "seed is None"),
    ],
)
def test_covers_that_cannot_be_asked_for(name, value, said):
    with pytest.raises(UsageError, match=said):
        max_cover(**{**COVER, name: value})


def test_faults_of_a_cover_are_said_together():
    with pytest.raises(UsageError, match=r"weight has 0 .*indptr must hold .*budget is nan .*seed is x"):
        max_cover(1.0, [0, 9], [], [1.0], math.nan, seed="x")  # type: ignore[arg-type]  # what it is about


def test_the_numbers_of_a_cover_cannot_be_written_to_and_rows_may_be_read_only_or_of_any_whole_type():
    rows = {name: np.array(COVER[name]) for name in ("weight", "indptr", "indices", "cost")}
    rows["indptr"], rows["indices"] = rows["indptr"].astype(np.uint8), rows["indices"].astype(">i4")
    for row in rows.values():
        row.setflags(write=False)
    found = max_cover(**rows, budget=2.0)
    assert found.chosen.tolist() == [0, 2]
    with pytest.raises(ValueError, match="read-only"):
        found.chosen[0] = 1


def graph(*edges: tuple[Any, Any, Any], kind: type[nx.Graph] = nx.Graph) -> nx.Graph:
    made = kind()
    made.add_weighted_edges_from(edges or [("r", "a", 4.0), ("a", "b", 1.0), ("r", "c", 9.0)], weight="cost")
    return made


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ({"graph": None}, "the graph is a NoneType"),
        ({"graph": {"r": {"a": {"cost": 1.0}}}}, "the graph is a dict"),
        ({"graph": graph(("r", "a", "3"))}, "cost of edge 'r' – 'a' is 3"),
        ({"graph": graph(kind=nx.DiGraph)}, "directed"),
        ({"roots": None}, "roots must be a list of nodes, not NoneType"),
        ({"required": 5}, "required must be a list of nodes, not int"),
        ({"prizes": [1.0, 2.0]}, "prizes must be a mapping, not list"),
        ({"costs": 1.0}, "costs must be a mapping, not float"),
        ({"satellite": "a"}, "satellite must be a mapping, not str"),
        ({"satellite": Satellites({"a": 1.0}, {"a": 1.0}, {"a": "beam"}, {"beam": 1.0})}, "beams of 'a' are 'beam'"),
        ({"satellite": Satellites({"a": 1.0}, beams={"a": None})}, "beams of 'a' are None"),  # type: ignore[dict-item]  # wrong on purpose
        ({"budget": "5"}, "budget is 5"),
        ({"budget": math.inf}, "budget is inf"),
        ({"options": 5}, "options must be a mapping, not int"),
        ({"options": {"time_limit_s": "1"}}, "time_limit_s is 1"),
        ({"options": {"time_limit_s": math.nan}}, "time_limit_s is nan"),
        ({"options": {"max_nodes": math.inf}}, "max_nodes is inf"),
        ({"options": {"nodes": 1, 3: 1}}, "no option 3; there is no option 'nodes'"),
    ],
)
def test_networks_that_cannot_be_asked_for(call, said):
    with pytest.raises(UsageError, match=said):
        connect(**{"graph": graph(), "roots": ["r"], "prizes": {"a": 2.0, "b": 5.0}, **call})


def test_tables_of_pandas_are_mappings_too():
    import pandas as pd

    found = connect(graph(), ["r"], prizes=pd.Series({"a": 2.0, "b": 5.0}), costs=pd.Series(dtype=float))
    assert (found.chosen, found.cost, found.objective, found.bound) == (("a", "b"), 5.0, 5.0, 5.0)


def test_who_has_no_budget_is_not_told_of_one():
    beams = Satellites({"x": 1.0, "y": 1.0}, {"x": 1.0, "y": 1.0}, {"x": ["k"], "y": ["k"]}, {"k": 1.0})
    with pytest.raises(InfeasibleError, match="together within the beams: x, y"):
        connect(graph(("r", "a", 1.0), ("x", "y", 1.0)), ["r"], required=["x", "y"], satellite=beams)


def test_what_is_an_amount():
    assert [is_amount(value) for value in (0, 1e300, True, np.float32(2))] == [True] * 4
    assert not any(is_amount(value) for value in (-1, math.nan, math.inf, "1", None, [1], 1j, 1e301, 10**400))
    assert math.isnan(number(b"1"))
    assert whole(True) == 1
    assert amounts([], "cost")[1] == []

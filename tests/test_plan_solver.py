"""What the solver calls infeasible is asked again without presolve before anybody is refused."""

from __future__ import annotations

import numpy as np

from planner.plan import solver
from planner.plan.solver import Rows, solve


def test_a_program_is_infeasible_only_when_it_is_so_without_presolve(monkeypatch):
    asked = []

    def run(highs):
        asked.append(highs.getOptionValue("presolve")[1])
        highs.run()

    monkeypatch.setattr(solver, "run_model", run)
    rows = Rows(1)
    rows.add(np.zeros(1, np.int64), np.zeros(1, np.int64), np.ones(1), low=np.array([2.0]), high=np.array([np.inf]))
    answer = solve(rows, np.ones(1), np.ones(1), is_integer=np.ones(1, dtype=bool))
    assert answer.status == "infeasible"
    assert answer.bound == -np.inf
    assert asked == ["choose", "off"]

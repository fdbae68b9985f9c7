"""The search among neighbours: it finds better plans under interference, and never a worse one."""

from __future__ import annotations

import numpy as np
import pytest
from plan_worlds import tiny_problem
from test_plan_air import with_air

from planner.plan.airtime import airtime
from planner.plan.build import empty_draft, grow, money
from planner.plan.improve import improve
from planner.plan.instance import make_instance
from planner.plan.neighbours import carried_share, improve_among_neighbours
from planner.plan.serve import served_weight, share_out

CEILING = 60.0


def _grown(seed: int):  # type: ignore[no-untyped-def]  # an instance and its plan after ruins
    problem = with_air(tiny_problem(seed, n_places=12, n_cells=60), seed, loudest_dbm=-70.0)
    instance = make_instance(problem, ceiling_idr=CEILING, is_allowed=np.ones(len(problem.options), dtype=bool))
    draft = grow(instance, empty_draft(instance), ceiling_idr=CEILING)
    return instance, improve(instance, share_out(instance, draft), ceiling_idr=CEILING, rounds=300, seed=0)[0]


def test_it_finds_better_plans_within_the_ceiling_and_the_air_and_never_a_worse_one() -> None:
    better = 0
    for seed in range(12):
        instance, draft = _grown(seed)
        found, _ = improve_among_neighbours(instance, draft, ceiling_idr=CEILING, work=(10, 100), seed=1)
        again, _ = improve_among_neighbours(instance, draft, ceiling_idr=CEILING, work=(10, 100), seed=1)
        assert served_weight(instance, found) >= served_weight(instance, draft)
        assert served_weight(instance, found) == served_weight(instance, again)
        assert served_weight(instance, found) == pytest.approx(
            served_weight(instance, share_out(instance, found)), rel=1e-6
        )
        assert money(instance, found) <= CEILING * (1 + 1e-9)
        better += served_weight(instance, found) > served_weight(instance, draft) * (1 + 1e-6)
    assert better >= 3


def test_a_site_whose_spectrum_is_full_is_worth_what_it_carries() -> None:
    n_full = 0
    for seed in range(12):
        instance, draft = _grown(seed)
        for place, share in zip(draft.choice, carried_share(instance, draft), strict=True):
            group, part = draft.took[place]
            places = list(draft.choice)
            site = np.full(len(group), places.index(place))
            used = float(airtime(instance, draft, places, site, group) @ part)
            carried = float(instance.groups.demand_mbps[group] @ part) / instance.choice_mbps[draft.choice[place]]
            assert used <= 1 + 1e-9
            if used < 0.98:
                assert share == 1.0
            elif used > 0.995:
                n_full += 1
                assert share == pytest.approx(np.clip(carried, 0.01, 1.0))
    assert n_full >= 5


def test_where_interference_is_not_modelled_nothing_is_tried() -> None:
    problem = tiny_problem(3, n_places=6, n_cells=20)
    instance = make_instance(problem, ceiling_idr=CEILING, is_allowed=np.ones(len(problem.options), dtype=bool))
    draft = grow(instance, empty_draft(instance), ceiling_idr=CEILING)
    assert improve_among_neighbours(instance, draft, ceiling_idr=CEILING, work=(3, 50), seed=0) == (draft, 0)

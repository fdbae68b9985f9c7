"""Re-sharing in ruin and recreate: chains of sites end where the exact sharing does, and trials are undone whole."""

from __future__ import annotations

import numpy as np
import pytest
from plan_worlds import province, tiny_problem

from planner.plan.decisions import allowed_options
from planner.plan.draft import empty_draft
from planner.plan.growth import grow
from planner.plan.improve import ruin
from planner.plan.instance import make_instance
from planner.plan.serve import edges_of, served_weight, share_out


def searched(problem, ceiling, rounds=60):
    """Instance, and the plan that ruins leave before it is shared out; None where growth found nothing or nothing better."""
    instance = make_instance(problem, ceiling_idr=ceiling, is_allowed=allowed_options(problem, ()))
    if not instance.n_choices:
        return instance, None
    start = grow(instance, empty_draft(instance), ceiling_idr=ceiling)
    return instance, ruin(instance, start, ceiling_idr=ceiling, rounds=rounds, seed=0)[0]


def checked(instance, draft):
    """Weight served as the ruins shared it out, after a look at every limit, and as the linear program does."""
    groups, network = instance.groups, instance.network
    rest, load = np.ones(groups.n_groups), np.zeros(len(network.edge_mbps))
    for place, choice in draft.choice.items():
        group, share = draft.took[place]
        mbps = float((groups.demand_mbps[group] * share).sum())
        assert (share >= 0).all()
        assert mbps <= instance.choice_mbps[choice] + 1e-6
        rest[group] -= share
        load[edges_of(instance, draft, place)] += mbps
    assert (rest >= -1e-6).all()
    assert (load <= network.edge_mbps + 1e-6).all()
    assert np.allclose(np.maximum(rest, 0.0), draft.rest, atol=1e-6)
    assert np.allclose(load, draft.load_mbps, atol=1e-6)
    return served_weight(instance, draft), served_weight(instance, share_out(instance, draft))


@pytest.mark.parametrize("seed", range(60))
def test_no_limit_is_passed_and_no_more_is_served_than_the_linear_program_finds(seed):
    instance, draft = searched(tiny_problem(seed, n_places=5, n_cells=10), 24.0)
    if draft is not None:
        mine, most = checked(instance, draft)
        assert mine <= most + 1e-6


def test_a_province_is_shared_out_almost_as_the_linear_program_does():
    """Greedy filling alone left 2 to 3 % of the weight of such a plan unserved."""
    instance, draft = searched(province(3, n_places=60, n_cells=1500, n_relays=30), 6e10, rounds=200)
    assert draft is not None
    mine, most = checked(instance, draft)
    assert 0.998 * most <= mine <= most * (1 + 1e-6)

"""Compiled growth: its books and its ways stay what a fresh count would give, and links are never overfilled."""

from __future__ import annotations

import numpy as np
import pytest
from plan_worlds import province, tiny_problem

from planner.plan._grow_kernel import way_trees
from planner.plan._ruin_kernel import search_plans
from planner.plan.decisions import allowed_options
from planner.plan.draft import empty_draft, gains, money, twin
from planner.plan.growth import entries, field_of, from_field, grow
from planner.plan.improve import improve
from planner.plan.instance import make_instance
from planner.plan.network import SOURCE
from planner.plan.serve import served_weight


def instance_of(problem, ceiling):
    return make_instance(problem, ceiling_idr=ceiling, is_allowed=allowed_options(problem, ()))


def searched(instance, ceiling, rounds, seed):
    """The arrays after rounds of ruin and growth, as they stand (not the record)."""
    world = field_of(instance, grow(instance, empty_draft(instance), ceiling_idr=ceiling))
    ones, n = np.ones(instance.n_choices), instance.n_places
    taste = (ones, np.array([0.3, 0.05, 0.4, 0.2, 3.0]), np.full(instance.n_choices, np.inf))
    spot = (np.array(instance.place_lon_deg), np.array(instance.place_lat_deg))
    top_i = (world.place["choice"].copy(), world.place["steps"].copy(), world.path.copy())
    top_f = (world.cover["share"].copy(), np.array([world.sum[1]]))
    places = (np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64))
    search_plans((rounds, 0, rounds, seed, 0), ceiling, taste, places, spot, top_i, top_f, world)
    return world


@pytest.mark.parametrize("seed", range(40))
def test_books_and_ways_are_those_of_a_fresh_count(seed):
    """Tiny worlds with shared trunks, relay towers, beams, thin links and roots; and one province."""
    tiny = seed < 38
    problem = tiny_problem(seed) if tiny else province(seed, n_places=30, n_cells=1500, n_relays=30)
    ceiling = (8.0, 14.0, 30.0)[seed % 3] if tiny else 4e10
    instance = instance_of(problem, ceiling)
    if not instance.n_choices:
        return
    world = searched(instance, ceiling, 200, seed)
    order = np.flatnonzero(world.place["choice"] >= 0).tolist()
    site = (world.place["choice"], world.place["steps"], world.path, world.cover["share"])
    draft = from_field(instance, site, int(world.tally[1]), order)
    assert world.sum[0] == pytest.approx(money(instance, draft), rel=1e-9)
    assert world.sum[0] <= ceiling * (1 + 1e-9)
    assert world.sum[1] == pytest.approx(served_weight(instance, draft), rel=1e-9, abs=1e-9)
    np.testing.assert_allclose(world.edge["load"][:-1], draft.load_mbps, atol=1e-6)
    np.testing.assert_allclose(world.beam, draft.beam_mbps, atol=1e-6)
    np.testing.assert_allclose(world.group["rest"][:-1], draft.rest, atol=1e-9)
    assert (draft.load_mbps <= instance.network.edge_mbps * (1 + 1e-9) + 1e-9).all()
    assert (draft.beam_mbps >= -1e-9).all()
    np.testing.assert_array_equal(world.arc["uses"], draft.arc_uses)
    fresh = gains(instance, world.group["rest"][:-1], instance.choice_option, instance.choice_mbps)
    np.testing.assert_allclose(world.choice["gain"], fresh, atol=1e-6)
    kept = world.way["price"].copy()
    way_trees(SOURCE, world)
    np.testing.assert_allclose(kept, world.way["price"], rtol=1e-9, atol=1e-6 * max(1.0, ceiling * 1e-9))


def test_an_edge_is_never_used_both_ways():
    instance = instance_of(province(7, n_places=30, n_cells=1500, n_relays=30), 4e10)
    world = searched(instance, 4e10, 300, 1)
    network = instance.network
    both = [world.arc["uses"][network.edge == edge] > 0 for edge in np.flatnonzero(world.edge["uses"] > 0)]
    assert all(used.sum() == 1 for used in both)


def test_the_same_seed_gives_the_same_plan_and_rounds_never_lose():
    instance = instance_of(province(5, n_places=40, n_cells=2500, n_relays=40), 4e10)
    start = grow(instance, empty_draft(instance), ceiling_idr=4e10)
    first, second = (improve(instance, start, ceiling_idr=4e10, rounds=400, seed=3)[0] for _ in range(2))
    assert first.choice == second.choice
    assert served_weight(instance, first) == served_weight(instance, second)
    assert served_weight(instance, first) > served_weight(instance, start) * 1.01
    kept = frozenset(list(start.choice)[:3])
    bound_to, _ = improve(instance, start, ceiling_idr=4e10, rounds=100, seed=3, keep=kept)
    assert all(bound_to.choice[place] == start.choice[place] for place in kept)


@pytest.mark.parametrize("seed", range(12))
def test_ceilings_of_entry_are_those_of_growing_site_by_site(seed):
    """A place enters at the cost of the plan when greedy growth, told one site at a time, takes it."""
    instance = instance_of(tiny_problem(seed), 14.0)
    draft = grow(instance, empty_draft(instance), ceiling_idr=6.0)
    now, expected = twin(draft), {}
    while True:
        before = set(now.choice)
        grow(instance, now, ceiling_idr=np.inf, max_sites=1)
        new = set(now.choice) - before
        if not new:
            break
        expected[new.pop()] = money(instance, now)
    assert entries(instance, draft) == pytest.approx(expected)

"""A schedule as flat arrays for the compiled search over years (`planner.plan._years_kernel`), and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner.plan.build import Draft, empty_draft
from planner.plan.growth import longest
from planner.plan.instance import Instance
from planner.plan.ledger import empty_ledger
from planner.plan.schedule import Schedule, World
from planner.plan.years import HARD, settled, with_weight
from planner.plan.years_bound import YearBound

if TYPE_CHECKING:
    from planner.plan._years_books_kernel import World as Arrays

__all__ = ["grown_compiled", "improve_compiled"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_BATCH = 50
_KNOBS = np.array([0.1, 0.001, 0.2, 0.7, 5.0])
"""Noise on merits, slack, chance of ruins along the network, of scattered ones, mean number of sites taken out."""
_MOST_LEVELS = 2
_LEAST_MBPS = 1e-6


@dataclass(frozen=True, eq=False)
class _Still:
    """What no schedule changes."""

    net: tuple[tuple[Ints, ...], tuple[Floats, ...]]
    offer: tuple[tuple[Ints, ...], tuple[Floats, ...]]
    cash: tuple[tuple[Ints, ...], tuple[Floats, ...]]
    floors: tuple[Floats, ...]
    stride: int


def _lists(label: Ints, size: int) -> tuple[Ints, Ints]:
    """Offsets and members of each label."""
    order = np.argsort(label, kind="stable").astype(np.int64)
    return np.searchsorted(label[order], np.arange(size + 1)).astype(np.int64), order


def _members(label: Ints, size: int) -> tuple[Ints, Ints]:
    """As `_lists`, of the labels that are not −1."""
    on = np.flatnonzero(label >= 0).astype(np.int64)
    first, order = _lists(label[on], size)
    return first, on[order]


def _levels(instance: Instance) -> Floats:
    """Mbps that ways are kept for: hardly any, and a few steps up to what the widest choice can use."""
    on = instance.choice_node >= 0
    if not on.any():
        return np.array([_LEAST_MBPS])
    reach = np.minimum(instance.choice_mbps[on], float(instance.groups.demand_mbps.sum()) + _LEAST_MBPS)
    at = np.quantile(reach, np.arange(1, _MOST_LEVELS) / max(1, _MOST_LEVELS - 1), method="higher")
    return np.asarray(np.r_[_LEAST_MBPS, np.maximum(np.unique(at) * (1 - 1e-9), 2 * _LEAST_MBPS)])


def _still(world: World, lean: Floats, prices: Floats | None, stride: int) -> _Still:
    """Everything but the schedule, priced for the middle of the years; ``lean``: what floors' weight counts more."""
    instance, rules = world.by_year[len(world.by_year) // 2], world.rules
    weight = world.instance.groups.weight
    groups, network = world.instance.groups, instance.network
    leaning = weight * (1.0 + (lean @ world.floors.inside if len(lean) else 0.0))
    if prices is not None or (len(lean) and lean.any()):
        tilted = leaning if prices is None else leaning - prices
        groups = with_weight(world.instance, tilted).groups
    levels, n_options = _levels(instance), len(groups.indptr) - 1
    option_of = np.repeat(np.arange(n_options), np.diff(groups.indptr))
    by_group = np.argsort(groups.indices, kind="stable")
    nodes = network.place_nodes[: max(1, instance.n_places)]
    offer_i = (
        instance.choice_option, instance.choice_place, instance.choice_node, instance.choice_beam(),
        np.searchsorted(levels, instance.choice_mbps * (1 - 1e-9)).clip(0, len(levels) - 1).astype(np.int64),
        instance.has_tower[instance.choice_option].astype(np.int64), groups.indptr, groups.indices,
        np.searchsorted(groups.indices[by_group], np.arange(groups.n_groups + 1)).astype(np.int64),
        option_of[by_group].astype(np.int64), *_lists(instance.choice_option, n_options),
        np.ascontiguousarray(nodes[:, 0]), np.ascontiguousarray(nodes[:, 2]),
    )  # fmt: skip
    tiny = 1e-9 * max(1.0, float(weight.sum()))
    offer_f = (
        instance.choice_cost, instance.choice_mbps, instance.choice_reserved(), weight, leaning, groups.demand_mbps,
        network.beam_mbps, np.array([tiny]),
    )  # fmt: skip
    most = np.array(rules.most_sites or (np.inf,) * len(rules.years))
    cash_i = (
        world.may_pay.astype(np.int64).ravel(), np.array(world.order, dtype=np.int64),
        np.array([s.carries_over for s in rules.sources], dtype=np.int64),
        np.minimum(most, instance.n_places).astype(np.int64),
    )  # fmt: skip
    has = np.array([[c - s.kept_opex_idr_per_year for c in s.ceilings_idr] for s in rules.sources], dtype=float)
    gain = np.cumsum(world.year_worth[::-1])[::-1].copy()
    costs = world.costs
    cash_f = (has.ravel(), gain, *costs.choice, *costs.edge, *costs.tower)
    return _Still(
        (
            (*instance.leaving, network.tail, network.edge, network.tower, network.head, *_members(network.tower, len(network.tower_cost))),
            (network.edge_cost, network.edge_mbps, network.tower_cost, levels),
        ),
        (offer_i, offer_f), (cash_i, cash_f), (
            world.floors.inside.astype(float).ravel(), world.floors.least,
            np.where(np.isfinite(world.floors.price), world.floors.price, HARD),
        ), stride,
    )  # fmt: skip


def _state(world: World, schedule: Schedule, still: _Still) -> tuple[tuple[Ints, ...], tuple[Floats, ...]]:
    """A schedule as arrays."""
    instance, stride = world.instance, still.stride
    network, groups, n_places = instance.network, instance.groups, max(1, instance.n_places)
    choice, steps = np.full(n_places, -1, dtype=np.int64), np.zeros(n_places, dtype=np.int64)
    paths = np.zeros(n_places * stride, dtype=np.int64)
    year, source, rank = (np.zeros(n_places, dtype=np.int64) for _ in range(3))
    for number, place in enumerate(schedule.in_order()):
        path = schedule.draft.path.get(place, np.zeros(0, dtype=np.int64))
        choice[place], steps[place], rank[place] = schedule.draft.choice[place], len(path), number
        year[place], source[place] = schedule.year[place], schedule.source[place]
        paths[place * stride : place * stride + len(path)] = path
    n_levels = len(still.net[1][3])
    state_i = (
        choice, steps, paths, year, source, rank, np.zeros(len(network.edge_cost), dtype=np.int64),
        np.zeros(len(network.tower_cost), dtype=np.int64), np.zeros(len(network.tail), dtype=np.int64),
        np.zeros(len(groups.indptr) - 1, dtype=np.int64), np.array([len(schedule.year)], dtype=np.int64),
        np.ones(n_levels, dtype=np.int64),
    )  # fmt: skip
    state_f = (
        np.zeros(len(groups.indices)), np.ones(groups.n_groups), np.zeros(len(network.edge_cost)),
        network.beam_mbps.copy(), np.zeros(len(world.rules.sources) * len(world.rules.years)),
        np.zeros(instance.n_choices),
    )  # fmt: skip
    return state_i, state_f


def _twin(state: tuple[tuple[Ints, ...], tuple[Floats, ...]]) -> tuple[tuple[Ints, ...], tuple[Floats, ...]]:
    """A copy of every array."""
    return tuple(part.copy() for part in state[0]), tuple(part.copy() for part in state[1])


def _schedule(world: World, state_i: tuple[Ints, ...], stride: int) -> Schedule:
    """The schedule of the arrays, served afresh in the order of years, money added up."""
    choice, steps, paths, year, source, rank = state_i[:6]
    draft: Draft = empty_draft(world.instance)
    built = np.flatnonzero(choice >= 0)
    order = built[np.argsort(rank[built], kind="stable")].tolist()
    for place in order:
        draft.choice[place] = int(choice[place])
        if world.instance.choice_node[choice[place]] >= 0:
            draft.path[place] = paths[place * stride : place * stride + steps[place]].copy()
    bare = Schedule(
        draft, empty_ledger(world.rules), np.zeros(len(state_i[6]), dtype=np.int64), np.zeros(len(state_i[7]), dtype=np.int64),
        {p: int(year[p]) for p in order}, {p: int(source[p]) for p in order},
    )  # fmt: skip
    return settled(world, bare)


def _run(
    world: World, schedule: Schedule, taste: tuple[Floats, Floats, Floats | None], work: tuple[int, int, frozenset[int]],
    is_over: Callable[[], bool] | None,
) -> tuple[Schedule, int]:  # fmt: skip
    from planner.plan._years_kernel import search_years  # numba takes a second to load

    rounds, seed, keep = work
    lean, favour, prices = taste
    stride = max([longest(world.instance), *(len(path) for path in schedule.draft.path.values())])
    still = _still(world, lean, prices, stride)
    state = _state(world, schedule, still)
    arrays: Arrays = (*still.net, *still.offer, *still.cash, still.floors, *state)
    spare = (_twin(state), _twin(state))
    fixed = np.zeros(max(1, world.instance.n_places), dtype=np.int64)
    fixed[sorted(keep)] = 1
    east = world.instance.place_lon_deg * np.cos(np.radians(world.instance.place_lat_deg))
    spot = (np.array(east), np.array(world.instance.place_lat_deg))
    if not rounds:
        search_years((0, 0, 1, seed), favour, _KNOBS, fixed, spot, spare, arrays)
        return _schedule(world, state[0], stride), 0
    done, n_better = 0, 0
    while done < rounds and not (is_over is not None and is_over()):
        now = min(_BATCH, rounds - done)
        _, n = search_years((now, done, rounds, seed + done), favour, _KNOBS, fixed, spot, spare, arrays)
        n_better, done = n_better + n, done + now
    return (_schedule(world, state[0], stride) if n_better else schedule), n_better


def grown_compiled(world: World, schedule: Schedule, lean: Floats, *, favour: Floats | None = None) -> Schedule:
    """The schedule with sites added year after year, most leaning weight per rupiah first, while some source can pay.

    Parameters
    ----------
    lean
        By floor: what its weight counts more, at least 0.
    favour
        Factor on each choice's merit (in each year, where the shape is (years, choices)), 0 shuts it; all 1 when None.
    """
    shape = (len(world.rules.years), world.instance.n_choices)
    taste = np.ones(shape) if favour is None else np.array(np.broadcast_to(favour, shape))
    return _run(world, schedule, (lean, taste.ravel(), None), (0, 0, frozenset()), None)[0]


def improve_compiled(
    world: World, schedule: Schedule, lean: Floats, *, rounds: int, seed: int, bound: YearBound | None = None,
    keep: frozenset[int] = frozenset(), is_over: Callable[[], bool] | None = None,
) -> tuple[Schedule, int]:  # fmt: skip
    """A schedule at least as good, by repeated ruin and growth.

    Parameters
    ----------
    lean
        By floor: what its weight counts more while sites join.
    rounds
        Ruins to try.
    seed
        Of the neighbourhoods and of the noise on merits.
    bound
        What a bound knows: choices it takes are favoured, and with its prices of the groups sites serve first what
        others cannot serve as well (None: what weighs most for its demand).
    keep
        Places that decisions bind; never taken out.
    is_over
        Says whether the user's clock has struck; None without one.

    Returns
    -------
    Schedule
        The best one found, by worth as sites serve one after the other.
    int
        Ruins that set a record.
    """
    if rounds <= 0 or not schedule.year:
        return schedule, 0
    shape = (len(world.rules.years), world.instance.n_choices)
    favour, prices = np.ones(shape), None
    if bound is not None:
        favour = 0.5 + 0.5 * bound.hint + 0.5 * np.minimum(bound.hint.sum(axis=0), 1.0)
        prices = bound.prices
    return _run(world, schedule, (lean, favour.ravel(), prices), (rounds, seed, keep), is_over)

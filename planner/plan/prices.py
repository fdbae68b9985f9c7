"""Upper bound by prices on the groups: for covers too large for a linear program.

For any prices u ≥ 0 of the groups (each can be served once), the best use of money, beams and places
against the knapsack values V(u) of the choices bounds every plan:

    Σ u  +  max Σ V(u) x   over the places, beams and rows of cost shares.

The small linear program on the right has one column a choice; its own figure is not used, but the prices
of its rows are (weak duality, as in `planner.plan.bound`). Prices move along subgradients, with steps that
aim between the bound and the best plan known; rows of cost shares join on the way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.plan.bound import Bound, Hunt, Session, safe_bound
from planner.plan.instance import Instance
from planner.plan.model import Model, make_choice_model

__all__ = ["price_bound"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_PATIENCE = 10


@dataclass(frozen=True, eq=False)
class _Covers:
    """Instance arrays sorted by option, as the kernels want them."""

    order: Ints
    first_choice: Ints
    mbps: Floats
    option: Ints
    option_demand: Floats


def _covers(instance: Instance) -> _Covers:
    groups = instance.groups
    order = np.argsort(instance.choice_option, kind="stable")
    option = instance.choice_option[order]
    n_options = len(groups.indptr) - 1
    sums = np.r_[0.0, np.cumsum(groups.demand_mbps[groups.indices])]
    demand = sums[groups.indptr[1:]] - sums[groups.indptr[:-1]]
    first = np.searchsorted(option, np.arange(n_options + 1)).astype(np.int64)
    return _Covers(order, first, instance.choice_mbps[order], option, demand * (1 - 1e-12))


def _values(instance: Instance, covers: _Covers, price: Floats) -> Floats:
    from planner.plan._cover_kernel import knapsacks  # numba takes a second to load

    groups = instance.groups
    found = np.zeros(instance.n_choices)
    found[covers.order] = knapsacks(
        groups.indptr, groups.indices, groups.weight - price, groups.demand_mbps, covers.first_choice, covers.mbps,
        covers.option_demand,
    )  # fmt: skip
    return found


def _served(instance: Instance, price: Floats, x: Floats) -> Floats:
    from planner.plan._cover_kernel import serve_in_order

    groups = instance.groups
    chosen = np.flatnonzero(x > 1e-9)
    return np.asarray(
        serve_in_order(
            groups.indptr,
            groups.indices,
            groups.weight - price,
            groups.demand_mbps,
            chosen,
            instance.choice_option,
            instance.choice_mbps,
            x,
        )
    )


def price_bound(
    instance: Instance, *, ceiling_idr: float, demands: tuple[Ints, ...], inside: Floats, value: float, max_rounds: int,
    is_over: Callable[[], bool] | None = None,
) -> Bound:  # fmt: skip
    """Bound by prices on the groups.

    Parameters
    ----------
    inside
        A plan (0/1 by choice), which steadies the search for rows.
    value
        Its weight: where the steps aim.
    max_rounds
        Moves of the prices.
    is_over
        Says whether the user's clock has struck; None without one.
    """
    covers = _covers(instance)
    model = make_choice_model(instance, ceiling_idr=ceiling_idr, demands=demands)
    session = Session(model)
    hunt = Hunt(instance)
    shelf = _Shelf(session, session.matrix.shape[0])
    for row in [instance.choice_cost, *hunt.rows(inside), *hunt.rows(np.full(instance.n_choices, 1e-2))]:
        shelf.add(row / model.money_unit)
    price = np.zeros(instance.groups.n_groups)
    core, lean, stale = inside.copy(), 1.0, 0
    best = Bound(np.inf, False, inside, np.zeros(instance.n_choices), tuple(shelf.rows), 0)  # noqa: FBT003
    best_price = price
    for number in range(max_rounds):
        gain = _values(instance, covers, price) / model.weight_unit
        status, x, row_price = session.run_with(gain)
        if status == "infeasible":
            return Bound(-np.inf, True, x, np.zeros(0), tuple(shelf.rows), number)  # noqa: FBT003
        if status != "optimal" or (is_over is not None and is_over()):
            break
        roof, reduced = safe_bound(session.priced(gain), session.matrix, session.high, row_price)
        roof += float(price.sum())
        if roof < best.value * (1 - 1e-5):
            stale = 0
        else:
            stale += 1
        if roof < best.value:
            fair = shelf.fair(row_price) * model.money_unit
            slope = float(np.maximum(row_price[shelf.first :], 0.0).sum()) * model.weight_unit / model.money_unit
            best = Bound(roof, False, core, reduced, tuple(shelf.rows), number, fair, slope)  # noqa: FBT003
            best_price = price
        if stale >= 2:
            lean, stale, price = lean * 0.6, 0, best_price
            if lean < 0.02:
                break
        core = 0.85 * core + 0.15 * x
        shelf.use(row_price, number)
        if number % 3 == 2:
            _more_rows(hunt, shelf, model, x, core)
        over = _served(instance, price, x) - 1.0
        push = np.where((price > 0) | (over > 0), over, 0.0)
        size = float(push @ push)
        if size <= 0:
            break
        aim = value + 0.3 * (best.value - value)
        price = np.clip(price + lean * max(roof - aim, 1e-6 * roof) / size * push, 0.0, instance.groups.weight)
    return best


class _Shelf:
    """Rows of cost shares of the small program; those without a price for a while are taken off.

    The first one, the money itself, always stays.
    """

    def __init__(self, session: Session, first: int) -> None:
        self.session = session
        self.first = first
        self.rows: list[Floats] = []
        self.last_use: list[int] = []

    def add(self, row: Floats, number: int = 0) -> None:
        """Add a row, over the money unit."""
        self.session.add(row, 1000.0)
        self.rows.append(row)
        self.last_use.append(number)

    def fair(self, row_price: Floats) -> Floats:
        """Mean of the rows, weighted by their prices."""
        price = np.maximum(row_price[self.first :], 0.0)
        rows = np.array(self.rows)
        return np.asarray(price @ rows / price.sum() if price.sum() > 0 else rows[0])

    def use(self, row_price: Floats, number: int) -> None:
        """Note which rows have a price; take off what has had none for long."""
        priced = row_price[self.first :] > 1e-12
        self.last_use = [number if p else n for p, n in zip(priced, self.last_use, strict=True)]
        idle = [k for k, n in enumerate(self.last_use) if k and number - n > _PATIENCE]
        if len(idle) >= 4:
            self.session.drop([self.first + k for k in idle])
            self.rows = [row for k, row in enumerate(self.rows) if k not in set(idle)]
            self.last_use = [n for k, n in enumerate(self.last_use) if k not in set(idle)]


def _more_rows(hunt: Hunt, shelf: _Shelf, model: Model, x: Floats, core: Floats) -> None:
    """Rows of cost shares that the last answer breaks, added to the small program."""
    fresh = [row / model.money_unit for row in (*hunt.rows(0.3 * x + 0.7 * core), *hunt.rows(x)[:1])]
    for row in fresh:
        if row @ x > 1000.0 + 1e-3:
            shelf.add(row, shelf.last_use[0])

"""Upper bounds on what any plan can serve, and what they allow to leave out.

The linear model (`planner.plan.model`) is solved again and again, each time with more rows of cost
shares found for its last answer. What is reported is not the solver's own figure: for any prices λ ≥ 0
of the rows, Σ λ b + Σ max(0, gain − λ A) over the columns (all between 0 and 1) bounds every plan.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from planner.plan.instance import Instance
from planner.plan.model import Model
from planner.plan.shares import Ascent, Shares, share_row

__all__ = ["Bound", "Hunt", "linear_bound", "safe_bound"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Bound:
    """A proven bound with what it knows about the choices.

    Parameters
    ----------
    value
        Upper bound on newly served weight (+inf when the solver gave no prices).
    is_infeasible
        The linear model has no solution: no plan meets the rules.
    x
        Last solution of the linear model, by column.
    reduced
        By column: gain − λ A in units of weight, at the prices of ``value``.
    money_rows
        Coefficients of the rows Σ a x ≤ ceiling, over ``money_unit``.
    rounds
        Rounds that added rows.
    per_idr
        What the bound moves by for each rupiah of ceiling at the same prices, which hold under any ceiling; inf
        where it was not kept.
    prices
        By group: what its weight is priced at, for a bound by prices.
    n_rows
        Rows of cost shares a bound by prices rests on.
    """

    value: float
    is_infeasible: bool
    x: Floats
    reduced: Floats
    money_rows: tuple[Floats, ...]
    rounds: int
    per_idr: float = math.inf
    prices: Floats | None = None
    n_rows: int = 0


def safe_bound(model: Model, matrix: csr_array, high: Floats, price: Floats) -> tuple[float, Floats]:
    """Bound and reduced gains at any prices; negative prices count as 0."""
    price = np.maximum(np.where(np.isfinite(high), price, 0.0), 0.0)
    reduced = model.gain - matrix.T @ price
    finite = np.where(np.isfinite(high), high, 0.0)
    size = float(np.abs(price * finite).sum() + np.abs(reduced).sum())
    value = float(price @ finite + np.maximum(reduced, 0.0).sum())
    return (value + 1e-13 * size) * model.weight_unit, reduced * model.weight_unit


class Session:
    """A linear program that grows by rows and is solved from its last basis."""

    def __init__(self, model: Model) -> None:
        matrix, low, high = model.rows.matrix()
        self.model, self.matrix, self.high = model, matrix, high
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = model.n_columns, len(high)
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_cost_ = model.gain
        lp.col_lower_, lp.col_upper_ = np.zeros(model.n_columns), np.ones(model.n_columns)
        lp.row_lower_, lp.row_upper_ = low, high
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = matrix.indptr.astype(np.int32)
        lp.a_matrix_.index_ = matrix.indices.astype(np.int32)
        lp.a_matrix_.value_ = matrix.data
        self.highs = highspy.Highs()
        self.highs.setOptionValue("output_flag", False)  # noqa: FBT003
        for key, value in {"threads": 1, "random_seed": 0, "parallel": "off"}.items():
            self.highs.setOptionValue(key, value)
        self.highs.passModel(lp)

    def add(self, row: Floats, high: float) -> None:
        at = np.flatnonzero(row)
        self.highs.addRow(-highspy.kHighsInf, high, len(at), at.astype(np.int32), row[at])
        extra = csr_array((row[at], (np.zeros(len(at), np.int64), at)), shape=(1, self.model.n_columns))
        self.matrix = csr_array(vstack([self.matrix, extra]))
        self.high = np.r_[self.high, high]

    def drop(self, numbers: list[int]) -> None:
        """Take rows off by number."""
        self.highs.deleteRows(len(numbers), np.array(numbers, dtype=np.int32))
        stay = np.setdiff1d(np.arange(len(self.high)), numbers)
        self.matrix, self.high = csr_array(self.matrix[stay]), self.high[stay]

    def run_with(self, gain: Floats) -> tuple[str, Floats, Floats]:
        """Solve again under another objective."""
        at = np.arange(self.model.n_columns, dtype=np.int32)
        self.highs.changeColsCost(len(at), at, gain)
        return self.run()

    def priced(self, gain: Floats) -> Model:
        """The model under another objective."""
        return replace(self.model, gain=gain)

    def run(self) -> tuple[str, Floats, Floats]:
        self.highs.run()
        if (
            self.highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible
        ):  # decisions are not refused on presolve alone
            self.highs.setOptionValue("presolve", "off")
            self.highs.clearSolver()
            self.highs.run()
        solution = self.highs.getSolution()
        status = self.highs.getModelStatus()
        name = "infeasible" if status == highspy.HighsModelStatus.kInfeasible else "other"
        name = "optimal" if status == highspy.HighsModelStatus.kOptimal else name
        return name, np.array(solution.col_value, dtype=float), np.array(solution.row_dual, dtype=float)


def linear_bound(
    instance: Instance, model: Model, *, inside: Floats | None = None, max_rounds: int,
    is_over: Callable[[], bool] | None = None, start_rows: tuple[Floats, ...] = (),
) -> Bound:  # fmt: skip
    """Bound by the linear model, sharpened by rows of cost shares.

    Parameters
    ----------
    inside
        A plan (0/1 by choice) to steady the search: rows are cut off between it and the last answer.
    max_rounds
        Rounds of rows at most.
    is_over
        Says whether the user's clock has struck; None without one.
    start_rows
        Money rows known before.
    """
    session = Session(model)
    n_choices = instance.n_choices
    known = [instance.choice_cost / model.money_unit, *start_rows]
    for row in known:
        session.add(np.r_[row, np.zeros(model.n_columns - n_choices)], 1000.0)
    hunt = Hunt(instance)
    core = np.zeros(n_choices) if inside is None else inside.copy()
    best = Bound(np.inf, False, np.zeros(0), np.zeros(0), (), 0)  # noqa: FBT003
    for number in range(max_rounds + 1):
        status, x, price = session.run()
        if status == "infeasible":
            return Bound(-np.inf, True, x, np.zeros(0), tuple(known), number)  # noqa: FBT003
        if status != "optimal":
            break
        value, reduced = safe_bound(model, session.matrix, session.high, price)
        if value <= best.value:
            best = Bound(value, False, x, reduced, tuple(known), number)  # noqa: FBT003
        core = 0.7 * core + 0.3 * x[:n_choices]
        rows = hunt.rows(0.2 * x[:n_choices] + 0.8 * core) + hunt.rows(x[:n_choices])[:1] if number < max_rounds else []
        fresh = [row / model.money_unit for row in rows if row @ x[:n_choices] / model.money_unit > 1000.0 + 1e-3]
        if not fresh or (is_over is not None and is_over()):
            break
        for row in fresh:
            session.add(np.r_[row, np.zeros(model.n_columns - n_choices)], 1000.0)
        known.extend(fresh)
    return best


class Hunt:
    """Finds rows of cost shares that a fractional answer breaks."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.ascent = Ascent(instance)
        self.terminals = np.unique(instance.choice_node[instance.choice_node >= 0])
        self.distance = instance.least_paths[self.terminals]

    def rows(self, x: Floats) -> list[Floats]:
        """Rows Σ a x ≤ ceiling, a in IDR by choice, packed in the order in which ``x`` uses the terminals."""
        instance = self.instance
        on = instance.choice_node >= 0
        if not on.any():
            return []
        size = instance.network.n_nodes
        h = np.bincount(instance.choice_node[on], weights=x[on], minlength=size)[self.terminals]
        stands = x * instance.has_tower[instance.choice_option]
        own: Floats = np.bincount(
            instance.choice_place, weights=stands, minlength=len(instance.network.tower_cost)
        ).astype(np.float64)
        active = np.flatnonzero(h > 1e-3)
        first = self.terminals[active[np.lexsort((self.distance[active], -h[active]))]]
        idle = np.flatnonzero(h <= 1e-3)
        last = self.terminals[idle[np.argsort(self.distance[idle], kind="stable")]]
        step = float(np.median(self.distance)) / 4.0
        order = np.r_[np.tile(first, 8), first, last]
        caps = np.r_[np.full(8 * len(first), step), np.full(len(first) + len(last), np.inf)]
        wanted = np.zeros(size)
        wanted[self.terminals] = np.maximum(h, 1e-3)
        packs: list[Shares] = [self.ascent.pack(order, caps, wanted[order], own)]
        if instance.network.tower_cost.any():
            packs.append(
                self.ascent.pack(order, caps, np.ones(len(order)), np.where(own <= 0.2, 0.0, 2.0).astype(float))
            )
        return [share_row(instance, shares) for shares in packs]

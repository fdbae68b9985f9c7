"""HiGHS behind one small door: sparse arrays in, numbers out, the same on every run."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

__all__ = ["TOLERANCE_SHARE", "Answer", "Rows", "passed_model", "run_model", "solve"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TOLERANCE_SHARE = 1e-6
"""Allowance added to a bound of the solver, relative: its feasibility tolerance is 1e-7 on scaled rows."""


@dataclass(frozen=True)
class Answer:
    """What the solver says.

    Parameters
    ----------
    status
        ``optimal``, ``infeasible``, ``limit`` (work), ``clock`` or ``failed``.
    value
        Objective of ``x`` (−inf when there is none).
    bound
        Proven upper bound on the objective (+inf when there is none).
    x, row_dual
        Solution and, for a linear program, the prices of its rows.
    nodes
        Nodes of the search tree.
    """

    status: str
    value: float
    bound: float
    x: Floats
    row_dual: Floats
    nodes: int = 0


class Rows:
    """Rows of a model, gathered block by block as sparse triplets."""

    def __init__(self, n_columns: int) -> None:
        self.n_columns = n_columns
        self.n_rows = 0
        self._row: list[Ints] = []
        self._column: list[Ints] = []
        self._value: list[Floats] = []
        self._low: list[Floats] = []
        self._high: list[Floats] = []

    def add(self, row: Ints, column: Ints, value: Floats, *, high: Floats, low: Floats | None = None) -> Ints:
        """Add a block of rows numbered from 0; their numbers in the model are returned."""
        n_new = len(high)
        self._row.append(np.asarray(row, dtype=np.int64) + self.n_rows)
        self._column.append(np.asarray(column, dtype=np.int64))
        self._value.append(np.asarray(value, dtype=float))
        self._high.append(np.asarray(high, dtype=float))
        self._low.append(np.full(n_new, -np.inf) if low is None else np.asarray(low, dtype=float))
        numbers = np.arange(self.n_rows, self.n_rows + n_new)
        self.n_rows += n_new
        return numbers

    def matrix(self) -> tuple[csr_array, Floats, Floats]:
        """Matrix, lower and upper ends."""
        if not self._row:
            return csr_array((0, self.n_columns)), np.zeros(0), np.zeros(0)
        parts = (np.concatenate(self._row), np.concatenate(self._column))
        matrix = csr_array((np.concatenate(self._value), parts), shape=(self.n_rows, self.n_columns))
        return matrix, np.concatenate(self._low), np.concatenate(self._high)


def _model(rows: Rows, gain: Floats, top: Floats, is_integer: NDArray[np.bool_] | None, low: Floats | None) -> Any:
    matrix, row_low, row_high = rows.matrix()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = rows.n_columns, rows.n_rows
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = gain
    lp.col_lower_ = np.zeros(rows.n_columns) if low is None else low
    lp.col_upper_ = top
    lp.row_lower_, lp.row_upper_ = row_low, row_high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = matrix.data
    if is_integer is not None:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(flag)] for flag in is_integer]
    return lp


def passed_model(
    rows: Rows, gain: Floats, top: Floats, *, is_integer: NDArray[np.bool_] | None = None, low: Floats | None = None,
    options: dict[str, float | int | str] | None = None,
) -> Any:  # fmt: skip
    """The solver with a model in it (see `solve`), one thread, no output, seed 0 (``Any``: highspy has no types)."""
    highs = highspy.Highs()
    fixed: dict[str, float | int | str] = {"threads": 1, "random_seed": 0, "parallel": "off"}
    highs.setOptionValue("output_flag", False)  # noqa: FBT003
    for key, value in {**fixed, **(options or {})}.items():
        highs.setOptionValue(key, value)
    highs.passModel(_model(rows, gain, top, is_integer, low))
    return highs


def solve(
    rows: Rows, gain: Floats, top: Floats, *, is_integer: NDArray[np.bool_] | None = None, low: Floats | None = None,
    start: Floats | None = None, options: dict[str, float | int | str] | None = None,
) -> Answer:  # fmt: skip
    """Maximise ``gain · x`` over ``low ≤ x ≤ top`` and the rows.

    Parameters
    ----------
    rows
        The constraints.
    gain, top, low
        Objective and ends of each column; ``low`` is 0 when None.
    is_integer
        Columns that must be whole; None for a linear program.
    start
        A solution to begin with.
    options
        Options of HiGHS over the fixed ones (one thread, no output, seed 0).
    """
    highs = passed_model(rows, gain, top, is_integer=is_integer, low=low, options=options)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = list(start)
        highs.setSolution(solution)
    run_model(highs)
    if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:  # presolve has been seen to say so wrongly
        highs.setOptionValue("presolve", "off")
        highs.clearSolver()
        run_model(highs)
    return _answer(highs, is_mip=is_integer is not None)


def run_model(highs: Any) -> None:
    """Run the solver so that Ctrl-C ends it: it hears nothing by itself, and Python only between two calls.

    Raises
    ------
    KeyboardInterrupt
        After the solver has stopped.
    """
    if threading.current_thread() is not threading.main_thread():
        highs.run()
        return
    stop = threading.Event()

    def look(event: Any) -> None:
        if stop.is_set():
            event.interrupt()

    highs.cbMipInterrupt += look
    highs.cbSimplexInterrupt += look
    thread = threading.Thread(target=highs.run, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(60.0)
    except KeyboardInterrupt:
        stop.set()
        thread.join()
        raise


def _answer(highs: Any, *, is_mip: bool) -> Answer:
    model = highspy.HighsModelStatus
    names = {
        model.kOptimal: "optimal", model.kInfeasible: "infeasible", model.kTimeLimit: "clock",
        model.kIterationLimit: "limit", model.kSolutionLimit: "limit", model.kObjectiveBound: "limit",
        model.kObjectiveTarget: "limit", model.kInterrupt: "limit", model.kModelEmpty: "optimal",
    }  # fmt: skip
    status = names.get(highs.getModelStatus(), "failed")
    info, solution = highs.getInfo(), highs.getSolution()
    x = np.array(solution.col_value, dtype=float)
    has_value = status != "infeasible" and bool(len(x)) and info.primal_solution_status == 2
    value = float(info.objective_function_value) if has_value else -math.inf
    bound = math.inf
    if is_mip:
        bound = float(info.mip_dual_bound) if status != "failed" else math.inf
    elif status == "optimal":
        bound = value
    if status == "infeasible":
        bound = -math.inf
    return Answer(
        status=status, value=value, bound=bound if math.isfinite(bound) or bound < 0 else math.inf, x=x if has_value else np.zeros(0),
        row_dual=np.array(solution.row_dual, dtype=float), nodes=int(info.mip_node_count) if is_mip else 0,
    )  # fmt: skip

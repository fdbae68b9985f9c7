"""Compiles the kernels of the plan ahead of their first use, in a process that has nothing else to do."""

from __future__ import annotations

from typing import Any

__all__ = ["KERNELS", "compile_kernels"]

_INTS, _SHORTS, _FLOATS = "i", "s", "f"
_WORLD = "world"

KERNELS = {
    ("_ascent_kernel", "raise_ends"): (
        ((_INTS,) * 3, (_INTS,) * 3),
        _FLOATS,
        (_FLOATS,) * 3,
        _INTS,
        (_FLOATS, _FLOATS),
        _INTS,
        (_FLOATS, _FLOATS),
        int,
    ),
    ("_ascent_kernel", "shortest_tree"): (_INTS, _INTS, _INTS, _FLOATS, int),
    ("_collapse_kernel", "class_covers"): (_SHORTS, int, int, _INTS, _SHORTS),
    ("_collapse_kernel", "number_classes"): (_SHORTS, _SHORTS, int),
    ("_collapse_kernel", "refine"): (_SHORTS, _SHORTS, _SHORTS, int, _INTS, _SHORTS, (int, int)),
    ("_collapse_kernel", "turn_over"): (_INTS, _SHORTS, int),
    ("_cover_kernel", "gains_in_order"): (_INTS, _INTS, _FLOATS, _FLOATS, _FLOATS, _INTS, _FLOATS),
    ("_price_kernel", "mix_places"): (_INTS, _FLOATS, float, _FLOATS),
    ("_price_kernel", "serve_copies"): (_INTS, _INTS, _INTS, _FLOATS, _FLOATS, _INTS, int),
    ("_price_kernel", "worth_of_copies"): (
        (_INTS,) * 3,
        _FLOATS,
        _FLOATS,
        (_INTS, _INTS),
        (_FLOATS, _FLOATS),
        (_FLOATS,) * 3,
        _INTS,
    ),
    ("_cover_kernel", "knapsacks"): (_INTS, _INTS, _FLOATS, _FLOATS, _INTS, _FLOATS, _FLOATS),
    ("_cover_kernel", "serve_in_order"): (_INTS, _INTS, _FLOATS, _FLOATS, _INTS, _INTS, _FLOATS, _FLOATS),
    ("_grow_kernel", "way_trees"): (int, _WORLD),
    ("_ruin_kernel", "search_plans"): (
        (int,) * 5,
        float,
        (_FLOATS,) * 3,
        (_INTS, _INTS),
        (_FLOATS, _FLOATS),
        (_INTS,) * 3,
        (_FLOATS, _FLOATS),
        _WORLD,
    ),
}
"""Module, name and kinds of arguments of each; a test holds them to what a plan really passes."""


def compile_kernels() -> None:
    """Compile and keep the machine code of the collapse, the greedy, the dual ascent and the price bound."""
    import importlib

    for (module, name), kinds in KERNELS.items():
        kernel = getattr(importlib.import_module(f"planner.plan.{module}"), name)
        kernel.compile(tuple(_numba_type(kind) for kind in kinds))


def _numba_type(kind: Any) -> Any:
    from numba import typeof, types

    if isinstance(kind, tuple):
        return types.Tuple([_numba_type(item) for item in kind])
    if kind in (int, float):
        return types.int64 if kind is int else types.float64
    if kind == _WORLD:
        return typeof(_empty_world())
    width = {_INTS: types.int64, _SHORTS: types.int32, _FLOATS: types.float64}[kind]
    return types.Array(width, 1, "C")


def _empty_world() -> Any:
    """Tables of no plan, of the types that growth passes."""
    import numpy as np

    from planner.plan._grow_kernel import World
    from planner.plan.growth import COLUMNS

    tables = {name: np.zeros(1, dtype=columns) for name, columns in COLUMNS.items()}
    floats, ints = np.zeros(1), np.zeros(1, dtype=np.int64)
    return World(**tables, path=ints, beam=floats, level=floats, keys=floats, items=ints, sum=floats, tally=ints)

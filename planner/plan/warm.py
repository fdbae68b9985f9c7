"""Compiles the kernels of the plan ahead of their first use, in a process that has nothing else to do."""

from __future__ import annotations

from typing import Any

__all__ = ["KERNELS", "compile_kernels"]

_INTS, _SHORTS, _FLOATS = "i", "s", "f"

KERNELS = {
    ("_ascent_kernel", "raise_terminals"): ((_INTS, _INTS, _INTS), _FLOATS, _FLOATS, _INTS, _FLOATS, _FLOATS, int),
    ("_ascent_kernel", "shortest_tree"): (_INTS, _INTS, _INTS, _FLOATS, int),
    ("_collapse_kernel", "class_covers"): (_SHORTS, int, int, _INTS, _SHORTS),
    ("_collapse_kernel", "number_classes"): (_SHORTS, _SHORTS, int),
    ("_collapse_kernel", "refine"): (_SHORTS, _SHORTS, _SHORTS, int, _INTS, _SHORTS, (int, int)),
    ("_collapse_kernel", "turn_over"): (_INTS, _SHORTS, int),
    ("_cover_kernel", "gains_in_order"): (_INTS, _INTS, _FLOATS, _FLOATS, _FLOATS, _INTS, _FLOATS),
    ("_cover_kernel", "knapsacks"): (_INTS, _INTS, _FLOATS, _FLOATS, _INTS, _FLOATS, _FLOATS),
    ("_cover_kernel", "serve_in_order"): (_INTS, _INTS, _FLOATS, _FLOATS, _INTS, _INTS, _FLOATS, _FLOATS),
}
"""Module, name and kinds of arguments of each; a test holds them to what a plan really passes."""


def compile_kernels() -> None:
    """Compile and keep the machine code of the collapse, the greedy, the dual ascent and the price bound."""
    import importlib

    for (module, name), kinds in KERNELS.items():
        kernel = getattr(importlib.import_module(f"planner.plan.{module}"), name)
        kernel.compile(tuple(_numba_type(kind) for kind in kinds))


def _numba_type(kind: Any) -> Any:
    from numba import types

    if isinstance(kind, tuple):
        return types.UniTuple(_numba_type(kind[0]), len(kind))
    if kind is int:
        return types.int64
    width = {_INTS: types.int64, _SHORTS: types.int32, _FLOATS: types.float64}[kind]
    return types.Array(width, 1, "C")

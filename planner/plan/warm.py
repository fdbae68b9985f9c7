"""Compiles the kernels of the plan ahead of their first use, in a process that has nothing else to do."""

from __future__ import annotations

from typing import Any

__all__ = ["KERNELS", "compile_kernels"]

_INTS, _FLOATS = "i", "f"

KERNELS = {
    ("_ascent_kernel", "raise_terminals"): ((_INTS, _INTS, _INTS), _FLOATS, _FLOATS, _INTS, _FLOATS, _FLOATS, int),
    ("_ascent_kernel", "shortest_tree"): (_INTS, _INTS, _INTS, _FLOATS, int),
    ("_cover_kernel", "gains_in_order"): (_INTS, _INTS, _FLOATS, _FLOATS, _FLOATS, _INTS, _FLOATS),
    ("_cover_kernel", "knapsacks"): (_INTS, _INTS, _FLOATS, _FLOATS, _INTS, _FLOATS, _FLOATS),
    ("_cover_kernel", "serve_in_order"): (_INTS, _INTS, _FLOATS, _FLOATS, _INTS, _INTS, _FLOATS, _FLOATS),
}
"""Module, name and kinds of arguments of each; a test holds them to what a plan really passes."""


def compile_kernels() -> None:
    """Compile and keep the machine code of the greedy, the dual ascent and the price bound."""
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
    return types.Array(types.int64 if kind == _INTS else types.float64, 1, "C")

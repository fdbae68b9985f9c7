"""Logarithm and exponential of single precision that LLVM can turn into packed code, right to 2e-7 of the value.

The C library's functions are called one number at a time; these are plain arithmetic on floats and their bits.

References
----------
IEEE 754-2019 (binary32); ln m = 2·artanh((m − 1)/(m + 1)), Abramowitz and Stegun 4.1.27.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]  # as numba, without types
from numba import types
from numba.extending import intrinsic

from planner.radio._jit import greatest, jit_single, least

__all__ = ["fast_exp", "fast_log", "mark_of", "marked", "whole"]

_WORD = ir.IntType(32)
_FLOAT = ir.FloatType()


def _unary(name: str) -> Callable[[float], float]:
    """Numba intrinsic of one float by an LLVM intrinsic."""

    def typed(_context: Any, _value: Any) -> Any:
        def build(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            function = builder.module.declare_intrinsic(name, [_FLOAT], ir.FunctionType(_FLOAT, [_FLOAT]))
            return builder.call(function, args)

        return types.float32(types.float32), build

    made: Callable[[float], float] = intrinsic(typed)
    return made


whole = _unary("llvm.floor")
_nearest = _unary("llvm.nearbyint")


@intrinsic
def _split(_context: Any, _value: Any) -> Any:
    """Exponent and mantissa (from sqrt(1/2) to sqrt(2)) of a positive number, both floats."""

    def build(_context: Any, builder: Any, signature: Any, args: Any) -> Any:
        half = _WORD(0x3F3504F3)  # sqrt(1/2)
        bits = builder.add(builder.bitcast(args[0], _WORD), _WORD(0x3F800000 - 0x3F3504F3))
        exponent = builder.sitofp(builder.sub(builder.lshr(bits, _WORD(23)), _WORD(127)), _FLOAT)
        mantissa = builder.bitcast(builder.add(builder.and_(bits, _WORD(0x007FFFFF)), half), _FLOAT)
        return _context.make_tuple(builder, signature.return_type, (exponent, mantissa))

    return types.UniTuple(types.float32, 2)(types.float32), build


@intrinsic
def _scaled(_context: Any, _value: Any, _exponent: Any) -> Any:
    """A value times two to the power of a whole float."""

    def build(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        raised = builder.shl(builder.fptosi(args[1], _WORD), _WORD(23))
        return builder.bitcast(builder.add(builder.bitcast(args[0], _WORD), raised), _FLOAT)

    return types.float32(types.float32, types.float32), build


@intrinsic
def marked(_context: Any, _value: Any, _mark: Any, _mask: Any) -> Any:
    """A float whose lowest bits (those of ``mask``) hold a whole number: the greatest of many keeps its place."""

    def build(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        high = builder.and_(builder.bitcast(args[0], _WORD), builder.not_(builder.trunc(args[2], _WORD)))
        return builder.bitcast(builder.or_(high, builder.trunc(args[1], _WORD)), _FLOAT)

    return types.float32(types.float32, types.uint64, types.int64), build


@intrinsic
def mark_of(_context: Any, _value: Any, _mask: Any) -> Any:
    """The whole number that `marked` put into a float."""

    def build(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        bits = builder.and_(builder.bitcast(args[0], _WORD), builder.trunc(args[1], _WORD))
        return builder.zext(bits, ir.IntType(64))

    return types.uint64(types.float32, types.int64), build


@jit_single
def fast_log(x: float) -> float:
    """Natural logarithm of a positive normal number; of others, some finite number."""
    exponent, m = _split(x)
    s = (m - 1.0) / (m + 1.0)
    s2 = s * s
    series = 1.0 + s2 * (0.333_333_333 + s2 * (0.2 + s2 * (0.142_857_143 + s2 * 0.111_111_111)))
    found: float = exponent * 0.693_147_181 + 2.0 * s * series
    return found


@jit_single
def fast_exp(x: float) -> float:
    """Exponential; beyond ±87 that of ±87."""
    bounded = least(greatest(x, -87.0), 87.0)
    exponent = _nearest(bounded * 1.442_695_04)
    f = bounded - exponent * 0.693_359_375 + exponent * 2.121_944_4e-4  # ln 2 in two parts
    series = 1.0 + f * (
        1.0 + f * (0.5 + f * (0.166_666_667 + f * (0.041_666_667 + f * (0.008_333_333 + f * 0.001_388_889))))
    )
    found: float = _scaled(series, exponent)
    return found

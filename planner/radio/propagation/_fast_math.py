"""Logarithm and exponential that LLVM can turn into packed code, right to 1e-9: enough for decibels.

The C library's functions are called one number at a time; these are plain arithmetic on doubles and their bits.
The exponent is read and written through the bits of 2⁵² + n, for AVX2 cannot turn 64-bit integers into doubles.

References
----------
IEEE 754-2019 (binary64); ln m = 2·artanh((m − 1)/(m + 1)), Abramowitz and Stegun 4.1.27.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]  # as numba, without types
from numba import types
from numba.extending import intrinsic

from planner.radio._jit import greatest, jit, least

__all__ = ["fast_exp", "fast_log"]


def _cast(source: Any, target: Any, kind: Any) -> Any:
    """Numba intrinsic that reads the bits of one type as another."""

    def typed(_context: Any, _value: Any) -> Any:
        def build(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            return builder.bitcast(args[0], kind)

        return target(source), build

    return intrinsic(typed)


_bits = _cast(types.float64, types.uint64, ir.IntType(64))
_double = _cast(types.uint64, types.float64, ir.DoubleType())

_LOW_HALF = np.uint64(0x3FE6A09E667F3BCD)  # sqrt(1/2)
_SHIFT = np.uint64(0x3FF0000000000000 - 0x3FE6A09E667F3BCD)
_MANTISSA = np.uint64(0x000FFFFFFFFFFFFF)
_BITS = np.uint64(52)
_TWO_52 = np.uint64(0x4330000000000000)
_LN2 = 0.693147180559945309417
_LOG2_E = 1.44269504088896340736
_ROUND = 6755399441055744.0  # 1.5·2^52: adding it rounds to a whole number kept in the lowest bits


@jit
def fast_log(x: float) -> float:
    """Natural logarithm of a positive number; of others, some finite number."""
    bits = _bits(x) + _SHIFT
    m = _double((bits & _MANTISSA) + _LOW_HALF)
    exponent = _double((bits >> _BITS) | _TWO_52) - (4503599627370496.0 + 1023.0)
    s = (m - 1.0) / (m + 1.0)
    s2 = s * s
    series = 1.0 + s2 * (1 / 3.0 + s2 * (0.2 + s2 * (1 / 7.0 + s2 * (1 / 9.0 + s2 / 11.0))))
    return float(exponent * _LN2 + 2.0 * s * series)


@jit
def fast_exp(x: float) -> float:
    """Exponential; beyond ±700 that of ±700."""
    bounded = least(greatest(x, -700.0), 700.0)
    rounded = bounded * _LOG2_E + _ROUND
    whole = rounded - _ROUND
    f = bounded - whole * _LN2
    series = 1.0 + f * (
        1.0 + f * (0.5 + f * (1 / 6.0 + f * (1 / 24.0 + f * (1 / 120.0 + f * (1 / 720.0 + f / 5040.0)))))
    )
    return float(_double(_bits(series) + (_bits(rounded) << _BITS)))

"""The formulas of ITU-R P.1812-8 below 50 % of time for one path of a block (see `_p1812_finish` for its rows)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import greatest, jit
from planner.radio.propagation import _p1812_finish as rows
from planner.radio.propagation._p1812_diffraction import (
    bullington_loss,
    edge_parameter,
    even_smooth_bullington,
    knife_edge_loss,
    spherical_loss,
)
from planner.radio.propagation._p1812_kernel import (
    PARTS,
    Air,
    combine,
    diffraction_losses,
    duct_loss,
    fixed_duct_loss,
    line_of_sight,
    troposcatter,
)
from planner.radio.propagation._p1812_path import duct_incidence

__all__ = ["finish_lane"]

Array = NDArray[np.float64]

_AT = {name: i for i, name in enumerate(PARTS)}
_D, _OMEGA, _DTM, _BETA0, _HTS, _HRS, _HTED, _HRED, _LD50, _LDB, _LBD, _LB0P, _LMINBAP, _LB = (
    _AT[name]
    for name in (
        "total_km", "omega", "dtm", "beta0", "hts", "hrs", "hte_diffraction", "hre_diffraction", "Ld50", "Ldb", "Lbd",
        "Lb0p", "Lminbap", "Lb",
    )
)  # fmt: skip


@jit
def _delta(n: int, slopes: tuple[float, float, float], air: Air, radius_km: float, out: Array) -> float:
    """Delta-Bullington loss of §4.3.4; ``slopes`` are those from both ends and the largest ν of a clear path."""
    total = out[_D]
    nu = slopes[2]
    if slopes[0] >= (out[_HRS] - out[_HTS]) / total:
        nu = edge_parameter(out[_HTS], out[_HRS], total, slopes[0], slopes[1])
    actual = bullington_loss(knife_edge_loss(nu / math.sqrt(air.ground.wavelength_m)), total)
    spherical = spherical_loss(total, out[_HTED], out[_HRED], radius_km, air.ground, out[_OMEGA])
    if spherical <= 0.0:
        return float(actual)
    smooth = even_smooth_bullington(total, n, (out[_HTED], out[_HRED]), radius_km, air.ground.wavelength_m)
    return float(actual + greatest(spherical - smooth, 0.0))


@jit
def finish_lane(b: Array, k: int, air: Air, out: Array) -> float:
    """L_b of lane ``k``; ``out`` takes the intermediate results in the order of `PARTS`."""
    rows.take_lane(b, k, out)
    n = int(b[rows.POINTS, k])
    out[_BETA0] = duct_incidence(air.latitude_deg, out[_DTM], out[_DTM])
    line_of_sight(air, out)
    slopes = (b[rows.SLOPE_T, k], b[rows.SLOPE_R, k], b[rows.NU, k])
    out[_LD50] = _delta(n, slopes, air, air.radius_km, out)
    flat = (b[rows.SLOPE_T_FLAT, k], b[rows.SLOPE_R_FLAT, k], b[rows.NU_FLAT, k])
    out[_LDB] = _delta(n, flat, air, air.radius_beta_km, out)
    diffraction_losses(air, out)
    out[_LMINBAP] = np.inf
    if out[_LBD] > out[_LB0P]:
        duct_loss(air, fixed_duct_loss(air, out, (b[rows.COAST_T, k], b[rows.COAST_R, k])), b[rows.ROUGH, k], out)
    troposcatter(air, out)
    combine(air, 4, out)
    return float(out[_LB])

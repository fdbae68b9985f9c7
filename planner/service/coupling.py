"""Load coupling: each station sends as long as its users need it, and they need it longer the more its neighbours send.

References
----------
Siomina, I., Yuan, D. (2012), Analysis of Cell Load Coupling for LTE Network Planning and Optimization, IEEE Trans.
Wireless Commun. 11(6). Fehske, A., Fettweis, G. (2012), Aggregation of variables in load models for interference-coupled
cellular data networks, ICC. Yates, R. (1995), A framework for uplink power control, IEEE JSAC 13(7): standard
interference functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["Coupled", "Links", "coupled_load"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MAX_ROUNDS = 400
TOLERANCE_SHARE = 1e-3
_FLOOR_RATIO = 0.1
"""SINR of −10 dB, the floor of the curve of 3GPP TR 36.942: a link below it takes as much air as one on it."""


@dataclass(frozen=True, eq=False)
class Links:
    """Who asks whom for how much, and what is in the way; arrays of shape ``(n_links,)`` unless said otherwise.

    Parameters
    ----------
    pool
        Pool of carriers that serves the link (`planner.service.load`), 0 to ``n_pools − 1``.
    asked_mbps
        Demand, 0 or more.
    signal_mw, noise_mw
        Of one resource element, positive.
    attenuation_share, cap_bps_per_hz
        Throughput curve of the link's technology.
    power_mw
        ``(n_links, n_pools)``: what the link hears of each pool on its carrier as if always sending.
    full_mbps
        ``(n_pools,)``: rate of all carriers of a pool at 1 b/s/Hz, positive.
    backhaul_share
        ``(n_pools,)``: share of its demand that the backhaul of its station lets through, above 0 to 1.
    """

    pool: Ints
    asked_mbps: Floats
    signal_mw: Floats
    noise_mw: Floats
    attenuation_share: Floats
    cap_bps_per_hz: Floats
    power_mw: csr_matrix
    full_mbps: Floats
    backhaul_share: Floats

    def needed_share(self, load_share: Floats) -> Floats:
        """Share of the time each pool would have to send when the others send for ``load_share``; may be above 1."""
        ratio = self.signal_mw / (self.power_mw @ load_share + self.noise_mw)
        rate = np.minimum(self.attenuation_share * np.log2(1.0 + np.maximum(ratio, _FLOOR_RATIO)), self.cap_bps_per_hz)
        air = np.bincount(self.pool, weights=self.asked_mbps / rate, minlength=self.full_mbps.size)
        return np.asarray(air / self.full_mbps * self.backhaul_share, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Coupled:
    """Loads that agree with each other.

    Parameters
    ----------
    load_share
        ``(n_pools,)``, 0 to 1: the upper end of what is proven, so that no interference is left out.
    gap_share
        The fixed point of no pool lies farther below.
    n_rounds
        Rounds until then.
    is_converged
        The gap is at most the tolerance.
    """

    load_share: Floats
    gap_share: float
    n_rounds: int
    is_converged: bool


def coupled_load(links: Links, *, tolerance_share: float = TOLERANCE_SHARE, max_rounds: int = MAX_ROUNDS) -> Coupled:
    """Share of the time each pool sends, each as long as the demand it carries needs at the interference of all.

    Parameters
    ----------
    links
        Demand, signal and interference.
    tolerance_share
        Width of the interval at which the search stops, above 0.
    max_rounds
        Most rounds; at least 1.

    Notes
    -----
    The loads are the fixed point of ``ρ = min(1, T(ρ))``, ``T_p = b_p·Σ_l D_l / (C_p·e_l(ρ))`` over the links of pool p,
    with ``e = min(cap, a·log2(1 + S/(Σ ρ_q P_lq + N)))``, never below its value at −10 dB. A pool that is asked for
    more than it can carry sends all the time; a thin backhaul (``b_p``, the share of its station's demand that fits)
    leaves it idle meanwhile. T is a standard interference function (it grows with ρ, and less than ρ does, because of
    the noise), so there is exactly one fixed point. Rounds from "all send always" fall towards it, those from "nobody
    sends" rise: both are run, and the interval between them holds it without damping.
    """
    above, below = np.ones(links.full_mbps.size), np.zeros(links.full_mbps.size)
    gap, n = 1.0, 0
    while n < max_rounds and gap > tolerance_share:
        n += 1
        above, below = (np.minimum(1.0, links.needed_share(end)) for end in (above, below))
        gap = float((above - below).max(initial=0.0))
    return Coupled(above, gap, n, gap <= tolerance_share)

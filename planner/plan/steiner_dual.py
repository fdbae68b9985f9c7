"""What any network can win at most: prices of money and of beams, and cuts packed into the prices of arcs.

With a rate λ (prize per unit of money) and prices ρ of the beams, of all plans within budget B and room K::

    Σ prize won ≤ λ B + Σ ρ K + Σ_v max(p_v − λ f_v − λ κ_v, p_v − λ s_v − ρ q_v, 0)

for the shares κ of any packing of cuts between the root and the nodes: whoever is on the network pays at least the
cuts charged to it, since a cut that holds it must be crossed. A node that must be served has no 0 to fall back on.
Without a budget λ = 1 and B = 0, and the bound is one on prizes less costs.

References
----------
Wong, A dual ascent approach for Steiner tree problems on a directed graph, Mathematical Programming 28, 1984,
doi:10.1007/BF02612335. Leitner, Ljubić, Luipersbeck, Sinnl, A dual ascent-based branch-and-bound framework for the
prize-collecting Steiner tree and related problems, INFORMS Journal on Computing 30, 2018, doi:10.1287/ijoc.2017.0788.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.plan._steiner_kernel import pack_cuts
from planner.plan._tree_kernel import cheapest_tree
from planner.plan.connect_net import Net

__all__ = ["ROUNDING", "Ascent", "Prices", "ascend", "known", "worths"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
ROUNDING = 1e-9
"""Allowance for sums in double precision, relative to the sum of the absolute terms."""
_STEP = 1.0
"""Of turns of the packing, in mean prices of arcs."""


@dataclass(frozen=True, eq=False)
class Prices:
    """Prize per unit of money, and per Mbps of each beam; at least 0."""

    rate: float
    beams: Floats


@dataclass(frozen=True, eq=False)
class Ascent:
    """A packing and what it proves.

    Parameters
    ----------
    prices
        It was made at.
    bound
        No plan wins more (without a budget: prizes less costs).
    left
        Price of each arc that is not packed, passing costs of the node entered among it.
    gain
        By node: what being on the network is worth beside the best other way, in money; inf where there is none.
    off
        By node: what is won off the network at these prices (−inf: it must be served and has no satellite).
    kappa
        Share of each node.
    """

    prices: Prices
    bound: float
    left: Floats
    gain: Floats
    off: Floats
    kappa: Floats


def worths(net: Net, prices: Prices) -> tuple[Floats, Floats]:
    """What each node gains by being on the network (in money), and what it wins off it."""
    on = net.prize - prices.rate * net.node_cost
    with np.errstate(invalid="ignore"):
        sat = net.prize - prices.rate * net.sat_cost
    off = sat - net.takes.T @ prices.beams if len(net.room) else sat
    off = np.where(net.is_on, -np.inf, np.where(net.is_required, off, np.maximum(off, 0.0)))
    gain = (on - off) / prices.rate
    gain[0], off[0] = 0.0, 0.0
    return gain, off


def known(net: Net, ascent: Ascent, target: float) -> tuple[Flags, Flags, Flags]:
    """What holds for every plan that wins at least ``target``, by the prices that are left (reduced costs).

    The bound goes down by what is not packed on every arc bought, and by what a node does not win.

    Returns
    -------
    Nodes off the network, without satellite, and on the network.
    """
    rate = ascent.prices.rate
    spare = ascent.bound - target
    far = cheapest_tree(net.leave_ptr, net.head[net.leave], net.leave, ascent.left, ~net.is_root, 0, 1.0)[0]
    off = (rate * far > spare) & ~net.is_root
    on = (rate * (np.maximum(ascent.gain, 0.0) - ascent.kappa) > spare) & ~net.is_root
    has_other = np.isfinite(ascent.off)
    best = np.where(has_other, ascent.off, 0.0) + rate * (
        np.where(has_other, np.maximum(ascent.gain, 0.0), 0.0) - ascent.kappa
    )
    sat = net.prize - rate * np.where(np.isfinite(net.sat_cost), net.sat_cost, 0.0) - net.takes.T @ ascent.prices.beams
    no_satellite = np.isfinite(net.sat_cost) & (net.is_on | (best - sat > spare))
    return off, no_satellite, on


def ascend(net: Net, prices: Prices, *, flex: Floats | None = None, step: float = _STEP) -> Ascent:
    """Pack cuts at given prices.

    Parameters
    ----------
    net
        The network.
    prices
        Of money (above 0) and beams.
    flex
        By node: who goes later (see `planner.plan._steiner_kernel.pack_cuts`).
    step
        Of turns, in mean prices of arcs.
    """
    gain, off = worths(net, prices)
    cap, extra = np.maximum(gain, 0.0), np.maximum(-gain, 0.0)
    left = net.cost + extra[net.head]
    kappa, _ = pack_cuts(
        net.enter, net.tail, left, cap.copy(), 0, step, np.zeros(net.n_nodes) if flex is None else flex
    )
    has_other = np.isfinite(off)
    on = net.prize - prices.rate * net.node_cost
    with np.errstate(invalid="ignore"):
        rest = np.where(has_other, off + prices.rate * (cap - kappa), on - prices.rate * kappa)
    parts = np.r_[prices.rate * (net.budget or 0.0), prices.beams * net.room, rest]
    bound = math.fsum(parts) + ROUNDING * (math.fsum(np.abs(parts)) + prices.rate * math.fsum(kappa))
    return Ascent(prices=prices, bound=bound, left=left, gain=gain, off=off, kappa=kappa)

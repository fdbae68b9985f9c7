"""Capacity of proposed sites: planned with a fixed rise of noise by interference, checked with all of them on.

While a plan is sought nobody knows which of its neighbours will be built, so every site is planned as if interference
lifted its noise by ``planned_interference_db``; afterwards the SINR is reckoned with the plan's sites and the existing
carriers on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.radio.capacity import harmonic_mean, link_efficiency, sinr_db
from planner.radio.covers import Covers
from planner.radio.ranges import Floats
from planner.specs.radio import RadioSpec

__all__ = ["SinrCheck", "check_sites", "planned_mbps"]

Texts = NDArray[np.str_]


def _planned_efficiency(level_dbm: Floats, technology: Texts, radio: RadioSpec) -> Floats:
    """b/s/Hz with noise lifted by the planned interference."""
    alone = sinr_db(level_dbm, np.nan, technology, spec=radio)
    return link_efficiency(alone - radio.planned_interference_db, technology, spec=radio)


def planned_mbps(mean_mbps: Floats, covers: Covers, demand_mbps: Floats, technology: Texts, radio: RadioSpec) -> Floats:
    """Radio capacity of options over the cells they would reach, Mbps.

    Parameters
    ----------
    mean_mbps
        `cell_capacity_mbps` at the radio model's mean SINR, by option.
    covers
        Cells that each option reaches, and its level there.
    demand_mbps
        Of the cells.
    technology
        By option.
    radio
        Radio model; with ``interference = "fixed"`` the mean stays, as it does for options that reach nobody.

    Notes
    -----
    Noise lifted by ``planned_interference_db`` limits a cell whose users hear it weakly. Near the site the signal would
    promise the curve's cap, which no cell of a network reaches (checked on one island of the sample, a third was missing),
    so the mean SINR is the most that is planned with.
    """
    n = len(mean_mbps)
    if radio.interference == "fixed" or not len(covers.indices):
        return np.asarray(mean_mbps, dtype=np.float64)
    option = np.repeat(np.arange(n), np.diff(covers.indptr))
    efficiency = _planned_efficiency(covers.rsrp_dbm.astype(np.float64), technology[option], radio)
    carries = efficiency > 0.0
    mean = harmonic_mean(option[carries], demand_mbps[covers.indices[carries]], efficiency[carries], n)
    ratio = mean / _mean_efficiency(technology, radio)
    return np.asarray(mean_mbps * np.where(np.isnan(ratio), 1.0, np.minimum(ratio, 1.0)), dtype=np.float64)


def _mean_efficiency(technology: Texts, radio: RadioSpec) -> Floats:
    found = np.ones(technology.size)
    for name, c in radio.capacity.items():
        found[technology == name] = link_efficiency(c.mean_sinr_db, name, spec=radio)
    return found


@dataclass(frozen=True, eq=False)
class SinrCheck:
    """What interference leaves of proposed sites; arrays of shape ``(n_sites,)``, NaN for sites that serve nobody best.

    Parameters
    ----------
    n_cells
        Cells where the site is the strongest of the plan.
    sinr_db
        Median over them.
    checked_bps_per_hz
        Demand-weighted harmonic mean with the plan's other sites and the existing carrier on.
    lost_share
        Share of their demand where nothing is left (SINR below the floor of the curve).
    """

    n_cells: NDArray[np.int64]
    sinr_db: Floats
    checked_bps_per_hz: Floats
    lost_share: Floats


def check_sites(
    covers: Covers,
    limit_dbm: Floats,
    carrier: Texts,
    technology: Texts,
    *,
    demand_mbps: Floats,
    existing_dbm: dict[str, Floats],
    radio: RadioSpec,
) -> SinrCheck:
    """SINR of a plan's sites where they serve.

    Parameters
    ----------
    covers
        Levels of each site at the demand cells, down to where they no longer count as interference.
    limit_dbm
        Level of each site that counts as signal.
    carrier
        Name of each site's carrier; sites of one name interfere.
    technology
        By site.
    demand_mbps
        Of the cells.
    existing_dbm
        Carrier → power of the existing cells on it at the demand cells, dBm (NaN: none).
    radio
        Load, noise and throughput curve.
    """
    n = len(limit_dbm)
    site = np.repeat(np.arange(n), np.diff(covers.indptr))
    cell, level = covers.indices.astype(np.int64), covers.rsrp_dbm.astype(np.float64)
    order = np.lexsort((site, -level, cell))
    first = order[np.unique(cell[order], return_index=True)[1]]
    best = first[level[first] >= limit_dbm[site[first]]]
    power, other = 10.0 ** (level / 10.0), np.zeros(best.size)
    for name in np.unique(carrier):
        mine = carrier[site] == name
        total = np.bincount(cell[mine], weights=power[mine], minlength=demand_mbps.size)
        at = np.flatnonzero(carrier[site[best]] == name)
        left = total[cell[best[at]]] - power[best[at]]
        left = np.where(left > 1e-9 * power[best[at]], left, 0.0)
        known = existing_dbm.get(str(name), np.full(demand_mbps.size, np.nan))[cell[best[at]]]
        other[at] = left + np.nan_to_num(10.0 ** (known / 10.0), nan=0.0)
    with np.errstate(divide="ignore"):
        ratio = sinr_db(level[best], np.where(other > 0.0, 10.0 * np.log10(other), np.nan), technology[site[best]], spec=radio)  # fmt: skip
    checked = link_efficiency(ratio, technology[site[best]], spec=radio)
    owner, weight = site[best], demand_mbps[cell[best]]
    left_over = checked > 0.0
    count = np.bincount(owner, minlength=n)
    asked = np.bincount(owner, weights=weight, minlength=n)
    lost = np.bincount(owner[~left_over], weights=weight[~left_over], minlength=n)
    median = np.full(n, np.nan)
    for i in np.flatnonzero(count):  # a median a site has no ufunc
        median[i] = np.median(ratio[owner == i])
    with np.errstate(invalid="ignore"):
        share = np.where(asked > 0.0, lost / asked, np.where(count > 0, 0.0, np.nan))
    return SinrCheck(
        count.astype(np.int64), median,
        harmonic_mean(owner[left_over], weight[left_over], checked[left_over], n), share,
    )  # fmt: skip

"""Capacity of proposed sites: their SINR at every demand cell, with the existing carriers and with each other on.

Before a plan is known, the existing network's interference is (`alone_efficiency`, `planned_mbps`). Which proposed sites
are on together is decided by the plan; whoever shares the cells out among them asks `Air.efficiency` for the rates
that are left then, and `check_sites` reckons the finished plan anew.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.radio.capacity import cell_capacity_mbps, harmonic_mean, link_efficiency, sinr_db
from planner.radio.covers import Covers
from planner.radio.ranges import Floats
from planner.specs.radio import RadioSpec

__all__ = ["Air", "SinrCheck", "alone_efficiency", "check_sites", "full_mbps", "planned_mbps"]

Ints = NDArray[np.int64]
Texts = NDArray[np.str_]
_ROUNDING_SHARE = 1e-9
"""Power of the others below this share of a site's own is what its own leaves in the rounding of the sum."""


@dataclass(frozen=True, eq=False)
class Air:
    """What proposed stations send to demand cells, and what else is on their carriers.

    Parameters
    ----------
    heard
        Levels of each station at the demand cells, as service and as interference, down to where they no longer count
        as interference.
    existing_dbm
        Entry by entry of ``heard``: power of the existing cells on the station's carrier there, as if always sending;
        NaN where there is none.
    carrier
        Number of each station's carrier; stations of one number interfere with each other.
    technology, n_sectors
        Of each station.
    full_mbps
        What each station carries at 1 b/s/Hz (`full_mbps`).
    asked_mbps
        By cell: busy-hour demand that is not served today.
    radio
        Load, noise and throughput curve.
    """

    heard: Covers
    existing_dbm: NDArray[np.float32]
    carrier: Ints
    technology: Texts
    n_sectors: Ints
    full_mbps: Floats
    asked_mbps: Floats
    radio: RadioSpec

    def efficiency(self, rows: Ints) -> tuple[Ints, Ints, Floats]:
        """Rates that are left with the stations of ``rows`` and the existing cells on, and no other.

        Parameters
        ----------
        rows
            Stations, each once.

        Returns
        -------
        site, cell, efficiency
            One entry for each station and cell it is heard at: position in ``rows``, cell, b/s/Hz (0: nothing is left).
        """
        start = self.heard.indptr[rows]
        width = self.heard.indptr[np.asarray(rows) + 1] - start
        site = np.repeat(np.arange(len(rows)), width)
        at = np.arange(int(width.sum())) - np.repeat(np.cumsum(width) - width, width) + np.repeat(start, width)
        cell = self.heard.indices[at].astype(np.int64)
        carrier = self.carrier[rows][site]
        other = _others_mw(self.heard.disturbing_dbm[at].astype(np.float64), carrier, cell, self.asked_mbps.size)
        return site, cell, self._rate(rows[site], at, other)

    def alone(self) -> Floats:
        """Rates that are left with the existing cells on and one planned station at a time: by entry of ``heard``, b/s/Hz."""
        row = np.repeat(np.arange(len(self.carrier)), np.diff(self.heard.indptr))
        return self._rate(row, np.arange(len(row)), np.zeros(len(row)))

    def _rate(self, row: Ints, at: Ints, other_mw: Floats) -> Floats:
        """Rate of stations at entries of ``heard``, with so much power of other planned stations there."""
        other = other_mw + np.nan_to_num(10.0 ** (self.existing_dbm[at].astype(np.float64) / 10.0), nan=0.0)
        level, kind = self.heard.rsrp_dbm[at].astype(np.float64), self.technology[row]
        ratio = sinr_db(level, _dbm(other), kind, spec=self.radio, n_sectors=self.n_sectors[row])
        return link_efficiency(ratio, kind, spec=self.radio)


def _others_mw(level_dbm: Floats, carrier: Ints, cell: Ints, n_cells: int) -> Floats:
    """Power of the other stations on each entry's carrier at its cell, mW."""
    power = 10.0 ** (level_dbm / 10.0)
    key = carrier * n_cells + cell
    known, which = np.unique(key, return_inverse=True)
    other = np.bincount(which, weights=power, minlength=known.size)[which] - power
    return np.where(other > _ROUNDING_SHARE * power, other, 0.0)


def _dbm(power_mw: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(np.where(power_mw > 0.0, 10.0 * np.log10(power_mw), np.nan))


def full_mbps(bandwidth_mhz: Floats, n_sectors: Ints, technology: Texts, radio: RadioSpec) -> Floats:
    """Rate of stations at 1 b/s/Hz, Mbps: spectrum, sectors, overhead and streams, without the air between."""
    ones = np.ones(len(technology))
    found = cell_capacity_mbps(bandwidth_mhz, n_sectors, technology, spec=radio, efficiency_bps_per_hz=ones)
    return np.asarray(found, dtype=np.float64)


def alone_efficiency(air: Air) -> Floats:
    """Rate of every entry of ``air.heard`` with the existing network on and no other proposed site, b/s/Hz."""
    option = np.repeat(np.arange(len(air.carrier)), np.diff(air.heard.indptr))
    kind = air.technology[option]
    ratio = sinr_db(air.heard.rsrp_dbm, air.existing_dbm, kind, spec=air.radio, n_sectors=air.n_sectors[option])
    return link_efficiency(ratio, kind, spec=air.radio)


def planned_mbps(mean_mbps: Floats, air: Air, efficiency: Floats, is_served: NDArray[np.bool_]) -> Floats:
    """The most that each station is planned to carry, Mbps.

    Parameters
    ----------
    mean_mbps
        Capacity at the radio model's mean SINR (`cell_capacity_mbps`), by station: no plan promises more, whatever
        the signal near the mast would allow.
    air
        Levels and spectrum.
    efficiency
        `alone_efficiency`.
    is_served
        By entry: the cell is one the station could serve.

    Returns
    -------
    array
        What it carries of the demand it reaches when it takes the cells with the best rates first, until its spectrum
        is full: proposed sites around it only lower the rates, so no plan can have it carry more. Stations that reach no demand
        keep the mean.
    """
    option = np.repeat(np.arange(len(mean_mbps)), np.diff(air.heard.indptr))
    use = is_served & (efficiency > 0.0) & (air.asked_mbps[air.heard.indices] > 0.0)
    option, rate = option[use], efficiency[use]
    asked = air.asked_mbps[air.heard.indices[use]]
    order = np.lexsort((-rate, option))
    option, rate, asked = option[order], rate[order], asked[order]
    share = asked / rate / air.full_mbps[option]  # of the station's spectrum
    before = np.cumsum(share) - share
    first = np.searchsorted(option, np.arange(len(mean_mbps)))
    before -= np.append(before, 0.0)[first][option]
    taken = np.clip((1.0 - before) / share, 0.0, 1.0)
    carried = np.bincount(option, weights=taken * asked, minlength=len(mean_mbps))
    filled = np.bincount(option, weights=taken * share, minlength=len(mean_mbps))
    room = np.divide(carried, filled, out=np.full(len(mean_mbps), np.inf), where=filled > 0.0)
    return np.asarray(np.minimum(mean_mbps, room), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class SinrCheck:
    """What interference leaves of a plan's sites where they serve; arrays of shape ``(n_sites,)``.

    Parameters
    ----------
    n_cells
        Cells the site serves.
    sinr_db
        Median over them; NaN for a site that serves none.
    checked_bps_per_hz
        Harmonic mean of the rates, weighted by what is served there; NaN where nothing is.
    lost_share
        Share of what it serves where nothing is left (SINR below the floor of the curve).
    """

    n_cells: Ints
    sinr_db: Floats
    checked_bps_per_hz: Floats
    lost_share: Floats


def check_sites(
    heard: Covers,
    carrier: Texts,
    technology: Texts,
    n_sectors: Ints,
    *,
    served: tuple[Ints, Ints, Floats],
    existing_dbm: dict[str, Floats],
    entry_db: Floats,
    radio: RadioSpec,
) -> SinrCheck:
    """SINR of a plan's sites at the cells they serve, with all of them and the existing carriers on.

    Parameters
    ----------
    heard
        Levels of each site at the demand cells, down to where they no longer count as interference.
    carrier
        Name of each site's carrier; sites of one name interfere.
    technology, n_sectors
        By site.
    served
        Site, cell and Mbps of everything the plan serves.
    existing_dbm
        Carrier → power of the existing cells on it at the demand cells, dBm (NaN: none).
    entry_db
        By site: what a wall takes of signal and interference alike, 0 outdoors.
    radio
        Load, noise and throughput curve.
    """
    n = len(technology)
    owner, cell, mbps = served
    level, other = np.full(owner.size, np.nan), np.zeros(owner.size)
    for name in np.unique(carrier):
        mine = np.flatnonzero(carrier == name)
        known = existing_dbm.get(str(name))
        for i in mine:
            at = np.flatnonzero(owner == i)
            if not at.size:
                continue
            if known is not None:
                other[at] += np.nan_to_num(10.0 ** (known[cell[at]] / 10.0), nan=0.0)
            for j in mine:
                cells, levels = heard.of(int(j))
                place = np.minimum(np.searchsorted(cells, cell[at]), max(len(cells) - 1, 0))
                is_heard = cells[place] == cell[at] if len(cells) else np.zeros(at.size, dtype=bool)
                if j == i:
                    level[at[is_heard]] = levels[place[is_heard]]
                else:
                    loud = heard.disturbing_dbm[heard.indptr[j] + place[is_heard]].astype(np.float64)
                    other[at[is_heard]] += 10.0 ** (loud / 10.0)
    wall = entry_db[owner]
    ratio = sinr_db(level - wall, _dbm(other) - wall, technology[owner], spec=radio, n_sectors=n_sectors[owner])
    rate = np.where(np.isnan(level), 0.0, link_efficiency(ratio, technology[owner], spec=radio))
    left = rate > 0.0
    asked = np.bincount(owner, weights=mbps, minlength=n)
    lost = np.bincount(owner[~left], weights=mbps[~left], minlength=n)
    median = np.full(n, np.nan)
    for i in np.unique(owner):  # a median a site has no ufunc
        median[i] = np.median(ratio[owner == i])
    return SinrCheck(
        np.bincount(owner, minlength=n).astype(np.int64), median,
        harmonic_mean(owner[left], mbps[left], rate[left], n),
        np.divide(lost, asked, out=np.zeros(n), where=asked > 0.0),
    )  # fmt: skip

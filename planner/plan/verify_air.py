"""The checker's word on the air: do a plan's sites carry their users at the rates that interference leaves?

Like the rest of the checker it shares no code with the selection: levels are looked up one by one, and powers summed.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from planner.plan.types import Problem
from planner.units import THERMAL_NOISE_DBM_PER_HZ

__all__ = ["air_faults"]

_SLACK = 1e-6
_FLOOR_DB = -10.0 - 1e-9


def air_faults(problem: Problem, option_of: Mapping[str, int], served: Iterable[tuple[int, str, float]]) -> list[str]:
    """Sites whose users take more than their spectrum.

    Parameters
    ----------
    problem
        With its air; without one there is nothing to say.
    option_of
        Sites that are on → row of their option.
    served
        Cell, site and share of the cell's whole demand.
    """
    air = problem.air
    if air is None:
        return []
    users = list(served)
    ids = problem.cells["cell_id"].to_numpy()
    there = np.flatnonzero(np.isin(ids, [int(cell_id) for cell_id, _, _ in users]))
    row_of = dict(zip(ids[there].tolist(), there.tolist(), strict=True))
    demand = problem.cells["demand_mbps"].to_numpy(dtype=float)
    asked: dict[int, list[tuple[str, float]]] = defaultdict(list)
    for cell_id, name, share in users:
        asked[row_of[int(cell_id)]].append((name, share * float(demand[row_of[int(cell_id)]])))
    heard: dict[int, dict[str, tuple[float, ...]]] = defaultdict(dict)
    wanted = np.zeros(len(demand), dtype=bool)
    wanted[list(asked)] = True
    for name, row in option_of.items():
        part = slice(int(air.heard.indptr[row]), int(air.heard.indptr[row + 1]))
        cells = air.heard.indices[part]
        at = np.flatnonzero(wanted[cells])
        levels = (air.heard.rsrp_dbm, air.heard.disturbing_dbm, air.existing_dbm)
        for cell, *held in zip(cells[at].tolist(), *(level[part][at].tolist() for level in levels), strict=True):
            heard[cell][name] = tuple(held)
    used: dict[str, float] = defaultdict(float)
    for cell, sites in sorted(asked.items()):
        for name, mbps in sites:
            rate = _rate(problem, option_of, heard[cell], name)
            used[name] += mbps / (rate * float(air.full_mbps[option_of[name]])) if rate > 0.0 else math.inf
    return [
        f"site {name} needs {share:.6f} of its spectrum for whom it serves with all sites on"
        for name, share in sorted(used.items())
        if share > 1.0 + _SLACK
    ]


def _rate(problem: Problem, option_of: Mapping[str, int], heard: Mapping[str, tuple[float, ...]], name: str) -> float:
    """Rate of a site at a cell, b/s/Hz (attenuated Shannon of TR 36.942), from powers in mW."""
    air = problem.air
    if air is None or name not in heard:
        return 0.0
    radio, row = air.radio, option_of[name]
    level, _, existing = heard[name]
    signal = 10.0 ** (level / 10.0)
    other = 0.0 if math.isnan(existing) else 10.0 ** (existing / 10.0)
    for neighbour, (_, power, _) in heard.items():
        if neighbour != name and air.carrier[option_of[neighbour]] == air.carrier[row]:
            other += 10.0 ** (power / 10.0)
    other += (float(air.n_sectors[row]) - 1.0) * signal * 10.0 ** (-radio.front_back_db / 10.0)
    kind = str(air.technology[row])
    width_hz = 30e3 if kind == "5G" else 15e3
    noise = 10.0 ** ((THERMAL_NOISE_DBM_PER_HZ + 10.0 * math.log10(width_hz) + radio.noise_figure_db) / 10.0)
    ratio = signal / (radio.load_share * other + noise)
    if 10.0 * math.log10(ratio) < _FLOOR_DB:
        return 0.0
    curve = radio.capacity[kind]  # type: ignore[index]  # 4G or 5G
    return min(curve.attenuation_share * math.log2(1.0 + ratio), curve.cap_bps_per_hz)

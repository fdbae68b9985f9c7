"""What the selection takes and gives: `Problem` in, `Plan` with its `Certificate` out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    from planner.radio.planned import Air

__all__ = ["OBJECTIVES", "Certificate", "Plan", "Problem"]

OBJECTIVES = ("umkm", "people", "desa", "facilities", "score", "blank_spot")
"""What a plan can maximise; `weights.objective_weight` gives each one's weight per cell."""


@dataclass(frozen=True, eq=False)
class Problem:
    """Everything a selection depends on, before money and the planner's word.

    Parameters
    ----------
    cells
        Demand cells (`schema.TABLES["cells"]`).
    service
        Service of the cells today, row by row the same cells (`schema.TABLES["service"]`).
    candidates
        Places (`schema.TABLES["candidates"]`); those with ``excluded_because`` are never built.
    options
        What could be built there (`schema.TABLES["options"]`).
    indptr, indices
        Cells each option reaches, in CSR form: option ``k`` reaches the rows
        ``indices[indptr[k]:indptr[k + 1]]`` of ``cells``.
    graph
        Places, relays, roots and satellite beams with the links that could be bought
        (`planner.backhaul.graph`); a place's node is its ``candidate_id``.
    weight
        Weight of a cell in the objective, at least 0. Only what is not served today counts.
    objective
        Name of the weight, one of `OBJECTIVES`.
    air
        Signal and interference of the options at the cells, row by row those of ``options``: a site's users then also
        share its spectrum with every site of the plan on. None: its ``radio_mbps`` alone bounds it.
    """

    cells: pd.DataFrame
    service: pd.DataFrame
    candidates: pd.DataFrame
    options: pd.DataFrame
    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    graph: nx.Graph[str]
    weight: NDArray[np.float64]
    objective: str = "umkm"
    air: Air | None = None


@dataclass(frozen=True)
class Certificate:
    """How good the plan is, and what says so.

    Parameters
    ----------
    objective
        What was maximised.
    value
        Newly served weight of the plan.
    bound
        No plan within the same rules serves more than this.
    gap_share
        (bound − value) / bound, over the value's size where no plan is worth more than 0 (floors with a price), 0 when both
        are 0; (value − bound) / value where the cost is minimised.
    proved_by
        Name of the step whose bound is reported.
    steps
        What was done, in order, with the figures each step reached.
    seed
        Seed of everything that draws lots.
    work_limits
        Limits in units of work (nodes, rounds, iterations), the same on every machine.
    status
        ``optimal``, ``gap_reached``, ``work_limit``, ``time_limit`` (the clock ended it: another run
        may differ), ``stopped`` (the user did) or ``empty``.
    sense
        ``max`` (newly served weight) or ``min``: value is then what the plan costs in IDR for a goal, and no plan that
        reaches the goal costs less than the bound.
    rounding_share
        Allowance for float64 and solver tolerances, already added to the bound.
    sizes
        Cells, groups, places, options, edges as solved.
    """

    objective: str
    value: float
    bound: float
    gap_share: float
    proved_by: str
    steps: tuple[str, ...]
    seed: int
    work_limits: Mapping[str, float]
    status: str
    rounding_share: float = 0.0
    sizes: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    sense: str = "max"

    def to_json(self) -> dict[str, Any]:
        """Plain dict for the manifest."""
        return {
            "objective": self.objective,
            "value": self.value,
            "bound": self.bound,
            "gap_share": self.gap_share,
            "proved_by": self.proved_by,
            "steps": list(self.steps),
            "seed": self.seed,
            "work_limits": dict(self.work_limits),
            "status": self.status,
            "rounding_share": self.rounding_share,
            "sizes": dict(self.sizes),
            "sense": self.sense,
        }


@dataclass(frozen=True, eq=False)
class Plan:
    """A plan: what is built, how it is connected, whom it serves, and the proof.

    Parameters
    ----------
    sites
        `schema.TABLES["sites"]`, sorted by ``site_id``.
    links
        `schema.TABLES["links"]`: each link bought once, sorted by ``link_id``.
    relays
        Bare relay towers that microwave needs where no site stands: ``place_id, name, lon_deg, lat_deg,
        capex_idr, opex_idr_per_year, cost_idr, n_sites``.
    rejected
        Candidates that were not chosen: ``candidate_id, option_id`` (its best option),
        ``reason, gain, cost_idr, enters_at_idr`` and ``decision_id``.
    surveys
        `schema.TABLES["surveys"]`: areas about which nothing is known; filled by `planner.plan.surveys`.
    served
        ``cell_id, site_id, share``: share of the cell's whole demand that the site newly serves.
    totals
        Sums of the plan: sites, links, money in IDR, newly served UMKM, people, facilities, weight.
    certificate
        Value, bound, gap and how they were proved.
    money
        By source and year: ``funding_source, payer, year, ceiling_idr, carried_in_idr, kept_opex_idr, capex_idr,
        opex_idr, spent_idr, left_idr, n_sites``; empty for a plan under one ceiling.
    yearly
        By year: ``year, year_worth, n_sites, n_sites_on, n_umkm_on, people_on, facilities_on, weight_on``; empty for a
        plan under one ceiling.
    served_years
        ``year, cell_id, site_id, share`` of every year before the last, whose state is ``served``.
    equity
        Floors and shares of money: ``rule`` (floor, money_share, goal), ``area, least, reached, short, price``.
    curve
        The price of pemerataan (`planner.plan.pemerataan.price_of_equity`); empty unless asked for.
    """

    sites: pd.DataFrame
    links: pd.DataFrame
    relays: pd.DataFrame
    rejected: pd.DataFrame
    surveys: pd.DataFrame
    served: pd.DataFrame
    totals: Mapping[str, float]
    certificate: Certificate
    money: pd.DataFrame = field(default_factory=pd.DataFrame)
    yearly: pd.DataFrame = field(default_factory=pd.DataFrame)
    served_years: pd.DataFrame = field(default_factory=pd.DataFrame)
    equity: pd.DataFrame = field(default_factory=pd.DataFrame)
    curve: pd.DataFrame = field(default_factory=pd.DataFrame)

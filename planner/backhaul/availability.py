"""Availability end to end: what the hops of each site's way to the backbone leave of a year."""

from __future__ import annotations

import math
from collections.abc import Mapping

import networkx as nx
import pandas as pd

from planner.radio.hop_outage import chain_outage_percent
from planner.specs.backhaul import BackhaulSpec

__all__ = ["AVAILABILITY_COLUMNS", "accepted_percent", "availability"]

AVAILABILITY_COLUMNS = (
    "site_id", "n_links", "n_judged", "unavailable_percent", "accepted_percent", "is_over", "worst_link",
)  # fmt: skip
_ACCEPTED = ("path_unavailable_percent", "max_unavailable_percent")


def accepted_percent(specs: tuple[BackhaulSpec, ...]) -> dict[str, float]:
    """Accepted outage of a whole way by technology, percent; technologies without a limit are left out."""
    return {
        spec.name: min(float(spec.terms[name]) for name in _ACCEPTED if name in spec.terms)
        for spec in specs
        if any(name in spec.terms for name in _ACCEPTED)
    }


def availability(
    ways: Mapping[str, tuple[str, ...]], graph: nx.MultiGraph[str], *, accepted: Mapping[str, float]
) -> pd.DataFrame:
    """Outage of each site's way, with the link that breaks most.

    Parameters
    ----------
    ways
        By site: its links as ``from>to|technology``, from the site to the backbone.
    graph
        With ``unavailable_percent`` on its edges (`planner.backhaul.graph`).
    accepted
        Accepted outage of a way by technology (`accepted_percent`); the strictest of a way's technologies counts.

    Returns
    -------
    DataFrame
        `AVAILABILITY_COLUMNS`, one row a site in order. Links without a computed outage (fiber, existing backhaul)
        count as always there: ``n_judged`` says how many were judged.

    Notes
    -----
    ``100·(1 − Π(1 − p/100))`` over the links (`planner.radio.hop_outage.chain_outage_percent`).
    """
    rows = []
    for site in sorted(ways):
        found: list[tuple[float, str]] = []
        limits: list[float] = []
        for link in ways[site]:
            ends, _, key = link.rpartition("|")
            a, _, b = ends.partition(">")
            data = graph.edges[a, b, key]
            percent = float(data.get("unavailable_percent", float("nan")))
            if not math.isnan(percent):
                found.append((percent, link))
            limits.extend(accepted[name] for name in (str(data["technology"]),) if name in accepted)
        total = chain_outage_percent([percent for percent, _ in found])
        limit = min(limits, default=100.0)
        worst = max(found, default=(0.0, ""))[1]
        rows.append((site, len(ways[site]), len(found), total, limit, total > limit * (1.0 + 1e-9), worst))
    return pd.DataFrame(rows, columns=list(AVAILABILITY_COLUMNS))

"""From the tables of a plan back to a draft that can be changed."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from planner.plan.build import Draft, empty_draft, path_to, reach
from planner.plan.instance import Instance
from planner.plan.serve import share_out

__all__ = ["draft_of"]

Link = tuple[str, str, str]


def draft_of(instance: Instance, sites: pd.DataFrame, links: pd.DataFrame) -> Draft | None:
    """The draft with the sites and routes of a plan, shared out afresh.

    Parameters
    ----------
    instance
        Of the same problem; its ceiling may be another.
    sites, links
        Tables of the plan.

    Returns
    -------
    Draft
        None where the instance lacks a site or a link of it (a lower ceiling, another decision).
    """
    ends = {
        str(r["link_id"]): (str(r["from_id"]), str(r["to_id"]))
        for r in links[["link_id", "from_id", "to_id"]].to_dict("records")
    }
    number = {name: k for k, name in enumerate(instance.option_ids)}
    edge_of = {key: k for k, key in enumerate(instance.network.edge_key)}
    draft = empty_draft(instance)
    rows = sites[["option_id", "link_ids"]].to_dict("records")
    for row in rows:
        option = number.get(str(row["option_id"]), -1)
        if option >= 0:
            draft.has_site_tower[instance.option_place[option]] |= bool(instance.has_tower[option])
    for row in rows:
        option = number.get(str(row["option_id"]), -1)
        route = [(*ends[name], name.partition("|")[2]) for name in json.loads(str(row["link_ids"]))]
        if option < 0 or not _join(instance, draft, option, route, edge_of):
            return None
    nothing = (np.zeros(0, dtype=np.int64), np.zeros(0))
    draft.took.update(dict.fromkeys(draft.choice, nothing))  # sites that serve nobody new stay in the draft as well
    return share_out(instance, draft)


def _join(instance: Instance, draft: Draft, option: int, route: list[Link], edge_of: dict[Link, int]) -> bool:
    """Add one site by its own route; whether that could be done."""
    network = instance.network
    mine = np.flatnonzero(instance.choice_option == option)
    sats = [int(k) for k in mine if instance.choice_sat[k] >= 0 and network.sat_key[instance.choice_sat[k]] == route[0]]
    place = int(instance.option_place[option])
    if sats:
        link = int(instance.choice_sat[sats[0]])
        draft.choice[place] = sats[0]
        draft.beam_mbps[network.sat_beam[link]] -= network.sat_reserved_mbps[link]
        return True
    root = (route[-1][1], route[-1][1], "")
    edges = [edge_of.get(_key(link), -1) for link in route] + [edge_of.get(root, -1)]
    if min(edges) < 0:
        return False
    way = reach(instance, draft, open_arcs=np.isin(network.edge, [-1, *edges]), need_mbps=-np.inf)
    net = [int(k) for k in mine if instance.choice_node[k] >= 0 and np.isfinite(way.price[instance.choice_node[k]])]
    if not net:
        return False
    draft.choice[place] = net[0]
    draft.path[place] = path_to(way, int(instance.choice_node[net[0]]))
    draft.arc_uses[draft.path[place]] += 1
    return True


def _key(link: Link) -> Link:
    """Name of a link as the network knows it."""
    a, b, key = link
    return (min(a, b), max(a, b), key)

"""The network a plan may build: places, roots, relays and satellite beams, with every link that could be bought.

Nodes and their attributes
--------------------------
The graph is a `networkx.MultiGraph` (a pair of nodes may be joined by fiber *and* by microwave); the
key of an edge is its technology. Node names are texts.

=================  ==========================================================================================
node attribute     meaning
=================  ==========================================================================================
``kind``           ``place`` (a candidate; the name is its ``place_id``) · ``root`` (``root:<node_id>`` of a
                   fiber node or ``root:<bts_id>`` of a tower with known residual backhaul) · ``relay``
                   (``relay:<bts_id>``, an existing tower that only passes traffic on, or ``road:<n>``, a fork
                   of a fiber route) · ``satellite`` (``beam:<beam_id>``)
``ref_id``         row it stands for (place, fiber node, tower or beam); empty for a fork
``name``           words for people
``lon_deg`` …      position (``lat_deg`` too); NaN for a beam
``height_m``       antenna height that microwave links were judged with; NaN for beams, forks, roots whose
                   height is not known, and places without room for a dish
``capacity_mbps``  root: what may be taken from it, ``inf`` where its owner states none (then
                   ``is_capacity_known`` is False) · beam: capacity left after commitments · others ``inf``
``is_capacity_known``  whether ``capacity_mbps`` was stated
``pool``           beam: ``bts`` or ``public``; others empty
``tower_capex_idr``, ``tower_opex_idr_per_year``, ``tower_cost_idr``
                   place: what a bare relay tower there costs if traffic passes by microwave and no site is
                   built; 0 on all others. Fiber passes a place without a tower.
``evidence``       observed, estimate, schematic or synthetic
=================  ==========================================================================================

=======================  ====================================================================================
edge attribute           meaning
=======================  ====================================================================================
``technology``           key in ``models/backhaul``; ``existing`` = the tower's own backhaul (place–root, free)
``kind``                 ``fiber``, ``microwave``, ``satellite`` or ``existing``
``pool``                 satellite: pool of its beam; others empty
``length_km``            length of the route, never missing; 0 only where both ends stand at one position
``sea_km``               of it under the sea
``capacity_mbps``        busy-hour Mbps it can carry (satellite: the rate of one site)
``reserved_mbps``        satellite: what one site takes from its beam; others 0
``capex_idr``, ``opex_idr_per_year``, ``cost_idr``   construction, yearly cost, present value
``clearance_f1_share``   microwave: least clearance over first Fresnel radius; NaN for others
``margin_db``            microwave: clear-air fade margin; NaN for others
``multipath_percent``, ``rain_percent``, ``unavailable_percent``  share of an average year in which multipath, rain,
                         and all causes with equipment break the link; NaN where not judged (fiber)
``elevation_deg``        satellite: elevation of the satellite; NaN for others
``latency_ms``           satellite: delay to the gateway and back; NaN for others
``has_terrain``          microwave: judged over a terrain model (False: over the bulge of the earth alone)
``evidence``             weakest evidence among its ends, route and terrain
=======================  ====================================================================================

The graph's own attribute ``refused`` is the table of links that were looked at and do not hold
(`network.REFUSED_COLUMNS`), with the numbers that refuse them.

Rules for whoever buys links
----------------------------
- A beam is no transit node: a place reaches it by one star edge, and no path runs through it.
- A root is an end; its ``capacity_mbps`` bounds the busy-hour traffic it takes in. A node or tower with nothing left to
  give is no root.
- An option may start on an edge of its place when `link_allowed` says so (its ``backhaul_kinds`` and ``backhaul_pool``).
- The sum of ``reserved_mbps`` at a beam stays within the beam's ``capacity_mbps``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.backhaul import technology
from planner.backhaul.network import (
    EDGE_COLUMNS,
    NODE_COLUMNS,
    REFUSED_COLUMNS,
    Network,
    edge_table,
    node_table,
    weakest,
)
from planner.errors import InfeasibleError, LayerError
from planner.grid import Grid, Raster
from planner.registry import load
from planner.specs.backhaul import BackhaulSpec
from planner.specs.climate import ClimateSpec
from planner.specs.cost import CostSpec

if TYPE_CHECKING:
    from typing import Unpack

    import geopandas as gpd

__all__ = [
    "Layers",
    "assembled",
    "build_graph",
    "check_graph",
    "edge_frame",
    "link_allowed",
    "node_frame",
    "unreachable",
]

_PLACE_MONEY = ("tower_capex_idr", "tower_opex_idr_per_year")


class Layers(TypedDict, total=False):
    """Layers around the places; ``grid`` is needed, the others may be left out or empty."""

    grid: Grid
    land: NDArray[np.bool_] | None
    terrain: Raster | None
    fiber: gpd.GeoDataFrame | None
    fiber_nodes: pd.DataFrame | None
    roads: gpd.GeoDataFrame | None
    bts_roots: pd.DataFrame | None
    relays: pd.DataFrame | None
    satellite: pd.DataFrame | None
    gateways: pd.DataFrame | None
    climate: ClimateSpec | None


def build_graph(
    places: pd.DataFrame, *, specs: tuple[BackhaulSpec, ...], cost: CostSpec, **layers: Unpack[Layers]
) -> nx.MultiGraph[str]:
    """Every link that a plan over these places could buy.

    Parameters
    ----------
    places
        ``place_id, lon_deg, lat_deg, height_m``; optional ``name``, ``evidence``, ``ref_id`` (a place on
        the tower of that ``bts_id`` may use its backhaul) and the bare tower's ``tower_capex_idr``,
        ``tower_opex_idr_per_year``.
    specs
        Backhaul technologies allowed.
    cost
        Money.
    **layers
        `Layers`: fiber nodes and towers with residual backhaul (`roots.tower_roots`) become roots, other
        towers (`roots.tower_relays`) pass microwave on.

    Returns
    -------
    networkx.MultiGraph
        With the attributes declared in `planner.backhaul.graph`; nodes and edges are added in the order
        of their names, so that row order of the layers changes nothing.

    Raises
    ------
    LayerError
        Places without position or named twice; fiber nodes and towers of one identifier.
    """
    grid = layers["grid"]
    nodes = _nodes(_checked(places), layers, cost)
    satellite = layers.get("satellite")
    gateways = layers.get("gateways")
    network = Network(
        nodes=nodes,
        grid=grid,
        land=layers.get("land"),
        terrain=layers.get("terrain"),
        roads=layers.get("roads"),
        satellite=pd.DataFrame() if satellite is None else satellite,
        gateways=pd.DataFrame() if gateways is None else gateways,
        climate=layers.get("climate"),
    )
    found = [
        load(technology, spec.kind).links(network, spec, cost) for spec in sorted(specs, key=lambda spec: spec.name)
    ]
    edges = [_own_backhaul(nodes, layers.get("bts_roots")), *(item.edges for item in found)]
    extra = [item.nodes for item in found if len(item.nodes)]
    graph = assembled(_joined([nodes, *extra], NODE_COLUMNS), _joined(edges, EDGE_COLUMNS))
    refused = _joined([item.refused for item in found], REFUSED_COLUMNS)
    graph.graph["refused"] = refused.sort_values(["from_id", "to_id", "technology"], kind="stable", ignore_index=True)
    return graph


def _joined(tables: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    full = [table for table in tables if len(table)]
    return pd.concat(full, ignore_index=True) if full else pd.DataFrame(columns=list(columns))


def _checked(places: pd.DataFrame) -> pd.DataFrame:
    faults = []
    position = places[["lon_deg", "lat_deg"]].to_numpy(float)
    if not np.isfinite(position).all():
        lost = places.loc[~np.isfinite(position).all(axis=1), "place_id"].astype(str)
        faults.append(f"{len(lost)} places have no position ({', '.join(sorted(lost)[:5])})")
    twice = places.loc[places["place_id"].duplicated(), "place_id"].astype(str)
    if len(twice):
        faults.append(f"places are named twice ({', '.join(sorted(twice)[:5])})")
    if faults:
        message = "places cannot be connected: " + "; ".join(faults)
        raise LayerError(message, code="backhaul_places", problems="; ".join(faults))
    return places.sort_values("place_id", kind="stable").reset_index(drop=True)


def _nodes(places: pd.DataFrame, layers: Layers, cost: CostSpec) -> pd.DataFrame:
    """Places, roots and relays as one table in order of their names."""
    money = {name: places[name].to_numpy(float) if name in places else np.zeros(len(places)) for name in _PLACE_MONEY}
    tables = [
        node_table(
            {
                "node_id": places["place_id"].astype(str),
                "kind": "place",
                "ref_id": places["ref_id"].astype(str) if "ref_id" in places else "",
                "name": places["name"].astype(str) if "name" in places else "",
                "lon_deg": places["lon_deg"].astype(float),
                "lat_deg": places["lat_deg"].astype(float),
                "height_m": places["height_m"].astype(float),
                **money,
                "tower_cost_idr": cost.present_value_idr(*(money[name] for name in _PLACE_MONEY)),
                "evidence": places["evidence"].astype(str) if "evidence" in places else "observed",
            }
        )
    ]
    pops, towers, relays = layers.get("fiber_nodes"), layers.get("bts_roots"), layers.get("relays")
    if pops is not None and len(pops):
        pops = pops.loc[~(pops["capacity_mbps"] <= 0.0)]  # full: nothing starts there, not even what asks for nothing
        tables.append(_root_table(pops, "node_id", pops["capacity_mbps"]))
    if towers is not None and len(towers):
        tables.append(_root_table(towers, "bts_id", towers["residual_mbps"]))
    if relays is not None and len(relays):
        tables.append(
            node_table(
                {
                    "node_id": "relay:" + relays["bts_id"].astype(str),
                    "kind": "relay",
                    **{name: relays[name] for name in ("lon_deg", "lat_deg", "height_m", "evidence")},
                    "ref_id": relays["bts_id"].astype(str),
                }
            )
        )
    nodes = pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)
    twice = sorted(set(nodes.loc[nodes["node_id"].duplicated(), "node_id"].astype(str)))
    if twice:
        message = f"{len(twice)} fiber nodes or towers share an identifier ({', '.join(twice[:5])}): rename one of each"
        raise LayerError(message, code="backhaul_names", names=", ".join(twice[:5]), n=len(twice))
    return nodes.sort_values("node_id", kind="stable").reset_index(drop=True)


def _root_table(rows: pd.DataFrame, key: str, capacity_mbps: pd.Series) -> pd.DataFrame:
    """Roots: a capacity nobody stated is no limit, and is marked as not known."""
    is_known = capacity_mbps.notna()
    return node_table(
        {
            "node_id": "root:" + rows[key].astype(str),
            "kind": "root",
            "ref_id": rows[key].astype(str),
            "name": rows["name"].astype(str) if "name" in rows else "",
            "lon_deg": rows["lon_deg"].astype(float),
            "lat_deg": rows["lat_deg"].astype(float),
            "height_m": rows["height_m"].astype(float) if "height_m" in rows else np.nan,
            "capacity_mbps": capacity_mbps.astype(float).where(is_known, np.inf),
            "is_capacity_known": is_known,
            "evidence": rows["evidence"].astype(str) if "evidence" in rows else "observed",
        }
    )


def _own_backhaul(nodes: pd.DataFrame, towers: pd.DataFrame | None) -> pd.DataFrame:
    """A place on a tower that is a root uses the tower's own backhaul: free, up to its residual."""
    if towers is None or towers.empty:
        return edge_table()
    rows = (towers["members"] if "members" in towers else towers["bts_id"]).astype(str).str.split(";")
    member = pd.DataFrame({"node_id": "root:" + towers["bts_id"].astype(str), "ref_id": rows}).explode("ref_id")
    roots = member.merge(nodes[["node_id", "capacity_mbps", "evidence"]], on="node_id")
    places = nodes.loc[(nodes["kind"] == "place") & (nodes["ref_id"] != ""), ["node_id", "ref_id", "evidence"]]
    held = places.merge(roots, on="ref_id", suffixes=("", "_root"))
    if held.empty:
        return edge_table()
    return edge_table(
        {
            "from_id": held["node_id"],
            "to_id": held["node_id_root"],
            "technology": "existing",
            "kind": "existing",
            "length_km": 0.0,
            "capacity_mbps": held["capacity_mbps"],
            "capex_idr": 0.0,
            "opex_idr_per_year": 0.0,
            "cost_idr": 0.0,
            "evidence": weakest(held["evidence"].to_numpy(dtype=str), held["evidence_root"].to_numpy(dtype=str)),
        }
    )


def assembled(nodes: pd.DataFrame, edges: pd.DataFrame) -> nx.MultiGraph[str]:
    """The graph of a table of nodes and a table of edges (`node_frame`, `edge_frame`), in the order of names."""
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    nodes = nodes.drop_duplicates("node_id").sort_values("node_id", kind="stable")
    for row in nodes.to_dict("records"):
        name = str(row.pop("node_id"))
        graph.add_node(name, **{str(key): value for key, value in row.items()})
    swap = (edges["from_id"] > edges["to_id"]).to_numpy(dtype=bool)
    first = np.where(swap, edges["to_id"], edges["from_id"])
    second = np.where(swap, edges["from_id"], edges["to_id"])
    edges = edges.assign(from_id=first, to_id=second)
    edges = edges.sort_values(["from_id", "to_id", "technology", "cost_idr"], kind="stable", ignore_index=True)
    edges = _undominated(edges.drop_duplicates(["from_id", "to_id", "technology"]), nodes)
    for row in edges.to_dict("records"):
        a, b = str(row.pop("from_id")), str(row.pop("to_id"))
        graph.add_edge(a, b, key=str(row["technology"]), **{str(key): value for key, value in row.items()})
    return graph


def _undominated(edges: pd.DataFrame, nodes: pd.DataFrame) -> pd.DataFrame:
    """Edges without those that another of the same pair beats in cost and capacity.

    Only between relays and roots: at a place every technology stays, since a decision may name one.
    """
    places = set(nodes.loc[nodes["kind"] == "place", "node_id"])
    is_far = ~(edges["from_id"].isin(places) | edges["to_id"].isin(places)).to_numpy(bool)
    far = edges.loc[is_far].sort_values(
        ["from_id", "to_id", "cost_idr", "capacity_mbps"], ascending=[True, True, True, False], kind="stable"
    )
    if far.empty:
        return edges
    most = far.groupby(["from_id", "to_id"], sort=False)["capacity_mbps"].cummax()
    before = most.groupby([far["from_id"], far["to_id"]], sort=False).shift(fill_value=-1.0)
    beaten = far.index[(far["capacity_mbps"] <= before).to_numpy(bool)]
    return edges.drop(index=beaten)


def _types(columns: tuple[str, ...]) -> dict[str, str]:
    """Types of a table without rows, from the names of its columns."""
    texts = {"node_id", "kind", "ref_id", "name", "pool", "evidence", "from_id", "to_id", "technology"}
    return {
        name: "str" if name in texts else "bool" if name.startswith(("is_", "has_")) else "float64" for name in columns
    }


def node_frame(graph: nx.MultiGraph[str]) -> pd.DataFrame:
    """Nodes as a table: ``node_id`` and the declared attributes, in the graph's order."""
    rows = [{"node_id": name, **data} for name, data in graph.nodes(data=True)]
    return pd.DataFrame(rows, columns=list(NODE_COLUMNS)) if rows else node_table().astype(_types(NODE_COLUMNS))


def edge_frame(graph: nx.MultiGraph[str]) -> pd.DataFrame:
    """Edges as a table: ``from_id, to_id`` and the declared attributes, in the graph's order."""
    rows = [{"from_id": a, "to_id": b, **data} for a, b, data in graph.edges(data=True)]
    return pd.DataFrame(rows, columns=list(EDGE_COLUMNS)) if rows else edge_table().astype(_types(EDGE_COLUMNS))


def link_allowed(kind: str, pool: str, *, backhaul_kinds: str, backhaul_pool: str) -> bool:
    """Whether an option may start on a link.

    Parameters
    ----------
    kind, pool
        Of the edge.
    backhaul_kinds, backhaul_pool
        Of the option (``OPTIONS`` columns): kinds separated by commas, and its pool of satellite capacity.

    Examples
    --------
    >>> link_allowed("satellite", "public", backhaul_kinds="fiber,satellite", backhaul_pool="bts")
    False
    """
    return kind in backhaul_kinds.split(",") and pool in ("", backhaul_pool)


def unreachable(graph: nx.MultiGraph[str]) -> tuple[str, ...]:
    """Places that reach neither a root nor a beam with capacity for one site, in order of their names.

    Traffic may pass places, relays and forks; never a beam.
    """
    kind = {name: str(data["kind"]) for name, data in graph.nodes(data=True)}
    ground = graph.subgraph([name for name, what in kind.items() if what != "satellite"])
    reached: set[str] = set()
    for piece in nx.connected_components(ground):
        if any(kind[name] == "root" and graph.nodes[name]["capacity_mbps"] > 0 for name in piece):
            reached |= piece
    for a, b, data in graph.edges(data=True):
        if data["kind"] == "satellite":
            place, beam = (a, b) if kind[b] == "satellite" else (b, a)
            if graph.nodes[beam]["capacity_mbps"] >= data["reserved_mbps"]:
                reached.add(place)
    return tuple(sorted(name for name, what in kind.items() if what == "place" and name not in reached))


def check_graph(graph: nx.MultiGraph[str]) -> tuple[str, ...]:
    """Places without any way to the backbone; refuses a graph in which no place has one.

    Raises
    ------
    InfeasibleError
        There are places, and none of them reaches a root or a satellite beam with capacity left.
    """
    kinds = [str(data["kind"]) for _, data in graph.nodes(data=True)]
    lost = unreachable(graph)
    if lost and len(lost) == kinds.count("place"):
        n_roots, n_beams = kinds.count("root"), kinds.count("satellite")
        message = (
            f"none of {len(lost)} places can be connected: {n_roots} roots (fiber nodes, towers with known residual "
            f"backhaul) and {n_beams} satellite beams in reach; give layer fiber_nodes or satellite, or allow more technologies"
        )
        raise InfeasibleError(message, code="backhaul_none", n_places=len(lost), n_roots=n_roots, n_beams=n_beams)
    return lost

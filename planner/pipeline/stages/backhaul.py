"""Finds every backhaul link that a plan could buy, with its price."""

from __future__ import annotations

from planner.backhaul.graph import build_graph, edge_frame, node_frame
from planner.backhaul.roots import tower_relays, tower_roots
from planner.catalog import read_spec
from planner.pipeline.artifacts import read_grid, read_table, write_json, write_sheet, write_table
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import layer, read_land
from planner.pipeline.stages._specs import backhaul_specs, cost_spec, site_specs
from planner.plan.options import graph_places
from planner.specs.climate import ClimateSpec

__all__ = ["run"]


def run(context: StageContext) -> None:
    """Build the network graph and keep it as two tables."""
    scenario = context.scenario
    cost = cost_spec(scenario)
    bts = layer(context, "bts")
    roots = tower_roots(bts, read_table(context.inputs["service"] / "bts_load.parquet"))
    places = graph_places(
        read_table(context.inputs["candidates"] / "candidates.parquet"),
        read_table(context.inputs["options"] / "options.parquet"),
        site_specs(scenario),
        cost,
    )
    graph = build_graph(
        places,
        specs=backhaul_specs(scenario),
        cost=cost,
        grid=read_grid(context.inputs["frame"]),
        land=read_land(context.inputs["frame"]),
        terrain=layer(context, "terrain"),
        fiber=layer(context, "fiber"),
        fiber_nodes=layer(context, "fiber_nodes"),
        roads=layer(context, "roads"),
        bts_roots=roots,
        relays=tower_relays(bts, roots),
        satellite=layer(context, "satellite"),
        gateways=layer(context, "gateways"),
        climate=read_spec(ClimateSpec, "radio", "climate"),
    )
    nodes, edges = node_frame(graph), edge_frame(graph)
    write_table(context.folder / "nodes.parquet", nodes)
    write_table(context.folder / "edges.parquet", edges)
    refused = graph.graph["refused"]
    write_table(context.folder / "refused.parquet", refused)
    write_sheet(context.publish_path("network/refused_links.csv"), refused)
    why = refused.groupby(["technology", "refused"]).size()
    by_technology = edges["technology"].value_counts().sort_index()
    note = {"n_nodes": len(nodes), "n_edges": {str(name): int(n) for name, n in by_technology.items()}}
    note["n_refused"] = {f"{technology}:{reason}": int(n) for (technology, reason), n in why.items()}
    write_json(context.folder / "note.json", note)

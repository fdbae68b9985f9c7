"""Networks with sites, fiber and beams in one budget: proven gap, seconds and memory by size and share of links.

python scripts/bench/plan_network.py                  (100 to 20,000 places, links 40, 50, 65 % of the spend)
python scripts/bench/plan_network.py --full           (also 50,000 and 100,000 places)
python scripts/bench/plan_network.py --only 3 --share 50

Worlds come from a seeded generator (`tests.connect_worlds.roads`): ten nodes of roads a place, three fifths of the places
with a satellite alternative, beams that carry 4 % of what all of them ask. Every row is a process of its own, kernels
warm; peak memory counts the graph, Python and its libraries. At 100 places HiGHS solves a single-commodity flow model
of the same whole graph beside it.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from planner.plan.connect import Satellites, connect  # noqa: E402  (the checkout comes first)
from planner.plan.solver import Rows, solve  # noqa: E402
from tests.connect_worlds import RoadWorld, roads  # noqa: E402

SIZES = (100, 1_000, 5_000, 20_000, 50_000, 100_000)
IDR_PER_M = {40: 350_000.0, 50: 550_000.0, 65: 1_200_000.0}
NODES_A_PLACE = 10
LIMIT_S = 180.0
SMALL = 100


def call(world: RoadWorld) -> dict[str, Any]:
    """Arguments of `connect`: a budget of 15 % of what all sites cost, 30 % in small worlds."""
    place = world.place.tolist()
    costs = dict(zip(place, world.site_cost.tolist(), strict=True))
    sat = {v: c for v, c in zip(place, world.satellite_cost.tolist(), strict=True) if math.isfinite(c)}
    beams = {v: (b,) for v, b in zip(place, world.beam.tolist(), strict=True)}
    mbps = dict(zip(place, world.mbps.tolist(), strict=True))
    return {
        "prizes": dict(zip(place, world.prize.tolist(), strict=True)), "costs": costs,
        "satellite": Satellites(sat, mbps, beams, dict(enumerate(world.beam_mbps.tolist()))),
        "budget": (0.3 if len(place) <= SMALL else 0.15) * sum(costs.values()),
    }  # fmt: skip


def case(n_places: int, share: int, seed: int, limit_s: float) -> None:
    """Child process: solve one world and print what it took."""
    warm = roads(60, 600, seed=1)
    connect(warm.graph(), warm.roots.tolist(), **call(warm), options={"max_nodes": 1})
    world = roads(n_places, NODES_A_PLACE * n_places, seed=seed, idr_per_m=IDR_PER_M[share])
    graph, arguments = world.graph(), call(world)
    begun = time.process_time()
    found = connect(graph, world.roots.tolist(), **arguments, options={"time_limit_s": limit_s})
    spent = time.process_time() - begun
    links = math.fsum(graph.edges[edge]["cost"] for edge in found.edges) / found.cost
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    counts = [len(set(found.chosen) & set(arguments["costs"])), len(found.satellite)]
    print(
        json.dumps(
            [links, found.gap_share, found.value, found.bound, found.seconds, spent, peak, *counts, found.steps[-1]]
        )
    )


def row(n_places: int, share: int, seed: int, limit_s: float) -> None:
    """One world in a process of its own."""
    command = [sys.executable, __file__, "--case", str(n_places), str(share), str(seed), str(limit_s)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    links, gap, value, bound, wall, cpu, peak, n_sites, n_sats, step = json.loads(done.stdout.splitlines()[-1])
    proven = "optimum" if gap == 0.0 else f"{100 * gap:.3f} %"
    print(
        f"{n_places:7d} × {NODES_A_PLACE * n_places:9d}{seed:6d}{100 * links:8.1f} %{proven:>11s}{wall:9.1f}{cpu:9.1f}{peak:8.2f}"
        f"{n_sites:8d}{n_sats:8d}{value:12.0f}{bound:12.0f}  {step}",
        flush=True,
    )


def flow_model(world: RoadWorld, limit_s: float) -> str:
    """HiGHS alone: one commodity from the roots, a unit for every node on the network."""
    arguments = call(world)
    n, m = world.n_nodes, len(world.a)
    is_root = np.zeros(n, dtype=bool)
    is_root[world.roots] = True
    tail, head, cost = np.r_[world.a, world.b], np.r_[world.b, world.a], np.tile(world.edge_cost, 2)
    keep = ~is_root[head]
    tail, head, cost, m = tail[keep], head[keep], cost[keep], int(keep.sum())
    inner = np.flatnonzero(~is_root)
    number = np.full(n, -1)
    number[inner] = np.arange(len(inner))
    k, v, p = np.arange(m), len(inner), len(world.place)
    at_x, at_f, at_w = m, m + v, 2 * m + v  # columns: arcs bought, nodes on the network, flow, satellites
    rows = Rows(2 * m + v + p)
    rows.add(np.r_[number[head], np.arange(v)], np.r_[k, at_x + np.arange(v)], np.r_[np.ones(m), -np.ones(v)], high=np.zeros(v), low=np.zeros(v))  # fmt: skip
    out = np.flatnonzero(~is_root[tail])
    rows.add(
        np.r_[number[head], number[tail[out]], np.arange(v)], np.r_[at_f + k, at_f + out, at_x + np.arange(v)],
        np.r_[np.ones(m), -np.ones(len(out)), -np.ones(v)], high=np.zeros(v), low=np.zeros(v),
    )  # fmt: skip
    rows.add(np.r_[k, k], np.r_[at_f + k, k], np.r_[np.ones(m), -np.full(m, float(v))], high=np.zeros(m))
    rows.add(np.tile(np.arange(p), 2), np.r_[at_x + number[world.place], at_w + np.arange(p)], np.ones(2 * p), high=np.ones(p))  # fmt: skip
    has = np.isfinite(world.satellite_cost)
    spend = np.zeros(2 * m + v + p)
    spend[:m], spend[at_x + number[world.place]] = cost, world.site_cost
    spend[at_w:] = np.where(has, world.satellite_cost, 0.0)
    rows.add(np.zeros(len(spend), np.int64), np.arange(len(spend)), spend, high=np.array([arguments["budget"]]))
    rows.add(world.beam, at_w + np.arange(p), world.mbps, high=world.beam_mbps)
    gain = np.zeros(len(spend))
    gain[at_x + number[world.place]], gain[at_w:] = world.prize, world.prize
    top = np.r_[np.ones(m + v), np.full(m, float(v)), has.astype(float)]
    whole = np.r_[np.ones(m + v, dtype=bool), np.zeros(m, dtype=bool), np.ones(p, dtype=bool)]
    begun = time.perf_counter()
    answer = solve(rows, gain, top, is_integer=whole, options={"time_limit": limit_s, "mip_rel_gap": 0.0})
    gap = (answer.bound - answer.value) / answer.bound
    return f"{time.perf_counter() - begun:.1f} s, {answer.value:.0f}, bound {answer.bound:.0f}, gap {100 * max(gap, 0.0):.2f} %, {answer.status}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="also 50,000 and 100,000 places")
    parser.add_argument("--only", type=int, nargs="*", help="sizes by number, from 0, and nothing else")
    parser.add_argument("--share", type=int, nargs="*", default=[40, 50, 65], choices=sorted(IDR_PER_M))
    parser.add_argument("--seeds", type=int, default=1, help="worlds of each kind")
    parser.add_argument(
        "--slow", type=float, default=1.0, help="multiplies the clocks on a machine busy with other work"
    )
    parser.add_argument("--peer", type=float, default=60.0, help="seconds of HiGHS at 100 places (0: not at all)")
    parser.add_argument("--case", type=float, nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        n_places, share, seed = (int(part) for part in options.case[:3])
        case(n_places, share, seed, options.case[3])
        return
    print(f"{'places × nodes':>19s}{'seed':>6s}{'links':>10s}{'gap':>11s}{'wall s':>9s}{'cpu s':>9s}{'GB':>8s}{'sites':>8s}{'beams':>8s}{'value':>12s}{'bound':>12s}")  # fmt: skip
    for number in options.only if options.only is not None else range(6 if options.full else 4):
        for share in options.share:
            for seed in range(options.seeds):
                row(SIZES[number], share, seed, LIMIT_S * options.slow)
                if SIZES[number] == SMALL and options.peer > 0:
                    world = roads(SMALL, NODES_A_PLACE * SMALL, seed=seed, idr_per_m=IDR_PER_M[share])
                    print(f"{'':25s} HiGHS, flow: {flow_model(world, options.peer * options.slow)}", flush=True)


if __name__ == "__main__":
    main()

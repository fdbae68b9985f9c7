"""Decomposition: a nation of provinces that share money and the demand on their borders, beside the undecomposed search.

python scripts/bench/plan_regions.py            (5k sites, 500k points, 16 provinces; --full: 20k, 2M, 36)

Bounds by both ways, processor and wall seconds with one worker and with two, and the plan made region by region.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from planner.plan.cover_bound import first_dual, price_search  # noqa: E402  (the checkout comes first)
from planner.plan.cover_regions import cover_by_regions, regional_bound  # noqa: E402
from planner.plan.covering import Covering, make_covering  # noqa: E402
from tests.cover_worlds import discs_and_sites  # noqa: E402


def nation(n_options: int, n_points: int, side: int) -> tuple[Covering, np.ndarray]:
    """A covering problem and the province of each option."""
    instance, sites = discs_and_sites(n_options, n_points, seed=3)
    covering = make_covering(*instance)
    cell = np.clip((sites * side).astype(int), 0, side - 1)
    return covering, np.unique((cell[:, 0] * side + cell[:, 1])[covering.option], return_inverse=True)[1]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="20k × 2M in 36 provinces")
    size = (20_000, 2_000_000, 6) if parser.parse_args().full else (5_000, 500_000, 4)
    cover_by_regions(*nation(120, 2_000, 2), max_rounds=2)  # compile or load
    covering, region = nation(*size)
    marks = (time.perf_counter(), time.process_time())
    whole = price_search(covering, first_dual(covering), max_steps=3000, gap=1e-5 * covering.weight.sum())
    spent = time.perf_counter() - marks[0], time.process_time() - marks[1]
    print(f"{size[0]} × {size[1]}, {region.max() + 1} provinces, {covering.n_groups} groups")
    print(
        f"undecomposed         bound {whole.bound:.0f}, relaxed {whole.relaxed:.0f}   wall {spent[0]:.1f} s, cpu {spent[1]:.1f} s"
    )
    for workers in (1, 2):
        marks = (time.perf_counter(), time.process_time())
        joint = regional_bound(covering, region, gap=3e-4 * whole.bound, max_rounds=40, workers=workers)
        spent = time.perf_counter() - marks[0], time.process_time() - marks[1]
        print(
            f"regions, {workers} worker{'s' * (workers > 1)}   bound {joint.bound:.0f} (+{100 * (joint.bound / whole.bound - 1):.4f} %), "
            f"{joint.rounds} rounds, {len(joint.price) - 1} border groups   wall {spent[0]:.1f} s, cpu {spent[1]:.1f} s",
            flush=True,
        )
    marks = (time.perf_counter(), time.process_time())
    plan = cover_by_regions(covering, region, gap_share=3e-4, max_rounds=40)
    spent = time.perf_counter() - marks[0], time.process_time() - marks[1]
    print(
        f"plan by region       value {plan.value:.0f}, gap {100 * plan.gap_share:.3f} %   wall {spent[0]:.1f} s, cpu {spent[1]:.1f} s"
    )


if __name__ == "__main__":
    main()

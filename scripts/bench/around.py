"""What is looked at around a plan: other ceilings, reasons and prices of decisions, in seconds of the processor.

python scripts/bench/around.py            # 300 places
python scripts/bench/around.py --full     # 1,000 places
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from plan_worlds import province  # noqa: E402 (the worlds of the tests)

from planner.plan.explain import explain  # noqa: E402
from planner.plan.frontier import ceilings_around, frontier  # noqa: E402
from planner.plan.select import select  # noqa: E402
from planner.plan.warm import compile_kernels  # noqa: E402
from planner.plan.word_prices import word_prices  # noqa: E402

POINTS = 20


def timed(name: str, work: Callable[[], Any]) -> Any:
    """Do it, print its processor seconds."""
    start = time.process_time()
    found = work()
    print(f"{name:48s} {time.process_time() - start:7.2f} s")
    return found


def main() -> None:
    """Run on one seeded province."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="1,000 places instead of 300")
    n_places = 1000 if parser.parse_args().full else 300
    problem = province(7, n_places=n_places, n_cells=25 * n_places, n_relays=n_places // 2)
    ceiling = 1e9 * n_places
    compile_kernels()
    plan = timed(f"plan, {n_places} places (for scale)", lambda: select(problem, ceiling_idr=ceiling))
    timed("reasons completed", lambda: explain(plan, problem, ceiling_idr=ceiling))
    found = timed(
        f"frontier, {POINTS} points, each checked",
        lambda: frontier(problem, ceilings_idr=ceilings_around(ceiling, POINTS), plan=(ceiling, plan)),
    )
    points = found.points
    rising = (points["value"].diff().dropna() >= 0).all() and (points["bound"].diff().dropna() >= -1e-6).all()
    print(f"  gaps {points['gap_share'].min():.1%} to {points['gap_share'].max():.1%}, never falling: {rising}")
    places = problem.candidates.set_index("candidate_id").loc[plan.sites["candidate_id"].iloc[:5]].reset_index()
    words = pd.DataFrame(
        {
            "decision_id": [f"K{k}" for k in range(5)], "action": "lock", "site_type": "", "backhaul": "", "radius_km": 0.1,
            "reason": "bench", "author": "bench", "letter": "", "lon_deg": places["lon_deg"], "lat_deg": places["lat_deg"],
        }
    )  # fmt: skip
    timed("prices of five decisions", lambda: word_prices(problem, plan, ceiling_idr=ceiling, decisions=words))


if __name__ == "__main__":
    main()

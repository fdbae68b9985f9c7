"""What is looked at around a plan: other ceilings, reasons and prices of decisions, in seconds of the processor.

python scripts/bench/around.py            # 300 places
python scripts/bench/around.py --full     # 1,000 places
python scripts/bench/around.py --years    # five years, two sources and a floor with a price
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from plan_worlds import province  # noqa: E402 (the worlds of the tests)
from plan_years import generated  # noqa: E402 (the program beside this one)

from planner.plan.explain import explain  # noqa: E402
from planner.plan.frontier import Frontier, ceilings_around, frontier  # noqa: E402
from planner.plan.programme import select_programme  # noqa: E402
from planner.plan.rules import Floor  # noqa: E402
from planner.plan.select import select  # noqa: E402
from planner.plan.types import Plan, Problem  # noqa: E402
from planner.plan.warm import compile_kernels  # noqa: E402
from planner.plan.word_prices import word_prices  # noqa: E402
from planner.plan.years_frontier import scales_around, years_frontier  # noqa: E402
from planner.plan.years_word_prices import years_word_prices  # noqa: E402

POINTS = 20


def timed(name: str, work: Callable[[], Any]) -> Any:
    """Do it, print its processor seconds."""
    start = time.process_time()
    found = work()
    print(f"{name:48s} {time.process_time() - start:7.2f} s")
    return found


def tell(found: Frontier) -> None:
    """Gaps of the points, and whether value and bound ever fall."""
    points = found.points
    rising = (points["value"].diff().dropna() >= 0).all() and (points["bound"].diff().dropna() >= -1e-6).all()
    gaps = points["gap_share"]
    print(f"  {len(points)} points, gaps {gaps.min():.1%} to {gaps.max():.1%}, never falling: {rising}")


def locked(problem: Problem, plan: Plan) -> pd.DataFrame:
    """The first five sites of a plan, locked."""
    places = problem.candidates.set_index("candidate_id").loc[plan.sites["candidate_id"].iloc[:5]].reset_index()
    return pd.DataFrame(
        {
            "decision_id": [f"K{k}" for k in range(5)], "action": "lock", "site_type": "", "backhaul": "", "radius_km": 0.1,
            "reason": "bench", "author": "bench", "letter": "", "lon_deg": places["lon_deg"], "lat_deg": places["lat_deg"],
        }
    )  # fmt: skip


def over_years(n_places: int) -> None:
    """A programme: the frontier scales all its ceilings."""
    problem, rules = generated(n_places)
    free = select_programme(problem, rules)
    code = dict(zip(problem.cells["cell_id"], problem.cells["area_code"], strict=True))
    weight = pd.Series(problem.weight, index=problem.cells["cell_id"]).loc[free.served["cell_id"]].to_numpy()
    inside = free.served["cell_id"].map(code) == "53.01"
    reached = float((weight * free.served["share"])[inside.to_numpy()].sum())
    rules = dataclasses.replace(rules, floors=(Floor("53.01", 1.2 * reached, 3.0),))
    plan = timed(f"programme, {n_places} places (for scale)", lambda: select_programme(problem, rules))
    scales = scales_around(POINTS)
    tell(
        timed(
            f"frontier, {POINTS} scales, each checked", lambda: years_frontier(problem, rules, scales=scales, plan=plan)
        )
    )
    words = locked(problem, plan)
    timed("prices of five decisions", lambda: years_word_prices(problem, plan, rules, decisions=words))


def main() -> None:
    """Run on one seeded province."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="1,000 places instead of 300")
    parser.add_argument("--years", action="store_true", help="a programme over years instead of one ceiling")
    options = parser.parse_args()
    n_places = 1000 if options.full else 300
    compile_kernels()
    if options.years:
        over_years(n_places)
        return
    problem = province(7, n_places=n_places, n_cells=25 * n_places, n_relays=n_places // 2)
    ceiling = 1e9 * n_places
    plan = timed(f"plan, {n_places} places (for scale)", lambda: select(problem, ceiling_idr=ceiling))
    timed("reasons completed", lambda: explain(plan, problem, ceiling_idr=ceiling))
    found = timed(
        f"frontier, {POINTS} points, each checked",
        lambda: frontier(problem, ceilings_idr=ceilings_around(ceiling, POINTS), plan=(ceiling, plan)),
    )
    tell(found)
    words = locked(problem, plan)
    timed("prices of five decisions", lambda: word_prices(problem, plan, ceiling_idr=ceiling, decisions=words))


if __name__ == "__main__":
    main()

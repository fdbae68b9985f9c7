"""Plans over years and for goals: value, bound, gap, processor seconds and memory, one ceiling beside each; enumeration.

python scripts/bench/plan_years.py                      (a seeded province of 300 places)
python scripts/bench/plan_years.py --run runs/demo      (layers of a finished run under the sample programme)
python scripts/bench/plan_years.py --only 0 6           (these rows by number)
python scripts/bench/plan_years.py --worlds 1000        (bounds of so many tiny worlds against enumeration)

Every row is a process of its own, kernels warm; peak memory counts the instance, Python and its libraries. ``points``
says how much looser the proof is than that of the same instance under one ceiling (all the money of the years, or what
the plan for the goal costs): gap less gap, in percentage points; the goal is at most 2. Ceilings of years hold spending
of each year and one ceiling holds present values, so those two columns compare proofs, not plans.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from plan_brute_years import Brute  # noqa: E402 (the worlds of the tests)
from plan_rule_worlds import tiny_rules  # noqa: E402
from plan_worlds import province  # noqa: E402

from planner.cli.plan import changes_of  # noqa: E402
from planner.errors import InfeasibleError, UsageError  # noqa: E402
from planner.pipeline.stage import StageContext  # noqa: E402
from planner.pipeline.stages._frame import layer  # noqa: E402
from planner.pipeline.stages._problem import read_problem  # noqa: E402
from planner.pipeline.stages._rules import rules_of  # noqa: E402
from planner.pipeline.stages._specs import cost_spec  # noqa: E402
from planner.pipeline.store import Store  # noqa: E402
from planner.pipeline.table import stage_table  # noqa: E402
from planner.plan.goal import cheapest  # noqa: E402
from planner.plan.link_word import obey_links  # noqa: E402
from planner.plan.programme import make_programme, select_programme  # noqa: E402
from planner.plan.rules import Floor, GoalRule, Rules, Source, is_within, whole_ceiling  # noqa: E402
from planner.plan.select import select  # noqa: E402
from planner.plan.types import Certificate, Problem  # noqa: E402
from planner.plan.verify import verify  # noqa: E402
from planner.plan.warm import compile_kernels  # noqa: E402
from planner.plan.weights import objective_weight  # noqa: E402
from planner.plan.years_bound import years_bound  # noqa: E402
from planner.scenario import read_scenario  # noqa: E402

YEARS = (2026, 2027, 2028, 2029, 2030)
ROWS = (
    "years, two sources",
    "years, with floors",
    "years, build rates",
    "goal 65 %, whole",
    "goal 70 %, whole",
    "goal 65 %, each kabupaten",
    "goal 70 %, each kabupaten",
)
N_YEARS_ROWS = 3
POINTS = 2.0
MOVES = (7, 60)


def generated(n_places: int) -> tuple[Problem, Rules]:
    """A province of five kabupaten from west to east, half of its cells served today, and rules like the sample's."""
    problem = province(7, n_places=n_places, n_cells=25 * n_places, n_relays=n_places // 2)
    edges = problem.candidates["lon_deg"].quantile([0.2, 0.4, 0.6, 0.8]).to_numpy()

    def code(table: pd.DataFrame) -> list[str]:
        return [f"53.{k + 1:02d}" for k in np.searchsorted(edges, table["lon_deg"])]

    is_served = np.random.default_rng(7).random(len(problem.cells)) < 0.5
    service = problem.service.assign(
        level=problem.service["level"].where(~is_served, "served"),
        served_share=problem.service["served_share"].where(~is_served, 1.0),
    )
    problem = dataclasses.replace(
        problem, cells=problem.cells.assign(area_code=code(problem.cells)), service=service,
        candidates=problem.candidates.assign(area_code=code(problem.candidates)),
    )  # fmt: skip
    yearly = n_places * 1e8
    rules = Rules(
        YEARS,
        (
            Source("Rupiah Murni", "BAKTI", (0.6 * yearly,) * len(YEARS)),
            Source("USO", "BAKTI", (0.4 * yearly,) * len(YEARS), carries_over=True, only_in=("tertinggal",)),
        ),
        most_sites=(n_places / 20.0,) * len(YEARS), discount_share_per_year=0.05, horizon_years=10,
        groups={"tertinggal": ("53.01", "53.02", "53.03")},
    )  # fmt: skip
    return problem, rules


def of_run(run: Path) -> tuple[Problem, Rules]:
    """Problem of a finished run for all UMKM, and the rules of the sample programme."""
    told = json.loads((run / ".merata" / "call.json").read_text(encoding="utf-8"))
    scenario = read_scenario(Path(told["scenario"]), changes=changes_of(told["changes"]))
    keys = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["stages"]
    stage = next(stage for stage in stage_table(scenario) if stage.name == "plan")
    inputs = {name: Store(run).folder(name, keys[name]) for name in stage.inputs}
    context = StageContext(scenario, stage, run, inputs, lambda _: None)
    problem = obey_links(read_problem(context)[0], layer(context, "decisions"))
    weight = objective_weight("umkm", problem.cells, problem.service)
    problem = dataclasses.replace(problem, weight=weight, objective="umkm")
    programme = read_scenario(ROOT / "data" / "sample" / "programme.toml")
    rules = rules_of(programme, layer(context, "priority"), cost_spec(programme))
    if rules is None:
        raise SystemExit("the sample programme holds no rules")
    most = tuple(most if math.isfinite(most) else rules.most_sites[0] for most in rules.most_sites)
    return problem, dataclasses.replace(rules, most_sites=most)


def floors(problem: Problem, rules: Rules) -> tuple[Floor, ...]:
    """A tenth of what is unserved in the first kabupaten and, unless the rules say how much, in underdeveloped areas."""
    codes = problem.cells["area_code"].to_numpy(dtype=str)
    left = problem.weight * (1.0 - problem.service["served_share"].fillna(0.0).to_numpy())
    names = ["tertinggal"] * (not rules.floors) + [min(code[:5] for code in codes if code)]
    tenths = (Floor(name, float(left[is_within(codes, rules.codes(name))].sum()) / 10.0, 3.0) for name in names)
    return (*rules.floors, *tenths)


def instance(options: argparse.Namespace) -> tuple[Problem, Rules]:
    """The instance that the options name."""
    return of_run(options.run) if options.run else generated(1000 if options.full else 300)


def solved(problem: Problem, rules: Rules, number: int) -> tuple[Certificate, float, float, tuple[int, int]]:
    """Certificate of a row, the one ceiling beside it, processor seconds; areas short of goal or floor, and faults."""
    begun = time.process_time()
    if number < N_YEARS_ROWS:
        held = dataclasses.replace(rules, floors=floors(problem, rules) if number == 1 else (), most_sites=rules.most_sites if number > 1 else ())  # fmt: skip
        plan, ceiling = select_programme(problem, held), whole_ceiling(rules)
    else:
        codes = sorted({code[:5] for code in problem.cells["area_code"].astype(str)} - {""})
        areas = {code: (code,) for code in codes} if "each" in ROWS[number] else {"region": ("53",)}
        goal = GoalRule(0.7 if "70" in ROWS[number] else 0.65, areas, is_relaxed=True)
        plan, held = cheapest(problem, goal, year=YEARS[0])
        ceiling = plan.certificate.value
    spent = time.process_time() - begun
    n_faults = len(verify(plan, problem, ceiling_idr=math.inf, rules=held))
    n_short = plan.equity.loc[plan.equity["short"] > 1e-6, "area"].nunique()
    return plan.certificate, ceiling, spent, (n_short, n_faults)


def case(options: argparse.Namespace) -> None:
    """Child process: solve one row and print what it took."""
    compile_kernels()
    warm, warm_rules = generated(30)
    for number in (0, 1, 3):
        solved(warm, warm_rules, number)
    problem, rules = instance(options)
    proof, ceiling, spent, counts = solved(problem, rules, options.case)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    beside = select(problem, ceiling_idr=ceiling).certificate
    print(json.dumps([proof.value, proof.bound, proof.gap_share, spent, peak, beside.gap_share, *counts]))


def row(options: argparse.Namespace, number: int) -> None:
    """One row in a process of its own."""
    command = [sys.executable, __file__, "--case", str(number)]
    command += ["--run", str(options.run)] if options.run else ["--full"] * options.full
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{ROWS[number]:28s} not solved: {done.stderr.strip().splitlines()[-1]}", flush=True)
        return
    value, bound, gap, spent, peak, beside, n_short, n_faults = json.loads(done.stdout.splitlines()[-1])
    unit = 1.0 if number < N_YEARS_ROWS else 1e9
    points = 100 * (gap - beside)
    verdict = "met" if points <= POINTS else "missed"
    print(
        f"{ROWS[number]:28s}{value / unit:12,.1f}{bound / unit:12,.1f}{100 * gap:8.1f} %{spent:9.1f}{peak:8.2f}"
        f"{100 * beside:11.1f} %{points:8.1f} {verdict:7s}{n_short:6d}{n_faults:7d}",
        flush=True,
    )


def enumerated(n_worlds: int) -> None:
    """Bounds after few and many moves, and certificates of plans, against the best plan by trying all."""
    n_bounds = n_below = n_refused = n_open = n_wrong = n_best = n_plans = n_faults = n_nowhere = 0
    begun = time.process_time()
    for seed in range(n_worlds):
        problem, rules = tiny_rules(seed)
        best = Brute(problem, rules).run()
        world = make_programme(problem, rules, None, {}, 0)[1]
        none = np.zeros((len(rules.years), world.instance.n_choices))
        for moves in MOVES if world.instance.n_choices else ():
            found = years_bound(world, inside=none, value=5.0, max_rounds=moves)
            n_bounds += 1
            n_below += bool(found.value < best - 1e-6) or bool(found.is_infeasible and best > -math.inf)
        try:
            plan = select_programme(problem, rules, gap_target_share=0.0)
        except UsageError as err:
            if err.code != "rule_nowhere":
                raise
            n_nowhere += 1
            continue
        except InfeasibleError as err:
            is_open = "is open" in str(err)
            n_refused, n_open = n_refused + (not is_open), n_open + is_open
            n_wrong += best > -math.inf and not is_open
            continue
        n_plans += 1
        n_below += bool(plan.certificate.bound < best - 1e-6)
        n_best += bool(plan.certificate.value >= best - 1e-6)
        n_faults += bool(verify(plan, problem, ceiling_idr=math.inf, rules=rules)) or bool(
            plan.certificate.value > best + 1e-6
        )
    print(
        f"{n_worlds} tiny worlds: {n_bounds + n_plans} bounds, {n_below} below the optimum; {n_plans} plans, {n_best} optimal, "
        f"{n_faults} refused or too good; {n_refused} refusals, {n_wrong} of them wrong, {n_open} left open; {n_nowhere} worlds with rules for areas they lack; "
        f"{time.process_time() - begun:.0f} s"
    )
    if n_below or n_faults or n_wrong:
        raise SystemExit(1)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, help="folder of a finished run instead of the generated province")
    parser.add_argument("--full", action="store_true", help="1,000 places instead of 300")
    parser.add_argument("--only", type=int, nargs="*", choices=range(len(ROWS)), help="rows by number, from 0")
    parser.add_argument("--worlds", type=int, default=0, help="tiny worlds against enumeration, and nothing else")
    parser.add_argument("--case", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case is not None:
        case(options)
    elif options.worlds:
        enumerated(options.worlds)
    else:
        print(f"{'':28s}{'value':>12s}{'bound':>12s}{'gap':>10s}{'cpu s':>9s}{'GB':>8s}{'one ceiling':>13s}{'points':>8s} {'≤ 2':7s}{'short':>6s}{'faults':>7s}")  # fmt: skip
        for number in options.only if options.only is not None else range(len(ROWS)):
            row(options, number)


if __name__ == "__main__":
    main()

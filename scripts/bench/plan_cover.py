"""Plain covering: proven gap, seconds and memory by size, beside PySAL spopt and HiGHS on the raw points.

python scripts/bench/plan_cover.py                 (a few minutes; --full adds 20k × 2M and 100k × 10M)
python scripts/bench/plan_cover.py --python PYTHON  (an interpreter that has spopt and pulp: adds their rows)

Instances come from a seeded generator (`tests.cover_worlds.discs`), and one from the radio engine over real SRTM
ground where ``../shared/data`` is there (invented hills elsewhere). Every row is a process of its own, kernels warm;
peak memory counts the instance, Python and its libraries.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import highspy
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from radio import archipelago  # noqa: E402  (the checkout comes first)

from planner.grid import Grid, Raster  # noqa: E402
from planner.plan.max_cover import max_cover  # noqa: E402
from planner.plan.solver import Rows, solve  # noqa: E402
from planner.radio import RadioLink, area_loss_db  # noqa: E402
from tests.cover_worlds import discs  # noqa: E402

SIZES = ((200, 5_000), (1_000, 50_000), (5_000, 500_000), (20_000, 2_000_000), (100_000, 10_000_000))
LIMITS_S = (60, 60, 30, 90, 300)
SRTM = ROOT.parent / "shared" / "data" / "dem" / "N00E010.hgt.zip"

SPOPT = """
import sys, time, warnings, numpy as np
warnings.filterwarnings("ignore")
import pulp
from spopt.locate import MCLP
data = np.load(sys.argv[1])
start, found, weight = data["indptr"], data["indices"], data["weight"]
far = np.ones((len(weight), len(start) - 1))
for k in range(len(start) - 1):
    far[found[start[k] : start[k + 1]], k] = 0.0
limit = float(sys.argv[3])
solver = pulp.HiGHS(msg=False, timeLimit=limit) if sys.argv[2] == "highs" else pulp.PULP_CBC_CMD(msg=False, timeLimit=limit)
begun = time.perf_counter()
model = MCLP.from_cost_matrix(far, weight, 0.5, int(data["budget"])).solve(solver)
done = model.problem.status == 1 and model.problem.sol_status == 1
print(time.perf_counter() - begun, pulp.value(model.problem.objective), done)
"""


def save(path: Path, instance: tuple[Any, ...]) -> Path:
    """An instance as a file."""
    names = ("weight", "indptr", "indices", "cost", "budget")
    np.savez(path, **dict(zip(names, instance, strict=True)))
    return path


def solve_case(path: str, limit_s: float, target: float) -> None:
    """Child process: solve one instance and print what it took."""
    max_cover(*discs(60, 600, seed=1))  # compile or load
    data = np.load(path)
    instance = [data[name] for name in ("weight", "indptr", "indices", "cost")]
    begun = time.process_time()
    found = max_cover(*instance, float(data["budget"]), time_limit_s=limit_s, target_gap_share=target)
    spent = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    groups = next(step for step in found.steps if step.startswith("collapse"))
    print(json.dumps([found.value, found.bound, found.gap_share, found.seconds, spent, peak, groups, found.steps[-1]]))


def run_case(path: Path, limit_s: float, target: float = 0.0) -> list[Any]:
    """One instance in a process of its own."""
    command = [sys.executable, __file__, "--case", str(path), str(limit_s), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer: list[Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def print_row(name: str, path: Path, limit_s: float) -> None:
    """Gap, seconds and memory of one instance; and the seconds to 1 %."""
    quick = run_case(path, limit_s, 0.01)
    value, bound, gap, wall, spent, peak, groups, end = run_case(path, limit_s)
    n_points, n_groups = (int(part.split()[0]) for part in groups.removeprefix("collapse: ").split(", ")[:2])
    proven = "optimum" if gap == 0.0 else f"{100 * gap:.4f} %"
    print(
        f"{name:30s}{n_points / max(1, n_groups):8.1f}{proven:>12s}{wall:9.2f}{spent:9.2f}{quick[3]:9.2f}{quick[4]:9.2f}"
        f"{peak:8.2f}{value:15.0f}{bound:15.0f}  {end.split(':')[0]}",
        flush=True,
    )


def highs_raw(path: Path, limit_s: float) -> str:
    """HiGHS alone on the raw points, its own presolve and all: seconds, value and gap."""
    data = np.load(path)
    weight, cost, start, points = data["weight"], data["cost"], data["indptr"], data["indices"]
    m, n = len(cost), len(weight)
    rows, k = Rows(m + n), np.arange(n)
    option = np.repeat(np.arange(m), np.diff(start))
    rows.add(np.r_[k, points], np.r_[m + k, option], np.r_[np.ones(n), -np.ones(len(points))], high=np.zeros(n))
    rows.add(np.zeros(m, np.int64), np.arange(m), cost, high=np.array([float(data["budget"])]))
    begun = time.perf_counter()
    whole = np.r_[np.ones(m, dtype=bool), np.zeros(n, dtype=bool)]
    answer = solve(
        rows,
        np.r_[np.zeros(m), weight],
        np.ones(m + n),
        is_integer=whole,
        options={"time_limit": limit_s, "mip_rel_gap": 0.0},
    )
    gap = (answer.bound - answer.value) / answer.bound
    return f"{time.perf_counter() - begun:.1f} s, {answer.value:.0f}, gap {100 * max(gap, 0.0):.3f} %, {answer.status}"


def spopt(path: Path, python: str, solver: str, limit_s: float) -> str:
    """PySAL spopt's MCLP: seconds (building its model included) and value."""
    command = [python, "-c", SPOPT, str(path), solver, str(limit_s)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return "not installed" if "ModuleNotFoundError" in done.stderr else "no answer in its time"
    seconds, value, is_proven = done.stdout.split()[-3:]
    proof = "proven" if is_proven == "True" else "not proven in its time"
    return f"{float(seconds):.1f} s, {value}, {proof}"


def terrain(n_sites: int) -> tuple[Any, ...]:
    """Covers of 42 m masts at 900 MHz (loss up to 140 dB within 15 km) over one degree of 90 m ground; every pixel a point."""
    if SRTM.is_file():
        with zipfile.ZipFile(SRTM) as archive:
            heights = np.frombuffer(archive.read(archive.namelist()[0]), dtype=">i2").reshape(1201, 1201)
        heights = np.where(heights < -100, 0, heights).astype(np.float32)
    else:
        heights = archipelago(1201)[0]
    rng = np.random.default_rng(5)
    ground = Raster(Grid(10.0, 1.0, 1.0 / 1200.0, 1201, 1201), heights, "m")
    link = RadioLink(900.0, 42.0, 1.5, delta_n=50.0, n0=380.0, latitude_deg=0.5)
    lists = []
    for row, col in rng.integers(20, 1181, (n_sites, 2)):
        loss = area_loss_db(ground, link, tx_row=float(row), tx_col=float(col), radius_km=15.0)
        lists.append(np.flatnonzero(loss.ravel() <= 140.0).astype(np.int32))
    weight = np.ceil(rng.lognormal(0.5, 1.0, heights.size))
    cost = np.round(rng.uniform(8, 30, n_sites))
    start = np.r_[0, np.cumsum([len(one) for one in lists])].astype(np.int64)
    return weight, start, np.concatenate(lists), cost, float(np.round(0.2 * cost.sum()))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="also 20k × 2M and 100k × 10M, growth to 100k, long peers")
    parser.add_argument(
        "--only", type=int, nargs="*", help="rows of the size table by number, from 0, and nothing else"
    )
    parser.add_argument(
        "--slow", type=float, default=1.0, help="multiplies our clocks, for a machine that is busy with other work"
    )
    parser.add_argument("--python", default=sys.executable, help="interpreter that has spopt and pulp")
    parser.add_argument("--case", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        solve_case(options.case[0], float(options.case[1]), float(options.case[2]))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{'':30s}{'points':>8s}{'':12s}{'all':>9s}{'all':>9s}{'to 1 %':>9s}{'to 1 %':>9s}")
        print(
            f"{'options × points':30s}{'a group':>8s}{'gap':>12s}{'wall s':>9s}{'cpu s':>9s}{'wall s':>9s}{'cpu s':>9s}{'GB':>8s}"
            f"{'value':>15s}{'bound':>15s}"
        )
        for number in options.only if options.only is not None else range(5 if options.full else 3):
            size = SIZES[number]
            print_row(f"{size[0]} × {size[1]}", save(folder / "one.npz", discs(*size)), LIMITS_S[number] * options.slow)
        if options.only is not None:
            return
        print_row(
            "400 SRTM × 1.4M pixels", save(folder / "one.npz", terrain(400 if options.full else 60)), 60 * options.slow
        )
        for n_options in (1_000, 3_000, 10_000, 30_000, 100_000)[: 5 if options.full else 2]:
            growth = save(folder / "one.npz", discs(n_options, 20 * n_options, seed=2))
            print_row(f"growth {n_options} × {20 * n_options}", growth, 300 * options.slow)
        limit_s = 110.0 if options.full else 20.0
        for number in range(2):
            for is_unit in (True, False):
                path = save(folder / "one.npz", discs(*SIZES[number], is_unit=is_unit))
                ours = run_case(path, 60 * options.slow)
                print(f"\n{SIZES[number]}, {'unit' if is_unit else 'mixed'} costs; limit of the peers {limit_s:g} s")
                print(f"  Merata              {ours[3]:.2f} s, {ours[0]:.0f}, gap {100 * ours[2]:.4f} %")
                print(f"  HiGHS {highspy.Highs().version():13s} {highs_raw(path, limit_s)}")
                if is_unit:
                    print(f"  spopt, HiGHS        {spopt(path, options.python, 'highs', limit_s)}")
                    print(f"  spopt, CBC          {spopt(path, options.python, 'cbc', limit_s)}", flush=True)


if __name__ == "__main__":
    main()

"""Seeded tiny worlds with rules: areas, years, sources, build rates, floors."""

from __future__ import annotations

import dataclasses

import numpy as np
from plan_worlds import tiny_problem

from planner.plan.rules import Floor, Rules, Source
from planner.plan.types import Problem

AREAS = ("53.01", "53.02")


def tiny_rules(seed: int, *, n_years: int | None = None, rich: bool = True) -> tuple[Problem, Rules]:
    """A world of two areas to enumerate, with rules."""
    rng = np.random.default_rng(seed + 10_000)
    years = tuple(range(2026, 2026 + (n_years or int(rng.integers(1, 4)))))
    n_places = 2 if len(years) > 2 else int(rng.integers(2, 4))
    problem = tiny_problem(seed, n_places=n_places, n_cells=int(rng.integers(3, 6)), rich=rich)
    cells = problem.cells.assign(area_code=rng.choice(AREAS, len(problem.cells)))
    places = problem.candidates.assign(area_code=rng.choice(AREAS, len(problem.candidates)))
    return dataclasses.replace(problem, cells=cells, candidates=places), _rules(rng, years)


def _rules(rng: np.random.Generator, years: tuple[int, ...]) -> Rules:
    n = len(years)
    sources = [
        Source("RM", "BAKTI", tuple(rng.integers(0, 14, n).astype(float)), carries_over=bool(rng.random() < 0.3))
    ]
    if rng.random() < 0.5:
        only = ("53.02",) if rng.random() < 0.6 else ()
        sources.append(
            Source("USO", "BAKTI", tuple(rng.integers(0, 9, n).astype(float)), bool(rng.random() < 0.6), only)
        )
    floors = []
    if rng.random() < 0.5:
        floors.append(Floor("tertinggal", float(rng.integers(1, 9)), float(rng.choice([0.5, 2.0, 5.0]))))
    if rng.random() < 0.25:
        floors.append(Floor("53.01", float(rng.integers(1, 6)), None))
    rates = tuple(rng.integers(0, 3, n).astype(float)) if rng.random() < 0.3 else ()
    return Rules(
        years, tuple(sources), is_present_value=bool(n == 1 and rng.random() < 0.5), most_sites=rates,
        discount_share_per_year=float(rng.choice([0.0, 0.1])), horizon_years=n + int(rng.integers(0, 3)),
        floors=tuple(floors), groups={"tertinggal": ("53.02",)},
    )  # fmt: skip

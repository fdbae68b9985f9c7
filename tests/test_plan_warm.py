"""Kernels compiled ahead are the ones a plan calls."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

CODE = """
import importlib
from planner.plan.select import select
from planner.plan.warm import KERNELS, compile_kernels
from tests.plan_worlds import tiny_problem
compile_kernels()
kernels = {name: getattr(importlib.import_module(f"planner.plan.{module}"), name) for module, name in KERNELS}
before = {name: len(kernel.signatures) for name, kernel in kernels.items()}
assert set(before.values()) == {1}, before
for seed in range(3):
    select(tiny_problem(seed), ceiling_idr=14.0)
assert {name: len(kernel.signatures) for name, kernel in kernels.items()} == before
"""


def test_a_plan_compiles_nothing_that_was_not_compiled_ahead() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]

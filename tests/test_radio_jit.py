"""Where compiled kernels are kept, what `planner.radio` loads, and how fast the point kernel is."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import planner.radio
from planner.radio import _jit
from planner.radio.propagation import AreaJob, Settings, Surface, p1812

ROOT = Path(__file__).resolve().parent.parent

ASK = "from planner.radio._jit import cache_folder; print(cache_folder())"


def _ask(code: str, **environment: str) -> str:
    known = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", code], env={**known, **environment}, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_folder_is_private_and_named_by_the_sources(tmp_path: Path) -> None:
    folder = Path(_ask(ASK, XDG_CACHE_HOME=str(tmp_path), HOME=str(tmp_path)))
    assert folder == tmp_path / "merata" / f"kernels-{_jit.source_hash()}"
    for path in (folder, folder.parent):
        assert path.stat().st_mode & 0o777 == 0o700


def test_folder_that_others_can_enter_is_refused(tmp_path: Path) -> None:
    (tmp_path / "merata").mkdir(mode=0o755)
    (tmp_path / "merata").chmod(0o755)
    assert _ask(ASK, XDG_CACHE_HOME=str(tmp_path), HOME=str(tmp_path)) == "None"


def test_link_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "merata").symlink_to(tmp_path / "elsewhere")
    assert _ask(ASK, XDG_CACHE_HOME=str(tmp_path), HOME=str(tmp_path)) == "None"


def test_relative_cache_home_is_not_followed(tmp_path: Path) -> None:
    folder = _ask(ASK, XDG_CACHE_HOME="here", HOME=str(tmp_path))
    assert folder.startswith(str(tmp_path / ".cache" / "merata"))


def test_a_home_that_cannot_be_written_means_no_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert _ask(ASK, XDG_CACHE_HOME=str(tmp_path / "file" / "below"), HOME=str(tmp_path)) == "None"


def test_importing_the_room_loads_no_heavy_library() -> None:
    code = (
        "import sys, planner.radio, planner.radio.link, planner.radio.coverage, planner.radio.covers, "
        "planner.radio.hops, planner.radio.capacity, planner.radio.profile, planner.specs.radio; "
        "print(sorted({'numba', 'scipy', 'sklearn', 'folium', 'geopandas', 'pyproj'} & set(sys.modules)))"
    )
    assert _ask(code, HOME=str(ROOT)) == "[]"


def test_lazy_names_are_there_and_others_are_not() -> None:
    for name in planner.radio.__all__:
        assert getattr(planner.radio, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'sweep'"):
        _ = planner.radio.sweep


AHEAD = """
from planner.radio import _coverage_kernel, _hop_kernel
from planner.radio.coverage import coverage
from planner.radio.propagation import _p1812_area, p1812
from planner.radio.warm import compile_kernels
from tests import radio_worlds as worlds
compile_kernels()
loops = (_coverage_kernel.pixels_within, _coverage_kernel.keep_best, _coverage_kernel.add_power)
kernels = (_p1812_area.sweep_losses, p1812._losses, *loops, _hop_kernel.tightest_points)
assert all(len(kernel.signatures) == 1 for kernel in kernels), [kernel.signatures for kernel in kernels]
frame = worlds.grid()
terrain, clutter, land = worlds.ground(frame)
coverage(worlds.stations(frame, 5), frame, spec=worlds.spec(), terrain=terrain, clutter_m=clutter, land=land)
assert all(len(kernel.signatures) == 1 for kernel in kernels), [kernel.signatures for kernel in kernels]
"""


def test_coverage_compiles_nothing_that_was_not_compiled_ahead():
    """The far pixel of `compile_kernels` once fell to the point model, and every cold run compiled the sweep late."""
    folder = _jit.cache_folder()
    assert _ask(AHEAD, **({} if folder is None else {"XDG_CACHE_HOME": str(folder.parents[1])})) == ""


def test_point_kernel_keeps_its_pace() -> None:
    """The best of many short runs against a plain loop in the same process: about 1 µs a path on one core."""
    rng = np.random.default_rng(0)
    n = 120
    height = rng.uniform(0.0, 300.0, (n, n)).astype(np.float32)
    cover = np.where(rng.random((n, n)) < 0.4, 10.0, 0.0).astype(np.float32)
    rows, cols = np.nonzero(np.hypot(*(np.mgrid[0:n, 0:n] - 60)) < 50.0)
    pick = rng.permutation(rows.size)[:500]
    ones = np.full(500, 0.3)
    job = AreaJob(
        Surface(height, cover, has_cover=True), (60.3, 60.2), -8.5, (0.3, 0.3), rows[pick], cols[pick], ones, ones,
        np.array([42.0]), np.array([900.0]), Settings(1.5, 50.0, 380.0, 50.0, 50.0, "vertical", 0.3, 300.0),
    )  # fmt: skip
    p1812.losses_db(job)
    best = min(_seconds(job) for _ in range(40))
    assert 500 / best > 150_000  # a fifth of what an idle core reaches, so that a busy machine passes


def _seconds(job: AreaJob) -> float:
    start = time.perf_counter()
    p1812.losses_db(job)
    return time.perf_counter() - start

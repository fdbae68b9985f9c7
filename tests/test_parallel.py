"""The same results, in order, whichever way parts are mapped."""

from __future__ import annotations

import numpy as np
import pytest
import radio_worlds as worlds

from planner import parallel
from planner.geo import tiles
from planner.grid import Grid
from planner.radio.coverage import coverage

FRAME = worlds.grid(60, 60)


def _tile(part: tuple[int, int, Grid]) -> bytes:
    """Coverage of one tile of an invented island."""
    terrain, clutter, land = worlds.ground(FRAME)
    found = coverage(
        worlds.stations(FRAME, 6),
        part[2],
        spec=worlds.spec(radius_km=5.0),
        terrain=terrain,
        clutter_m=clutter,
        land=land,
    )
    return found.rsrp_dbm.tobytes()


def test_threads_give_what_one_after_another_gives() -> None:
    parts = list(tiles(FRAME, 25))
    alone = list(parallel.map_parts(_tile, parts, mode="serial"))
    assert alone == list(parallel.map_parts(_tile, parts, workers=3))
    assert len(set(alone)) > 1


def test_parts_in_flight_are_bounded() -> None:
    taken = []

    def parts() -> object:
        for i in range(50):
            taken.append(i)
            yield i

    results = parallel.map_parts(lambda i: i, parts(), workers=2)  # type: ignore[arg-type]  # a generator
    assert next(results) == 0
    assert len(taken) <= 4
    assert list(results) == list(range(1, 50))


def test_dask_gives_what_one_after_another_gives() -> None:
    distributed = pytest.importorskip("distributed", reason="the extra merata[dask] is not installed")
    parts = list(tiles(FRAME, 25))
    alone = list(parallel.map_parts(_tile, parts, mode="serial"))
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None) as cluster,
        distributed.Client(cluster),
    ):
        assert list(parallel.map_parts(_tile, parts, mode="dask")) == alone


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="serial, threads, dask"):
        list(parallel.map_parts(np.sqrt, [1.0], mode="cloud"))

"""People of a raster coarser than the grid: where in a coarse pixel they stand, and that none leaves it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import rasterio
from demand_worlds import box_admin, demand_spec, empty, grid, inputs, table, umkm_at
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.demand import build_demand
from planner.demand.points import UNIT
from planner.grid import Grid, Lattice, Raster
from planner.layers.population import read
from planner.layers.report import ReadContext
from planner.scenario import LayerSource

PIXEL_DEG = grid().pixel_deg


def lattice(ratio: float, rows: float = 0.0, cols: float = 0.0) -> Lattice:
    """Coarse pixels of ``ratio`` grid pixels whose corner lies ``rows`` and ``cols`` grid pixels inside the grid."""
    here = grid()
    side = ratio * PIXEL_DEG
    return Lattice(here.west_deg + cols * PIXEL_DEG, here.north_deg - rows * PIXEL_DEG, side, side)


def blocks(held: Lattice, on: Grid) -> np.ndarray:
    rows, cols = held.numbers(on)
    return rows[:, None] * 1000 + cols[None, :]


def even(held: Lattice, people: dict[int, float]) -> Raster:
    """People of coarse pixels, by number, even over the pixels they hold."""
    number = blocks(held, grid())
    values = np.zeros(number.shape)
    for block, total in people.items():
        values[number == block] = total / (number == block).sum()
    return Raster(grid(), values, "people")


def placed(demand) -> np.ndarray:
    values = np.zeros(grid().n_rows * grid().n_cols)
    values[demand.cells["cell_id"]] = demand.cells["people"]
    return values.reshape(grid().shape)


def facility_at(row: int, col: int) -> pd.DataFrame:
    lon, lat = grid().lon_lat(np.array([row]), np.array([col]))
    return table("facilities", facility_id=["s"], kind=["school"], lon_deg=lon, lat_deg=lat, is_main=True)


def test_people_stand_beside_enterprises_and_facilities_in_proportion():
    """By hand: 80 people; weights 2 and 1 of enterprises and 1 of a school give 40, 20 and 20."""
    held = lattice(3.0)
    umkm = umkm_at([0, 2], [0, 2], weight=[2.0, 1.0])
    demand = build_demand(
        inputs(population=even(held, {0: 80.0}), umkm=umkm, facilities=facility_at(1, 0), lattice=held)
    )
    people = placed(demand)
    assert (people[0, 0], people[2, 2], people[1, 0], people.sum()) == (40.0, 20.0, 20.0, 80.0)
    assert set(demand.cells["people_evidence"]) == {"estimate"}
    assert demand.report.people_placed == 80.0


def test_people_of_a_coarse_pixel_without_either_stand_in_its_middle_or_where_houses_are():
    held = lattice(3.0)
    population = even(held, {0: 9.0, 2000: 5.0})
    built = np.zeros(grid().shape, dtype=bool)
    built[8, 0] = True
    people = placed(build_demand(inputs(population=population, lattice=held, built=built)))
    assert (people[1, 1], people[8, 0], people.sum()) == (9.0, 5.0, 14.0)


def test_even_placement_can_be_asked_for_and_is_an_estimate_too():
    held = lattice(3.0)
    demand = build_demand(
        inputs(population=even(held, {0: 9.0}), lattice=held, spec=demand_spec(people_placement="even"))
    )
    assert placed(demand)[:3, :3].tolist() == [[1.0] * 3] * 3
    assert set(demand.cells["people_evidence"]) == {"estimate"}


def test_people_do_not_leave_their_area():
    """A coarse pixel across a border: both parts keep their land's share, though all enterprises lie in one."""
    admin = box_admin({"53.01.01.2001": (0, 2, 0, 10), "53.01.01.2002": (2, 10, 0, 10)})
    held = lattice(3.0)
    demand = build_demand(inputs(population=even(held, {0: 9.0}), umkm=umkm_at([0], [0]), lattice=held, admin=admin))
    sums = demand.cells.groupby("area_code")["people"].sum()
    assert sums.to_dict() == {"53.01.01.2001": 6.0, "53.01.01.2002": 3.0}
    assert len(demand.cells) == 2


def test_people_of_water_pixels_stay_in_their_coarse_pixel_if_it_has_land():
    land = np.zeros(grid().shape, dtype=bool)
    land[0, 0] = land[0, 4] = True
    held = lattice(3.0)
    demand = build_demand(inputs(population=even(held, {0: 9.0, 1000: 9.0}), lattice=held, land=land))
    people = placed(demand)
    assert people.sum() + demand.report.people_left_out == pytest.approx(18.0)
    assert people[0, 4] == 0.0
    assert people[0, 0] >= 9.0
    assert demand.report.people_moved == pytest.approx(18.0 - 1.0 - demand.report.people_left_out)


@settings(max_examples=60, deadline=None)
@given(
    ratio=st.floats(1.5, 6.0),
    rows=st.floats(-3.0, 3.0),
    cols=st.floats(-3.0, 3.0),
    seed=st.integers(0, 2**32 - 1),
)
def test_no_coarse_pixel_gains_or_loses_people(ratio, rows, cols, seed):
    rng = np.random.default_rng(seed)
    held = lattice(ratio, rows, cols)
    number = blocks(held, grid())
    stated = {int(block): float(rng.integers(0, 5) * rng.random()) for block in np.unique(number)}
    n = int(rng.integers(0, 8))
    umkm = umkm_at(*rng.integers(0, 10, (2, n)).tolist()) if n else empty("umkm")
    given_inputs = {"population": even(held, stated), "lattice": held}
    demand = build_demand(inputs(umkm=umkm, **given_inputs))
    people = placed(demand)
    sums = {block: people[number == block].sum() for block in stated}
    assert sums == pytest.approx(stated, abs=2.0 * UNIT)
    assert people.sum() == pytest.approx(sum(stated.values()), abs=UNIT)
    if n:
        shuffled = umkm.sample(frac=1.0, random_state=seed % 1000).reset_index(drop=True)
        pd.testing.assert_frame_equal(demand.cells, build_demand(inputs(umkm=shuffled, **given_inputs)).cells)


def write_people(path, values: np.ndarray, west: float, north: float, side: float, *, south_up: bool = False) -> None:
    step = (side, north - values.shape[0] * side) if south_up else (-side, north)
    profile = {
        "driver": "GTiff", "crs": "EPSG:4326", "dtype": "float64", "count": 1, "height": values.shape[0],
        "width": values.shape[1], "transform": rasterio.Affine(side, 0.0, west, 0.0, *step),
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as file:
        file.write(values[::-1] if south_up else values, 1)


@settings(max_examples=40, deadline=None)
@given(ratio=st.floats(1.5, 5.0), off=st.floats(0.0, 1.0), seed=st.integers(0, 1000), south_up=st.booleans())
def test_the_layer_keeps_every_coarse_pixel_whole_and_says_where_it_lies(tmp_path_factory, ratio, off, seed, south_up):
    """What the reader lays out over the grid is what the lattice it names gathers again."""
    folder = tmp_path_factory.mktemp("people")
    values = np.random.default_rng(seed).random((6, 6)) * 100.0
    side = 0.01
    write_people(folder / "p.tif", values, 120.0, -8.0, side, south_up=south_up)
    pixel = side / ratio
    on = Grid(120.0 - off * pixel, -8.0 + off * pixel, pixel, int(7 * ratio) + 2, int(7 * ratio) + 2)
    source = LayerSource(path="p.tif", kind="population", unit="people")
    found = read(folder / "p.tif", source, ReadContext(folder=folder, grid=on))
    number = blocks(found.lattice, on)
    sums = [[np.nansum(found.data.values[number == r * 1000 + c]) for c in range(6)] for r in range(6)]
    assert np.array(sums) == pytest.approx(values, rel=1e-12)


def test_a_raster_as_fine_as_the_grid_has_no_lattice(tmp_path):
    write_people(tmp_path / "p.tif", np.ones((6, 6)), 120.0, -8.0, 0.01)
    on = Grid(120.0, -8.0, 0.01, 6, 6)
    source = LayerSource(path="p.tif", kind="population", unit="people")
    assert read(tmp_path / "p.tif", source, ReadContext(folder=tmp_path, grid=on)).lattice is None

"""Plans of other ceilings and servers of pixels, as the page receives them."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import json
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from maps_world import frontier, make_inputs, served_by
from test_maps_packed import unpack

from planner.grid import Grid, Raster
from planner.maps.inputs import without_years
from planner.maps.packed import Pack
from planner.maps.page import make_map
from planner.maps.rasters import MOST_NUMBERS, add_number_raster
from planner.maps.servers import add_servers


def page_of(**changes: Any) -> tuple[dict[str, Any], bytes]:
    """Data island and unpacked block of a page."""
    html = make_map(make_inputs(**changes)).get_root().render()
    data = re.search(r'id="merata-data">(.*?)</script>', html, re.DOTALL)
    block = re.search(r'id="merata-pack">"(.*?)"<', html)
    assert data is not None
    assert block is not None
    return json.loads(data.group(1)), gzip.decompress(base64.b64decode(block.group(1)))


def test_a_frontier_is_packed_cheapest_first_and_knows_the_plan_of_the_page() -> None:
    fields = frontier()
    data, block = page_of(**{**fields, "frontier_points": fields["frontier_points"].iloc[::-1]})
    packed = data["frontier"]["points"]
    ceiling = packed["c"]["ceiling_idr"]
    assert np.frombuffer(block, "<f8", ceiling["n"], ceiling["o"]).tolist() == [1e9, 2.5e9, 5e9]
    assert data["frontier"]["own"] == 2
    assert data["frontier"]["sites"]["n"] == 3
    assert {"year", "payer", "point", "site_class"} <= set(data["frontier"]["sites"]["c"])


def test_a_plan_without_years_promises_none() -> None:
    """The rows of a plan under one ceiling carry the scenario's year; the page must not show it as the year to build."""
    dated = make_inputs(**frontier())
    undated = without_years(dated)
    for name in ("sites", "links", "frontier_sites", "frontier_links"):
        assert "year" in getattr(dated, name)
        assert "year" not in getattr(undated, name)
    html = make_map(undated).get_root().render()
    found = re.search(r'id="merata-data">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    data = json.loads(found.group(1))
    assert all("year" not in data["layers"][name]["c"] for name in ("sites", "links"))
    assert without_years(make_inputs(sites=None, links=None)).sites is None


@pytest.mark.parametrize("n", [0, 1])
def test_one_ceiling_is_no_frontier(n: int) -> None:
    fields = frontier()
    data, _ = page_of(**{**fields, "frontier_points": fields["frontier_points"].iloc[:n]})
    assert data["frontier"] is None


def test_a_plan_that_is_no_point_has_no_frontier() -> None:
    """The slider could not lead back to it."""
    for plan in ({"ceiling_idr": 6e9}, {}):
        assert page_of(**frontier(), plan=plan)[0]["frontier"] is None


def test_what_each_year_brings_at_a_point_travels_with_it() -> None:
    years = pd.DataFrame(
        {"point": [0, 0], "year": [2026, 2027], "n_sites_on": [1, 2], "n_umkm_on": [3.25, 8.5], "weight_on": 1.0}
    )
    data, block = page_of(**frontier(), frontier_years=years, frontier_left_out=3)
    packed = data["frontier"]["years"]
    served = packed["c"]["n_umkm_on"]
    assert np.frombuffer(block, "<f8", served["n"], served["o"]).tolist() == [3.25, 8.5]
    assert set(packed["c"]) == {"point", "year", "n_sites_on", "n_umkm_on"}
    assert data["frontier"]["left_out"] == 3


def test_only_servers_of_some_pixel_travel_and_keep_their_pixels() -> None:
    grid = Grid(119.9, -8.9, 0.01, 70, 200)
    inputs = dataclasses.replace(make_inputs(), **served_by(grid))
    pack = Pack()
    found = add_servers(pack, inputs)
    assert found["servers"]["n"] == 2  # the third has no place and serves nobody
    low = unpack(pack, found["rasters"]["server"]["v"]).reshape(70, 200)
    rows = np.cumsum(low, axis=1, dtype=np.uint8)
    assert set(rows[:, :100].ravel()) == {1}
    assert set(rows[:, 100:].ravel()) == {2}


def test_numbers_above_a_byte_come_back() -> None:
    grid = Grid(100.0, 0.0, 0.5, 1, 4)
    pack = Pack()
    found = add_number_raster(pack, Raster(grid, np.array([[-1, 0, 700, MOST_NUMBERS]], dtype=np.int32), "class"))
    low, high = (np.cumsum(unpack(pack, found[key]), dtype=np.uint8).astype(int) for key in ("v", "high"))
    assert (low + 256 * high - 1).tolist() == [-1, 0, 700, MOST_NUMBERS]


def test_more_servers_than_can_be_numbered_are_left_out() -> None:
    n = MOST_NUMBERS + 1
    grid = Grid(100.0, 0.0, 0.001, 1, n)
    servers = pd.DataFrame({"bts_id": [str(i) for i in range(n)], "lon_deg": 100.0, "lat_deg": 0.0})
    raster = Raster(grid, np.arange(n, dtype=np.int32).reshape(1, n), "class")
    assert add_servers(Pack(), dataclasses.replace(make_inputs(), servers=servers, coverage_server=raster)) == {}

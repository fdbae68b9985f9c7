"""Quality of pixels: the same numbers that cells are judged with, and nothing where nothing is modelled."""

from __future__ import annotations

import numpy as np
import pytest
from demand_worlds import cells, radio_spec, service_spec
from test_service_levels import random_network

from planner.service import judge, pixel_quality, server_table

RADIO = radio_spec()


@pytest.mark.parametrize("place", ["outdoor", "indoor"])
@pytest.mark.parametrize("seed", range(12))
def test_pixels_have_the_sinr_and_probability_of_their_cells(seed, place):
    stations, heard, demand, confidence = random_network(seed)
    world = cells(len(demand), demand_mbps=demand)
    service, load = judge(world, stations, heard, confidence_share=confidence, radio=RADIO, spec=service_spec(place=place), pixel_m=1000.0)  # fmt: skip
    servers = server_table(stations, load, radio=RADIO, pixel_m=1000.0)
    wide = [i for i, group in enumerate(heard.groups) if group.kind == "broadband"]
    if not wide:
        return  # nothing that could have quality
    level = np.where(heard.server[wide] >= 0, heard.rsrp_dbm[wide], -np.inf)
    best = level.argmax(axis=0)
    column = np.arange(len(demand))
    station = np.where(np.isfinite(level[best, column]), heard.server[wide][best, column], -1)
    signal = np.where(station >= 0, heard.rsrp_dbm[wide][best, column], np.nan).astype(np.float32)
    other = heard.interference_dbm[wide][best, column]
    sinr, probability = pixel_quality(signal, other, station, servers, radio=RADIO, is_indoor=place == "indoor")
    assert sinr is not None
    np.testing.assert_allclose(sinr, service["sinr_db"], rtol=0, atol=1e-3)
    np.testing.assert_allclose(probability, service["probability_share"], rtol=0, atol=1e-6)
    assert np.array_equal(np.isnan(probability), station < 0)


def test_without_modelled_interference_there_is_no_ratio():
    stations, heard, demand, confidence = random_network(3)
    radio = RADIO.model_copy(update={"interference": "fixed"})
    world = cells(len(demand), demand_mbps=demand)
    _, load = judge(
        world, stations, heard, confidence_share=confidence, radio=radio, spec=service_spec(), pixel_m=1000.0
    )
    servers = server_table(stations, load, radio=radio, pixel_m=1000.0)
    level, station = np.full((2, 2), -100.0, dtype=np.float32), np.zeros((2, 2), dtype=np.int32)
    sinr, probability = pixel_quality(level, level, station, servers, radio=radio, is_indoor=False)
    assert sinr is None
    assert probability.shape == (2, 2)

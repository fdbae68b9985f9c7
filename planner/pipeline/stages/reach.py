"""Finds how far each station is followed: by its height over the ground of the whole run, once for all tiles."""

from __future__ import annotations

import numpy as np

from planner.pipeline.artifacts import read_grid
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import layer, read_land
from planner.pipeline.stages._specs import radio_spec
from planner.radio.radius import station_radius_km
from planner.radio.ranges import Floats

__all__ = ["run", "station_reach_km"]


def run(context: StageContext) -> None:
    """Keep the reach of each row of the layer bts, kilometres."""
    spec, bts = radio_spec(context.scenario), layer(context, "bts")
    over_ground = spec.radius_km == 0.0 and len(bts) > 0
    found = station_radius_km(
        bts,
        spec=spec,
        terrain=layer(context, "terrain") if over_ground else None,
        land=read_land(context.inputs["frame"]) if over_ground else None,
        pixel_m=read_grid(context.inputs["frame"]).pixel_m,
    )
    np.save(context.folder / "radius_km.npy", found)


def station_reach_km(context: StageContext) -> Floats:
    """Reach of each row of the layer bts, kilometres, from the artifact of this stage."""
    found: Floats = np.load(context.inputs["reach"] / "radius_km.npy", allow_pickle=False)
    return found

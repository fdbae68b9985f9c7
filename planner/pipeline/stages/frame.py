"""The frame of a run: grid, land, region and its box, from the admin layer and the coast."""

from __future__ import annotations

from planner.errors import ScenarioError
from planner.layers.land import land_mask
from planner.pipeline.artifacts import read_layer_artifact, write_bands, write_json
from planner.pipeline.stage import StageContext
from planner.pipeline.stages._frame import grid_over, region_polygons
from planner.units import pixel_deg_for

__all__ = ["run"]


def run(context: StageContext) -> None:
    """Lay the grid over the region and say which pixels are land of the region."""
    region = context.scenario.region
    admin = read_layer_artifact(context.inputs["layer:admin"], "admin")
    areas = region_polygons(admin, region.areas)
    if areas.empty:
        codes = ", ".join(region.areas) or "(all)"
        message = f"region.areas {codes}: the admin layer has no polygon with these codes"
        raise ScenarioError(message, code="region_empty", areas=codes)
    west, south, east, north = (float(v) for v in areas.total_bounds)
    bounds = region.bounds_deg or (west, south, east, north)
    grid = grid_over(bounds, pixel_deg_for(region.pixel_m))
    land = land_mask(areas, grid)
    write_bands(context.folder / "land.tif", grid, land[None], names=("land",))
    frame = {
        "grid": {
            "west_deg": grid.west_deg, "north_deg": grid.north_deg, "pixel_deg": grid.pixel_deg,
            "n_rows": grid.n_rows, "n_cols": grid.n_cols,
        },
        "bounds_deg": list(grid.bounds_deg),
        "n_land_pixels": int(land.sum()),
    }  # fmt: skip
    write_json(context.folder / "frame.json", frame)

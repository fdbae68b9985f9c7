"""Packs coverage rasters: one byte a pixel on the run's own grid; the page warps the rows to EPSG:3857."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.grid import Raster
from planner.maps.packed import Pack
from planner.maps.tables import signal_bytes

__all__ = [
    "MOST_NUMBERS",
    "PROBABILITY_STEPS",
    "SINR_STEPS",
    "Steps",
    "add_coarse_signal_raster",
    "add_lead_raster",
    "add_number_raster",
    "add_operator_raster",
    "add_signal_raster",
    "add_stepped_raster",
]

MOST_NUMBERS = 65_534
"""Rows that a raster of numbers can tell apart in two bytes."""

_MAX_PIXELS = 6_000_000
_COARSE_DB = 4


@dataclass(frozen=True)
class Steps:
    """Numbers rounded down to steps: byte ``k`` stands for ``low + (k − 1)·step`` and up, 0 for none.

    Parameters
    ----------
    low, step, n
        First step, its width, how many there are; numbers beyond either end stand in the last step there.
    """

    low: float
    step: float
    n: int


SINR_STEPS = Steps(-12.0, 4.0, 11)
"""−12 to 28 dB in steps of 4: what a reader can tell apart, in a tenth of the bytes of whole decibels."""

PROBABILITY_STEPS = Steps(0.0, 0.05, 20)
"""0 to 95 % and more in steps of 5 %."""


def add_signal_raster(pack: Pack, raster: Raster) -> dict[str, Any]:
    """Signal in whole dB, 0 where there is none; rows stored as differences to the pixel on the left."""
    return _add(pack, raster, signal_bytes(raster.values))


def add_operator_raster(pack: Pack, raster: Raster, operators: tuple[str, ...]) -> dict[str, Any]:
    """Number of the operator plus one, 0 where there is none."""
    values = np.where(raster.values >= 0, np.minimum(raster.values + 1, 255), 0).astype(np.uint8)
    return {**_add(pack, raster, values), "operators": list(operators)}


def add_coarse_signal_raster(pack: Pack, raster: Raster) -> dict[str, Any]:
    """Signal rounded down to steps of 4 dB, 0 where there is none: a third of the bytes of whole dB."""
    return _add(pack, raster, signal_bytes(raster.values) // _COARSE_DB * _COARSE_DB)


def add_stepped_raster(pack: Pack, raster: Raster, steps: Steps) -> dict[str, Any]:
    """Numbers rounded down to steps; the page reads them as ``low + (byte − 1)·step``."""
    values = raster.values
    whole = np.floor((np.where(np.isfinite(values), values, steps.low) - steps.low) / steps.step + 1e-6)
    codes = np.where(np.isfinite(values), np.clip(whole, 0, steps.n - 1) + 1, 0)
    return {**_add(pack, raster, codes.astype(np.uint8)), "low": steps.low, "step": steps.step}


def add_lead_raster(pack: Pack, raster: Raster) -> dict[str, Any]:
    """Leads in whole dB up to 60, stored as lead plus one; 0 where there is none."""
    whole = np.clip(np.rint(np.where(np.isfinite(raster.values), raster.values, -1.0)), -1.0, 60.0) + 1.0
    return _add(pack, raster, whole.astype(np.uint8))


def add_number_raster(pack: Pack, raster: Raster) -> dict[str, Any]:
    """Row numbers up to `MOST_NUMBERS`, stored as number plus one in two planes of bytes; 0 where there is none."""
    numbers = np.where(raster.values >= 0, raster.values + 1, 0).astype(np.uint16)
    low = _add(pack, raster, (numbers & 255).astype(np.uint8))
    return {**low, "high": _add(pack, raster, (numbers >> 8).astype(np.uint8))["v"]}


def _add(pack: Pack, raster: Raster, values: Any) -> dict[str, Any]:
    step = int(np.ceil(np.sqrt(max(1.0, values.size / _MAX_PIXELS))))
    seen = values[step // 2 :: step, step // 2 :: step]
    steps = np.diff(seen, axis=1, prepend=np.uint8(0))
    grid = raster.grid
    return {
        "west": grid.west_deg,
        "north": grid.north_deg,
        "pixel": grid.pixel_deg * step,
        "rows": int(seen.shape[0]),
        "cols": int(seen.shape[1]),
        "v": pack.add(steps.astype(np.uint8).ravel()),
    }

"""Profiles from a surface, inside compiled loops."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import jit

__all__ = ["Frame", "Paths", "frame_of", "path_points", "paths_of", "sample_path"]

from planner.radio.propagation import AreaJob, Surface


class Frame(NamedTuple):
    """Arrays of a `Surface`, and whether any of it is sea or cluttered."""

    height: NDArray[np.float32]
    clutter: NDArray[np.float32]
    sea: NDArray[np.uint8]
    has_clutter: bool
    has_sea: bool


class Paths(NamedTuple):
    """Where the paths of a job run; lengths in kilometres, places in pixels."""

    row: float
    col: float
    rows: NDArray[np.int64]
    cols: NDArray[np.int64]
    length: NDArray[np.float64]
    spacing: float


def frame_of(surface: Surface) -> Frame:
    """The compiled loops' view of a surface."""
    has_clutter = surface.clutter_m.size > 0
    return Frame(
        surface.height_m,
        surface.clutter_m if has_clutter else np.zeros((1, 1), np.float32),
        surface.is_sea,
        has_clutter,
        bool(surface.is_sea.any()),
    )


def paths_of(job: AreaJob) -> Paths:
    """The compiled loops' view of a job."""
    return Paths(job.tower[0], job.tower[1], job.rows, job.cols, job.distance_km(), job.settings.spacing_km)


@jit
def path_points(length_km: float, spacing_km: float) -> int:
    """Points of a profile: steps as near to ``spacing_km`` as whole numbers allow, at least five points."""
    return max(5, int(length_km / spacing_km + 0.5) + 1)


@jit
def sample_path(
    frame: Frame,
    start: tuple[float, float],
    stop: tuple[int, int],
    n: int,
    h: NDArray[np.float64],
    g: NDArray[np.float64],
    zone: NDArray[np.uint8],
) -> None:
    """Heights (bilinear), clutter and zone (nearest pixel) of ``n`` even steps along a straight path.

    Clutter at both ends is left out (ITU-R P.1812-8 §3.2); land counts as inland (zone A2).
    """
    last_row = frame.height.shape[0] - 2
    last_col = frame.height.shape[1] - 2
    step_row = (stop[0] - start[0]) / (n - 1)
    step_col = (stop[1] - start[1]) / (n - 1)
    for i in range(n):
        row = start[0] + step_row * i
        col = start[1] + step_col * i
        top = min(max(int(row), 0), last_row)
        left = min(max(int(col), 0), last_col)
        down = row - top
        right = col - left
        above = frame.height[top, left] + right * (frame.height[top, left + 1] - frame.height[top, left])
        below = frame.height[top + 1, left] + right * (frame.height[top + 1, left + 1] - frame.height[top + 1, left])
        h[i] = above + down * (below - above)
    h[n - 1] = frame.height[stop[0], stop[1]]
    if frame.has_sea or frame.has_clutter:
        for i in range(n):
            row_i = int(start[0] + step_row * i + 0.5)
            col_i = int(start[1] + step_col * i + 0.5)
            if frame.has_sea:
                zone[i] = 1 if frame.sea[row_i, col_i] else 4
            if frame.has_clutter:
                g[i] = h[i] + frame.clutter[row_i, col_i]
    if not frame.has_clutter:
        for i in range(n):
            g[i] = h[i]
    g[0] = h[0]
    g[n - 1] = h[n - 1]

"""Profiles from a surface, inside compiled loops."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import greatest, jit, least
from planner.radio.propagation import AreaJob, Surface

__all__ = ["Frame", "Paths", "frame_of", "path_points", "paths_of", "sample_path"]


Array = NDArray[np.float64]


class Frame(NamedTuple):
    """Flat arrays of a `Surface` with their shape, and whether any of it is sea or cluttered."""

    height: NDArray[np.float32]
    cover: NDArray[np.float32]
    n_rows: int
    n_cols: int
    has_cover: bool


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
    n_rows, n_cols = surface.height_m.shape
    return Frame(surface.height_m.ravel(), surface.cover_m.ravel(), n_rows, n_cols, surface.has_cover)


def paths_of(job: AreaJob) -> Paths:
    """The compiled loops' view of a job."""
    return Paths(job.tower[0], job.tower[1], job.rows, job.cols, job.distance_km(), job.settings.spacing_km)


@jit
def path_points(length_km: float, spacing_km: float) -> int:
    """Points of a profile: steps as near to ``spacing_km`` as whole numbers allow, at least five points."""
    n = int(length_km / spacing_km + 0.5) + 1
    return n if n > 5 else 5  # noqa: FURB136  (numba compiles a function for each max of integers)


@jit
def sample_path(
    frame: Frame, start: tuple[float, float], stop: tuple[int, int], n: int, h: Array, g: Array, zone: NDArray[np.uint8]
) -> int:
    """Heights (bilinear), clutter and zone (nearest pixel) at ``n`` even steps along a straight path.

    The last point is the pixel's own. Clutter at both ends is left out (ITU-R P.1812-8 §3.2), ``g`` and
    ``zone`` are written only where the frame has cover; land counts as inland (zone A2).

    Returns
    -------
    int
        How many points are sea.
    """
    last_row, last_col = float(frame.n_rows - 2), float(frame.n_cols - 2)
    step_row, step_col = (stop[0] - start[0]) / (n - 1), (stop[1] - start[1]) / (n - 1)
    n_sea = 0
    for i in range(n):
        row, col = start[0] + step_row * i, start[1] + step_col * i
        top, left = int(least(greatest(row, 0.0), last_row)), int(least(greatest(col, 0.0), last_col))
        down, right = row - top, col - left
        at = np.uint64(top * frame.n_cols + left)  # unsigned: no check for negative indices
        below = np.uint64((top + 1) * frame.n_cols + left)
        upper = frame.height[at] + right * (frame.height[at + np.uint64(1)] - frame.height[at])
        lower = frame.height[below] + right * (frame.height[below + np.uint64(1)] - frame.height[below])
        h[i] = upper + down * (lower - upper)
        if frame.has_cover:
            nearest = (below if down >= 0.5 else at) + (np.uint64(1) if right >= 0.5 else np.uint64(0))
            cover = frame.cover[nearest]
            is_sea = cover < 0.0
            zone[i] = 1 if is_sea else 4
            n_sea += 1 if is_sea else 0
            g[i] = h[i] + (0.0 if is_sea else cover)
    h[n - 1] = frame.height[stop[0] * frame.n_cols + stop[1]]
    g[0], g[n - 1] = h[0], h[n - 1]
    return n_sea

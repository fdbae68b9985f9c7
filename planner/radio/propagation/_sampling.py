"""Profiles from a surface, inside compiled loops."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.radio._jit import greatest, jit, least
from planner.radio.propagation import AreaJob, Surface

__all__ = ["Frame", "Paths", "frame_of", "path_points", "paths_of", "sample_cover", "sample_heights"]


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
def sample_heights(
    frame: Frame, start: tuple[float, float], stop: tuple[int, int], n: int, h: NDArray[np.float64]
) -> None:
    """Bilinear heights at ``n`` even steps along a straight path; the last is the pixel's own."""
    last_row = float(frame.n_rows - 2)
    last_col = float(frame.n_cols - 2)
    step_row = (stop[0] - start[0]) / (n - 1)
    step_col = (stop[1] - start[1]) / (n - 1)
    for i in range(n - 1):
        row = start[0] + step_row * i
        col = start[1] + step_col * i
        top = int(least(greatest(row, 0.0), last_row))
        left = int(least(greatest(col, 0.0), last_col))
        at = np.uint64(top * frame.n_cols + left)  # unsigned: no check for negative indices
        below = np.uint64((top + 1) * frame.n_cols + left)
        right = col - left
        upper = frame.height[at] + right * (frame.height[at + np.uint64(1)] - frame.height[at])
        lower = frame.height[below] + right * (frame.height[below + np.uint64(1)] - frame.height[below])
        h[i] = upper + (row - top) * (lower - upper)
    h[n - 1] = frame.height[stop[0] * frame.n_cols + stop[1]]


@jit
def sample_cover(
    frame: Frame,
    start: tuple[float, float],
    stop: tuple[int, int],
    n: int,
    h: NDArray[np.float64],
    g: NDArray[np.float64],
    zone: NDArray[np.uint8],
) -> int:
    """Clutter and zone of the nearest pixel at the steps of `sample_heights`; how many points are sea.

    Clutter at both ends is left out (ITU-R P.1812-8 §3.2); land counts as inland (zone A2).
    """
    step_row = (stop[0] - start[0]) / (n - 1)
    step_col = (stop[1] - start[1]) / (n - 1)
    last_row = float(frame.n_rows - 1)
    last_col = float(frame.n_cols - 1)
    n_sea = 0
    for i in range(n):
        row = int(least(greatest(start[0] + step_row * i + 0.5, 0.0), last_row))
        col = int(least(greatest(start[1] + step_col * i + 0.5, 0.0), last_col))
        cover = frame.cover[np.uint64(row * frame.n_cols + col)]
        is_sea = cover < 0.0
        zone[i] = 1 if is_sea else 4
        n_sea += 1 if is_sea else 0
        g[i] = h[i] + (0.0 if is_sea else cover)
    g[0] = h[0]
    g[n - 1] = h[n - 1]
    return n_sea

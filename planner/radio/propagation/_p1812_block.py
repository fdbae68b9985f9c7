"""Rows of a block: what the sweep knows of `LANES` pixels, a field a row, all in one flat array of floats.

Field ``NAME`` of lane ``k`` is ``block[NAME + k]``, so that a loop over lanes touches whole rows and LLVM sees that
they do not overlap.
"""

from __future__ import annotations

from planner.radio.propagation._p1812_sweep import TAIL

__all__ = ["BLOCK_SIZE", "FIELDS", "LANES", "SHARED_SIZE"]

LANES = 32

_TAKEN = (
    "north", "east", "total", "ground_r", "ground_t", "step", "points", "last", "hrs", "bent_r",
    "last_x", "last_h", "v1", "v2", "over_r", "at_r", "height_r", "bare_r", "slope_r",
    "sea", "land_run", "longest", "coast_t", "coast_r", "omega",
)  # fmt: skip

_OF_ANTENNA = (
    "hts", "over_t", "at_t", "height_t", "bare_t", "slope_t", "above", "above_at", "room",
    "slope_t_flat", "slope_r_flat", "nu_flat",
    "rise", "nu", "hted", "hred", "theta", "theta_t", "theta_r", "dlt", "dlr", "hte", "hre", "rough", "departure",
    "free", "diffracted", "diffracted_flat", "ducted", "loss",
)  # fmt: skip

FIELDS = (
    *_TAKEN,
    *(f"{name}_{q}" for name in ("tail_h", "tail_cover", "tail_down", "tail_right") for q in range(TAIL)),
    *_OF_ANTENNA,
)
"""What is the same for all heights of the antenna
    Offset from the place in pixels, distance (km), ground at both ends (m); by `prepare` step (km) and points of the
    pixel's own path, number of the last sample taken on the ray, the receiver above sea level and over the curved
    Earth (m). From the ray: kilometre and ground of that last sample, moments of the smooth surface up to it;
    steepest slope from the receiver over the curved Earth to bare ground, its kilometre and height, that without
    curvature and that to ground with clutter (m/km); kilometres of sea, of the land section at hand, of the longest one, up
    to the first sea and the end of the last (after `settle`: to both coasts); share over sea. Ground and clutter at the
    path's last samples, and how far these stand below and right of a pixel's centre.
Of one antenna
    Its height above sea level (m); what it sees, as the receiver; greatest height of bare ground over the direct
    line (m) and its kilometre; least ν² of a clear path without its constant factor; slopes from both ends and
    largest ν over the flatter Earth of β0 % (wanted below 50 % of time only).
Made of these by `settle`
    Transmitter over receiver (m); largest ν without sqrt(1/λ); heights over the smooth surface for diffraction
    (m); angular distance and horizon angles (mrad); horizon distances (km); heights for ducting and roughness (m);
    the angle at which the path leaves (mrad).
Made by the formulas
    Free space, diffraction loss over both Earths, ducting in whole, and the result (dB).
"""

BLOCK_SIZE = len(FIELDS) * LANES
SHARED_SIZE = (len(_TAKEN) + 4 * TAIL) * LANES

(
    NORTH, EAST, TOTAL, GROUND_R, GROUND_T, STEP, POINTS, LAST, HRS, BENT_R,
    LAST_X, LAST_H, V1, V2, OVER_R, AT_R, HEIGHT_R, BARE_R, SLOPE_R,
    SEA, LAND_RUN, LONGEST, COAST_T, COAST_R, OMEGA,
) = range(0, len(_TAKEN) * LANES, LANES)  # fmt: skip

TAIL_H, TAIL_COVER, TAIL_DOWN, TAIL_RIGHT = range(len(_TAKEN) * LANES, SHARED_SIZE, TAIL * LANES)

(
    HTS, OVER_T, AT_T, HEIGHT_T, BARE_T, SLOPE_T, ABOVE, ABOVE_AT, ROOM,
    SLOPE_T_FLAT, SLOPE_R_FLAT, NU_FLAT,
    RISE, NU, HTED, HRED, THETA, THETA_T, THETA_R, DLT, DLR, HTE, HRE, ROUGH, DEPARTURE,
    FREE, DIFFRACTED, DIFFRACTED_FLAT, DUCTED, LOSS,
) = range(SHARED_SIZE, BLOCK_SIZE, LANES)  # fmt: skip

"""Rows of a block: what the sweep knows of `LANES` pixels, a field a row, all in one flat array of floats.

Field ``NAME`` of lane ``k`` is ``block[NAME + k]``, so that a loop over lanes touches whole rows and LLVM sees that
they do not overlap.
"""

from __future__ import annotations

from planner.radio.propagation._p1812_sweep import TAIL

__all__ = ["BLOCK_SIZE", "FIELDS", "LANES"]

LANES = 32

FIELDS = (
    "total", "step", "points", "hts", "hrs", "ground_t", "ground_r", "last_x", "last_h", "v1", "v2",
    "over_t", "at_t", "height_t", "bare_t", "slope_t", "over_r", "at_r", "height_r", "bare_r", "slope_r",
    "above", "above_at", "room", "omega", "longest", "coast_t", "coast_r",
    "slope_t_flat", "slope_r_flat", "nu_flat",
    *(f"tail_h{q}" for q in range(TAIL)), *(f"tail_g{q}" for q in range(TAIL)),
    "rise", "nu", "hted", "hred", "theta", "theta_t", "theta_r", "dlt", "dlr", "hte", "hre", "rough", "departure",
    "free", "diffracted", "diffracted_flat", "ducted", "loss",
)  # fmt: skip
"""Gathered pixel by pixel
    Distance and step of the pixel's own path (km), its points; antennas and ground at both ends above sea level
    (m); kilometre and ground of the last sample taken on the ray, moments of the smooth surface up to it; steepest
    slope over the curved Earth from the transmitter to bare ground, its kilometre and height, that without
    curvature and that to ground with clutter (m/km); the same from the receiver; greatest height of bare ground
    over the direct line (m) and its kilometre; least ν² of a clear path without its constant factor; share over
    sea, longest land section, distances to the coast (km); slopes from both ends and largest ν over the flatter
    Earth of β0 % (wanted below 50 % of time only); ground and ground with clutter at the path's last samples.
Made of these by `settle`
    Transmitter over receiver (m); largest ν without sqrt(1/λ); heights over the smooth surface for diffraction
    (m); angular distance and horizon angles (mrad); horizon distances (km); heights for ducting and roughness (m);
    the angle at which the path leaves (mrad).
Made by the formulas
    Free space, diffraction loss over both Earths, ducting in whole, and the result (dB).
"""

BLOCK_SIZE = len(FIELDS) * LANES

(
    TOTAL, STEP, POINTS, HTS, HRS, GROUND_T, GROUND_R, LAST_X, LAST_H, V1, V2,
    OVER_T, AT_T, HEIGHT_T, BARE_T, SLOPE_T, OVER_R, AT_R, HEIGHT_R, BARE_R, SLOPE_R,
    ABOVE, ABOVE_AT, ROOM, OMEGA, LONGEST, COAST_T, COAST_R,
    SLOPE_T_FLAT, SLOPE_R_FLAT, NU_FLAT,
) = range(0, 31 * LANES, LANES)  # fmt: skip

TAIL_H = 31 * LANES
TAIL_G = TAIL_H + TAIL * LANES

(
    RISE, NU, HTED, HRED, THETA, THETA_T, THETA_R, DLT, DLR, HTE, HRE, ROUGH, DEPARTURE,
    FREE, DIFFRACTED, DIFFRACTED_FLAT, DUCTED, LOSS,
) = range(TAIL_G + TAIL * LANES, BLOCK_SIZE, LANES)  # fmt: skip

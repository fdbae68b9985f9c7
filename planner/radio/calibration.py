"""Fits the propagation model to measured levels: offset, slope and clutter losses, judged on places it has not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.errors import RadioError
from planner.geo import metres_per_degree
from planner.grid import Raster
from planner.radio.ranges import Floats, within
from planner.specs.calibration import CalibrationSpec, ClassError
from planner.specs.radio import ClutterSpec, Correction

__all__ = ["FIT_SOURCE", "Samples", "corrected_dbm", "cover_correction", "coverage_probability", "fit_calibration"]

FIT_SOURCE = "Huber (1964), doi:10.1214/aoms/1177703732; blocks: Roberts et al. (2017), doi:10.1111/ecog.02881"
MIN_SAMPLES, MIN_BLOCKS, MIN_OF_CLASS = 100, 5, 30
_N_FOLDS, _N_RESAMPLES = 5, 60
_MIN_SPREAD_DECADES = 0.2
_MAD_TO_SIGMA = 1.4826

Texts = NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Samples:
    """Measured and modelled levels at the same places; arrays of shape ``(n,)``.

    Parameters
    ----------
    lon_deg, lat_deg
        Places.
    measured_dbm, modelled_dbm
        Level of the same kind (RSRP).
    distance_km
        To the serving tower, positive.
    clutter
        Class of ground cover at the handset.
    """

    lon_deg: Floats
    lat_deg: Floats
    measured_dbm: Floats
    modelled_dbm: Floats
    distance_km: Floats
    clutter: Texts

    def __post_init__(self) -> None:
        within("measured_dbm", self.measured_dbm, -160.0, -20.0, "3GPP TS 36.133 §9.1.4: reported RSRP")
        within("modelled_dbm", self.modelled_dbm, -300.0, 60.0, "levels of a propagation model")
        within("distance_km", self.distance_km, 1e-3, 500.0, "distance to the server")


def fit_calibration(
    samples: Samples, *, name: str, model: str, spacing_m: float, block_km: float = 2.0
) -> CalibrationSpec:
    """Robust fit of ``measured − modelled`` on log-distance and class of ground cover.

    Parameters
    ----------
    samples
        At least 100 places in at least 5 blocks. Thin drives to one value a pixel first: neighbours repeat each other.
    name
        Of the result.
    model, spacing_m
        What made ``modelled_dbm``; stored, since clutter losses depend on the spacing.
    block_km
        Side of the blocks that are left out together, 0.1 to 100: farther than shadowing is correlated.

    Notes
    -----
    Huber regression (ε = 1.35): a twentieth of wild samples moves it little. The slope is 0 when distances span less
    than a fifth of a decade; classes of fewer than 30 samples share the reference's loss. Spread and errors "after"
    come from five-fold cross-validation over blocks, standard errors from resampled blocks.
    Samples that a handset could not hear are missing from any drive: below −120 dBm the fit sees the lucky ones alone.

    References
    ----------
    Huber, P.J. (1964), Robust estimation of a location parameter, doi:10.1214/aoms/1177703732. Roberts, D.R. et al.
    (2017), Cross-validation strategies for data with spatial structure, doi:10.1111/ecog.02881.

    Raises
    ------
    RadioError
        Too few samples or blocks, or values outside their range.
    """
    within("block_km", block_km, 0.1, 100.0, FIT_SOURCE)
    within("spacing_m", spacing_m, 1.0, 5000.0, "ITU-R P.1812-8 §3.2")
    block = _blocks(samples, block_km)
    n, n_blocks = samples.measured_dbm.size, int(block.max(initial=-1)) + 1
    if n < MIN_SAMPLES or n_blocks < MIN_BLOCKS:
        message = (
            f"{n} samples in {n_blocks} blocks of {block_km:g} km are too few to fit and to judge: at least {MIN_SAMPLES} "
            f"in {MIN_BLOCKS} ({FIT_SOURCE})"
        )
        raise RadioError(
            message, code="calibrate_few", n=n, n_blocks=n_blocks, block_km=block_km, least=MIN_SAMPLES,
            least_blocks=MIN_BLOCKS,
        )  # fmt: skip
    names, count = np.unique(samples.clutter, return_counts=True)
    reference = str(names[int(count.argmax())])
    classes = tuple(str(c) for c, k in zip(names, count, strict=True) if k >= MIN_OF_CLASS and c != reference)
    pivot = float(10.0 ** np.log10(samples.distance_km).mean())
    has_slope = float(np.log10(samples.distance_km).std()) >= _MIN_SPREAD_DECADES / 2.0
    design = _design(samples, classes, pivot, has_slope=has_slope)
    residual = samples.measured_dbm - samples.modelled_dbm
    fitted = _huber(design, residual)
    left_out = residual - _cross_validated(design, residual, block)
    error = _standard_errors(design, residual, block)
    every = (reference, *classes)
    return CalibrationSpec(
        name=name,
        about=f"offset, slope and clutter fitted to {n} measured pixels; holds for {model} at {spacing_m:.0f} m spacing",
        model=model,
        spacing_m=spacing_m,
        offset_db=float(fitted[0]),
        offset_error_db=float(error[0]),
        slope_db_per_decade=float(fitted[1]),
        slope_error_db=float(error[1]),
        pivot_km=pivot,
        reference_class=reference,
        clutter_db=dict(zip(every, (0.0, *map(float, fitted[2:])), strict=True)),
        clutter_error_db=dict(zip(every, (0.0, *map(float, error[2:])), strict=True)),
        sigma_db=_spread(left_out),
        sigma_before_db=_spread(residual),
        n_samples=n,
        n_blocks=n_blocks,
        block_km=block_km,
        errors=_errors(samples.clutter, residual, left_out),
    )


def _blocks(samples: Samples, block_km: float) -> NDArray[np.int64]:
    """Number of the square that holds each sample, from 0; the same for any order of samples."""
    lon_m, lat_m = metres_per_degree(float(np.median(samples.lat_deg)))
    col = np.floor(samples.lon_deg * float(lon_m) / 1000.0 / block_km).astype(np.int64)
    row = np.floor(samples.lat_deg * float(lat_m) / 1000.0 / block_km).astype(np.int64)
    found: NDArray[np.int64] = np.unique(np.column_stack([row, col]), axis=0, return_inverse=True)[1].reshape(-1)
    return found.astype(np.int64)


def _design(samples: Samples, classes: tuple[str, ...], pivot_km: float, *, has_slope: bool) -> Floats:
    """Columns: 1, log-distance about the pivot (0 without slope), one a class."""
    log_d = np.log10(samples.distance_km / pivot_km) * float(has_slope)
    columns = [np.ones(log_d.size), log_d, *((samples.clutter == name).astype(np.float64) for name in classes)]
    return np.column_stack(columns)


def _huber(design: Floats, target: Floats) -> Floats:
    """Coefficients of the design, robustly."""
    from sklearn.linear_model import HuberRegressor

    fit = HuberRegressor(epsilon=1.35, alpha=0.0, max_iter=1000, tol=1e-6)
    varies = np.ptp(design, axis=0) > 0.0
    found = np.zeros(design.shape[1])
    if varies.any():
        fit.fit(design[:, varies], target)
        found[varies] = fit.coef_
        found[0] = fit.intercept_
    else:
        found[0] = float(np.median(target))
    return found


def _cross_validated(design: Floats, target: Floats, block: NDArray[np.int64]) -> Floats:
    """Prediction of each sample by a fit that has not seen its block; blocks are dealt to folds by a fixed draw."""
    fold_of = np.random.default_rng(12).permutation(int(block.max()) + 1) % _N_FOLDS
    fold = fold_of[block]
    predicted = np.zeros(target.size)
    for k in range(_N_FOLDS):
        out = fold == k
        if out.any():
            predicted[out] = design[out] @ _huber(design[~out], target[~out])
    return predicted


def _standard_errors(design: Floats, target: Floats, block: NDArray[np.int64]) -> Floats:
    """Spread of the coefficients over resampled blocks."""
    rng = np.random.default_rng(34)
    order = np.argsort(block, kind="stable")
    first = np.searchsorted(block[order], np.arange(int(block.max()) + 2))
    found = []
    for _ in range(_N_RESAMPLES):
        drawn = rng.integers(0, first.size - 1, first.size - 1)
        rows = np.concatenate([order[first[b] : first[b + 1]] for b in drawn])
        found.append(_huber(design[rows], target[rows]))
    return np.asarray(np.std(found, axis=0), dtype=np.float64)


def _spread(values: Floats) -> float:
    return float(_MAD_TO_SIGMA * np.median(np.abs(values - np.median(values))))


def _errors(clutter: Texts, before: Floats, after: Floats) -> dict[str, ClassError]:
    found = {}
    for name in np.unique(clutter):
        mine = clutter == name
        found[str(name)] = ClassError(
            n_samples=int(mine.sum()),
            bias_before_db=float(before[mine].mean()),
            rms_before_db=float(np.sqrt((before[mine] ** 2).mean())),
            bias_after_db=float(after[mine].mean()),
            rms_after_db=float(np.sqrt((after[mine] ** 2).mean())),
        )
    return found


def corrected_dbm(
    calibration: CalibrationSpec, modelled_dbm: ArrayLike, distance_km: ArrayLike, clutter: ArrayLike
) -> Floats:
    """Modelled levels with the fitted correction; classes that were not fitted take the reference's.

    Parameters
    ----------
    calibration
        Fitted with the same model and spacing.
    modelled_dbm, distance_km, clutter
        Of one shape; distances positive.
    """
    d = within("distance_km", distance_km, 1e-3, 500.0, "distance to the server")
    losses = np.vectorize(lambda name: calibration.clutter_db.get(str(name), 0.0), otypes=[np.float64])(clutter)
    slope = calibration.slope_db_per_decade * np.log10(d / calibration.pivot_km)
    level = np.asarray(modelled_dbm, dtype=np.float64)
    return np.asarray(level + calibration.offset_db + slope + losses, dtype=np.float64)


def cover_correction(classes: Raster, cover: ClutterSpec, correction: Correction) -> Raster:
    """Part of a correction by ground cover, dB; classes that were not fitted take the reference's 0.

    Parameters
    ----------
    classes
        Codes of the land-cover map.
    cover
        Name of each code.
    correction
        Fitted.
    """
    codes = np.nan_to_num(np.asarray(classes.values, dtype=np.float64), nan=0.0).astype(np.int64)
    found = np.zeros(codes.shape, dtype=np.float32)
    for name, item in cover.heights.items():
        found[codes == item.code] = correction.clutter_db.get(name, 0.0)
    return Raster(classes.grid, found, "db")


def coverage_probability(level_dbm: ArrayLike, threshold_dbm: ArrayLike, sigma_db: ArrayLike) -> Floats:
    """Probability that a level predicted as ``level_dbm`` reaches the threshold, ``Φ((L − T)/σ)``, 0 to 1.

    Parameters
    ----------
    level_dbm
        Predicted medians, without any margin: margin, location percentage and probability never together.
    threshold_dbm
        -140 to -40, one or one a level.
    sigma_db
        Spread of the prediction: ``sqrt(σ_model² + σ_L²)``, or a calibration's ``sigma_db`` alone; above 0 to 40.

    Examples
    --------
    >>> coverage_probability([-110.0, -104.6, -100.0], -110.0, 8.0).round(2).tolist()
    [0.5, 0.75, 0.89]
    """
    from scipy.special import ndtr

    threshold = within("threshold_dbm", threshold_dbm, -140.0, -40.0, "3GPP TS 36.133 §9.1.4")
    sigma = within("sigma_db", sigma_db, 1e-6, 40.0, "spread of a propagation model")
    return np.asarray(ndtr((np.asarray(level_dbm, dtype=np.float64) - threshold) / sigma), dtype=np.float64)

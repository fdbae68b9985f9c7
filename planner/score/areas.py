"""Score of areas: raw values to 0–1 between the profile's anchors, then their weighted mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner import registry
from planner.demand.areas import AREA_LEVELS, code_at_level
from planner.errors import ScenarioError
from planner.geo import h3_cells
from planner.schema_columns import LEVELS
from planner.score import criteria as criteria_folder
from planner.score.inputs import AreaInputs, Bounds, Criterion, ScoreContext
from planner.specs.score import Anchors, ScoreProfile

__all__ = ["area_codes", "effective_weights", "score_areas"]


@dataclass(frozen=True, eq=False)
class _Part:
    """A criterion's values: raw, and brought to 0–1 with the ends of what is possible."""

    raw: NDArray[np.float64]
    part: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @property
    def is_empty(self) -> bool:
        """Nothing is known of it anywhere."""
        return bool(np.isnan(self.raw).all() and (self.low == 0.0).all() and (self.high == 1.0).all())

    @property
    def is_constant(self) -> bool:
        """It is known everywhere and the same everywhere."""
        return bool((self.raw == self.raw[:1]).all() and (self.low == self.high).all())


def area_codes(cells: pd.DataFrame, area_level: str, *, hexagon_resolution: int = 7) -> NDArray[np.str_]:
    """Area of each cell at a level: Kemendagri code, or H3 index as hexadecimal text; '' for none.

    Parameters
    ----------
    cells
        Demand cells.
    area_level
        ``hexagon``, ``desa``, ``kecamatan``, ``kabupaten`` or ``provinsi``.
    hexagon_resolution
        H3 resolution, 3–9.
    """
    if area_level in AREA_LEVELS:
        return code_at_level(cells["area_code"], area_level)
    found = h3_cells(cells["lon_deg"].to_numpy(), cells["lat_deg"].to_numpy(), hexagon_resolution)
    unique, inverse = np.unique(found, return_inverse=True)
    return np.array([f"{index:x}" for index in unique.tolist()], dtype="U16")[inverse]


def score_areas(
    cells: pd.DataFrame,
    service: pd.DataFrame,
    *,
    area_code: NDArray[Any],
    area_level: str,
    context: ScoreContext,
    profile: ScoreProfile,
) -> pd.DataFrame:
    """Score of each area that holds cells.

    Parameters
    ----------
    cells, service
        Stage tables, row by row the same cells.
    area_code
        Area of each cell (`area_codes`), '' for none.
    area_level
        Name of the level.
    context
        Backbone, lists, sectors.
    profile
        Criteria, weights, anchors, mean.

    Returns
    -------
    DataFrame
        `schema.TABLES["areas"]`, sorted by ``area_code``, with ``raw_<criterion>`` (in the
        criterion's unit, NaN = unknown), ``part_<criterion>`` (0–1) and ``weight_<criterion>`` (its
        share in the score, the same in all rows) beside the score.

    Notes
    -----
    part = (raw − at_zero) / (at_one − at_zero), held between 0 and 1. With weights w,
    arithmetic: 100·Σ w·part / Σ w; geometric: 100·Π part^(w / Σ w). The anchors are the profile's,
    never the data's own extremes, so scores of two runs compare. Where a part is unknown the score is
    empty, and ``score_low`` and ``score_high`` are the scores with every unknown at its worst and at
    its best; where only some cells of an area are unknown the score stands on the known ones, within
    the same interval.

    A criterion that is the same in all areas, or unknown in all, is left out of the mean, so it
    changes neither rank nor score (`effective_weights`); if all are so, those that are known stay.

    References
    ----------
    OECD and JRC, Handbook on Constructing Composite Indicators: Methodology and User Guide, 2008,
    steps 5 (normalisation) and 6 (weighting and aggregation). Its limits hold here too: weights are
    judgement, an arithmetic mean lets strengths make up for weaknesses, and correlated criteria
    weigh double.
    """
    inputs = _group(cells, service, np.asarray(area_code, dtype=str), area_level, context)
    parts = {name: _part(name, profile, inputs) for name in sorted(profile.criteria)}
    weights = _used_weights(parts, profile)
    score, low, high = (
        _mean(parts, weights, which, profile.mean, len(inputs.area_codes)) for which in ("part", "low", "high")
    )
    columns: dict[str, Any] = {
        "area_level": pd.Series([area_level] * len(inputs.area_codes), dtype="str"),
        "area_code": pd.Series(inputs.area_codes, dtype="str"),
        "score": score,
        "score_low": low,
        "score_high": high,
    }
    columns |= {f"raw_{name}": part.raw for name, part in parts.items()}
    columns |= {f"part_{name}": part.part for name, part in parts.items()}
    columns |= {f"weight_{name}": np.full(len(inputs.area_codes), weight) for name, weight in weights.items()}
    return pd.DataFrame(columns)


def effective_weights(areas: pd.DataFrame) -> dict[str, float]:
    """Share of each criterion in the scores of a table made by `score_areas`: 0, or all sum to 1."""
    prefix = "weight_"
    names = [name.removeprefix(prefix) for name in areas.columns if name.startswith(prefix)]
    return {name: float(areas[f"{prefix}{name}"].iloc[0]) if len(areas) else 0.0 for name in names}


def _used_weights(parts: Mapping[str, _Part], profile: ScoreProfile) -> dict[str, float]:
    """Weights left after criteria that are empty or constant are taken out, with the sum 1 (or all 0)."""
    weights = {name: profile.criteria[name].weight for name in parts}
    held = {name: w for name, w in weights.items() if w > 0.0 and not parts[name].is_empty}
    telling = {name: w for name, w in held.items() if not parts[name].is_constant}
    used = telling or held
    total = sum(used.values())
    return {name: used.get(name, 0.0) / total if total > 0.0 else 0.0 for name in parts}


def _group(
    cells: pd.DataFrame, service: pd.DataFrame, area_code: NDArray[np.str_], area_level: str, context: ScoreContext
) -> AreaInputs:
    held = np.flatnonzero(area_code != "")
    codes, index = np.unique(area_code[held], return_inverse=True)
    km = context.backbone_km
    inner = ScoreContext(None if km is None else km[held], context.priority, context.has_priority_sectors)
    kept, kept_service = cells.iloc[held], service.iloc[held]
    cell_index, cell_codes = pd.factorize(kept["area_code"])
    return AreaInputs(
        cells=kept,
        service=kept_service,
        area_index=index.astype(np.int64),
        area_codes=codes,
        area_level=area_level,
        context=inner,
        level_index=pd.Categorical(kept_service["level"], categories=LEVELS).codes,
        cell_code_index=cell_index.astype(np.int64),
        cell_codes=tuple(str(code) for code in cell_codes),
    )


def _part(name: str, profile: ScoreProfile, inputs: AreaInputs) -> _Part:
    module = registry.load(criteria_folder, name)
    meta: Criterion = module.META
    anchors = profile.criteria[name]
    if (anchors.at_one > anchors.at_zero) != (meta.direction == "higher"):
        message = (
            f"score profile '{profile.name}': anchors of '{name}' run from {anchors.at_zero} to {anchors.at_one}, "
            f"but {meta.direction} values are more urgent: exchange at_zero and at_one"
        )
        raise ScenarioError(message, code="score_direction", profile=profile.name, name=name)
    scale = profile.count_scale.get(inputs.area_level, 1.0) if meta.is_count else 1.0  # type: ignore[call-overload]  # any text may be asked
    raw: NDArray[np.float64] = np.asarray(module.raw(inputs), dtype=np.float64)
    bounds: Bounds = module.bounds(inputs) if hasattr(module, "bounds") else (raw, raw)
    ends = [_scaled(bound, anchors, scale) for bound in bounds]
    return _Part(
        raw=raw,
        part=_scaled(raw, anchors, scale),
        low=np.nan_to_num(np.minimum(*ends), nan=0.0),
        high=np.nan_to_num(np.maximum(*ends), nan=1.0),
    )


def _scaled(raw: NDArray[np.float64], anchors: Anchors, scale: float) -> NDArray[np.float64]:
    at_zero, at_one = anchors.at_zero * scale, anchors.at_one * scale
    part: NDArray[np.float64] = np.clip((raw - at_zero) / (at_one - at_zero), 0.0, 1.0)
    return part


def _mean(
    parts: Mapping[str, _Part], weights: Mapping[str, float], which: str, mean: str, n_areas: int
) -> NDArray[np.float64]:
    """Weighted mean ×100; without any weight the score is unknown."""
    used = [(getattr(parts[name], which), weight) for name, weight in weights.items() if weight > 0.0]
    if not used:
        return np.full(n_areas, {"part": np.nan, "low": 0.0, "high": 100.0}[which])
    if mean == "arithmetic":
        found = sum((part * weight for part, weight in used), start=np.zeros(n_areas))
    else:
        with np.errstate(divide="ignore"):  # log 0 = −∞ is meant: a zero stays a zero
            found = np.exp(sum((np.log(part) * weight for part, weight in used), start=np.zeros(n_areas)))
    return np.clip(100.0 * found, 0.0, 100.0)

"""A fitted correction of the propagation model, with what it was fitted to and how well it does elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from planner.specs.base import Spec
from planner.specs.radio import Correction

__all__ = ["CalibrationSpec", "ClassError"]


class ClassError(BaseModel):
    """Error of the prediction in one class of ground cover, dB (measured less modelled).

    ``…_after`` is that of blocks that were left out of the fit (spatial cross-validation).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    n_samples: int = Field(ge=1)
    bias_before_db: float
    rms_before_db: float = Field(ge=0.0)
    bias_after_db: float
    rms_after_db: float = Field(ge=0.0)


class CalibrationSpec(Spec):
    """Correction ``offset + slope·log10(d/pivot) + clutter[class]`` added to a modelled level.

    Parameters
    ----------
    model, spacing_m
        Propagation model and profile spacing it holds for; of no other.
    offset_db, slope_db_per_decade, pivot_km
        Of the reference class; the slope turns about ``pivot_km``.
    clutter_db
        By class of ground cover at the handset, against the reference class (which has 0); negative is a loss.
    reference_class
        The class with most samples.
    offset_error_db, slope_error_db, clutter_error_db
        Standard errors, from resampled blocks.
    sigma_db
        Robust standard deviation of what remains in blocks left out of the fit. It holds location variability
        already: with it, σ_L is 0.
    sigma_before_db
        The same before the fit.
    n_samples, n_blocks, block_km
        Pixels with measurements, and the blocks that were left out in turn.
    errors
        By class.
    """

    model: str
    spacing_m: float = Field(gt=0.0)
    offset_db: float
    offset_error_db: float = Field(ge=0.0)
    slope_db_per_decade: float
    slope_error_db: float = Field(ge=0.0)
    pivot_km: float = Field(gt=0.0)
    reference_class: str
    clutter_db: dict[str, float]
    clutter_error_db: dict[str, float]
    sigma_db: float = Field(gt=0.0)
    sigma_before_db: float = Field(gt=0.0)
    n_samples: int = Field(ge=1)
    n_blocks: int = Field(ge=2)
    block_km: float = Field(gt=0.0)
    errors: Mapping[str, ClassError] = Field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def from_toml(cls, name: str, data: Mapping[str, Any]) -> Self:
        """Make the spec from a parsed table; one ``source`` and ``year`` at its top serve all its numbers."""
        plain = {key: value for key, value in data.items() if key not in ("source", "year")}
        return cls(name=name, **plain)

    def correction(self) -> Correction:
        """What coverage applies of it."""
        return Correction(**{name: getattr(self, name) for name in Correction.model_fields})

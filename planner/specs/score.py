"""Profiles of the priority score: criteria, weights, anchors and the way they are joined."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from planner.specs.base import Spec

__all__ = ["Anchors", "ScoreProfile"]


class Anchors(BaseModel):
    """Weight of a criterion and the raw values that stand for 0 and 1.

    Parameters
    ----------
    weight
        At least 0; weights need not sum to 1.
    at_zero, at_one
        Raw values, in the criterion's unit, that are brought to 0 (no priority) and to 1 (full
        priority); values beyond them are held at 0 and 1. ``at_one`` below ``at_zero`` turns the
        direction round. With a geometric mean, an ``at_zero`` below the lowest possible value keeps a
        single 0 from hiding everything else.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weight: float = Field(ge=0.0)
    at_zero: float
    at_one: float

    @model_validator(mode="after")
    def _apart(self) -> Anchors:
        if self.at_zero == self.at_one:
            message = f"at_zero and at_one are both {self.at_zero}: a criterion needs two different anchors"
            raise ValueError(message)
        return self


class ScoreProfile(Spec):
    """A score profile (`models/score/*.toml`).

    Parameters
    ----------
    mean
        ``arithmetic`` (strengths make up for weaknesses) or ``geometric`` (no strength hides a zero).
    criteria
        Criterion (a file in `planner/score/criteria`) → its weight and anchors.
    count_scale
        Area level → factor on the anchors of criteria that count (1 where a level is not named): a
        kabupaten holds more enterprises than a desa, and anchors that fit one would hold all areas of
        the other at the same end.
    """

    mean: Literal["arithmetic", "geometric"]
    criteria: dict[str, Anchors]
    count_scale: dict[
        Literal["hexagon", "desa", "kecamatan", "kabupaten", "provinsi"], Annotated[float, Field(gt=0.0)]
    ] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _weighted(self) -> ScoreProfile:
        if not any(anchors.weight > 0.0 for anchors in self.criteria.values()):
            message = "no criterion has a weight above 0"
            raise ValueError(message)
        return self

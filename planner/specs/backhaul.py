"""Backhaul technologies: what a link can carry and what it costs."""

from __future__ import annotations

from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from planner.errors import ScenarioError
from planner.specs.base import Spec

__all__ = ["BackhaulSpec", "Terms"]


class Terms(BaseModel):
    """Base of the numbers of one kind of technology, declared beside its module."""

    model_config = ConfigDict(frozen=True, extra="forbid")


AnyTerms = TypeVar("AnyTerms", bound=Terms)


class BackhaulSpec(Spec):
    """One technology of ``models/backhaul``.

    Parameters
    ----------
    kind
        Module in ``planner/backhaul/technology`` that knows how such links are found.
    capacity_mbps
        Busy-hour Mbps of one link (satellite: of one site).
    max_km
        Longest link; for a satellite, not used.
    terms
        Numbers of the kind (its module declares them).
    satellites, beams
        Satellite kinds: patterns (``*`` and ``?``) of the rows of the satellite layer that it may use.
    pool
        Satellite kinds: ``bts`` (backhaul of base stations) or ``public`` (service points of public facilities).
    """

    kind: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    capacity_mbps: float = Field(gt=0.0)
    max_km: float = Field(default=0.0, ge=0.0)
    terms: dict[str, float] = Field(default_factory=dict)
    satellites: tuple[str, ...] = ()
    beams: tuple[str, ...] = ("*",)
    pool: Literal["", "bts", "public"] = ""

    def terms_as(self, kind: type[AnyTerms]) -> AnyTerms:
        """The numbers of the kind, checked.

        Raises
        ------
        ScenarioError
            Unknown or missing numbers, or values out of range; all at once.
        """
        try:
            return kind(**self.terms)
        except ValidationError as err:
            faults = "; ".join(f"terms.{'.'.join(map(str, f['loc']))}: {f['msg']}" for f in err.errors())
            message = f"models/backhaul/{self.name}.toml: {faults}"
            raise ScenarioError(
                message, code="model_broken", path=f"models/backhaul/{self.name}.toml", faults=faults
            ) from err

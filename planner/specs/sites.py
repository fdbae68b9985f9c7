"""Site types: what may be built at a candidate, and what its structure and equipment cost."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from planner.specs.base import Spec

__all__ = ["SiteSpec"]


class SiteSpec(Spec):
    """One site type of ``models/sites``.

    Parameters
    ----------
    fits
        Where it can stand: ``new`` ground, a tower ``on_air``, an ``inactive`` tower, or a public ``facility``.
    technology, band_mhz, power_dbm, gain_dbi, bandwidth_mhz, n_sectors
        Its radio; power of one antenna port, gain with feeder loss taken off, omnidirectional in plan.
    height_m
        Antenna above ground. Types that stand on an existing tower take the tower's height where it is
        known, and this one where it is not.
    tilt_deg
        Electrical downtilt; None takes that of the radio model.
    radius_km
        How far its coverage is computed; 0 follows the mast over the ground, as for existing stations.
    tower_capex_idr, equipment_capex_idr
        Structure with civil works; radio and cabinet. Power, access and backhaul are priced apart.
    opex_share_per_year
        Yearly operation and upkeep over the sum of the two.
    rent_idr_per_year
        Land or tower rent (0 where the regional government grants the land).
    power_kw
        Constant load added at the place; 0 where the tower's own supply carries it.
    access_share
        Share of a new tower's mobilisation that this type needs (a new tower: 1).
    backhaul_kinds, backhaul_pool
        Kinds of link it can start on, and the pool of satellite capacity it draws from.
    """

    fits: Literal["new", "on_air", "inactive", "facility"]
    technology: Literal["4G", "5G"]
    band_mhz: float = Field(ge=30.0, le=6000.0)
    height_m: float = Field(ge=1.0, le=200.0)
    power_dbm: float = Field(ge=-10.0, le=60.0)
    gain_dbi: float = Field(ge=-5.0, le=30.0)
    bandwidth_mhz: float = Field(ge=1.4, le=200.0)
    n_sectors: int = Field(ge=1, le=12)
    tilt_deg: float | None = Field(default=None, ge=-15.0, le=30.0)
    radius_km: float = Field(ge=0.0, le=100.0)
    tower_capex_idr: float = Field(ge=0.0)
    equipment_capex_idr: float = Field(gt=0.0)
    opex_share_per_year: float = Field(ge=0.0, le=1.0)
    rent_idr_per_year: float = Field(ge=0.0)
    power_kw: float = Field(ge=0.0, le=50.0)
    access_share: float = Field(ge=0.0, le=2.0)
    backhaul_kinds: tuple[str, ...] = Field(min_length=1)
    backhaul_pool: Literal["bts", "public"] = "bts"

    @model_validator(mode="after")
    def _own_pool(self) -> SiteSpec:
        if self.fits == "facility" and self.backhaul_pool != "public":
            message = "a site type for public facilities draws from the 'public' pool of satellite capacity"
            raise ValueError(message)
        return self

    @property
    def uses_tower_height(self) -> bool:
        """Whether the antenna hangs on a tower that stands already."""
        return self.fits in ("on_air", "inactive")

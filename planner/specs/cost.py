"""Money: prices that depend on the place (access, power) and the present value everybody uses."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from planner.specs.base import Spec

__all__ = ["AccessCost", "CostSpec", "annuity_years"]

AccessMode = Literal["road", "boat", "air"]


def annuity_years(discount_share_per_year: float, horizon_years: float) -> float:
    """Present value of 1 paid at the end of each year of the horizon.

    Parameters
    ----------
    discount_share_per_year
        Real discount rate, 0–1 (0.05 = 5 % a year).
    horizon_years
        Years over which a site is paid, positive.

    Notes
    -----
    ``(1 − (1 + r)^−n) / r``, and ``n`` when ``r`` is 0.

    References
    ----------
    Brealey, Myers, Allen (2011), Principles of Corporate Finance, ch. 2.

    Examples
    --------
    >>> round(annuity_years(0.05, 10), 4)
    7.7217
    >>> annuity_years(0.0, 10)
    10.0
    """
    if discount_share_per_year == 0.0:
        return float(horizon_years)
    return float((1.0 - (1.0 + discount_share_per_year) ** -horizon_years) / discount_share_per_year)


class AccessCost(BaseModel):
    """What it costs to bring a crew and a tower's steel to a place, and to come back for upkeep."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    capex_idr: float = Field(ge=0.0)
    opex_idr_per_year: float = Field(ge=0.0)


class CostSpec(Spec):
    """Prices of a run that no single site type owns, in rupiah.

    Parameters
    ----------
    discount_share_per_year, horizon_years
        Of the present value.
    idr_per_usd
        Rate with which foreign figures were brought to rupiah.
    access
        Mobilisation of one new tower and its yearly upkeep, by access mode.
    grid_idr_per_km, grid_connection_idr, grid_max_km, grid_idr_per_kwh
        Medium-voltage line to the site, transformer and meter, farthest line considered, tariff.
    solar_idr_per_kw, solar_opex_share_per_year
        Photovoltaics with battery per kilowatt of constant load, yearly upkeep over its capex.
    """

    discount_share_per_year: float = Field(ge=0.0, le=0.5)
    horizon_years: int = Field(ge=1, le=50)
    idr_per_usd: float = Field(gt=0.0)
    access: dict[AccessMode, AccessCost]
    grid_idr_per_km: float = Field(gt=0.0)
    grid_connection_idr: float = Field(ge=0.0)
    grid_max_km: float = Field(ge=0.0)
    grid_idr_per_kwh: float = Field(gt=0.0)
    solar_idr_per_kw: float = Field(gt=0.0)
    solar_opex_share_per_year: float = Field(ge=0.0, le=1.0)

    @model_validator(mode="after")
    def _all_modes(self) -> CostSpec:
        missing = sorted({"road", "boat", "air"} - set(self.access))
        if missing:
            message = f"access has no price for {', '.join(missing)}"
            raise ValueError(message)
        return self

    @property
    def annuity_years(self) -> float:
        """Present value of one rupiah a year over the horizon."""
        return annuity_years(self.discount_share_per_year, self.horizon_years)

    # Any: a float in gives a float, an array gives an array
    def present_value_idr(self, capex_idr: Any, opex_idr_per_year: Any) -> Any:
        """Present value of a construction and its yearly cost: the one formula of the whole program.

        Parameters
        ----------
        capex_idr
            Paid today; number or array.
        opex_idr_per_year
            Paid at the end of each year of the horizon; same shape.
        """
        return capex_idr + opex_idr_per_year * self.annuity_years

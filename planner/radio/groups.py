"""Which stations are compared with each other: groups of an operator's stations of one kind, and carriers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Carrier", "CoverageGroup", "broadband_of", "carriers_of", "coverage_groups", "kinds_of"]

_BROADBAND = ("4G", "5G")


@dataclass(frozen=True, order=True)
class CoverageGroup:
    """One operator's stations of one kind.

    ``kind`` is ``broadband`` (4G and 5G on air), ``legacy`` (2G and 3G on air) or ``inactive`` (any
    technology). Stations in other states (planned, to be moved or switched off) are in no group.
    """

    operator: str
    kind: str


@dataclass(frozen=True, order=True)
class Carrier:
    """One operator's 4G or 5G on one band: the cells that interfere with each other."""

    operator: str
    technology: str
    band_mhz: float


def broadband_of(groups: tuple[CoverageGroup, ...]) -> tuple[int, ...]:
    """Positions of the groups of 4G and 5G on air."""
    return tuple(i for i, group in enumerate(groups) if group.kind == "broadband")


def coverage_groups(bts: pd.DataFrame) -> tuple[CoverageGroup, ...]:
    """Groups of a table of stations, sorted by operator and kind."""
    kinds = kinds_of(bts)
    operators = bts["operator"].astype(str).to_numpy()
    found = {CoverageGroup(str(o), str(k)) for o, k in zip(operators, kinds, strict=True) if k}
    return tuple(sorted(found))


def carriers_of(bts: pd.DataFrame) -> tuple[Carrier, ...]:
    """Carriers of the 4G and 5G stations on air, sorted."""
    used = bts.loc[kinds_of(bts) == "broadband", ["operator", "technology", "band_mhz"]].drop_duplicates()
    return tuple(sorted(Carrier(str(o), str(t), float(b)) for o, t, b in used.itertuples(index=False)))


def kinds_of(bts: pd.DataFrame) -> NDArray[np.object_]:
    """Kind of each station, empty where it is in no group."""
    status = bts["status"].astype(str).to_numpy()
    is_broadband = bts["technology"].astype(str).isin(_BROADBAND).to_numpy()
    kinds = np.where(is_broadband, "broadband", "legacy").astype(object)
    kinds[status != "on_air"] = ""
    kinds[status == "inactive"] = "inactive"
    return kinds

"""How good the best signal of every pixel is, and how likely it is to be enough: what maps show beside its level."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner.radio.calibration import coverage_probability
from planner.radio.capacity import hidden_sectors, sinr_db

if TYPE_CHECKING:
    import pandas as pd

    from planner.specs.radio import RadioSpec

__all__ = ["pixel_quality"]

Levels = NDArray[np.float32]


def pixel_quality(
    level_dbm: Levels,
    interference_dbm: Levels,
    station: NDArray[np.integer],
    servers: pd.DataFrame,
    *,
    radio: RadioSpec,
    is_indoor: bool,
) -> tuple[Levels | None, Levels]:
    """SINR and coverage probability of the best 4G or 5G server at pixels, as `planner.service.judge` reckons cells.

    Parameters
    ----------
    level_dbm, interference_dbm
        Level of the best server and of the other cells on its carrier, any shape; NaN where there is none.
    station
        Row of the best server in ``servers``, same shape; −1 where there is none.
    servers
        `schema.TABLES["servers"]`.
    radio
        Radio model.
    is_indoor
        Whether service is judged indoors: the entry loss of buildings weakens server and interference alike.

    Returns
    -------
    sinr_db, probability_share
        float32 of the same shape, NaN without a server. The first is None where interference is not modelled: a
        ratio to noise alone would promise what no network keeps.
    """
    has = (station >= 0) & np.isfinite(level_dbm)
    at = station[has].astype(np.int64)
    column = {name: servers[name].to_numpy(dtype=np.float64) for name in _NUMBERS}
    limit = column["indoor_limit_dbm" if is_indoor else "limit_dbm"]
    level = level_dbm[has].astype(np.float64)
    probability = np.full(level_dbm.shape, np.nan, dtype=np.float32)
    probability[has] = coverage_probability(level + column["margin_db"][at], limit[at], column["sigma_db"][at])
    if radio.interference != "modelled":
        return None, probability
    entry = limit - column["limit_dbm"]
    hidden = hidden_sectors(column["n_sectors"], column["azimuth_deg"], column["busy_share"], radio)
    sinr = np.full(level_dbm.shape, np.nan, dtype=np.float32)
    sinr[has] = sinr_db(
        level - entry[at],
        interference_dbm[has].astype(np.float64) - entry[at],
        servers["technology"].to_numpy(dtype=str)[at],
        spec=radio,
        n_sectors=hidden[at],
    )
    return sinr, probability


_NUMBERS = ("limit_dbm", "indoor_limit_dbm", "margin_db", "sigma_db", "azimuth_deg", "n_sectors", "busy_share")

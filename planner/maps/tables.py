"""Turns the tables of a run into what the page reads: packed columns, packed shapes, one class a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.maps.packed import WORLD_UNITS, Pack, mercator_units

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["add_cells", "add_lines", "add_mass_points", "add_points", "add_table", "hexagon_shapes"]

_MASS_UNITS = 1 << 23  # 5 m: finer than a house is not shown
_BAND_BITS = 9
_MOST_LETTERS = 20_000
_ON_AIR = ("on_air",)
_OFF = ("inactive", "switch_off", "relocate")


def add_table(pack: Pack, frame: pd.DataFrame, columns: Iterable[str]) -> dict[str, Any]:
    """Pack named columns of a frame; those it does not have stay away.

    Returns
    -------
    dict
        ``n`` rows and ``c``: numbers as float64, texts as a dictionary ``k`` with positions ``i``.
    """
    import pandas as pd

    packed: dict[str, Any] = {}
    for name in columns:
        if name not in frame.columns:
            continue
        values = frame[name]
        if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
            packed[name] = pack.add(values.to_numpy(dtype=np.float64, na_value=np.nan))
        else:
            texts = values.astype("str").where(values.notna(), "").to_numpy(dtype=object)
            known, index = np.unique(texts.astype(str), return_inverse=True)
            packed[name] = {**_texts(pack, known.tolist()), "i": pack.add_steps(index)}
    return {"n": len(frame), "c": packed}


def _texts(pack: Pack, known: list[str]) -> dict[str, Any]:
    """Short lists of texts stay readable in the island (``k``), long ones are squeezed in the block (``t``)."""
    return {"k": known} if sum(map(len, known)) <= _MOST_LETTERS else {"t": pack.add_texts(known)}


def add_points(pack: Pack, frame: pd.DataFrame, columns: Iterable[str]) -> dict[str, Any]:
    """Pack a point table: its columns and its places as map units."""
    placed = frame[np.isfinite(frame["lon_deg"].to_numpy(float)) & np.isfinite(frame["lat_deg"].to_numpy(float))]
    x, y = mercator_units(placed["lon_deg"].to_numpy(float), placed["lat_deg"].to_numpy(float))
    table = add_table(pack, placed, columns)
    return {**table, "x": pack.add_steps(x), "y": pack.add_steps(y)}


def add_lines(pack: Pack, frame: pd.DataFrame, columns: Iterable[str], geometry: Any) -> dict[str, Any]:
    """Pack a line table with its shapes."""
    return {**add_table(pack, frame, columns), "shapes": pack.add_shapes(geometry)}


def add_mass_points(
    pack: Pack, frame: pd.DataFrame, levels: tuple[str, ...], digital: tuple[str, ...]
) -> dict[str, Any]:
    """Pack very many points: place to 5 m, level, digital state and sector; nothing that names anybody.

    Points are sorted by bands of 2.4 km and then eastwards, so that neighbours differ by little.
    """
    x, y = mercator_units(frame["lon_deg"].to_numpy(float), frame["lat_deg"].to_numpy(float), units=_MASS_UNITS)
    level = _codes(frame["level"], levels)
    state = _codes(frame["digital"], digital) if "digital" in frame else np.zeros(len(frame), dtype=np.uint8)
    sectors = sorted(str(name) for name in frame["sector"].dropna().unique()) if "sector" in frame else [""]
    sector = _codes(frame["sector"], tuple(sectors)) if "sector" in frame else np.zeros(len(frame), dtype=np.uint8)
    kind = (level.astype(np.int64) << 16) | (state.astype(np.int64) << 8) | sector
    order = np.lexsort((kind, ((y >> _BAND_BITS) << 48) | (x << 24) | y))
    return {
        "n": len(frame),
        "scale": WORLD_UNITS // _MASS_UNITS,
        "x": pack.add_steps(x[order]),
        "y": pack.add_steps(y[order]),
        "level": pack.add(level[order]),
        "digital": pack.add(state[order]),
        "sector": pack.add(sector[order]),
        "sectors": sectors,
    }


def _codes(column: pd.Series, known: Sequence[str]) -> NDArray[np.uint8]:
    """Position of each value in a vocabulary; the last one where it is missing or strange."""
    import pandas as pd

    found, names = pd.factorize(column)
    place = {name: i for i, name in enumerate(known)}
    table = np.array(
        [*(place.get(str(name), len(known) - 1) for name in names), max(len(known) - 1, 0)], dtype=np.uint8
    )
    codes: NDArray[np.uint8] = table[found]
    return codes


def add_cells(
    pack: Pack, cells: pd.DataFrame, service: pd.DataFrame, vocabulary: Mapping[str, tuple[str, ...]]
) -> dict[str, Any]:
    """Pack demand cells with what is said about each: enough for the answer to a click.

    Parameters
    ----------
    cells, service
        Declared tables, joined by ``cell_id`` here (rows may come in any order).
    vocabulary
        ``levels`` and ``causes`` in the order the page counts them.
    """
    shared = [name for name in service.columns if name in cells.columns and name != "cell_id"]
    joined = cells.merge(service.drop(columns=shared), on="cell_id").sort_values("cell_id", kind="stable")
    signal = joined["rsrp_dbm"].to_numpy(np.float64)
    servers, server = np.unique(
        joined["server_bts_id"].fillna("").to_numpy(dtype=object).astype(str), return_inverse=True
    )
    areas, area = np.unique(joined["area_code"].fillna("").to_numpy(dtype=object).astype(str), return_inverse=True)
    return {
        "n": len(joined),
        "cell": pack.add_steps(joined["cell_id"].to_numpy(np.int64)),
        "level": pack.add(_codes(joined["level"], vocabulary["levels"])),
        "cause": pack.add(_codes(joined["cause"].fillna(""), vocabulary["causes"])),
        **_rest(pack, joined, vocabulary["causes"]),
        "umkm": pack.add(joined["n_umkm"].to_numpy(np.float32)),
        "people": pack.add(joined["people"].to_numpy(np.float32)),
        "facilities": pack.add(np.minimum(joined["n_facilities"].to_numpy(), 255).astype(np.uint8)),
        "rsrp": pack.add(signal_bytes(signal)),
        "served": pack.add(np.rint(joined["served_share"].to_numpy(float) * 100.0).astype(np.uint8)),
        "confidence": pack.add(np.rint(joined["confidence_share"].to_numpy(float) * 100.0).astype(np.uint8)),
        "operators": pack.add(np.minimum(joined["n_operators"].to_numpy(), 255).astype(np.uint8)),
        "indoor": pack.add(joined["is_indoor"].to_numpy(dtype=bool).astype(np.uint8)),
        "server": {**_texts(pack, servers.tolist()), "i": pack.add_steps(server)},
        "area": {**_texts(pack, areas.tolist()), "i": pack.add_steps(area)},
    }


def _rest(pack: Pack, joined: pd.DataFrame, causes: tuple[str, ...]) -> dict[str, Any]:
    """Why part of a served cell is not served, as position in the causes plus one; nothing where no table says it."""
    if "rest_cause" not in joined:
        return {}
    said = joined["rest_cause"].fillna("").to_numpy(dtype=object)
    place = {name: i + 1 for i, name in enumerate(causes) if name}
    return {"rest": pack.add(np.array([place.get(str(name), 0) for name in said], dtype=np.uint8))}


def signal_bytes(rsrp_dbm: NDArray[Any]) -> NDArray[np.uint8]:
    """Signal in whole dB as ``dBm + 200``; 0 where there is none.

    Examples
    --------
    >>> signal_bytes(np.array([-95.4, np.nan, -30.0])).tolist()
    [105, 0, 170]
    """
    whole = np.rint(np.where(np.isfinite(rsrp_dbm), rsrp_dbm, -200.0)) + 200.0
    return np.clip(whole, 0.0, 255.0).astype(np.uint8)


def hexagon_shapes(codes: NDArray[Any]) -> Any:
    """Outlines of H3 cells given as hexadecimal texts."""
    import pyarrow as pa
    import shapely
    from h3ronpy.vector import cells_to_wkb_polygons

    cells = np.array([int(code, 16) for code in codes], dtype=np.uint64)
    wkb = pa.array(cells_to_wkb_polygons(cells)).to_numpy(zero_copy_only=False)
    return shapely.from_wkb(wkb)


def bts_class(bts: pd.DataFrame) -> NDArray[Any]:
    """What a station can carry today: broadband, legacy (2G/3G), inactive or planned."""
    status = bts["status"].to_numpy(dtype=object)
    newest = np.isin(bts["technology"].to_numpy(dtype=object), ("4G", "5G"))
    kinds = np.where(np.isin(status, _ON_AIR), np.where(newest, "broadband", "legacy"), "planned")
    return np.where(np.isin(status, _OFF), "inactive", kinds)


def beam_class(beams: pd.DataFrame) -> NDArray[Any]:
    """Whether the outline of a beam is its operator's, or was drawn by somebody else."""
    drawn = np.isin(beams["evidence"].to_numpy(dtype=object), ("schematic", "synthetic", "estimate"))
    return np.where(drawn, "schematic", "known")


def fiber_class(fiber: pd.DataFrame) -> NDArray[Any]:
    """Land or sea, with ``_schematic`` where the route was drawn, not surveyed."""
    kind = fiber["kind"].to_numpy(dtype=object).astype(str)
    drawn = np.isin(fiber["evidence"].to_numpy(dtype=object), ("schematic", "synthetic", "estimate"))
    return np.where(drawn, np.char.add(kind, "_schematic"), kind)


def backhaul_class(technology: Iterable[object], kinds: Mapping[str, str]) -> NDArray[Any]:
    """Kind of each backhaul technology: fiber, microwave, satellite, existing (nothing new is built) or other."""
    known = ("fiber", "microwave", "satellite", "existing")

    def kind(name: str) -> str:
        found = kinds.get(name, name)
        return next((word for word in known if found.startswith(word)), "other")

    return np.array([kind(str(name)) for name in technology], dtype=object)

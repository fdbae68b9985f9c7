"""Where rows are: coordinates judged, mends proposed with the rows they would save, desa points given.

Nothing is moved. A latitude without its minus sign, exchanged columns, a lost decimal point or metres under
the name of degrees are recognised by where the row would land, and said; the row stays in quarantine until
its owner mends the file, or the scenario says what the columns are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.errors import LayerError
from planner.geo import INDONESIA_BOUNDS_DEG
from planner.layers.angles import is_short_link, parse_angles, parse_pairs
from planner.layers.headers import Matched
from planner.layers.report import RawTable, ReadContext, Severity

__all__ = ["Fault", "Places", "judge_places", "place_at_areas", "read_places"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Bounds = tuple[float, float, float, float]

_MIN_CROWD = 20
_CROWD_MARGIN_DEG = 0.5
_CROWD_MAX_DEG = 5.0


@dataclass(frozen=True)
class Fault:
    """Rows of one table that share one complaint.

    Parameters
    ----------
    mask
        Which rows.
    code
        Key of the word files under ``[problems]``.
    message, mend
        English; one for all rows, or one for each row of the table.
    column
        Header in the file.
    detail
        What a translated mend names: a code, a word, a CRS; no sentence.
    """

    mask: Mask
    code: str
    message: str | Sequence[str]
    column: str = ""
    mend: str | Sequence[str] = ""
    severity: Severity = "quarantine"
    detail: str | Sequence[str] = ""


@dataclass(frozen=True)
class Places:
    """Coordinates of a table: NaN where a row has none or they could not be read."""

    lon_deg: Floats
    lat_deg: Floats
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    column: str = ""

    @property
    def is_unreadable(self) -> Mask:
        """Rows that already carry a complaint."""
        found = np.zeros(len(self.lon_deg), dtype=np.bool_)
        for fault in self.faults:
            found |= fault.mask
        return found


def read_places(table: RawTable, matched: Matched, crs: str) -> Places | None:
    """Coordinates of every row from geometries, two columns, or one column of pairs or map links.

    Parameters
    ----------
    table
        The rows.
    matched
        Its columns.
    crs
        The scenario's ``crs``: other than degrees, the two columns are metres of that system;
        ``lat,lon`` says that the two are exchanged.

    Returns
    -------
    Places or None
        None where the table has no place at all.
    """
    has_columns = "lon_deg" in matched.columns and "lat_deg" in matched.columns
    if has_columns:
        return _from_columns(table, matched, crs)
    if table.geometry is not None:
        return _from_geometry(table)
    if "lat_lon" in matched.columns:
        header = matched.columns["lat_lon"].header
        return _from_pairs(table, header)
    return None


def _from_columns(table: RawTable, matched: Matched, crs: str) -> Places:
    lon_header, lat_header = matched.header("lon_deg"), matched.header("lat_deg")
    notes: list[str] = []
    if crs.replace(" ", "").casefold() == "lat,lon":
        lon_header, lat_header, crs = lat_header, lon_header, ""
        notes.append(f"'{lon_header}' read as longitude and '{lat_header}' as latitude, as the scenario says")
    lon, bad_lon = parse_angles(table.cells[lon_header], "lon")
    lat, bad_lat = parse_angles(table.cells[lat_header], "lat")
    faults = [
        Fault(
            bad,
            "coordinate_unreadable",
            f"no {what} can be read from it",
            header,
            f"write degrees, for example {example}",
        )
        for bad, what, header, example in (
            (bad_lon, "longitude", lon_header, "123.5772 or 123°34'38\" BT"),
            (bad_lat, "latitude", lat_header, "-10.1772 or 10°10'38\" LS"),
        )
        if bad.any()
    ]
    if crs and not _is_degrees(crs):
        lon, lat = _to_degrees(lon, lat, crs)
        notes.append(f"coordinates turned from {crs} into degrees")
    if "lat_lon" in matched.columns:
        lon, lat, n_pairs = _fill_from_pairs(lon, lat, table, matched.columns["lat_lon"].header)
        if n_pairs:
            notes.append(f"{n_pairs} rows without coordinates took them from '{matched.columns['lat_lon'].header}'")
    return Places(lon, lat, tuple(faults), tuple(notes), f"{lon_header}, {lat_header}")


def _fill_from_pairs(lon: Floats, lat: Floats, table: RawTable, header: str) -> tuple[Floats, Floats, int]:
    empty = np.isnan(lon) & np.isnan(lat)
    if not empty.any():
        return lon, lat, 0
    pair_lon, pair_lat, _ = parse_pairs(table.cells[header])
    use = empty & np.isfinite(pair_lon)
    return np.where(use, pair_lon, lon), np.where(use, pair_lat, lat), int(use.sum())


def _from_pairs(table: RawTable, header: str) -> Places:
    text = table.cells[header]
    lon, lat, bad = parse_pairs(text)
    short = np.zeros(len(bad), dtype=np.bool_)
    if bad.any():
        short[bad] = [is_short_link(cell) for cell in text[bad]]
    faults = []
    if short.any():
        mend = "open the link in a browser and copy the long address, or the coordinates, into the cell"
        faults.append(Fault(short, "map_link_short", "a shortened link holds no coordinates", header, mend))
    if (bad & ~short).any():
        mend = "write latitude and longitude, for example -10.1772, 123.5772"
        faults.append(Fault(bad & ~short, "coordinate_unreadable", "no coordinates can be read from it", header, mend))
    return Places(lon, lat, tuple(faults), (f"coordinates taken from '{header}'",), header)


def _from_geometry(table: RawTable) -> Places:
    import shapely

    given = table.geometry
    if given is None:
        message = "a table without geometries has no places"
        raise LayerError(message, code="geometry_missing")
    kind = shapely.get_type_id(given)
    shapes = given.copy()
    area = np.isin(kind, (3, 6)) & ~shapely.is_empty(given)
    notes = []
    if area.any():
        shapes[area] = shapely.point_on_surface(given[area])
        notes.append(f"{int(area.sum())} areas stand for a point inside them")
    single = (kind == 4) & (shapely.get_num_geometries(given) == 1)
    shapes[single] = shapely.get_geometry(given[single], 0)
    is_point = shapely.get_type_id(shapes) == 0
    lon = np.where(is_point, shapely.get_x(shapes), np.nan)
    lat = np.where(is_point, shapely.get_y(shapes), np.nan)
    wrong = ~is_point & (kind >= 0) & ~shapely.is_empty(given)
    faults = []
    if wrong.any():
        faults.append(Fault(wrong, "not_a_point", "the geometry is no point", mend="export the layer as points"))
    return Places(lon, lat, tuple(faults), tuple(notes))


def _is_degrees(crs: str) -> bool:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return bool(CRS.from_user_input(crs).is_geographic)
    except CRSError as err:
        message = f"crs '{crs}' is not known: write it like EPSG:32751"
        raise LayerError(message, code="crs_unknown", crs=crs) from err


def _to_degrees(easting_m: Floats, northing_m: Floats, crs: str) -> tuple[Floats, Floats]:
    from pyproj import Transformer

    lon, lat = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(easting_m, northing_m)
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    lost = ~np.isfinite(lon) | ~np.isfinite(lat)
    return np.where(lost & np.isfinite(easting_m), 999.0, lon), np.where(lost & np.isfinite(northing_m), 999.0, lat)


def _inside(lon: Floats, lat: Floats, box: Bounds) -> Mask:
    west, south, east, north = box
    found: Mask = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return found


def judge_places(places: Places, context: ReadContext) -> list[Fault]:
    """Complaints about coordinates: (0, 0), half a pair, exchanged, sign lost, outside; one a row.

    Parameters
    ----------
    places
        As read.
    context
        ``bounds_deg`` is the region; without it all Indonesia is.
    """
    lon, lat, column = places.lon_deg, places.lat_deg, places.column
    region = context.bounds_deg or INDONESIA_BOUNDS_DEG
    left = np.isfinite(lon) & np.isfinite(lat)
    half = (np.isfinite(lon) != np.isfinite(lat)) & ~places.is_unreadable
    faults = []
    if half.any():
        faults.append(Fault(half, "coordinate_half", "one of the two coordinates is missing", column, "give both"))
    if context.bounds_deg is None:
        faults += _mirrored(lon, lat, left, column)
    left &= ~_inside(lon, lat, region)
    if not left.any():
        return faults
    in_indonesia = _inside(lon, lat, INDONESIA_BOUNDS_DEG)
    flipped = left & in_indonesia & _inside(lon, -lat, region)
    n_inside = int(_inside(lon, lat, region).sum())
    is_lost_sign = flipped if int(flipped.sum()) > n_inside else np.zeros(len(lon), dtype=np.bool_)
    faults += _wrongs(lon, lat, left & (~in_indonesia | is_lost_sign), region, column)
    outside = left & in_indonesia & ~is_lost_sign
    if outside.any():
        n_flipped = int((flipped & outside).sum())
        mend = f"{n_flipped} of them would lie in it with a minus before the latitude" if n_flipped else ""
        detail = str(n_flipped) if n_flipped else ""
        faults.append(
            Fault(outside, "outside_region", "outside the region of the scenario", column, mend, detail=detail)
        )
    return faults


def _mirrored(lon: Floats, lat: Floats, known: Mask, column: str) -> list[Fault]:
    """Without a region: rows far from all others that would join them with the other sign of the latitude."""
    rows = known & _inside(lon, lat, INDONESIA_BOUNDS_DEG)
    if int(rows.sum()) < _MIN_CROWD:
        return []
    margin = np.array([-_CROWD_MARGIN_DEG, _CROWD_MARGIN_DEG])
    west, east = np.quantile(lon[rows], (0.02, 0.98)) + margin
    south, north = np.quantile(lat[rows], (0.02, 0.98)) + margin
    crowd = (float(west), float(south), float(east), float(north))
    if south <= 0.0 <= north or max(east - west, north - south) > _CROWD_MAX_DEG:
        return []  # a file of a whole island, or of both sides of the equator, has no other side
    mirrored = rows & ~_inside(lon, lat, crowd) & _inside(lon, -lat, crowd)
    if not mirrored.any():
        return []
    mend = "look at the sign of the latitude: south latitudes carry a minus"
    message = "far from the other rows, and among them with the other sign"
    return [Fault(mirrored, "coordinate_sign", message, column, mend)]


def _wrongs(lon: Floats, lat: Floats, wrong: Mask, region: Bounds, column: str) -> list[Fault]:
    """Rows in no place they can mean, each under the first explanation that would bring it into the region."""
    found: list[Fault] = []
    left = wrong.copy()

    def take(code: str, message: str, mask: Mask, mend: str, detail: str = "") -> None:
        nonlocal left
        rows = left & mask
        if rows.any():
            number = int(rows.sum())
            found.append(Fault(rows, code, message, column, mend.format(n=number), detail=detail or str(number)))
            left = left & ~rows

    take("coordinate_zero", "both coordinates are 0: a placeholder, in the sea off Africa", (lon == 0) & (lat == 0),
         "give the coordinates, or empty the cells and give the desa")  # fmt: skip
    take("coordinate_swapped", "latitude and longitude are exchanged", _inside(lat, lon, region),
         'exchange the two: it would save {n} rows (crs = "lat,lon" only where every row of the file is so)')  # fmt: skip
    flips = _inside(lon, -lat, region) | _inside(-lon, lat, region) | _inside(-lon, -lat, region)
    take("coordinate_sign", "a coordinate has the wrong sign", flips,
         "south latitudes carry a minus, east longitudes none: it would save {n} rows")  # fmt: skip
    crossed = _inside(-lat, lon, region) | _inside(lat, -lon, region)
    take("coordinate_swapped", "latitude and longitude are exchanged, and a sign is wrong", crossed,
         "exchange the two and mend the sign: it would save {n} rows")  # fmt: skip
    take("coordinate_decimal", "a decimal point is lost", _lost_point(lon, lat, left, region),
         "put the decimal point back: it would save {n} rows")  # fmt: skip
    metres = left & ((np.abs(lon) > 1000.0) | (np.abs(lat) > 1000.0)) & (np.abs(lon) < 1e8) & (np.abs(lat) < 1e8)
    if metres.any():
        mend, crs = _crs_mend(lon[metres], lat[metres], region)
        take("coordinate_metres", "metres under the name of degrees", metres, mend, crs)
    take("outside_indonesia", "outside Indonesia", left, "correct the coordinates")
    return found


def _lost_point(all_lon: Floats, all_lat: Floats, left: Mask, region: Bounds) -> Mask:
    """Which of the rows ``left`` hold whole numbers that some power of ten brings into the region."""
    lon, lat = all_lon[left], all_lat[left]
    found = np.zeros(len(lon), dtype=np.bool_)
    for lon_power in range(13):
        for lat_power in range(13):
            if lon_power or lat_power:
                with np.errstate(over="ignore"):
                    found |= _inside(lon / 10.0**lon_power, lat / 10.0**lat_power, region)
    whole = ((lon == np.floor(lon)) & (np.abs(lon) > 180)) | ((lat == np.floor(lat)) & (np.abs(lat) > 90))
    lost = np.zeros(len(all_lon), dtype=np.bool_)
    lost[left] = found & whole & (np.abs(lon) > 15)
    return lost


def _crs_mend(easting_m: Floats, northing_m: Floats, region: Bounds) -> tuple[str, str]:
    """The usual projections that would place most of these rows in the region."""
    counts = []
    for zone in range(46, 55):
        for base in (32700, 32600):
            lon, lat = _to_degrees(easting_m, northing_m, f"EPSG:{base + zone}")
            counts.append((int(_inside(lon, lat, region).sum()), f"EPSG:{base + zone}"))
    best = max(count for count, _ in counts)
    if not best:
        return 'give the crs of the file (crs = "EPSG:…")', "EPSG:…"
    named = " / ".join(code for count, code in counts if count == best)
    return f"set crs = {named} for the file: it would save {best} rows", named


def place_at_areas(
    places: Places, code: NDArray[Any], points: dict[str, tuple[float, float]] | Any, *, level_ok: Mask
) -> tuple[Places, Mask]:
    """Give rows without coordinates the point of their desa or kecamatan.

    Parameters
    ----------
    places
        As read.
    code
        Kemendagri code of each row's area, "" where not known.
    points
        Code → point.
    level_ok
        Rows whose area is small enough.

    Returns
    -------
    places, is_placed
    """
    empty = np.isnan(places.lon_deg) & np.isnan(places.lat_deg) & ~places.is_unreadable & level_ok
    lon, lat = places.lon_deg.copy(), places.lat_deg.copy()
    is_placed = np.zeros(len(lon), dtype=np.bool_)
    if not empty.any():
        return places, is_placed
    asked = pd.Series(code[empty])
    known = asked.map(lambda area: points.get(area, (np.nan, np.nan)))
    lon[empty] = [pair[0] for pair in known]
    lat[empty] = [pair[1] for pair in known]
    is_placed = empty & np.isfinite(lon)
    return Places(lon, lat, places.faults, places.notes, places.column), is_placed

"""Names, codes and points of areas, from the run's admin layer and the reference table of kabupaten."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from planner.errors import ScenarioError

__all__ = ["LEVELS", "Gazetteer", "level_of", "make_gazetteer", "name_key", "parent_of"]

LEVELS = ("provinsi", "kabupaten", "kecamatan", "desa")
_WIDTHS = {2: "provinsi", 5: "kabupaten", 8: "kecamatan", 13: "desa"}
_PREFIX = re.compile(
    r"^(?:kabupaten|kab|kota administrasi|kota adm|kotamadya|kota|kecamatan|kec|distrik|desa|kelurahan|kel|provinsi|propinsi|prov)\b[. ]*"
)  # fmt: skip
_CITY = re.compile(r"^(?:kota|kotamadya)\b")


@dataclass(frozen=True)
class Gazetteer:
    """What is known about areas.

    Parameters
    ----------
    names
        Kemendagri code → name.
    bps
        BPS code → Kemendagri code.
    by_name
        ``(level, key)`` → codes, sorted.
    points
        Kemendagri code → ``(lon_deg, lat_deg)``.
    children
        Codes that have known areas below them.
    """

    names: Mapping[str, str]
    bps: Mapping[str, str]
    by_name: Mapping[tuple[str, str], tuple[str, ...]]
    points: Mapping[str, tuple[float, float]]
    children: frozenset[str]

    def knows_below(self, parent: str) -> bool:
        """Whether the areas just below ``parent`` are known ("" = provinces)."""
        return parent in self.children

    def knows_level(self, level: str) -> bool:
        """Whether any area of ``level`` is known."""
        return any(known == level for known, _ in self.by_name)


def level_of(code: str) -> str:
    """Level of a dotted Kemendagri code by its length; "" when it is none.

    Examples
    --------
    >>> level_of("53.01.02.2003"), level_of("53")
    ('desa', 'provinsi')
    """
    return _WIDTHS.get(len(code), "")


def parent_of(code: str) -> str:
    """Code of the area above; "" above provinces."""
    return code.rpartition(".")[0]


def name_key(name: str) -> tuple[str, bool]:
    """A name without prefix, accents, spaces and punctuation, and whether it says Kota.

    Examples
    --------
    >>> name_key("Kab. Sabu Raijua"), name_key("KOTA KUPANG"), name_key("Wae Kelambu") == name_key("waekelambu")
    (('saburaijua', False), ('kupang', True), True)
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    plain = " ".join(re.sub(r"[^a-z0-9. ]+", "" if "'" in plain else " ", plain).split())
    is_city = bool(_CITY.match(plain))
    bare = _PREFIX.sub("", plain)
    key = re.sub(r"[^a-z0-9]+", "", bare or plain)
    return key, is_city


_LAST: list[tuple[pd.DataFrame | None, Gazetteer]] = []  # one: the layers of a run share its admin table


def make_gazetteer(codes: pd.DataFrame | None) -> Gazetteer:
    """Gazetteer of a run; the last one made is kept.

    Parameters
    ----------
    codes
        The admin layer, see `_make`.
    """
    if not _LAST or _LAST[0][0] is not codes:
        _LAST[:] = [(codes, _make(codes))]
    return _LAST[0][1]


def _make(codes: pd.DataFrame | None) -> Gazetteer:
    """Gazetteer of a run.

    Parameters
    ----------
    codes
        The admin layer (``code, bps_code, name, lon_deg, lat_deg``), or None: then only the kabupaten of
        ``data/reference/kabupaten_codes.csv`` are known.
    """
    names: dict[str, str] = {}
    bps: dict[str, str] = {}
    points: dict[str, tuple[float, float]] = {}
    for code, bps_code, name in _reference_rows():
        names[code] = name
        if bps_code:
            bps[bps_code] = code
    if codes is not None and len(codes):
        table = {column: codes[column].to_list() if column in codes.columns else [None] * len(codes)
                 for column in ("code", "bps_code", "name", "lon_deg", "lat_deg")}  # fmt: skip
        for code, bps_code, name, lon, lat in zip(*table.values(), strict=True):
            names[str(code)] = str(name)
            if isinstance(bps_code, str) and bps_code:
                bps[bps_code] = str(code)
            if lon is not None and lat is not None and lon == lon and lat == lat:  # noqa: PLR0124  # not NaN
                points[str(code)] = (float(lon), float(lat))
    by_name: dict[tuple[str, str], list[str]] = {}
    for code in sorted(names):
        by_name.setdefault((level_of(code), name_key(names[code])[0]), []).append(code)
    return Gazetteer(
        names=names,
        bps=bps,
        by_name={key: tuple(found) for key, found in by_name.items()},
        points=points,
        children=frozenset(parent_of(code) for code in names),
    )


def _reference_rows() -> Iterable[tuple[str, str, str]]:
    """``code, bps code, name`` of every kabupaten and its province; nothing where the table is missing."""
    from planner.catalog import reference_path

    try:
        path = reference_path("kabupaten_codes.csv")
    except (ScenarioError, FileNotFoundError):
        return
    provinces: dict[str, str] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            yield row["kemendagri_code"], row["bps_code"], row["name"]
            if row.get("province"):
                provinces[row["kemendagri_code"][:2]] = row["province"]
    for code, name in provinces.items():
        yield code, "", name

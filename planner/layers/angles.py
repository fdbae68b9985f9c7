"""Coordinates as people write them: decimals, degrees-minutes-seconds, `LS`/`BT`, pairs, links to maps."""

from __future__ import annotations

import math
import re
from typing import Any
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from planner.layers.values import MISSING_MARKS, Mask, clean, each_distinct, plain_numbers

__all__ = ["is_short_link", "parse_angles", "parse_pairs"]

_SIDES = {
    "lintang selatan": ("lat", -1), "lintang utara": ("lat", 1), "bujur timur": ("lon", 1), "bujur barat": ("lon", -1),
    "ls": ("lat", -1), "lu": ("lat", 1), "bt": ("lon", 1), "bb": ("lon", -1),
    "s": ("lat", -1), "n": ("lat", 1), "u": ("lat", 1), "e": ("lon", 1), "t": ("lon", 1), "w": ("lon", -1), "b": ("lon", -1),
    "south": ("lat", -1), "north": ("lat", 1), "east": ("lon", 1), "west": ("lon", -1),
}  # fmt: skip
_SIDE_WORDS = "|".join(sorted((re.escape(word) for word in _SIDES), key=len, reverse=True))
_SIDE_END = re.compile(rf"^(?P<body>.*?[\d°'\"′″’”.])\s*(?P<side>{_SIDE_WORDS})\.?$")
_SIDE_START = re.compile(rf"^(?P<side>{_SIDE_WORDS})[\s.:]*(?P<body>[-+\d].*)$")
_NUMBER = r"\d+(?:[.,]\d+)?"
_PARTS = re.compile(
    rf"^(?P<sign>[-+])?\s*(?P<d>{_NUMBER})\s*(?:°|º|˚|o|d|deg|derajat|:|\s)?\s*"
    rf"(?:(?P<m>{_NUMBER})\s*(?:'|’|‘|′|´|`|m|min|menit|:|\s)?\s*"
    rf"(?:(?P<s>{_NUMBER})\s*(?:\"|”|“|″|''|’’|′′|s|det|detik|sec)?)?)?$"
)
_DOTTED = re.compile(r"^([-+]?)(\d{1,3})\.(\d{1,2})\.(\d{1,2}(?:[.,]\d+)?)$")

_PAIR_NUMBER = r"[-+]?\d{1,3}(?:[.,]\d+)?"
_PAIR = re.compile(rf"^\(?\s*({_PAIR_NUMBER})\s*(?:[;/|]|,\s|\s,?\s*)\s*({_PAIR_NUMBER})\s*\)?$")
_PAIR_TIGHT = re.compile(r"^\(?\s*([-+]?\d{1,3}(?:\.\d+)?),([-+]?\d{1,3}(?:\.\d+)?)\s*\)?$")
_FLOAT = r"(-?\d{1,3}(?:\.\d+)?)"
_LINKS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"!3d{_FLOAT}!4d{_FLOAT}",
        rf"[?&#](?:q|query|ll|daddr|destination|sll|center|cp)=(?:loc:)?\+?{_FLOAT}(?:,|~|\s|\+)+{_FLOAT}",
        rf"[?&]mlat={_FLOAT}&mlon={_FLOAT}",
        rf"/(?:place|search|dir)/(?:[^/]*/)*{_FLOAT},\+?{_FLOAT}",
        rf"@{_FLOAT},{_FLOAT}(?!,(?:\d|1[0-3])(?:\.\d+)?z)(?![\d.])",  # zoomed out, it is a view and no place
        rf"#map=(?:1[4-9]|2\d)/{_FLOAT}/{_FLOAT}",
        rf"^geo:{_FLOAT},{_FLOAT}",
        rf"/maps/{_FLOAT},{_FLOAT}",
    )
)
_SHORT = ("goo.gl", "maps.app", "bit.ly", "g.page", "s.id/", "tinyurl")


def parse_angles(text: pd.Series[Any], axis: str) -> tuple[NDArray[np.float64], Mask]:
    r"""Degrees of a column of latitudes or longitudes, and which cells could not be read.

    Parameters
    ----------
    text
        The cells; empty ones give NaN and are not unreadable.
    axis
        ``lon`` or ``lat``: a cell marked with a side of the other axis is unreadable here.

    Examples
    --------
    >>> values, _ = parse_angles(pd.Series(["8°29' LS", "-8,5", "8° 29' 15\" S"]), "lat")
    >>> [round(float(v), 4) for v in values]
    [-8.4833, -8.5, -8.4875]
    """
    array = clean(text)
    values, known = plain_numbers(array, comma_is_decimal=True)
    if known.all():
        return values, ~np.isfinite(values)
    rest = pc.filter(array, pa.array(~known))
    answers = np.array(each_distinct(rest, lambda cell: _angle(cell, axis)), dtype=np.float64).reshape(-1, 2)
    values[~known] = answers[:, 0]
    bad = np.isinf(values)
    bad[~known] |= answers[:, 1] > 0
    return values, bad


def _angle(cell: str, axis: str) -> tuple[float, float]:
    word = " ".join(cell.replace("\u2212", "-").casefold().split())
    if word in MISSING_MARKS:
        return math.nan, 0.0
    side, body = _split_side(word)
    if side and side[0] != axis:
        return math.nan, 1.0
    value = _degrees(body, has_side=side is not None)
    if value is None:
        return math.nan, 1.0
    return (value if side is None else side[1] * abs(value)), 0.0


def _split_side(word: str) -> tuple[tuple[str, int] | None, str]:
    if re.search(r"\d\s*d\s*\d.*\d\s*m\s*[\d.,]+\s*s$", word):  # 8d29m15s: the s is a second
        return None, word
    for pattern in (_SIDE_END, _SIDE_START):
        found = pattern.match(word)
        if found:
            return _SIDES[found.group("side")], found.group("body").strip()
    return None, word


def _degrees(body: str, *, has_side: bool) -> float | None:
    dotted = _DOTTED.match(body) if has_side else None
    if dotted:
        sign, *parts = dotted.groups()
        return _sexagesimal(sign, *parts)
    found = _PARTS.match(body)
    if not found:
        return None
    return _sexagesimal(found.group("sign"), found.group("d"), found.group("m"), found.group("s"))


def _sexagesimal(sign: str | None, degrees: str, minutes: str | None, seconds: str | None) -> float | None:
    parts = [float(part.replace(",", ".")) if part else 0.0 for part in (degrees, minutes, seconds)]
    has_fraction = [bool(part) and re.search(r"[.,]", str(part)) is not None for part in (degrees, minutes, seconds)]
    if parts[1] >= 60.0 or parts[2] >= 60.0:
        return None
    if (has_fraction[0] and minutes) or (has_fraction[1] and seconds):
        return None
    value = parts[0] + parts[1] / 60.0 + parts[2] / 3600.0
    return -value if sign == "-" else value


def is_short_link(cell: str) -> bool:
    """Whether a cell is a shortened link, which holds no coordinates."""
    word = cell.casefold()
    return any(mark in word for mark in _SHORT)


def parse_pairs(text: pd.Series[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64], Mask]:
    """Longitude and latitude of a column of pairs (``-10.17, 123.6``) or links to maps.

    Returns
    -------
    lon_deg, lat_deg, unreadable
        In a pair, the number beyond ±90 is the longitude; where neither is, the first is the latitude,
        as in every map service.

    Examples
    --------
    >>> lon, lat, _ = parse_pairs(pd.Series(["https://maps.google.com/?q=-10.17,123.6", "123,6; -10,17"]))
    >>> lon.tolist(), lat.tolist()
    ([123.6, 123.6], [-10.17, -10.17])
    """
    answers = np.array(each_distinct(clean(text), _pair), dtype=np.float64).reshape(-1, 3)
    return answers[:, 0].copy(), answers[:, 1].copy(), answers[:, 2] > 0


def _pair(cell: str) -> tuple[float, float, float]:
    if cell.casefold() in MISSING_MARKS:
        return math.nan, math.nan, 0.0
    numbers = _pair_numbers(cell)
    if numbers is None:
        return math.nan, math.nan, 1.0
    first, second = numbers
    lat, lon = (second, first) if abs(first) > 90.0 >= abs(second) else (first, second)
    if abs(lat) > 90.0 or abs(lon) > 180.0:
        return math.nan, math.nan, 1.0
    return lon, lat, 0.0


def _pair_numbers(cell: str) -> tuple[float, float] | None:
    word = " ".join(cell.replace("\u2212", "-").split())
    if "://" in word or word.startswith("geo:") or "maps" in word:
        decoded = unquote(word)
        for pattern in _LINKS:
            found = pattern.search(decoded)
            if found:
                return float(found.group(1)), float(found.group(2))
        return None
    found = _PAIR_TIGHT.match(word) or _PAIR.match(word)
    if found:
        return float(found.group(1).replace(",", ".")), float(found.group(2).replace(",", "."))
    return _sexagesimal_pair(word.casefold())


def _sexagesimal_pair(word: str) -> tuple[float, float] | None:
    """``8°29' LS, 119°52'30" BT`` and its mirror image, as ``(lat, lon)``."""
    found = re.match(rf"^(.*?[\d°'\"′″’”]\s*(?:{_SIDE_WORDS})\b)[\s,;/]+(?:dan\s+)?(.*)$", word)
    if not found:
        return None
    by_axis: dict[str, float] = {}
    for part in found.groups():
        side, body = _split_side(part.strip())
        value = _degrees(body, has_side=side is not None)
        if side is None or value is None:
            return None
        by_axis[side[0]] = side[1] * abs(value)
    return (by_axis["lat"], by_axis["lon"]) if len(by_axis) == 2 else None

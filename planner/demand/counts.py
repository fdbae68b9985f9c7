"""Counts per area as a tree: the newest figure of each area, and what is left for it beside its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EVIDENCE_RANK", "AreaCounts", "Conflict", "latest_counts", "owner_of", "remainders", "umkm_totals", "worst"]

EVIDENCE_RANK = {"observed": 0, "estimate": 1, "schematic": 2, "synthetic": 3}
"""From the firmest evidence to none."""


def worst(*evidence: str) -> str:
    """The weakest of several kinds of evidence: a figure is no firmer than what it is made of."""
    return max(evidence, key=EVIDENCE_RANK.__getitem__)


@dataclass(frozen=True)
class Conflict:
    """Two inputs that disagree, and which one was used.

    Parameters
    ----------
    kind
        ``same_year`` (two figures of one area and year: the smaller is used), ``parts_exceed_whole``
        (the parts are used), ``rest_without_place`` (the whole exceeds its parts and nowhere is left
        to put the rest), ``no_figure`` (nobody states a figure for the area or one that holds it, so it
        counts as empty).
    area_code
        The area.
    stated, used
        The figure set aside and the figure used.
    """

    kind: str
    area_code: str
    stated: float
    used: float


@dataclass(frozen=True, eq=False)
class AreaCounts:
    """One figure per area.

    Parameters
    ----------
    total
        Code → figure.
    evidence
        Code → evidence of the figure.
    small_share, priority_share
        Code → share of the enterprises that are kecil or menengah, or in a priority sector.
    conflicts
        Disagreements met on the way.
    """

    total: Mapping[str, float]
    evidence: Mapping[str, str]
    small_share: Mapping[str, float]
    priority_share: Mapping[str, float]
    conflicts: tuple[Conflict, ...] = ()


def latest_counts(counts: pd.DataFrame, value: str) -> AreaCounts:
    """Newest figure of each area.

    Parameters
    ----------
    counts
        Table with ``area_code``, ``year``, ``evidence`` and the column ``value``.
    value
        Column of the figure.

    Notes
    -----
    The latest year wins; a row without year is older than any with one. Of several figures of one
    year the smallest is used and the others are reported: a plan must not rest on the most hopeful
    of conflicting sources (Manggarai Barat: 1,676 or 11,919 enterprises, both of 2024).
    """
    held = counts.assign(year=counts["year"].astype("Float64").fillna(0.0).astype(float))
    held = held.sort_values(["area_code", "year", value], ascending=[True, False, True], kind="stable")
    total: dict[str, float] = {}
    evidence: dict[str, str] = {}
    year: dict[str, float] = {}
    conflicts: list[Conflict] = []
    columns = (held["area_code"], held["year"], held[value], held["evidence"])
    # A loop over areas, not over people: tens of thousands of rows at most.
    for code, this_year, figure, kind in zip(*(column.tolist() for column in columns), strict=True):
        if code not in total:
            total[code], evidence[code], year[code] = float(figure), str(kind), this_year
        elif this_year == year[code] and figure != total[code]:
            conflicts.append(Conflict("same_year", code, float(figure), total[code]))
    return AreaCounts(total, evidence, {}, {}, tuple(conflicts))


def umkm_totals(counts: pd.DataFrame, priority_sectors: tuple[str, ...]) -> AreaCounts:
    """One total per area from rows by sector and size.

    Notes
    -----
    Rows of an area may state the same enterprises at several details: all together, by size, by
    sector, by both. The coarsest detail present gives the total; shares by size and by sector come
    from the rows that tell them, and are 0 where none does.
    """
    import pandas as pd

    if len(counts) == 0:
        return AreaCounts({}, {}, {}, {})
    frame = counts.assign(
        has_sector=counts["sector"].fillna("") != "",
        has_size=counts["size"].fillna("") != "",
        is_small=counts["size"].isin(("kecil", "menengah")),
        is_priority=counts["sector"].isin(priority_sectors),
        year=counts["year"].astype("Float64").fillna(0.0).astype(float),
        rank=counts["evidence"].map(EVIDENCE_RANK).astype(int),
    )
    # Sources of one area, year and detail are alternatives, not parts.
    keys = ["area_code", "year", "has_sector", "has_size", "source", "definition"]
    frame["source"], frame["definition"] = frame["source"].fillna(""), frame["definition"].fillna("")
    frame["small"] = frame["n_umkm"] * frame["is_small"]
    frame["priority"] = frame["n_umkm"] * frame["is_priority"]
    sums = frame.groupby(keys, sort=True, as_index=False).agg(
        n_umkm=("n_umkm", "sum"), small=("small", "sum"), priority=("priority", "sum"), rank=("rank", "max")
    )
    names = {rank: name for name, rank in EVIDENCE_RANK.items()}
    sums["evidence"] = sums["rank"].map(names)
    newest = sums.loc[sums["year"] == sums.groupby("area_code")["year"].transform("max")]
    detail = newest["has_sector"].astype(int) * 2 + newest["has_size"].astype(int)
    coarsest = newest.loc[detail == detail.groupby(newest["area_code"]).transform("min")]
    found = latest_counts(pd.DataFrame(coarsest), "n_umkm")
    return AreaCounts(
        found.total,
        found.evidence,
        _share(pd.DataFrame(newest.loc[newest["has_size"]]), "small"),
        _share(pd.DataFrame(newest.loc[newest["has_sector"]]), "priority"),
        found.conflicts,
    )


def _share(rows: pd.DataFrame, part: str) -> dict[str, float]:
    sums = rows.groupby("area_code", sort=True)[["n_umkm", part]].sum()
    whole = sums["n_umkm"].to_numpy(dtype=np.float64)
    share = np.divide(sums[part].to_numpy(dtype=np.float64), whole, out=np.zeros(len(sums)), where=whole > 0.0)
    return dict(zip(sums.index.tolist(), share.tolist(), strict=True))


def owner_of(codes: list[str], counted: set[str]) -> list[str]:
    """Nearest area with a figure that holds each area (itself included), '' for none.

    Examples
    --------
    >>> owner_of(["53.01.02", "53.02", ""], {"53", "53.01"})
    ['53.01', '53', '']
    """
    owners = []
    for code in codes:
        at = code
        while at and at not in counted:
            at = at.rpartition(".")[0]
        owners.append(at)
    return owners


def remainders(counts: AreaCounts, already: Mapping[str, float]) -> tuple[dict[str, float], tuple[Conflict, ...]]:
    """What each figure leaves for the part of its area that no finer figure covers.

    Parameters
    ----------
    counts
        Figures of areas, some inside others.
    already
        Code → what other inputs have placed in that free part (enterprises with a position).

    Notes
    -----
    With children c of area A, effective E(A) = max(N(A), Σ E(c) + already(A)), and the remainder is
    max(0, N(A) − Σ E(c) − already(A)): the finest figure wins, a whole smaller than its parts is
    reported and set aside.
    """
    codes = sorted(counts.total)
    parents = owner_of([code.rpartition(".")[0] for code in codes], set(codes))
    inner = dict.fromkeys(codes, 0.0)
    rest: dict[str, float] = {}
    conflicts: list[Conflict] = []
    # Finest first, so that parts are summed before their whole is judged.
    for code, parent in sorted(zip(codes, parents, strict=True), key=lambda pair: (-pair[0].count("."), pair[0])):
        placed = inner[code] + already.get(code, 0.0)
        stated = counts.total[code]
        rest[code] = max(0.0, stated - placed)
        if placed > stated * (1.0 + 1e-9):
            conflicts.append(Conflict("parts_exceed_whole", code, stated, placed))
        if parent:
            inner[parent] += max(stated, placed)
    return rest, tuple(conflicts)

"""Administrative areas as polygons: codes, names, parents, and shapes that hold water.

Polygon files in circulation come with Kemendagri codes (dotted), BPS codes (BPS, OCHA's ``ID5301…``) or names
alone (GADM), at one level or several; half of the province outlines cross themselves. Codes are told apart by
`planner.layers.codes`, shapes mended by `planner.layers.mend`, row by row.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.layers.codes import AreaAnswer, name_of_system, resolve_area, system_of
from planner.layers.gazetteer import LEVELS, Gazetteer, level_of, make_gazetteer, name_key, parent_of
from planner.layers.geo_rows import (
    Judged,
    column_notes,
    finish,
    judge_places,
    known_evidence,
    pick_columns,
    selected,
    text_of,
)
from planner.layers.headers import NAMES
from planner.layers.mend import Mended, mend_polygons
from planner.layers.report import Conformed, Problem, RawTable, ReadContext
from planner.layers.values import parse_numbers
from planner.layers.vector import raw_tables
from planner.schema import layer

if TYPE_CHECKING:
    import pandas as pd

    from planner.scenario import LayerSource

__all__ = ["read"]

_LEVEL_NAMES: Mapping[str, tuple[str, ...]] = {
    "provinsi_name": ("wadmpr", "provinsi", "propinsi", "name 1", "adm1 en", "adm1 name", "nm prov", "province"),
    "kabupaten_name": (
        "wadmkk",
        "kabupaten",
        "kab kota",
        "kabkot",
        "name 2",
        "adm2 en",
        "adm2 name",
        "nmkab",
        "regency",
    ),
    "kecamatan_name": ("wadmkc", "kecamatan", "name 3", "adm3 en", "adm3 name", "nmkec", "district"),
    "desa_name": (
        "wadmkd",
        "desa",
        "kelurahan",
        "desa kelurahan",
        "name 4",
        "adm4 en",
        "adm4 name",
        "nmdesa",
        "village",
    ),
}
_OF_BIG = ("kdepum", "kdcpum", "kdpkab", "kdppum", "kode desa kemendagri")
_OF_OCHA = ("adm4 pcode", "adm3 pcode", "adm2 pcode", "adm1 pcode", "kdebps", "kdcbps", "kdbbps", "kdpbps", "iddesa")
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    **{name: NAMES["admin"].get(name, (name,)) for name in layer("admin").column_names},
    "code": (*NAMES["admin"]["code"], *_OF_BIG),
    "bps_code": (*NAMES["admin"]["bps_code"], *_OF_OCHA),
    "name": (*NAMES["admin"]["name"], "namobj"),
    **_LEVEL_NAMES,
}
_SAID_CHANGE_SHARE = 0.001
"""Repairs that change an area by less are said together, not one by one."""
_FAULTS = {
    "geometry_kind": ("not a polygon", "give this layer areas; points and lines belong to other layers"),
    "polygon_broken": ("the polygon cannot be repaired", "draw its rings again"),
    "polygon_flat": ("the polygon has no area", "draw its rings again"),
}


def read(path: Path, source: LayerSource, context: ReadContext) -> Conformed:
    """Read polygons of areas at any level.

    Notes
    -----
    Rows of one code and name (islands drawn one by one) become one area. The point of an area is put inside
    its polygon; points that files carry lie outside theirs in hundreds of cases and are not used. Areas
    above the region keep their name but not their shape.
    """
    gazetteer = make_gazetteer(context.codes)
    found = []
    for table in raw_tables(path, source, context):
        judged = Judged(selected(table, source.where))
        found.append((judged, _rows(judged, source, context, gazetteer)))
    data = _merged_parts(found)
    return finish("admin", [judged for judged, _ in found], data)


def _rows(judged: Judged, source: LayerSource, context: ReadContext, gazetteer: Gazetteer) -> pd.DataFrame:
    """One row for each row of the table, with its code, names, level and mended shape."""
    import pandas as pd

    picked = pick_columns(judged.table, _COLUMNS, source.columns)
    judged.notes += column_notes(judged.table, picked)
    judge_places(judged, context)
    names = _names(judged.table, picked)
    codes, bps = _codes(judged, picked, names, source, gazetteer)
    level = np.array([level_of(code) for code in codes.tolist()], dtype=object)
    if source.level:
        wrong = (codes != "") & (level != source.level)
        judged.say(wrong, "other_level", f"not a {source.level}")
    own = _own_names(names, level)
    unnamed = (codes != "") & (own == "")
    own[unnamed] = [gazetteer.names.get(code, code) for code in codes[unnamed].tolist()]
    is_parent = _by_region(judged, codes, context.areas)
    mended = mend_polygons(judged.good_geometry)
    say_mended(judged, mended)
    geometry = mended.geometry
    geometry[is_parent] = None
    return pd.DataFrame(
        {
            "code": codes,
            "bps_code": bps,
            "name": own,
            "level": level,
            "parent_code": [parent_of(code) for code in codes.tolist()],
            "people": _people(judged, picked),
            "source": np.full(len(codes), source.source, dtype=object)
            if source.source
            else text_of(judged.table, picked, "source"),
            "evidence": known_evidence(judged, picked, source.evidence),
            "geometry": geometry,
        }
    )


def _names(table: RawTable, picked: Mapping[str, str]) -> dict[str, NDArray[Any]]:
    """Names of each level as far as the file has them; ``""`` for the area itself."""
    taken = {level: text_of(table, picked, f"{level}_name") for level in LEVELS}
    return {"": text_of(table, picked, "name"), **taken}


def _own_names(names: Mapping[str, NDArray[Any]], level: NDArray[Any]) -> NDArray[Any]:
    own = names[""].copy()
    for name in LEVELS:
        gap = (own == "") & (level == name)
        own[gap] = names[name][gap]
    return own


def _codes(
    judged: Judged,
    picked: Mapping[str, str],
    names: Mapping[str, NDArray[Any]],
    source: LayerSource,
    gazetteer: Gazetteer,
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Kemendagri code of each row, and the BPS code where the file gives it."""
    text = text_of(judged.table, picked, "code")
    bps = np.array([_digits(code) for code in text_of(judged.table, picked, "bps_code").tolist()], dtype=object)
    column = picked.get("code", picked.get("bps_code", ""))
    named_in = next(
        (picked[k] for k in ("name", *(f"{level}_name" for level in reversed(LEVELS))) if k in picked), column
    )
    system: str = source.code_system
    if "code" not in picked and "bps_code" in picked:
        text, system = bps.copy(), source.code_system or "bps"
    given = sorted({(code, name) for code, name in zip(text.tolist(), names[""].tolist(), strict=True) if code})
    if given and not system:
        system, reason = system_of([code for code, _ in given], [name for _, name in given], gazetteer)
        if not system:
            _refuse_codes(judged, column, reason)
        else:
            judged.notes.append(f"codes read as {name_of_system(system)}: {reason}")
    answers: dict[tuple[str, ...], AreaAnswer] = {}
    found = []
    for row in zip(text.tolist(), *(names[level].tolist() for level in ("", *LEVELS)), strict=True):
        if row not in answers:
            named = {level: name for level, name in zip(("", *LEVELS), row[1:], strict=True) if name}
            answers[row] = resolve_area(row[0], named, system=system, hints=(), gazetteer=gazetteer)
        found.append(answers[row])
    for code in sorted({answer.fault for answer in found if answer.fault}):
        mask = np.array([answer.fault == code for answer in found], dtype=np.bool_)
        for mend in sorted({answer.mend for answer in found if answer.fault == code}):
            same = mask & np.array([answer.mend == mend for answer in found], dtype=np.bool_)
            near = [answer.detail for answer in found]
            at = named_in if code.startswith("name_") else column or named_in
            judged.say(same, code, [answer.message for answer in found], column=at, mend=mend, detail=near)
    codes = np.array(["" if answer.fault else answer.code for answer in found], dtype=object)
    if system == "bps":
        bps = np.where(bps == "", [_digits(code) for code in text.tolist()], bps)
    return codes, bps


def _digits(code: str) -> str:
    """BPS digits of ``ID5301010001`` (OCHA) or ``53.01.010.001``."""
    bare = code.upper().removeprefix("ID").replace(".", "").replace(" ", "")
    return bare if bare.isdigit() else ""


def _refuse_codes(judged: Judged, column: str, reason: str) -> None:
    message = f"it cannot be told whether these are Kemendagri or BPS codes: {reason}"
    judged.n_problems += 1
    judged.problems.append(
        Problem(judged.table.file, "code_system_unclear", message, sheet=judged.table.sheet, column=column, severity="refused",
                mend='set code_system = "kemendagri" or "bps" for this layer', n_rows=0)
    )  # fmt: skip


def _by_region(judged: Judged, codes: NDArray[Any], areas: tuple[str, ...]) -> NDArray[np.bool_]:
    """Set aside areas elsewhere; True for areas that hold the region."""
    if not areas:
        return np.zeros(len(codes), dtype=np.bool_)
    listed = codes.tolist()
    inside = np.array([any(c == a or c.startswith(f"{a}.") for a in areas) for c in listed], dtype=np.bool_)
    above = np.array([bool(c) and any(a.startswith(f"{c}.") for a in areas) for c in listed], dtype=np.bool_)
    judged.say((codes != "") & ~inside & ~above, "outside_region", f"not in the region ({', '.join(areas[:5])})")
    return above


def _people(judged: Judged, picked: Mapping[str, str]) -> NDArray[np.float64]:
    import pandas as pd

    text = pd.Series(text_of(judged.table, picked, "people"), dtype="str")
    typed = judged.table.number_cells.get(picked.get("people", ""))
    read = parse_numbers(text, is_count=True, number_cells=typed)
    bad = read.unreadable | read.ambiguous | read.infinite | (read.values < 0.0)
    judged.say(
        bad,
        "number",
        "the number of people cannot be read; left empty",
        column=picked.get("people", ""),
        severity="warning",
    )
    return np.where(bad, np.nan, read.values)


def say_mended(judged: Judged, mended: Mended) -> None:
    """Quarantine rows whose polygon was given up; tell which were repaired and by how much."""
    good = judged.is_good  # rows set aside need no word about their shape
    for code, (message, mend) in _FAULTS.items():
        judged.say(good & (mended.fault == code), code, message, mend=mend)
    before, after = mended.area_before_km2, mended.area_after_km2
    change = [f"area {b:,.2f} → {a:,.2f} km²" for b, a in zip(before.tolist(), after.tolist(), strict=True)]
    judged.say(
        good & (mended.fault == "polygon_changed"), "polygon_changed",
        [f"repairing the polygon would change it too much: {text}" for text in change], mend="draw its rings again", detail=change,
    )  # fmt: skip
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.abs(after - before) / before
    large = good & mended.was_repaired & (share > _SAID_CHANGE_SHARE)
    judged.say(
        large, "polygon_repaired", [f"rings cross or touch; repaired, {text}" for text in change],
        severity="warning", detail=change,
    )  # fmt: skip
    small = good & mended.was_repaired & ~large
    if small.any():
        largest = f"{float(share[small].max()):.2%}"
        message = (
            f"rings cross or touch; repaired {int(small.sum())} areas, none of which changed by more than {largest}"
        )
        judged.problems.append(
            Problem(judged.table.file, "polygons_repaired", message, sheet=judged.table.sheet, severity="warning",
                    n_rows=int(small.sum()), fields={"detail": largest})
        )  # fmt: skip
        judged.n_problems += int(small.sum())


def _merged_parts(found: list[tuple[Judged, pd.DataFrame]]) -> Any:
    """All good rows, one area for each code; two names for one code are quarantined."""
    import geopandas as gpd
    import pandas as pd
    import shapely

    all_rows = pd.concat([rows.assign(table=n) for n, (_, rows) in enumerate(found)], ignore_index=True)
    use = np.concatenate([judged.is_good for judged, _ in found])
    keys = all_rows["name"].map(lambda name: name_key(name)[0])
    n_names = keys[use].groupby(all_rows["code"][use]).nunique()
    torn = use & all_rows["code"].isin(n_names.index[n_names > 1]).to_numpy()
    for n, (judged, _) in enumerate(found):
        mine = torn[(all_rows["table"] == n).to_numpy()]
        judged.say(
            mine,
            "key_twice",
            "two areas of different names have this code",
            column="code",
            mend="correct one of the codes",
        )
    good = all_rows.loc[use & ~torn].sort_values(["code", "table"], kind="stable")
    n_parts = good.groupby("code")["code"].transform("size").to_numpy()
    if (n_parts > 1).any():
        n_codes = int(good.loc[n_parts > 1, "code"].nunique())
        found[0][0].notes.append(f"{int((n_parts > 1).sum())} rows are parts of {n_codes} areas; they were joined")
        unions = {code: shapely.union_all(part["geometry"].to_numpy()) for code, part in good.groupby("code")}
        first = good.drop_duplicates("code")
        good = first.assign(geometry=pd.Series([unions[c] for c in first["code"]], index=first.index, dtype=object))
    return with_points(gpd.GeoDataFrame(good.drop(columns="table"), geometry="geometry", crs="EPSG:4326"))


def with_points(areas: Any) -> Any:
    """Areas in declared order of columns and by code, each with a point inside its shape."""
    import shapely

    shapes = areas.geometry.to_numpy()
    has_shape = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    points: NDArray[Any] = shapely.point_on_surface(shapes)
    given = {
        name: areas[name].to_numpy(dtype=np.float64) if name in areas else np.full(len(areas), np.nan)
        for name in ("lon_deg", "lat_deg")
    }
    areas = areas.assign(
        lon_deg=np.where(has_shape, shapely.get_x(points), given["lon_deg"]),
        lat_deg=np.where(has_shape, shapely.get_y(points), given["lat_deg"]),
    )
    text = [column.name for column in layer("admin").columns if column.dtype == "text"]
    areas[text] = areas[text].astype("str")
    ordered = areas.sort_values("code", kind="stable", ignore_index=True)
    return ordered[[*layer("admin").column_names, "geometry"]]

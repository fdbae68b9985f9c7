"""Reads GeoJSON, GeoPackage, GeoParquet, Shapefile (zipped too), KML/KMZ and FlatGeobuf as raw tables.

Every feature comes back, also those whose geometry is missing or cannot be read: pyogrio gives null for
coordinates that are text (763 of 763 features of a real tower register) and raises for a whole layer because
of one bad ring. Nulls are counted, text coordinates recovered, rings judged later, row by row.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.errors import LayerError
from planner.layers._gdal import pyogrio_module
from planner.layers.door import VECTOR_KINDS, CheckedFile, open_checked, staged
from planner.layers.report import Problem, RawTable, ReadContext
from planner.layers.signatures import refuse_entities

if TYPE_CHECKING:
    import pandas as pd

    from planner.scenario import LayerSource

__all__ = ["LAT_LON", "raw_tables"]

LAT_LON = "lat,lon"
"""Value of a layer's ``crs`` that says: degrees, but latitude was written first."""

_TEXT_COORDINATES_MAX_BYTES = 512 * 1024**2
_KML_OWN = frozenset(
    {"id", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon"}
)


def raw_tables(path: Path, source: LayerSource, context: ReadContext) -> Iterator[RawTable]:
    """Yield one raw table for each layer of a vector file, geometries in EPSG:4326.

    Parameters
    ----------
    path
        The file.
    source
        ``table`` picks one layer of several, ``crs`` replaces or supplies the CRS.
    context
        Says which folders may be read.

    Raises
    ------
    DoorError
        The file was refused before it was opened.
    LayerError
        It cannot be read, has no such layer, or does not say its CRS.
    """
    file = open_checked(path, context, VECTOR_KINDS)
    shown = context.shown(path)
    with staged(file) as plain:
        if file.kind == "kml":
            refuse_entities(plain)
        if file.kind == "parquet":
            yield _table(_read_parquet(plain, shown, file), shown, "", file, source)
            return
        names = _layer_names(plain, shown, source)
        for name in names:
            sheet = name if len(names) > 1 or source.table else ""
            yield _table(_read_ogr(plain, name, shown), shown, sheet, file, source, plain=plain)


def _layer_names(plain: Path, shown: str, source: LayerSource) -> list[str]:
    pyogrio = pyogrio_module()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the reading itself says them again
            names = [str(row[0]) for row in pyogrio.list_layers(plain) if row[1] is not None]
    except _read_faults() as err:
        raise _unreadable(shown, err) from err
    if source.table:
        if source.table not in names:
            message = f"'{shown}' has no layer '{source.table}' (it has: {', '.join(names)})"
            raise LayerError(message, code="vector_layer", file=shown, table=source.table, known=", ".join(names))
        return [source.table]
    if not names:
        message = f"'{shown}' has no layer with geometries: export it again with its geometries"
        raise LayerError(message, code="vector_empty", file=shown)
    return names


def _read_faults() -> tuple[type[Exception], ...]:
    """What the libraries raise on damaged files (UnboundLocalError: pyogrio on a broken ``.prj``)."""
    import pyarrow as pa

    errors = pyogrio_module().errors
    own = (errors.DataSourceError, errors.DataLayerError, errors.FeatureError, errors.GeometryError, errors.CRSError)
    usual = (OSError, ValueError, TypeError, KeyError, AttributeError, UnboundLocalError, MemoryError)
    return (*own, *usual, pa.ArrowException)


class _Read:
    """What came out of a file: Arrow columns, WKB, declared CRS, whether heights were dropped."""

    def __init__(
        self, table: Any, wkb: Any | None, crs: str | None, *, n_declared: int, has_z: bool, told: tuple[str, ...] = ()
    ) -> None:
        # Any: pyarrow carries no types
        self.table, self.wkb, self.crs = table, wkb, crs
        self.n_declared, self.has_z, self.told = n_declared, has_z, told


def _read_ogr(plain: Path, layer: str, shown: str) -> _Read:
    import pyarrow as pa

    pyogrio = pyogrio_module()
    broken = _read_faults()
    failed: Exception | None = None
    for encoding in (None, "cp1252"):  # a table that is not UTF-8 is most often Windows Latin
        try:
            with warnings.catch_warnings(record=True) as said:
                warnings.simplefilter("always")
                info = pyogrio.read_info(plain, layer=layer)
                meta, table = pyogrio.raw.read_arrow(plain, layer=layer, encoding=encoding)
            table.validate(full=True)
        except (pa.ArrowInvalid, UnicodeDecodeError) as err:
            failed = err
            continue
        except broken as err:
            raise _unreadable(shown, err) from err
        column = meta.get("geometry_name") or "wkb_geometry"
        wkb = table.column(column) if column in table.column_names else None
        kept = table.drop_columns([column]) if wkb is not None else table
        kind = str(meta.get("geometry_type") or "")
        has_z = kind.endswith((" Z", " M", " ZM")) or kind.startswith("2.5D")
        told = tuple(dict.fromkeys(str(item.message)[:200] for item in said))
        return _Read(kept, wkb, meta.get("crs"), n_declared=int(info.get("features") or -1), has_z=has_z, told=told)
    raise _unreadable(shown, failed or ValueError("unknown encoding"))


def _read_parquet(plain: Path, shown: str, file: CheckedFile) -> _Read:
    try:
        table, about = _parquet_table(plain, shown, file)
    except LayerError:
        raise
    except _read_faults() as err:
        raise _unreadable(shown, err) from err
    column = str(about.get("primary_column", ""))
    if column not in table.column_names:
        return _Read(table, None, None, n_declared=table.num_rows, has_z=False)
    place = about.get("columns", {}).get(column, {})
    if place.get("encoding") != "WKB":
        message = f"'{shown}' stores geometries as {place.get('encoding')}: save it as GeoParquet with WKB geometries"
        raise LayerError(message, code="vector_encoding", file=shown)
    declared = place.get("crs", "OGC:CRS84")  # absent means CRS84; null means unknown
    crs = declared if declared is None or isinstance(declared, str) else json.dumps(declared)
    has_z = any(str(kind).endswith(" Z") for kind in place.get("geometry_types", ()))
    return _Read(table.drop_columns([column]), table.column(column), crs, n_declared=table.num_rows, has_z=has_z)


def _parquet_table(plain: Path, shown: str, file: CheckedFile) -> tuple[Any, dict[str, Any]]:
    """Arrow table of a Parquet file and its ``geo`` metadata, {} where it has none."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(plain) as parquet:
        sizes = (parquet.metadata.row_group(i).total_byte_size for i in range(parquet.metadata.num_row_groups))
        _refuse_large(sum(sizes), shown, file)
        table = parquet.read()
    table.validate(full=True)  # text that is no UTF-8 would fail later
    about = json.loads((table.schema.metadata or {}).get(b"geo", b"{}"))
    return table, about if isinstance(about, dict) else {}


def _refuse_large(n_bytes: int, shown: str, file: CheckedFile) -> None:
    if n_bytes > file.limits.unpacked_bytes:
        message = f"'{shown}' unpacks to more than {file.limits.unpacked_bytes} bytes: cut it to the region"
        raise LayerError(message, code="vector_large", file=shown)


def _table(
    read: _Read, shown: str, sheet: str, file: CheckedFile, source: LayerSource, *, plain: Path | None = None
) -> RawTable:
    cells, number_cells = _as_text(_without_kml_columns(read.table) if file.kind in ("kml", "kmz") else read.table)
    problems: list[Problem] = []
    notes: list[str] = []
    if 0 <= read.n_declared != len(cells):
        message = f"{len(cells)} of {read.n_declared} features could be read: the file was cut off"
        problems.append(
            Problem(
                shown, "vector_cut_off", message, sheet=sheet, mend="get the file again", severity="refused", n_rows=0
            )
        )
    problems.extend(
        Problem(shown, "reader_warning", text, sheet=sheet, severity="warning", n_rows=0) for text in read.told
    )
    geometry: NDArray[Any] | None = None
    if read.wkb is not None:
        geometry, found = _geometries(read, shown, sheet, source)
        problems.extend(found)
        notes.append(_crs_note(read, source))
        if read.has_z:
            notes.append("heights or measures (Z/M) of the coordinates are not used")
        cells, geometry = _recover_text(cells, geometry, file, plain, notes)
        problems.extend(_count_missing(geometry, cells, shown, sheet))
    return RawTable(
        file=shown,
        cells=cells,
        line=np.arange(1, len(cells) + 1, dtype=np.int64),
        sheet=sheet,
        geometry=geometry,
        number_cells=number_cells,
        problems=tuple(problems),
        notes=tuple(note for note in notes if note),
    )


def _without_kml_columns(table: Any) -> Any:
    """A KML table without the columns that its driver adds to every file and nobody filled in."""
    import pyarrow.compute as pc

    idle = [
        name
        for name, column in zip(table.column_names, table.columns, strict=True)
        if name in _KML_OWN and len(set(pc.unique(column).to_pylist()) - {None, "", -1, 0}) == 0
    ]
    return table.drop_columns(idle)


def _as_text(table: Any) -> tuple[pd.DataFrame, dict[str, NDArray[np.bool_]]]:
    """Cells as text, numbers by their shortest form (``5301``, ``53.1``); which cells were numbers."""
    import pandas as pd
    import pyarrow as pa

    columns: dict[str, Any] = {}
    numbers: dict[str, NDArray[np.bool_]] = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        kind = column.type
        if pa.types.is_integer(kind) or pa.types.is_floating(kind):
            numbers[name] = np.asarray(column.is_valid())
        columns[name] = pd.Series(pd.array(_text_column(column), dtype="str"))  # shares Arrow's memory
    return pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows)), numbers


def _text_column(column: Any) -> Any:
    """A column as Arrow text without nulls."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    text = pa.large_string()
    if isinstance(kind, pa.BaseExtensionType):
        return pa.chunked_array([[_plain_json(v or "") for v in column.cast(kind.storage_type).to_pylist()]], type=text)
    try:
        return pc.fill_null(pc.cast(column, text), "")
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):  # lists, bytes
        return pa.chunked_array([[_plain(v) for v in column.to_pylist()]], type=text)


def _plain_json(text: str) -> str:
    """Text of a GeoJSON value of mixed type; GDAL hands plain strings over without their quotes."""
    try:
        return _plain(json.loads(text)) if text.startswith('"') else text
    except ValueError:
        return text


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=repr)


def _geometries(read: _Read, shown: str, sheet: str, source: LayerSource) -> tuple[NDArray[Any], tuple[Problem, ...]]:
    """Geometries in EPSG:4326; None where there are none or they cannot be read."""
    import shapely

    raw = np.asarray(read.wkb.to_pylist() if read.wkb is not None else [], dtype=object)
    with np.errstate(invalid="ignore", over="ignore"):  # NaN and huge coordinates are judged row by row, later
        geometry: NDArray[Any] = shapely.force_2d(shapely.from_wkb(raw, on_invalid="ignore"))
    problems: tuple[Problem, ...] = ()
    broken = np.flatnonzero(shapely.is_missing(geometry) & np.array([v is not None for v in raw], dtype=bool))
    if broken.size:
        message = f"{broken.size} geometries cannot be read (first: feature {broken[0] + 1})"
        mend = "repair them in the program they come from (curves: convert to lines)"
        problems = (
            Problem(
                shown,
                "geometry_unreadable",
                message,
                sheet=sheet,
                mend=mend,
                severity="warning",
                n_rows=int(broken.size),
            ),
        )
    return _to_degrees(geometry, read.crs, shown, source.crs), problems


def _to_degrees(geometry: NDArray[Any], declared: str | None, shown: str, given: str) -> NDArray[Any]:
    import shapely
    from pyproj import CRS, Transformer
    from pyproj.exceptions import CRSError

    if given.replace(" ", "").lower() == LAT_LON:
        swapped: NDArray[Any] = shapely.transform(geometry, lambda xy: xy[:, ::-1])
        return swapped
    if not (given or declared):
        message = f"'{shown}' does not say its CRS (no .prj or CRS inside): give crs = \"EPSG:…\" for this layer"
        raise LayerError(message, code="crs_missing", file=shown)
    try:
        crs = CRS.from_user_input(given or declared)
    except CRSError as err:
        message = f"'{shown}': CRS '{(given or str(declared))[:60]}' is not known: write it as EPSG:…"
        raise LayerError(message, code="crs_unknown", file=shown, crs=given or declared) from err
    if crs.to_epsg() == 4326 or crs.to_authority() == ("OGC", "CRS84"):
        return geometry
    mover = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    moved: NDArray[Any] = shapely.transform(geometry, lambda xy: np.column_stack(mover.transform(xy[:, 0], xy[:, 1])))
    return moved


def _crs_note(read: _Read, source: LayerSource) -> str:
    if source.crs and read.crs and source.crs != read.crs:
        return f"CRS {source.crs} from the scenario replaces {_short(read.crs)} of the file"
    return f"CRS {_short(source.crs or read.crs or '')}"


def _short(crs: str) -> str:
    """A CRS as people write it: ``EPSG:…`` where it has a code, else its name."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    if len(crs) <= 40:
        return crs
    try:
        found = CRS.from_user_input(crs)
    except CRSError:
        return f"{crs[:37]}…"
    authority = found.to_authority()
    return ":".join(authority) if authority else str(found.name)


def _count_missing(geometry: NDArray[Any], cells: pd.DataFrame, shown: str, sheet: str) -> tuple[Problem, ...]:
    import shapely

    missing = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    if "lon_deg" in cells.columns:
        missing &= (cells["lon_deg"] == "").to_numpy()
    n_missing = int(missing.sum())
    if not n_missing:
        return ()
    message = f"{n_missing} of {len(geometry)} features have no geometry (first: feature {int(missing.argmax()) + 1})"
    return (
        Problem(shown, "geometry_missing", message, sheet=sheet, severity="warning", n_rows=n_missing,
                mend="export the layer again with its geometries"),
    )  # fmt: skip


def _recover_text(
    cells: pd.DataFrame, geometry: NDArray[Any], file: CheckedFile, plain: Path | None, notes: list[str]
) -> tuple[pd.DataFrame, NDArray[Any]]:
    """Point coordinates of a GeoJSON that stand in quotes go to text columns, for the point readers to judge."""
    import shapely

    if file.kind != "geojson" or plain is None or plain.stat().st_size > _TEXT_COORDINATES_MAX_BYTES:
        return cells, geometry
    missing = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    if not missing.any() or {"lon_deg", "lat_deg"} & set(cells.columns):
        return cells, geometry
    features = _features(plain)
    if len(features) != len(cells):
        return cells, geometry
    pairs = [_text_pair(f) if gap else ("", "") for f, gap in zip(features, missing, strict=True)]
    n_found = sum(pair != ("", "") for pair in pairs)
    if not n_found:
        return cells, geometry
    notes.append(f"{n_found} features have their coordinates as text (in quotes); they were read from the text")
    lon, lat = zip(*pairs, strict=True)
    filled = cells.assign(lon_deg=list(lon), lat_deg=list(lat))
    good = ~missing & (shapely.get_type_id(geometry) == 0)
    if good.any():
        filled.loc[good, "lon_deg"] = [repr(v) for v in shapely.get_x(geometry[good]).tolist()]
        filled.loc[good, "lat_deg"] = [repr(v) for v in shapely.get_y(geometry[good]).tolist()]
    return filled.astype("str"), geometry


def _features(plain: Path) -> list[Any]:
    """Features of a GeoJSON that GDAL could read, read once more; empty when Python's parser is stricter."""
    try:
        found = json.loads(plain.read_text(encoding="utf-8-sig", errors="replace"), strict=False)
    except (ValueError, RecursionError):
        return []
    features = found.get("features") if isinstance(found, dict) else None
    return features if isinstance(features, list) else []


def _text_pair(feature: Any) -> tuple[str, str]:
    place = feature.get("geometry") if isinstance(feature, dict) else None
    pair = place.get("coordinates") if isinstance(place, dict) and place.get("type") == "Point" else None
    if not (isinstance(pair, list) and len(pair) >= 2 and all(isinstance(v, (str, int, float)) for v in pair[:2])):
        return "", ""
    return str(pair[0]).strip(), str(pair[1]).strip()


def _unreadable(shown: str, err: Exception) -> LayerError:
    fault = re.sub(r"'?[^\s']*merata-\w+[/\\]data\.\w+'?", "the file", str(err))[:200]  # not the private name
    message = f"'{shown}' cannot be read ({fault}): open it in the program it comes from and save it again"
    return LayerError(message, code="vector_unreadable", file=shown, fault=fault)

"""CSV for Excel in Indonesia: semicolons, decimal commas, and no cell that Excel would run as a formula."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from planner.export._inputs import ExportInputs
from planner.export._layers import MASS_LAYERS, dictionary_rows, vector_layers
from planner.export._whole import whole

__all__ = ["META", "write"]

META = {"is_folder": True, "suffix": ".csv", "path": "gis/csv", "about": "one table a layer for Excel, without shapes"}

DICTIONARY = "data_dictionary.csv"
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


def write(path: Path, inputs: ExportInputs) -> tuple[Path, ...]:
    """Write ``<layer>.csv`` for every layer and `DICTIONARY` into a folder, with ``lon_deg, lat_deg`` where a layer has points.

    Parameters
    ----------
    path
        The folder.
    inputs
        What to write; layers the run does not have are left out.

    Notes
    -----
    UTF-8 with a byte order mark, ``;`` between cells, decimal commas. Texts that begin like a formula get a
    ``'`` in front; numbers stay numbers.

    Raises
    ------
    OutputError
        A file could not be written whole.
    """
    written = []
    for name, frame in vector_layers(inputs).items():
        if name in MASS_LAYERS:
            continue  # beyond what a sheet can hold
        table = frame.drop(columns="geometry").copy()
        for column in table.columns:
            if table[column].dtype.kind not in "iufb":
                table[column] = table[column].map(_safe)
        target = path / f"{name}.csv"
        with whole(target) as part:
            table.to_csv(part, sep=";", decimal=",", index=False, encoding="utf-8-sig", lineterminator="\r\n")
        written.append(target)
    if written:
        rows = dictionary_rows(
            {name: frame for name, frame in vector_layers(inputs).items() if name not in MASS_LAYERS}
        )
        with whole(path / DICTIONARY) as part:
            rows.to_csv(part, sep=";", index=False, encoding="utf-8-sig", lineterminator="\r\n")
        written.append(path / DICTIONARY)
    return tuple(written)


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_RISKY) else value

"""Report (PDF) of a run, set by typst from a template that needs no Python to edit.

All text reaches the template as data (one JSON value), never as markup: a name cannot become a command.
"""

from __future__ import annotations

import datetime as dt
import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from planner.errors import OutputError
from planner.paths import maps_dir
from planner.report._inputs import ReportInputs
from planner.report._whole import write_whole
from planner.report.pages import document
from planner.words import read_words

__all__ = ["FILE_NAMES", "write"]

FILE_NAMES = {"id": "laporan_id.pdf", "en": "report_en.pdf"}
STANDARD: Literal["ua-1"] = "ua-1"  # ISO 14289-1: tagged, titled, with a language and a text for every picture


def write(path: Path, inputs: ReportInputs, *, language: str = "id") -> Path:
    """Write the report of one language.

    Parameters
    ----------
    path
        The file; `FILE_NAMES` has the usual names.
    inputs
        What to say. Totals come from ``facts`` alone.
    language
        ``id`` or ``en``.

    Notes
    -----
    Equal inputs give equal bytes: the date inside is the scenario's, and only fonts that come with typst and
    matplotlib are used, none of the machine's.

    Raises
    ------
    OutputError
        The template has a fault, or the file could not be written whole; nothing is left behind.
    """
    import typst

    template = maps_dir() / "templates" / "report.typ"
    data = json.dumps(document(inputs, read_words(language)), ensure_ascii=False)
    stamp = dt.datetime.combine(inputs.date, dt.time(), tzinfo=dt.UTC)
    try:
        made = typst.compile(
            str(template), root=str(template.parent), font_paths=_fonts(), sys_inputs={"data": data}, format="pdf",
            pdf_standards=STANDARD, timestamp=stamp,
        )  # fmt: skip
    except typst.TypstError as err:
        fault = str(err)[:300]
        message = f"'{path}' could not be set from {template.name}: {fault}; mend the template"
        raise OutputError(message, code="output_unwritten", path=str(path), fault=fault) from err
    return write_whole(path, made)


@lru_cache(maxsize=1)
def _fonts() -> Any:
    """Fonts of typst and matplotlib; the last of them has a shape for every character."""
    import matplotlib as mpl
    import typst

    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])

"""Writes rows that were not used: whole or not at all, safe to open in a spreadsheet."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from planner.errors import OutputError
from planner.words import Words, read_words

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["meaning", "safe_cells", "with_reasons", "write_quarantine_csv"]

_LIVE = ("=", "+", "-", "@", "\t", "\r")


def safe_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame of text in which no cell is a formula: texts that begin like one get an apostrophe before them.

    Plain negative numbers stay as they are.
    """
    texts = [name for name in frame.columns if str(frame[name].dtype) in ("str", "object", "string")]
    shown = {}
    for name in texts:
        column = frame[name].fillna("").astype("str")
        is_live = column.str.startswith(_LIVE) & ~column.str.fullmatch(r"[-+][\d.,]+")
        shown[name] = column.where(~is_live, "'" + column)
    safe = frame.assign(**shown)
    safe.columns = [f"'{name}" if str(name).startswith(_LIVE) else str(name) for name in safe.columns]
    return safe


def with_reasons(quarantine: pd.DataFrame, language: str = "id") -> pd.DataFrame:
    """A quarantine table with a column of reasons and mends in another language, made of the codes of each row.

    Parameters
    ----------
    quarantine
        As `Conformed.quarantine`; its English ``reason`` also names the cells.
    language
        Language of the added column (``alasan``, ``why``).
    """
    import pandas as pd

    words = read_words(language)
    said = {
        str(codes): "; ".join(meaning(code, words) for code in str(codes).split("; "))
        for codes in set(quarantine["codes"])
    }
    texts = pd.Series([said[str(codes)] for codes in quarantine["codes"]], dtype="str", index=quarantine.index)
    name = words("check.reason_column")
    frame = quarantine.rename(columns={name: f"{name} (source)"})  # decisions have a column of that name
    frame.insert(frame.columns.to_list().index("reason") + 1, name, texts)
    return frame


def meaning(code: str, words: Words) -> str:
    """What a code means and how to mend it, without what only its row can tell (``quarantine.<code>`` says it so)."""
    texts = words.section("problems") | words.section("quarantine")
    text, mend = texts.get(code, ""), words.section("mends").get(code, "")
    if not text or "{" in text:
        return code
    return text if not mend or "{" in mend else f"{text} → {mend}"


def write_quarantine_csv(path: Path, quarantine: pd.DataFrame) -> Path:
    """Write quarantined rows as CSV that opens in a spreadsheet (semicolons, UTF-8 with a mark).

    Parameters
    ----------
    path
        Target; written under a temporary name and renamed.
    quarantine
        As `Conformed.quarantine`.

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            safe_cells(with_reasons(quarantine)).to_csv(
                temporary, index=False, sep=";", encoding="utf-8-sig", lineterminator="\n"
            )
            temporary.chmod(0o644)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as err:
        message = f"'{path}' cannot be written: {err.strerror or err}: choose another output folder with --out"
        raise OutputError(message, code="output_failed", path=str(path), fault=str(err)) from err
    return path

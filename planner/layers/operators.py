"""One operator, one spelling: registers write TSEL, Telkomsel and PT Telkomsel, and three names would count as three networks."""

from __future__ import annotations

import re
from collections import Counter

import pandas as pd

__all__ = ["one_spelling", "operator_key"]

_SHORT = {
    "tsel": "telkomsel", "t sel": "telkomsel", "telekomunikasi selular": "telkomsel", "telkom sel": "telkomsel",
    "isat": "indosat", "ioh": "indosat", "indosat ooredoo": "indosat", "indosat ooredoo hutchison": "indosat",
    "xl axiata": "xl", "excl": "xl", "excelcomindo": "xl", "excelcomindo pratama": "xl",
    "smart fren": "smartfren", "hutchison 3 indonesia": "tri", "hutchison": "tri", "h3i": "tri",
}  # fmt: skip
"""Names that are one brand beyond doubt. Brands that merged (Tri, Smartfren) stay apart: their networks may still be."""


def operator_key(name: str) -> str:
    """What spellings of one operator share.

    Examples
    --------
    >>> operator_key("PT. TSEL"), operator_key("Telkomsel Tbk"), operator_key("Mitratel")
    ('telkomsel', 'telkomsel', 'mitratel')
    """
    words = [word for word in re.split(r"[\W_]+", name.casefold()) if word and word not in {"pt", "tbk"}]
    bare = " ".join(words)
    return _SHORT.get(bare, bare)


def one_spelling(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Base stations whose operators have one spelling each: the commonest of the table, the first by letter where equal.

    Parameters
    ----------
    frame
        Rows of `bts` with ``operator``.

    Returns
    -------
    frame, notes
        Each spelling that was replaced is told.
    """
    counts = Counter(frame["operator"].dropna().astype("str"))
    best: dict[str, str] = {}
    for name in sorted(counts, key=lambda name: (-counts[name], name)):
        best.setdefault(operator_key(name), name)
    changed = {name: best[operator_key(name)] for name in sorted(counts) if operator_key(name) and best[operator_key(name)] != name}  # fmt: skip
    if not changed:
        return frame, ()
    notes = tuple(f"operator '{name}' read as '{other}': the same operator" for name, other in changed.items())
    return frame.assign(operator=frame["operator"].replace(changed)), notes

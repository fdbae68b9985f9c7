"""Numbers, money, dates and texts as a reader of one language writes them; nothing is computed here."""

from __future__ import annotations

import datetime as dt
import math
import unicodedata
from typing import Any

__all__ = ["NOTHING", "Say", "printable"]

NOTHING = "–"
_LONGEST, _BREAK = 90, 22
_UNSEEN = ("Cc", "Cs", "Co", "Cn")


class Say:
    r"""How one language writes values; what is not known is a dash.

    Parameters
    ----------
    language
        ``id`` or ``en``.

    Examples
    --------
    >>> Say("id").money(249_090_301_273.6), Say("en").money(249_090_301_273.6)
    ('Rp\xa0249,1\xa0miliar', 'Rp\xa0249.1\xa0billion')
    >>> Say("id").number(417739.2), Say("id").share(0.0898), Say("id").number(None)
    ('417.739', '9,0%', '–')
    """

    def __init__(self, language: str) -> None:
        from babel import Locale
        from babel.numbers import parse_pattern

        self.language = language
        self._locale = Locale.parse(language)
        forms = {0: "#,##0", 1: "#,##0.0", 2: "#,##0.00", 5: "#,##0.00000"}
        self._forms = {digits: parse_pattern(form) for digits, form in forms.items()}
        self._share = parse_pattern("#,##0.0%")

    def number(self, value: Any, digits: int = 0) -> str:
        """A number with 0, 1, 2 or 5 decimals."""
        if not _is_number(value):
            return NOTHING
        return str(self._forms[digits].apply(_no_minus_zero(value, digits), self._locale))

    def span(self, low: Any, high: Any, digits: int = 0) -> str:
        """Range of a number; one number where both ends read the same."""
        ends = [self.number(low, digits), self.number(high, digits)]
        return "–".join(dict.fromkeys(ends))

    def share(self, value: Any) -> str:
        """A share of 0–1 as percent with one decimal."""
        return str(self._share.apply(_no_minus_zero(value, 3), self._locale)) if _is_number(value) else NOTHING

    def money(self, value_idr: Any) -> str:
        """Rupiah in the long form (``Rp 249,1 miliar``): the short one means other sizes in other languages."""
        from babel.numbers import format_compact_decimal

        if not _is_number(value_idr):
            return NOTHING
        if abs(value_idr) < 1e6:
            return self.rupiah(value_idr)
        said = format_compact_decimal(value_idr, format_type="long", locale=self._locale, fraction_digits=1)
        return f"Rp\N{NO-BREAK SPACE}{said}".replace(" ", "\N{NO-BREAK SPACE}")

    def rupiah(self, value_idr: Any) -> str:
        """Rupiah in full, without decimals."""
        return f"Rp\N{NO-BREAK SPACE}{self.number(value_idr)}" if _is_number(value_idr) else NOTHING

    def date(self, value: dt.date) -> str:
        """A date in words."""
        from babel.dates import format_date

        return str(format_date(value, "long", locale=self._locale))

    def plain(self, value: Any) -> str:
        """An assumed value as it is: numbers in the reader's way, the rest as text."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return printable(value)
        from babel.numbers import format_decimal

        return str(format_decimal(value, format="#,##0.######", locale=self._locale))


def _is_number(value: Any) -> bool:
    return value is not None and not isinstance(value, (str, bool)) and math.isfinite(float(value))


def _no_minus_zero(value: Any, digits: int) -> float:
    return 0.0 if round(float(value), digits) == 0.0 else float(value)


def printable(value: Any, longest: int = _LONGEST, *, breaks: bool = True) -> str:
    """A stranger's text for paper: no character without a shape, no longer than a cell bears, breakable.

    Examples
    --------
    >>> printable("Desa #let x"), printable("a" * 100)[-1]
    ('Desa #let x', '…')
    """
    text = "" if value is None else str(value)
    seen = "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in _UNSEEN else c for c in text[: longest + 1]
    )
    if len(seen) > longest:
        seen = f"{seen[: longest - 1]}…"
    return " ".join(_breakable(word) for word in seen.split(" ")) if breaks else seen


def _breakable(word: str) -> str:
    """A long word with places where a line may end."""
    return (
        "\N{ZERO WIDTH SPACE}".join(word[at : at + _BREAK] for at in range(0, len(word), _BREAK))
        if len(word) > _BREAK
        else word
    )

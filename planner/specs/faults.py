"""What pydantic says of a value, as phrases that the command line can translate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_core import PydanticCustomError

from planner.errors import Phrase

__all__ = ["broken", "fault_phrase", "range_phrase"]

_LIMITS = {
    "greater_than": ("fault_more", "gt"),
    "greater_than_equal": ("fault_least", "ge"),
    "less_than": ("fault_less", "lt"),
    "less_than_equal": ("fault_most", "le"),
    "literal_error": ("fault_one_of", "expected"),
}
_PLAIN = {
    "missing": "fault_missing",
    "string_type": "fault_text",
    "bool_type": "fault_flag",
    "bool_parsing": "fault_flag",
    "tuple_type": "fault_list",
    "dict_type": "fault_table",
    **dict.fromkeys(("float_type", "float_parsing", "int_type", "int_parsing", "int_from_float", "finite_number"), "fault_number"),
}  # fmt: skip


def broken(code: str, text: str, **fields: Iterable[object]) -> PydanticCustomError:
    """What a validator raises where several keys do not fit together.

    Parameters
    ----------
    code
        ``fault_…``, under which the word files hold the sentence.
    text
        The sentence in English, ``{field}`` for what is named.
    fields
        What is named, each a list of values.

    Examples
    --------
    >>> print(broken("fault_source_twice", "source {names} stands twice", names=["APBN", "BAKTI"]))
    source APBN, BAKTI stands twice
    """
    said = {name: ", ".join(str(value) for value in values) for name, values in fields.items()}
    return PydanticCustomError(code, text, said or None)


def fault_phrase(fault: Mapping[str, Any], near: str = "") -> Phrase:
    """One entry of ``ValidationError.errors()``.

    Parameters
    ----------
    fault
        The entry.
    near
        The known key that an unknown one is nearest to; "" for none.

    Examples
    --------
    >>> said = fault_phrase({"type": "greater_than", "loc": ("region", "pixel_m"), "msg": "Input should be …", "ctx": {"gt": 0}})
    >>> said.code, said.fields
    ('fault_more', {'where': 'region.pixel_m', 'limit': '0'})
    """
    kind, where = str(fault["type"]), ".".join(str(part) for part in fault["loc"]) or "scenario"
    text = re.sub(r"^Value error, ", "", str(fault["msg"]))
    if kind == "extra_forbidden":
        text = "unknown key" + (f"; did you mean '{near}'?" if near else "")
        return Phrase(f"{where}: {text}", "fault_near" if near else "fault_unknown", where=where, near=near)
    if kind.startswith("fault_"):
        return Phrase(f"{where}: {text}", kind, where=where, **fault.get("ctx", {}))
    if kind in _LIMITS:
        code, name = _LIMITS[kind]
        return Phrase(f"{where}: {text}", code, where=where, limit=str(fault.get("ctx", {}).get(name, "")))
    return Phrase(f"{where}: {text}", _PLAIN.get(kind, "fault_other"), where=where)


def range_phrase(fault: Mapping[str, Any], limits: tuple[float, float], source: str) -> Phrase:
    """A number outside the range of a Recommendation: its value, the range and whose range it is.

    Examples
    --------
    >>> str(range_phrase({"loc": ("time_percent",), "input": 51}, (1.0, 50.0), "ITU-R P.1812-8 table 1"))
    'time_percent = 51 is outside 1 to 50 (ITU-R P.1812-8 table 1)'
    """
    where, value = ".".join(str(part) for part in fault["loc"]), f"{fault['input']:g}"
    low, high = (f"{limit:g}" for limit in limits)
    text = f"{where} = {value} is outside {low} to {high} ({source})"
    return Phrase(text, "fault_range", where=where, value=value, low=low, high=high, source=source)

"""What every spec is: frozen, strict about its keys, and able to say where each number comes from."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Source", "Spec", "unwrap"]


class Source(BaseModel):
    """Where an assumed number comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(min_length=3)
    year: int = Field(ge=1900, le=2100)
    note: str = ""


class Spec(BaseModel):
    """Base of the assumptions of one room.

    A TOML of `models/` gives each number as ``key = { value = …, source = "…", year = …, note = "…" }``;
    `unwrap` splits values from sources, and the spec keeps both.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    RANGES: ClassVar[Mapping[str, str]] = {}
    """Who sets the range of a field, for the message that refuses what lies outside."""

    name: str
    about: str = ""
    sources: Mapping[str, Source] = Field(default_factory=lambda: MappingProxyType({}), repr=False)

    def source_of(self, key: str) -> Source | None:
        """Source of field ``key`` (dotted for nested tables), or None for text and switches."""
        return self.sources.get(key)

    @classmethod
    def range_of(cls, key: str) -> tuple[tuple[float, float], str] | None:
        """Least and greatest value of a field, and whose range it is; None where `RANGES` names nobody."""
        source = cls.RANGES.get(key)
        if source is None:
            return None
        limits = {
            name: getattr(part, name)
            for part in cls.model_fields[key].metadata
            for name in ("ge", "le")
            if hasattr(part, name)
        }
        return (float(limits["ge"]), float(limits["le"])), source

    @classmethod
    def from_toml(cls, name: str, data: Mapping[str, Any]) -> Self:
        """Make the spec from a parsed TOML table.

        Raises
        ------
        pydantic.ValidationError
            Unknown keys, missing keys, values out of range, a number without source.
        """
        values, sources = unwrap(data)
        return cls(name=name, sources=MappingProxyType(sources), **values)


def unwrap(data: Mapping[str, Any], prefix: str = "") -> tuple[dict[str, Any], dict[str, Source]]:
    """Split ``{value, source, year}`` tables into plain values and their sources.

    Parameters
    ----------
    data
        A parsed TOML table; nested tables are walked.
    prefix
        Dotted path of the table, for the keys of the sources.

    Raises
    ------
    ValueError
        A number that stands bare, without source and year.

    Examples
    --------
    >>> values, sources = unwrap({"reach_km": {"value": 45, "source": "maker's sheet", "year": 2023}})
    >>> values, sources["reach_km"].year
    ({'reach_km': 45}, 2023)
    """
    values: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    for key, item in data.items():
        path = f"{prefix}{key}"
        if isinstance(item, Mapping) and "value" in item:
            values[key] = item["value"]
            sources[path] = Source(**{k: v for k, v in item.items() if k != "value"})
        elif isinstance(item, Mapping):
            values[key], inner = unwrap(item, f"{path}.")
            sources.update(inner)
        elif isinstance(item, (int, float)) and not isinstance(item, bool):
            message = f"'{path}' is a bare number: write {{ value = {item}, source = \"…\", year = … }}"
            raise ValueError(message)
        else:
            values[key] = item
    return values, sources

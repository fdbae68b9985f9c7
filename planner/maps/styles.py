"""Reads `maps/styles/*.toml`: one file a map layer, its classes, colours, order and popup fields."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from planner.errors import ScenarioError
from planner.paths import maps_dir

__all__ = ["LayerStyle", "StyleClass", "StyleField", "read_styles"]

Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
Kind = Literal["land", "fill", "hatch", "raster", "cells", "points", "mass", "lines", "polygons"]
Shape = Literal["circle", "square", "diamond", "triangle", "cross", "ring", "pin"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StyleClass(_Part):
    """One row of a legend.

    Notes
    -----
    ``key`` matches a value of the layer's ``by`` column; ``from`` opens a class of numbers that ends where
    the next one begins. A class without either takes what no other class took.
    """

    key: str = ""
    from_: Annotated[float | None, Field(alias="from")] = None
    colour: Colour
    shape: Shape = "circle"
    size_px: Annotated[float, Field(gt=0.0, le=24.0)] = 5.0
    width_px: Annotated[float, Field(gt=0.0, le=12.0)] = 2.0
    dash_px: tuple[float, ...] = ()
    is_hatched: bool = False
    rim: Colour | None = None
    words: str = ""


class StyleField(_Part):
    """One line of the answer to a click; ``spoken`` texts stand in a column a language, ``<key>_id`` and ``<key>_en``.

    Its label is the word of ``label`` below ``[map.field]``, of ``key`` where none is given.
    """

    key: str
    label: str = ""
    show: Literal["text", "number", "idr", "share", "words", "date", "spoken"] = "text"
    unit: str = ""
    digits: Annotated[int, Field(ge=0, le=6)] = 0
    words: str = ""


class StyleFilter(_Part):
    """A column the reader may narrow a layer by, with the words of its values."""

    key: str
    words: str = ""


class LayerStyle(_Part):
    """How one map layer looks.

    Notes
    -----
    ``source`` is the field of `MapInputs` that holds its rows; ``group`` and ``order`` place it in the control and
    on the canvas (higher is on top); ``by`` is the column that picks a class; ``filters`` are the columns a reader
    may narrow it by. Words of name and classes are keys of
    the word files.
    """

    key: str
    group: Literal["fill", "service", "coverage", "network", "plan", "data"]
    kind: Kind
    source: str
    order: int
    by: str = ""
    is_on: bool = False
    min_zoom: Annotated[float, Field(ge=0.0, le=20.0)] = 0.0
    opacity: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    label: str = ""
    unit: str = ""
    classes: tuple[StyleClass, ...]
    fields: tuple[StyleField, ...] = ()
    filters: tuple[StyleFilter, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain values for the page; what equals its default stays away."""
        return self.model_dump(by_alias=True, exclude_defaults=True)


@lru_cache(maxsize=1)
def read_styles() -> tuple[LayerStyle, ...]:
    """All layer styles, in drawing order.

    Raises
    ------
    ScenarioError
        A style file that breaks its schema; the message names it.
    """
    styles = []
    for path in sorted((maps_dir() / "styles").glob("*.toml")):
        try:
            styles.append(LayerStyle(key=path.stem, **tomllib.loads(path.read_text(encoding="utf-8"))))
        except (ValidationError, TypeError, tomllib.TOMLDecodeError) as err:
            message = f"maps/styles/{path.name} breaks the schema of styles: {err}"
            raise ScenarioError(message, code="style_broken", path=path.name, faults=str(err)) from err
    return tuple(sorted(styles, key=lambda style: (style.order, style.key)))

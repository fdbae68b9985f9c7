"""Where the shipped folders (`data`, `models`, `maps`) are, in a checkout or in a wheel."""

from __future__ import annotations

from pathlib import Path

__all__ = ["data_dir", "maps_dir", "models_dir", "shipped_dir"]

_PACKAGE = Path(__file__).resolve().parent


def shipped_dir(name: str) -> Path:
    """Folder ``name`` of the checkout, else its copy below ``planner/_shipped``.

    Raises
    ------
    FileNotFoundError
        Neither place has it: the installation is broken.
    """
    for place in (_PACKAGE.parent / name, _PACKAGE / "_shipped" / name):
        if ((place.parent / "planner").is_dir() or "_shipped" in place.parts) and place.is_dir():
            return place
    message = f"folder '{name}' is missing from this installation of Merata: install it again"
    raise FileNotFoundError(message)


def data_dir() -> Path:
    """Observed data: catalogue, reference tables, embedded sample."""
    return shipped_dir("data")


def models_dir() -> Path:
    """Assumptions: one TOML a belief."""
    return shipped_dir("models")


def maps_dir() -> Path:
    """What is shown: styles, templates, words, assets."""
    return shipped_dir("maps")

"""Every file of maps/styles meets its contract, and its colours can be told apart."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from planner.errors import ScenarioError
from planner.maps.inputs import MapInputs
from planner.maps.styles import LayerStyle, read_styles
from planner.words import LANGUAGES, read_words

STYLES = read_styles()
# Machado, Oliveira, Fernandes 2009 (doi:10.1109/TVCG.2009.113), severity 1.0, linear RGB
VISION = {
    "full": np.eye(3),
    "protan": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deutan": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritan": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}  # fmt: skip


def lab(colour: str, vision: str) -> np.ndarray:
    """CIE Lab (D65) of a colour as a kind of eye sees it."""
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(VISION[vision] @ linear, 0.0, 1.0)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ seen / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16.0 / 116.0)
    return np.array([116.0 * f[1] - 16.0, 500.0 * (f[0] - f[1]), 200.0 * (f[1] - f[2])])


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.key)
def test_a_style_names_a_layer_and_has_words(style: LayerStyle) -> None:
    assert style.source in MapInputs.__dataclass_fields__
    for language in LANGUAGES:
        words = read_words(language).texts
        assert f"map.layer.{style.key}" in words
        assert f"map.group.{style.group}" in words
        if style.kind in ("points", "lines"):
            assert f"map.layer_one.{style.key}" in words
        for item in style.classes:
            assert not item.words or item.words in words, item.words
        for field in style.fields:
            assert f"map.field.{field.label or field.key}" in words, field.key


def test_drawing_order_is_settled() -> None:
    orders = [style.order for style in STYLES]
    assert len(set(orders)) == len(orders)


@pytest.mark.parametrize("vision", sorted(VISION))
@pytest.mark.parametrize("key", ["cells", "umkm"])
def test_levels_of_service_can_be_told_apart(key: str, vision: str) -> None:
    """At least 20 units of CIE76 between any two levels (a clearly seen difference is about 10)."""
    style = next(style for style in STYLES if style.key == key)
    for one, other in itertools.combinations(style.classes, 2):
        assert np.linalg.norm(lab(one.colour, vision) - lab(other.colour, vision)) > 20.0, (one.key, other.key)


@pytest.mark.parametrize("vision", sorted(VISION))
@pytest.mark.parametrize(
    "style", [s for s in STYLES if s.kind in ("fill", "raster") and s.by != "operator"], ids=lambda s: s.key
)
def test_ramps_darken_step_by_step(style: LayerStyle, vision: str) -> None:
    lightness = [lab(item.colour, vision)[0] for item in style.classes if item.from_ is not None]
    assert all(a - b > 5.0 for a, b in itertools.pairwise(lightness))


def test_sites_differ_by_shape_too() -> None:
    style = next(style for style in STYLES if style.key == "sites")
    assert len({item.shape for item in style.classes}) == len(style.classes)


def test_a_broken_style_names_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "styles"
    folder.mkdir()
    (folder / "odd.toml").write_text('group = "plan"\ncolor = "red"\n', encoding="utf-8")
    monkeypatch.setattr("planner.maps.styles.maps_dir", lambda: tmp_path)
    read_styles.cache_clear()
    with pytest.raises(ScenarioError, match=r"maps/styles/odd\.toml"):
        read_styles()
    read_styles.cache_clear()

"""The figure: nothing is asked for, and no text can leave its place."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import OutputError
from planner.maps.figure import CONTENT_SECURITY_POLICY, island, read_asset
from planner.paths import maps_dir
from planner.words import LANGUAGES, read_words

ASSETS = maps_dir() / "assets"


@given(st.text())
def test_an_island_holds_any_text_and_ends_nowhere(text: str) -> None:
    made = island({"name": text, text: 1})
    assert not set(made) & set("<>&\u2028\u2029")
    assert json.loads(made)["name"] == (text if text != "name" else 1)


def test_an_island_refuses_what_json_does_not_know() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        island({"x": float("nan")})


def test_every_asset_is_the_declared_one_and_has_a_licence() -> None:
    declared = tomllib.loads((ASSETS / "ASSETS.toml").read_text(encoding="utf-8"))["asset"]
    for entry in declared:
        assert hashlib.sha256((ASSETS / entry["file"]).read_bytes()).hexdigest() == entry["sha256"], entry["file"]
        assert entry["licence"]
        assert not entry.get("licence_file") or (ASSETS / entry["licence_file"]).is_file()
    on_disk = {p.relative_to(ASSETS).as_posix() for p in ASSETS.rglob("*") if p.suffix in (".js", ".css")}
    assert {name for name in on_disk if not name.startswith("src/")} == {entry["file"] for entry in declared}


def test_inlined_assets_name_no_file_and_close_no_script() -> None:
    for name in ("vendor/leaflet.js", "vendor/leaflet.css", "merata.js", "merata.css"):
        text = read_asset(name)
        assert "</script" not in text
        assert "<!--" not in text
        assert "sourceMappingURL" not in text
        if name.endswith(".css"):
            assert "url(" not in text
            assert "@import" not in text


def test_an_undeclared_asset_is_refused() -> None:
    with pytest.raises(OutputError, match="does not declare"):
        read_asset("vendor/other.js")


def test_a_changed_asset_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ASSETS, tmp_path / "assets", ignore=shutil.ignore_patterns("src"))
    (tmp_path / "assets" / "merata.css").write_text("body { display: none }", encoding="utf-8")
    monkeypatch.setattr("planner.maps.figure.maps_dir", lambda: tmp_path)
    read_asset.cache_clear()
    with pytest.raises(OutputError, match="differs from its sha256"):
        read_asset("merata.css")
    read_asset.cache_clear()


def test_the_policy_forbids_every_request() -> None:
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'")
    assert "http" not in CONTENT_SECURITY_POLICY


def test_the_bundle_was_made_from_the_modules() -> None:
    """Without Node: the bundle names the hash of its sources."""
    spec = importlib.util.spec_from_file_location("bundle_assets", ASSETS.parents[1] / "scripts" / "bundle_assets.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    first_line = (ASSETS / "merata.js").read_text(encoding="utf-8").splitlines()[0]
    assert script.sources_digest() in first_line, "run scripts/bundle_assets.py"


def test_every_word_the_page_asks_for_is_in_the_word_files() -> None:
    """Whole keys stand in both languages; keys finished while running have at least one word below their beginning."""
    texts = {language: read_words(language).texts for language in LANGUAGES}
    for path in (ASSETS / "src").glob("*.js"):
        if path.name.endswith(".test.js"):
            continue
        source = path.read_text(encoding="utf-8")
        for key in re.findall(r'"((?:map|levels|causes|evidence)(?:\.[a-z0-9_]+)+)"', source):
            for known in texts.values():
                assert key in known or any(name.startswith(f"{key}.") for name in known), f"{path.name}: {key}"
        for start in re.findall(r"`((?:map|levels|causes|evidence|area_levels)[a-z_.]*\.)\$\{", source):
            assert any(name.startswith(start) for name in texts["id"]), f"{path.name}: {start}"


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_the_modules_pass_their_own_tests() -> None:
    tests = sorted(str(path) for path in (ASSETS / "src").glob("*.test.js"))
    done = subprocess.run(["node", "--test", *tests], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]

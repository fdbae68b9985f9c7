"""The page in Chromium with the network off: no request, no error, and every answer a reader asks for."""

from __future__ import annotations

import dataclasses
import math
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from maps_world import HOSTILE, frontier, make_inputs, served_by, umkm_points

from planner.grid import Grid, Raster
from planner.maps.atlas import write_atlas
from planner.maps.inputs import MapInputs, Notice
from planner.maps.page import write_map

pytestmark = pytest.mark.browser
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
WIDE, PHONE = (1440, 900), (390, 844)
READY = "document.documentElement.dataset.ready || !document.getElementById('fault').hidden"


class Page:
    """A page in Chromium that writes down what it asked for and what went wrong."""

    def __init__(self, context: Any, path: Path, fragment: str) -> None:
        self.tab = context.new_page()
        self.requests: list[str] = []
        self.faults: list[str] = []
        self.tab.on("request", lambda request: self.requests.append(request.url))
        self.tab.on(
            "console", lambda text: self.faults.append(text.text) if text.type in ("error", "warning") else None
        )
        self.tab.on("pageerror", lambda error: self.faults.append(str(error)))
        self.tab.on("dialog", lambda dialog: self.faults.append(f"dialog: {dialog.message}"))
        self.address = path.as_uri()
        self.tab.goto(self.address + fragment)
        self.tab.wait_for_function(READY, timeout=30_000)
        assert self.tab.is_hidden("#fault"), self.tab.text_content("#fault")

    def check(self) -> None:
        """Nothing was asked for but the file, nothing went wrong."""
        assert [url for url in self.requests if url.split("#")[0] != self.address] == []
        assert self.faults == []


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """``open(inputs, size, fragment)`` → a page in a fresh profile without network."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(
            executable_path=program, args=list(FLAGS)
        )  # profile of its own, thrown away

        def open_page(inputs: MapInputs, size: tuple[int, int] = WIDE, fragment: str = "") -> Page:
            folder = tmp_path_factory.mktemp("page")
            path = write_map(folder / "map.html", inputs)
            phone = {"is_mobile": True, "has_touch": True} if size == PHONE else {}
            for earlier in browser.contexts:
                earlier.close()
            context = browser.new_context(viewport={"width": size[0], "height": size[1]}, offline=True, **phone)
            return Page(context, path, fragment)

        open_page.browser = browser  # type: ignore[attr-defined]  # for pages beside each other
        yield open_page
        browser.close()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_it_opens_without_a_request_or_an_error(pages: Any, size: tuple[int, int], lang: str) -> None:
    page = pages(make_inputs(umkm_points=umkm_points(2000)), size)
    tab = page.tab
    tab.click(f".langs button[lang={lang}]")
    assert tab.get_attribute("html", "lang") == lang
    assert tab.text_content("h1") == {"id": "Pulau Contoh", "en": "Example Islands"}[lang]
    for i in range(tab.locator(".tabs button").count()):
        tab.locator(".tabs button").nth(i).click()
        assert len(tab.text_content("#body")) > 20
    wide = tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert wide, "the page scrolls sideways"
    page.check()


def test_the_analyst_finds_the_least_served_kabupaten_its_sites_and_why(pages: Any) -> None:
    page = pages(make_inputs())
    tab = page.tab
    assert "Kabupaten Timur" in tab.text_content(".rank tbody tr:first-child")
    assert "60,0%" in tab.text_content(".rank tbody tr:first-child")
    tab.click(".rank tbody tr:first-child .link")
    detail = tab.text_content("#body")
    assert "peringkat 1 dari 3" in detail
    assert "Usulan di sini (1)" in detail
    tab.click("#body .sites button")
    detail = tab.text_content("#body")
    for text in (
        "indikatif",
        "8 UMKM",
        "Rp 2,1 miliar",
        "menara makro 42 m",
        "serat optik",
        "Jalur ke backbone",
        "Siapa yang dilayani",
        "kapasitas habis",
        "Alternatif terbaik",
        "sel kecil",
        "Rp 900 juta",
        "(Bupati)",
        "4,5 km",
    ):
        assert text in detail, text
    tab.click(".back")
    assert "Kabupaten/kota paling belum terlayani" in tab.text_content("#body")
    page.check()


def test_a_click_on_the_map_says_why(pages: Any) -> None:
    page = pages(make_inputs(), fragment="#13/-9.2000/120.3000/id/cells")
    tab = page.tab
    box = tab.evaluate(
        "(() => { const c = merata.map.latLngToContainerPoint([-9.245, 120.305]); const r = merata.map.getContainer()"
        ".getBoundingClientRect(); return [r.left + c.x, r.top + c.y]; })()"
    )
    cell = tab.evaluate("merata.map.getZoom()")
    assert cell == 13
    tab.mouse.click(*box)
    tab.wait_for_selector(".detail-head")
    detail = tab.text_content("#body")
    assert "Mengapa di sini?" in detail
    assert "Kabupaten Barat" in detail
    assert "dBm" in detail
    page.check()


def test_search_works_from_the_keyboard(pages: Any) -> None:
    page = pages(make_inputs())
    tab = page.tab
    tab.keyboard.press("/")
    tab.keyboard.type("pulau")
    tab.wait_for_selector("#found li")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    assert "Kota Pulau" in tab.text_content(".detail-head")
    tab.fill("#search", "99.02.01")
    tab.wait_for_selector("#found li")
    assert "Kecamatan 21" in tab.text_content("#found")
    tab.fill("#search", "tidak ada di mana pun")
    assert "Tidak ada yang cocok" in tab.text_content("#found")
    tab.keyboard.press("Escape")
    page.check()


def test_every_layer_draws_and_its_legend_follows(pages: Any) -> None:
    page = pages(make_inputs(umkm_points=umkm_points(2000)), fragment="#11/-9.25/120.5/id/")
    tab = page.tab
    keys = [box.get_attribute("id") for box in tab.query_selector_all(".legend input")]
    assert {"layer-cells", "layer-umkm", "layer-sites", "layer-quarantined", "layer-coverage_rsrp"} <= set(keys)
    for key in keys:
        was_on = tab.is_checked(f"#{key}")
        tab.click(f"#{key}")
        assert tab.is_checked(f"#{key}") is not was_on
        shown = tab.locator(f".layer:has(#{key}) .glyph, .layer:has(#{key}) .ramp").count()
        assert (shown > 0) is not was_on
    for level in ("kabupaten", "kecamatan", "desa", "hexagon"):
        tab.select_option("#area-level", level)
    page.check()


def test_drawing_shows_what_is_there(pages: Any) -> None:
    """Colours of served and unserved cells stand on the canvas where those cells are."""
    page = pages(make_inputs(is_synthetic=False), fragment="#12/-9.2500/120.5500/id/cells")
    at = """(() => {
      const shown = document.querySelector('#map_merata canvas');
      const copy = document.createElement('canvas');
      const { width, height } = Object.assign(copy, { width: shown.width, height: shown.height });
      const pen = copy.getContext('2d', { willReadFrequently: true });
      pen.drawImage(shown, 0, 0);
      const seen = {};
      const bytes = pen.getImageData(0, 0, width, height).data;
      for (let i = 0; i < bytes.length; i += 4) {
        const key = [bytes[i] >> 4, bytes[i + 1] >> 4, bytes[i + 2] >> 4].join();
        seen[key] = (seen[key] || 0) + 1;
      }
      return seen;
    })()"""
    before = page.tab.evaluate(at)
    page.tab.click("#layer-cells")
    after = page.tab.evaluate(at)
    gone = {key for key, n in before.items() if n > 300 and after.get(key, 0) < n / 4}
    assert len(gone) >= 2
    page.check()


def test_hostile_names_stay_text(pages: Any) -> None:
    texts = {"title_id": HOSTILE[0], "title_en": HOSTILE[1], "credits": HOSTILE, "run_hash": HOSTILE[2]}
    notices = (Notice("confidence", {"threshold": HOSTILE[0]}), Notice(HOSTILE[1]))
    inputs = make_inputs(HOSTILE[:3], **{**frontier(HOSTILE[:3]), **texts, "notices": notices})
    assert inputs.grid is not None
    inputs = dataclasses.replace(inputs, **served_by(inputs.grid, HOSTILE[1]))
    page = pages(inputs, fragment="#10.5/-9.25/120.55/id/")
    tab = page.tab
    tab.focus("#budget")
    tab.keyboard.press("ArrowLeft")
    tab.keyboard.press("ArrowRight")
    assert tab.text_content("h1") == HOSTILE[0]
    for key in [box.get_attribute("id") for box in tab.query_selector_all(".legend input")]:
        tab.click(f"#{key}")
        assert tab.evaluate("document.activeElement.id") == key
    for i in range(tab.locator(".tabs button").count()):
        tab.locator(".tabs button").nth(i).click()
    layers = ("sites", "bts", "fiber", "fiber_nodes", "links", "candidates", "surveys", "quarantined", "proposals")
    for layer in (*layers, "gateways", "measurements"):
        tab.evaluate(f"merata.state.set({{selection: {{kind: 'row', layer: '{layer}', row: 0}}, tab: 'detail'}})")
    tab.evaluate("merata.state.set({selection: {kind: 'place', lon: 120.4, lat: -9.3}, tab: 'detail'})")
    assert HOSTILE[1] in tab.text_content("#body")
    tab.mouse.move(700, 400)
    for level in ("kabupaten", "hexagon"):
        tab.evaluate(f"merata.state.set({{selection: {{kind: 'area', level: '{level}', row: 0}}, tab: 'detail'}})")
    for text in ("script", "${", "img"):
        tab.fill("#search", text)
    tab.click(".langs button[lang=en]")
    assert tab.text_content("h1") == HOSTILE[1]
    assert tab.evaluate("window.broken") is None
    assert tab.locator("#app img, #app script").count() == 0
    page.check()


def test_an_atlas_is_walked_by_its_links(pages: Any, tmp_path: Path) -> None:
    write_atlas(tmp_path, make_inputs(HOSTILE[:3], title_id=HOSTILE[0], title_en=HOSTILE[1]))
    tab = pages.browser.new_context(viewport={"width": 1440, "height": 900}, offline=True).new_page()
    faults: list[str] = []
    requests: list[str] = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("console", lambda text: faults.append(text.text) if text.type in ("error", "warning") else None)
    tab.on("request", lambda request: requests.append(request.url))
    tab.goto((tmp_path / "map.html").as_uri())
    tab.click(".rank .link >> nth=0")
    tab.click("a.more[href^=atlas]")
    tab.wait_for_selector(".atlas-links")
    assert tab.url.split("#")[0] == (tmp_path / "atlas" / "99.02.html").as_uri()
    assert "halaman kabupaten ini tidak memuatnya" in tab.text_content("#body")
    tab.click(".atlas-links a >> nth=0")
    tab.wait_for_selector(".list-view")
    assert tab.text_content(".list-view[lang=id] h1") == HOSTILE[0]
    tab.click("label[for=lang-en]")
    assert tab.is_visible(".list-view[lang=en]")
    assert not tab.is_visible(".list-view[lang=id]")
    assert tab.text_content(".list-view[lang=en] h1") == HOSTILE[1]
    tab.click(".list-view[lang=en] a.more")
    tab.wait_for_selector(".legend .card")
    assert tab.url.split("#")[0] == (tmp_path / "map.html").as_uri()
    tab.evaluate("merata.state.set({selection: {kind: 'place', lon: 120.75, lat: -9.2}, tab: 'detail'})")
    tab.click("a.more[href*='at=place']")
    tab.wait_for_selector(".atlas-links")
    assert "99.02.html" in tab.url
    assert "9,2° LS" in tab.text_content(".detail-head")
    assert all(url.startswith(tmp_path.as_uri()) for url in requests)
    assert faults == []
    assert tab.evaluate("window.broken") is None


def _polar(inputs: MapInputs) -> dict[str, Any]:
    polar = Grid(100.0, 89.9, 0.5, 360, 60)
    signal = np.full(polar.shape, -90.0, dtype=np.float32)
    raster = Raster(polar, signal, "dbm")
    share = Raster(polar, np.where(signal < 0, 0.5, 0.0).astype(np.float32), "share")
    return {
        "coverage_rsrp_dbm": raster,
        "coverage_sinr_db": Raster(polar, signal + 90.0, "db"),
        "coverage_probability_share": share,
    }


def _emptied(inputs: MapInputs) -> dict[str, Any]:
    names = (
        "exclusions",
        "beams",
        "measurements",
        "quarantined",
        "surveys",
        "proposals",
        "candidates",
        "gateways",
        "fiber",
    )
    return {name: getattr(inputs, name).iloc[:0] for name in names}


ODD: dict[str, Any] = {
    "no plan": lambda _: {"sites": None, "links": None, "candidates": None, "plan": {}, "surveys": None, "rejected": None},
    "empty layers": _emptied,
    "one UMKM": lambda _: {"umkm_points": umkm_points(1).assign(area_code="99.02.01.2001")},
    "no cells": lambda inputs: {"cells": inputs.cells.iloc[:0], "service": inputs.service.iloc[:0]},
    "beyond the map": _polar,
    "areas without shape": lambda inputs: {
        "exclusions": inputs.exclusions.set_geometry([None, inputs.exclusions.geometry.iloc[1]], crs=4326)
    },
    "no name": lambda inputs: {"admin": inputs.admin.assign(name=None), "exclusions": inputs.exclusions.assign(name="")},
}  # fmt: skip


@pytest.mark.parametrize("name", [*ODD, "long names", "other scripts"])
def test_an_atlas_of_an_odd_run_opens_page_by_page(pages: Any, tmp_path: Path, name: str) -> None:
    named = {"long names": ("A" * 10_000, "B" * 10_000, "C"), "other scripts": ("山" * 300, "ꦲꦏ꧀ꦱꦫ", "\u202eعرض")}
    inputs = make_inputs(named[name]) if name in named else make_inputs()
    files = write_atlas(tmp_path, dataclasses.replace(inputs, **ODD.get(name, lambda _: {})(inputs)))
    context = pages.browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, offline=True)
    for path in files:
        tab = context.new_page()
        faults: list[str] = []
        tab.on("pageerror", lambda error, faults=faults: faults.append(str(error)))
        tab.on("console", lambda text, faults=faults: faults.append(text.text) if text.type == "error" else None)
        tab.goto(path.as_uri())
        if path.name != "index.html":
            tab.wait_for_function(READY, timeout=30_000)
            tab.evaluate("merata.state.set({on: new Set(merata.layers), tab: 'layers'})")
            tab.evaluate("merata.state.set({selection: {kind: 'place', lon: 120.75, lat: -9.2}, tab: 'detail'})")
        assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), path.name
        text = tab.inner_text("body")
        assert not any(broken in text for broken in ("NaN", "undefined", "[object"))
        assert faults == [], path.name
        tab.close()
    context.close()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
def test_an_empty_run_says_what_is_missing(pages: Any, size: tuple[int, int]) -> None:
    page = pages(MapInputs(title_id="Kosong", title_en="Empty"), size)
    assert "Tidak ada lokasi yang diusulkan" in page.tab.text_content("#body")
    assert "Belum ada jumlah" in page.tab.text_content("#body")
    page.tab.mouse.click(size[0] * 0.6, 200)
    assert "tidak memuat sel layanan" in page.tab.text_content("#body")
    page.check()


def test_one_enterprise_and_names_without_end(pages: Any) -> None:
    inputs = make_inputs(("A" * 10_000, "山" * 300, "Kota Pulau"), umkm_points=umkm_points(1))
    page = pages(dataclasses.replace(inputs, sites=None, links=None, candidates=None), PHONE)
    page.tab.click(".tabs button >> nth=1")
    assert page.tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.check()


def test_areas_without_names_or_enterprises_and_rasters_beyond_the_map(pages: Any) -> None:
    inputs = make_inputs()
    assert inputs.admin is not None
    facts = {**inputs.facts, "areas": [dict(record) for record in inputs.facts["areas"]]}
    for record in facts["areas"]:
        if record["area_code"].startswith("99.03"):
            record["umkm"] = dict.fromkeys(record["umkm"], 0)
    polar = Grid(100.0, 89.9, 0.5, 360, 60)
    signal = Raster(polar, np.full(polar.shape, -90.0, dtype=np.float32), "dbm")
    page = pages(
        dataclasses.replace(inputs, admin=inputs.admin.assign(name=None), facts=facts, coverage_rsrp_dbm=signal),
        fragment="#9.00/-9.2000/120.9000/en/area_unserved+coverage_rsrp",
    )
    tab = page.tab
    assert tab.locator(".rank tbody tr").count() == 2  # nobody to serve in the third
    assert "99.02" in tab.text_content(".rank tbody tr:first-child")
    tab.evaluate("merata.state.set({selection: {kind: 'area', level: 'kabupaten', row: 2}, tab: 'detail'})")
    assert "99.03" in tab.text_content(".detail-head")
    assert "–" in tab.text_content("#body .hero")
    tab.evaluate("merata.map.setView([84, 120], 5, {animate: false})")
    page.check()


@pytest.mark.parametrize("missing", [("sites", "links"), ("candidates",), ("cells", "service"), ("areas",), ("bts",)])
def test_what_a_run_lacks_is_named(pages: Any, missing: tuple[str, ...]) -> None:
    inputs = make_inputs()
    lacking = {name: getattr(inputs, name).iloc[:0] for name in missing}
    page = pages(dataclasses.replace(inputs, **lacking))
    words = {
        "sites": "Lokasi usulan",
        "candidates": "Calon lokasi",
        "cells": "Tingkat layanan",
        "areas": "Skor prioritas",
        "bts": "BTS",
    }
    said = page.tab.text_content(".absent")
    assert "Tidak ada data untuk" in said
    assert words[missing[0]] in said
    if missing[0] == "sites":
        assert "Tidak ada lokasi yang diusulkan: pagu terlalu kecil" in page.tab.text_content("#body")
    page.check()


def test_a_view_can_be_sent_on(pages: Any) -> None:
    page = pages(make_inputs(), fragment="#9.50/-9.2500/120.4000/en/bts+sites")
    assert page.tab.get_attribute("html", "lang") == "en"
    assert page.tab.is_checked("#layer-bts")
    assert not page.tab.is_checked("#layer-fiber")
    page.tab.click("#layer-fiber")
    assert "fiber" in page.tab.evaluate("location.hash")
    for broken in ("#x/y/z", "#99/0/0", "#9/NaN/1", "#9.5/-9/120/xx/" + "a+" * 500):
        page.tab.goto("about:blank")
        page.tab.goto(page.address + broken)
        page.tab.wait_for_function(READY)
    assert page.faults == []


def test_the_budget_slider_shows_the_plan_of_each_ceiling(pages: Any) -> None:
    page = pages(make_inputs(**frontier()))
    tab = page.tab
    assert "Rp 5 miliar" in tab.text_content("#dock")
    assert "2 lokasi" in tab.text_content(".dock-result")
    tab.focus("#budget")
    tab.keyboard.press("ArrowLeft")
    tab.wait_for_selector(".dock-result:has-text('1 lokasi')")
    assert "+8 UMKM" in tab.text_content(".dock-result")
    assert "Rp 2,1 miliar" in tab.text_content(".dock-result")
    assert tab.evaluate("document.activeElement.id") == "budget"
    assert "budget=1" in tab.evaluate("location.hash")
    assert tab.locator(".legend #layer-sites").count() == 1
    tab.keyboard.press("ArrowLeft")
    tab.wait_for_selector(".dock-result:has-text('0 lokasi')")
    tab.click(".tabs button >> nth=2")
    assert "Tidak ada lokasi usulan pada pagu" in tab.text_content("#body")
    assert tab.locator(".legend #layer-sites").count() == 0
    tab.focus("#budget")
    tab.keyboard.press("End")
    tab.wait_for_selector(".dock-result:has-text('2 lokasi')")
    page.check()


def test_both_sliders_show_the_years_of_each_ceiling_as_they_are_told(pages: Any) -> None:
    """A programme: what a year brings at another ceiling comes with its point, not from the rows of its sites."""
    fields = frontier()
    fields["frontier_sites"] = fields["frontier_sites"].assign(year=[2026, 2026, 2028])
    points = fields["frontier_points"].assign(scale=[0.2, 0.5, 1.0], value=[-9.0, 8.0, 12.0])
    points = pd.concat([points, points.iloc[[2]].assign(point=3, ceiling_idr=9e9, umkm=20.0, value=15.0, bound=16.0)])
    fields["frontier_sites"] = pd.concat([fields["frontier_sites"], fields["frontier_sites"].iloc[1:].assign(point=3)])
    years = pd.DataFrame({"point": [3, 3], "year": [2026, 2028], "n_sites_on": [1, 2], "n_umkm_on": [11.0, 20.0]})
    page = pages(make_inputs(**{**fields, "frontier_points": points}, frontier_years=years, frontier_left_out=2))
    tab = page.tab
    tab.focus("#budget")
    tab.keyboard.press("End")
    tab.wait_for_selector(".dock-result:has-text('+20 UMKM')")
    assert "Untuk 2 pagu" in tab.text_content("#body")
    tab.focus("#year")
    tab.keyboard.press("Home")
    tab.wait_for_selector(".dock-result:has-text('+11 UMKM')")
    assert "budget=3" in tab.evaluate("location.hash")
    assert "year=2026" in tab.evaluate("location.hash")
    assert tab.locator(".curve-zero").count() == 1
    page.check()


def test_the_year_slider_shows_what_stands_by_then(pages: Any) -> None:
    page = pages(make_inputs(**frontier()), fragment="#9.00/-9.2000/120.5000/en/sites/year=2026")
    tab = page.tab
    assert "1 sites" in tab.text_content(".dock-result")
    assert "2026" in tab.text_content("#dock")
    tab.focus("#year")
    tab.keyboard.press("End")
    tab.wait_for_selector(".dock-result:has-text('2 sites')")
    assert "year=" not in tab.evaluate("location.hash")
    tab.click(".tabs button >> nth=2")
    assert "2028" in tab.text_content("#body .sites")
    page.check()


def test_a_programme_shows_each_year_and_source_from_the_facts(pages: Any) -> None:
    inputs = make_inputs(**frontier())
    years = [
        {"year": 2026, "n_sites": 1, "n_sites_on": 1, "n_umkm_on": 7.0, "people_on": 70.0},
        {"year": 2028, "n_sites": 1, "n_sites_on": 2, "n_umkm_on": 12.0, "people_on": 120.0},
    ]
    source = {"funding_source": HOSTILE[2], "payer": "bakti", "ceiling_idr": 3e9, "spent_idr": 2.5e9, "left_idr": 5e8}
    money = [{**source, "year": 2026}, {**source, "year": 2028}]
    facts = {**inputs.facts, "plan": {**inputs.facts["plan"], "years": years, "money": money}}
    page = pages(dataclasses.replace(inputs, facts=facts))
    tab = page.tab
    tab.click(".tabs button >> nth=2")
    said = tab.text_content("#body")
    for text in ("Menurut tahun", "Menurut sumber dana", HOSTILE[2], "2,5"):
        assert text in said, text
    tab.focus("#year")
    tab.keyboard.press("Home")
    tab.wait_for_selector(".dock-result:has-text('+7 UMKM')")  # not the 8 of the site's own row
    assert "Menurut tahun" not in tab.text_content("#body")
    page.check()


def test_a_phone_has_the_sliders_in_its_sheet(pages: Any) -> None:
    page = pages(make_inputs(**frontier()), PHONE)
    tab = page.tab
    tab.click(".tabs button >> nth=2")
    assert tab.is_visible(".panel #budget")
    tab.click(".tabs button >> nth=0")
    assert not tab.is_visible("#budget")
    page.check()


def test_low_confidence_is_hatched_over_whatever_colour_the_areas_have(pages: Any) -> None:
    inputs = make_inputs()
    records = [{**record, "confidence_share": 0.2} for record in inputs.facts["areas"]]
    facts = {**inputs.facts, "areas": records, "assumptions": {"confidence_threshold_share": 0.5}}
    page = pages(dataclasses.replace(inputs, facts=facts))
    tab = page.tab
    assert tab.is_checked("#layer-area_confidence")
    tab.click("#layer-area_score")
    assert tab.is_checked("#layer-area_confidence")
    assert not tab.is_checked("#layer-area_unserved")
    tab.click("#layer-area_confidence")
    assert tab.is_checked("#layer-area_score")
    page.check()
    assert pages(make_inputs()).tab.locator("#layer-area_confidence").count() == 0


def test_controls_without_data_are_absent(pages: Any) -> None:
    page = pages(make_inputs())
    assert page.tab.locator("#budget, #year, #of-coverage_rsrp").count() == 0
    assert page.tab.is_hidden("#dock")
    page.check()


def test_any_pixel_says_why_its_signal_is_what_it_is(pages: Any) -> None:
    inputs = make_inputs()
    assert inputs.grid is not None
    page = pages(
        dataclasses.replace(inputs, **served_by(inputs.grid, HOSTILE[1])),
        fragment="#11.00/-9.3000/120.4000/en/coverage_rsrp?/at=place%3A120.4%3A-9.3",
    )
    detail = page.tab.text_content("#body")
    for text in (
        "Signal at this place",
        HOSTILE[1],
        "11 km",
        "900 MHz",
        "30 dBm",
        "Free-space loss",
        "40%",
        "Lain · b1",
        "Lead over the next BTS+7 dB",
    ):
        assert text in detail, text
    free_db = 32.4 + 20 * math.log10(10.967) + 20 * math.log10(900.0)
    assert f"−{free_db:.1f} dB" in detail
    page.check()


def test_a_place_names_the_areas_and_beams_it_lies_in(pages: Any) -> None:
    at = "#11.00/-9.4000/120.1500/en/coverage_probability+exclusions+beams+measurements/at=place%3A120.15%3A-9.4"
    page = pages(make_inputs(("Kab. " + HOSTILE[0], *HOSTILE[1:3])), fragment=at)
    tab = page.tab
    detail = tab.text_content("#body")
    for text in (" to ", "Probability of enough signal outdoors", "≥ ", "This place lies in", "protected area"):
        assert text in detail, text
    assert tab.locator(".legend .layer:has(#layer-exclusions) .glyph").count() == 2  # the kinds there are, no others
    assert "apart from what is modelled" in tab.text_content(".layer:has(#layer-measurements)")
    assert "Modelled, not measured. Probability outdoors" in tab.text_content(".layer:has(#layer-coverage_probability)")
    tab.click("#body .sites button:has-text('Satellite beam outline')")
    assert "schematic" in tab.text_content("#body")
    assert "150.0" not in tab.text_content("#body")
    page.check()


def test_a_beam_without_outline_says_so_and_a_run_without_interference_shows_no_ratio(pages: Any) -> None:
    inputs = make_inputs(beams=None, exclusions=None, coverage_sinr_db=None, interference="fixed")
    page = pages(inputs, fragment="#9.00/-9.2/120.5/en/coverage_rsrp/tab=about")
    tab = page.tab
    assert "Beam outlinenot known" in tab.text_content("#body")
    assert tab.locator("#layer-beams, #layer-exclusions, #layer-coverage_sinr").count() == 0
    for name in ("Satellite beam outlines", "No-build areas", "Signal quality (SINR)"):
        assert name in tab.text_content(".absent")
    assert "Coverage, not capacity" in tab.text_content(".layer:has(#layer-coverage_rsrp)")
    page.check()


def test_an_address_brings_back_every_choice(pages: Any) -> None:
    inputs = make_inputs(**frontier())
    first = pages(inputs)
    tab = first.tab
    tab.click(".segments button >> nth=1")
    tab.select_option("#area-level", "kecamatan")
    tab.select_option("#only-priority", "three_t")
    tab.click(".tabs button >> nth=1")
    tab.click(".rank .link >> nth=1")
    heading = tab.text_content(".detail-head")
    tab.wait_for_timeout(700)
    fragment = tab.evaluate("location.hash")
    second = pages(inputs, fragment=fragment)
    assert second.tab.text_content(".detail-head") == heading
    assert second.tab.get_attribute(".segments button >> nth=1", "aria-checked") == "true"
    assert second.tab.input_value("#area-level") == "kecamatan"
    assert second.tab.input_value("#only-priority") == "three_t"
    second.check()


def test_a_phone_has_the_colours_of_what_it_shows_over_the_map(pages: Any) -> None:
    page = pages(make_inputs(), PHONE, "#9.00/-9.2/120.5/en/area_unserved+sites")
    tab = page.tab
    assert "Unserved share" in tab.text_content(".card.short")
    tab.evaluate("merata.state.set({on: new Set(['area_unserved', 'coverage_probability'])})")
    assert "Probability of enough signal" in tab.text_content(".card.short")
    assert tab.locator(".card.short .ramp i").count() == 5
    tab.evaluate("merata.state.set({on: new Set(['coverage_operator'])})")
    assert tab.evaluate("document.querySelector('.card.short').getBoundingClientRect().right <= window.innerWidth")
    page.check()


def test_the_sheet_of_a_phone_moves(pages: Any) -> None:
    page = pages(make_inputs(), PHONE)
    tab = page.tab
    assert tab.get_attribute("#panel", "data-sheet") == "half"
    tab.focus(".grip")
    for key, state in (("ArrowUp", "full"), ("ArrowDown", "half"), ("ArrowDown", "low"), ("Enter", "half")):
        tab.keyboard.press(key)
        assert tab.get_attribute("#panel", "data-sheet") == state
    tab.click(".tabs button >> nth=3")
    assert tab.locator("#body .layers input").count() > 5
    page.check()


def test_a_province_of_points_is_there_quickly(pages: Any) -> None:
    page = pages(make_inputs(umkm_points=umkm_points(366_473)), fragment="#9.6/-9.25/120.5/id/umkm")
    ready_ms = float(page.tab.get_attribute("html", "data-ready"))
    redraw_ms = page.tab.evaluate("(merata.stage.paint(), merata.stage.paintMs)")
    assert ready_ms < 8000
    assert redraw_ms < 500
    page.check()


@pytest.mark.parametrize("ceilings", [0, 3])
def test_the_gallery_takes_its_pictures(tmp_path: Path, ceilings: int) -> None:
    page = write_map(tmp_path / "map.html", make_inputs(**(frontier() if ceilings else {})))
    script = Path(__file__).resolve().parents[1] / "scripts" / "make_gallery.py"
    done = subprocess.run([sys.executable, str(script), str(page), "--out", str(tmp_path / "gallery")], check=False)
    assert done.returncode == 0
    pictures = sorted((tmp_path / "gallery").glob("*.png"))
    assert len(pictures) == (6 if ceilings else 5)  # a page alone: no report and no workbook beside it
    assert all(picture.stat().st_size > 20_000 for picture in pictures)

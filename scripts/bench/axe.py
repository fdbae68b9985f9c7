"""Asks axe-core about the map page: every view, both widths, both languages; one row a view with what it found.

    python scripts/bench/axe.py runs/demo/map.html

Needs Chromium, Playwright (the test extra) and npm, which fetches axe-core once below build/. Exits with 1 when anything
serious or critical is found. The page forbids foreign scripts; for this check alone the browser is told to let axe in.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "build" / "axe"
PACKAGE = "axe-core@4.10.2"
SIZES = {"1440": (1440, 900), "390": (390, 844)}
BAD = ("serious", "critical")
VIEWS: dict[str, tuple[str, ...]] = {
    "overview": (),
    "areas": (".tabs button >> nth=1",),
    "sites": (".tabs button >> nth=2",),
    "site": (".tabs button >> nth=2", "#body .sites button >> nth=0"),
    "area": (".tabs button >> nth=1", ".rank .link >> nth=0"),
    "place": ("eval:merata.state.set({selection: {kind: 'place', lon: merata.map.getCenter().lng, lat: merata.map.getCenter().lat}, tab: 'detail'})",),
    "about": (".tabs button >> nth=-1",),
    "search": ("fill:a",),
    "layers": ("eval:merata.state.set({on: new Set(merata.layers), tab: document.querySelector('.tabs').children.length > 4 ? 'layers' : 'about'})", "eval:document.querySelectorAll('details').forEach((box) => { box.open = true; })"),
}  # fmt: skip


def axe() -> Path:
    """The script of axe-core, fetched once."""
    found = TOOLS / "node_modules" / "axe-core" / "axe.min.js"
    if not found.exists():
        TOOLS.mkdir(parents=True, exist_ok=True)
        (TOOLS / "package.json").write_text('{"private": true}\n', encoding="utf-8")
        flags = ("--no-package-lock", "--no-audit", "--no-fund", "--silent")
        subprocess.run(["npm", "install", "--prefix", str(TOOLS), *flags, PACKAGE], check=True)
    return found


def act(tab: Any, step: str) -> None:
    """Do one step of a view."""
    kind, _, what = step.partition(":")
    if kind == "eval":
        tab.evaluate(what)
    elif kind == "fill":
        tab.fill("#search", what)
    else:
        tab.click(step)
    tab.wait_for_timeout(500)


def findings(tab: Any, script: str) -> list[dict[str, Any]]:
    """Violations on the page as it stands."""
    tab.evaluate(script)
    found: dict[str, Any] = tab.evaluate("axe.run({resultTypes: ['violations']})")
    return list(found["violations"])


def main() -> int:
    """Print one row a view; answer with the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path)
    page = parser.parse_args().page
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        print("Chromium is not installed", file=sys.stderr)
        return 2
    from playwright.sync_api import sync_playwright

    script = axe().read_text(encoding="utf-8")
    n_bad = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        for width, (wide, high) in SIZES.items():
            for language in ("id", "en"):
                context = browser.new_context(viewport={"width": wide, "height": high}, offline=True, bypass_csp=True)
                for view, steps in VIEWS.items():
                    tab = context.new_page()
                    tab.goto(page.resolve().as_uri())
                    tab.wait_for_selector("html[data-ready]", state="attached")
                    tab.click(f".langs button[lang={language}]")
                    for step in steps:
                        act(tab, step)
                    found = findings(tab, script)
                    n_bad += sum(item["impact"] in BAD for item in found)
                    told = "; ".join(
                        f"{item['impact']}: {item['id']} ({len(item['nodes'])}) {item['nodes'][0]['target']}"
                        for item in found
                    )
                    print(f"{width:>5} {language} {view:<9} {told or 'nothing'}")
                    tab.close()
                context.close()
        browser.close()
    print(f"serious or critical: {n_bad}")
    return 1 if n_bad else 0


if __name__ == "__main__":
    sys.exit(main())

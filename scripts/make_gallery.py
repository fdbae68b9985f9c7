#!/usr/bin/env python3
"""Pictures of a run's map for the README and maps/gallery: both languages, laptop and phone.

``scripts/make_gallery.py runs/demo/map.html`` needs Chromium and Playwright (the test extra).
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
GALLERY = ROOT / "maps" / "gallery"
LAPTOP, PHONE = (1440, 900), (390, 844)
FIRST_SITE = ".tabs button:nth-child(3)", ".sites button >> nth=0"
SHOTS: tuple[tuple[str, tuple[int, int], str, tuple[str, ...]], ...] = (
    ("map_desktop_id", LAPTOP, "id", ()),
    ("map_desktop_en_least_served", LAPTOP, "en", (".rank tbody tr:first-child .link",)),
    ("map_desktop_id_why_this_site", LAPTOP, "id", FIRST_SITE),
    ("map_phone_id", PHONE, "id", ()),
    ("map_phone_en_why_this_site", PHONE, "en", FIRST_SITE),
)


def shoot(
    browser: Any, page: Path, target: Path, size: tuple[int, int], language: str, clicks: tuple[str, ...]
) -> None:
    """Open the page without a network, click, and take its picture."""
    phone = {"is_mobile": True, "has_touch": True, "device_scale_factor": 2} if size == PHONE else {}
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, offline=True, **phone)
    tab = context.new_page()
    tab.goto(page.resolve().as_uri())
    tab.wait_for_function("document.documentElement.dataset.ready")
    tab.click(f".langs button[lang={language}]")
    for selector in clicks:
        tab.click(selector)
        tab.wait_for_timeout(700)  # the map glides to its place
    tab.mouse.move(2, 2)
    tab.wait_for_timeout(300)
    tab.screenshot(path=target)
    context.close()
    with Image.open(target) as picture:  # a palette of 256 that keeps rare colours, such as those of sites
        few = picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        few.save(target, optimize=True)


def main(arguments: list[str] | None = None) -> int:
    """Take all pictures; answer with the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path, help="map.html of a run")
    parser.add_argument("--out", type=Path, default=GALLERY, help="folder of the pictures")
    given = parser.parse_args(arguments)
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None or not given.page.is_file():
        print("give the map.html of a run, and install Chromium", file=sys.stderr)
        return 2
    from playwright.sync_api import sync_playwright

    given.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for name, size, language, clicks in SHOTS:
            target = given.out / f"{name}.png"
            shoot(browser, given.page, target, size, language, clicks)
            print(f"{target}  {target.stat().st_size / 1e3:,.0f} kB")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

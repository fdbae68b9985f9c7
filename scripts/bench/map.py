"""Measures the map page: file, seconds to make it, time to interactive, redraw, heap, requests and errors.

    python scripts/bench/map.py --points 50000 366473 1000000

Points are invented from a fixed seed. The last row is the same page by stock folium (a GeoJson of circle markers,
100,000 points), which needs the network for its libraries: what it asks for is counted.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import folium
import numpy as np
import pandas as pd

from planner.maps.inputs import MapInputs
from planner.maps.page import write_map

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--enable-precise-memory-info")
PEER_POINTS = 100_000


def points(n: int, *, seed: int = 11) -> pd.DataFrame:
    """Invented enterprises around 600 towns between Bali and Timor, to 1e-4 degrees."""
    rng = np.random.default_rng(seed)
    towns = rng.uniform((119.0, -10.8), (125.0, -8.2), (600, 2))
    place = np.round(towns[rng.integers(0, 600, n)] + rng.normal(0.0, 0.04, (n, 2)), 4)
    level = rng.choice(["served", "limited", "unserved", "unknown"], n)
    digital, sector = rng.choice(["offline", "online"], n), rng.choice(list("ACGI"), n)
    columns = {"lon_deg": place[:, 0], "lat_deg": place[:, 1], "level": level, "digital": digital, "sector": sector}
    return pd.DataFrame(columns)


def ours(path: Path, n: int) -> float:
    """Write our page; seconds it took."""
    inputs = MapInputs(title_id="Ukuran", title_en="Size", umkm_points=points(n))
    start = time.perf_counter()
    write_map(path, inputs)
    return time.perf_counter() - start


def stock(path: Path, n: int) -> float:
    """Write the same points with stock folium; seconds it took."""
    frame = points(n)
    start = time.perf_counter()
    page = folium.Map([-9.5, 122.0], zoom_start=7)
    places = zip(frame["lon_deg"], frame["lat_deg"], frame["level"], strict=True)
    features = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [x, y]}, "properties": {"level": level}}
        for x, y, level in places
    ]
    folium.GeoJson({"type": "FeatureCollection", "features": features}, marker=folium.CircleMarker(radius=1)).add_to(
        page
    )
    page.save(path)
    return time.perf_counter() - start


def opened(browser: Any, path: Path, *, wait_for_ready: bool) -> dict[str, float]:
    """Open a page without a network and read its figures."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True)
    tab = context.new_page()
    asked: list[str] = []
    faults: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: faults.append(str(error)))
    address = path.as_uri() + ("#9.5/-9.5/122/id/umkm" if wait_for_ready else "")
    tab.goto(address)
    found = {"ready_ms": float("nan"), "redraw_ms": float("nan"), "heap_mb": float("nan")}
    if wait_for_ready:
        tab.wait_for_function("document.documentElement.dataset.ready", timeout=120_000)
        found["ready_ms"] = float(tab.get_attribute("html", "data-ready"))
        found["redraw_ms"] = min(tab.evaluate("(merata.stage.paint(), merata.stage.paintMs)") for _ in range(5))
        found["heap_mb"] = tab.evaluate("performance.memory.usedJSHeapSize") / 1e6
    else:
        tab.wait_for_timeout(3000)
    found |= {"requests": sum(not url.startswith("file:") for url in asked), "errors": len(faults)}
    context.close()
    return found


def main() -> int:
    """Print one row a page; answer with the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, nargs="+", default=[50_000, 366_473, 1_000_000])
    counts = parser.parse_args().points
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        print("Chromium is not installed", file=sys.stderr)
        return 2
    from playwright.sync_api import sync_playwright

    print(
        f"{'page':<16}{'points':>10}{'MB':>8}{'make s':>8}{'ready ms':>10}{'redraw ms':>11}{'heap MB':>9}{'requests':>10}{'errors':>8}"
    )
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        for name, n, write in [*(("merata", n, ours) for n in counts), ("stock folium", PEER_POINTS, stock)]:
            path = Path(folder) / f"{name.replace(' ', '_')}_{n}.html"
            seconds = write(path, n)
            seen = opened(browser, path, wait_for_ready=name == "merata")
            size = path.stat().st_size / 1e6
            print(
                f"{name:<16}{n:>10,}{size:>8.2f}{seconds:>8.2f}{seen['ready_ms']:>10.0f}{seen['redraw_ms']:>11.1f}"
                f"{seen['heap_mb']:>9.0f}{seen['requests']:>10.0f}{seen['errors']:>8.0f}"
            )
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

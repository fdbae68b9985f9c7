"""Measures the map page: file, seconds to make it, time to interactive, redraw, heap, requests and errors.

    python scripts/bench/map.py --points 50000 366473 1000000 [--page runs/demo/map.html] [--full]

Points are invented from a fixed seed; ``--page`` adds the page of a run, ``--full`` an atlas of 512 kabupaten with
4 million points and 2 million cells. The last row is the same page by stock folium (a GeoJson of circle markers,
100,000 points), which needs the network for its libraries: what it asks for is counted.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.grid import Grid
from planner.maps.atlas import write_atlas
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


def nation(n_points: int, n_cells: int, *, side: int = 8) -> MapInputs:
    """An invented nation of ``8 · side²`` square kabupaten on a grid of 500 m, its counts known."""
    rng = np.random.default_rng(5)
    cols = 8 * side
    codes = np.array([f"{10 + i // 100:02d}.{i % 100:02d}" for i in range(cols * side)])
    shapes = [
        shapely.box(x := 100.0 + i % cols * 0.6, y := -8.0 + i // cols * 0.6, x + 0.6, y + 0.6)
        for i in range(len(codes))
    ]
    admin = gpd.GeoDataFrame({"code": codes, "name": codes, "level": "kabupaten"}, geometry=shapes, crs=4326)
    grid = Grid(100.0, -8.0 + side * 0.6, 0.6 / 120, side * 120, cols * 120)
    ids = np.sort(rng.choice(grid.n_rows * grid.n_cols, n_cells, replace=False))
    row, col = ids // grid.n_cols, ids % grid.n_cols
    lon, lat = grid.lon_lat(row, col)
    at = (np.floor((lat + 8.0) / 0.6) * cols + np.floor((lon - 100.0) / 0.6)).astype(int)
    levels = np.array(["served", "limited", "unserved", "unknown"])
    cells = pd.DataFrame(
        {"cell_id": ids, "row": row, "col": col, "lon_deg": lon, "lat_deg": lat, "area_code": codes[at]}
    )
    cells = cells.assign(people=40.0, n_umkm=2.0, n_facilities=0)
    service = pd.DataFrame(
        {"cell_id": ids, "level": levels[rng.integers(0, 4, n_cells)], "cause": "", "served_share": 0.5}
    )
    service = service.assign(n_operators=1, rsrp_dbm=-100.0, server_bts_id="", confidence_share=1.0, is_indoor=False)
    home = rng.integers(0, n_cells, n_points)
    spread = rng.normal(0.0, 0.0005, (2, n_points))
    places = pd.DataFrame(
        {"lon_deg": lon[home] + spread[0], "lat_deg": lat[home] + spread[1], "area_code": codes[at[home]]}
    )
    places = places.assign(level=service["level"].to_numpy()[home], digital="offline", sector="G")
    return MapInputs("Negara", "Nation", grid=grid, admin=admin, cells=cells, service=service, umkm_points=places)


def atlas(folder: Path) -> None:
    """Write an atlas of a nation and say what it took."""
    inputs = nation(4_000_000, 2_000_000)
    start = time.process_time()
    pages = write_atlas(folder, inputs)
    seconds = time.process_time() - start
    sizes = [path.stat().st_size / 1e6 for path in pages]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"atlas: {len(pages)} files, {sum(sizes):.0f} MB, the whole {sizes[0]:.2f} MB, list {sizes[1]:.2f} MB, largest page "
        f"{max(sizes[2:]):.2f} MB, {seconds:.0f} s of processor, peak {peak:.2f} GB"
    )


def main() -> int:
    """Print one row a page; answer with the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, nargs="+", default=[50_000, 366_473, 1_000_000])
    parser.add_argument("--page", type=Path, help="the page of a run, measured as it is")
    parser.add_argument("--full", action="store_true", help="also an atlas of 512 kabupaten")
    asked = parser.parse_args()
    counts = asked.points
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
        if asked.page:
            seen = opened(browser, asked.page.resolve(), wait_for_ready=True)
            size = asked.page.stat().st_size / 1e6
            print(
                f"{'run':<26}{size:>8.2f}{'–':>8}{seen['ready_ms']:>10.0f}{seen['redraw_ms']:>11.1f}{seen['heap_mb']:>9.0f}"
                f"{seen['requests']:>10.0f}{seen['errors']:>8.0f}"
            )
        if asked.full:
            atlas(Path(folder))
            for name in ("map.html", "atlas/10.00.html"):
                seen = opened(browser, Path(folder) / name, wait_for_ready=True)
                print(f"  {name}: ready {seen['ready_ms']:.0f} ms, heap {seen['heap_mb']:.0f} MB")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

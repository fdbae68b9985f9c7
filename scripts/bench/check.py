"""Measures `merata check` on a large list of enterprises: seconds and peak memory, in a fresh process.

    python scripts/bench/check.py --rows 1000000

Makes the file from a fixed seed (1 % of the rows are broken in the usual ways), checks it, prints one line.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

BUDGET_SECONDS, BUDGET_GB = 20.0, 2.0


def make_file(path: Path, n_rows: int, *, seed: int = 7) -> None:
    """Write a list of enterprises as municipal offices do: names, phones, Indonesian headers, decimal points."""
    rng = np.random.default_rng(seed)
    lon = rng.uniform(119.0, 125.0, n_rows)
    lat = rng.uniform(-10.9, -8.1, n_rows)
    sector = rng.choice(["Kuliner", "Fashion", "56101", "Pertanian", "Jasa"], n_rows)
    size = rng.choice(["Usaha Mikro", "Kecil", "mikro", "Menengah"], n_rows)
    digital = rng.choice(["Ya", "Belum", "", "Sudah"], n_rows)
    nib = rng.choice(["Ya", "Tidak"], n_rows)
    broken = rng.random(n_rows) < 0.01
    fault = rng.integers(0, 5, n_rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("ID Usaha,Nama Usaha,Sektor,Skala Usaha,Go Digital,NIB,Bujur,Lintang,No HP\n")
        for row in range(n_rows):
            x, y, s = f"{lon[row]:.6f}", f"{lat[row]:.6f}", str(size[row])
            if broken[row]:
                x, y, s = _break(x, y, s, int(fault[row]))
            file.write(f"U{row:08d},Toko {row},{sector[row]},{s},{digital[row]},{nib[row]},{x},{y},0812{row:08d}\n")


def _break(lon: str, lat: str, size: str, fault: int) -> tuple[str, str, str]:
    return [
        (lat, lon, size),
        (lon, lat.lstrip("-"), size),
        ("0", "0", size),
        ('"119°52\'30"" BT"', "8°29' LS", size),
        (lon, lat, "raksasa"),
    ][fault]


def measure(path: Path) -> None:
    """Check the file in this process and print what it took."""
    from planner.layers.check import check_file

    start = time.perf_counter()
    checked = check_file(path, "umkm").checked[0]
    seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak_gb, cpu_seconds = used.ru_maxrss / 1024**2, used.ru_utime + used.ru_stime
    if checked.n_in != checked.n_used + checked.n_quarantined:
        message = f"{checked.n_in} rows in, {checked.n_used} used, {checked.n_quarantined} quarantined"
        raise SystemExit(message)
    print(
        f"check {checked.n_in:,} UMKM rows: {seconds:.1f} s ({cpu_seconds:.1f} s of CPU), peak {peak_gb:.2f} GB "
        f"({checked.n_used:,} used, {checked.n_quarantined:,} quarantined; "
        f"budget {BUDGET_SECONDS:.0f} s, {BUDGET_GB:.0f} GB)"
    )


def main() -> None:
    """Make the file, then measure in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--measure", type=Path, help="measure this file in this process")
    options = parser.parse_args()
    if options.measure:
        measure(options.measure)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "umkm.csv"
        make_file(path, options.rows)
        subprocess.run([sys.executable, __file__, "--measure", str(path)], check=True)


if __name__ == "__main__":
    main()

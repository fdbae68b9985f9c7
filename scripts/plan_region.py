"""Recipe: plan a region from your own files. Copy it, or call it as it stands.

Writes a scenario beside the results, has every layer judged, then makes the plan::

    python scripts/plan_region.py --name kalbar --areas 61 --out runs/kalbar \
        --layer admin=kabupaten.gpkg --layer admin=kecamatan.gpkg \
        --layer bts=opencellid_510.csv.gz --layer population_counts=penduduk.csv --estimate-umkm

Each ``--layer kind=path`` names one file; a kind may come more than once. What is not given is left out,
and the results say what that costs: no terrain means the extended Hata model, no UMKM layer means counts
estimated from people, no fiber nodes means satellite alone.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def scenario_text(name: str, areas: list[str], layers: list[str], ceiling_idr: float, **options: Any) -> str:
    """A scenario as TOML.

    Parameters
    ----------
    name
        Short name, lower-case.
    areas
        Kemendagri codes of the region.
    layers
        ``kind=path`` pairs.
    ceiling_idr
        Budget ceiling (present value).
    options
        ``columns`` (``kind.our_name=their header``, or ``kind.our_name==value`` for all rows),
        ``estimate_umkm``, ``pixel_m``, ``confidence``.
    """
    paths = [
        (kind, Path(path) if path.startswith("shipped:") else Path(path).resolve())
        for kind, _, path in (item.partition("=") for item in layers)
    ]
    roots = sorted({str(path.parent) for _, path in paths if path.is_absolute()})
    quoted = json.dumps  # a JSON string is a TOML basic string
    lines = [
        f"name = {quoted(name)}",
        f"title_id = {quoted(f'Rencana last mile: {name}')}",
        f"title_en = {quoted(f'Last-mile plan: {name}')}",
        "date = 2026-01-01",
        f"roots = {quoted(roots)}",
        f"region = {{ areas = {quoted(areas)}, pixel_m = {options.get('pixel_m', 500)} }}",
        f"budget = {{ ceiling_idr = {ceiling_idr:.0f} }}",
        f"service = {{ confidence_threshold_share = {options.get('confidence', 0.5)} }}",
        f"demand = {{ estimate_umkm = {str(bool(options.get('estimate_umkm'))).lower()} }}",
    ]
    renamed: dict[str, list[str]] = {}
    for item in options.get("columns") or []:
        name, _, header = str(item).partition("=")
        kind, _, ours = name.partition(".")
        renamed.setdefault(kind, []).append(f"{ours} = {quoted(header)}")
    for kind, path in paths:
        lines += [f"[[layers.{kind}]]", f"path = {quoted(str(path))}"]
        if kind in renamed:
            lines.append(f"columns = {{ {', '.join(renamed[kind])} }}")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the scenario, judge the layers, make the plan."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True)
    parser.add_argument("--areas", nargs="+", required=True, help="Kemendagri codes")
    parser.add_argument("--layer", action="append", required=True, metavar="KIND=PATH")
    parser.add_argument("--column", action="append", default=[], metavar="KIND.OUR_NAME=HEADER")
    parser.add_argument("--ceiling-idr", type=float, default=100e9)
    parser.add_argument("--pixel-m", type=float, default=500)
    parser.add_argument("--confidence", type=float, default=0.5)
    parser.add_argument("--estimate-umkm", action="store_true")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    scenario = given.out / f"{given.name}.toml"
    text = scenario_text(
        given.name,
        given.areas,
        given.layer,
        given.ceiling_idr,
        columns=given.column,
        estimate_umkm=given.estimate_umkm,
        pixel_m=given.pixel_m,
        confidence=given.confidence,
    )
    scenario.write_text(text, encoding="utf-8")
    merata = [sys.executable, "-m", "planner"]
    print(f"Scenario: {scenario}", flush=True)
    checked = subprocess.run([*merata, "check", scenario, "--out", given.out / "check"], check=False).returncode
    if checked not in (0, 3):
        return checked
    return subprocess.run([*merata, "plan", scenario, "--out", given.out], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

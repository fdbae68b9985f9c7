"""Measures a run's way from enterprises to demand cells with millions of rows: processor seconds and peak memory a stage.

    python scripts/bench/rows.py --rows 1000000 10000000

Makes a Parquet file from the sample's enterprises, repeated within a few hundred metres of themselves from a fixed seed,
and runs the stages that carry single rows (the layer, the cells), each count in processes of its own.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

BUDGET_GB = 4.0
_STAGES = ("layer:umkm", "cells")


def make_file(path: Path, n_rows: int, *, seed: int = 11) -> None:
    """Write enterprises where those of the sample are; a row group a repetition, so that memory stays small."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    from planner.pipeline.table import data_folder

    sample = pd.read_parquet(data_folder() / "umkm.parquet")
    rng = np.random.default_rng(seed)
    writer, made = None, 0
    while made < n_rows:
        part = sample.head(n_rows - made).copy()
        part["umkm_id"] = pd.Series(np.arange(made, made + len(part))).map("U{:09d}".format).astype("str")
        for name in ("lon_deg", "lat_deg"):
            part[name] += rng.normal(0.0, 0.002, len(part))
        table = pa.Table.from_pandas(part, preserve_index=False)
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
        made += len(part)
    if writer is not None:
        writer.close()


def measure(umkm: Path, out: Path, stage: str) -> None:
    """Make the stages up to one in this process; those before it are kept from the process before."""
    from planner.pipeline.runner import run
    from planner.pipeline.table import data_folder, stage_table
    from planner.scenario import read_scenario

    source = {"path": str(umkm), "kind": "umkm", "evidence": "synthetic", "source": "repeated sample"}
    changes = {"layers.umkm": [source], "roots": [str(umkm.parent)]}
    scenario = read_scenario(data_folder() / "scenario.toml", changes=changes)
    table = stage_table(scenario)
    inputs = {item.name: item.inputs for item in table}
    wanted, waiting = set(), [stage]
    while waiting:
        name = waiting.pop()
        wanted.add(name)
        waiting.extend(item for item in inputs[name] if item not in wanted)
    result = run(tuple(item for item in table if item.name in wanted), scenario, out, say=lambda _: None)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(item.ru_utime + item.ru_stime for item in used)
    peak_gb = used[0].ru_maxrss / 1024**2
    print(f"  {stage:<12} {seconds:7.1f} s of CPU, peak {max(peak_gb, result.peak_mb / 1024):.2f} GB", flush=True)


def main() -> None:
    """Measure each count of rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--measure", nargs=3, metavar=("FILE", "OUT", "STAGE"), help="one stage in this process")
    options = parser.parse_args()
    if options.measure:
        measure(Path(options.measure[0]), Path(options.measure[1]), options.measure[2])
        return
    for n_rows in options.rows:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "umkm.parquet"
            make_file(path, n_rows)
            print(f"{n_rows:,} rows (budget {BUDGET_GB:.0f} GB a stage)", flush=True)
            subprocess.run([sys.executable, __file__, "--measure", str(path), f"{folder}/out", "frame"], check=True)
            for stage in _STAGES:
                subprocess.run([sys.executable, __file__, "--measure", str(path), f"{folder}/out", stage], check=True)


if __name__ == "__main__":
    main()

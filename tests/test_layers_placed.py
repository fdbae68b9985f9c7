"""Rows that could not be used, read back with their places and nothing of their content."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from planner.layers.placed import placed_rows
from planner.layers.quarantine import write_quarantine_csv


def written(path: Path, **columns: list[str]) -> Path:
    n = len(next(iter(columns.values())))
    head = {"file": ["bts.csv"] * n, "sheet": [""] * n, "line": range(2, 2 + n), "reason": ["operator: 'Ibu Siti'"] * n}
    return write_quarantine_csv(path, pd.DataFrame({**head, **columns}))


def test_rows_with_a_place_come_back_with_reasons_in_both_languages(tmp_path: Path) -> None:
    path = written(
        tmp_path / "bts.csv",
        codes=["not_a_number", "key_twice; not_a_number", "outside_region", "not_a_number", "not_a_number"],
        bujur=["121,5", "122.25", "121.0", "", "500"],
        lintang=["-8,5", "-9.5", "-8.0", "-8.0", "-8.0"],
    )
    found = placed_rows(path, "bts")
    assert found["line"].tolist() == [2, 3]  # set aside, without a place, beyond the map: none of them
    assert found["lon_deg"].tolist() == [121.5, 122.25]
    assert found["lat_deg"].tolist() == [-8.5, -9.5]
    assert set(found["kind"]) == {"bts"}
    assert all(found["reason_id"] != "")
    assert not found.astype("str").apply(lambda column: column.str.contains("Siti")).to_numpy().any()


def test_layers_without_points_and_files_without_coordinates_give_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", codes=["not_a_number"], nama=["a"])
    assert placed_rows(path, "bts").empty
    assert placed_rows(path, "admin").empty
    assert list(placed_rows(path, "admin").columns) == list(placed_rows(path, "bts").columns)

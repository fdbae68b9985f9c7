"""Outputs of odd runs: they open and say what is missing; a disk without room leaves nothing half written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import export_worlds
import openpyxl
import pandas as pd
import pytest
from test_report_pdf import said
from test_report_workbook import report_inputs

import planner.export
from planner import registry
from planner.export import ExportInputs
from planner.report import ReportInputs, pdf, workbook
from planner.words import read_words


def without_plan(inputs: ReportInputs) -> dict[str, Any]:
    facts = {**inputs.facts, "plan": {}}
    return {"facts": facts, "sites": None, "links": None, "rejected": None, "surveys": None, "ceiling_idr": None}


def unnamed(inputs: ReportInputs) -> dict[str, Any]:
    areas = [{**record, "name": ""} for record in inputs.facts["areas"]]
    return {"facts": {**inputs.facts, "areas": areas}, "admin": inputs.admin.assign(name="")}


def scaled(inputs: ReportInputs, factor: float, *, where: str = "") -> dict[str, Any]:
    """Facts with the UMKM of areas whose code starts with ``where`` taken times ``factor``."""

    def times(values: dict[str, Any]) -> dict[str, Any]:
        return {name: value * factor for name, value in values.items()}

    areas = [
        {**record, "umkm": times(record["umkm"])} if record["area_code"].startswith(where) else record
        for record in inputs.facts["areas"]
    ]
    facts = {**inputs.facts, "areas": areas}
    if not where:
        facts |= {"totals": {**facts["totals"], "umkm": times(facts["totals"]["umkm"])}, "whole": {**facts["whole"], "umkm": facts["whole"]["umkm"] * factor}}  # fmt: skip
    return {"facts": facts}


ODD = {
    "no plan": without_plan,
    "no site": lambda inputs: {"sites": inputs.sites.iloc[:0], "links": inputs.links.iloc[:0], "facts": {**inputs.facts, "plan": {**inputs.facts["plan"], "n_sites": 0, "by_site_type": {}, "by_backhaul": {}, "by_access_mode": {}, "by_kabupaten": {}, "link_km": {}}}},
    "no candidate": lambda inputs: {"candidates": inputs.candidates.iloc[:0], "rejected": inputs.rejected.iloc[:0], **without_plan(inputs)},
    "no UMKM at all": lambda inputs: scaled(inputs, 0.0),
    "an area without UMKM": lambda inputs: scaled(inputs, 0.0, where="53.02"),
    "one UMKM": lambda inputs: scaled(inputs, 1.0 / inputs.facts["whole"]["umkm"]),
    "no names": unnamed,
    "no area": lambda inputs: {"facts": {**inputs.facts, "areas": []}, "admin": inputs.admin.iloc[:0], "areas": inputs.areas.iloc[:0]},
    "no ledger": lambda inputs: {"facts": {**inputs.facts, "layers": []}, "credits": (), "specs": ()},
    "a frontier of nothing": lambda _: {"frontier": export_worlds.points().assign(value=0.0, bound=0.0, umkm=0.0, people=0.0, spent_idr=0.0, n_sites=0)},
    "one ceiling": lambda _: {"frontier": export_worlds.points().iloc[[2]]},
    "no score": lambda _: {"areas": None},
}  # fmt: skip


@pytest.mark.parametrize(("name", "language"), [(name, ("id", "en")[at % 2]) for at, name in enumerate(ODD)])
def test_reports_of_odd_runs_open_and_have_no_broken_number(name, language, tmp_path):
    base = report_inputs(admin=export_worlds.world()["admin"])
    odd = report_inputs(**{"admin": base.admin, **ODD[name](base)})
    text = said(pdf.write(tmp_path / "a.pdf", odd, language=language))
    for broken in (" nan", "NaN", " inf", "None ", "{", "pdf."):
        assert broken not in text.replace("${x}", "").replace("{n}", ""), broken
    book = openpyxl.load_workbook(workbook.write(tmp_path / "a.xlsx", odd, language=language))
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not {"nan", "inf", "None", "#NUM!"} & {str(value) for value in cells if value is not None}
    words = read_words(language)
    if name in ("no plan", "no candidate", "no site"):
        assert words("pdf.plan_none")[:50] in text
        assert words("report.empty") in {
            str(cell.value) for row in book[words("report.sheet_sites")].iter_rows() for cell in row
        }


EMPTY = ("sites", "links", "relays", "rejected", "surveys", "candidates", "bts", "areas", "admin", "cells")


@pytest.mark.parametrize("field", EMPTY)
def test_formats_bear_an_empty_layer_and_leave_it_out(field, tmp_path):
    world = export_worlds.world()
    known = {name: value for name, value in world.items() if name in ExportInputs.__dataclass_fields__}
    if field in known:
        known[field] = known[field].iloc[:0]
    if field == "cells":
        known["service"] = known["service"].iloc[:0]
    inputs = ExportInputs(
        name="u", title_id="", title_en="", date=export_worlds.DATE, **{field: pd.DataFrame(), **known}
    )
    for name in registry.names(planner.export):
        module = registry.load(planner.export, name)
        module.write(tmp_path / name if module.META["is_folder"] else tmp_path / f"out{module.META['suffix']}", inputs)
    assert not list(tmp_path.rglob(f"{field}.*"))
    assert all(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())


def small_disk(folder: Path, megabytes: int) -> bool:
    """Mount a disk of that size; False where this user may not."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    return (
        shutil.which("mount") is not None and not subprocess.run(command, capture_output=True, check=False).returncode
    )


CODE = """
import json, sys
sys.path[:0] = [{tests!r}]
from pathlib import Path
import export_worlds
from test_report_workbook import report_inputs
from planner.errors import OutputError
from planner.report import pdf, workbook
inputs = report_inputs(admin=export_worlds.world()["admin"])
said = []
for name, write in (("a.pdf", pdf.write), ("a.xlsx", workbook.write)):
    try:
        write(Path({folder!r}) / name, inputs)
    except OutputError as err:
        said.append([name, err.fields["fault"]])
print(json.dumps(said))
"""


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may mount a small disk")
def test_reports_on_a_full_disk_are_refused_with_the_reason_and_leave_nothing(tmp_path):
    folder = tmp_path / "disk"
    if not small_disk(folder, 1):
        pytest.skip("this machine may not mount")
    try:
        (folder / "filler").write_bytes(b"x" * 1_000_000)
        code = CODE.format(tests=str(Path(__file__).parent), folder=str(folder))
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
        assert json.loads(done.stdout) == [["a.pdf", "No space left on device"], ["a.xlsx", "No space left on device"]]
        assert [path.name for path in folder.iterdir()] == ["filler"]
    finally:
        subprocess.run(["umount", str(folder)], check=True)

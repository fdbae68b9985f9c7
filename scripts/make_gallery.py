#!/usr/bin/env python3
"""Pictures of a run for the README and maps/gallery: the map on laptop and phone, pages of the report, the workbook.

``scripts/make_gallery.py runs/demo/map.html`` needs Chromium and Playwright (the test extra). Pages of the report need
``pdftoppm`` (poppler-utils); without it their pictures are left as they are. ``--sample RUN`` copies one of each output of a
small run, e.g. of ``merata plan data/sample/scenario.toml --out runs/small --set 'region.areas=["53.20"]' --set region.pixel_m=600.0
--set budget.ceiling_idr=4e10``, then ``merata export runs/small --format kmz``.
"""

from __future__ import annotations

import argparse
import html
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from planner.words import read_words

ROOT = Path(__file__).resolve().parent.parent
GALLERY = ROOT / "maps" / "gallery"
LAPTOP, PHONE = (1440, 900), (390, 844)
FIRST_SITE = ".tabs button:nth-child(3)", ".sites button >> nth=0"
SHOTS: tuple[tuple[str, tuple[int, int], str, tuple[str, ...]], ...] = (
    ("map_desktop_id", LAPTOP, "id", ()),
    ("map_desktop_en_least_served", LAPTOP, "en", (".rank tbody tr:first-child .link",)),
    ("map_desktop_id_why_this_site", LAPTOP, "id", FIRST_SITE),
    ("map_desktop_id_other_ceiling", LAPTOP, "id", (".tabs button:nth-child(3)", *["press #budget ArrowLeft"] * 5)),
    ("map_phone_id", PHONE, "id", ()),
    ("map_phone_en_why_this_site", PHONE, "en", FIRST_SITE),
)


def shoot(
    browser: Any, page: Path, target: Path, size: tuple[int, int], language: str, clicks: tuple[str, ...]
) -> bool:
    """Open the page without a network, click (or ``press SELECTOR KEY``), and take its picture; False without the control."""
    phone = {"is_mobile": True, "has_touch": True, "device_scale_factor": 2} if size == PHONE else {}
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, offline=True, **phone)
    tab = context.new_page()
    tab.goto(page.resolve().as_uri())
    tab.wait_for_function("document.documentElement.dataset.ready")
    tab.click(f".langs button[lang={language}]")
    pressed = [step.split(" ")[1] for step in clicks if step.startswith("press ")]
    if any(tab.locator(selector).count() == 0 for selector in pressed):
        context.close()
        return False  # a run without other ceilings
    for step in clicks:
        if step.startswith("press "):
            tab.press(*step.split(" ")[1:])
        else:
            tab.click(step)
        tab.wait_for_timeout(700)  # the map glides to its place
    tab.mouse.move(2, 2)
    tab.wait_for_timeout(300)
    tab.screenshot(path=target)
    context.close()
    _few_colours(target)
    return True


def draw_report(run: Path, out: Path) -> list[Path]:
    """Pages of the report: the summary and the page with the map of the plan, found by their headings."""
    report, program = run / "report" / "laporan_id.pdf", shutil.which("pdftoppm")
    if program is None or not report.is_file():
        return []
    made = []
    text = subprocess.run(["pdftotext", "-layout", report, "-"], capture_output=True, text=True, check=True).stdout
    words = read_words("id")
    pages_of = {"summary": words("pdf.summary"), "plan": words("pdf.plan"), "ceilings": words("pdf.frontier")}
    for part, heading in pages_of.items():
        name = f"report_id_{part}"
        pages = [number for number, page in enumerate(text.split("\f"), start=1) if _is_headed(page, heading)]
        if not pages:
            continue  # a run without a frontier
        target = out / name
        subprocess.run(
            [program, "-r", "90", "-png", "-singlefile", "-f", str(pages[0]), "-l", str(pages[0]), report, target], check=True
        )  # fmt: skip
        made.append(_few_colours(target.with_suffix(".png")))
    return made


SAMPLES = ("map.html", "report/laporan_id.pdf", "report/laporan_id.xlsx", "gis/plan.gpkg", "gis/plan.kmz")


def copy_samples(run: Path, out: Path) -> list[Path]:
    """One of each output of a small run, to open without making a plan."""
    folder = out / "sample"
    folder.mkdir(parents=True, exist_ok=True)
    return [Path(shutil.copyfile(run / name, folder / Path(name).name)) for name in SAMPLES if (run / name).is_file()]


def _is_headed(page: str, heading: str) -> bool:
    """Whether the first line below the running head of a page is this heading."""
    lines = [line.strip() for line in page.splitlines() if line.strip()]
    return heading in lines[:4]


def draw_workbook(browser: Any, run: Path, out: Path) -> list[Path]:
    """The sheet of proposed sites as its file says it: texts, number formats, widths and colours of the cells."""
    import openpyxl

    path = run / "report" / "laporan_id.xlsx"
    if not path.is_file():
        return []
    book = openpyxl.load_workbook(path)
    sheet = book[read_words("id")("report.sheet_sites")]
    n_columns = min(sheet.max_column, 17)
    told = sheet.column_dimensions.values()  # columns of one width stand as one range
    widths = [next((d.width for d in told if d.min <= at <= d.max), 11.0) for at in range(1, n_columns + 1)]
    rows = "".join(
        f"<tr>{''.join(_cell_html(sheet.cell(row, at)) for at in range(1, n_columns + 1))}</tr>" for row in range(1, 29)
    )
    columns = "".join(f"<col style='width:{7 * width:.0f}px'>" for width in widths)
    tab = browser.new_page(viewport={"width": LAPTOP[0], "height": 640})
    tab.set_content(
        f"{SHEET_LOOK}<table style='width:{7 * sum(widths):.0f}px'><colgroup>{columns}</colgroup>{rows}</table>"
    )
    target = out / "workbook_id_sites.png"
    tab.screenshot(path=target)
    tab.close()
    return [_few_colours(target)]


SHEET_LOOK = """<style>body{margin:0;font:13px Carlito,Calibri,"Liberation Sans",sans-serif;background:#fff}
table{border-collapse:collapse;table-layout:fixed}td{border:1px solid #e3e6ea;padding:1px 4px;height:18px;white-space:nowrap;
overflow:hidden}td.first{overflow:visible}td.head{white-space:normal;vertical-align:top;font-weight:bold}</style>"""


def _cell_html(cell: Any) -> str:
    """A cell as Excel in Indonesia shows it."""
    value, form = cell.value, cell.number_format
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        digits = len(form.rpartition(".")[2].rstrip("%")) if "." in form else 0
        text = f"{value * 100 if form.endswith('%') else value:,.{digits}f}{'%' if form.endswith('%') else ''}"
        text = text.translate(str.maketrans(",.", ".,")) if "#" in form else text.replace(",", "").replace(".", ",")
        return f"<td align='right'>{text}</td>"
    text = "" if value is None else html.escape(str(value))
    is_head = cell.fill.fgColor.rgb == "FFDCE6F1"
    look = f"background:#{cell.fill.fgColor.rgb[2:]};" if is_head else ""
    colour = (
        cell.font.color.rgb[2:] if cell.font.color is not None and isinstance(cell.font.color.rgb, str) else "000000"
    )
    look += (
        f"color:#{colour};"
        + ("font-weight:bold;" if cell.font.b else "")
        + ("font-style:italic;" if cell.font.i else "")
    )
    kind = "head" if is_head else "first" if cell.row < 6 else ""
    return f"<td class='{kind}' style='{look}'>{text}</td>"


def _few_colours(path: Path) -> Path:
    """Make a picture small: a palette of 256 that keeps rare colours, such as those of sites."""
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
    return path


def main(arguments: list[str] | None = None) -> int:
    """Take all pictures; answer with the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path, help="map.html of a run")
    parser.add_argument("--out", type=Path, default=GALLERY, help="folder of the pictures")
    parser.add_argument("--sample", type=Path, help="folder of a small run whose outputs are copied")
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
            if not shoot(browser, given.page, target, size, language, clicks):
                continue
            print(f"{target}  {target.stat().st_size / 1e3:,.0f} kB")
        run = given.page.resolve().parent
        for target in (*draw_report(run, given.out), *draw_workbook(browser, run, given.out)):
            print(f"{target}  {target.stat().st_size / 1e3:,.0f} kB")
        browser.close()
    for target in copy_samples(given.sample, given.out) if given.sample else ():
        print(f"{target}  {target.stat().st_size / 1e3:,.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())

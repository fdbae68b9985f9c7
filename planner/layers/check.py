"""Judges files before a run: all problems at once, every row used or quarantined, nothing changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.layers import examine_layer
from planner.layers.report import ASIDE_CODES, Conformed, Problem, ReadContext
from planner.layers.speak import note_text, problem_text
from planner.scenario import LayerSource, Scenario
from planner.schema import LAYERS, layer

if TYPE_CHECKING:
    import pandas as pd

    from planner.words import Words

__all__ = ["SHOWN", "CheckReport", "Checked", "check_context", "check_file", "check_layers", "problem_text"]

SHOWN = 20
"""Problems shown, every kind of them first; all are counted, and all rows are in the quarantine file."""

_MARGIN_DEG = 0.02
"""Around the region's box: towers just outside still serve it."""


@dataclass(frozen=True)
class Checked:
    """What became of one file.

    Parameters
    ----------
    kind, file
        Layer kind and name of the file.
    n_in, n_used, n_quarantined, n_aside
        Rows; in = used + quarantined. ``n_aside`` of the quarantined are not wrong, only not wanted here.
    n_bad
        Quarantined rows that make the check fail.
    problems, n_problems
        The first ones, and how many there are.
    notes
        What was assumed.
    quarantine_path, marked_path
        Files written, or None.
    """

    kind: str
    file: str
    n_in: int
    n_used: int
    n_quarantined: int
    n_aside: int
    n_bad: int
    problems: tuple[Problem, ...]
    n_problems: int
    notes: tuple[str, ...]
    quarantine_path: Path | None = None
    marked_path: Path | None = None

    @property
    def is_refused(self) -> bool:
        """Whether the file cannot be used at all."""
        return any(problem.severity == "refused" for problem in self.problems)


@dataclass(frozen=True)
class CheckReport:
    """The check of one file or of all layers of a scenario."""

    checked: tuple[Checked, ...]

    @property
    def exit_code(self) -> int:
        """0 when every file can be used and no row is wrong, else 3."""
        return 3 if any(item.is_refused or item.n_bad for item in self.checked) else 0

    def to_json(self) -> dict[str, Any]:
        """The report as plain data."""
        return {"exit_code": self.exit_code, "layers": [_plain(item) for item in self.checked]}

    def lines(self, words: Words | None = None) -> list[str]:
        """The report for people: counts, what was assumed, the first problems, where the rest is.

        Parameters
        ----------
        words
            Language; None = English.
        """
        return [line for item in self.checked for line in _lines(item, words)]


def check_file(
    path: Path,
    kind: str,
    *,
    source: LayerSource | None = None,
    context: ReadContext | None = None,
    out: Path | None = None,
) -> CheckReport:
    """Judge one file.

    Parameters
    ----------
    path
        The file, or a folder of tiles.
    kind
        Layer kind it shall be read as.
    source
        What a scenario would say about it (columns, CRS, …).
    context
        What the reader may know; None = the file's folder, all Indonesia, no admin layer.
    out
        Folder for ``quarantine/<kind>.csv`` and the marked copy of a workbook; None = nothing is written.

    Raises
    ------
    LayerError
        ``kind`` is unknown.
    OutputError
        ``out`` cannot be written.
    """
    layer(kind)
    path = path.absolute()
    source = source or LayerSource(path=str(path))
    context = context or ReadContext(folder=path.parent)
    found = _with_defaults(source, kind, path, context)
    return CheckReport((_checked(found, kind, path, source, context, out, f"{kind}.csv"),))


def check_layers(scenario: Scenario, *, out: Path | None = None) -> CheckReport:
    """Judge every file of a scenario.

    Parameters
    ----------
    scenario
        The scenario.
    out
        Folder for ``quarantine/``; None = nothing is written.
    """
    base = check_context(scenario)
    context, admin = _read_admin(scenario, base)
    kinds = [kind for kind in LAYERS if kind in scenario.layers]
    checked = []
    for kind in kinds:
        sources = scenario.sources(kind)
        for number, source in enumerate(sources, 1):
            path = scenario.resolve(source)
            found = admin[number - 1] if kind == "admin" else examine_layer(source, kind, path=path, context=context)
            name = f"{kind}.csv" if len(sources) == 1 else f"{kind}_{number}.csv"
            checked.append(_checked(found, kind, path, source, context, out, name))
    return CheckReport(tuple(checked))


def check_context(scenario: Scenario) -> ReadContext:
    """What readers may know of a scenario before its admin layer is read."""
    return ReadContext(
        folder=scenario.folder,
        roots=scenario.allowed_roots,
        areas=scenario.region.areas,
        transmitter_defaults=_transmitters(),
        umkm_points=scenario.outputs.umkm_points,
    )


def _transmitters() -> Mapping[str, Mapping[str, float]]:
    from planner.catalog import read_spec
    from planner.specs.radio import TransmitterDefaults

    spec = read_spec(TransmitterDefaults, "radio", "transmitters")
    return {technology: spec.for_technology(technology) for technology in spec.defaults}


def _with_defaults(source: LayerSource, kind: str, path: Path, context: ReadContext) -> Conformed:
    if kind == "bts" and not context.transmitter_defaults:
        context = replace(context, transmitter_defaults=_transmitters())
    return examine_layer(source, kind, path=path, context=context)


def _read_admin(scenario: Scenario, context: ReadContext) -> tuple[ReadContext, list[Conformed]]:
    """The admin layer, and a context that knows its codes and the box of the region."""
    found = [examine_layer(s, "admin", path=scenario.resolve(s), context=context) for s in scenario.sources("admin")]
    frames: list[Any] = [item.data for item in found if not item.is_refused and item.n_used]
    bounds = scenario.region.bounds_deg
    codes: pd.DataFrame | None = None
    if frames:
        from planner.layers.admin_merge import merge_admin

        merged = merge_admin(frames)
        codes = merged
        mine = merged.loc[merged["code"].map(lambda code: _in_region(str(code), scenario.region.areas))]
        shaped = mine.loc[mine.geometry.notna() & ~mine.geometry.is_empty]
        if bounds is None and len(shaped):
            west, south, east, north = (float(v) for v in shaped.total_bounds)
            bounds = (west, south, east, north)
    if bounds is not None:
        west, south, east, north = bounds
        bounds = (west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG)
    return replace(context, codes=codes, bounds_deg=bounds), found


def _in_region(code: str, areas: tuple[str, ...]) -> bool:
    return not areas or any(code == area or code.startswith(f"{area}.") for area in areas)


def _checked(
    found: Conformed, kind: str, path: Path, source: LayerSource, context: ReadContext, out: Path | None, name: str
) -> Checked:
    codes = found.quarantine["codes"].astype("str") if len(found.quarantine) else None
    n_not_counted = 0 if codes is None else int(codes.map(lambda text: set(text.split("; ")) <= ASIDE_CODES).sum())
    written, marked = _write(found, kind, path, source, context, out, name)
    return Checked(
        kind=kind,
        file=context.shown(path),
        n_in=found.n_in,
        n_used=found.n_used,
        n_quarantined=found.n_quarantined,
        n_aside=found.n_aside,
        n_bad=found.n_quarantined - n_not_counted,
        problems=found.problems,
        n_problems=found.n_problems or len(found.problems),
        notes=found.notes,
        quarantine_path=written,
        marked_path=marked,
    )


def _write(
    found: Conformed, kind: str, path: Path, source: LayerSource, context: ReadContext, out: Path | None, name: str
) -> tuple[Path | None, Path | None]:
    if out is None:
        return None, None
    if not len(found.quarantine):
        for stale in (out / "quarantine" / name, out / "quarantine" / f"{Path(name).stem}_marked.xlsx"):
            stale.unlink(missing_ok=True)  # of an earlier check of the same layer
        return None, None
    from planner.layers.quarantine import write_quarantine_csv

    written = write_quarantine_csv(out / "quarantine" / name, found.quarantine)
    return written, _marked(found, kind, path, source, context, written)


def _marked(
    found: Conformed, kind: str, path: Path, source: LayerSource, context: ReadContext, written: Path
) -> Path | None:
    from planner.layers.door import kind_of, open_checked, staged

    if kind_of(path)[0] not in ("xlsx", "xls", "ods"):
        return None
    from planner.layers.marked import write_marked_copy

    target = written.with_name(f"{written.stem}_marked.xlsx")
    keep = context.umkm_points or kind != "umkm"
    with staged(open_checked(path, context, ("xlsx", "xls", "ods"))) as plain:
        done = write_marked_copy(target, plain, found.quarantine, kind=kind, columns=source.columns, keep_personal=keep)
    return target if done else None


def _plain(item: Checked) -> dict[str, Any]:
    data = asdict(replace(item, problems=()))
    data["problems"] = [
        {**asdict(replace(p, fields={})), "fields": {key: str(value) for key, value in p.fields.items()}}
        for p in item.problems
    ]
    data["quarantine_path"] = str(item.quarantine_path) if item.quarantine_path else None
    data["marked_path"] = str(item.marked_path) if item.marked_path else None
    return data


def _lines(item: Checked, words: Words | None) -> list[str]:
    def text(key: str, **fields: object) -> str:
        return words(f"check.{key}", **fields) if words is not None else _ENGLISH[key].format(**fields)

    lines = [
        f"{item.kind}: {item.file}",
        "  "
        + text("counts", n_in=item.n_in, n_used=item.n_used, n_quarantined=item.n_quarantined, n_aside=item.n_aside),
    ]
    lines += [f"  - {note_text(note, words)}" for note in item.notes]
    lines += [f"  {_mark(problem)} {problem_text(problem, words)}" for problem in _shown(item.problems)]
    if item.n_problems > SHOWN and len(item.problems) > SHOWN:
        lines.append("  " + text("more", n_problems=item.n_problems, shown=SHOWN))
    if item.quarantine_path:
        lines.append("  " + text("written", path=item.quarantine_path))
    if item.marked_path:
        lines.append("  " + text("marked", path=item.marked_path))
    return lines


def _shown(problems: tuple[Problem, ...]) -> list[Problem]:
    """At most `SHOWN` problems, in their order: of each kind the first before the second of any other.

    A column that is wrong in every row would otherwise hide the one row that is wrong in another way.
    """
    seen: Counter[tuple[str, str]] = Counter()
    rank = []
    for place, problem in enumerate(problems):
        kind = (problem.code, problem.column)
        rank.append((problem.severity != "refused", seen[kind], place))
        seen[kind] += 1
    return [problems[place] for place in sorted(place for _, _, place in sorted(rank)[:SHOWN])]


def _mark(problem: Problem) -> str:
    return {"refused": "✗", "quarantine": "✗", "warning": "!"}[problem.severity]


_ENGLISH = {
    "counts": "{n_in} rows in = {n_used} used + {n_quarantined} quarantined ({n_aside} of these only set aside)",
    "more": "… {n_problems} problems in all, {shown} of them shown",
    "written": "all quarantined rows: {path}",
    "marked": "copy with the cells to mend in colour: {path}",
}

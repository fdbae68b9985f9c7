"""The table of stages of a scenario: what is computed from what (DESIGN §3)."""

from __future__ import annotations

from pathlib import Path

from planner.errors import Phrase
from planner.paths import shipped_dir
from planner.pipeline.assumed import assumption_faults, has_coarse_picture, has_iterated_load, refuse
from planner.pipeline.stage import Stage
from planner.scenario import Scenario
from planner.schema import LAYERS

__all__ = ["stage_table"]

WORKBOOKS = {"id": "laporan_id.xlsx", "en": "report_en.xlsx"}
REPORTS = {"id": "laporan_id.pdf", "en": "report_en.pdf"}
FORMATS = {
    "gpkg": ("gis/plan.gpkg",), "geoparquet": ("gis/*.parquet",), "cog": ("gis/coverage.tif", "gis/coverage.qml", "gis/sinr.tif", "gis/sinr.qml", "gis/probability.tif", "gis/probability.qml"),
    "service_raster": ("gis/service.tif", "gis/service.qml"), "kmz": ("gis/plan.kmz",),
    "flatgeobuf": ("gis/flatgeobuf/*.fgb",), "shapefile": ("gis/shapefile/*",), "csv_excel": ("gis/csv/*.csv",),
}  # fmt: skip
"""Files of each GIS format, known without importing it; a test compares them with `planner.export`."""

_GIS_WORDS = "levels,causes,programmes,evidence,area_levels,units,map,criteria,area_levels_short,columns"
WORDS = {
    "gis": f"maps/words#{_GIS_WORDS}", "map": f"maps/words#{_GIS_WORDS}",
    "workbook": f"maps/words#{_GIS_WORDS},report", "report": f"maps/words#{_GIS_WORDS},report,pdf",
}  # fmt: skip
"""Tables of the word files that each output reads, so that a new word elsewhere remakes none; a test holds them to it."""

_OUTPUTS = ("outputs.umkm_points", "outputs.languages", "outputs.hexagon_resolution")
_SIGNED = ("outputs.document_number", "outputs.prepared_by", "outputs.checked_by", "outputs.approved_by")
_FIRST = "layer:admin"
_COMPANIONS = (".shx", ".dbf", ".prj", ".cpg")


def stage_table(scenario: Scenario, *, more_formats: tuple[str, ...] = ()) -> tuple[Stage, ...]:
    """Rows of the table for a scenario; inputs come before those who read them.

    Parameters
    ----------
    scenario
        The scenario.
    more_formats
        GIS formats beside those of the scenario, each a stage of its own.

    Raises
    ------
    ScenarioError
        No admin layer, nothing to serve, a layer file that is not there, an unknown format, or an assumption that
        cannot be read; all of them at once.
    """
    _demand(scenario, more_formats)
    kinds = [kind for kind in LAYERS if scenario.sources(kind)]
    layers = tuple(_layer(scenario, kind) for kind in sorted(kinds, key=lambda kind: (kind != "admin", kind)))
    admin, others = layers[0], layers[1:]
    frame = Stage("frame", "frame", (_FIRST,), ("region", "layers.admin"), ("data/reference",))
    names = tuple(stage.name for stage in layers)
    core = _core(scenario, names)
    return (admin, frame, *others, *core, *_around(scenario, names), *_outputs(scenario, names, more_formats))


def _demand(scenario: Scenario, more_formats: tuple[str, ...]) -> None:
    known = ", ".join(FORMATS)
    faults = [
        Phrase(f"outputs.formats: unknown format '{name}' (known: {known})", "fault_format", name=name, known=known)
        for name in dict.fromkeys((*scenario.outputs.formats, *more_formats))
        if name not in FORMATS
    ]
    if not scenario.sources("admin"):
        text = "layers.admin is missing: give the polygons of the areas (kabupaten, kecamatan or desa)"
        faults.append(Phrase(text, "fault_no_admin"))
    if not any(scenario.sources(kind) for kind in ("umkm", "umkm_counts", "population", "population_counts")):
        text = "no layer says where demand is: give umkm, umkm_counts, population or population_counts"
        faults.append(Phrase(text, "fault_no_demand"))
    for kind, sources in scenario.layers.items():
        for source in sources:
            path = scenario.resolve(source)
            if "://" not in source.path and not path.exists():
                text = f"layers.{kind}: file '{path}' is not there"
                faults.append(Phrase(text, "fault_no_file", kind=kind, path=str(path)))
    fitted = scenario.calibration_path
    if fitted is not None and not (fitted.suffix == ".toml" and fitted.is_file()):
        text = f"radio.calibration: '{fitted}' is not a TOML file that is there: make one with 'merata calibrate'"
        faults.append(Phrase(text, "fault_no_calibration", path=str(fitted)))
    refuse([*faults, *assumption_faults(scenario)])


def _layer(scenario: Scenario, kind: str) -> Stage:
    inputs = () if kind == "admin" else (_FIRST, "frame")
    settings = ("observed_only", f"layers.{kind}", "region.areas" if kind == "admin" else "region")
    return Stage(
        name=f"layer:{kind}",
        module="layer",
        inputs=inputs,
        settings=(*settings, "outputs.umkm_points") if kind == "umkm" else settings,
        shipped=("models/radio", "data/reference") if kind in ("bts", "clutter") else ("data/reference",),
        files=tuple(path for source in scenario.sources(kind) for path in _files(scenario.resolve(source))),
        arguments={"kind": kind},
        outputs=(f"quarantine/{kind}.csv",),
    )


def _files(path: Path) -> list[Path]:
    """Files that are read with a layer: all of a folder, the companions of a shapefile."""
    if path.is_dir():
        return sorted(item for item in path.rglob("*") if item.is_file())
    if path.suffix.lower() != ".shp" or not path.parent.is_dir():
        return [path]
    beside = [item for item in path.parent.iterdir() if item.stem == path.stem and item.suffix.lower() in _COMPANIONS]
    return [path, *sorted(beside)]


def _core(scenario: Scenario, layers: tuple[str, ...]) -> tuple[Stage, ...]:
    fitted = () if scenario.calibration_path is None else (scenario.calibration_path,)

    def some(*kinds: str) -> tuple[str, ...]:
        return tuple(name for kind in kinds if (name := f"layer:{kind}") in layers)

    curve = ("pemerataan.csv",) * bool(scenario.equity.curve_points)
    ground = ("frame", *some("terrain", "clutter"))
    seen = ("cells",) * has_coarse_picture(scenario)
    busy = ("loads",) * has_iterated_load(scenario)
    places = some("admin", "bts", "proposals", "facilities", "roads", "decisions", "priority", "exclusions")
    return (
        Stage("reach", "reach", ("frame", *some("terrain", "bts")), ("radio",), ("models/radio",), fitted),
        Stage("cells", "cells", ("frame", *some("admin", "umkm", "umkm_counts", "population", "population_counts", "facilities", "clutter")), ("demand", "options"), ("models/demand", "models/radio")),
        *(Stage(name, "loads", ("cells", "reach", *ground, *some("bts")), ("radio", "service"), ("models/radio", "models/service"), fitted) for name in busy),
        Stage("coverage", "coverage", ("reach", *ground, *some("bts"), *seen, *busy), ("radio",), ("models/radio",), fitted, partition="tile"),
        Stage("service", "service", ("cells", "coverage", "frame", *some("bts"), *busy), ("radio", "service", "layers.bts"), ("models/radio", "models/service"), fitted),
        Stage("score", "score", ("cells", "service", *some("admin", "priority", "fiber", "fiber_nodes")), ("score", "outputs.hexagon_resolution"), ("models/score",)),
        Stage("candidates", "candidates", (*ground, "cells", "service", *places), ("options", "objective"), ("models/candidates",)),
        Stage("options", "options", (*ground, "cells", "coverage", "service", "candidates", *some("bts", "power")), ("options", "radio", "service", "cost"), ("models/sites", "models/cost", "models/radio", "models/service"), fitted),
        Stage("backhaul", "backhaul", (*ground, "candidates", "service", "options", *some("bts", "fiber", "fiber_nodes", "roads", "satellite", "gateways")), ("options", "cost"), ("models/backhaul", "models/cost", "models/radio", "models/sites"), outputs=("network/refused_links.csv",)),
        Stage("plan", "plan", ("cells", "service", "score", "candidates", "options", "backhaul", *some("admin", "decisions", "priority", "satellite", "proposals")), ("budget", "equity", "goal", "date", "cost", "objective", "service"), ("models/service", "models/cost", "models/sites", "models/backhaul", "models/candidates"), outputs=("network/availability.csv", "audit/*.csv", *curve), can_stop=True),
    )  # fmt: skip


def _around(scenario: Scenario, layers: tuple[str, ...]) -> tuple[Stage, ...]:
    """Stages that look around the finished plan: other ceilings, what each decision costs, the towers that stand."""
    held = tuple(name for kind in ("admin", "decisions", "priority") if (name := f"layer:{kind}") in layers)
    inputs = ("cells", "service", "score", "candidates", "options", "backhaul", "plan", *held)
    settings, models = ("budget", "equity", "date", "objective", "service", "cost"), ("models/service", "models/cost")
    sheets = ("frontier.csv", "frontier_years.csv") if len(scenario.budget.years) > 1 else ("frontier.csv",)
    frontier = Stage("frontier", "frontier", inputs, settings, models, outputs=sheets, can_stop=True)
    decided = Stage("decided", "decided", inputs, settings, models, outputs=("decisions.csv",))
    shipped = ("models/sites", "models/candidates")
    towers = Stage("existing", "existing", ("cells", "service", "candidates", "plan", "layer:bts"), ("options",), shipped, outputs=("network/existing_towers.csv",))  # fmt: skip
    asked = (_has_frontier(scenario), "layer:decisions" in layers and scenario.goal is None, "layer:bts" in layers)
    found = tuple(stage for stage, is_asked in zip((frontier, decided, towers), asked, strict=True) if is_asked)
    return (*found, _interference(scenario, layers))


def _interference(scenario: Scenario, layers: tuple[str, ...]) -> Stage:
    """The plan's SINR with all of its sites on."""
    ground = tuple(name for kind in ("terrain", "clutter", "bts") if (name := f"layer:{kind}") in layers)
    fitted = () if scenario.calibration_path is None else (scenario.calibration_path,)
    return Stage(
        "interference", "interference", ("frame", *ground, "cells", "coverage", "service", "options", "plan"),
        ("radio", "service", "options"), ("models/radio", "models/service", "models/sites"), fitted,
        outputs=("network/interference.csv",),
    )  # fmt: skip


def _has_frontier(scenario: Scenario) -> bool:
    """Whether other ceilings are asked for; the cheapest plan for a goal has no ceiling to vary."""
    return bool(scenario.budget.frontier_points) and scenario.goal is None


def _outputs(scenario: Scenario, layers: tuple[str, ...], more_formats: tuple[str, ...]) -> tuple[Stage, ...]:
    languages = scenario.outputs.languages
    results = ("frame", "cells", "coverage", "service", "score", "candidates", "plan")
    shown = ("name", "title_id", "title_en", "date", *_OUTPUTS, "service", "budget", "objective", "region", "layers")
    common = (*results, *layers)
    more = ("frontier",) if _has_frontier(scenario) else ()
    told = (*common, "facts", *(stage.name for stage in _around(scenario, layers)))
    return (
        Stage("facts", "facts", (*common, "interference"), (*shown, "cost", "demand", "radio", "observed_only"), ("models",), outputs=("facts.json",)),
        Stage("map", "map", (*common, "facts", *more), (*shown, "options", "radio", "outputs.atlas"), (WORDS["map"], "maps/assets", "maps/styles", "maps/templates", "data/reference", "models/backhaul", "models/radio"), outputs=("map.html", "atlas/*.html")),
        *((_gis("gis", scenario.outputs.formats, (*common, "facts"), shown),) if scenario.outputs.formats else ()),
        *(_gis(f"gis:{name}", (name,), (*common, "facts"), shown) for name in more_formats if name not in scenario.outputs.formats),
        Stage("workbook", "workbook", told, shown, (WORDS["workbook"], "models"), outputs=tuple(f"report/{WORKBOOKS[language]}" for language in languages)),
        Stage("report", "report", told, (*shown, *_SIGNED), (WORDS["report"], "maps/styles", "maps/templates", "models", "data/reference"), outputs=tuple(f"report/{REPORTS[language]}" for language in languages)),
    )  # fmt: skip


def _gis(name: str, formats: tuple[str, ...], inputs: tuple[str, ...], shown: tuple[str, ...]) -> Stage:
    outputs = tuple(path for key in formats for path in FORMATS[key])
    return Stage(
        name, "gis", inputs, (*shown, "radio"), (WORDS["gis"], "maps/styles", "models/radio"), arguments={"formats": ",".join(formats)}, outputs=outputs
    )  # fmt: skip


def data_folder() -> Path:
    """Folder of the embedded sample."""
    return shipped_dir("data") / "sample"

"""Commands of ``merata``; each is thin over the pipeline or one room."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from planner import __version__
from planner.cli.console import Console, ends_cleanly

__all__ = ["app"]

app = typer.Typer(
    name="merata",
    help="Plan Indonesia's next last-mile sites: who is unserved and why, what to build where, at what cost.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich takes 0.4 s to load; help must answer in 0.3 s
)

Lang = Annotated[Literal["id", "en"], typer.Option("--lang", help="Language of messages: id or en.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout, and nothing else there.")]
Out = Annotated[Path | None, typer.Option("--out", help="Run folder (default: runs/<scenario name>).")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Compute everything again.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 5 when the run ends with warnings.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say which stages would run and what would be written.")]
Changes = Annotated[
    list[str] | None, typer.Option("--set", help="Change a key of the scenario: --set budget.ceiling_idr=2e11")
]


def _version(value: bool) -> None:
    if value:
        print(f"merata {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Options of every command."""


@app.command()
@ends_cleanly
def demo(
    out: Annotated[Path, typer.Option("--out", help="Run folder.")] = Path("runs/demo"),
    fresh: Fresh = False,
    lang: Lang = "id",
    as_json: Json = False,
    dry_run: DryRun = False,
) -> int:
    """Plan the embedded region, Nusa Tenggara Timur (synthetic data), without any network."""
    from planner.cli.plan import run_plan
    from planner.pipeline.table import data_folder

    console = Console(lang, as_json=as_json)
    console.say(console.words("cli.demo_intro"))
    return run_plan(data_folder() / "scenario.toml", console, out=out, fresh=fresh, dry_run=dry_run)


@app.command()
@ends_cleanly
def plan(
    scenario: Annotated[Path, typer.Argument(help="Scenario file (TOML).")],
    out: Out = None,
    changes: Changes = None,
    fresh: Fresh = False,
    strict: Strict = False,
    observed_only: Annotated[
        bool, typer.Option("--observed-only", help="Leave out every synthetic, estimated or schematic row.")
    ] = False,
    time_limit: Annotated[
        float | None,
        typer.Option("--time-limit", help="Seconds the search of the plan may take; the best one by then is kept."),
    ] = None,
    lang: Lang = "id",
    as_json: Json = False,
    dry_run: DryRun = False,
) -> int:
    """Make a plan: layers in, map, layers, tables and manifest out."""
    from planner.cli.plan import run_plan

    console = Console(lang, as_json=as_json)
    more = ["observed_only=true"] * observed_only
    more += [f"budget.time_limit_s={time_limit}"] * (time_limit is not None)
    return run_plan(
        scenario, console, out=out, changes=[*(changes or []), *more], fresh=fresh, strict=strict, dry_run=dry_run
    )


@app.command()
@ends_cleanly
def check(
    path: Annotated[Path, typer.Argument(help="A data file, or a scenario (TOML).")],
    kind: Annotated[str, typer.Option("--kind", help="Layer of a data file: bts, umkm, admin, …")] = "",
    out: Annotated[Path | None, typer.Option("--out", help="Folder for rejected rows (default: runs/check).")] = None,
    lang: Lang = "id",
    as_json: Json = False,
) -> int:
    """Judge a data file or all layers of a scenario: every problem at once, with its mend."""
    from planner.cli.check import run_check

    return run_check(path, kind, Console(lang, as_json=as_json), out=out or Path("runs/check"))


@app.command()
@ends_cleanly
def init(
    path: Annotated[Path, typer.Argument(help="Scenario file to write.")] = Path("scenario.toml"),
    lang: Lang = "id",
) -> int:
    """Write a commented scenario to start from."""
    from planner.cli.init import write_scenario

    return write_scenario(path, Console(lang))


def _redo(run: Path, stages: tuple[str, ...], lang: str, formats: tuple[str, ...] = ()) -> int:
    from planner.cli.plan import redo

    return redo(run, stages, Console(lang), formats=formats)


Run = Annotated[Path, typer.Argument(help="Folder of a finished run.")]


@app.command("map")
@ends_cleanly
def map_(run: Run, lang: Lang = "id") -> int:
    """Make the map page of a run again."""
    return _redo(run, ("map",), lang)


@app.command()
@ends_cleanly
def export(
    run: Run,
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", help="Only this format, even one the scenario does not name: kmz, shapefile, …"),
    ] = None,
    lang: Lang = "id",
) -> int:
    """Make the GIS layers of a run again, or in one more format."""
    asked = tuple(formats or ())
    return _redo(run, tuple(f"gis:{name}" for name in asked) or ("gis",), lang, asked)


@app.command()
@ends_cleanly
def report(run: Run, lang: Lang = "id") -> int:
    """Make the workbooks and the reports (PDF) of a run again."""
    return _redo(run, ("workbook", "report"), lang)


@app.command()
@ends_cleanly
def link(
    start: Annotated[str, typer.Option("--from", help="One end: LON,LAT in degrees (the tower).")],
    end: Annotated[str, typer.Option("--to", help="Other end: LON,LAT in degrees.")],
    scenario: Annotated[Path | None, typer.Argument(help="Scenario whose terrain and clutter to use.")] = None,
    terrain: Annotated[Path | None, typer.Option("--terrain", help="Height model, instead of a scenario.")] = None,
    kind: Annotated[
        Literal["access", "hop"] | None,
        typer.Option("--kind", help="access (ITU-R P.1812) or hop (P.530); above 6 GHz always hop."),
    ] = None,
    frequency_mhz: Annotated[float | None, typer.Option("--frequency-mhz", help="30 to 100000.")] = None,
    height_m: Annotated[
        list[float] | None, typer.Option("--height-m", help="Antenna above ground: once for --from, again for --to.")
    ] = None,
    pixel_m: Annotated[float | None, typer.Option("--pixel-m", help="Spacing of the profile.")] = None,
    void_is_sea: Annotated[
        bool, typer.Option("--void-is-sea", help="Ground without height is sea: your word for it.")
    ] = False,
    out: Annotated[Path, typer.Option("--out", help="Folder of the pictures.")] = Path("runs/link"),
    lang: Lang = "id",
    as_json: Json = False,
) -> int:
    """Draw one link: terrain with the Earth's bulge, Fresnel zone, obstacles, loss budget (SVG, PNG, text)."""
    from planner.cli.link import LinkRequest, inspect_link, parse_place, two_heights

    console = Console(lang, as_json=as_json)
    ends = (parse_place(start, "from"), parse_place(end, "to"))
    heights = two_heights(height_m or ())
    request = LinkRequest(*ends, frequency_mhz, heights, kind, scenario, terrain, pixel_m, void_is_sea, out)
    return inspect_link(request, console)


@app.command()
@ends_cleanly
def why(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run, or a scenario file (TOML).")],
    at: Annotated[str, typer.Option("--at", help="The place: LON,LAT in degrees.")],
    out: Annotated[Path | None, typer.Option("--out", help="Where to keep what a scenario needs computed.")] = None,
    lang: Lang = "id",
    as_json: Json = False,
) -> int:
    """Say why a place has its level: servers, distance, loss part by part, margins, SINR, load, level, cause."""
    from planner.cli.link import parse_place
    from planner.cli.why import explain

    console = Console(lang, as_json=as_json)
    return explain(run, parse_place(at, "at"), console, out=out)


@app.command()
@ends_cleanly
def calibrate(
    scenario: Annotated[Path, typer.Argument(help="Scenario file (TOML): towers, terrain, clutter, radio model.")],
    measurements: Annotated[Path, typer.Argument(help="Measured samples: position, RSRP in dBm, cell id if known.")],
    out: Annotated[Path, typer.Option("--out", help="Models folder: the result goes to its fitted/.")] = Path("runs"),
    name: Annotated[str, typer.Option("--name", help="Name of the result (default: the scenario's).")] = "",
    block_km: Annotated[float, typer.Option("--block-km", help="Side of the blocks left out together.")] = 2.0,
    lang: Lang = "id",
    as_json: Json = False,
) -> int:
    """Fit the propagation model to drive-test or application samples, judged on places it has not seen."""
    from planner.cli.calibrate import calibrate as run_calibrate

    return run_calibrate(scenario, measurements, Console(lang, as_json=as_json), out=out, name=name, block_km=block_km)


@app.command()
@ends_cleanly
def doctor(lang: Lang = "id", as_json: Json = False) -> int:
    """Say what this installation has and whether it can work."""
    from planner.cli.doctor import diagnose

    return diagnose(Console(lang, as_json=as_json))

"""The scenario file: one TOML that says region, layers, assumptions, money and outputs of a run."""

from __future__ import annotations

import datetime as dt
import difflib
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from planner.errors import Phrase, ScenarioError
from planner.paths import data_dir
from planner.schema import LAYERS
from planner.schema_columns import ELIGIBILITY
from planner.specs.faults import broken, fault_phrase

__all__ = ["LayerSource", "Scenario", "read_scenario"]

SHIPPED = "shipped:"

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
Amount = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Year = Annotated[int, Field(ge=1990, le=2200)]
Bounds = tuple[float, float, float, float]
_MOST_YEARS = 50
"""Years of a plan: as many as the longest horizon of a cost model."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Region(_Section):
    """Where: area codes (Kemendagri) or bounds, and the side of a pixel."""

    areas: tuple[str, ...] = ()
    bounds_deg: Bounds | None = None
    pixel_m: Annotated[float, Field(ge=10.0, le=5000.0)] = 300.0

    @model_validator(mode="after")
    def _somewhere(self) -> Region:
        if not self.areas and self.bounds_deg is None:
            raise broken("fault_region", "give 'areas' (Kemendagri codes) or 'bounds_deg' (west, south, east, north)")
        if self.bounds_deg is not None:
            west, south, east, north = self.bounds_deg
            if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
                raise broken("fault_bounds", "bounds_deg must be west < east and south < north, in degrees")
        return self


class LayerSource(_Section):
    """One input file (or folder of tiles) of a layer."""

    path: str = Field(min_length=1)
    kind: str = ""
    crs: str = ""
    sheet: str = ""
    columns: dict[str, str] = Field(default_factory=dict)
    table: str = ""
    evidence: Literal["", "observed", "estimate", "schematic", "synthetic"] = ""
    completeness_share: Share | None = None
    year: int | None = None
    source: str = ""
    unit: str = ""
    code_system: Literal["", "kemendagri", "bps"] = ""
    level: Literal["", "provinsi", "kabupaten", "kecamatan", "desa"] = ""
    where: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)


class Model(_Section):
    """A model file by name, with fields that the scenario replaces."""

    model_config = ConfigDict(frozen=True, extra="allow")

    model: str = "default"

    @property
    def overrides(self) -> dict[str, Any]:
        """Fields that replace those of the model file."""
        return dict(self.__pydantic_extra__ or {})


class RadioModel(Model):
    """The radio model, and a fitted calibration of `merata calibrate` (a TOML) that corrects its levels."""

    calibration: str = ""


class Options(_Section):
    """Which site types, technologies and generators may be used, where, and which KBLI sectors have priority.

    ``eligibility`` lists grounds that must all hold at a site; ``3T|border`` means either.
    """

    sites: tuple[str, ...] = ()
    backhaul: tuple[str, ...] = ()
    generators: tuple[str, ...] = ()
    max_candidates: Annotated[int, Field(ge=1, le=1_000_000)] = 500
    max_slope_deg: Annotated[float, Field(gt=0.0, le=60.0)] = 25.0
    only_areas: tuple[str, ...] = ()
    eligibility: tuple[str, ...] = ()
    priority_sectors: tuple[Annotated[str, Field(pattern=r"^[A-U]$")], ...] = ()

    @field_validator("eligibility")
    @classmethod
    def _known_grounds(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        strange = sorted({part for item in value for part in item.split("|")} - set(ELIGIBILITY))
        if strange:
            raise broken(
                "fault_ground", "unknown ground {strange} (known: {known})", strange=strange, known=ELIGIBILITY
            )
        return value


class MoneySource(_Section):
    """One source of money: who pays, its ceiling a year, whether what is left may be spent later, and where."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    payer: Annotated[str, Field(max_length=60)] = ""
    ceilings_idr_by_year: dict[Year, Amount] = Field(min_length=1)
    carry_over: bool = False
    only_in: tuple[str, ...] = ()
    kept_opex_idr_per_year: Amount = 0.0


class Budget(_Section):
    """Money: one ceiling (pagu) on the present value of sites and network, or sources with a ceiling a year.

    With sources, a site costs its capex in the year it is switched on and its opex in every later year of the plan.
    ``frontier_points`` ceilings around it (all sources and years scaled together) are planned too (0: none, else at
    least 2; not where the plan is the cheapest for a goal). ``time_limit_s`` is unset by default: limits in units of work end the search, the same on every machine.
    """

    ceiling_idr: Positive | None = None
    sources: tuple[MoneySource, ...] = ()
    most_sites_by_year: dict[int, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    time_limit_s: Positive | None = None
    gap_target_share: Share = 0.01
    max_nodes: Annotated[int, Field(ge=1)] = 2000
    frontier_points: Annotated[int, Field(ge=0, le=200)] = 0

    @field_validator("frontier_points")
    @classmethod
    def _no_single_point(cls, value: int) -> int:
        if value == 1:
            raise broken("fault_points", "a frontier has at least 2 points (0: none)")
        return value

    @model_validator(mode="after")
    def _one_kind_of_money(self) -> Budget:
        if self.ceiling_idr is not None and self.sources:
            raise broken("fault_money_both", "give either 'ceiling_idr' or 'sources', not both")
        if self.most_sites_by_year and not self.sources:
            raise broken("fault_rates_alone", "'most_sites_by_year' needs 'sources' with ceilings by year")
        names = [source.name for source in self.sources]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise broken("fault_source_twice", "source {names} stands twice", names=twice)
        if len(self.years) > _MOST_YEARS:
            ends = [self.years[0], self.years[-1]]
            raise broken(
                "fault_years",
                "ceilings over the years {ends}: a plan has at most {most}",
                ends=ends,
                most=[_MOST_YEARS],
            )
        strange = sorted(year for year in self.most_sites_by_year if year not in self.years)
        if strange:
            raise broken(
                "fault_rate_year", "'most_sites_by_year' names {year}, a year without a ceiling", year=[strange[0]]
            )
        return self

    @property
    def years(self) -> tuple[int, ...]:
        """Years of the plan: from the first to the last with a ceiling; empty under one ceiling."""
        named = {year for source in self.sources for year in source.ceilings_idr_by_year}
        return tuple(range(min(named), max(named) + 1)) if named else ()

    @property
    def total_idr(self) -> float:
        """All the money: the ceiling, or the sum over sources and years; 0 where only a goal is given."""
        if self.ceiling_idr is not None:
            return self.ceiling_idr
        return float(sum(sum(source.ceilings_idr_by_year.values()) for source in self.sources))

    @property
    def stranded_idr(self) -> dict[str, float]:
        """By source: money of years after which one has none and nothing carries over, so that no site could be kept on."""
        found = {}
        for source in self.sources:
            has = [source.ceilings_idr_by_year.get(year, 0.0) for year in self.years]
            empty = max((at for at, money in enumerate(has) if not money), default=0)
            if not source.carry_over and sum(has[:empty]) > 0:
                found[source.name] = sum(has[:empty])
        return found


class FloorRule(_Section):
    """Least newly served weight (unit of the objective) of an area or kind of the priority layer; soft with a price."""

    area: str = Field(min_length=1)
    least: Positive
    price: Positive | None = None


class MoneyShareRule(_Section):
    """Least share of all the money that goes to an area or kind of the priority layer."""

    area: str = Field(min_length=1)
    least_share: Share


class Equity(_Section):
    """Rules of pemerataan; ``curve_points`` floors of ``curve_area`` are planned too (0: none)."""

    floors: tuple[FloorRule, ...] = ()
    money_shares: tuple[MoneyShareRule, ...] = ()
    curve_area: str = ""
    curve_points: Annotated[int, Field(ge=0, le=50)] = 0

    @model_validator(mode="after")
    def _whole_curve(self) -> Equity:
        if self.curve_points == 1 or bool(self.curve_points) != bool(self.curve_area):
            raise broken("fault_curve", "a curve needs 'curve_area' and at least 2 'curve_points' (0: none)")
        for key, rules in (("floors", self.floors), ("money_shares", self.money_shares)):
            areas = [rule.area for rule in rules]
            twice = sorted({area for area in areas if areas.count(area) > 1})
            if twice:
                raise broken("fault_area_twice", "'{key}' names {areas} twice", key=[key], areas=twice)
        return self


class Goal(_Section):
    """The inverse: the cheapest plan that serves a share of all UMKM (unit of the objective) in each area."""

    share: Annotated[float, Field(gt=0.0, le=1.0)]
    per: Literal["region", "provinsi", "kabupaten", "kecamatan"] = "kabupaten"
    relax: bool = False


class Outputs(_Section):
    """What is written: GIS formats (files of `planner/export`), languages, and the first page of the report.

    ``atlas`` splits the map into a page a kabupaten (unset: where one page would be too slow).
    """

    umkm_points: bool = False
    atlas: bool | None = None
    languages: tuple[Literal["id", "en"], ...] = ("id", "en")
    hexagon_resolution: Annotated[int, Field(ge=3, le=9)] = 7
    formats: tuple[str, ...] = ("gpkg", "geoparquet", "cog", "service_raster")
    document_number: Annotated[str, Field(max_length=80)] = ""
    prepared_by: Annotated[str, Field(max_length=80)] = ""
    checked_by: Annotated[str, Field(max_length=80)] = ""
    approved_by: Annotated[str, Field(max_length=80)] = ""


class Scenario(_Section):
    """A whole scenario.

    Notes
    -----
    Unknown keys are refused with the nearest known one. Relative paths are relative to the file; layer
    files must lie below its folder, below one of ``roots``, or come with Merata (``shipped:reference/…``).
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
    title_id: str = ""
    title_en: str = ""
    date: dt.date
    objective: Literal["umkm", "people", "desa", "facilities", "score", "blank_spot"] = "umkm"
    region: Region
    layers: dict[str, tuple[LayerSource, ...]]
    roots: tuple[str, ...] = ()
    radio: RadioModel = RadioModel()
    service: Model = Model()
    demand: Model = Model()
    score: Model = Model()
    cost: Model = Model()
    options: Options = Options()
    budget: Budget = Budget()
    equity: Equity = Equity()
    goal: Goal | None = None
    outputs: Outputs = Outputs()
    observed_only: bool = False
    folder: Path = Field(default=Path(), exclude=True)

    @field_validator("layers", mode="before")
    @classmethod
    def _lists(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        for kind in value:
            if kind not in LAYERS:
                near = difflib.get_close_matches(kind, list(LAYERS), n=1)
                if near:
                    raise broken(
                        "fault_layer_near", "unknown layer '{kind}'; did you mean '{near}'?", kind=[kind], near=near
                    )
                raise broken(
                    "fault_layer", "unknown layer '{kind}' (known: {known})", kind=[kind], known=sorted(LAYERS)
                )
        return {kind: tuple(item) if isinstance(item, list) else (item,) for kind, item in value.items()}

    @model_validator(mode="after")
    def _some_money(self) -> Scenario:
        if self.goal is None and not self.budget.total_idr > 0:
            raise broken(
                "fault_money_none",
                "budget needs 'ceiling_idr', or 'sources' whose ceilings are not all 0 (or give a [goal])",
            )
        if self.goal is not None and (self.budget.sources or self.equity.floors or self.equity.money_shares):
            raise broken(
                "fault_goal_alone",
                "[goal] seeks the cheapest plan by itself: it takes neither budget.sources nor [equity]",
            )
        return self

    def sources(self, kind: str) -> tuple[LayerSource, ...]:
        """Files of layer ``kind``; empty when the scenario has none."""
        return self.layers.get(kind, ())

    def resolve(self, source: LayerSource) -> Path:
        """Path of a layer file: relative ones against the scenario's folder, ``shipped:`` ones in Merata's data."""
        if source.path.startswith(SHIPPED):
            return data_dir() / source.path.removeprefix(SHIPPED)
        path = Path(source.path)
        return path if path.is_absolute() else self.folder / path

    @property
    def calibration_path(self) -> Path | None:
        """Fitted calibration of the radio model; relative paths are relative to the scenario."""
        return self.folder / self.radio.calibration if self.radio.calibration else None

    @property
    def allowed_roots(self) -> tuple[Path, ...]:
        """Folders besides the scenario's own below which layer files may lie."""
        return (*(self.folder / root for root in self.roots), data_dir())


def read_scenario(path: Path, *, changes: dict[str, Any] | None = None) -> Scenario:
    """Read and check a scenario file.

    Parameters
    ----------
    path
        The TOML file.
    changes
        Dotted keys with new values, e.g. ``{"budget.ceiling_idr": 2e11}``.

    Raises
    ------
    ScenarioError
        Not there, not TOML, or keys and values that are not right: all of them at once.
    """
    if not path.is_file():
        message = f"scenario '{path}' is not there: give the path of a TOML file, or make one with 'merata init'"
        raise ScenarioError(message, code="scenario_missing", path=str(path))
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        message = f"scenario '{path}' is not readable as TOML (UTF-8): {err}"
        raise ScenarioError(message, code="scenario_toml", path=str(path), fault=str(err)) from err
    for dotted, value in (changes or {}).items():
        _set(data, dotted, value)
    try:
        return Scenario(**{**data, "folder": path.resolve().parent})
    except (ValidationError, TypeError) as err:
        faults = _faults(err)
        message = f"scenario '{path}' has {len(faults)} fault(s):\n" + "\n".join(f"  - {fault}" for fault in faults)
        raise ScenarioError(message, code="scenario_broken", path=str(path), faults=tuple(faults)) from err


def _set(data: dict[str, Any], dotted: str, value: Any) -> None:
    *parents, last = dotted.split(".")
    for parent in parents:
        data = data.setdefault(parent, {})
    data[last] = value


def _faults(err: ValidationError | TypeError) -> list[Phrase]:
    if not isinstance(err, ValidationError):
        return [Phrase(str(err), "fault_other")]
    found = []
    for fault in err.errors():
        is_unknown = fault["type"] == "extra_forbidden"
        known = _known_keys(fault["loc"][:-1]) if is_unknown else []
        near = difflib.get_close_matches(str(fault["loc"][-1]), known, n=1) if is_unknown else []
        found.append(fault_phrase(fault, near[0] if near else ""))
    return found


def _known_keys(loc: tuple[int | str, ...]) -> list[str]:
    if not loc:
        return list(Scenario.model_fields)
    sections: dict[str, type[BaseModel]] = {
        "region": Region, "options": Options, "budget": Budget, "equity": Equity, "goal": Goal, "outputs": Outputs, "layers": LayerSource,
    }  # fmt: skip
    section = sections.get(str(loc[0]))
    return list(section.model_fields) if section else []

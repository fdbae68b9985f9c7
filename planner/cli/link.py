"""``merata link``: one link drawn and reckoned, from the ground to the margin."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, SupportsFloat

import pandas as pd

from planner.catalog import read_spec, spec_names
from planner.cli.console import Console, writing_to
from planner.cli.ground import file_terrain, scenario_terrain, window
from planner.errors import UsageError
from planner.grid import Raster
from planner.maps.link_figure import LinkDrawing, draw_link, number, write_link
from planner.radio.hop_outage import HopOutage
from planner.radio.inspection import (
    GroundProfile,
    HopEnds,
    Sight,
    Step,
    access_steps,
    ground_profile,
    hop_steps,
    link_outage,
    sight_of,
)
from planner.radio.link import MAX_FREQUENCY_MHZ, RadioLink
from planner.radio.link_budget import station_budgets
from planner.scenario import read_scenario
from planner.specs.backhaul import BackhaulSpec
from planner.specs.climate import ClimateSpec
from planner.specs.radio import RadioSpec, TransmitterDefaults
from planner.units import pixel_deg_for

__all__ = ["LinkRequest", "Say", "inspect_link", "parse_place", "two_heights"]

_HOP_MARGIN_DEG, _ACCESS_MARGIN_DEG = 0.5, 0.02


@dataclass(frozen=True)
class LinkRequest:
    """What the user asked for.

    Parameters
    ----------
    start, end
        Longitude and latitude.
    frequency_mhz
        30 to 100 000; None takes 4G's band, or 7 GHz for a hop.
    heights_m
        Antennas above ground at start and end; None takes the usual ones.
    kind
        ``access`` (tower to handset, ITU-R P.1812) or ``hop`` (microwave, ITU-R P.530); None decides by frequency.
    scenario, terrain
        One of them: where the ground comes from.
    pixel_m
        Spacing of the profile; None takes 30 m, or 90 m for a hop.
    void_is_sea
        The user's word that ground without height is sea.
    out
        Folder of the pictures.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    frequency_mhz: float | None
    heights_m: tuple[float | None, float | None]
    kind: Literal["access", "hop"] | None
    scenario: Path | None
    terrain: Path | None
    pixel_m: float | None
    void_is_sea: bool
    out: Path


def parse_place(text: str, name: str) -> tuple[float, float]:
    """``LON,LAT`` in degrees.

    Raises
    ------
    UsageError
        Not two numbers, or not on Earth.

    Examples
    --------
    >>> parse_place("123.58,-10.17", "from")
    (123.58, -10.17)
    """
    parts = text.replace(";", ",").split(",")
    try:
        lon, lat = (float(part) for part in parts)
    except ValueError:
        lon, lat = math.nan, math.nan
    if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
        message = (
            f"--{name} '{text}' is not LON,LAT in degrees (longitude -180 to 180, latitude -90 to 90), as 123.58,-10.17"
        )
        raise UsageError(message, code="link_place", name=name, value=text)
    return lon, lat


def two_heights(heights_m: Sequence[float]) -> tuple[float | None, float | None]:
    """Antennas at the start and at the end as the user named them, None where not.

    Raises
    ------
    UsageError
        More heights than a link has ends.
    """
    if len(heights_m) > 2:
        message = f"--height-m is given {len(heights_m)} times; a link has two ends"
        raise UsageError(message, code="link_heights", n=len(heights_m))
    a, b = (*heights_m, None, None)[:2]
    return a, b


def inspect_link(request: LinkRequest, console: Console) -> int:
    """Draw and reckon one link; always 0, a link that does not hold is an answer too."""
    frequency = request.frequency_mhz
    hop = request.kind == "hop" or (request.kind is None and frequency is not None and frequency > MAX_FREQUENCY_MHZ)
    terrain, clutter = _ground(request, hop=hop)
    profile = ground_profile(terrain, request.start, request.end, clutter=clutter, void_is_sea=request.void_is_sea)
    facts = _hop(request, profile, terrain) if hop else _access(request, profile)
    words = console.words
    drawing = _drawing(request, profile, facts, words)
    stem = f"link-{words.language}"
    figure = draw_link(drawing, words)
    with writing_to(request.out):
        paths = write_link(figure, request.out, stem)
    console.result("\n".join(_lines(drawing, facts, words, paths)), _plain(request, profile, facts, drawing, paths))
    return 0


@dataclass(frozen=True, eq=False)
class _Facts:
    kind: Literal["access", "hop"]
    frequency_mhz: float
    heights_m: tuple[float, float]
    sight: Sight
    steps: tuple[Step, ...]
    outage: HopOutage | None
    accepted_percent: float
    needs_f1: tuple[float, float]
    model: str
    rain_mm_per_h: float

    @property
    def margin_db(self) -> float:
        return self.steps[-1].value

    @property
    def fault(self) -> str:
        """Why the link does not hold: empty, ``margin``, ``rain``, ``multipath`` or ``clearance``."""
        if self.margin_db < 0.0:
            return "margin"
        if self.outage is None:
            return ""
        if float(self.outage.total_percent) > self.accepted_percent:
            return "rain" if self.outage.rain_percent >= self.outage.multipath_percent else "multipath"
        median, low = self.needs_f1
        return "clearance" if self.sight.clearance_f1_share < median or self.sight.low_k_f1_share < low else ""


def _heights(request: LinkRequest, usual: tuple[float, float]) -> tuple[float, float]:
    a, b = request.heights_m
    return usual[0] if a is None else a, usual[1] if b is None else b


def _access(request: LinkRequest, profile: GroundProfile) -> _Facts:
    """Tower to handset with the defaults of 4G, by P.1812."""
    radio = read_spec(RadioSpec, "radio", "default")
    if request.scenario is not None:
        model = read_scenario(request.scenario).radio
        radio = read_spec(RadioSpec, "radio", model.model, overrides=model.overrides)
    typical = read_spec(TransmitterDefaults, "radio", "transmitters").defaults["4G"]
    frequency = typical.band_mhz if request.frequency_mhz is None else request.frequency_mhz
    heights = _heights(request, (typical.height_m, radio.rx_height_m))
    link = RadioLink(
        frequency, heights[0], heights[1], radio.delta_n, radio.n0, (request.start[1] + request.end[1]) / 2.0,
        radio.time_percent, radio.location_percent, radio.polarisation,
    )  # fmt: skip
    station = pd.DataFrame([{**typical.model_dump(), "technology": "4G", "band_mhz": frequency}])
    budget = station_budgets(station, radio, profile.spacing_m)
    steps = access_steps(
        profile, link, zero_loss_dbm=float(budget.zero_loss_dbm[0]), threshold_dbm=float(budget.limit_dbm[0])
    )
    sight = sight_of(profile, frequency_mhz=frequency, height_a_m=heights[0], height_b_m=heights[1])
    return _Facts("access", frequency, heights, sight, steps, None, 100.0, (0.6, 0.0), "ITU-R P.1812-8", 0.0)


def _hop(request: LinkRequest, profile: GroundProfile, terrain: Raster) -> _Facts:
    """Microwave hop with the radio of the nearest band in models/backhaul, by P.530."""
    specs = [read_spec(BackhaulSpec, "backhaul", name) for name in spec_names("backhaul")]
    bands = {float(spec.terms["frequency_ghz"]): spec for spec in specs if spec.kind == "microwave"}
    ghz = min(bands) if request.frequency_mhz is None else request.frequency_mhz / 1000.0
    terms = bands[min(bands, key=lambda band: abs(math.log(max(ghz, 1e-3) / band)))].terms
    usual = terms["root_height_m"]
    heights = _heights(request, (usual, usual))
    ends = HopEnds(ghz, terms["tx_power_dbm"], terms["antenna_gain_dbi"], terms["threshold_dbm"])
    length = float(profile.distance_km[-1])
    steps = hop_steps(length, ends)
    sight = sight_of(profile, frequency_mhz=1000.0 * ghz, height_a_m=heights[0], height_b_m=heights[1])
    middle = profile.distance_km.size // 2
    climate = read_spec(ClimateSpec, "radio", "climate").at(profile.lon_deg[middle], profile.lat_deg[middle])
    outage = link_outage(
        profile, ends, heights, margin_db=steps[-1].value, climate=climate, terrain=terrain,
        equipment_percent=terms["equipment_unavailable_percent"],
    )  # fmt: skip
    low = terms["low_k_clearance_f1_share" if length > terms["tropical_km"] else "short_low_k_clearance_f1_share"]
    return _Facts(
        "hop", 1000.0 * ghz, heights, sight, steps, outage, terms["hop_unavailable_percent"],
        (terms["clearance_f1_share"], low), "ITU-R P.530-17, P.838-3, P.525-4", float(climate.rain_mm_per_h),
    )  # fmt: skip


def _ground(request: LinkRequest, *, hop: bool) -> tuple[Raster, Raster | None]:
    """Terrain and cover around the link; a hop sees 110 km around its middle, for the roughness."""
    pixel_m = (90.0 if hop else 30.0) if request.pixel_m is None else request.pixel_m
    if not 10.0 <= pixel_m <= 1000.0:
        message = f"--pixel-m {pixel_m} is outside 10 to 1000 (spacing of the profile, ITU-R P.1812-8 §3.2)"
        raise UsageError(message, code="link_pixel", value=pixel_m)
    west, east = sorted((request.start[0], request.end[0]))
    south, north = sorted((request.start[1], request.end[1]))
    margin = _HOP_MARGIN_DEG if hop else _ACCESS_MARGIN_DEG
    grid = window((west, south, east, north), pixel_deg_for(pixel_m), margin_deg=margin)
    if request.terrain is not None and request.scenario is None:
        return file_terrain(request.terrain, grid), None
    if request.scenario is None or request.terrain is not None:
        message = "give the ground once: a scenario, or --terrain FILE"
        raise UsageError(message, code="link_ground")
    terrain, cover, _ = scenario_terrain(read_scenario(request.scenario), grid, str(request.scenario))
    return terrain, cover


def _drawing(request: LinkRequest, profile: GroundProfile, facts: _Facts, words: Any) -> LinkDrawing:
    say = Say(words)
    (lon_a, lat_a), (lon_b, lat_b) = request.start, request.end
    title = words(f"link.title_{facts.kind}", km=say(profile.distance_km[-1], 1), mhz=say(facts.frequency_mhz, 0))
    subtitle = words(
        "link.subtitle", a=f"{say(lon_a, 4)}; {say(lat_a, 4)}", b=f"{say(lon_b, 4)}; {say(lat_b, 4)}", model=facts.model
    )
    return LinkDrawing(
        profile, facts.sight, facts.steps, facts.heights_m, title, subtitle, _verdict(facts, say),
        tuple(_notes(profile, facts, say)), facts.fault == "",
    )  # fmt: skip


class Say:
    """Numbers and texts of one language."""

    def __init__(self, words: Any) -> None:
        self.words = words

    def __call__(self, value: SupportsFloat, digits: int) -> str:
        """A number with so many digits after the comma."""
        return number(float(value), digits, self.words.language)


def _verdict(facts: _Facts, say: Say) -> str:
    fields = {"margin": say(facts.margin_db, 1), "accepted": say(facts.accepted_percent, 3)}
    if facts.outage is not None:
        fields |= {
            "rain": say(facts.outage.rain_percent, 4), "multipath": say(facts.outage.multipath_percent, 4),
            "total": say(facts.outage.total_percent, 4),
        }  # fmt: skip
    fields |= {
        "share": say(facts.sight.clearance_f1_share, 2), "low_share": say(facts.sight.low_k_f1_share, 2),
        "need": say(facts.needs_f1[0], 1), "low_need": say(facts.needs_f1[1], 1), "low_k": say(facts.sight.low_k, 2),
    }  # fmt: skip
    return str(say.words(f"link.verdict_{facts.kind}_{facts.fault or 'ok'}", **fields))


def _notes(profile: GroundProfile, facts: _Facts, say: Say) -> list[str]:
    words, sight = say.words, facts.sight
    notes = [
        words(
            "link.note_sight", share=say(sight.clearance_f1_share, 2), km=say(sight.tightest_km, 1),
            low=say(sight.low_k_f1_share, 2), low_k=say(sight.low_k, 2), tilt_a=say(sight.tilt_a_deg, 2),
            tilt_b=say(sight.tilt_b_deg, 2),
        )
    ]  # fmt: skip
    if sight.obstacles:
        marks = (
            words(
                "link.obstacle_mark", rank=i + 1, km=say(item.at_km, 1), top=say(item.top_m, 0),
                share=say(item.clearance_f1_share, 2),
            )
            for i, item in enumerate(sight.obstacles)
        )  # fmt: skip
        notes.insert(0, words("link.note_obstacles", marks="   ".join(marks)))
    if facts.outage is not None:
        notes.append(
            words(
                "link.note_outage", total=say(facts.outage.total_percent, 4),
                multipath=say(facts.outage.multipath_percent, 4), rain=say(facts.outage.rain_percent, 4),
                equipment=say(facts.outage.equipment_percent, 4), rate=say(facts.rain_mm_per_h, 0),
            )
        )  # fmt: skip
    filled = words("link.note_filled", n=profile.n_filled) if profile.n_filled else ""
    notes.append(words("link.note_profile", spacing=say(profile.spacing_m, 0), n=profile.distance_km.size) + filled)
    return notes


def _lines(drawing: LinkDrawing, facts: _Facts, words: Any, paths: tuple[Path, ...]) -> list[str]:
    say = Say(words)
    width = max(len(words(f"link.step_{step.key}")) for step in facts.steps)
    lines = [drawing.title, drawing.subtitle, "", drawing.verdict, "", words("link.budget")]
    for step in facts.steps:
        unit = "dBm" if step.kind == "level" else "dB"
        lines.append(f"  {words(f'link.step_{step.key}'):<{width}}  {say(step.value, 1):>8} {unit}")
    if facts.sight.obstacles:
        lines += ["", words("link.obstacles")]
    for i, item in enumerate(facts.sight.obstacles):
        lines.append(
            "  "
            + words(
                "link.obstacle", rank=i + 1, km=say(item.at_km, 2), lon=say(item.lon_deg, 4), lat=say(item.lat_deg, 4),
                top=say(item.top_m, 0), share=say(item.clearance_f1_share, 2),
            )
        )  # fmt: skip
    lines += ["", *drawing.notes, "", words("cli.open_files"), *(f"  {path}" for path in paths)]
    return lines


def _plain(
    request: LinkRequest, profile: GroundProfile, facts: _Facts, drawing: LinkDrawing, paths: tuple[Path, ...]
) -> dict[str, Any]:
    """The same as JSON: numbers with their unit in the key."""
    sight, outage = facts.sight, facts.outage
    return {
        "kind": facts.kind,
        "model": facts.model,
        "from_lon_lat_deg": request.start,
        "to_lon_lat_deg": request.end,
        "frequency_mhz": facts.frequency_mhz,
        "height_m": facts.heights_m,
        "distance_km": float(profile.distance_km[-1]),
        "spacing_m": profile.spacing_m,
        "n_points": int(profile.distance_km.size),
        "n_filled": profile.n_filled,
        "is_holding": facts.fault == "",
        "fault": facts.fault,
        "verdict": drawing.verdict,
        "budget": [asdict(step) for step in facts.steps],
        "margin_db": facts.margin_db,
        "clearance_f1_share": sight.clearance_f1_share,
        "low_k_factor": sight.low_k,
        "low_k_clearance_f1_share": sight.low_k_f1_share,
        "tilt_deg": (sight.tilt_a_deg, sight.tilt_b_deg),
        "obstacles": [asdict(item) for item in sight.obstacles],
        "outage_percent": None if outage is None else {name: float(value) for name, value in vars(outage).items()},
        "accepted_percent": facts.accepted_percent if outage is not None else None,
        "profile": {
            "distance_km": [round(float(v), 4) for v in profile.distance_km],
            "ground_m": [round(float(v), 1) for v in profile.ground_m],
            "clutter_m": [round(float(v), 1) for v in profile.clutter_m],
        },
        "files": [str(path) for path in paths],
    }

"""ITU-R P.1812: published cases, own vectors, answers known by construction, properties."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from radio_worlds import link

from planner.radio.link import RadioLink
from planner.radio.profile import profile_loss_db, profile_parts
from planner.radio.propagation.p1812 import location_sigma_db

VECTORS = Path(__file__).parent / "vectors"

LOGGED = {
    "d (km)": "total_km", "dlt (km)": "dlt", "dlr (km)": "dlr", "th_t (mrad)": "theta_t", "th_r (mrad)": "theta_r",
    "th (mrad)": "theta", "hts (m)": "hts", "hrs (m)": "hrs", "w": "omega", "dtm (km)": "dtm", "dlm (km)": "dlm",
    "b0 (%)": "beta0", "ae (km)": "ae", "hstd (m)": "hstd", "hsrd (m)": "hsrd", "hte (m)": "hte", "hre (m)": "hre",
    "hm (m)": "hm", "Fi": "Fi", "Fj": "Fj", "Fk": "Fk", "Lbfs": "Lbfs", "Lb0p": "Lb0p", "Lb0b": "Lb0b",
    "Lbulla (dB)": "Lbulla", "Lbulls (dB)": "Lbulls", "Ldsph (dB)": "Ldsph", "Ld50 (dB)": "Ld50", "Ldb (dB)": "Ldb",
    "Ldp (dB)": "Ldp", "Lbd50 (dB)": "Lbd50", "Lminb0p (dB)": "Lminb0p", "Lba (dB)": "Lba", "Lminbap (dB)": "Lminbap",
    "Lbda (dB)": "Lbda", "Lbam (dB)": "Lbam", "Lbs (dB)": "Lbs", "Lbc (dB)": "Lbc", "Lb (dB)": "Lb",
}  # fmt: skip
PUBLISHED = (
    "b2iseac", "b2iseac_eqdist", "b2iseac_rural_land_10km", "b2iseac_rural_land_1km_eqdist", "b2iseac_vertical",
    "rburg", "rburg_rural_noclutter_los", "rburg_rural_with_clutter",
)  # fmt: skip


def _published_profile(path: Path) -> np.ndarray:
    lines = path.read_text(encoding="utf-8").splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("Number of Points"))
    count = int(lines[first].split(":,")[1].split(",")[0])
    rows = [[float(v or 0.0) for v in line.split(",")[:5]] for line in lines[first + 1 : first + 1 + count]]
    return np.array(rows)


def _published_log(path: Path) -> dict[str, float]:
    """Values by name; "hst (m)" stands twice in a log and is left to the effective heights below."""
    values = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split(",")
        if len(cells) > 3 and cells[3] and not cells[0].startswith("#"):
            values[cells[0].strip()] = float(cells[3])
    return values


@pytest.mark.shared
@pytest.mark.parametrize("name", PUBLISHED)
@pytest.mark.parametrize("case", [0, 1, 2])
def test_published_case_with_every_intermediate(shared: Path, name: str, case: int) -> None:
    folder = shared / "radio" / "p1812"
    points = _published_profile(folder / f"{name}.profile.csv")
    log = _published_log(folder / f"{name}.{case}.log.csv")
    at = RadioLink(
        log["f (GHz)"] * 1000.0,
        log["htg (m)"],
        log["hrg (m)"],
        delta_n=log["DN"],
        n0=log["N0"],
        latitude_deg=log["phi (deg)"],
        time_percent=log["p (%)"],
        polarisation="vertical" if log["pol"] == 2 else "horizontal",
    )
    assert points[1, 3] == log["R2 (m)"]
    assert points[-2, 3] == log["Rn-1 (m)"]
    found = profile_parts(points[:, 0], points[:, 1], at, clutter_m=points[:, 3], zone=points[:, 4])
    for logged, ours in LOGGED.items():
        assert found[ours] == pytest.approx(log[logged], rel=1e-7, abs=1e-6), ours
    loss = profile_loss_db(points[:, 0], points[:, 1], at, clutter_m=points[:, 3], zone=points[:, 4])
    assert loss == pytest.approx(log["Lb (dB)"], abs=1e-6)  # the issue asks for 0.01 dB


def _table(name: str) -> list[dict[str, str]]:
    lines = (VECTORS / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(io.StringIO("\n".join(line for line in lines if not line.startswith("#")))))


def _profiles() -> dict[str, np.ndarray]:
    grouped: dict[str, list[list[float]]] = {}
    for row in _table("p1812_profiles.csv"):
        grouped.setdefault(row["profile"], []).append(
            [float(row[name]) for name in ("distance_km", "height_m", "clutter_m", "zone")]
        )
    return {name: np.array(rows) for name, rows in grouped.items()}


PROFILES = _profiles()
CASES = _table("p1812_cases.csv")


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_own_case_against_the_reference_implementation(case: dict[str, str]) -> None:
    points = PROFILES[case["profile"]]
    at = RadioLink(
        *(
            float(case[name])
            for name in ("frequency_mhz", "tx_height_m", "rx_height_m", "delta_n", "n0", "latitude_deg")
        ),
        time_percent=float(case["time_percent"]),
        location_percent=float(case["location_percent"]),
        polarisation=case["polarisation"],  # type: ignore[arg-type]  # one of the two words
    )
    found = profile_parts(points[:, 0], points[:, 1], at, clutter_m=points[:, 2], zone=points[:, 3])
    for name in list(case)[11:]:
        tolerance = 1e-6 if name.startswith("L") else 2e-7
        assert found[name] == pytest.approx(float(case[name]), rel=1e-6, abs=tolerance), name
    loss = profile_loss_db(points[:, 0], points[:, 1], at, clutter_m=points[:, 2], zone=points[:, 3])
    assert loss == pytest.approx(float(case["Lb"]), abs=1e-5)


def _flat(length_km: float, step_km: float = 0.1) -> np.ndarray:
    return np.linspace(0.0, length_km, round(length_km / step_km) + 1)


def test_high_antennas_over_flat_ground_lose_what_free_space_does() -> None:
    distance_km = _flat(5.0)
    at = link(2000.0, 300.0, 300.0)
    expected = 92.4 + 20.0 * np.log10(2.0) + 20.0 * np.log10(5.0)
    assert profile_loss_db(distance_km, np.zeros(51), at) == pytest.approx(expected, abs=1e-9)


def test_edge_in_the_line_of_sight_costs_six_decibels_and_its_bullington_share() -> None:
    """A ridge that just reaches the line between high masts: ν ≈ 0, J = 6.03 dB, eq. (21) adds 6.4 dB."""
    distance_km = np.linspace(0.0, 10.0, 11)
    height = np.zeros(11)
    height[5] = 300.0 - 500.0 * 25.0 / (6371.0 * 157.0 / 107.0)
    parts = profile_parts(distance_km, height, link(900.0, 300.0, 300.0))
    edge = 6.9 + 20.0 * np.log10(np.sqrt(0.1**2 + 1.0) - 0.1)
    assert edge == pytest.approx(6.03, abs=0.005)
    expected = edge + (1.0 - np.exp(-edge / 6.0)) * (10.0 + 0.02 * 10.0)
    assert parts["Lbulla50"] == pytest.approx(expected, abs=1e-6)


def test_sea_alone_is_counted_as_sea() -> None:
    distance_km = _flat(30.0, 0.3)
    land = profile_parts(distance_km, np.zeros(101), link())
    sea = profile_parts(distance_km, np.zeros(101), link(), zone=np.ones(101))
    assert (land["omega"], sea["omega"]) == (0.0, 1.0)
    assert (land["dtm"], sea["dtm"]) == (30.0, 0.0)


def test_clutter_at_the_terminals_does_not_count() -> None:
    distance_km = _flat(4.0)
    clutter = np.zeros(41)
    bare = profile_loss_db(distance_km, np.zeros(41), link(), clutter_m=clutter)
    clutter[[0, -1]] = 30.0
    assert profile_loss_db(distance_km, np.zeros(41), link(), clutter_m=clutter) == bare
    clutter[-2] = 30.0
    assert profile_loss_db(distance_km, np.zeros(41), link(), clutter_m=clutter) > bare + 20.0


def test_clutter_loss_depends_on_the_spacing_of_the_profile() -> None:
    """5 km of 10 m clutter at 900 MHz, 40 m mast: about 142 dB at 30 m spacing, 137 at 90 m, 112 without."""
    found = []
    for step_m, clutter_m in ((30.0, 10.0), (90.0, 10.0), (90.0, 0.0)):
        distance_km = np.linspace(0.0, 5.0, round(5000.0 / step_m) + 1)
        at = link(900.0, 40.0, 1.5)
        n = distance_km.size
        found.append(profile_loss_db(distance_km, np.zeros(n), at, clutter_m=np.full(n, clutter_m)))
    assert found == pytest.approx([142.0, 137.0, 112.0], abs=0.6)


def test_below_a_quarter_kilometre_the_excess_over_free_space_shrinks_with_the_distance() -> None:
    at = link(900.0, 12.0, 1.5)
    clutter = np.full(11, 10.0)

    def excess(length_km: float) -> float:
        distance_km = np.linspace(0.0, length_km, 11)
        loss = profile_loss_db(distance_km, np.zeros(11), at, clutter_m=clutter)
        return loss - profile_loss_db(distance_km, np.zeros(11), at, model="free_space")

    whole = excess(0.25)
    assert whole > 5.0
    assert excess(0.2499) == pytest.approx(whole, abs=0.05)
    assert excess(0.125) == pytest.approx(whole / 2.0, abs=1e-6)
    assert excess(0.0025) == pytest.approx(whole / 100.0, abs=1e-6)


def test_location_percentage_moves_the_loss_by_the_normal_quantile_of_its_spread() -> None:
    distance_km = _flat(8.0)
    ridge = np.where(np.arange(81) == 40, 150.0, 0.0)
    median = profile_loss_db(distance_km, ridge, link())
    sigma = location_sigma_db(900.0, 100.0, 1.5)
    assert profile_loss_db(distance_km, ridge, link(location_percent=90.0)) - median == pytest.approx(
        1.2816 * sigma, abs=0.002
    )
    assert median - profile_loss_db(distance_km, ridge, link(location_percent=10.0)) == pytest.approx(
        1.2816 * sigma, abs=0.002
    )


def test_fast_and_whole_evaluation_agree() -> None:
    """At 50 % of time the kernel leaves out what cannot change the loss."""
    rng = np.random.default_rng(4)
    for _ in range(60):
        n = int(rng.integers(6, 90))
        distance_km = np.linspace(0.0, float(rng.uniform(0.3, 60.0)), n)
        height = np.cumsum(rng.normal(0.0, 30.0, n)) + 400.0
        clutter = rng.choice([0.0, 12.0], n)
        zone = rng.choice([1, 3, 4], n)
        at = link(float(rng.uniform(30.0, 6000.0)), float(rng.uniform(5.0, 150.0)))
        fast = profile_loss_db(distance_km, height, at, clutter_m=clutter, zone=zone)
        whole = profile_parts(distance_km, height, at, clutter_m=clutter, zone=zone)["Lb"]
        assert fast == pytest.approx(whole, abs=1e-5)


@settings(max_examples=60, deadline=None)
@given(
    frequency_mhz=st.floats(30.0, 5900.0),
    factor=st.floats(1.001, 4.0),
    length_km=st.floats(0.3, 200.0),
    model=st.sampled_from(["free_space"]),
)
def test_free_space_loss_grows_with_frequency_and_distance(
    frequency_mhz: float, factor: float, length_km: float, model: str
) -> None:
    distance_km = np.linspace(0.0, length_km, 9)
    loss = profile_loss_db(distance_km, np.zeros(9), link(frequency_mhz), model=model)
    higher = min(6000.0, frequency_mhz * factor)
    assert profile_loss_db(distance_km, np.zeros(9), link(higher), model=model) > loss
    assert profile_loss_db(distance_km * factor, np.zeros(9), link(frequency_mhz), model=model) > loss


@settings(max_examples=80, deadline=None)
@given(
    heights=st.lists(st.floats(0.0, 900.0), min_size=5, max_size=40),
    length_km=st.floats(0.3, 80.0),
    frequency_mhz=st.floats(30.0, 6000.0),
    rise_m=st.floats(1.0, 2000.0),
)
def test_loss_is_at_least_free_space_and_does_not_depend_on_the_datum(
    heights: list[float], length_km: float, frequency_mhz: float, rise_m: float
) -> None:
    """At 50 % of time no path beats free space by more than the last bit; lifting the whole ground changes nothing."""
    distance_km = np.linspace(0.0, length_km, len(heights))
    at = link(frequency_mhz)
    ground = np.array(heights)
    parts = profile_parts(distance_km, ground, at)
    loss = profile_loss_db(distance_km, ground, at)
    assert loss >= parts["Lbfs"] - 1e-9
    assert profile_loss_db(distance_km, ground + rise_m, at) == pytest.approx(loss, abs=1e-5)


@settings(max_examples=40, deadline=None)
@given(ridge_m=st.floats(0.0, 500.0), more_m=st.floats(1.0, 300.0), frequency_mhz=st.floats(100.0, 6000.0))
def test_a_higher_ridge_never_loses_less_by_diffraction(ridge_m: float, more_m: float, frequency_mhz: float) -> None:
    distance_km = np.linspace(0.0, 12.0, 41)

    def diffraction(top_m: float) -> float:
        return profile_parts(distance_km, np.where(np.arange(41) == 20, top_m, 0.0), link(frequency_mhz))["Lbulla50"]

    assert diffraction(ridge_m + more_m) >= diffraction(ridge_m) - 1e-9


@settings(max_examples=40, deadline=None)
@given(time_percent=st.floats(1.0, 50.0), less=st.floats(0.1, 0.99), seed=st.integers(0, 500))
def test_loss_not_exceeded_for_less_time_is_not_larger(time_percent: float, less: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    distance_km = np.linspace(0.0, float(rng.uniform(1.0, 100.0)), 60)
    ground = np.maximum(0.0, np.cumsum(rng.normal(0.0, 20.0, 60)) + 100.0)
    often = profile_loss_db(distance_km, ground, link(time_percent=time_percent))
    seldom = profile_loss_db(distance_km, ground, link(time_percent=max(1.0, time_percent * less)))
    assert seldom <= often + 0.3  # the Recommendation's interpolation is not strictly monotonic


def test_an_edge_that_grazes_the_line_has_a_loss() -> None:
    """The slopes from both ends then cancel, and the Bullington point is nowhere in particular."""
    bulge = 500.0 / (6371.0 * 157.0 / 107.0)
    for k in range(400):
        distance_km = np.linspace(0.0, 3.0 + 0.05 * k, 21)
        at = 5 + k % 11
        rest = distance_km[-1] - distance_km[at]
        height = np.zeros(21)
        height[at] = 200.0 - bulge * distance_km[at] * rest
        assert np.isfinite(profile_loss_db(distance_km, height, link(900.0, 200.0, 200.0)))

"""Real Indonesian files through the readers: what is known to be wrong with them must be found."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd
import pytest
from conftest import SHARED
from layer_worlds import codes_of, examine_path

from planner.catalog import read_spec
from planner.specs.radio import TransmitterDefaults

pytestmark = pytest.mark.shared
TANGSEL = sorted((SHARED / "umkm" / "tangsel_raw").glob("*.csv")) if SHARED.is_dir() else []


@lru_cache(maxsize=1)
def all_codes() -> pd.DataFrame:
    """Codes and names of Banten (31,000 areas less than the nation; enough for the tests)."""
    table = examine_path(SHARED / "admin" / "wilayah_codes_2025.csv.gz", "admin", where={}).data
    return table.loc[table["code"].str.startswith(("36", "53"))].reset_index(drop=True)


def test_opencellid_cells_of_kalimantan_barat(shared):
    spec = read_spec(TransmitterDefaults, "radio", "transmitters")
    defaults = {name: spec.for_technology(name) for name in spec.defaults}
    found = examine_path(
        shared / "towers" / "opencellid_510_20250712.csv.gz", "bts", context_transmitter_defaults=defaults
    )
    assert (found.n_in, found.n_quarantined, found.n_faulty) == (25_384, 193, 193)
    assert set(found.quarantine["codes"]) == {"mnc_unknown"}
    assert found.data["bts_id"].is_unique
    assert found.data["technology"].value_counts().to_dict()["2G"] == 2596 - 3
    assert found.data["operator"].value_counts().to_dict()["Telkomsel"] == 15_018
    assert set(found.data["assumed"]) == {"band_mhz,height_m,power_dbm,gain_dbi,bandwidth_mhz"}
    kalbar = (108.8, -3.1, 114.3, 2.1)
    part = examine_path(shared / "towers" / "opencellid_510_20250712.csv.gz", "bts", context_bounds_deg=kalbar)
    assert 0 < part.n_used < 2000
    assert part.n_faulty <= 193


def test_a_tower_register_with_coordinates_in_quotes(shared):
    path = shared / "towers" / "bandung_menara_2016.geojson"
    found = examine_path(path, "bts", columns={"technology": "=4G", "operator": "nama_perusahaan"})
    assert found.n_in == 763
    assert sorted(codes_of(found)) == ["coordinate_sign"] * 2 + ["coordinate_unreadable"] + ["coordinate_zero"] * 9
    assert found.data["height_m"].between(1, 200).all()
    assert any("text" in note for note in found.notes)


def test_a_tower_list_without_operators_says_what_is_missing(shared):
    path = shared / "towers" / "bandung_menara_2017.csv"
    refused = examine_path(path, "bts")
    assert {p.column for p in refused.problems} == {"operator", "technology"}
    used = examine_path(path, "bts", columns={"technology": "=4G", "operator": "pemilik"})
    assert used.n_used == 938


def test_population_of_2025_counts_every_kabupaten_once(shared):
    found = examine_path(shared / "admin" / "penduduk_2025.csv", "population_counts")
    assert found.n_used == 514
    assert found.data["people"].sum() == 284_973_643
    assert found.n_faulty == 0
    assert set(found.quarantine["codes"]) == {"totals_row", "parent_row"}
    kalbar = examine_path(
        shared / "admin" / "penduduk_2025.csv", "population_counts", level="kabupaten", context_areas=("61",)
    )
    assert (kalbar.n_used, kalbar.n_faulty) == (14, 0)


def test_the_float_damaged_codes_of_the_area_table_are_caught(shared):
    found = examine_path(shared / "admin" / "luas_2025.csv", "admin")
    damaged = {p.value: p.mend for p in found.problems if p.code == "code_damaged"}
    assert set(damaged) == {"11.1", "12.1", "12.2", "14.1", "31.0"}
    assert "write 11.10 (its name is Kabupaten Aceh Singkil)" in damaged["11.1"]


def test_all_91599_codes_of_2025_are_well_formed(shared):
    found = examine_path(shared / "admin" / "wilayah_codes_2025.csv.gz", "admin")
    assert (found.n_in, found.n_quarantined) == (91_599, 0)
    assert found.data["level"].value_counts().to_dict() == {
        "desa": 83_762,
        "kecamatan": 7285,
        "kabupaten": 514,
        "provinsi": 38,
    }


def test_bps_codes_are_told_apart_and_turned_by_the_crosswalk(shared):
    found = examine_path(
        shared / "admin" / "bps_regencies_2018.csv", "population_counts",
        columns={"area_code": "bps_code", "name": "bps_name", "people": "=1"},
    )  # fmt: skip
    truth = pd.read_csv(shared / "admin" / "crosswalk_kemendagri_bps.csv", dtype="str").set_index("bps_code")[
        "kemendagri_code"
    ]
    written = pd.read_csv(shared / "admin" / "bps_regencies_2018.csv", dtype="str")["bps_code"]
    assert found.n_used == 514
    assert found.data["area_code"].tolist() == sorted(truth.loc[written])


def test_without_names_the_bps_table_is_refused(shared):
    found = examine_path(
        shared / "admin" / "bps_regencies_2018.csv", "population_counts",
        columns={"area_code": "bps_code", "name": "=", "people": "=1"},
    )  # fmt: skip
    assert found.is_refused
    assert found.problems[0].code == "code_system_unclear"


def test_a_crosswalk_read_by_its_kemendagri_column_stays_as_it_is(shared):
    found = examine_path(
        shared / "admin" / "crosswalk_kemendagri_bps.csv", "population_counts", columns={"people": "=1"}
    )
    written = pd.read_csv(shared / "admin" / "crosswalk_kemendagri_bps.csv", dtype="str")["kemendagri_code"]
    assert found.data["area_code"].tolist() == written.tolist()


def test_underdeveloped_regencies_become_priority_areas(shared):
    path = shared / "admin" / "daerah_tertinggal_perpres63_2020.csv"
    found = examine_path(path, "priority", columns={"kind": "=tertinggal"})
    assert found.n_used == 62


@pytest.mark.parametrize("path", TANGSEL, ids=[path.stem for path in TANGSEL])
def test_every_municipal_table_of_tangerang_selatan(path):
    found = examine_path(path, "umkm_counts", context_codes=all_codes())
    assert (found.n_in, found.n_used, len(found.data)) == (7, 7, 14)
    assert found.data["area_code"].str.startswith("36.74.").all()
    assert set(found.data["year"]) in ({2023}, {2025})
    assert set(found.data["size"]) == {"mikro", "kecil"}


def test_the_counts_of_one_municipal_table(shared):
    found = examine_path(shared / "umkm" / "tangsel_raw" / "Kuliner.csv", "umkm_counts", context_codes=all_codes())
    assert found.data["n_umkm"].sum() == 160 + 147 + 114 + 123 + 165 + 168 + 176 + 41 + 37 + 29 + 31 + 42 + 42 + 44
    assert set(found.data["sector"]) == {"I"}


def test_merchants_of_jakarta_with_a_lost_sign_and_a_stray_longitude(shared):
    path = shared / "umkm" / "jakarta_mrt_merchants_118.csv"
    alone = examine_path(path, "umkm")
    assert codes_of(alone) == ["coordinate_sign"]
    within = examine_path(path, "umkm", context_bounds_deg=(106.6, -6.5, 107.1, -6.0))
    assert within.n_used == 116


def test_villages_of_ntt_with_their_points(shared):
    found = examine_path(shared / "admin" / "ntt_desa_points.csv", "admin")
    assert found.n_used == 3352
    assert found.data["lat_deg"].between(-11.1, -7.7).all()

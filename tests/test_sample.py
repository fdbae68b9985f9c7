"""The embedded sample and the reference tables: totals, evidence, places, and that they can be made again."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from hypothesis import given
from hypothesis import strategies as st

from planner.catalog import read_catalog
from planner.layers.dispatch import examine
from planner.layers.report import ReadContext
from planner.scenario import read_scenario
from planner.schema import LAYERS
from planner.schema_columns import EVIDENCE
from planner.units import pixel_deg_for

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
SAMPLE = DATA / "sample"
REFERENCE = DATA / "reference"
RASTERS = ("terrain", "clutter", "population")


@pytest.fixture(scope="module")
def kabupaten() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "ntt_kabupaten.csv", dtype={"kemendagri_code": str, "bps_code": str})


@pytest.fixture(scope="module")
def admin() -> gpd.GeoDataFrame:
    return gpd.read_parquet(SAMPLE / "admin.parquet")


@pytest.fixture(scope="module")
def bts() -> pd.DataFrame:
    return pd.read_csv(SAMPLE / "bts.csv")


@pytest.fixture(scope="module")
def umkm() -> pd.DataFrame:
    return pd.read_parquet(SAMPLE / "umkm.parquet")


@pytest.fixture(scope="module", autouse=True)
def maker() -> Iterator[None]:
    """The makers of the sample are importable."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts"))
        yield


# ---- the catalogue


def test_every_file_of_data_has_an_entry_with_its_sum() -> None:
    refresh = __import__("refresh_catalog")
    text = (DATA / "catalog.toml").read_text(encoding="utf-8")
    after, faults = refresh.refreshed(text, DATA)
    assert faults == []
    assert after == text, "run scripts/refresh_catalog.py"


def test_a_changed_file_and_a_file_without_entry_are_seen(tmp_path: Path) -> None:
    refresh = __import__("refresh_catalog")
    (tmp_path / "a.csv").write_text("x\n1\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("x\n", encoding="utf-8")
    text = '[a]\npath = "a.csv"\nsha256 = "00"\nn_bytes = 0\n\n[gone]\npath = "c.csv"\nsha256 = ""\nn_bytes = 0\n'
    after, faults = refresh.refreshed(text, tmp_path)
    assert faults == ["[gone] names c.csv, which is not there", "b.csv has no entry"]
    assert 'sha256 = "9f56e761d79bfdb34304a012586cb04d16b435ef6130091a97702e559260a2f2"' not in after
    assert "n_bytes = 4" in after


def test_entries_say_what_the_catalogue_promises() -> None:
    needed = {
        "path",
        "title",
        "publisher",
        "licence",
        "address",
        "date",
        "sha256",
        "n_bytes",
        "crs",
        "schema",
        "evidence",
    }
    for key, entry in read_catalog().items():
        assert needed <= set(entry), key
        assert entry["evidence"] in EVIDENCE, key
        assert all(entry[name] for name in needed - {"crs"}), key


def test_columns_of_reference_tables_are_those_of_the_catalogue() -> None:
    for entry in read_catalog().values():
        if entry["path"].startswith("reference/") and entry["path"].endswith(".csv"):
            with (DATA / entry["path"]).open(encoding="utf-8", newline="") as file:
                assert ",".join(next(csv.reader(file))) == entry["schema"]


def test_data_stay_below_twelve_megabytes() -> None:
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) <= 12_000_000


# ---- totals that are facts


def test_areas_have_the_known_numbers(admin: gpd.GeoDataFrame, kabupaten: pd.DataFrame) -> None:
    assert admin.groupby("level").size().to_dict() == {"provinsi": 1, "kabupaten": 22, "kecamatan": 315, "desa": 3442}
    level = {name: part.set_index("code") for name, part in admin.groupby("level")}
    assert (
        level["kecamatan"]["parent_code"].value_counts().to_dict()
        == kabupaten.set_index("kemendagri_code")["n_kecamatan"].to_dict()
    )
    assert (
        pd.Series(level["desa"].index.str[:5]).value_counts().to_dict()
        == kabupaten.set_index("kemendagri_code")["n_desa"].to_dict()
    )
    assert set(level["desa"]["parent_code"]) == set(level["kecamatan"].index)
    assert (
        level["kabupaten"].loc[kabupaten["kemendagri_code"], "bps_code"].to_numpy() == kabupaten["bps_code"].to_numpy()
    ).all()


def test_names_of_kabupaten_are_those_of_the_ministry(admin: gpd.GeoDataFrame) -> None:
    names = admin.loc[admin["level"] == "kabupaten"].set_index("code")["name"]
    codes = pd.read_csv(DATA / "reference/kabupaten_codes.csv", dtype=str).set_index("kemendagri_code")["name"]
    assert names.str.startswith(("Kabupaten ", "Kota ")).all()
    assert names["53.71"] == codes["53.71"] == "Kota Kupang"
    for code, name in names.items():
        assert name.removeprefix("Kabupaten ").removeprefix("Kota ") == codes[code].removeprefix(
            "Kabupaten "
        ).removeprefix("Kota ")


def test_people_add_up_by_kabupaten(admin: gpd.GeoDataFrame, kabupaten: pd.DataFrame) -> None:
    people = admin[admin["level"] == "kabupaten"].set_index("code")["people"]
    assert people.loc[kabupaten["kemendagri_code"]].tolist() == kabupaten["people_2025"].tolist()
    with rasterio.open(SAMPLE / "population.tif") as file:
        values = file.read(1, masked=True)
    assert int(values.sum()) == 5_700_772


def test_transmitters_and_bakti_sites_have_the_known_numbers(
    bts: pd.DataFrame, admin: gpd.GeoDataFrame, kabupaten: pd.DataFrame
) -> None:
    assert len(bts) == 2_794
    assert bts["bts_id"].is_unique
    assert 900 <= bts.groupby(["lon_deg", "lat_deg"]).ngroups <= 1_100
    bakti = bts[bts["bts_id"].str.startswith("BAKTI")]
    areas = admin[admin["level"] == "kabupaten"]
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(bakti["lon_deg"], bakti["lat_deg"]), crs="EPSG:4326")
    code = areas.iloc[areas.sindex.nearest(points.geometry, return_all=False)[1]]["code"]
    want = kabupaten.set_index("kemendagri_code")["n_bakti_2021"]
    assert code.value_counts().reindex(want.index, fill_value=0).to_dict() == want.to_dict()


def test_enterprises_add_up(umkm: pd.DataFrame, kabupaten: pd.DataFrame) -> None:
    assert len(umkm) == 366_473
    assert umkm["umkm_id"].is_unique
    assert umkm["size"].value_counts().to_dict() == {"mikro": 365_059, "kecil": 1_184, "menengah": 230}
    assert (umkm["digital"] == "offline").mean() == pytest.approx(0.87, abs=1e-5)
    counts = umkm["desa_code"].str[:5].value_counts()
    known = kabupaten[kabupaten["n_umkm"].notna()].set_index("kemendagri_code")["n_umkm"]
    assert counts.loc[known.index].tolist() == known.tolist()
    rest = kabupaten[kabupaten["n_umkm"].isna()].set_index("kemendagri_code")["people_2025"]
    assert counts.loc[rest.index].to_numpy() == pytest.approx(rest.to_numpy() / rest.sum() * 243_380, abs=1.0)


def test_towns_are_digital_more_often(umkm: pd.DataFrame) -> None:
    online = (umkm["digital"] == "online").groupby(umkm["desa_code"].str[:5]).mean()
    assert online["53.71"] > 1.5 * online["53.17"]


# ---- evidence and codes


def test_every_table_says_what_it_is() -> None:
    for path in sorted(SAMPLE.iterdir()):
        if path.suffix == ".csv" and path.stem != "decisions":
            assert set(pd.read_csv(path)["evidence"]) <= set(EVIDENCE), path.name
        elif path.suffix == ".geojson":
            features = json.loads(path.read_text(encoding="utf-8"))["features"]
            assert {feature["properties"]["evidence"] for feature in features} <= set(EVIDENCE), path.name
        elif path.suffix == ".parquet":
            assert set(pd.read_parquet(path, columns=["evidence"])["evidence"]) <= {"synthetic", "schematic"}, path.name
        elif path.suffix == ".tif":
            with rasterio.open(path) as file:
                assert file.tags()["EVIDENCE"] == "synthetic"
                assert "SYNTHETIC" in file.tags()["TIFFTAG_IMAGEDESCRIPTION"]
    assert pd.read_csv(SAMPLE / "decisions.csv")["reason"].str.contains("sintetis").all()


def test_schematic_codes_and_names_are_nobodys(admin: gpd.GeoDataFrame) -> None:
    below = admin[admin["level"].isin(["kecamatan", "desa"])]
    assert (below["code"].str[6:8].astype(int) > 50).all()
    towns = set(pd.read_csv(REFERENCE / "ntt_towns.csv")["name"])
    assert (below["name"].str.endswith("(skematis)") | below["name"].isin(towns)).all()


@pytest.mark.shared
def test_no_schematic_code_is_a_real_one(admin: gpd.GeoDataFrame, shared: Path) -> None:
    with gzip.open(shared / "admin" / "wilayah_codes_2025.csv.gz") as file:
        real = {row[0] for row in csv.reader(io.TextIOWrapper(file, encoding="utf-8"))}
    assert not real & set(admin.loc[admin["level"].isin(["kecamatan", "desa"]), "code"])
    codes = pd.read_csv(REFERENCE / "kabupaten_codes.csv", dtype=str)
    assert set(codes["kemendagri_code"]) == {code for code in real if len(code) == 5}


def test_code_pairs_hold_the_known_traps() -> None:
    codes = pd.read_csv(REFERENCE / "kabupaten_codes.csv", dtype=str)
    digits = codes["kemendagri_code"].str.replace(".", "")
    assert len(codes) == 514
    assert int((digits != codes["bps_code"]).sum()) == 199
    other = dict(zip(codes["bps_code"], codes["kemendagri_code"], strict=True))
    assert sum(other.get(d, k) != k for d, k in zip(digits, codes["kemendagri_code"], strict=True)) == 164


def test_priority_list_has_sixty_two_daerah_tertinggal() -> None:
    table = pd.read_csv(REFERENCE / "priority_areas.csv", dtype=str)
    poor = table[table["kind"] == "tertinggal"]
    assert len(poor) == poor["area_code"].nunique() == 62
    assert int((poor["confidence"] == "low").sum()) == 15
    assert int(poor["area_code"].str.startswith("53.").sum()) == 13
    assert set(table["kind"]) <= set(LAYERS["priority"].column("kind").allowed)


# ---- places


def test_rasters_share_one_frame_in_whole_pixels() -> None:
    per_degree = round(1.0 / pixel_deg_for(300.0))
    frames = set()
    for name in RASTERS:
        with rasterio.open(SAMPLE / f"{name}.tif") as file:
            frames.add((file.transform, file.shape, str(file.crs)))
            corner = np.array([file.bounds.left, file.bounds.top]) * per_degree
    assert len(frames) == 1
    assert corner == pytest.approx(np.round(corner), abs=1e-6)


def test_summits_stand_at_their_height_and_towns_low() -> None:
    with rasterio.open(SAMPLE / "terrain.tif") as file:
        height = file.read(1)
        peaks = pd.read_csv(REFERENCE / "volcanoes_ntt.csv")
        found = np.array(
            [height[file.index(lon, lat)] for lon, lat in zip(peaks["lon_deg"], peaks["lat_deg"], strict=True)]
        )
        towns = pd.read_csv(REFERENCE / "ntt_towns.csv").dropna(subset=["elevation_m"])
        at = np.array(
            [height[file.index(lon, lat)] for lon, lat in zip(towns["lon_deg"], towns["lat_deg"], strict=True)]
        )
    assert found == pytest.approx(peaks["height_m"].to_numpy(), abs=1.0)
    assert int(height.max()) == 2427  # Mutis, the highest
    assert np.abs(at - towns["elevation_m"].to_numpy()) == pytest.approx(np.zeros(len(at)), abs=70.0)


def test_slopes_are_those_of_hills() -> None:
    with rasterio.open(SAMPLE / "terrain.tif") as file:
        height = file.read(1).astype(float)
    down, right = np.gradient(height, 299.0, 296.0)
    slope_deg = np.degrees(np.arctan(np.hypot(down, right)))[height > 0]
    assert 4.0 < np.median(slope_deg) < 10.0
    assert np.percentile(slope_deg, 99) < 35.0


def test_towns_lie_in_their_kabupaten(admin: gpd.GeoDataFrame) -> None:
    areas = admin[admin["level"] == "kabupaten"].set_index("code").geometry
    towns = pd.read_csv(REFERENCE / "ntt_towns.csv", dtype={"kabupaten_code": str})
    for town in towns[towns["kabupaten_code"].str.startswith("53")].itertuples():
        assert areas[town.kabupaten_code].distance(shapely.Point(town.lon_deg, town.lat_deg)) < 0.03, town[1]


def test_areas_are_valid_and_leave_timor_leste_out(admin: gpd.GeoDataFrame) -> None:
    assert admin.geometry.is_valid.all()
    coast = gpd.read_file(SAMPLE / "coast.geojson").set_index("name")
    oecusse = shapely.Point(124.36, -9.3)
    assert coast.loc["Timor-Leste"].geometry.contains(oecusse)
    assert not admin.geometry.contains(oecusse).any()


def test_desa_tile_their_kabupaten(admin: gpd.GeoDataFrame) -> None:
    desa = admin[admin["level"] == "desa"]
    total = admin.loc[admin["level"] == "provinsi"].geometry.iloc[0].area
    assert shapely.area(desa.geometry.to_numpy()).sum() == pytest.approx(total, rel=1e-4)


def test_fiber_of_the_sea_keeps_off_the_land_and_joins_its_landings() -> None:
    fiber = gpd.read_file(SAMPLE / "fiber.geojson")
    sea = fiber[fiber["kind"] == "sea"]
    land = gpd.read_file(SAMPLE / "coast.geojson").union_all().buffer(-0.04)
    assert not sea.intersects(land).any()
    landings = pd.read_csv(REFERENCE / "ntt_landing_points.csv")
    points = shapely.points(landings["lon_deg"], landings["lat_deg"])
    ends = shapely.MultiPoint([point for line in sea.geometry for point in (line.coords[0], line.coords[-1])])
    assert max(shapely.distance(points, ends)) < 1e-4


def test_trunk_roads_have_the_known_lengths() -> None:
    roads = gpd.read_file(SAMPLE / "roads.geojson")
    flores = roads[roads["road_id"].str.startswith("TRANS-FLORES")]
    km = flores.to_crs(32751).length / 1000.0 * flores["length_factor"]
    assert km.sum() == pytest.approx(662.0, rel=0.02)


# ---- it reads, and can be made again


@pytest.mark.parametrize(
    "kind",
    sorted(set(LAYERS) - {"umkm", "admin", "umkm_counts", "population_counts", "power", "measurements", "exclusions"}),
)
def test_readers_take_every_row(kind: str, admin: gpd.GeoDataFrame) -> None:
    scenario = read_scenario(SAMPLE / "scenario.toml")
    (source,) = scenario.sources(kind)
    context = ReadContext(folder=SAMPLE, codes=pd.DataFrame(admin.drop(columns="geometry")))
    found = examine(source, kind, path=scenario.resolve(source), context=context)
    assert [str(problem) for problem in found.problems] == []
    assert found.n_used == found.n_in > 0


def test_small_tables_are_made_again_byte_for_byte(tmp_path: Path) -> None:
    from sample import programme  # type: ignore[import-not-found]  # scripts are no package of the type check

    programme.write_satellites(tmp_path)
    for name in ("satellite.csv", "gateways.csv"):
        assert (tmp_path / name).read_bytes() == (SAMPLE / name).read_bytes()


def test_draws_depend_on_seed_and_name_alone() -> None:
    from sample.common import rng, round_to_total

    assert rng("umkm").integers(1_000_000) == rng("umkm").integers(1_000_000)
    assert rng("umkm").integers(1_000_000) != rng("towers").integers(1_000_000)
    assert round_to_total(np.array([1.0, 1.0, 1.0]), 10).tolist() == [4, 3, 3]


@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=30), st.integers(0, 10_000))
def test_whole_numbers_keep_the_total_and_the_shares(values: list[float], total: int) -> None:
    from sample.common import round_to_total

    found = round_to_total(np.array(values), total)
    assert int(found.sum()) == total
    assert np.abs(found - np.array(values) / sum(values) * total).max() < 1.0 + 1e-6


def test_counts_by_kabupaten_are_made_again(umkm: pd.DataFrame, kabupaten: pd.DataFrame) -> None:
    from sample import people

    found = people.counts_by_kabupaten(kabupaten)
    have = umkm["desa_code"].str[:5].value_counts().loc[kabupaten["kemendagri_code"]]
    assert found.tolist() == have.tolist()


def test_ground_without_outlet_is_filled_and_rivers_cut_down() -> None:
    from sample import relief

    land = np.zeros((7, 7), dtype=bool)
    land[1:6, 1:6] = True
    z = np.where(land, 50.0, 0.0)
    z[3, 3] = 5.0  # a pit
    relief._fill.py_func(z, land)
    assert z[3, 3] == pytest.approx(50.02)  # two steps of 0.01 m from the shore
    before = z.copy()
    relief._carve.py_func(z, np.zeros_like(z), np.where(land, 0.05, 0.0), land, (0.3, 0.3))
    assert (z <= before).all()
    assert (z[land] > 0.0).all()
    assert (z[~land] == 0.0).all()


def test_lines_keep_their_ends() -> None:
    from sample.common import GRID, path_line

    line = path_line(np.array([5, 6, 9]), np.array([5, 9, 9]))
    lon, lat = GRID.lon_lat(np.array([5, 9]), np.array([5, 9]))
    assert line[[0, -1]] == pytest.approx(np.column_stack((lon, lat)))
    assert len(line) == 12  # each round of corner cutting doubles the points


def test_areas_grow_until_they_have_their_share() -> None:
    from sample.admin import _balanced

    at = np.linspace(0.0, 100.0, 2001)
    chosen = _balanced(np.stack([(at - 20.0) ** 2, (at - 60.0) ** 2]), np.array([0.7, 0.3]))
    assert np.bincount(chosen) / len(at) == pytest.approx([0.7, 0.3], abs=0.01)


def test_arcs_of_topojson_are_joined_and_turned(tmp_path: Path) -> None:
    from sample.coast import read_countries

    topology = {
        "transform": {"scale": [0.5, 0.5], "translate": [120.0, -9.0]},
        "arcs": [[[0, 0], [2, 0], [0, 2]], [[0, 0], [0, 2], [2, 0]]],
        "objects": {
            "countries": {"geometries": [{"type": "Polygon", "arcs": [[0, -2]], "properties": {"name": "Indonesia"}}]}
        },
    }
    path = tmp_path / "atlas.json"
    path.write_text(json.dumps(topology), encoding="utf-8")
    assert read_countries(path)["Indonesia"].equals(shapely.box(120.0, -9.0, 121.0, -8.0))


def test_the_page_on_data_names_every_required_column() -> None:
    page = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    for kind, layer in LAYERS.items():
        assert f"`{kind}`" in page, kind
        for column in layer.columns:
            if column.is_required:
                assert column.name in page, f"{kind}.{column.name}"

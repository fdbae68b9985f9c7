"""Rasters on the run's grid: totals kept, nodata found out, nothing made up."""

from __future__ import annotations

import resource
import shutil
import struct
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import LayerError
from planner.geo import pixel_area_km2
from planner.grid import Grid, Raster
from planner.layers import ReadContext, examine_layer, read_layer
from planner.layers._gdal import rasterio_module
from planner.layers.land import land_mask
from planner.layers.mosaic import overlay
from planner.scenario import LayerSource
from planner.units import pixel_deg_for

GRID = Grid(124.0, -9.0, 0.01, 20, 30)


@pytest.fixture
def context(tmp_path: Path) -> ReadContext:
    return ReadContext(folder=tmp_path, grid=GRID)


def tif(
    path: Path, values, west=124.0, north=-9.0, pixel=0.001, *, crs="EPSG:4326", transform=None, band=None, **profile
) -> Path:
    from rasterio.transform import Affine

    rasterio = rasterio_module()
    values = np.asarray(values)
    place = Affine(pixel, 0.0, west, 0.0, -pixel, north) if transform is None else transform
    with rasterio.open(
        path, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1, dtype=values.dtype, crs=crs, transform=place, **profile
    ) as file:  # fmt: skip
        file.write(values, 1)
        for name, value in (band or {}).items():
            setattr(file, name, value)
    return path


def read(path: Path, kind: str, context: ReadContext, **source):
    return read_layer(LayerSource(path=path.name, **source), kind, path=path, context=context)


def plane(rows=200, cols=300, pixel=0.001):
    """Heights that grow by 1000 m per degree east and 500 m per degree north."""
    lon = (np.arange(cols) + 0.5) * pixel
    lat = -(np.arange(rows) + 0.5) * pixel
    return (100 + 1000 * lon[None, :] + 500 * lat[:, None]).astype(np.float32)


def expected_plane() -> np.ndarray:
    lon, lat = GRID.lon_lat(*np.mgrid[0:20, 0:30])
    return 100 + 1000 * (lon - 124.0) + 500 * (lat + 9.0)


# ---- terrain


def test_fine_heights_are_averaged_to_the_known_plane(tmp_path, context):
    found = read(tif(tmp_path / "a.tif", plane()), "terrain", context)
    assert found.data.values == pytest.approx(expected_plane(), abs=0.01)
    assert (found.n_in, found.n_used, found.data.unit) == (1, 1, "m")


def test_coarse_heights_are_interpolated(tmp_path, context):
    found = read(tif(tmp_path / "a.tif", plane(12, 20, 0.03), west=123.85, north=-8.85, pixel=0.03), "terrain", context)
    inner = found.data.values[3:-3, 3:-3]
    assert np.abs(np.diff(inner, axis=1).mean() - 10.0) < 0.5


def test_south_up_rows_are_turned_over(tmp_path, context):
    from rasterio.transform import Affine

    place = Affine(0.001, 0, 124.0, 0, 0.001, -9.2)
    found = read(tif(tmp_path / "a.tif", plane()[::-1], transform=place), "terrain", context)
    assert found.data.values == pytest.approx(expected_plane(), abs=0.01)
    assert any("south to north" in note for note in found.notes)


def test_scale_and_offset_are_applied(tmp_path, context):
    values = (plane() * 10 + 500).astype(np.int16)
    found = read(tif(tmp_path / "a.tif", values, band={"scales": (0.1,), "offsets": (-50.0,)}), "terrain", context)
    assert found.data.values == pytest.approx(expected_plane(), abs=0.2)


def test_another_crs_is_warped(tmp_path, context):
    from rasterio.transform import Affine
    from rasterio.warp import Resampling, reproject

    target = np.full((260, 380), -9999.0, dtype=np.float32)
    place = Affine(100, 0, 608_000, 0, -100, 9_006_000)
    reproject(plane(), target, src_transform=Affine(0.001, 0, 124.0, 0, -0.001, -9.0), src_crs="EPSG:4326", dst_transform=place,
              dst_crs="EPSG:32751", dst_nodata=-9999.0, resampling=Resampling.bilinear)  # fmt: skip
    found = read(tif(tmp_path / "a.tif", target, transform=place, crs="EPSG:32751", nodata=-9999.0), "terrain", context)
    known = np.isfinite(found.data.values)
    assert known.mean() > 0.9
    assert np.abs(found.data.values - expected_plane())[known].max() < 3.0


def test_declared_voids_stay_voids_and_are_counted(tmp_path, context):
    values = plane()
    values[:10, :10] = -9999
    found = read(tif(tmp_path / "a.tif", values, nodata=-9999), "terrain", context)
    assert np.isnan(found.data.values[0, 0])
    assert np.isfinite(found.data.values).sum() == 599
    assert any("100 of 60000 source pixels are void" in note for note in found.notes)
    assert not found.problems


@pytest.mark.parametrize("sentinel", [-9999.0, -32768.0, 9999.0, 65535.0, -3.4028234663852886e38])
def test_undeclared_nodata_is_never_a_height(tmp_path, context, sentinel):
    values = plane().astype(np.float64)
    values[:10, :10] = sentinel
    values[15, 15] = np.nan
    found = read(tif(tmp_path / "a.tif", values), "terrain", context)
    assert np.isnan(found.data.values[0, 0])
    assert np.nanmin(found.data.values) >= 0
    assert np.nanmax(found.data.values) < 500
    assert found.problems[0].code == "raster_nodata"
    assert found.problems[0].n_rows == 100


def test_implausible_heights_are_not_used_and_said(tmp_path, context):
    values = plane()
    values[0, 0], values[0, 1] = -400.0, 60_000.0
    found = read(tif(tmp_path / "a.tif", values), "terrain", context)
    assert [(p.code, p.n_rows) for p in found.problems] == [("raster_range", 2)]
    assert found.data.values[0, 0] == pytest.approx(expected_plane()[0, 0], abs=0.5)


def test_feet_are_suspected_and_turned_into_metres_when_said(tmp_path, context):
    path = tif(tmp_path / "a.tif", plane() * 30)
    with pytest.raises(LayerError, match="look like feet"):
        read(path, "terrain", context)
    found = read(path, "terrain", context, unit="ft")
    assert found.data.values == pytest.approx(expected_plane() * 30 * 0.3048, rel=1e-3)
    by_file = tif(tmp_path / "b.tif", plane(), band={"units": ("US survey foot",)})
    assert read(by_file, "terrain", context).data.values == pytest.approx(expected_plane() * 0.3048, rel=1e-3)
    with pytest.raises(LayerError, match="unit 'elo' of a height is not known"):
        read(path, "terrain", context, unit="elo")


def test_what_cannot_be_placed_is_refused(tmp_path, context):
    from rasterio.transform import Affine

    rotated = tif(tmp_path / "a.tif", plane(), transform=Affine(0.001, 0.0005, 124, 0.0005, -0.001, -9))
    bare = tif(tmp_path / "b.tif", plane(), crs=None)
    elsewhere = tif(tmp_path / "c.tif", plane(), west=10.0, north=1.0)
    picture = tmp_path / "d.tif"
    from rasterio.transform import Affine

    with rasterio_module().open(picture, "w", driver="GTiff", height=9, width=9, count=3, dtype="uint8", crs="EPSG:4326",
                                photometric="RGB", transform=Affine(0.1, 0, 124, 0, -0.1, -9)) as file:  # fmt: skip
        file.write(np.zeros((3, 9, 9), dtype=np.uint8))
    cases = ((rotated, "rotated"), (bare, "does not say its CRS"), (elsewhere, "do not meet"), (picture, "picture"))
    for path, match in cases:
        with pytest.raises(LayerError, match=match):
            read(path, "terrain", context)
    assert read(bare, "terrain", context, crs="EPSG:4326").n_used == 1


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_tiff_without_place_is_refused_and_its_world_file_not_read(tmp_path, context):
    from rasterio.transform import Affine

    path = tif(tmp_path / "a.tif", plane(), transform=Affine.identity(), crs=None)
    (tmp_path / "a.tfw").write_text("0.001\n0\n0\n-0.001\n124\n-9\n")
    with pytest.raises(LayerError, match="does not say where it lies"):
        read(path, "terrain", context)


def test_an_aux_xml_beside_a_raster_changes_nothing(tmp_path, context):
    path = tif(tmp_path / "a.tif", plane())
    (tmp_path / "a.tif.aux.xml").write_text(
        '<PAMDataset><SRS>EPSG:32751</SRS><PAMRasterBand band="1"><NoDataValue>150</NoDataValue><Scale>99</Scale></PAMRasterBand></PAMDataset>'
    )
    assert read(path, "terrain", context).data.values == pytest.approx(expected_plane(), abs=0.01)


def tiny_tiff(width: int, height: int) -> bytes:
    """A TIFF of about 200 bytes that claims any size: one strip, deflate."""
    tags = [(256, 4, width), (257, 4, height), (258, 3, 32), (259, 3, 8), (262, 3, 1), (273, 4, 8), (277, 3, 1), (278, 4, height),
            (279, 4, 20), (339, 3, 3)]  # fmt: skip
    body = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    scale = struct.pack("<3d", 0.001, 0.001, 0) + struct.pack("<6d", 0, 0, 0, 124.0, -9.0, 0)
    extra = struct.pack("<HHII", 33550, 12, 3, 28 + 2 + 12 * 12 + 4) + struct.pack(
        "<HHII", 33922, 12, 6, 28 + 2 + 12 * 12 + 4 + 24
    )
    return (
        b"II*\x00"
        + struct.pack("<I", 28)
        + b"\x00" * 20
        + struct.pack("<H", len(tags) + 2)
        + body
        + extra
        + b"\x00" * 4
        + scale
    )


def test_a_header_that_claims_20_gigabytes_is_refused_at_once(tmp_path):
    (tmp_path / "a.tif").write_bytes(tiny_tiff(70_000, 70_000))
    code = textwrap.dedent(f"""
        import resource, time
        from pathlib import Path
        from planner.layers import ReadContext, examine_layer
        from planner.layers._gdal import gdal_ready
        from planner.scenario import LayerSource
        gdal_ready()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        found = examine_layer(LayerSource(path="a.tif", crs="EPSG:4326"), "terrain", path=Path({str(tmp_path / "a.tif")!r}),
                              context=ReadContext(folder=Path({str(tmp_path)!r})))
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
        print(found.problems[0].code, grown < 300)
    """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["raster_bomb", "True"]


def test_a_raster_that_was_cut_off_is_refused(tmp_path, context):
    path = tif(
        tmp_path / "a.tif", np.random.default_rng(1).normal(100, 20, (400, 400)).astype(np.float32), compress="deflate"
    )
    path.write_bytes(path.read_bytes()[:200_000])
    with pytest.raises(LayerError, match="cannot be read"):
        read(path, "terrain", context)


def test_tiles_of_a_folder_join_without_a_seam_and_bad_ones_are_set_aside(tmp_path, context):
    folder = tmp_path / "dem"
    folder.mkdir()
    whole = plane()
    tif(folder / "a.tif", whole[:, :155])
    tif(folder / "b.tif", whole[:, 154:], west=124.154)  # shares a column, as SRTM tiles do
    tif(folder / "far.tif", whole, west=100.0)
    (folder / "broken.tif").write_bytes(b"not a tiff")
    found = examine_layer(LayerSource(path="dem"), "terrain", path=folder, context=context)
    assert (found.n_in, found.n_used, found.n_quarantined, found.n_aside) == (4, 2, 2, 1)
    assert found.data.values == pytest.approx(expected_plane(), abs=0.6)
    assert set(found.quarantine["codes"]) == {"outside_region", "door_signature"}


def test_hgt_tiles_are_placed_by_their_name_zipped_or_not(tmp_path):
    rows = np.arange(1201)[:, None] + np.zeros((1, 1201))
    (tmp_path / "dem").mkdir()
    (tmp_path / "dem" / "S10E124.hgt").write_bytes(rows.astype(">i2").tobytes())
    with zipfile.ZipFile(tmp_path / "dem" / "S09E124.hgt.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        values = rows.astype(">i2")
        values[0, 0] = -32768
        archive.writestr("S09E124.hgt", values.tobytes())
    grid = Grid(124.2, -8.2, 0.05, 30, 6)
    context = ReadContext(folder=tmp_path, grid=grid)
    found = read_layer(LayerSource(path="dem"), "terrain", path=tmp_path / "dem", context=context)
    _, lat = grid.lon_lat(np.arange(30), np.zeros(30))
    south = np.where(lat > -9, -8 - lat, -9 - lat) * 1200  # metres grow southwards within each tile
    inner = np.abs(lat % 1 - 0.5) < 0.46  # the shared row mixes both
    assert found.data.values[inner, 0] == pytest.approx(south[inner], abs=1.0)


def test_without_a_grid_a_file_is_judged_on_its_own(tmp_path):
    found = read(tif(tmp_path / "a.tif", plane()), "terrain", ReadContext(folder=tmp_path))
    assert found.data.grid.shape == (200, 300)


# ---- population


@settings(max_examples=25, deadline=None)
@given(
    pixel=st.floats(0.003, 0.05), west=st.floats(124.02, 124.1), north=st.floats(-9.1, -9.02), seed=st.integers(0, 99)
)
def test_people_are_kept_whatever_the_pixels(tmp_path_factory, pixel, west, north, seed):
    values = np.random.default_rng(seed).gamma(0.3, 50.0, (int(0.09 / pixel) + 1, int(0.15 / pixel) + 1))
    values = np.minimum(values, 9_000.0)
    inside = west + pixel * values.shape[1] < 124.3 and north - pixel * values.shape[0] > -9.2
    folder = tmp_path_factory.mktemp("people")
    found = read(
        tif(folder / "a.tif", values, west, north, pixel),
        "population",
        ReadContext(folder=folder, grid=GRID),
        unit="people",
    )
    total = float(np.nansum(found.data.values))
    assert total == pytest.approx(values.sum(), rel=1e-9) if inside else total <= values.sum() * (1 + 1e-9)


def test_densities_become_people_by_the_area_of_their_row(tmp_path, context):
    path = tif(tmp_path / "a.tif", np.full((20, 30), 100.0), pixel=0.01)
    found = read(path, "population", context, unit="people_per_km2")
    assert found.data.values[:, 0] == pytest.approx(100.0 * pixel_area_km2(GRID), rel=1e-6)
    hectares = read(path, "population", context, unit="people_per_ha")
    assert np.nansum(hectares.data.values) == pytest.approx(100 * np.nansum(found.data.values))


def test_the_unit_of_a_population_is_asked_for_unless_the_file_says_it(tmp_path, context):
    values = np.full((20, 30), 7.0)
    with pytest.raises(LayerError, match=r"does not say whether .* 4,200 people.*unit = \"people_per_km2\""):
        read(tif(tmp_path / "a.tif", values, pixel=0.01), "population", context)
    known = read(tif(tmp_path / "idn_ppp_2020.tif", values, pixel=0.01), "population", context)
    assert np.nansum(known.data.values) == pytest.approx(4200)
    assert any("known product" in note for note in known.notes)
    labelled = read(tif(tmp_path / "c.tif", values, pixel=0.01, band={"units": ("people",)}), "population", context)
    assert np.nansum(labelled.data.values) == pytest.approx(4200)


def test_negative_people_are_nobody_and_unknown_pixels_stay_unknown(tmp_path, context):
    values = np.full((20, 30), 5.0)
    values[:, :10] = -9999
    values[0, 29] = -3
    found = read(tif(tmp_path / "a.tif", values, pixel=0.01), "population", context, unit="people")
    assert np.nansum(found.data.values) == pytest.approx(5.0 * 20 * 20 - 5)
    assert np.isnan(found.data.values[:, :10]).all()
    assert {p.code for p in found.problems} == {"raster_nodata", "raster_range"}


# ---- land cover, land, overlay


def test_land_cover_takes_the_class_that_fills_most(tmp_path, context):
    values = np.full((200, 300), 10, dtype=np.uint8)
    values[:, 150:] = 50
    values[0:6, 0:10] = 80  # 60 of the 100 pixels of the first grid pixel
    values[10:14, 0:10] = 80
    found = read(tif(tmp_path / "a.tif", values), "clutter", context)
    assert found.data.values[0, 0] == 80
    assert found.data.values[1, 0] == 10
    assert found.data.values[5, 29] == 50


def test_unknown_codes_of_land_cover_are_refused_or_named(tmp_path, context):
    path = tif(tmp_path / "a.tif", np.full((200, 300), 3, dtype=np.uint8))
    with pytest.raises(LayerError, match="codes that no class explains"):
        read(path, "clutter", context)
    found = read(path, "clutter", context, columns={"3": "tree"})
    assert set(np.unique(found.data.values)) == {10}
    with pytest.raises(LayerError, match="unknown: forest"):
        read(path, "clutter", context, columns={"3": "forest"})


def test_every_pixel_that_land_touches_is_land():
    shapes = [shapely.box(124.001, -9.009, 124.002, -9.008), None, shapely.box(124.1, -9.1, 124.2, -9.05)]
    mask = land_mask(gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326"), GRID)
    assert mask[0, 0]
    assert mask[5:10, 10:20].all()
    assert not mask[15:, :].any()
    assert not land_mask(gpd.GeoDataFrame(geometry=[], crs="EPSG:4326"), GRID).any()


def test_the_first_raster_wins_where_it_knows():
    small = Grid(0, 0, 1, 1, 3)
    first, second = (
        Raster(small, np.array([row], dtype=np.float32), "m") for row in ([1, np.nan, np.nan], [9, 2, np.nan])
    )
    assert np.array_equal(overlay([first, second]).values, [[1, 2, np.nan]], equal_nan=True)
    classes = [Raster(small, np.array([row], dtype=np.uint8), "class") for row in ([0, 10, 0], [20, 20, 0])]
    assert overlay(classes).values.tolist() == [[20, 10, 0]]
    with pytest.raises(LayerError, match="cannot be joined"):
        overlay([first, classes[0]])
    with pytest.raises(LayerError, match="no raster"):
        overlay([])


# ---- real files


@pytest.mark.shared
def test_real_srtm_tiles_join_without_a_seam(shared):
    pixel = pixel_deg_for(300.0)
    grid = Grid(10.5, 0.9, pixel, int(0.8 / pixel), int(1.0 / pixel))
    context = ReadContext(folder=shared, grid=grid)
    heights = read_layer(LayerSource(path="dem"), "terrain", path=shared / "dem", context=context).data.values
    assert np.isfinite(heights).all()
    assert 0 < heights.min() < heights.max() < 1100
    seam = int((11.0 - grid.west_deg) / pixel)
    steps = np.abs(np.diff(heights, axis=1)).mean(axis=0)
    assert steps[seam - 1 : seam + 1].max() < 2 * np.median(steps)


@pytest.mark.shared
def test_the_real_population_raster_without_nodata_never_sums_to_minus_187_million(shared):
    path = shared / "population" / "gpw3_2010_west_sumatra_clip.tif"
    context = ReadContext(folder=shared, grid=Grid(99.0, 0.5, 0.01, 300, 400))
    with pytest.raises(LayerError, match="people per km²"):
        read(path, "population", context)
    found = read(path, "population", context, unit="people_per_km2")
    assert np.nansum(found.data.values) > 1e6
    assert np.nanmin(found.data.values) >= 0
    assert (found.problems[0].code, found.problems[0].n_rows) == ("raster_nodata", 31255)


@pytest.mark.shared
def test_a_real_tile_is_read_within_memory(shared, tmp_path):
    shutil.copy(shared / "dem" / "N00E010.hgt.zip", tmp_path)
    context = ReadContext(folder=tmp_path, grid=Grid(10.0, 1.0, 0.01, 100, 100))
    read(tmp_path / "N00E010.hgt.zip", "terrain", context)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1_500_000

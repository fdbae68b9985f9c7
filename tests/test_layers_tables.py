"""Every table and point layer: what its files look like, what becomes of them, and that the accounts balance."""

from __future__ import annotations

import numpy as np
import pytest
from layer_worlds import codes, codes_of, examine

from planner.errors import LayerError
from planner.layers import ReadContext, read_layer
from planner.layers.headers import NAMES
from planner.scenario import LayerSource
from planner.schema import LAYERS, check_frame

GOOD = {
    "bts": "site id,operator,teknologi,tinggi,status,transmisi,bujur,lintang\nA1,Telkomsel,LTE,42 m,aktif,FO,120.5,-8.5\nA2,Indosat,2G/4G,,mati,VSAT,120.6,-8.6\n",
    "umkm": 'id,sektor,skala usaha,go digital,nib,bujur,lintang\nU1,Kuliner,Usaha Mikro,Ya,Ya,120.5,-8.5\nU2,47111,kecil,,Tidak,"120,6","-8,6"\n',
    "umkm_counts": "kode,nama,Mikro,Kecil,tahun\n53.01.02,Amarasi,1.200,30,2024\n53.10.02,Ruteng,800,20,2024\n",
    "facilities": "NPSN,Nama Sekolah,Bentuk Pendidikan,Lintang,Bujur\n50301,SDN 1,SD,-8.5,120.5\n50302,Puskesmas,Puskesmas,-8.6,120.6\n",
    "fiber_nodes": "id,nama,jenis,kapasitas (Gbps),lat,lng\nN1,Kupang,POP,10,-10.17,123.6\nN2,Waingapu,landing station,,-9.6,120.2\n",
    "satellite": "satelit,beam,orbit,band,kapasitas (Gbps),terpakai\nSATRIA-1,NTT,146 BT,Ka-band,1.5,900\n",
    "gateways": "kode,nama,satelit,lintang,bujur\nG1,Kupang,SATRIA-1,-10.1,123.7\n",
    "population_counts": "kode,nama,jumlah penduduk\n53.01.02,Amarasi,12.345\n53.10.02,Ruteng,900\n",
    "priority": "kode,nama,jenis\n53.01,Kabupaten Kupang,Daerah Tertinggal\n53.01,Kabupaten Kupang,Lokpri\n",
    "proposals": "no usulan,dusun,desa,kecamatan,kabupaten,nomor surat,tanggal surat,moda akses,lintang,bujur\nP1,Dusun A,Oesena,Amarasi,Kupang,12/2024,5 Mei 2024,darat,,\nP2,Dusun B,,,,13/2024,06/05/2024,speedboat,-8.6,120.6\n",
    "decisions": "id,keputusan,alasan,oleh,lintang,bujur\nD1,paksa,bencana,Bupati,-8.6,120.6\nD2,larang,hutan lindung,Bupati,-8.7,120.6\n",
    "measurements": "rsrp,operator,tanggal,lat,lon\n-95.5,Telkomsel,2024-05-01,-8.6,120.6\n-110,Telkomsel,2024-05-01,-8.6,120.7\n",
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(GOOD))
def test_a_good_file_of_every_layer_conforms_to_its_declaration(tmp_path, kind):
    found = examine(tmp_path, kind, GOOD[kind], context_codes=codes())
    assert found.problems == ()
    assert found.n_quarantined == 0
    assert list(found.data.columns) == list(LAYERS[kind].column_names)
    check_frame(found.data, LAYERS[kind].columns, kind)


@pytest.mark.parametrize("kind", sorted(GOOD))
def test_pandera_as_an_oracle_agrees_on_types_ranges_and_words(tmp_path, kind):
    pa = pytest.importorskip("pandera.pandas")
    frame = examine(tmp_path, kind, GOOD[kind], context_codes=codes()).data
    columns = {}
    for column in LAYERS[kind].columns:
        checks = [pa.Check.isin(column.allowed)] if column.allowed else []
        checks += [pa.Check.ge(column.minimum)] if column.minimum is not None else []
        checks += [pa.Check.le(column.maximum)] if column.maximum is not None else []
        columns[column.name] = pa.Column(checks=checks, nullable=not column.is_required)
    assert len(frame)
    assert pa.DataFrameSchema(columns, strict=True).validate(frame, lazy=True).equals(frame)


@pytest.mark.parametrize("kind", sorted(GOOD))
def test_the_order_of_rows_does_not_matter(tmp_path, kind):
    header, *rows = GOOD[kind].strip().split("\n")
    one = examine(tmp_path, kind, "\n".join([header, *rows]), context_codes=codes()).data
    two = examine(tmp_path, kind, "\n".join([header, *reversed(rows)]), context_codes=codes()).data
    keys = list(one.columns)
    order = [frame.astype("str").sort_values(keys).reset_index(drop=True) for frame in (one, two)]
    assert order[0].equals(order[1])


@pytest.mark.parametrize("kind", sorted(GOOD))
def test_a_file_without_the_right_columns_names_all_of_them_at_once(tmp_path, kind):
    found = examine(tmp_path, kind, "apa,siapa\nx,y\nz,w\n")
    assert found.is_refused
    missing = {p.column for p in found.problems if p.code == "column_missing"}
    by_area = {"lon_deg", "lat_deg"} if kind in ("umkm", "proposals") else set()
    supplied = {LAYERS[kind].key, "evidence"} | by_area
    assert missing >= {c.name for c in LAYERS[kind].columns if c.is_required} - supplied
    assert all("columns = {" in p.mend for p in found.problems if p.code == "column_missing")
    assert found.n_used == 0
    assert found.n_quarantined == found.n_in == 2


def test_reading_a_refused_file_raises_with_every_reason(tmp_path):
    (tmp_path / "x.csv").write_text("apa,siapa\nx,y\n")
    with pytest.raises(LayerError, match=r"operator(.|\n)*technology"):
        read_layer(LayerSource(path="x.csv"), "bts", path=tmp_path / "x.csv", context=ReadContext(folder=tmp_path))


def test_no_foreign_name_stands_for_two_columns_of_one_layer_at_the_same_rank():
    for kind, names in NAMES.items():
        first = [words[1] for words in names.values() if len(words) > 1 and words[1]]
        assert len(first) == len(set(first)), kind


# --- base stations


def test_antennas_are_filled_from_the_defaults_and_listed(tmp_path):
    defaults = {
        "4G": {"band_mhz": 1800.0, "height_m": 42.0, "power_dbm": 43.0, "gain_dbi": 17.0, "bandwidth_mhz": 10.0}
    }
    found = examine(tmp_path, "bts", GOOD["bts"], context_transmitter_defaults=defaults)
    assert found.data["height_m"].tolist() == [42.0, 42.0]
    assert found.data["assumed"].tolist() == [
        "band_mhz,power_dbm,gain_dbi,bandwidth_mhz", "band_mhz,height_m,power_dbm,gain_dbi,bandwidth_mhz",
    ]  # fmt: skip


def test_words_of_registers_become_ours(tmp_path):
    found = examine(tmp_path, "bts", GOOD["bts"])
    assert found.data["status"].tolist() == ["on_air", "inactive"]
    assert found.data["backhaul"].tolist() == ["fiber", "satellite"]
    assert found.data["technology"].tolist() == ["4G", "4G"]


def test_a_site_with_several_cells_keeps_them_all(tmp_path):
    content = "site id,operator,technology,band_mhz,azimuth_deg,lon,lat\n" + "\n".join(
        f"A1,Telkomsel,{tech},{band},{azimuth},120.5,-8.5"
        for tech, band in (("2G", 900), ("4G", 1800))
        for azimuth in (0, 120, 240)
    )
    found = examine(tmp_path, "bts", content)
    assert found.n_used == 6
    assert found.data["bts_id"].is_unique
    assert all(name.startswith("A1/") for name in found.data["bts_id"])


OCID = "LTE,510,{net},499,{cell},-1,109.33,-0.02,1000,22,1,1239101333,1737785281,0\n"


def test_opencellid_cells_become_base_stations_and_unknown_networks_are_quarantined(tmp_path):
    content = "".join(OCID.format(net=net, cell=cell) for cell, net in enumerate((10, 1, 21, 11, 89, 9, 28, 22, 100)))
    found = examine(tmp_path, "bts", content)
    assert found.data["operator"].nunique() == 3
    assert dict(zip(found.data["bts_id"], found.data["operator"], strict=True))["LTE-510-10-499-0"] == "Telkomsel"
    assert found.data["samples"].tolist() == [22] * 7
    assert codes_of(found) == ["mnc_unknown", "mnc_unknown"]


def test_an_opencellid_world_file_leaves_other_countries_aside(tmp_path):
    header = "radio,mcc,net,area,cell,unit,lon,lat,range,samples,changeable,created,updated,averageSignal\n"
    content = header + OCID.format(net=10, cell=1) + "GSM,502,12,1,2,0,110.3,1.5,1000,3,1,1,1,0\n"
    found = examine(tmp_path, "bts", content)
    assert found.n_used == 1
    assert (found.n_aside, found.n_faulty) == (1, 0)


# --- places


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        ("-8.5", "120.5", "coordinate_swapped"), ("120.5", "8.5", "coordinate_sign"), ("-120.5", "-8.5", "coordinate_sign"),
        ("0", "0", "coordinate_zero"), ("120.5", "", "coordinate_half"), ("", "", "coordinate_missing"), ("nan", "nan", "coordinate_missing"),
        ("inf", "-8.5", "coordinate_unreadable"), ("1e308", "1e308", "outside_indonesia"), ("1205", "-85", "coordinate_decimal"),
        ("560000", "9058000", "coordinate_metres"), ("2.35", "48.85", "outside_indonesia"), ("abc", "-8.5", "coordinate_unreadable"),
        ("120.5", "8.5 LS", "coordinate_unreadable;"),
    ],
)  # fmt: skip
def test_every_wrong_coordinate_gets_its_reason(tmp_path, lon, lat, code):
    found = examine(
        tmp_path,
        "fiber_nodes",
        f"kode,jenis,lon,lat\nG1,pop,{lon},{lat}\nG2,pop,123.7,-10.1\n",
        context_bounds_deg=(118.0, -11.5, 126.0, -7.5),
    )
    if code.endswith(";"):
        assert found.n_used == 2
    else:
        assert codes_of(found) == [code]


def test_the_mend_says_how_many_rows_it_would_save(tmp_path):
    rows = "".join(f"G{i},S1,{-8.5 - i / 100},120.5\n" for i in range(30))
    found = examine(tmp_path, "gateways", f"kode,satelit,lon,lat\n{rows}")
    assert found.n_used == 0
    assert "it would save 30 rows" in found.problems[0].mend
    fixed = examine(tmp_path, "gateways", f"kode,satelit,lon,lat\n{rows}", crs="lat,lon")
    assert fixed.n_used == 30


def test_a_few_exchanged_rows_are_not_mended_by_turning_the_whole_file(tmp_path):
    rows = "".join(f"G{i},S1,120.5,{-8.5 - i / 100}\n" for i in range(10))
    found = examine(tmp_path, "gateways", f"kode,satelit,lon,lat\nX,S1,-8.5,120.5\n{rows}")
    assert (found.n_used, codes_of(found)) == (10, ["coordinate_swapped"])
    assert "only where every row of the file is so" in found.problems[0].mend
    turned = examine(tmp_path, "gateways", f"kode,satelit,lon,lat\nX,S1,-8.5,120.5\n{rows}", crs="lat,lon")
    assert turned.n_used == 1


def test_metres_are_recognised_and_the_crs_that_fits_is_named(tmp_path):
    from pyproj import Transformer

    x, y = Transformer.from_crs("EPSG:4326", "EPSG:32751", always_xy=True).transform(120.5, -8.5)
    content = f"kode,satelit,x,y\nG1,S1,{x:.1f},{y:.1f}\n"
    found = examine(tmp_path, "gateways", content, context_bounds_deg=(119.0, -9.5, 122.0, -8.0))
    assert "EPSG:32751" in found.problems[0].mend
    fixed = examine(tmp_path, "gateways", content, crs="EPSG:32751")
    assert fixed.data["lon_deg"].iloc[0] == pytest.approx(120.5, abs=1e-5)


def test_points_outside_the_region_are_set_aside(tmp_path):
    content = "kode,jenis,lon,lat\nG1,pop,123.7,-10.1\nG2,pop,106.8,-6.2\n"
    found = examine(tmp_path, "fiber_nodes", content, context_bounds_deg=(118.0, -11.5, 126.0, -7.5))
    assert (found.n_used, found.n_aside, found.n_faulty) == (1, 1, 0)


def test_a_region_whose_rows_all_lost_their_sign_is_not_silently_elsewhere(tmp_path):
    rows = "".join(f"G{i},pop,106.8,{6.1 + i / 100}\n" for i in range(5))
    found = examine(
        tmp_path, "fiber_nodes", f"kode,jenis,lon,lat\n{rows}", context_bounds_deg=(106.0, -7.0, 107.5, -5.5)
    )
    assert found.n_faulty == 5
    assert set(codes_of(found)) == {"coordinate_sign"}


def test_a_lone_row_on_the_other_side_of_the_equator_is_found_without_a_region(tmp_path):
    rows = "".join(f"G{i},pop,106.8,{-6.2 + i / 1000}\n" for i in range(40))
    found = examine(tmp_path, "fiber_nodes", f"kode,jenis,lon,lat\n{rows}G99,pop,106.8,6.2\n")
    assert codes_of(found) == ["coordinate_sign"]


def test_one_column_of_pairs_or_links(tmp_path):
    content = 'id,skala,titik koordinat\nU1,mikro,"-10.17, 123.6"\nU2,mikro,"https://maps.google.com/?q=-10.18,123.61"\nU3,mikro,https://maps.app.goo.gl/x\n'
    found = examine(tmp_path, "umkm", content)
    assert found.data["lat_deg"].tolist() == [-10.17, -10.18]
    assert codes_of(found) == ["map_link_short"]


def test_ground_stations_serve_every_region(tmp_path):
    found = examine(
        tmp_path, "gateways", "kode,satelit,lon,lat\nG1,S1,106.8,-6.2\n", context_bounds_deg=(118.0, -11.5, 126.0, -7.5)
    )
    assert found.n_used == 1


# --- enterprises


def test_names_and_phones_never_leave_the_reader(tmp_path):
    content = "id,nama usaha,no hp,skala,bujur,lintang\nU1,Rahasia,0812345,mikro,0,0\nU2,Rahasia,0812345,mikro,120,-8\nU3,Rahasia,0812,mikro\n"
    hidden = examine(tmp_path, "umkm", content)
    everything = hidden.quarantine.to_csv() + hidden.data.to_csv() + "\n".join(map(str, hidden.problems))
    assert "Rahasia" not in everything
    assert "0812" not in everything
    shown = examine(tmp_path, "umkm", content, context_umkm_points=True)
    assert "Rahasia" in shown.quarantine.to_csv()


def test_rows_without_an_identifier_get_one_from_their_content(tmp_path):
    content = "sektor,bujur,lintang\nKuliner,120,-8\nKuliner,120,-8\nJasa,121,-8\n"
    found = examine(tmp_path, "umkm", content)
    again = examine(tmp_path, "umkm", "sektor,bujur,lintang\nJasa,121,-8\nKuliner,120,-8\nKuliner,120,-8\n")
    assert found.data["umkm_id"].is_unique
    assert set(found.data["umkm_id"]) == set(again.data["umkm_id"])


def test_a_column_of_nib_numbers_says_who_has_one(tmp_path):
    found = examine(tmp_path, "umkm", "id,nib,bujur,lintang\nU1,1234567890123,120,-8\nU2,,120,-8\nU3,tidak,120,-8\n")
    assert found.data["has_nib"].isna().tolist() == [False, True, False]
    assert found.data["has_nib"].fillna(value=False).tolist() == [True, False, False]


def test_an_unknown_desa_beside_good_coordinates_is_only_a_doubt(tmp_path):
    content = "id,desa,kecamatan,bujur,lintang\nU1,Entah,Amarasi,123.8,-10.2\nU2,Oesena,Amarasi,123.8,-10.2\n"
    found = examine(tmp_path, "umkm", content, context_codes=codes())
    assert found.data["desa_code"].tolist() == ["", "53.01.02.2003"]
    assert [p.severity for p in found.problems] == ["warning"]


def test_conflicting_rows_of_one_key_are_all_quarantined_identical_ones_count_once(tmp_path):
    content = (
        "id,skala,bujur,lintang\nU1,mikro,120,-8\nU1,kecil,121,-8\nU2,mikro,120,-8\nU2,mikro,120,-8\nU3,mikro,120,-8\n"
    )
    found = examine(tmp_path, "umkm", content)
    assert found.data["umkm_id"].tolist() == ["U2", "U3"]
    assert codes_of(found) == ["key_conflict", "key_conflict", "row_repeated"]
    assert "first at line 2" in found.quarantine["reason"].iloc[1]


def test_all_problems_of_a_row_and_of_a_file_at_once(tmp_path):
    content = "id,skala,weight,nib,bujur,lintang\nU1,raksasa,banyak,mungkin,0,0\n,mikro,-1,ya,120,-8\n"
    found = examine(tmp_path, "umkm", content)
    found_codes = [set(reasons.split("; ")) for reasons in codes_of(found)]
    assert found_codes == [
        {"not_in_vocabulary", "not_a_number", "not_a_flag", "coordinate_zero"},
        {"empty", "out_of_range"},
    ]
    assert len(found.problems) == found.n_problems == 6


def test_many_problems_are_counted_but_not_all_listed(tmp_path):
    rows = "".join(f"U{i},raksasa,120,-8\n" for i in range(1000))
    found = examine(tmp_path, "umkm", f"id,skala,bujur,lintang\n{rows}")
    assert len(found.problems) == 20
    assert found.n_problems == 1000
    assert "and 980 more rows" in str(found.problems[-1])
    assert found.n_quarantined == 1000


# --- counts and the rest


def test_a_wide_table_gives_one_count_a_size(tmp_path):
    found = examine(tmp_path, "umkm_counts", GOOD["umkm_counts"], context_codes=codes())
    assert found.data.groupby("size")["n_umkm"].sum().to_dict() == {"kecil": 50.0, "mikro": 2000.0}
    assert (found.n_in, found.n_used, len(found.data)) == (2, 2, 4)


def test_sector_and_year_come_from_the_title(tmp_path):
    content = "DATA UMKM KULINER TAHUN 2023;;\n;;\nKecamatan;Mikro;Kecil\nAmarasi;3;1\nRuteng;4;0\n"
    found = examine(tmp_path, "umkm_counts", content, context_codes=codes())
    assert set(found.data["sector"]) == {"I"}
    assert set(found.data["year"]) == {2023}


def test_what_the_scenario_says_fills_but_never_replaces(tmp_path):
    content = "kode,total,evidence\n53.01.02,10,synthetic\n53.10.02,20,\n"
    found = examine(
        tmp_path, "population_counts", content, evidence="estimate", source="Dukcapil", year=2025, context_codes=codes()
    )
    assert found.data["evidence"].tolist() == ["synthetic", "estimate"]
    assert set(found.data["source"]) == {"Dukcapil"}
    assert set(found.data["year"]) == {2025}


def test_where_keeps_the_rows_asked_for(tmp_path):
    content = "kode,nama,prov,total\n53.01.02,a,NTT,10\n61.01.02,b,Kalbar,20\n"
    found = examine(tmp_path, "population_counts", content, where={"prov": "NTT"})
    assert (found.n_in, found.data["area_code"].tolist()) == (1, ["53.01.02"])
    refused = examine(tmp_path, "population_counts", content, where={"propinsi": "NTT"})
    assert refused.problems[0].code == "where_column"


def test_proposals_without_a_point_stand_at_their_desa(tmp_path):
    found = examine(tmp_path, "proposals", GOOD["proposals"], context_codes=codes())
    assert found.data["is_placed"].tolist() == [True, False]
    assert found.data["desa_code"].tolist() == ["53.01.02.2003", ""]
    assert found.data["date"].tolist() == ["2024-05-05", "2024-05-06"]
    assert found.data["access_mode"].tolist() == ["road", "boat"]


def test_code_tables_without_shapes_give_levels_and_parents(tmp_path):
    content = "kode,nama,total\n53,NTT,5000000\n53.01,Kabupaten Kupang,391539\n53.01.02.2003,Oesena,900\n"
    found = examine(tmp_path, "admin", content)
    assert found.data["level"].tolist() == ["provinsi", "kabupaten", "desa"]
    assert found.data["parent_code"].tolist() == ["", "53", "53.01.02"]
    assert np.nansum(found.data["people"]) == 5_392_439


def test_a_header_alone_is_said_to_hold_no_rows(tmp_path):
    found = examine(tmp_path, "umkm", "id,skala,bujur,lintang\n")
    assert [p.code for p in found.problems] == ["no_rows"]
    assert list(found.data.columns) == list(LAYERS["umkm"].column_names)


def test_a_header_twice_with_other_cells_is_refused(tmp_path):
    found = examine(tmp_path, "gateways", "kode,satelit,lat,lon,lat\nG1,S1,-10.1,123.7,-10.2\n")
    assert any(p.code == "header_twice" for p in found.problems)
    assert found.is_refused


def test_an_unknown_technology_is_quarantined_with_the_nearest_word(tmp_path):
    found = examine(tmp_path, "bts", "id,operator,teknologi,lon,lat\nA1,X,LTEE,120,-8\n")
    assert codes_of(found) == ["not_in_vocabulary"]
    assert "write one of: 2G, 3G, 4G, 5G" in found.problems[0].mend


@pytest.mark.parametrize(
    ("written", "ours"),
    [("LTE", "4G"), ("2G/3G/4G", "4G"), ("GSM 900, DCS 1800", "2G"), ("4G LTE 1800 MHz", "4G"), ("5g", "5G")],
)
def test_the_newest_generation_of_a_list_counts(tmp_path, written, ours):
    found = examine(tmp_path, "bts", f'id,operator,teknologi,lon,lat\nA1,X,"{written}",120,-8\n')
    assert found.data["technology"].tolist() == [ours]


@pytest.mark.parametrize("written", ["belum 4G", "4G rencana", "6G", "tidak ada"])
def test_a_generation_with_a_doubt_beside_it_is_none(tmp_path, written):
    found = examine(tmp_path, "bts", f"id,operator,teknologi,lon,lat\nA1,X,{written},120,-8\n")
    assert codes_of(found) == ["not_in_vocabulary"]


# --- other makes of file


def test_points_and_areas_of_a_vector_file_stand_where_they_are(tmp_path):
    import json

    square = [[[120.0, -8.0], [120.2, -8.0], [120.2, -8.2], [120.0, -8.2], [120.0, -8.0]]]
    shapes = [
        {"type": "Point", "coordinates": [120.5, -8.5]}, {"type": "Polygon", "coordinates": square},
        {"type": "LineString", "coordinates": [[120, -8], [121, -8]]}, None, {"type": "Point", "coordinates": [-8.5, 120.5]},
    ]  # fmt: skip
    features = [
        {"type": "Feature", "properties": {"NPSN": f"F{i}", "nama": "x", "jenis": "sekolah"}, "geometry": shape}
        for i, shape in enumerate(shapes)
    ]
    found = examine(
        tmp_path, "facilities", json.dumps({"type": "FeatureCollection", "features": features}), "f.geojson"
    )
    assert found.data["facility_id"].tolist() == ["F0", "F1"]
    assert found.data["lon_deg"].tolist() == pytest.approx([120.5, 120.1], abs=0.1)
    assert codes_of(found) == ["not_a_point", "coordinate_missing", "coordinate_swapped"]
    assert any("stand for a point inside them" in note for note in found.notes)


def test_a_zipped_table_and_a_tab_separated_one(tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "g.zip", "w") as archive:
        archive.writestr("gateways.csv", GOOD["gateways"])
    zipped = examine(tmp_path, "gateways", (tmp_path / "g.zip").read_bytes(), "g.zip")
    tabbed = examine(tmp_path, "gateways", GOOD["gateways"].replace(",", "\t"), "g.tsv")
    assert zipped.data.equals(tabbed.data)


def test_names_of_desa_without_an_admin_layer_are_said_once_not_row_by_row(tmp_path):
    rows = "".join(f"U{i},mikro,Oesao,Kupang Timur,123.8,-10.1\n" for i in range(50))
    found = examine(tmp_path, "umkm", f"id,skala,desa,kecamatan,bujur,lintang\n{rows}")
    assert found.problems == ()
    assert any("names of desa not looked up" in note for note in found.notes)


def test_a_misspelt_header_is_proposed_for_the_missing_column(tmp_path):
    found = examine(tmp_path, "gateways", "kode,satelit,Longtitude,Lattitude\nG1,S1,123.7,-10.1\n")
    mends = {p.column: p.mend for p in found.problems}
    assert '"Longtitude"' in mends["lon_deg"]
    assert '"Lattitude"' in mends["lat_deg"]

"""Areas where nothing may be built: kinds told from words, limits of height, bad rows set aside."""

from __future__ import annotations

import json

from layer_worlds import codes_of, examine


def _square(west: float, south: float, size: float = 0.1) -> dict:
    ring = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _collection(*rows: tuple[dict, dict]) -> str:
    features = [{"type": "Feature", "properties": said, "geometry": shape} for said, shape in rows]
    return json.dumps({"type": "FeatureCollection", "features": features})


def _read(tmp_path, *rows, **said):
    return examine(tmp_path, "exclusions", _collection(*rows), "areas.geojson", evidence="observed", **said)


def test_kinds_are_told_from_the_words_of_ministries(tmp_path):
    words = ["Kawasan Hutan Lindung", "rawan longsor", "KKOP Bandara El Tari", "Danau", "Daerah militer"]
    rows = [({"id": f"A{k}", "fungsi": word}, _square(123.0 + k / 5, -9.5)) for k, word in enumerate(words)]
    found = _read(tmp_path, *rows)
    assert found.data["kind"].tolist() == ["protected", "hazard", "aviation", "water", "other"]
    assert (found.data["max_height_m"] == 0.0).all()


def test_a_limit_of_height_is_read_and_a_wrong_one_set_aside(tmp_path):
    found = _read(
        tmp_path,
        ({"id": "A", "jenis": "KKOP", "batas ketinggian": "45"}, _square(123.0, -9.5)),
        ({"id": "B", "jenis": "KKOP", "batas ketinggian": "tinggi"}, _square(123.2, -9.5)),
    )
    assert found.data[["exclusion_id", "max_height_m"]].to_numpy().tolist() == [["A", 45.0]]
    assert codes_of(found) == ["range"]


def test_an_unknown_kind_is_set_aside_unless_the_scenario_gives_it(tmp_path):
    rows = [({"id": "A", "jenis": "Hutan Produksi"}, _square(123.0, -9.5))]
    assert codes_of(_read(tmp_path, *rows)) == ["vocabulary"]
    given = _read(tmp_path, *rows, columns={"kind": "=protected"})
    assert given.data["kind"].tolist() == ["protected"]


def test_points_and_rows_without_shape_are_no_areas(tmp_path):
    point = {"type": "Point", "coordinates": [123.0, -9.5]}
    found = _read(tmp_path, ({"id": "A", "jenis": "lindung"}, point), ({"id": "B", "jenis": "lindung"}, None))
    assert found.data.empty
    assert codes_of(found) == ["geometry_kind", "geometry_missing"]


def test_two_areas_of_one_name_are_kept_apart(tmp_path):
    rows = [({"id": "A", "jenis": "lindung"}, _square(123.0 + k, -9.5)) for k in range(2)]
    assert _read(tmp_path, *rows).data["exclusion_id"].tolist() == ["A-1", "A-2"]

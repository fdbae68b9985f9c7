"""Kemendagri and BPS codes, damaged codes, names as codes."""

from __future__ import annotations

import pytest
from layer_worlds import codes, codes_of, examine

from planner.layers.codes import code_shape, resolve_area, system_of
from planner.layers.gazetteer import make_gazetteer, name_key
from planner.layers.speak import problem_text
from planner.words import read_words


@pytest.fixture(scope="module")
def gazetteer():
    return make_gazetteer(codes())


@pytest.mark.parametrize(
    ("written", "candidates"),
    [
        ("53.1", ("53.10", "53.01")),
        ("53.2", ("53.20", "53.02")),
        ("31.0", ("31",)),
        ("53.1.2.2003", ("53.01.02.2003",)),
    ],
)
def test_a_code_that_lost_a_zero_is_caught_with_what_it_may_have_been(written, candidates):
    shape = code_shape(written)
    assert shape.code == "code_damaged"
    assert shape.candidates == candidates


@pytest.mark.parametrize("written", ["5", "531", "53010", "530102200", "ABC", "53-01", "5301022003123", "٥٣٠١"])
def test_what_is_no_code_is_said_to_be_none(written):
    assert code_shape(written).code == "code_shape"


@pytest.mark.parametrize(
    ("written", "digits", "system"),
    [("53.10", "5310", "kemendagri"), ("5310", "5310", ""), ("530102", "530102", "kemendagri"), ("5301020", "5301020", "bps"),
     ("53.01.020", "5301020", "bps"), ("5301.0", "5301", ""), (" 53.01 ", "5301", "kemendagri"), ("'5301", "5301", "")],
)  # fmt: skip
def test_shapes_of_codes(written, digits, system):
    shape = code_shape(written)
    assert (shape.digits, shape.system, shape.code) == (digits, system, "")


def test_names_tell_the_systems_apart(gazetteer):
    assert system_of(["5301", "5313"], ["Sumba Barat", "Manggarai"], gazetteer)[0] == "bps"
    assert system_of(["5301", "5310"], ["Kupang", "Manggarai"], gazetteer)[0] == "kemendagri"


def test_without_names_the_systems_stay_apart_unknown(gazetteer):
    assert system_of(["5301", "5312"], ["", ""], gazetteer)[0] == ""


def test_a_mixture_of_systems_is_not_decided(gazetteer):
    assert system_of(["5301", "5310"], ["Sumba Barat", "Manggarai"], gazetteer)[0] == ""


def test_codes_that_mean_the_same_in_both_systems_need_no_names(gazetteer):
    assert system_of(["5371"], [""], gazetteer)[0] == "kemendagri"


def test_dotted_digits_that_carry_bps_names_are_bps(gazetteer):
    assert system_of(["53.01", "53.13"], ["Sumba Barat", "Manggarai"], gazetteer)[0] == "bps"


def test_a_file_whose_system_is_open_is_refused_whole(tmp_path):
    found = examine(tmp_path, "population_counts", "kode,total\n5301,10\n5312,20\n", context_codes=codes())
    assert found.is_refused
    assert found.problems[0].code == "code_system_unclear"
    assert found.n_used == 0


def test_the_scenario_may_say_the_system(tmp_path):
    content = "kode,total\n5301,10\n5312,20\n"
    ours = examine(tmp_path, "population_counts", content, context_codes=codes(), code_system="kemendagri")
    theirs = examine(tmp_path, "population_counts", content, context_codes=codes(), code_system="bps")
    assert ours.data["area_code"].tolist() == ["53.01", "53.12"]
    assert dict(zip(theirs.data["people"], theirs.data["area_code"], strict=True))[10.0] == "53.12"


def test_names_turn_bps_codes_into_kemendagri_codes_and_that_is_said(tmp_path):
    content = "kode,nama,jumlah penduduk\n5301,Sumba Barat,10\n5303,Kupang,20\n"
    found = examine(tmp_path, "population_counts", content, context_codes=codes())
    assert dict(zip(found.data["people"], found.data["area_code"], strict=True)) == {10.0: "53.12", 20.0: "53.01"}
    assert any("BPS codes" in note for note in found.notes)


def test_a_float_damaged_code_is_quarantined_with_its_mend(tmp_path):
    content = "kode,nama,total\n53.01,Kabupaten Kupang,10\n53.1,Kabupaten Manggarai,20\n"
    found = examine(tmp_path, "population_counts", content, context_codes=codes())
    assert found.data["area_code"].tolist() == ["53.01"]
    problem = next(p for p in found.problems if p.code == "code_damaged")
    assert "53.10 (its name is Kabupaten Manggarai)" in problem.mend
    assert (problem.line, problem.value) == (3, "53.1")


def test_a_name_that_contradicts_its_code_is_quarantined(tmp_path):
    content = "kode,nama,total\n53.01,Kabupaten Kupang,10\n53.10,Sumba Barat,20\n"
    found = examine(tmp_path, "population_counts", content, context_codes=codes())
    assert codes_of(found) == ["code_name_conflict"]


def test_a_code_that_does_not_exist_is_quarantined(tmp_path):
    found = examine(tmp_path, "population_counts", "kode,total\n53.01.99,10\n53.01.02,20\n", context_codes=codes())
    assert codes_of(found) == ["code_unknown"]


def test_names_alone_give_codes_where_they_are_unique(gazetteer):
    def ask(**names):
        return resolve_area("", names, system="kemendagri", hints=(), gazetteer=gazetteer)

    assert ask(desa="Oesena").code == "53.01.02.2003"
    assert ask(desa="waerii", kabupaten="Manggarai").code == "53.10.02.2003"
    assert ask(desa="Wae Rii").fault == "name_ambiguous"
    assert ask(kabupaten="Kota Kupang").code == "53.71"
    assert ask(kabupaten="Kab. Kupang").code == "53.01"
    assert ask(kabupaten="Kupang").fault == "name_ambiguous"
    near = ask(desa="Oesana", kecamatan="Amarasi")
    assert near.fault == "name_unknown"
    assert "53.01.02.2003" in near.mend


def test_the_name_of_the_sheet_or_title_settles_a_name(gazetteer):
    found = resolve_area("", {"desa": "Wae Rii"}, system="", hints=("Kab. Manggarai",), gazetteer=gazetteer)
    assert found.code == "53.10.02.2003"


def test_names_are_compared_without_prefix_case_and_marks():
    assert name_key("KAB. TIMOR TENGAH  SELATAN")[0] == name_key("Kabupaten Timor Tengah Selatan")[0]
    assert name_key("Desa Wae Ri'i")[0] == name_key("WAE RII")[0]
    assert name_key("Desa")[0] == "desa"


def test_rows_of_other_regions_are_set_aside_not_wrong(tmp_path):
    content = "kode,total\n53.01.02,10\n11.01.01,20\n53.71.04,5\n"
    found = examine(tmp_path, "population_counts", content, context_codes=codes(), context_areas=("53.01",))
    assert found.data["area_code"].tolist() == ["53.01.02"]
    assert (found.n_quarantined, found.n_aside, found.n_faulty) == (2, 2, 0)


def test_totals_and_parents_do_not_count_twice(tmp_path):
    content = "kode,nama,total\n53.01,Kabupaten Kupang,30\n53.01.02,Amarasi,30\n53.71.04,Oebobo,5\n,JUMLAH,65\n"
    found = examine(tmp_path, "population_counts", content, context_codes=codes())
    assert found.data["people"].sum() == 35
    assert codes_of(found) == ["parent_row", "totals_row"]
    assert found.n_faulty == 0


def test_a_parent_that_differs_from_its_parts_says_so(tmp_path):
    found = examine(tmp_path, "population_counts", "kode,total\n53.01,90\n53.01.02,30\n", context_codes=codes())
    assert "they sum to 30" in found.quarantine["reason"].iloc[0]


def test_bps_codes_of_desa_and_kecamatan_are_turned_by_name_and_parent(tmp_path):
    content = "kode,desa,kecamatan,jumlah penduduk\n5303020003,Oesena,Amarasi,10\n5303020004,Wae Rii,Amarasi,20\n5303020009,Entah,Amarasi,30\n"
    found = examine(tmp_path, "population_counts", content, context_codes=codes())
    assert found.data["area_code"].tolist() == ["53.01.02.2003", "53.01.02.2004"]
    assert codes_of(found) == ["bps_unknown"]
    content = "kode bps,kecamatan,jumlah penduduk\n5303020,Amarasi,10\n5313020,Ruteng,20\n"
    found = examine(tmp_path, "population_counts", content, context_codes=codes())
    assert found.data["area_code"].tolist() == ["53.01.02", "53.10.02"]


def test_ten_digits_that_the_admin_layer_knows_are_kemendagri_codes(tmp_path):
    content = "kode desa,jumlah penduduk\n5301022003,10\n5310022003,20\n"
    found = examine(tmp_path, "population_counts", content, context_codes=codes())
    assert found.data["area_code"].tolist() == ["53.01.02.2003", "53.10.02.2003"]


def test_a_total_that_its_parts_do_not_reach_is_said_in_every_language(tmp_path):
    content = "kode,nama,total\n53.01,Kabupaten Kupang,90\n53.01.02,Amarasi,30\n"
    found = examine(tmp_path, "population_counts", content, context_codes=codes())
    assert codes_of(found) == ["parent_differs"]
    assert (found.n_aside, found.n_faulty) == (1, 0)
    for language in ("id", "en"):
        assert "90" in problem_text(found.problems[0], read_words(language))
        assert "30" in problem_text(found.problems[0], read_words(language))

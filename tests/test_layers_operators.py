"""One operator, one spelling."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from planner.layers.check import check_file
from planner.layers.operators import one_spelling, operator_key
from planner.layers.speak import note_text
from planner.words import read_words

HEAD = "id,operator,teknologi,bujur,lintang\n"


@pytest.mark.parametrize(
    "names",
    [
        ("Telkomsel", "TSEL", "PT. Telkomsel", "PT Telekomunikasi Selular", "telkomsel"),
        ("Indosat", "IOH", "INDOSAT OOREDOO", "Indosat Ooredoo Hutchison"),
        ("XL", "XL Axiata", "EXCL", "PT XL Axiata Tbk"),
    ],
)
def test_spellings_of_one_operator_share_a_key(names: tuple[str, ...]) -> None:
    assert len({operator_key(name) for name in names}) == 1


def test_other_operators_stay_apart() -> None:
    names = ("Telkomsel", "Indosat", "XL", "Tri", "Smartfren", "3", "Telkom", "Mitratel", "")
    assert len({operator_key(name) for name in names}) == len(names)


def test_the_commonest_spelling_stands_whatever_the_order() -> None:
    frame = pd.DataFrame({"operator": ["TSEL", "Telkomsel", "TSEL", "XL", None]})
    for rows in (frame, frame[::-1]):
        spelt, notes = one_spelling(rows)
        assert sorted(spelt["operator"].dropna()) == ["TSEL", "TSEL", "TSEL", "XL"]
        assert notes == ("operator 'Telkomsel' read as 'TSEL': the same operator",)
    same, none = one_spelling(frame[frame["operator"] == "TSEL"])
    assert same["operator"].tolist() == ["TSEL", "TSEL"]
    assert none == ()


def test_a_register_of_mixed_spellings_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "menara.csv"
    path.write_text(HEAD + "A,Telkomsel,4G,120.5,-8.5\nB,Telkomsel,4G,120.6,-8.5\nC,TSEL,4G,120.7,-8.5\n")
    report = check_file(path, "bts")
    text = "\n".join(report.lines(read_words("id")))
    assert "operator 'TSEL' dibaca sebagai 'Telkomsel'" in text
    assert note_text("operator 'TSEL' read as 'Telkomsel': the same operator", read_words("en")).startswith("operator")

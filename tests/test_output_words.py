"""Keys of outputs cover every table of the word files that an output reads, and only those."""

from __future__ import annotations

import export_worlds
import maps_world
import pytest
from test_report_workbook import report_inputs

import planner.export
import planner.words
from planner import registry
from planner.export import ExportInputs
from planner.maps.page import write_map
from planner.pipeline.keys import _shipped_digest
from planner.pipeline.table import WORDS
from planner.report import pdf, workbook


class Told(dict):
    """Texts that remember which tables were asked for; whoever walks through all asks for all."""

    def __init__(self, texts: dict[str, str], asked: set[str]) -> None:
        super().__init__(texts)
        self.asked = asked

    def __getitem__(self, key: str) -> str:
        self.asked.add(key.partition(".")[0])
        return super().__getitem__(key)

    def get(self, key, default=None):
        self.asked.add(key.partition(".")[0])
        return super().get(key, default)


@pytest.fixture
def asked(monkeypatch):
    found: set[str] = set()
    flat, section = planner.words._flat, planner.words.Words.section

    def told(words, name):
        found.add(name.partition(".")[0])
        return section(words, name)

    monkeypatch.setattr(
        planner.words,
        "_flat",
        lambda table, prefix="": Told(flat(table, prefix), found) if not prefix else flat(table, prefix),
    )
    monkeypatch.setattr(planner.words.Words, "section", told)
    planner.words.read_words.cache_clear()
    yield found
    planner.words.read_words.cache_clear()


def write_gis(folder):
    world = export_worlds.world()
    known = {name: value for name, value in world.items() if name in ExportInputs.__dataclass_fields__}
    inputs = ExportInputs(name="u", title_id="U", title_en="T", date=export_worlds.DATE, notices=export_worlds.NOTICES, **known)  # fmt: skip
    for name in registry.names(planner.export):
        module = registry.load(planner.export, name)
        module.write(folder / name if module.META["is_folder"] else folder / f"out{module.META['suffix']}", inputs)


WRITERS = {
    "gis": write_gis,
    "map": lambda folder: write_map(folder / "map.html", maps_world.make_inputs(), language="id"),
    "workbook": lambda folder: workbook.write(folder / "a.xlsx", report_inputs()),
    "report": lambda folder: pdf.write(folder / "a.pdf", report_inputs(admin=export_worlds.world()["admin"])),
}


@pytest.mark.parametrize("name", WRITERS)
def test_an_output_reads_no_table_of_words_that_its_key_leaves_out(name, asked, tmp_path):
    WRITERS[name](tmp_path)
    assert asked - {""} <= set(WORDS[name].partition("#")[2].split(","))  # a style may leave its words unsaid
    assert asked or name == "map"  # the page takes whole tables


def test_the_page_carries_no_table_of_words_that_its_key_leaves_out():
    from planner.maps.page import _words

    assert {key.partition(".")[0] for key in _words("id")} <= set(WORDS["map"].partition("#")[2].split(","))


def test_a_key_follows_its_own_tables_of_words_alone(monkeypatch, tmp_path):
    from planner.pipeline import keys

    words = tmp_path / "maps/words"
    words.mkdir(parents=True)
    monkeypatch.setattr(keys, "shipped_dir", lambda top: tmp_path / top)
    found = []
    for text in ('[pdf]\na = "x"\n[cli]\nb = "y"', '[pdf]\na = "x"\n[cli]\nb = "z"', '[pdf]\na = "X"\n[cli]\nb = "z"'):
        (words / "id.toml").write_text(text)
        _shipped_digest.cache_clear()
        found.append((_shipped_digest("maps/words#pdf,map"), _shipped_digest("maps/words")))
    _shipped_digest.cache_clear()
    assert found[0][0] == found[1][0] != found[2][0]
    assert len({whole for _, whole in found}) == 3

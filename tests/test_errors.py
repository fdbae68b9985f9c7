"""Parts of messages that carry their code: said in the reader's language, whole after a trip between processes."""

from __future__ import annotations

import pickle

import pytest

from planner.cli.console import Console
from planner.errors import InfeasibleError, Phrase, ScenarioError
from planner.pipeline.assumed import assumption_faults
from planner.pipeline.table import data_folder
from planner.scenario import read_scenario

LABEL = Phrase("force K-1 (letter –, Budi: janji)", "decision_force", decision_id="K-1", letter="–", author="Budi", reason="janji")  # fmt: skip
SHUT = Phrase(f"{LABEL} [excluded there: slope]", "decision_shut", decision=LABEL, reasons=(Phrase("slope", "reason_slope"),))  # fmt: skip


@pytest.mark.parametrize("is_sent", [False, True])
def test_a_phrase_is_said_in_the_readers_language_also_after_a_trip(is_sent):
    err = InfeasibleError("no way: " + SHUT, code="decision_no_candidate", decisions=(SHUT, LABEL))
    if is_sent:
        err = type(err)(str(err), code=err.code, **pickle.loads(pickle.dumps(err.fields)))  # noqa: S301  our own
    told = Console("id").translated(err)
    assert "paksa K-1 (surat –, Budi: janji) [dikecualikan di sana: lereng terlalu curam]; paksa K-1" in told
    assert "excluded" not in told
    assert Console("en").translated(err) == str(err)


def test_a_phrase_without_words_stays_english():
    err = InfeasibleError("x", code="decisions_infeasible", decisions=(Phrase("some fault", "never_heard_of"),))
    assert "some fault" in Console("id").translated(err)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"region.pixel_m": -3.0}, "region.pixel_m: paling sedikit 10.0"),
        ({"equity.flors": []}, "equity.flors: kunci tidak dikenal; maksudnya 'floors'?"),
        ({"objective": "umkn"}, "objective: harus salah satu dari 'umkm'"),
        ({"budget.ceiling_idr": "banyak"}, "budget.ceiling_idr: harus bilangan"),
    ],
)
def test_faults_of_a_scenario_are_said_in_bahasa_indonesia(changes, said):
    with pytest.raises(ScenarioError) as caught:
        read_scenario(data_folder() / "scenario.toml", changes=changes)
    assert said in Console("id").translated(caught.value)


def test_faults_of_a_model_are_said_in_bahasa_indonesia():
    scenario = read_scenario(data_folder() / "scenario.toml", changes={"radio.threshold_dbm": 50.0})
    (fault,) = assumption_faults(scenario)
    told = Console("id").translated(ScenarioError("x", code="scenario_unusable", faults=(fault,)))
    assert "radio: models/radio/default.toml: threshold_dbm: paling banyak -40" in told

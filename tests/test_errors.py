"""Parts of messages that carry their code: said in the reader's language, whole after a trip between processes."""

from __future__ import annotations

import pickle

import pytest

from planner.cli.console import Console
from planner.errors import InfeasibleError, Phrase

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

"""Parts of a stage: made once however many processes make them."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from planner.pipeline.store import PARTS, begin_parts, claim_part, finish_part


def test_parts_are_made_once_however_many_make_them(tmp_path):
    for turn in range(20):
        folder = tmp_path / f"{turn}"
        begin_parts(folder)
        names = [f"part{k}" for k in range(12)]
        made: list[str] = []

        def make(parts: list[str], folder: Path = folder, made: list[str] = made) -> None:
            for part in parts:
                if claim_part(folder, part):
                    made.append(part)
                    (folder / f"{part}-a.txt").write_text(part)
                    (folder / f"b-{part}.txt").write_text(part)
                    finish_part(folder, part)

        threads = [threading.Thread(target=make, args=(names[::step],)) for step in (1, -1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(made) == sorted(names)
        for part in names:
            noted = json.loads((folder / PARTS / part).read_text())
            assert sorted(noted) == [f"b-{part}.txt", f"{part}-a.txt"]


def test_a_claim_of_a_process_that_was_killed_does_not_last(tmp_path):
    begin_parts(tmp_path)
    assert claim_part(tmp_path, "a")
    assert not claim_part(tmp_path, "a")
    assert begin_parts(tmp_path) == []
    assert claim_part(tmp_path, "a")

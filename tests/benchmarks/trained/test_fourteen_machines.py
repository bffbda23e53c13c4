"""The table of trained networks: its machines are what they are called, and rows that are done are not done again."""

from __future__ import annotations

import json

import pytest

import fsm2rnn
from benchmarks.trained import fourteen_machines
from benchmarks.trained.fourteen_machines import CELLS, MACHINES, level, main, said, score, session, table
from fsm2rnn.comparison.answers import Refuted, Undecided
from fsm2rnn.learn.models import Model, new_network
from fsm2rnn.proof.claim.cell_kinds import CellKind
from tests.comparison.trackers import recipe_tracker


def test_the_machines_are_what_they_are_called():
    assert len(MACHINES) == 14
    assert level().answers(["up"] * 6 + ["down", "reset"]) == ["low", "low", *["middle"] * 3, "high", "middle", "low"]
    told = session().answers(["auth", "connect", "auth", "data", "data", "done"])
    assert told == ["error", "ack", "ok", "ack", "wait", "ack"]
    drawn = MACHINES["random, 8 states"]()
    seen = {drawn.start}
    for _ in drawn.states:
        seen |= {to for state in seen for to in drawn.table[state]}
    assert len(seen) == len(drawn.states) == 8
    assert len(level().states) == 9


def test_a_score_is_the_share_of_right_answers(monkeypatch):
    monkeypatch.setattr(fourteen_machines, "WORDS", 8)
    monkeypatch.setattr(fourteen_machines, "LETTERS", 40)
    parity = fsm2rnn.read("parity")
    assert score(recipe_tracker(CellKind.GRU, parity)) == 1
    assert 0.2 < score(new_network(Model.GRU, parity, 4)) < 0.8


def test_answers_are_told_in_a_few_words():
    refuted = Refuted(("a",) * 19, "x", "y", "float32")
    assert said(refuted.to_json()) == "refuted, 19 letters"
    assert (
        said(Undecided("it fails after 2 symbols (1 0), and", "float32").to_json()) == "open: it fails after 2 symbols"
    )
    proved = fsm2rnn.audit(recipe_tracker(CellKind.GRU, fsm2rnn.read("parity"), noise=1e-3))
    assert said(proved.to_json()).startswith("proved, boxes, slack ")
    rounded = fsm2rnn.audit(recipe_tracker(CellKind.GRU, fsm2rnn.read("parity"), noise=1e-3), state="grid7")
    assert said(rounded.to_json()) == "proved, orbit, grid7"


def test_rows_that_are_done_are_not_done_again(tmp_path, monkeypatch, capsys):
    out = tmp_path / "rows.jsonl"
    answer = Undecided("too many", "float32").to_json()
    kept = {"score": 1, "first": answer, "rounds": 0, "last": answer, "states": None, "seconds": 3.0}
    made = []

    def row(name, model, hidden):
        made.append((name, model.value))
        return {"machine": name, "cell": model.value, "hidden": hidden, **kept}

    monkeypatch.setattr(fourteen_machines, "row", row)
    main(["--out", str(out), "--only", "parity;tomita1"])
    main(["--out", str(out)])
    assert len(made) == len(set(made)) == len(MACHINES) * len(CELLS)
    assert len(out.read_text("utf-8").splitlines()) == len(made)
    assert [json.loads(line)["machine"] for line in out.read_text("utf-8").splitlines()][:6] == ["parity"] * 3 + [
        "tomita1"
    ] * 3
    assert capsys.readouterr().out.splitlines()[-1].startswith("| session, Mealy | lstm | 1 |")


def test_a_word_that_is_read_rightly_is_no_refutation():
    network = recipe_tracker(CellKind.GRU, fsm2rnn.read("parity"))
    word = network.machine.symbols[:1]
    right = network.machine.answers(word)[-1]
    with pytest.raises(RuntimeError, match="read rightly"):
        fourteen_machines.require_failing(network, Refuted(tuple(word), right, None, "float32"))
    assert table([]).count("\n") == 1

"""--why: every witness has its theorem, and the words replayed end where the machine says."""

from __future__ import annotations

from typing import get_args

import pytest

import fsm2rnn
from fsm2rnn.cli import main
from fsm2rnn.constructions.verdict import Impossible
from fsm2rnn.pages.why import CONVERGES, LAWS, THEOREMS, path, why
from fsm2rnn.proof.refutation.law import Law
from fsm2rnn.proof.refutation.witness import BrokenLaw, Cycle, Witness
from tests.cli.commands import answer, refusal

MACHINES = ["parity", "S3", "Z5", "tomita3", "counter(3)", "flip-flop", "A5@gens", "re:(ab)*"]


def test_every_kind_of_witness_has_a_theorem():
    assert {*THEOREMS, BrokenLaw, Cycle} == set(get_args(Witness))
    assert set(LAWS) == set(Law)
    assert set(CONVERGES) == {1, 2}


def test_a_path_names_states_symbols_and_the_output():
    machine = fsm2rnn.read("tomita3")
    assert path(machine, (0, 1)) == "q0 -0-> q0 -1-> q1, output True"
    assert path(machine, ()) == "q0, output True"
    assert path(machine, (1,) * 14).endswith("-1-> q0 ... (14 symbols) q0, output True")


@pytest.mark.parametrize("machine", MACHINES)
def test_each_verdict_has_its_reason(machine):
    kinds = set()
    found = fsm2rnn.explain(machine)
    for one in found.answers:
        reason = why(one)
        kinds.add(type(one.verdict))
        assert reason.sentence.startswith(one.target)
        assert reason.steps
        if isinstance(one.verdict, Impossible) and isinstance(one.verdict.witness, BrokenLaw):
            ends = [step.rpartition("output ")[2] for step in reason.steps if ", output " in step]
            assert len(ends) == 2
            assert ends[0] != ends[1]
    assert len(kinds) >= 1


def test_the_obstructions_are_replayed_too():
    found = fsm2rnn.explain("A5@gens")
    one = found.answers[0]
    texts = [
        str(why(type(one)(refuted.refutes, one.machine, Impossible(refuted.witness, fsm2rnn.Contract.INJECTIVE))))
        for refuted in found.obstructions
    ]
    assert any("solvable" in text for text in texts)
    assert any("xxyy acts as yyxx" in text for text in texts)


def test_the_command_says_it_under_an_alias(capsys):
    assert main(["explain", "S3", "--why", "r2", "--budget", "inf"]) == 0
    captured = capsys.readouterr()
    lines = captured.out.splitlines()
    assert lines[0] == "S3: rotation cannot, under contract injective"
    assert lines[1].startswith("because diagonal matrices commute")
    assert "supposed: one layer, no additive term, finite orbit, exact arithmetic" in lines
    assert captured.err == "note: r2 answers as rotation\n"
    found = answer(capsys, "explain", "S3", "--why", "r2", "--budget", "inf")
    assert found["why"]["hypotheses"] == found["targets"]["rotation"]["hypotheses"]
    assert found["notes"] == ["r2 answers as rotation"]


def test_why_of_no_target_is_refused(capsys):
    assert "did you mean 'rotation'" in refusal(capsys, "explain", "S3", "--why", "rotatoin")
    assert "--why names its target itself" in refusal(capsys, "explain", "S3", "-t", "pd", "--why", "pd")

"""What the verdicts about each machine of the zoo rest on, as theorems that the kernel accepts without axioms."""

from __future__ import annotations

import pytest

import fsm2rnn
from fsm2rnn.rocq.assistant import Limits
from fsm2rnn.rocq.prove import Accepted, kernel_answer
from fsm2rnn.rocq.witness_text import witness_text, witnesses_of
from tests.rocq.claims import needs_coqc

THEOREMS = {
    "A4": "cycle earlier_square first_occurrence least_width order squares",
    "A4@gens": "cycle earlier_square first_occurrence least_width order squares",
    "A5@gens": "cycle earlier_square first_occurrence least_width nonsolvable order squares",
    "Dih(4)": "cycle earlier_square first_occurrence least_width order",
    "Dih(5)@gens": "cycle earlier_square first_occurrence least_width order",
    "Q8": "cycle earlier_square first_occurrence least_width order",
    "Q8@gens": "cycle earlier_square first_occurrence least_width order",
    "S3": "cycle earlier_square first_occurrence least_width order",
    "S3@gens": "cycle earlier_square first_occurrence least_width order",
    "S4@gens": "cycle earlier_square first_occurrence least_width order squares",
    "S5@gens": "cycle earlier_square first_occurrence least_width nonsolvable order squares",
    "V4": "cycle first_occurrence least_width",
    "V4@gens": "cycle first_occurrence least_width",
    "Z12": "cycle earlier_square first_occurrence least_width long_cycle",
    "Z2xZ4": "cycle earlier_square first_occurrence least_width long_cycle",
    "Z5": "cycle earlier_square first_occurrence least_width long_cycle",
    "Z6": "cycle earlier_square first_occurrence least_width long_cycle",
    "act:(1,2,3,4,5);(1,2)": "cycle earlier_square first_occurrence least_width nonsolvable order squares",
    "counter(5)": "earlier_square first_occurrence least_width merge never_returns radical",
    "cycle-navigation(5)": "cycle earlier_square first_occurrence least_width long_cycle",
    "dyck(1,3)": "earlier_square first_occurrence least_width merge order",
    "dyck(2,2)": "earlier_square first_occurrence least_width merge order",
    "even-pairs": "earlier_square first_occurrence idempotents least_width merge one_image order radical",
    "flip-flop": "idempotents least_width merge order radical",
    "maps:0,0,1;1,2,2": "earlier_square first_occurrence idempotents least_width merge order radical",
    "maps:1,2,3,3;3,2,2,3": "earlier_square first_occurrence least_width merge order radical",
    "modadd(10)": "cycle earlier_square first_occurrence least_width long_cycle",
    "modarith(3)": "cycle earlier_square first_occurrence idempotents least_width merge order radical",
    "parity": "cycle first_occurrence least_width",
    "random(states=6,symbols=2,seed=1)": "earlier_square first_occurrence least_width merge never_returns radical",
    "random-permutation(states=6,symbols=2,seed=1)": "cycle earlier_square first_occurrence least_width order squares",
    "re:(a|b)*abb": "earlier_square first_occurrence idempotents least_width merge order radical",
    "register(3)": "earlier_square first_occurrence idempotents least_width merge order radical",
    "tomita1": "least_width merge",
    "tomita2": "earlier_square first_occurrence least_width merge order",
    "tomita3": "cycle earlier_square first_occurrence idempotents least_width merge one_image order",
    "tomita4": "earlier_square first_occurrence least_width merge one_image order",
    "tomita5": "cycle first_occurrence least_width",
    "tomita6": "cycle earlier_square first_occurrence least_width long_cycle",
    "tomita7": "earlier_square first_occurrence idempotents least_width merge order radical",
}


@needs_coqc
@pytest.mark.slow
@pytest.mark.parametrize("name", THEOREMS)
def test_the_kernel_accepts_what_refutes(name):
    machine = fsm2rnn.read(name)
    explanation = fsm2rnn.explain(machine)
    answers = [*explanation.answers, *fsm2rnn.explain(machine, "minimal", contract="linear").answers]
    found = witness_text(witnesses_of(answers, explanation.obstructions))
    assert sorted(theorem.name.removesuffix("_claim") for theorem in found.text.theorems) == THEOREMS[name].split()
    assert found.left_out == ()
    replay = kernel_answer(found.text, Limits(180))
    assert isinstance(replay, Accepted), replay
    assert replay.axioms == ()

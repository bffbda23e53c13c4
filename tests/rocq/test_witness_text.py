"""Witnesses as theorems: each kind is accepted, what no law is known for is named, and a minor has its inverse."""

from __future__ import annotations

import pytest

import fsm2rnn
from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.linear.hankel import hankel_minor
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.output_functions import output_functions
from fsm2rnn.proof.refutation.merging_witness import Merge
from fsm2rnn.proof.refutation.structural_witness import HankelMinor
from fsm2rnn.proof.refutation.witness import BrokenLaw, Cycle, Law, Transient
from fsm2rnn.rocq import witness_text as module
from fsm2rnn.rocq.assistant import Limits
from fsm2rnn.rocq.prove import Accepted, Rejected, kernel_answer
from fsm2rnn.rocq.witness_text import inverse_of_minor, witness_text, witnesses_of
from tests.cli.commands import answer, refusal
from tests.rocq.claims import needs_coqc

S3 = fsm2rnn.read("S3@gens")
TOMITA3 = fsm2rnn.read("tomita3")


def minor_of(machine) -> HankelMinor:
    """Return the minor of full rank of a minimal machine."""
    minor = hankel_minor(Facts(machine).hankel)
    return HankelMinor(machine, minor.prefixes, minor.suffixes, minor.functions)


def witnesses() -> dict:
    """Return one witness of each kind that has a law in the library."""
    modulo_three = fsm2rnn.read("modadd(3)")
    saturating = fsm2rnn.from_table([[1], [2], [2]], outputs=["a", "b", "c"])
    resetting = fsm2rnn.from_table([[0, 1], [0, 1]], outputs=["a", "b"])
    return {
        "order": BrokenLaw(S3, Law.ORDER, ((0,), (1,)), (), ()),
        "first_occurrence": BrokenLaw(S3, Law.RIGHT_REGULAR, ((0,), (1,)), (), ()),
        "earlier_square": BrokenLaw(S3, Law.SQUARES_BEFORE, ((1,), (0,)), (), ()),
        "earlier_order": BrokenLaw(S3, Law.ORDER_BEFORE, ((0,), (1,), (), ()), (), ()),
        "cycle": Cycle(modulo_three, (), (1,), 1, ()),
        "long_cycle": Cycle(modulo_three, (), (1,), 2, ()),
        "never_returns": Transient(saturating, (), (0,), ((),)),
        "merge": Merge(resetting, (), (1,), 0, ()),
        "least_width": minor_of(TOMITA3),
    }


def test_each_kind_has_its_theorem():
    found = witness_text(list(witnesses().values()))
    assert {theorem.name for theorem in found.text.theorems} == {f"{name}_claim" for name in witnesses()}
    assert found.left_out == ()
    assert found.text.printed == (frozenset(),)


@needs_coqc
@pytest.mark.slow
def test_the_kernel_accepts_each_kind(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = kernel_answer(witness_text(list(witnesses().values())).text, Limits())
    assert isinstance(found, Accepted), found
    assert found.axioms == ()
    # The zoo, with what its verdicts rest on, and minors up to rank 120.
    for name in ("flip-flop", "counter(3)", "A4@gens", "S5@gens"):
        machine = fsm2rnn.read(name)
        answers = [*fsm2rnn.explain(machine).answers, *fsm2rnn.explain(machine, "minimal", contract="linear").answers]
        found = kernel_answer(witness_text(witnesses_of(answers)).text, Limits(180))
        assert isinstance(found, Accepted), (name, found)
        assert found.axioms == ()


@needs_coqc
@pytest.mark.slow
def test_the_kernel_rejects_words_that_show_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    text = witness_text([BrokenLaw(S3, Law.ORDER, ((0,), (1,)), (), ())]).text
    same = type(text)(text.text.replace("[] [n0] [n1] []", "[] [n0] [n0] []"), text.theorems, text.printed)
    assert same.text != text.text
    assert isinstance(kernel_answer(same, Limits()), Rejected)


@pytest.mark.parametrize("name", ["tomita3", "flip-flop", "S3@gens", "counter(3)", "A4@gens"])
def test_the_inverse_of_a_minor_is_one(name):
    witness = minor_of(fsm2rnn.read(name))
    columns, determinant = inverse_of_minor(witness)
    assert determinant > 0
    known = output_functions(witness.machine)
    for row, prefix in enumerate(witness.prefixes):
        values = []
        for suffix, function in zip(witness.suffixes, witness.functions, strict=True):
            state = witness.machine.start
            for symbol in (*prefix, *suffix):
                state = witness.machine.table[state][symbol]
            values.append(known[function][state])
        products = [sum(a * b for a, b in zip(values, column, strict=True)) for column in columns]
        assert products == [determinant * (row == place) for place in range(witness.rank)]


def test_a_minor_beyond_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(module, "MAX_RANK", 2)
    with pytest.raises(LimitError, match="rows of a minor"):
        witness_text([minor_of(TOMITA3)])


def test_the_command_writes_theorems(capsys, tmp_path):
    path = tmp_path / "w.v"
    found = answer(capsys, "explain", "tomita3", "-f", "rocq", "-o", str(path))
    assert any(line.startswith("order_claim: ") for line in found["theorems"])
    assert any(line.startswith("least_width_claim: at least 3 coordinates") for line in found["theorems"])
    assert "Theorem order_claim" in path.read_text()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["-f", "rocq"], "go together"),
        (["-o", "w.v"], "go together"),
        (["-f", "rocq", "-o", "w.v", "--why", "pd"], "go together"),
        (["-f", "lean", "-o", "w.v"], "unknown format 'lean'"),
        (["-f", "rocq", "-o", "-", "--json"], "would both write to stdout"),
        (["-t", "full", "-f", "rocq", "-o", "w.v"], "no verdict rests on a witness"),
    ],
)
def test_what_cannot_be_written_is_refused(arguments, says, capsys):
    assert says in refusal(capsys, "explain", "parity", *arguments)


def test_outputs_of_steps_are_refused():
    machine = fsm2rnn.from_table([[0, 1], [1, 0]], outputs=[["a", "b"], ["b", "a"]])
    with pytest.raises(InputError, match="outputs belong to steps"):
        witness_text([BrokenLaw(machine, Law.RIGHT_REGULAR, ((1,), ()), (), (0,))])

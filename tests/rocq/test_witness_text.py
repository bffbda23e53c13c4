"""Witnesses as theorems: each kind is accepted, what is too large is named, and empty evidence is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import fsm2rnn
from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.linear.hankel import hankel_minor
from fsm2rnn.constructions.refutation import inseparable_sum, noncommuting_square_words, nonsolvable_words
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.output_functions import output_functions
from fsm2rnn.proof.refutation.law import Law
from fsm2rnn.proof.refutation.merging_witness import Merge, NoncommutingIdempotents
from fsm2rnn.proof.refutation.radical_witness import Radical
from fsm2rnn.proof.refutation.structural_witness import HankelMinor, Nonsolvable
from fsm2rnn.proof.refutation.witness import BrokenLaw, Cycle, Transient
from fsm2rnn.rocq import evidence as module
from fsm2rnn.rocq.assistant import Limits
from fsm2rnn.rocq.evidence import descending_spaces, inverse_of_minor
from fsm2rnn.rocq.prove import Accepted, Rejected, kernel_answer
from fsm2rnn.rocq.witness_text import witness_text
from tests.cli.commands import answer, refusal
from tests.rocq.claims import needs_coqc

S3 = fsm2rnn.read("S3@gens")
ICOSAHEDRAL = fsm2rnn.read("act:(1,2,3,4,5);(1,2,3)")
TOMITA3 = fsm2rnn.read("tomita3")


def minor_of(machine) -> HankelMinor:
    """Return the minor of full rank of a minimal machine."""
    minor = hankel_minor(Facts(machine).hankel)
    return HankelMinor(machine, minor.prefixes, minor.suffixes, minor.functions)


def witnesses() -> dict:
    """Return one witness of each kind."""
    modulo_three = fsm2rnn.read("modadd(3)")
    flip_flop = fsm2rnn.read("flip-flop")  # hold, set0, set1
    mirror = fsm2rnn.from_table([[0, 0, 2], [1, 1, 3], [0, 1, 0], [1, 0, 1]], outputs=["p", "q", "r", "s"])
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
        "squares": noncommuting_square_words(Facts(fsm2rnn.read("A4@gens"))),
        "one_image": NoncommutingIdempotents(mirror, (0,), (1,), (2,), ()),
        "idempotents": NoncommutingIdempotents(flip_flop, (1,), (2,), (), ()),
        "nonsolvable": nonsolvable_words(ICOSAHEDRAL, Facts(ICOSAHEDRAL).solvability.witness),
        "radical": Radical(flip_flop, ((1,), (2,)), (1, -1), ()),
    }


def unchecked(kind, **fields):
    """Return a witness that was never replayed."""
    made = object.__new__(kind)
    for name, value in fields.items():
        object.__setattr__(made, name, value)
    return made


def test_each_kind_has_its_theorem():
    found = witness_text(list(witnesses().values()))
    assert {theorem.name for theorem in found.text.theorems} == {f"{name}_claim" for name in witnesses()}
    assert found.left_out == ()
    assert found.text.printed == (frozenset(),)


@needs_coqc
@pytest.mark.slow
def test_the_kernel_accepts_each_kind():
    found = kernel_answer(witness_text(list(witnesses().values())).text, Limits())
    assert isinstance(found, Accepted), found
    assert found.axioms == ()


@needs_coqc
@pytest.mark.slow
def test_the_kernel_rejects_words_that_show_nothing():
    text = witness_text([BrokenLaw(S3, Law.ORDER, ((0,), (1,)), (), ())]).text
    same = type(text)(text.text.replace("[] [n0] [n1] []", "[] [n0] [n0] []"), text.theorems, text.printed)
    assert same.text != text.text
    assert isinstance(kernel_answer(same, Limits()), Rejected)


@needs_coqc
@pytest.mark.slow
def test_the_kernel_rejects_evidence_that_shows_nothing():
    kinds = witnesses()
    pairs = (((0, 1),), ((1, 0),))
    resets = kinds["idempotents"]
    wrong = [
        # Squares of resets are told apart, but resets are no permutations; squares of S3 commute.
        unchecked(BrokenLaw, machine=resets.machine, law=Law.SQUARES, words=((1,), (2,)), prefix=(), suffix=()),
        unchecked(BrokenLaw, machine=S3, law=Law.SQUARES, words=((0,), (1,)), prefix=(), suffix=()),
        # Generators of S3 are no idempotents, and no products of their commutators.
        unchecked(NoncommutingIdempotents, machine=S3, first=(0,), second=(1,), prefix=(), suffix=()),
        unchecked(Nonsolvable, machine=S3, points=tuple(range(6)), words=((0,), (1,)), commutators=pairs),
    ]
    texts = [witness_text([one]).text for one in wrong]
    # Resets have one kernel, and two images; and the sum sends the start to the difference, not to its opposite.
    idempotents, radical = (witness_text([kinds[kind]]).text for kind in ("idempotents", "radical"))
    one_image = idempotents.text.replace("no_linear_", "no_").replace("idempotents_refutes", "one_image_refutes")
    texts += [
        replace(idempotents, text=one_image),
        replace(radical, text=radical.text.replace("n0 n1 n1 []", "n1 n0 n1 []")),
    ]
    assert one_image != idempotents.text
    assert texts[-1] != radical
    for text in texts:
        assert isinstance(found := kernel_answer(text, Limits()), Rejected), text.text
        assert "_claim is refused" in found.reason


@pytest.mark.parametrize("name", ["flip-flop", "counter(5)", "register(3)", "maps:0,0,1;1,2,2"])
def test_letters_keep_the_spaces_and_the_sum_climbs_down(name):
    facts = Facts(fsm2rnn.read(name))
    witness = inseparable_sum(facts)
    size, table = len(witness.machine.states), witness.machine.table
    spaces = [
        [np.array([dict(row).get(q, 0) for q in range(size)]) for _, row in space.rows]
        for space in descending_spaces(witness)
    ]
    letters = [np.eye(size, dtype=int)[[row[x] for row in table]].T for x in range(len(table[0]))]
    total = np.zeros((size, size), dtype=int)
    for word, coefficient in zip(witness.words, witness.coefficients, strict=True):
        product = np.eye(size, dtype=int)
        for letter in word:
            product = letters[letter] @ product
        total += coefficient * product
    assert inside(spaces[0], [total[:, witness.machine.start]])
    for space, after in zip(spaces, [*spaces[1:], []], strict=True):
        assert inside(space, [letter @ row for letter in letters for row in space])
        assert inside(after, [total @ row for row in space])
    assert spaces[-1] == []


def inside(space, vectors) -> bool:
    """Return whether vectors lie in the span of a space."""
    rank = np.linalg.matrix_rank(np.array(space)) if space else 0
    return not vectors or np.linalg.matrix_rank(np.array([*space, *vectors])) == rank


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


def test_what_is_beyond_a_limit_is_named_and_refused_where_nothing_is_left(monkeypatch):
    monkeypatch.setattr(module, "MAX_RANK", 2)
    monkeypatch.setattr(module, "MAX_STATES", 1)
    kinds = witnesses()
    with pytest.raises(LimitError, match="rows of a minor"):
        witness_text([kinds["least_width"]])
    with pytest.raises(LimitError, match="states of a machine whose radical"):
        witness_text([kinds["radical"]])
    found = witness_text([kinds["least_width"], kinds["radical"], kinds["order"]])
    assert [theorem.name for theorem in found.text.theorems] == ["order_claim"]
    assert [kind.partition(":")[0] for kind in found.left_out] == ["Hankel minor", "radical"]


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


def test_a_witness_against_published_recurrences_alone_is_left_out_by_name():
    order = BrokenLaw(S3, Law.ORDER, ((0,), (1,)), (), ())
    found = witness_text([order, fsm2rnn.compile("S3@gens", "lru").verdict.witness])
    assert found.left_out == ("equallengths: the library has no law for it yet",)
    refused = [fsm2rnn.compile("flip-flop", "linear-attention").verdict.witness]
    with pytest.raises(InputError, match="no law for it yet"):
        witness_text(refused)

"""The protocol of accuracies: which words, which letters, and what is right."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.data.word_dataset import WordProblem
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.learn import accuracy as protocol
from fsm2rnn.learn.accuracy import Accuracy, accuracy, evaluation_words, scaled_accuracy
from tests.strategies import machines, mealy_machines

ANY = st.one_of(machines(), mealy_machines())


def logits_of(numbers, count):
    return torch.nn.functional.one_hot(numbers, count).double()


def right_reader(machine):
    """Return what reads every word as the machine does, word by word through its own `answers`."""
    places = {(type(label), label): place for place, label in enumerate(machine.output_labels)}

    def read(ids):
        said = [machine.answers([machine.symbols[index] for index in word]) for word in ids.tolist()]
        numbers = torch.tensor([[places[type(label), label] for label in word] for word in said])
        return logits_of(numbers, len(places))

    return read


@settings(max_examples=25)
@given(machine=ANY, length=st.integers(1, 30), last=st.integers(1, 25), seed=st.integers(0, 2**40))
def test_the_machine_itself_is_always_right(machine, length, last, seed):
    found = accuracy(right_reader(machine), machine, length, count=9, last=last, seed=seed)
    assert found == Accuracy(length, 9 * min(last, length), 9 * min(last, length))
    assert found.raw == 1


@settings(max_examples=25)
@given(machine=ANY, seed=st.integers(0, 99), at_once=st.integers(1, 400))
def test_what_is_counted(machine, seed, at_once):
    """A reader that says what no letter told is right as often as the targets say, in parts or at once."""
    labels = len(machine.output_labels)
    _, targets = evaluation_words(machine, 30, count=8, seed=seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(protocol, "LOGITS_AT_ONCE", at_once)
        for said in range(labels):
            numbers = torch.full((8, 30), said)
            found = accuracy(lambda ids, n=numbers: logits_of(n[: len(ids)], labels), machine, 30, count=8, seed=seed)
            assert found == Accuracy(30, int((targets[:, -20:] == said).sum()), 160)


def test_only_the_end_of_a_word_is_read():
    machine = fsm2rnn.read("S3")
    right = right_reader(machine)

    def read(ids):
        logits = right(ids)
        logits[:, :-20] = torch.nan
        return logits

    assert accuracy(read, machine, 50, count=16).raw == 1
    assert accuracy(read, machine, 50, count=16, last=40).raw == 0.5


def test_nothing_is_right_beside_a_nan():
    machine = fsm2rnn.read("Z1")
    assert accuracy(lambda ids: torch.full((*ids.shape, 1), torch.nan), machine, 5, count=4).raw == 0


def test_half_of_the_words_is_biased_and_half_avoids_traps():
    machine = fsm2rnn.read("dyck(1,4)")
    ids, targets = evaluation_words(machine, 500)
    assert ids.shape == targets.shape == (512, 500)
    rejected = [list(machine.trajectory(word))[-1] == machine.states.index("reject") for word in ids.tolist()]
    assert not any(rejected[1::2])
    assert all(rejected[::2])
    # A network that always says False is right on what is rejected, and on most of the rest: accuracy tells little
    # here unless half of the words avoids the sink.
    share = accuracy(lambda words: logits_of(torch.zeros_like(words), 2), machine, 500).raw
    assert machine.output_labels == (True, False)
    assert share == pytest.approx((targets[:, -20:] == 0).double().mean().item())
    assert 0 < share < 0.3
    opening = (evaluation_words(fsm2rnn.read("Z2"), 500)[0] == 0).double().mean(1)
    assert opening[::2].var().item() == pytest.approx(1 / 12, rel=0.2)
    assert opening[1::2].var().item() == pytest.approx(1 / 2000, rel=0.3)


@pytest.mark.parametrize("modulus", [2, 4, 10])
def test_a_detector_of_parity_scores_one_in_m_minus_1(modulus):
    """The floor of the founding paper: half of the residues are told apart by parity alone, and one of them guessed."""
    machine = fsm2rnn.read(f"modadd({modulus})")
    found = accuracy(lambda ids: logits_of(ids.cumsum(1) % 2, modulus), machine, 500)
    assert found.raw == pytest.approx(2 / modulus, abs=0.04)
    assert found.scaled(Fraction(1, modulus)) == pytest.approx(1 / (modulus - 1), abs=0.05)


def test_words_of_evaluation_are_no_words_of_training():
    machine = fsm2rnn.read("S5@gens")
    ids, _ = evaluation_words(machine, 30, seed=3)
    again, _ = evaluation_words(machine, 60, count=8, seed=3)
    assert (again[:, :30] == ids[:8]).all()
    trained = next(WordProblem(machine, lengths=30, count=512, seed=3, letters=protocol.LAWS).batches(512))[0]
    assert not {tuple(word) for word in trained[1::2].tolist()} & {tuple(word) for word in ids[1::2].tolist()}


@given(chance=st.fractions(0, Fraction(99, 100)), share=st.fractions(0, 1))
def test_scaled_is_affine_between_chance_and_one(chance, share):
    assert scaled_accuracy(float(chance), chance) == pytest.approx(0, abs=1e-9)
    assert scaled_accuracy(1.0, chance) == 1
    between = chance + share * (1 - chance)
    assert scaled_accuracy(float(between), chance) == pytest.approx(float(share), abs=1e-9)


def test_what_is_refused():
    machine = fsm2rnn.read("S3")
    with pytest.raises(InputError, match=r"shape \(4, 9, 5\), expected \(4, 9, 6\)"):
        accuracy(lambda ids: torch.zeros(*ids.shape, 5), machine, 9, count=4)
    with pytest.raises(InputError, match="at least the last letter"):
        accuracy(right_reader(machine), machine, 9, last=0)
    for options in ({"length": 0}, {"length": 1, "count": 0}, {"length": 1, "seed": -1}):
        with pytest.raises(InputError, match="start at 1"):
            evaluation_words(machine, **options)
    with pytest.raises(LimitError, match="symbols in one word"):
        evaluation_words(machine, 2**21)
    with pytest.raises(LimitError, match="symbols to evaluate on"):
        evaluation_words(machine, 2**20)
    for chance in (1, -0.1, float("nan")):
        with pytest.raises(InputError, match="chance is a share"):
            scaled_accuracy(0.5, chance)

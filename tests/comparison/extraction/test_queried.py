"""Queries: a machine that gives every answer of a network on short words, also where states look alike for long."""

from __future__ import annotations

import sys

import pytest
import torch

import fsm2rnn
from fsm2rnn.cli import main
from fsm2rnn.comparison.extraction.extract import extraction
from fsm2rnn.comparison.extraction.votes import followed_words
from fsm2rnn.errors import InputError, LimitError
from tests.comparison.bilinear import noisy_permutations

S3 = fsm2rnn.read("S3@gens")


def accepting(machine):
    """Return the machine that only says whether it is where it began."""
    return fsm2rnn.from_table(machine.table, outputs=[state == machine.start for state in range(len(machine.states))])


@pytest.mark.parametrize("name", ["S3@gens", "Z2xZ3@gens", "Z7@gens"])
def test_two_outputs_are_enough(name):
    machine = accepting(fsm2rnn.read(name))
    found = extraction(noisy_permutations(machine, noise=1e-4), words="chosen")
    assert (found.exact, found.agreement, len(found.machine.states)) == (False, 1.0, len(machine.states))
    assert fsm2rnn.diff(found.machine, machine).same


@pytest.mark.slow
@torch.no_grad()
def test_every_answer_of_the_network_is_given():
    network = noisy_permutations(S3, noise=0.05)
    found = extraction(network, words="chosen").machine
    read = followed_words(network)
    for ids in read.ids[:40].tolist():
        word = [network.machine.symbols[letter] for letter in ids]
        assert network.outputs(word) == found.answers(word)
    with pytest.raises(LimitError, match="ask for"):
        fsm2rnn.extract(network, words="chosen", limit=6)


def test_a_mealy_machine_is_one_again():
    machine = fsm2rnn.from_table([[1, 0], [0, 1]], outputs=[["a", "b"], ["b", "a"]])
    network = fsm2rnn.compile(machine, "full").network()
    assert fsm2rnn.diff(fsm2rnn.extract(network, words="chosen"), machine).same


def test_words_that_nobody_knows_are_refused():
    with pytest.raises(InputError, match="unknown words"):
        fsm2rnn.extract(noisy_permutations(S3, noise=1e-3), words="long")


def test_without_the_learner_it_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "aalpy.learning_algs", None)
    with pytest.raises(InputError, match="AALpy") as caught:
        fsm2rnn.extract(noisy_permutations(S3, noise=1e-3), words="chosen")
    assert "fsm2rnn[learn]" in str(caught.value)


def test_the_command(tmp_path, capsys):
    net, out = str(tmp_path / "net.safetensors"), str(tmp_path / "found.json")
    noisy_permutations(S3, noise=1e-4).save(net)
    assert main(["extract", net, "-o", out, "--words", "chosen"]) == 3
    assert "6 states" in capsys.readouterr().out
    assert fsm2rnn.diff(fsm2rnn.read(out), S3).same

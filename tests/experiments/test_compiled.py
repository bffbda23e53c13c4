"""A cell is right by certificate, ruled out by words, or says what was found instead."""

from __future__ import annotations

import pytest

from fsm2rnn.experiments.compiled import TARGETS_OF, compiled_cell
from fsm2rnn.experiments.networks import ModelKind, drawn_network
from fsm2rnn.learn.tasks import modular_addition_task, random_state_machine


@pytest.mark.parametrize("kind", TARGETS_OF)
def test_every_model_tracks_parity(kind):
    cell = compiled_cell(kind, modular_addition_task(2).machine)
    assert cell.compiled == 1.0
    assert cell.words is None
    assert cell.proof.endswith("every length")


def test_words_rule_models_out():
    added, drawn = modular_addition_task(5).machine, random_state_machine(5).machine
    assert "goes around 5 states" in compiled_cell(ModelKind.BLOCK_1, added).words
    assert "would end alike" in compiled_cell(ModelKind.R2, drawn).words
    cell = compiled_cell(ModelKind.BLOCK_2, drawn)
    assert (cell.compiled, cell.words) == (None, None)
    assert cell.proof.startswith("no blocks of 2 were found, but of 5")


def test_a_certificate_for_so_many_letters_is_enough():
    cell = compiled_cell(ModelKind.R2, modular_addition_task(10).machine)
    assert cell.compiled == 1.0
    assert cell.proof.startswith("horizon, ")


@pytest.mark.parametrize("kind", ModelKind)
def test_a_network_is_a_function_of_the_seed(kind):
    machine = modular_addition_task(3).machine
    first, second, third = (drawn_network(kind, machine, 8, seed).state_dict() for seed in (0, 0, 1))
    assert all((first[name] == second[name]).all() for name in first)
    assert any((first[name] != third[name]).any() for name in first)

"""Words that are read at once: attention in T or log2 T turns, Newton's sweeps, and the iteration within a letter."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import one_hot

import fsm2rnn
from fsm2rnn.cells.published.attention import LETTERS, Turns, universal_transformer
from fsm2rnn.cells.published.fixed_point import fixed_point
from fsm2rnn.cells.published.pararnn import newton, para_relu, pararnn
from fsm2rnn.cells.published.published_cell import Convention
from fsm2rnn.cells.published.rwkv7 import rwkv7
from fsm2rnn.errors import InputError, LimitError


def compiled(machine, name):
    network = fsm2rnn.compile(machine, name).network()
    ids = torch.randint(len(network.machine.symbols), (2, 60), generator=torch.Generator().manual_seed(11))
    return network, ids


@torch.no_grad()
@pytest.mark.parametrize("length", [0, 1, 2, 3, 31, 32, 33, 60])
def test_turns_by_letters_and_by_doubling_give_the_states(length):
    network, ids = compiled("S3@gens", "universal-transformer")
    due = network.rnn(ids[:, :length])[0]
    for turns, depth in ((Turns.LETTER, length), (Turns.DOUBLED, length.bit_length())):
        block = universal_transformer(network, turns)
        assert block.depth(length) == depth
        assert torch.equal(block(ids[:, :length])[0], due)


@torch.no_grad()
def test_fewer_turns_are_wrong_from_the_letter_that_they_do_not_reach():
    network, ids = compiled("S3@gens", "universal-transformer")
    block = universal_transformer(network)
    block.depth = lambda length: length // 2
    same = (block(ids)[0] == network.rnn(ids)[0]).all(-1)
    assert same[:, :30].all()
    assert not same[:, 30:].any()


def test_words_and_tables_that_are_too_large_are_refused():
    network, _ = compiled("S3@gens", "shortcut")
    block = universal_transformer(network, Turns.DOUBLED)
    with pytest.raises(LimitError, match="letters of a word"):
        block(torch.zeros(1, LETTERS + 1, dtype=torch.int64))
    with pytest.raises(LimitError, match="hidden layer"):
        block(torch.zeros(100, LETTERS, dtype=torch.int64))
    found = fsm2rnn.compile("S5@gens", "shortcut").verdict
    assert "64 states at most" in str(found)


@pytest.mark.parametrize(("machine", "sweeps"), [("flip-flop", 1), ("maps:0,0,0;1,1,1;2,2,2", 1)])
def test_one_sweep_is_right_where_letters_keep_or_set(machine, sweeps):
    network, ids = compiled(machine, "pararnn")
    cell = pararnn(network)
    found, taken = newton(cell, ids)
    assert torch.equal(cell.read(found), network.rnn(ids)[0])
    assert taken == sweeps


def test_letters_that_turn_take_a_sweep_each():
    network, ids = compiled("parity", "pararnn")
    cell = pararnn(network)
    ids = torch.ones_like(ids)
    found, taken = newton(cell, ids)
    assert torch.equal(cell.read(found), network.rnn(ids)[0])
    assert taken == ids.shape[1]


def test_full_matrices_take_a_sweep_for_each_letter_at_most():
    """A word of letters that permute takes T sweeps; where each second letter resets, fewer."""
    network, ids = compiled("S3@gens", "pararnn")
    cell = para_relu(network)
    found, taken = newton(cell, ids)
    due = network.rnn(one_hot(ids, len(network.machine.symbols)).to(found.dtype))[0]
    assert torch.equal(found, due)
    assert taken <= ids.shape[1]
    resetting, _ = compiled("maps:1,2,0;1,0,2;0,0,0", "pararnn")
    cell, word = para_relu(resetting), torch.tensor([[0, 2] * 30])
    assert newton(cell, word)[1] < ids.shape[1]
    assert torch.equal(newton(cell, word)[0], cell(word)[0])


@torch.no_grad()
def test_fewer_rounds_of_the_fixed_point_leave_an_error_that_the_rate_bounds():
    network, ids = compiled("Z5@gens", "fixed-point")
    cell = fixed_point(network)
    assert cell.iterations == 373
    rate = torch.sin(torch.tensor(2 * torch.pi / 5))
    due = network.rnn(ids[:, :1])[0]
    for rounds in (10, 40):
        cell.iterations = rounds
        error = torch.linalg.vector_norm(cell.read(cell(ids[:, :1])[0]) - due, dim=-1).max()
        assert 0.9 * rate**rounds < error < 1.1 * rate**rounds
    keeps, _ = compiled("flip-flop", "fixed-point")
    assert fixed_point(keeps).iterations == 27


@pytest.mark.parametrize("machine", ["Z3@gens", "parity", "perm:(1,2,3,4)"])
def test_no_mixer_turns_by_a_quarter(machine):
    found = fsm2rnn.compile(machine, "fixed-point")
    assert f"goes around {len(found.machine.states)} states" in str(found.verdict)
    network = fsm2rnn.compile(machine, "rotation").network()
    with pytest.raises(InputError, match="a quarter or more"):
        fixed_point(network)


def test_the_released_range_of_rwkv7_swaps_nothing():
    network, ids = compiled("flip-flop", "rwkv7")
    cell = rwkv7(network, Convention.RELEASED)
    with torch.no_grad():
        assert torch.equal(cell.read(cell(ids)[0]), network.rnn(ids)[0])
    with pytest.raises(InputError, match="released range"):
        rwkv7(compiled("parity", "rwkv7")[0], Convention.RELEASED)

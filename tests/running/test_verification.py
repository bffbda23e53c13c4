"""Verification finds what is wrong, where it is wrong, and nothing else, however the word is cut."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.errors import FsmError, InputError, NumericError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.running.device.device_steps import DeviceWalk
from fsm2rnn.running.form.gather import gather_form, moves_entries
from fsm2rnn.running.run import Form
from fsm2rnn.running.runner.runner import FloatRunner, GatherRunner
from fsm2rnn.running.verification import verify_network, verify_words
from fsm2rnn.running.walk import chunked_walk
from fsm2rnn.running.walk.chunked_walk import LISTED, TableWalk
from fsm2rnn.running.walk.walk import smallest_type, symbol_major, walk_block
from fsm2rnn.running.words import random_words
from fsm2rnn.running.words.random_words import RandomWords
from fsm2rnn.running.words.words import read_words, split_word
from tests.strategies import machines

TARGETS = ("full", "pd")


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=25)
@given(data=st.data())
def test_compiled_networks_hold(target, data):
    machine = data.draw(machines())
    network = fsm2rnn.compile(machine, target).network()
    result = verify_network(network, machine, steps=data.draw(st.integers(1, 300)), batch=data.draw(st.integers(1, 5)))
    assert (result.mismatches, result.first_mismatch, result.evaluated) == (0, None, "gather")
    result.raise_if_refuted()


@settings(max_examples=25)
@given(machine=machines(), seed=st.integers(0, 9), batch=st.integers(1, 4), cut=st.integers(1, 40))
def test_every_runner_and_every_cut_give_one_trajectory(machine, seed, batch, cut):
    network = fsm2rnn.compile(machine, "full").network()
    ids = np.random.default_rng(seed).integers(len(machine.symbols), size=(batch, 40), dtype=np.uint8)
    gather = gather_form(network.meaning())
    cpu = torch.device("cpu")
    chunked = TableWalk.of(gather.index, LISTED)
    runners = [FloatRunner(network, batch), GatherRunner(gather, batch, cpu), GatherRunner(gather, batch, cpu, chunked)]
    results = [
        np.concatenate([runner.read(ids[:, at : at + cut]) for at in range(0, 40, cut)], 1) for runner in runners
    ]
    start = np.full(batch, gather.start, dtype=gather.index.dtype)
    results += [
        DeviceWalk(gather, cpu).read(ids, start.copy()),
        walk_block(gather.index, gather.reads, ids, start.copy()),
    ]
    for found in results:
        assert found.tolist() == [list(network.machine.trajectory(stream)) for stream in ids.tolist()]


def test_the_walk_is_the_table():
    machine = fsm2rnn.read("random(states=300,symbols=5,seed=3)")
    ids = np.random.default_rng(0).integers(5, size=(3, 1000), dtype=np.uint8)
    table = symbol_major(machine.table)
    assert table.dtype == np.uint16
    states = np.full(3, machine.start, dtype=table.dtype)
    reads = np.arange(len(machine.states), dtype=np.uint16)
    walked = walk_block(table, reads, ids, states)
    assert walked.tolist() == [list(machine.trajectory(stream)) for stream in ids.tolist()]
    assert states.tolist() == walked[:, -1].tolist()


@pytest.mark.parametrize("count", [1, 255, 256, 257, 65536, 65537])
def test_index_types_hold_every_state(count):
    assert int(np.array(count - 1).astype(smallest_type(count))) == count - 1


def broken(target):
    """Return a Z5 network in which symbol 2 read in state 3 goes to state 1 instead of 0."""
    network = fsm2rnn.compile("Z5", target).network()
    with torch.no_grad():
        if target == "full":
            network.rnn.weight[:, 3, 2] = torch.eye(5)[1]
        else:
            network.rnn.index[2, 3] = 1
    return network


@pytest.mark.parametrize("target", TARGETS)
def test_a_mismatch_names_its_place(target):
    network = broken(target)
    ids = np.array([[1, 1, 1, 0, 2, 4, 0]], dtype=np.uint8)
    result = verify_words(network, [np.array([[0, 1]], dtype=np.uint8), ids])
    first = result.first_mismatch
    assert (first.stream, first.position, first.expected, first.found) == (1, 4, "0", "1")
    assert first.symbols == ("1", "1", "1", "0", "2", "4", "0")
    assert first.symbols[first.offset] == "2"
    assert result.mismatches == 3
    assert str(first) == "stream 1, position 4: after 1 1 1 0 [2] 4 0 expected 0, found 1"
    assert result.to_json()["first_mismatch"]["position"] == 4
    with pytest.raises(NumericError, match="3 mismatches; the first: stream 1, position 4"):
        result.raise_if_refuted()


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("batch", [1, 3])
def test_mismatches_are_counted_alike_in_every_block_size(target, batch, monkeypatch):
    network, machine = broken(target), fsm2rnn.read("Z5")
    words = RandomWords(3000, batch, 5).drawn(5, 0)
    found = network.run(torch.from_numpy(words.astype(np.int64))).numpy()
    expected = np.array([list(machine.trajectory(stream)) for stream in words.tolist()])
    for block, listed in ((1 << 20, LISTED), (1 << 20, 0), (300, LISTED), (300, 0), (7, LISTED)):
        monkeypatch.setattr(random_words, "BLOCK", block)
        monkeypatch.setattr(chunked_walk, "LISTED", listed)
        result = verify_network(network, steps=3000, batch=batch, seed=5)
        assert result.mismatches == np.count_nonzero(found != expected) > 0
        assert result.first_mismatch.position == np.argmax((found != expected).any(0))


def test_weights_that_are_not_one_hot_run_as_floats():
    network = fsm2rnn.compile("Z5", "full").network()
    with torch.no_grad():
        network.rnn.weight *= -1
    result = verify_network(network, steps=50)
    assert result.evaluated == "float"
    assert result.mismatches > 0
    with torch.no_grad():
        network.rnn.weight *= -1
        network.rnn.initial_state *= 0.5
    result = verify_network(network, steps=50)
    assert (result.evaluated, result.mismatches) == ("float", 0)
    result = verify_network(network, steps=50, order="scan")
    assert (result.evaluated, result.mismatches) == ("float", 0)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("machine", ["S5@gens", "Q8", "Dih(4)@gens"])
def test_signed_permutations_run_as_an_index_over_codes(machine, dtype):
    network = fsm2rnn.compile(machine, "pd").network(dtype)
    assert gather_form(network.meaning()) is None
    assert moves_entries(network.meaning())
    for order in ("sequential", "scan"):
        result = verify_network(network, steps=500, batch=3, order=order)
        assert (result.evaluated, result.mismatches) == ("gather", 0)
    form = Form.of(network, 1)
    ids = np.random.default_rng(0).integers(len(network.machine.symbols), size=(2, 300), dtype=np.uint8)
    assert np.array_equal(form.runner(network, 2).read(ids), FloatRunner(network, 2).read(ids))
    with torch.no_grad():
        network.rnn.diagonal[0, 0] *= -1
    assert moves_entries(network.meaning())
    broken = verify_network(network, steps=300)
    assert (broken.evaluated, broken.mismatches > 0) == ("float", True)


@pytest.mark.parametrize(("machine", "target"), [("A5@gens", "integer"), ("flip-flop", "pd"), ("Z5", "rotation")])
def test_sums_are_no_moves(machine, target):
    assert not moves_entries(fsm2rnn.compile(machine, target).network().meaning())


def test_another_machine_is_refuted_on_a_shortest_word():
    network = fsm2rnn.compile("Z5", "pd").network()
    other = fsm2rnn.from_table(
        [[(q + x) % 5 if (q, x) != (4, 4) else 0 for x in range(5)] for q in range(5)], states="01234", symbols="01234"
    )
    result = verify_network(network, other, steps=1)
    assert result.first_mismatch.position == 1
    assert result.first_mismatch.symbols == ("4", "4")
    with pytest.raises(InputError, match="alphabets differ"):
        verify_network(network, fsm2rnn.read("Z6"))


def test_a_wrong_reading_of_the_start_is_found():
    network = fsm2rnn.compile("parity", "pd").network()
    odd = fsm2rnn.from_table([[0, 0], [0, 0]], symbols="01", outputs=[True, False])
    result = verify_network(network, odd, steps=1)
    assert result.first_mismatch.symbols == ()
    assert str(result.first_mismatch) == "stream 0, position 0: after no symbol expected q0, found even"


def test_equivalent_machines_need_not_be_minimal():
    machine = fsm2rnn.from_table([[1, 0], [2, 1], [3, 2], [0, 3]], symbols="ab", outputs=[True, False, True, False])
    network = fsm2rnn.compile(machine, "full").network()
    assert len(network.machine.states) == 2
    assert verify_network(network, machine, steps=200).mismatches == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"steps": 0}, "count from 1"),
        ({"order": "tree"}, "unknown order"),
        ({"seed": -1}, "from 0"),
        ({"batch": 10**12}, "streams: 1,000,000,000,000 needed"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(FsmError, match=message):
        verify_network(fsm2rnn.compile("parity", "pd").network(), **options)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("(1,2) (1,2,3)", ["(1,2)", "(1,2,3)"]),
        ("(1,2),(1,2,3)", ["(1,2)", "(1,2,3)"]),
        ("  (),\n(1,2) ", ["()", "(1,2)"]),
        ("", []),
    ],
)
def test_words_of_symbols_with_commas(text, word):
    machine = fsm2rnn.read("S3")
    assert [machine.symbols[symbol] for symbol in split_word(text, machine)] == word


def test_words_of_letters_need_no_spaces():
    machine = fsm2rnn.read("parity")
    assert split_word("0110", machine) == split_word("0 1,1 0", machine) == [0, 1, 1, 0]
    with pytest.raises(InputError, match="symbol '012' at position 0"):
        split_word("012", machine)
    with pytest.raises(InputError, match=r"symbol '\(1,4\)' at position 1"):
        split_word("() (1,4), ()", fsm2rnn.read("S3"))


def test_words_files_name_their_line(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("0 1\n\n1 1 0\n", encoding="utf-8")
    machine = fsm2rnn.read("parity")
    assert [block.tolist() for block in read_words(path, machine)] == [[[0, 1]], [[1, 1, 0]]]
    path.write_text("0 1\n1 x\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"words.txt:2: symbol 'x' at position 1"):
        list(read_words(path, machine))
    with pytest.raises(InputError, match="cannot be read: No such file"):
        list(read_words(tmp_path / "none.txt", machine))


@pytest.mark.gpu
@pytest.mark.parametrize("target", TARGETS)
def test_verification_on_cuda(target):
    network = fsm2rnn.compile("A5", target).network(device="cuda")
    assert verify_network(network, steps=500, batch=64).mismatches == 0
    bad = broken(target).to("cuda")
    assert verify_network(bad, steps=500, batch=64).mismatches > 0


def overflowing(name, target, dtype="float32"):
    """Return a network whose diagonal doubles the state, so that it is finite for so many symbols alone."""
    network = fsm2rnn.compile(name, target).network(dtype)
    with torch.no_grad():
        for tensor in network.rnn.parameters():
            tensor.mul_(2)
    return network


@pytest.mark.parametrize("order", ["sequential", "scan"])
@pytest.mark.parametrize("steps", [300, 40_000])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16", "float64"])
def test_a_state_that_is_no_longer_finite_is_a_mismatch(dtype, steps, order):
    network = overflowing("Z5", "rotation", dtype)
    found = verify_network(network, steps=steps, batch=2, order=order)
    last = {"float16": 16, "float64": 1024}.get(dtype, 128)
    wrong = 2 * max(0, steps - last - 1)
    assert wrong <= found.mismatches <= wrong + 20
    if found.first_mismatch:
        assert found.first_mismatch.found == "no finite state"
        assert "found no finite state" in str(found)


def test_no_finite_state_is_a_mismatch_beside_any_other_machine():
    """Outputs are compared here, and one of the machine's is none of the network's."""
    network = overflowing("Z2", "rotation")
    other = fsm2rnn.from_table([[0, 1], [1, 2], [2, 0]], symbols=network.machine.symbols, outputs=["x", "y", "z"])
    assert verify_network(network, other, steps=1000).mismatches >= 1000 - 200


def test_states_of_one_name_are_told_apart_by_their_outputs():
    mealy = StateMachine(("p", "q"), ("a",), ((1,), (0,)), 0, (("x",), ("y",)), is_mealy=True)
    network = fsm2rnn.compile(mealy, "full").network()
    acceptor = StateMachine(("p", "q"), ("a",), ((1,), (0,)), 0, (False, True))
    first = verify_network(network, acceptor, steps=10).first_mismatch
    assert (first.expected, first.found) == (("p", False), ("p", ("x",)))
    assert str(first) == "stream 0, position 0: after no symbol expected p/False, found p/x"

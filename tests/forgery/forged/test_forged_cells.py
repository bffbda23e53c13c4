"""Changes of cells' files: refused unless what they claim is still true, by both checkers alike."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.file.checker import network_bytes, prove_bytes
from fsm2rnn.proof.stored.tensor_file import StoredTensor
from fsm2rnn.source.read import read
from tests.forgery.forge import open_file
from tests.forgery.forged.forged_cells import CHANGES, changed
from tests.forgery.verdicts import agreed
from tests.proof.cell_networks import proved_cell

FILES = {kind.stored: network_bytes(proved_cell(kind, read("tomita3"))) for kind in CellKind}
LENGTH, BATCH = 64, 32
MODULES = {
    CellKind.ELMAN: torch.nn.RNN,
    CellKind.RELU: partial(torch.nn.RNN, nonlinearity="relu"),
    CellKind.GRU: torch.nn.GRU,
    CellKind.LSTM: torch.nn.LSTM,
}


def holds(kind: CellKind, machine: StateMachine, tensors: Mapping[str, StoredTensor]) -> bool:
    """Tell whether torch's own module, in float64, gives the machine's outputs along random words."""
    words = np.random.default_rng(5).integers(0, len(machine.symbols), (BATCH, LENGTH))
    values = {
        name: torch.frombuffer(bytearray(tensor.data), dtype={"F32": torch.float32, "F64": torch.float64}[tensor.dtype])
        .reshape(tensor.shape)
        .double()
        for name, tensor in tensors.items()
    }
    features, size = values["weight_ih_l0"].shape[1], values["weight_hh_l0"].shape[1]
    module = MODULES[kind](features, size, bias="bias_ih_l0" in values, batch_first=True).double()
    module.load_state_dict({name: value for name, value in values.items() if name.endswith("_l0")})
    vectors = values.get("embedding.weight", torch.eye(features, dtype=torch.float64))
    with torch.no_grad():
        states, _ = module(vectors[torch.tensor(words)])
    logits = states @ values["readout.weight"].T + values.get("readout.bias", torch.zeros(1))
    places = {typed(label): place for place, label in enumerate(machine.output_labels)}
    wanted = [
        [places[typed(label)] for label in machine.answers([machine.symbols[letter] for letter in word])]
        for word in words.tolist()
    ]
    return logits.argmax(-1).tolist() == wanted


def assert_refused_unless_true(count: int, seed: int) -> Counter[tuple[str, bool]]:
    """Draw changes; both checkers agree, and what they accept is true. Return how many of each were accepted."""
    pick = random.Random(seed)
    verdicts: Counter[tuple[str, bool]] = Counter()
    for turn in range(count):
        original = FILES[sorted(FILES)[turn % len(FILES)]]
        name, data = changed(open_file(original), pick)
        if data == original:
            continue
        accepted = agreed(data)
        verdicts[name, accepted] += 1
        if accepted:
            network = prove_bytes(data)
            assert holds(network.kind, network.machine, network.weights), (name, turn)
    return verdicts


def test_80_changes_are_refused_unless_still_true():
    assert_refused_unless_true(80, seed=1)


@pytest.mark.slow
def test_2000_changes_are_refused_unless_still_true():
    verdicts = assert_refused_unless_true(2000, seed=14)
    accepted = sum(number for (_, right), number in verdicts.items() if right)
    assert 50 < accepted < 800, verdicts
    assert {name for name, right in verdicts if not right} == set(CHANGES)
    assert {name for name, right in verdicts if right} >= {"weight", "wall", "readout", "machine", "box"}


@pytest.mark.parametrize("name", sorted(FILES))
def test_what_is_asked_of_torch_tells_true_from_false(name):
    assert agreed(FILES[name])
    network = prove_bytes(FILES[name])
    assert holds(network.kind, network.machine, network.weights)
    silent = replace(network.weights["readout.weight"], data=bytes(len(network.weights["readout.weight"].data)))
    assert not holds(network.kind, network.machine, network.weights | {"readout.weight": silent})

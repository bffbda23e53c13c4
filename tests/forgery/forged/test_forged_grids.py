"""Changes of files of cells on a grid: refused unless what they claim is still true, by both checkers alike."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest
import torch

from fsm2rnn.machine.labels import typed
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.file.cell_network import ProvedCell
from fsm2rnn.proof.file.checker import network_bytes, prove_bytes
from fsm2rnn.source.read import read
from tests.forgery.forge import open_file
from tests.forgery.forged.forged_cells import changed
from tests.forgery.forged.test_forged_cells import MODULES
from tests.forgery.verdicts import agreed
from tests.proof.cell_networks import grid_cell

KINDS = (CellKind.ELMAN, CellKind.GRU, CellKind.LSTM)
FILES = {
    f"{kind.stored} {name} {grid}": network_bytes(grid_cell(kind, read(name), grid))
    for kind in KINDS
    for name, grid in (("parity", 7), ("tomita1", 5))
}
LENGTH, BATCH = 20, 32
NAMES = {"weight", "wall", "readout", "rows", "tensors", "nodes", "machine", "box", "moved", "field", "kind"}


def holds(network: ProvedCell) -> bool:
    """Tell whether torch's own module in float32, its state rounded after each symbol, is right on random words."""
    machine, size = network.machine, network.proof.cell.size
    scale = 2.0**network.nodes.grid
    values = {
        name: torch.frombuffer(bytearray(tensor.data), dtype=torch.float32).reshape(tensor.shape)
        for name, tensor in network.weights.items()
    }
    features = values["weight_ih_l0"].shape[1]
    module = MODULES[network.kind](features, size, bias="bias_ih_l0" in values, batch_first=True)
    module.load_state_dict({name: value for name, value in values.items() if name.endswith("_l0")})
    vectors = values.get("embedding.weight", torch.eye(features))
    words = np.random.default_rng(5).integers(0, len(machine.symbols), (BATCH, LENGTH))
    state: tuple[torch.Tensor, ...] = (torch.zeros(1, BATCH, size),) * network.kind.states
    places = {typed(label): place for place, label in enumerate(machine.output_labels)}
    answers = [machine.answers([machine.symbols[letter] for letter in word]) for word in words.tolist()]
    for step, letters in enumerate(words.T):
        with torch.no_grad():
            _, after = module(vectors[torch.tensor(letters)][:, None], state if len(state) > 1 else state[0])
        state = tuple((part * scale).round() / scale for part in (after if isinstance(after, tuple) else (after,)))
        logits = state[0][0] @ values["readout.weight"].T + values.get("readout.bias", torch.zeros(1))
        if logits.argmax(-1).tolist() != [places[typed(word[step])] for word in answers]:
            return False
    return True


def verdicts_on(count: int, seed: int) -> Counter[tuple[str, bool]]:
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
            assert holds(prove_bytes(data)), (name, turn)
    return verdicts


def test_300_changes_are_refused_unless_still_true():
    verdicts = verdicts_on(300, seed=3)
    assert {name for name, right in verdicts if not right} == NAMES


@pytest.mark.slow
def test_2000_changes_are_refused_unless_still_true():
    verdicts = verdicts_on(2000, seed=11)
    accepted = sum(number for (_, right), number in verdicts.items() if right)
    assert 50 < accepted < 1000, verdicts
    assert {name for name, right in verdicts if not right} == NAMES
    assert {name for name, right in verdicts if right} >= {"weight", "readout", "machine", "nodes"}


@pytest.mark.parametrize("name", sorted(FILES))
def test_what_is_asked_of_torch_tells_true_from_false(name):
    assert agreed(FILES[name])
    network = prove_bytes(FILES[name])
    assert holds(network)
    deaf = network.weights["weight_ih_l0"]
    object.__setattr__(
        network, "tensors", {**network.tensors, "weight_ih_l0": type(deaf)("F32", deaf.shape, bytes(len(deaf.data)))}
    )
    assert not holds(network)

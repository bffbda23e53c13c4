"""Changes of stacks' files: refused unless what they claim is still true, by both checkers alike."""

from __future__ import annotations

import random
import struct
from collections import Counter

import pytest
import torch

from fsm2rnn.cells.loading import module_of
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.proof.file.checker import network_bytes, prove_bytes
from tests.forgery.forge import PACKED, Draft, open_file, respell
from tests.forgery.verdicts import agreed
from tests.proof.stack_networks import ABSORBED, SYMMETRIC, flip_flop, proved_stack
from tests.second_checker import stacks
from tests.second_checker.wire import Refused

FILES = {
    "flip-flop": network_bytes(flip_flop()),
    "absorbed": network_bytes(proved_stack(ABSORBED)),
    "S3": network_bytes(proved_stack("S3@gens")),
    "blocks": network_bytes(proved_stack(SYMMETRIC)),
    "regex": network_bytes(proved_stack("re:(a|b)*abb")),
}


def weight(draft: Draft, pick: random.Random, part: str = "units") -> None:
    """Replace one number by another small one."""
    names = [name for name in draft.tensors if part in name and draft.tensors[name][0] != "I64"]
    name = pick.choice(sorted(names))
    draft.put(name, pick.randrange(draft.count(name)), struct.pack(PACKED["F32"], pick.choice([-2, -1, 0, 1, 2])))


def gate(draft: Draft, pick: random.Random) -> None:
    """Let a unit erase, write or turn otherwise."""
    weight(draft, pick, pick.choice(["erase", "write"]))


def carried(draft: Draft, pick: random.Random) -> None:
    """Let a turn carry another channel, where a layer turns."""
    names = [name for name in draft.tensors if "turn_source" in name]
    if names:
        name = pick.choice(sorted(names))
        channels = draft.tensors[name][1][1]
        draft.put(name, pick.randrange(draft.count(name)), struct.pack("<q", pick.randrange(channels + 1)))


def shown(draft: Draft, pick: random.Random) -> None:
    """Change what is shown."""
    weight(draft, pick, pick.choice(["shown", "readout"]))


def node(draft: Draft, pick: random.Random) -> None:
    """Change a tuple, what it is read as, or what it shows."""
    nodes = draft.certificate["nodes"]
    place, key = pick.randrange(len(nodes["on"])), pick.choice(["on", "free", "reads", "outputs"])
    channels = draft.certificate["stack"]["channels"]
    if key in ("reads", "outputs"):
        nodes[key][place] = pick.randrange(3)
    else:
        nodes[key][place] = sorted(set(nodes[key][place]) ^ {pick.randrange(channels)})


def table(draft: Draft, pick: random.Random) -> None:
    """Change the machine."""
    machine = draft.certificate["machine"]
    row = pick.choice(machine["table"])
    row[pick.randrange(len(row))] = pick.randrange(len(machine["table"]))


def left_out(draft: Draft, pick: random.Random) -> None:
    """Leave out a tuple."""
    nodes = draft.certificate["nodes"]
    place = pick.randrange(len(nodes["on"]))
    for key in nodes:
        nodes[key].pop(place)


CHANGES = (weight, gate, carried, shown, node, table, left_out)


def derived(draft: Draft) -> Draft:
    """Rewrite the fields that follow from the others, where they can be worked out."""
    tensors = {name: tuple(tensor) for name, tensor in draft.tensors.items()}
    try:
        found = stacks.prove(draft.certificate, tensors)
    except (Refused, IndexError, KeyError, TypeError, ValueError):
        return draft
    draft.certificate |= {name: value for name, value in found.items() if name not in ("machine", "nodes")}
    return draft


def holds(data: bytes) -> bool:
    """Tell whether torch's module gives the machine's outputs along random words."""
    network = module_of(prove_bytes(data))
    assert isinstance(network, Tracker)
    machine = network.machine
    words = torch.randint(0, len(machine.symbols), (16, 64), generator=torch.Generator().manual_seed(1))
    wanted = [machine.answers([machine.symbols[letter] for letter in word]) for word in words.tolist()]
    return network.outputs(words) == wanted


def assert_refused_unless_true(count: int, seed: int) -> Counter[tuple[str, bool]]:
    pick = random.Random(seed)
    verdicts: Counter[tuple[str, bool]] = Counter()
    for turn in range(count):
        original = FILES[sorted(FILES)[turn % len(FILES)]]
        draft, change = open_file(original), pick.choice(CHANGES)
        change(draft, pick)
        data = respell(derived(draft))
        if data == original:
            continue
        accepted = agreed(data)
        verdicts[change.__name__, accepted] += 1
        assert not accepted or holds(data), (change.__name__, turn)
    return verdicts


def test_100_changes_are_refused_unless_still_true():
    verdicts = assert_refused_unless_true(100, seed=1)
    assert {name for name, right in verdicts if not right} == {change.__name__ for change in CHANGES}


@pytest.mark.slow
def test_4000_changes_are_refused_unless_still_true():
    verdicts = assert_refused_unless_true(4000, seed=2)
    accepted = sum(number for (_, right), number in verdicts.items() if right)
    assert 40 < accepted < 2000, verdicts


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_files_hold_as_they_are(name):
    assert agreed(FILES[name])
    assert holds(FILES[name])


def test_a_block_that_is_turned_by_another_permutation_is_refused():
    """Two rows of one matrix of a block change places: still a permutation matrix, of another element."""
    draft = open_file(FILES["blocks"])
    _, (turns, channels), data = draft.tensors["layers.0.turn_source"]
    sources = struct.unpack(f"<{turns * channels}q", bytes(data))
    draft.put("layers.0.turn_source", 0, struct.pack("<q", sources[1]))
    draft.put("layers.0.turn_source", 1, struct.pack("<q", sources[0]))
    assert not agreed(respell(derived(draft)))

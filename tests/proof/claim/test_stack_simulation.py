"""A stack is refused wherever its nodes do not follow the machine; each refusal names its field."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.machine.mealy import mealy_form
from fsm2rnn.proof.claim import stack_simulation
from fsm2rnn.proof.claim.stack_simulation import StackSimulation
from fsm2rnn.proof.file.stack_network import ProvedStack, StackNodes
from tests.proof.stack_networks import ABSORBED, FLIP_FLOP, FLIP_FLOP_NODES, flip_flop, proved_stack, tensor


def refusal(network: ProvedStack, **changes: object) -> str:
    """Return the field of the certificate for which changed nodes or tensors are refused."""
    nodes = replace(network.nodes, **{name: one for name, one in changes.items() if name != "tensors"})
    tensors = {**network.tensors, **changes.get("tensors", {})}
    with pytest.raises(CertificateError) as caught:
        replace(network, nodes=nodes, tensors=tensors)
    return caught.value.field


def test_the_flip_flop_is_proved():
    found = flip_flop()
    assert (found.proof.steps, found.proof.margin, found.proof.sums) == (6, 1, 2)
    assert found.proof.claims_empty_word
    assert found.grade.partial_sums == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"on": ((), ())}, "induction"),
        ({"on": ((0,), ())}, "nodes"),  # the start is off
        ({"free": ((), (0,))}, "nodes"),  # 1 and free
        ({"free": ((),)}, "nodes"),
        ({"outputs": (0,)}, "nodes"),
        ({"reads": (0,)}, "nodes"),
        ({"reads": (1, 0)}, "reads"),
        ({"reads": (0, 2)}, "reads"),
        ({"outputs": (1, 1)}, "nodes"),  # the start shows off
        ({"outputs": (0, 0)}, "induction"),  # on shows on
        ({"reads": (0, 0)}, "induction"),
        ({"on": ((), (0,), (0,)), "free": ((), (), ()), "reads": (0, 1, 0), "outputs": (0, 1, 0)}, "nodes"),
        ({"on": ((), (0,), ()), "free": ((), (), ()), "reads": (0, 1, 0), "outputs": (0, 1, 0)}, "nodes"),  # twice
    ],
)
def test_nodes_follow_the_machine(changes, field):
    assert refusal(flip_flop(), **changes) == field


@pytest.mark.parametrize("changes", [{"on": (0, 3)}, {"free": (0, 2)}, {"free": (0, 1)}])
def test_channels_of_a_tuple_are_numbered_and_not_both(changes):
    proof = flip_flop().proof
    assert proof.units.channels == 1
    with pytest.raises(CertificateError, match="numbered below 1, and none is both"):
        replace(proof, **changes)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"layers.0.units.weight": tensor([[1, 0, 0], [0, 0, 1]])}, "induction"),  # k resets
        ({"layers.0.units.bias": tensor([-1, 0])}, "induction"),  # s sets no more
        ({"layers.0.erase.weight": tensor([[1, 0]])}, "induction"),  # r erases no more
        ({"layers.0.write.weight": tensor([[0, 0]])}, "induction"),
        ({"layers.0.write.weight": tensor([[1, 1]])}, "induction"),
        ({"shown.weight": tensor([[0]])}, "margin"),
        ({"shown.bias": tensor([-1])}, "margin"),
        ({"shown.bias": tensor([1])}, "margin"),
        ({"readout.weight": tensor([[1], [2]])}, "margin"),
        ({"readout.bias": tensor([0, 0])}, "margin"),
        ({"initial_state": tensor([1])}, "nodes"),
    ],
)
def test_units_and_readouts_are_what_is_proved(changes, field):
    assert refusal(flip_flop(), tensors=changes) == field


def test_a_set_of_states_is_kept_whole_and_read_whole():
    """Once absorbed, nothing is known of the other channels: what would let them in is refused."""
    found = proved_stack(ABSORBED)
    sizes = {name: one.shape for name, one in found.tensors.items()}
    free = [node for node, channels in enumerate(found.nodes.free) if channels]
    assert len(free) == 2
    assert found.proof.margin == 1
    # One channel less is free: what words do there leaves the node.
    narrow = tuple(channels[1:] for channels in found.nodes.free)
    assert refusal(found, free=narrow) == "induction"
    # The channel that tells one absorbing state from the other is free: both outputs would be shown.
    (which,) = set(found.nodes.on[free[1]]) ^ set(found.nodes.on[free[0]])
    wide = tuple((*channels, which) if channels else () for channels in found.nodes.free)
    on = tuple(tuple(one for one in row if one != which) for row in found.nodes.on[-2:])
    assert refusal(found, free=wide, on=(*found.nodes.on[:-2], *on)) in {"margin", "induction"}
    # The units of that channel are no longer silent once absorbed.
    last = max(name for name in sizes if name.endswith("units.weight"))
    loud = [[max(value, 0) for value in row] for row in rows_of(found, last)]
    assert refusal(found, tensors={last: tensor(loud)}) == "induction"
    # Nor are those of the outputs.
    shown = [[max(value, 0) for value in row] for row in rows_of(found, "shown.weight")]
    assert refusal(found, tensors={"shown.weight": tensor(shown)}) == "margin"


def rows_of(network: ProvedStack, name: str) -> list[list[float]]:
    found = network.tensors[name]
    return np.frombuffer(bytes(found.data), dtype="<f4").reshape(found.shape).tolist()


def test_a_node_that_no_word_reaches_is_refused():
    found = proved_stack(ABSORBED)
    nodes = found.nodes
    more = replace(
        nodes,
        on=(*nodes.on, (0, 1)),
        free=(*nodes.free, ()),
        reads=(*nodes.reads, 0),
        outputs=(*nodes.outputs, 0),
    )
    with pytest.raises(CertificateError, match="that no word reaches"):
        replace(found, nodes=more)


def test_a_mealy_machine_claims_nothing_of_the_empty_word():
    found = proved_stack(mealy_form(ABSORBED))
    assert not found.proof.claims_empty_word
    silent = flip_flop(nodes=replace(FLIP_FLOP_NODES, outputs=(0, 1)))
    assert silent.proof.claims_empty_word


def test_an_output_that_is_not_claimed_is_not_proved():
    """The start shows nothing: then no word may lead back to its node, and its logits are free."""
    nodes = StackNodes(((), (0,)), ((), ()), (0, 1), (None, 1))
    with pytest.raises(CertificateError) as caught:
        flip_flop(nodes=nodes)
    assert caught.value.field == "induction"


def test_too_many_units_are_refused_before_they_are_looked_at(monkeypatch):
    monkeypatch.setattr(stack_simulation, "UNIT_LIMIT", 17)
    with pytest.raises(LimitError, match="units looked at"):
        flip_flop()  # 6 steps of 3 units
    monkeypatch.setattr(stack_simulation, "UNIT_LIMIT", 18)
    assert isinstance(flip_flop().proof, StackSimulation)


def test_letters_and_outputs_fit_the_machine():
    found = flip_flop()
    two = replace(FLIP_FLOP, symbols=("s", "r"), table=((1, 0), (1, 0)))
    with pytest.raises(CertificateError) as caught:
        replace(found, machine=two)
    assert caught.value.field == "weights"
    three = replace(
        FLIP_FLOP, states=("off", "on", "x"), table=((1, 0, 0), (1, 0, 1), (2, 2, 2)), outputs=("off", "on", "x")
    )
    with pytest.raises(CertificateError) as caught:
        replace(found, machine=three)
    assert caught.value.field == "weights"

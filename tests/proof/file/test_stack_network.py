"""Files of stacks: read as they were written, refused by their place, and both checkers agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fsm2rnn.errors import CertificateError
from fsm2rnn.machine.mealy import mealy_form
from fsm2rnn.proof.file.checker import check_bytes, network_bytes, prove_bytes
from fsm2rnn.proof.file.stack_network import ProvedStack
from fsm2rnn.proof.stored.tensor_file import StoredTensor
from tests.algebra.cascade.aperiodic_machines import aperiodic_machines
from tests.forgery.forge import open_file, respell
from tests.proof.stack_networks import (
    ABSORBED,
    ICOSAHEDRAL,
    SYMMETRIC,
    flip_flop,
    flip_flop_tensors,
    proved_stack,
    tensor,
)
from tests.second_checker.checker import accepts

NAMES = ("re:(a|b)*abb", "dyck(2,2)", "register(3)", "parity", "S3@gens", "Q8@gens", "tomita3", "maps:0")
MACHINES = (*NAMES, ABSORBED, mealy_form(ABSORBED), SYMMETRIC, pytest.param(ICOSAHEDRAL, marks=pytest.mark.slow))


@pytest.mark.parametrize("machine", MACHINES, ids=str)
def test_both_checkers_accept_what_is_compiled(machine):
    network = proved_stack(machine)
    data = network_bytes(network)
    assert check_bytes(data).accepted
    assert accepts(data) == (True, "proved")
    again = prove_bytes(data)
    assert isinstance(again, ProvedStack)
    assert (again.nodes, again.grade, again.machine) == (network.nodes, network.grade, network.machine)


@pytest.mark.parametrize("dtype", ["float64", "bfloat16", "float16"])
def test_every_computing_format_is_proved(dtype):
    network = proved_stack("re:(a|b)*abb", dtype)
    assert network.form.name == dtype
    assert accepts(network_bytes(network)) == (True, "proved")


def test_drawn_machines_are_proved_by_both():
    for machine in aperiodic_machines(12, seed=8):
        data = network_bytes(proved_stack(machine))
        assert check_bytes(data).accepted
        assert accepts(data) == (True, "proved")


def refusal(change: Callable[[dict[str, Any]], object]) -> tuple[str | None, str | None]:
    """Return field and reason for which a file with a changed certificate is refused."""
    draft = open_file(network_bytes(flip_flop()))
    change(draft.certificate)
    data = respell(draft)
    report = check_bytes(data)
    assert not report.accepted
    assert not accepts(data)[0]
    return report.field, report.reason


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.update(evidence={"made": 1}),
        lambda body: body.update(nodes=[]),
        lambda body: body["nodes"].pop("free"),
        lambda body: body["nodes"].update(on=None),
        lambda body: body["nodes"].update(outputs=None),
    ],
)
def test_what_names_no_stack_is_refused(change):
    field, reason = refusal(change)
    assert field == "certificate"
    assert "expected nodes (on, free, reads, outputs) and evidence" in str(reason)


@pytest.mark.parametrize(
    "change",
    [
        {"on": [[], [-1]]},
        {"on": [[], [1]]},
        {"on": [[], [10**12]]},
        {"on": [[], [0, 0]]},
        {"on": [[], [True]]},
        {"on": [[], "0"]},
        {"free": [[], [7]]},
        {"reads": "01"},
        {"reads": [0, True]},
        {"outputs": [0, "1"]},
    ],
)
def test_nodes_are_lists_of_channels(change):
    assert refusal(lambda body: body["nodes"].update(change))[0] in {"nodes", "reads"}


@pytest.mark.parametrize("field", ["claim", "stack", "induction", "separation", "float", "format", "nodes"])
def test_no_field_says_something_else(field):
    def more(body):
        body[field] = body[field] + "x" if field == "format" else body[field] | {"more": 1}

    assert refusal(more)[0] == field


def test_channels_are_listed_in_their_one_order():
    found = proved_stack("dyck(2,2)")
    turned = tuple(tuple(reversed(row)) for row in found.nodes.on)
    with pytest.raises(CertificateError, match="listed rising"):
        replace(found, nodes=replace(found.nodes, on=turned))


def test_a_format_in_which_sums_round_is_refused():
    """A weight of 2^20 is a number of bfloat16, and the sums with it are none."""
    great = float(1 << 20)
    loud = {"readout.weight": tensor([[0], [great]]), "shown.bias": tensor([0])}
    assert flip_flop(loud).grade.partial_sums == 1 << 20
    assert [form.name for form in flip_flop(loud).grade.formats] == ["float64", "float32"]
    too_great = {"readout.weight": tensor([[0], [float(1 << 25)]])}
    with pytest.raises(CertificateError, match=r"arithmetic in float32 is not proved exact: sums go to 33,554,432"):
        flip_flop(too_great)


def test_the_report_says_layers_and_channels():
    report = check_bytes(network_bytes(proved_stack("S3@gens")))
    assert report.grade == "exact"
    assert "the stack of 2 gated layers and 5 channels" in str(report.claim)
    assert report.equations == 12


def test_a_weight_that_nothing_shows_has_to_be_stored_all_the_same():
    """Beside a unit that is never shown: 2^100 becomes an infinity in float16, and 0 times it is no number."""
    unseen = {"shown.weight": tensor([[1], [0]]), "shown.bias": tensor([0, -1])}
    network = flip_flop(unseen | {"readout.weight": tensor([[0, 2000], [2, 0]])})
    assert [form.name for form in network.grade.formats] == ["float64", "float32", "float16"]
    assert accepts(network_bytes(network)) == (True, "proved")
    with pytest.raises(CertificateError, match="sums go to 33,554,432"):
        flip_flop(unseen | {"readout.weight": tensor([[0, 2.0**25], [2, 0]])})


def test_a_stack_computes_in_its_own_format():
    codes = {0: 0, 1: 0x38, 2: 0x40, -1: 0xB8}  # of float8_e4m3fn
    short = {
        name: StoredTensor("F8_E4M3", one.shape, bytes(codes[int(value)] for value in np.frombuffer(one.data, "<f4")))
        for name, one in flip_flop_tensors().items()
    }
    with pytest.raises(CertificateError, match="computes in its own format") as caught:
        ProvedStack(flip_flop().machine, flip_flop().nodes, short, {})
    assert caught.value.field == "float"

"""Wrong weights, float states, readings and formats: no network, the field is named, and both checkers agree."""

from __future__ import annotations

from copy import deepcopy
from fractions import Fraction

import pytest

from fsm2rnn.errors import CertificateError, LimitError, NumericError
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64
from fsm2rnn.exact.sparse import SparseMatrix, vector
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.structure_tensors import dense_tensor, index_tensor
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder
from fsm2rnn.proof.file.checker import network_bytes
from fsm2rnn.proof.file.network import FloatOrbit
from fsm2rnn.proof.rounding import float_orbit as module
from fsm2rnn.proof.rounding.float_orbit import closed
from fsm2rnn.proof.stored.meaning import Meaning
from tests.forgery.forge import open_file, respell
from tests.forgery.forged.test_forged_float_orbits import followed
from tests.forgery.verdicts import agreed
from tests.forgery.wrong.test_wrong_structures import rebuilt
from tests.proof.networks import diagonal_parity
from tests.proof.region_networks import cycle, stored, turning
from tests.proof.rounding.drift_networks import drift_network, mapped_parity, swapped_parity
from tests.proof.rounding.float_orbit_networks import PLAIN, orbit_network


def refused(field, network, tensors=(), **changes):
    """Refuse the network with these changes, naming the field; both checkers refuse the file with these tensors."""
    with pytest.raises(CertificateError) as caught:
        rebuilt(network, dict(tensors), **changes)
    assert caught.value.field == field, caught.value
    draft = open_file(network_bytes(network))
    for name, tensor in dict(tensors).items():
        draft.tensors[name] = [tensor.dtype, list(tensor.shape), bytes(tensor.data)]
    if tensors:
        assert not agreed(respell(deepcopy(draft)))
        assert not agreed(respell(followed(draft)))


def fifths():
    return orbit_network("fifths-float16")


@pytest.mark.parametrize("name", PLAIN)
def test_closed_float_states_are_every_length_in_one_format(name):
    network = orbit_network(name)
    assert (network.grade_name, network.steps) == ("orbit", None)
    assert network.grade.states == len(network.trace.states)
    assert network.margin == network.grade.lead > 0
    assert network.proof.equations == network.grade.states * len(network.machine.symbols)


def test_states_that_are_not_those_that_words_reach_are_refused():
    network = fifths()
    states, reads = network.trace.states, network.reads
    more = (*states, vector([(0, Fraction(1, 2))]))
    for field, listed, of in (
        ("float_states", states, reads[:-1]),
        ("float_states", states[:-1], reads),
        ("float_states", (), ()),
        ("float_states", states[1:], reads[1:]),
        ("float_states", states[::-1], reads[::-1]),
        ("float_states", (*states, states[1]), (*reads, reads[1])),
        ("float_states", (*states, states[0]), (*reads, reads[0])),
        ("float_states", more, (*reads, 0)),
        ("float_states", (*states, ((5, 1),)), (*reads, 0)),
        ("float_states", (*states, ((0, 0),)), (*reads, 0)),
        ("reads", states, (1, *reads[1:])),
        ("induction", states[:-1], reads[:-1]),
        ("induction", states, (reads[0], reads[2], reads[1], *reads[3:])),
        ("reads", (*states[:-1], states[-1]), (*reads[:-1], 5)),
        ("reads", states, (*reads[:-1], -1)),
    ):
        with pytest.raises(CertificateError) as caught:
            rebuilt(network, {}, trace=FloatOrbit(listed), reads=of, contract=Contract.COVER)
        assert caught.value.field == field, (caught.value, listed)


def test_contracts_that_float_states_do_not_keep_are_refused():
    cover = orbit_network("thirds-cover-float16")
    refused("contract", cover, contract=Contract.INJECTIVE)
    for contract in (Contract.LINEAR, Contract.ROBUST):
        refused("contract", fifths(), contract=contract)
    assert rebuilt(fifths(), {}, contract=Contract.COVER).contract is Contract.COVER


def test_another_machine_is_refused():
    network = fifths()
    refused("matrices", network, machine=cycle(5, [1]))
    refused("matrices", network, machine=cycle(5, [1, 2, 3]))
    refused("induction", network, machine=cycle(5, [2, 1]))


def test_formats_and_structures_of_another_arithmetic_are_refused():
    for form in (FLOAT32, FLOAT64):
        wide = stored(turning(4, [1]), form)
        trace = FloatOrbit(tuple(vector([place]) for place in ((0, 1), (1, 1), (0, -1), (1, -1))))
        refused("float", wide, trace=trace, reads=(0, 1, 2, 3))
    exact = (
        (swapped_parity(BFLOAT16), "operator"),
        (mapped_parity(BFLOAT16), "operator"),
        (drift_network("S4-blocks", BFLOAT16), "float"),
    )
    for network, field in exact:
        refused(field, network, trace=FloatOrbit((network.stored.initial_state,)), reads=(0,))
    plain = diagonal_parity(BFLOAT16)
    assert rebuilt(plain, {}, trace=FloatOrbit(plain.trace.codes)).grade_name == "orbit"


def test_a_head_is_refused():
    matrix = SparseMatrix.from_rows([[1]])
    meaning = Meaning((matrix,), ((0, 1),), Decoder.linear(matrix), None, BFLOAT16, FLOAT64, lines=1)
    machine = cycle(1, [0])
    assert closed(machine, Contract.INJECTIVE, meaning, (((0, 1),),), (0,))
    with_head = Meaning((matrix,), ((0, 1),), Decoder.linear(matrix), matrix, BFLOAT16, FLOAT64, lines=1)
    with pytest.raises(CertificateError) as caught:
        closed(machine, Contract.INJECTIVE, with_head, (((0, 1),),), (0,))
    assert caught.value.field == "operator"


def test_a_readout_that_rounds_states_or_scores_is_refused():
    for name, form, fits in (
        ("fifths-float16", FLOAT16, True),
        ("fifths-float16", BFLOAT16, False),
        ("eighths-bfloat16", FLOAT32, True),
        ("eighths-bfloat16", FLOAT16, False),
    ):
        network = orbit_network(name)
        tensors = {
            name: dense_tensor(tensor.shape, read_numbers(tensor), form)
            for name, tensor in network.tensors.items()
            if name.startswith("readout.")
        }
        if fits:
            assert agreed(network_bytes(rebuilt(network, tensors)))
        else:
            refused("decoder", network, tensors)


def read_numbers(tensor):
    """Return the entries of a float64 tensor as exact numbers."""
    values = memoryview(tensor.data).cast("d").tolist()
    return [(place, Fraction(value)) for place, value in enumerate(values)]


def test_scores_that_tie_or_overflow_are_refused():
    network = fifths()
    bias, weight = network.tensors["readout.bias"], network.tensors["readout.weight"]
    nothing = {
        "readout.weight": dense_tensor(weight.shape, (), FLOAT64),
        "readout.bias": dense_tensor((5,), (), FLOAT64),
    }
    refused("decoder", network, nothing)
    refused("decoder", network, {"readout.bias": dense_tensor((5,), [(0, 9)], FLOAT64)})
    # The right score leads by less than the scores are rounded.
    far = [(place, value + 2**52) for place, value in read_numbers(bias)]
    refused("decoder", network, {"readout.bias": dense_tensor((5,), far, FLOAT64)})
    near = [(place, value + 2**40) for place, value in read_numbers(bias)]
    assert rebuilt(network, {"readout.bias": dense_tensor((5,), near, FLOAT64)})
    large = [(place, value * 2**1023) for place, value in read_numbers(weight)]
    refused("decoder", network, {"readout.weight": dense_tensor(weight.shape, large, FLOAT64)})
    small = [(place, value * 2**1000) for place, value in read_numbers(weight)]
    scaled = [(place, value * 2**1000) for place, value in read_numbers(bias)]
    assert rebuilt(
        network,
        {
            "readout.weight": dense_tensor(weight.shape, small, FLOAT64),
            "readout.bias": dense_tensor((5,), scaled, FLOAT64),
        },
    )


def test_too_many_terms_for_a_score_are_refused():
    """A score in bfloat16 has 256 units: 127 terms are half of them."""
    for size, fits in ((126, True), (127, False)):
        identity = SparseMatrix.identity(size)
        readout = SparseMatrix(1, (((0, 1),), *((),) * (size - 1)))
        meaning = Meaning((identity,), ((0, 1),), Decoder.linear(readout), None, BFLOAT16, BFLOAT16, lines=size)
        if fits:
            assert closed(cycle(1, [0]), Contract.INJECTIVE, meaning, (((0, 1),),), (0,))
            continue
        with pytest.raises(CertificateError, match="129 terms are too many"):
            closed(cycle(1, [0]), Contract.INJECTIVE, meaning, (((0, 1),),), (0,))


def line(weights, form, start=1):
    """Return one line that each letter multiplies, read as one state."""
    matrices = tuple(SparseMatrix.from_rows([[weight]]) for weight in weights)
    return Meaning(matrices, vector([(0, start)]), Decoder.linear(SparseMatrix(1, ((),))), None, form, FLOAT64, lines=1)


def test_products_that_are_subnormal_in_float32_are_refused():
    """The least normal number of float32 is 2^-126, and its numbers end at 2^-149."""
    machine = cycle(1, [0])
    for power, fits in ((126, True), (127, False), (150, False)):
        start = Fraction(1, 1 << power)
        meaning, states = line([1], BFLOAT16, start), (((0, start),),)
        if fits:
            assert closed(machine, Contract.INJECTIVE, meaning, states, (0,))
            continue
        with pytest.raises(CertificateError, match="a product may be subnormal") as caught:
            closed(machine, Contract.INJECTIVE, meaning, states, (0,))
        assert caught.value.field == "float"


def test_sums_that_may_overflow_are_refused():
    for form, top in ((FLOAT16, 15), (BFLOAT16, 127)):
        for power, fits in ((top - 1, True), (top, False)):
            meaning, machine = line([1], form, 1 << power), cycle(1, [0])
            if fits:
                assert closed(machine, Contract.INJECTIVE, meaning, (((0, 1 << power),),), (0,))
                continue
            with pytest.raises(CertificateError, match="a sum may exceed") as caught:
                closed(machine, Contract.INJECTIVE, meaning, (((0, 1 << power),),), (0,))
            assert caught.value.field == "float"


def test_more_than_two_products_are_refused():
    for row, fits in (([1, 1, 0], True), ([1, 1, 1], False)):
        matrix = SparseMatrix.from_rows([row, [0, 0, 0], [0, 0, 0]])
        meaning = Meaning(
            (matrix,), ((0, 1),), Decoder.linear(SparseMatrix(1, ((), (), ()))), None, FLOAT16, FLOAT64, None, (3,)
        )
        if fits:
            assert closed(cycle(1, [0]), Contract.INJECTIVE, meaning, (((0, 1),),), (0,))
            continue
        with pytest.raises(CertificateError, match="more than 2 products"):
            closed(cycle(1, [0]), Contract.INJECTIVE, meaning, (((0, 1),),), (0,))


@pytest.mark.parametrize(("name", "what"), [("STATE", "float states"), ("STEP", "coordinates"), ("SCORE", "scores")])
def test_work_is_limited(monkeypatch, name, what):
    network = fifths()
    needed = {"STATE": 5, "STEP": 5 * 2 * 2, "SCORE": 5 * 5 * 2}[name]
    monkeypatch.setattr(module, f"{name}_LIMIT", needed)
    assert rebuilt(network, {})
    monkeypatch.setattr(module, f"{name}_LIMIT", needed - 1)
    with pytest.raises(LimitError, match=what):
        rebuilt(network, {})


def test_a_step_that_overflows_is_no_float_state():
    rows = ((0, ((0, 2),)),)
    assert module.stepped(rows, {0: Fraction(3, 2)}, FLOAT16) == ((0, 3),)
    with pytest.raises(NumericError):
        module.stepped(rows, {0: 1 << 15}, FLOAT16)


def test_an_index_beyond_the_states_is_refused():
    network = orbit_network("thirds-cover-float16")
    tensors = {"readout.index": index_tensor((6,), [*network.stored.decoder.reads[:-1], 3])}
    refused("weights", network, tensors)


def test_two_readings_of_one_float_state_are_refused():
    machine = StateMachine.tracker(range(2), range(1), [[1], [0]])
    meaning = line([1], FLOAT16)
    with pytest.raises(CertificateError):
        closed(machine, Contract.COVER, meaning, (meaning.initial_state,) * 2, (0, 1))
    with pytest.raises(CertificateError):
        closed(machine, Contract.COVER, meaning, (meaning.initial_state,), (0,))

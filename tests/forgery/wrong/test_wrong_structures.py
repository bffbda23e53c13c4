"""Wrong tensors in every structure, wrong heads and contracts: no network, and the field that fails is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64
from fsm2rnn.exact.sparse import SparseMatrix, unit
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.structure_tensors import dense_tensor, index_tensor
from fsm2rnn.proof.claim import induction
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.file.network import Orbit, ProvedNetwork
from fsm2rnn.proof.stored.stored_tensors import indices, one_format, require_shapes, require_tensors, shape_of
from fsm2rnn.proof.stored.structures import Structure
from fsm2rnn.proof.stored.tensor_file import StoredTensor
from tests.proof.networks import (
    PARITY,
    affine_latch,
    compiled,
    cover_simulation,
    diagonal_parity,
    factored_parity,
    turned_quarters,
)
from tests.proof.region_networks import region_network
from tests.proof.rounding.drift_networks import mapped_parity

MAKE = {
    "factored": lambda: factored_parity(FLOAT32),
    "diagonal": lambda: diagonal_parity(FLOAT32),
    "affine": lambda: affine_latch(FLOAT32),
    "rotation": lambda: turned_quarters(FLOAT32),
    "full": lambda: compiled(PARITY, "full"),
    "pd": lambda: mapped_parity(FLOAT32),
}
NAMES = ("machine", "contract", "trace", "reads", "structure", "evidence")


def zeros(*shape, form=FLOAT32):
    return dense_tensor(shape, (), form)


def ones(*shape, form=FLOAT32):
    count = 1
    for axis in shape:
        count *= axis
    return dense_tensor(shape, ((place, 1) for place in range(count)), form)


def states(*values):
    return index_tensor((len(values),), list(values))


def rebuilt(network, tensors, **changes):
    """Return the network with other tensors, None dropping one."""
    content = {name: tensor for name, tensor in ({**network.tensors, **tensors}).items() if tensor is not None}
    return ProvedNetwork(**{name: getattr(network, name) for name in NAMES} | changes, tensors=content)


WRONG = [
    ("factored", "weights", {"output_factor": ones(2, 3)}),
    ("factored", "weights", {"output_factor": ones(3, 4)}),
    ("factored", "weights", {"input_factor": ones(4, 3)}),
    ("factored", "weights", {"input_factor": ones(3, 2)}),
    ("factored", "weights", {"gates": ones(8)}),
    ("factored", "weights", {"gates": ones(2, 0)}),
    ("factored", "matrices", {"gates": ones(3, 4)}),
    ("factored", "induction", {"gates": ones(2, 4)}),
    ("factored", "induction", {"gates": zeros(2, 4)}),
    ("factored", "weights", {"gates": ones(2, 4, form=FLOAT64)}),
    ("factored", "weights", {"gates": None}),
    ("factored", "head", {"head.weight": None}),
    ("factored", "head", {"head.weight": zeros(1, 2)}),
    ("factored", "head", {"head.weight": ones(1, 2)}),
    ("factored", "head", {"head.weight": dense_tensor((1, 2), [(0, 2)], FLOAT32)}),
    ("factored", "head", {"head.weight": dense_tensor((2, 2), [(0, 1)], FLOAT32)}),
    ("factored", "weights", {"head.weight": ones(1, 3)}),
    ("factored", "weights", {"head.weight": ones(2)}),
    ("factored", "weights", {"head.weight": dense_tensor((1, 2), [(0, 1)], FLOAT16)}),
    ("diagonal", "weights", {"diagonal": ones(2, 2)}),
    ("diagonal", "weights", {"diagonal": ones(2)}),
    ("diagonal", "matrices", {"diagonal": ones(1, 1)}),
    ("diagonal", "induction", {"diagonal": ones(2, 1)}),
    ("diagonal", "weights", {"diagonal": ones(2, 1, form=FLOAT16)}),
    ("diagonal", "weights", {"offset": zeros(2, 1)}),
    ("diagonal", "weights", {"readout.index": None}),
    ("diagonal", "weights", {"readout.index": states(1, 0)}),
    ("diagonal", "weights", {"readout.index": states(1, 0, 2)}),
    ("diagonal", "weights", {"readout.index": index_tensor((1, 3), [1, 0, 0])}),
    ("diagonal", "weights", {"readout.index": ones(3)}),
    ("diagonal", "decoder", {"readout.index": states(0, 0, 1)}),
    ("diagonal", "decoder", {"readout.index": states(0, 0, 0)}),
    ("diagonal", "weights", {"readout.bias": zeros(3, form=FLOAT64)}),
    ("diagonal", "weights", {"readout.bias": zeros(2)}),
    ("diagonal", "weights", {"readout.weight": zeros(3, 2)}),
    ("diagonal", "weights", {"readout.weight": zeros(3)}),
    ("diagonal", "decoder", {"readout.weight": zeros(3, 1)}),
    ("diagonal", "weights", {"initial_state": ones(1, form=FLOAT16)}),
    ("diagonal", "weights", {"initial_state": ones(2)}),
    ("diagonal", "codes", {"initial_state": ones(1)}),
    ("diagonal", "head", {"head.weight": ones(1, 1)}),
    ("affine", "weights", {"offset": None}),
    ("affine", "weights", {"offset": ones(3, 2)}),
    ("affine", "weights", {"offset": ones(2, 1)}),
    ("affine", "weights", {"offset": ones(3, 1, form=FLOAT64)}),
    ("affine", "weights", {"diagonal": ones(2, 1)}),
    ("affine", "induction", {"offset": ones(3, 1)}),
    ("affine", "induction", {"offset": zeros(3, 1)}),
    ("affine", "induction", {"diagonal": ones(3, 1)}),
    ("affine", "codes", {"initial_state": ones(1)}),
    ("affine", "head", {"head.weight": zeros(1, 1)}),
    ("affine", "decoder", {"readout.bias": zeros(2)}),
    ("rotation", "weights", {"sine": None}),
    ("rotation", "weights", {"sine": ones(3, 2)}),
    ("rotation", "weights", {"sine": ones(3, 1, form=FLOAT64)}),
    ("rotation", "weights", {"cosine": ones(3)}),
    ("rotation", "weights", {"diagonal": ones(2, 1)}),
    ("rotation", "weights", {"diagonal": ones(3, 2)}),
    ("rotation", "weights", {"diagonal": ones(3, 1, form=FLOAT64)}),
    ("rotation", "weights", {"diagonal": None}),
    ("rotation", "induction", {"diagonal": zeros(3, 1)}),
    ("rotation", "induction", {"cosine": ones(3, 1)}),
    ("rotation", "induction", {"sine": zeros(3, 1)}),
    ("full", "weights", {"readout.weight": ones(3, 2), "readout.bias": zeros(3)}),
    ("full", "weights", {"readout.weight": ones(1, 2), "readout.bias": zeros(1)}),
    ("full", "head", {"head.weight": ones(1, 2)}),
    ("full", "matrices", {"weight": ones(2, 2, 3)}),
    ("full", "weights", {"readout.index": states(0, -1 % 2**63)}),
    ("pd", "head", {"head.weight": ones(1, 2)}),
    ("pd", "weights", {"head.weight": ones(1, 3)}),
    ("pd", "weights", {"head.weight": dense_tensor((1, 2), [(0, 1)], FLOAT64)}),
    ("pd", "weights", {"readout.bias": zeros(2)}),
    ("pd", "weights", {"index": None}),
    ("pd", "matrices", {"index": index_tensor((1, 2), [0, 1]), "diagonal": ones(1, 2)}),
]


@pytest.mark.parametrize(
    ("make", "field", "tensors"), WRONG, ids=[f"{place}-{make}" for place, (make, _, _) in enumerate(WRONG)]
)
def test_wrong_tensors_are_no_network(make, field, tensors):
    network = MAKE[make]()
    rebuilt(network, {})
    with pytest.raises(CertificateError) as caught:
        rebuilt(network, tensors)
    assert caught.value.field == field, caught.value
    assert caught.value.message


@pytest.mark.parametrize("make", MAKE)
def test_a_stored_network_means_what_its_operator_is(make):
    """The stored matrices, multiplied out, are those of the simulation that was stored."""
    network = MAKE[make]()
    wanted = {
        "factored": [[[1, 0], [0, 1]], [[0, 1], [1, 0]]],
        "diagonal": [[[1]], [[-1]]],
        "affine": [[[0, 0], [0, 1]], [[0, 1], [0, 1]], [[-1, 1], [0, 1]]],
        "rotation": [
            [[1, 0, 0], [0, 0, -1], [0, 1, 0]],
            [[1, 0, 0], [0, -1, 0], [0, 0, -1]],
            [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        ],
        "full": [[[1, 0], [0, 1]], [[0, 1], [1, 0]]],
        "pd": [[[1, 0], [0, 1]], [[0, 1], [1, 0]]],
    }[make]
    matrices = tuple(SparseMatrix.from_rows(rows).columns for rows in wanted)
    assert tuple(network.stored.columns(symbol) for symbol in range(len(wanted))) == matrices


def test_a_readout_in_another_format_is_proved_exact_in_it_too():
    network = diagonal_parity(FLOAT32)
    wide = {
        "readout.weight": dense_tensor((3, 1), enumerate([-2, 1, 2]), FLOAT64),
        "readout.bias": dense_tensor((3,), [(1, 1)], FLOAT64),
    }
    assert rebuilt(network, wide).stored.readout_form is FLOAT64
    large = {
        "readout.weight": dense_tensor((3, 1), enumerate([-512, 1, 512]), BFLOAT16),
        "readout.bias": dense_tensor((3,), [], BFLOAT16),
    }
    with pytest.raises(CertificateError, match="arithmetic in bfloat16 is not proved exact") as caught:
        rebuilt(network, large)
    assert caught.value.field == "float"


def test_the_trace_starts_where_the_tensors_do():
    network = compiled(PARITY, "full")
    for codes in ((unit(1), unit(0)), ()):
        with pytest.raises(CertificateError, match="the stored initial state is not the first code") as caught:
            rebuilt(network, {}, trace=Orbit(codes))
        assert caught.value.field == "codes"


def simulated(**changes):
    """Return parity on two coordinates with its linear head, and changes of it."""
    swap = SparseMatrix(2, (unit(1), unit(0)))
    parts = {
        "machine": PARITY,
        "matrices": (SparseMatrix.identity(2), swap),
        "codes": (unit(0), unit(1)),
        "reads": (0, 1),
        "decoder": Decoder.linear(SparseMatrix.identity(2)),
        "contract": Contract.LINEAR,
        "head": SparseMatrix.from_rows([[1, 0]]),
    }
    return Simulation(**parts | changes)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("head", {"contract": Contract.INJECTIVE}),
        ("head", {"contract": Contract.COVER}),
        ("contract", {"contract": Contract.ROBUST, "head": None}),
        ("contract", {"contract": Contract.ROBUST}),
        ("head", {"head": None}),
        ("head", {"head": SparseMatrix.from_rows([[1, 0], [0, 0]])}),
        ("head", {"head": SparseMatrix(0, ((), ()))}),
        ("head", {"head": SparseMatrix.from_rows([[1, 0, 0]])}),
        ("head", {"head": SparseMatrix.from_rows([[1]])}),
        ("head", {"head": SparseMatrix.from_rows([[1, 1]])}),
        ("head", {"head": SparseMatrix.from_rows([[0, 1]])}),
        ("head", {"head": SparseMatrix.from_rows([[2, 0]])}),
        ("head", {"machine": replace(PARITY, outputs=("a", "b"))}),
        ("head", {"machine": replace(PARITY, outputs=(1, 0))}),
        ("head", {"machine": replace(PARITY, outputs=(False, True))}),
    ],
)
def test_a_linear_head_gives_the_output_functions_and_nothing_else(field, changes):
    assert simulated().head is not None
    with pytest.raises(CertificateError) as caught:
        simulated(**changes)
    assert caught.value.field == field, caught.value


def test_the_outputs_1_and_true_are_two_functions():
    machine = StateMachine(("a", "b"), ("x",), ((1,), (0,)), 0, (1, True))
    swap = (SparseMatrix(2, (unit(1), unit(0))),)
    head = SparseMatrix.identity(2)
    assert simulated(machine=machine, matrices=swap, head=head).head == head
    with pytest.raises(CertificateError, match="the head has shape"):
        simulated(machine=machine, matrices=swap, head=SparseMatrix.from_rows([[1, 1]]))


def test_two_codes_of_one_state_keep_no_stronger_contract_than_cover():
    proof = cover_simulation()
    for contract, head in [(Contract.INJECTIVE, None), (Contract.LINEAR, SparseMatrix.from_rows([[1, 0, 1, 0]]))]:
        with pytest.raises(CertificateError, match="that is contract cover") as caught:
            replace(proof, contract=contract, head=head)
        assert caught.value.field == "contract"


def test_equations_have_a_limit_before_anything_is_proved(monkeypatch):
    monkeypatch.setattr(induction, "EQUATION_LIMIT", 3)
    with pytest.raises(LimitError, match="one-step equations: 4 needed"):
        simulated()


def test_names_shapes_formats_and_indices_of_tensors_are_refused_one_by_one():
    tensors = {"a": ones(2, 3), "b": states(0, 2), "c": ones(2, form=FLOAT16), "d": ones(2, 0)}
    require_tensors(tensors, "abcd")
    require_tensors(tensors, "abc", "de")
    require_shapes(tensors, {"a": (2, 3), "c": (2,)})
    assert one_format([tensors["a"], tensors["d"]]) is FLOAT32
    assert shape_of(tensors, "a", 2) == (2, 3)
    assert indices(tensors, "b", 3) == [0, 2]
    below = StoredTensor("I64", (1,), (-1).to_bytes(8, "little", signed=True))
    for refuse in (
        lambda: require_tensors(tensors, "abc"),
        lambda: require_tensors(tensors, "abcde"),
        lambda: require_tensors(tensors, "abce", "d"),
        lambda: require_shapes(tensors, {"a": (3, 2)}),
        lambda: require_shapes(tensors, {"a": (2, 3), "c": (2, 1)}),
        lambda: one_format([tensors["a"], tensors["c"]]),
        lambda: one_format([tensors["b"]]),
        lambda: shape_of(tensors, "a", 3),
        lambda: shape_of(tensors, "a", 1),
        lambda: shape_of(tensors, "d", 2),
        lambda: indices(tensors, "b", 2),
        lambda: indices(tensors, "a", 9),
        lambda: indices({"b": below}, "b", 3),
    ):
        with pytest.raises(CertificateError) as caught:
            refuse()
        assert caught.value.field == "weights"


def test_an_unknown_structure_has_no_meaning():
    for structure in ("banded", "", "Dense"):
        with pytest.raises(CertificateError, match="is none of dense, column-one-hot, factored") as caught:
            Structure.named(structure)
        assert caught.value.field == "operator"
    with pytest.raises(CertificateError, match="expected the tensors weight"):
        rebuilt(region_network("quarters-exact"), {}, structure=Structure.DENSE)

"""What is stored of an operator means the same operator: every structure, every format, or a refusal."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn.constructions.integer_network import nearest_integers
from fsm2rnn.errors import NumericError
from fsm2rnn.exact.factored import FactoredMatrix
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, FORMATS, NATIVE, encode, rounded
from fsm2rnn.exact.sparse import SparseMatrix, unit, vector
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.column_one_hot import ColumnOneHot
from fsm2rnn.operators.dense import Dense
from fsm2rnn.operators.diagonal import AffineDiagonal, Diagonal
from fsm2rnn.operators.factored import Factored
from fsm2rnn.operators.phase import PhaseMatrix
from fsm2rnn.operators.readout import RegionRow, nearest_rows
from fsm2rnn.operators.rotation import Rotation
from fsm2rnn.operators.storage import store, store_regions
from fsm2rnn.operators.structure_tensors import dense_tensor, index_tensor, parameters, structure_tensors
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder, DecoderKind
from fsm2rnn.proof.claim.enclosure import Letter
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.stored.structures import Structure, meaning
from tests.proof.region_networks import counting_cycle, turning

WHOLE = st.integers(-3, 3)
TURNS = st.one_of(st.none(), st.integers(0, 3).map(lambda quarters: Fraction(quarters, 4)))


def rows(height, width):
    return st.lists(st.lists(WHOLE, min_size=width, max_size=width), min_size=height, max_size=height)


def tables(symbols, width):
    return rows(symbols, width).map(lambda table: tuple(map(tuple, table)))


@st.composite
def dense(draw, symbols, size):
    return Dense(tuple(SparseMatrix.from_rows(draw(rows(size, size))) for _ in range(symbols)))


@st.composite
def column_one_hot(draw, symbols, size):
    image = st.tuples(*[st.integers(0, size - 1)] * size)
    turns = st.tuples(*[st.sampled_from([Fraction(0), Fraction(1, 2)])] * size)
    return ColumnOneHot(tuple(PhaseMatrix(draw(image), draw(turns)) for _ in range(symbols)))


@st.composite
def factored(draw, symbols, size):
    rank = draw(st.integers(1, 4))
    left, right = (SparseMatrix.from_rows(draw(rows(size, rank))) for _ in range(2))
    return Factored(left, tuple(vector(enumerate(row)) for row in draw(tables(symbols, rank))), right)


@st.composite
def rotation(draw, symbols, size):
    lines = draw(st.sampled_from(range(size % 2, size, 2)))
    planes = st.tuples(*[TURNS] * ((size - lines) // 2))
    return Rotation(tuple(Letter(row, draw(planes)) for row in draw(tables(symbols, lines))))


def diagonal(symbols, size):
    return tables(symbols, size).map(Diagonal)


def affine_diagonal(symbols, size):
    return st.builds(AffineDiagonal, tables(symbols, size), tables(symbols, size))


OPERATORS = {
    "dense": dense,
    "column-one-hot": column_one_hot,
    "factored": factored,
    "diagonal": diagonal,
    "affine-diagonal": affine_diagonal,
    "rotation": rotation,
}


def drawn_operator(data, structure):
    """Draw an operator with its number of symbols."""
    symbols = data.draw(st.integers(1, 3))
    size = data.draw(st.integers(2 if structure == "rotation" else 1, 4))
    return data.draw(OPERATORS[structure](symbols, size)), symbols


def plain(matrix):
    return matrix.product if isinstance(matrix, FactoredMatrix) else matrix


each_structure = pytest.mark.parametrize("structure", OPERATORS)


@each_structure
@settings(max_examples=60)
@given(data=st.data(), form=st.sampled_from(FORMATS))
def test_what_is_stored_means_the_same_matrices(structure, data, form):
    operator, symbols = drawn_operator(data, structure)
    name, tensors = structure_tensors(operator, symbols, form)
    assert name is Structure.named(structure)
    start = vector(enumerate(data.draw(st.lists(WHOLE, min_size=operator.size, max_size=operator.size))))
    tensors["initial_state"] = dense_tensor((operator.size,), start, form)
    if structure == "column-one-hot":
        tensors["readout.index"] = index_tensor((operator.size,), [0] * operator.size)
    else:
        tensors["readout.weight"] = dense_tensor((1, operator.size), (), form)
        tensors["readout.bias"] = dense_tensor((1,), (), form)
    stored = meaning(name, tensors, 1)
    exact = [operator.matrix(symbol) for symbol in range(symbols)]
    assert [plain(matrix) for matrix in stored.matrices] == [plain(matrix) for matrix in exact]
    assert [stored.columns(symbol) for symbol in range(symbols)] == [plain(matrix).columns for matrix in exact]
    constant = ((operator.size, 1),) if structure == "affine-diagonal" else ()
    assert (stored.initial_state, stored.form, stored.head) == ((*start, *constant), form, None)


@each_structure
@given(data=st.data())
def test_parameters_are_the_numbers_stored(structure, data):
    operator, symbols = drawn_operator(data, structure)
    _, tensors = structure_tensors(operator, symbols, FLOAT32)
    assert parameters(operator, symbols) == sum(math.prod(tensor.shape) for tensor in tensors.values())


SIGNS = st.integers(-1, 1)
STEPS = st.sampled_from([(1, 0), (0, 0), (0, 2), (0, -3), (-1, 0)])  # factor and offset of a finite orbit


@st.composite
def of_finite_orbit(draw, structure):
    """Draw an operator of entries -1, 0 and 1 under which no state grows, with its number of symbols."""
    symbols, size = draw(st.integers(1, 3)), draw(st.integers(2, 4))
    table = tuple(draw(st.tuples(*[SIGNS] * size)) for _ in range(symbols))
    signed = draw(column_one_hot(symbols, size))
    match structure:
        case "dense":
            return Dense(tuple(signed.matrix(symbol) for symbol in range(symbols))), symbols
        case "factored":
            gates = tuple(vector(enumerate(row)) for row in table)
            return Factored(signed.matrix(0), gates, SparseMatrix.identity(size)), symbols
        case "diagonal":
            return Diagonal(table), symbols
        case "affine-diagonal":
            steps = [draw(st.tuples(*[STEPS] * size)) for _ in range(symbols)]
            parts = (tuple(tuple(step[part] for step in row) for row in steps) for part in (0, 1))
            return AffineDiagonal(*parts), symbols
    turns = [draw(st.tuples(*[TURNS] * (size // 2))) for _ in range(symbols)]
    letters = zip(table, turns, strict=True)
    return Rotation(tuple(Letter(row[: size % 2], planes) for row, planes in letters)), symbols


def orbit(matrices, start):
    """Return the tracker of the exact orbit with its codes."""
    codes, table = [start], []
    for code in codes:
        row = [matrix.apply(code) for matrix in matrices]
        codes += [reached for reached in dict.fromkeys(row) if reached not in codes]
        table.append([codes.index(reached) for reached in row])
    return StateMachine.tracker(range(len(codes)), range(len(matrices)), table), tuple(codes)


@pytest.mark.parametrize("structure", [name for name in OPERATORS if name != "column-one-hot"])
@settings(max_examples=40)
@given(data=st.data(), form=st.sampled_from(NATIVE))
def test_a_stored_simulation_is_the_one_it_was(structure, data, form):
    operator, symbols = data.draw(of_finite_orbit(structure))
    matrices = tuple(operator.matrix(symbol) for symbol in range(symbols))
    machine, codes = orbit(matrices, vector(enumerate([1] * matrices[0].height)))
    reads = tuple(range(len(codes)))
    decoder = nearest_integers(codes, reads, matrices[0].height)
    proof = Simulation(machine, matrices, codes, reads, decoder, Contract.INJECTIVE)
    network = store(operator, proof, form, {"made": "here"})
    assert (network.machine, network.reads, network.contract) == (machine, reads, Contract.INJECTIVE)
    assert [plain(matrix) for matrix in network.proof.matrices] == [plain(matrix) for matrix in matrices]
    assert (network.proof.codes, network.evidence) == (codes, {"made": "here"})
    # The constant coordinate of an affine state adds one number to all scores, and is not stored.
    assert network.margin == proof.margin


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_regions_are_stored_with_a_readout_in_float64(form):
    for enclosure, letters in ((turning(3, [1], 6), 1), (turning(5, range(5)), 5)):
        operator, rows = Rotation(enclosure.letters), nearest_rows(enclosure)
        network = store_regions(operator, enclosure, rows, form, {})
        assert (network.form, network.stored.readout_form) == (form, FLOAT64)
        assert (network.trace.letters, network.trace.regions) == (enclosure.letters, enclosure.regions)
        assert ("readout.index" in network.tensors) == (letters == 1)
        assert network.stored.decoder.reads == tuple(row.read for row in rows) == tuple(sorted(enclosure.reads))
        assert dict(network.stored.initial_state) == {0: 1}


def test_lines_start_at_the_upper_end_of_their_first_region():
    network = counting_cycle(FLOAT16)
    assert network.trace.regions[0].lines == ((1, 1),)
    assert network.stored.initial_state == ((0, 1), (1, 1))


def test_each_row_is_the_nearest_to_its_own_region():
    enclosure = turning(7, [2, 3])
    rows = nearest_rows(enclosure)
    assert [row.read for row in rows] == list(range(7))
    weights = [{place: float(value) for place, value in row.weights()} for row in rows]
    for region, read in zip(enclosure.regions, enclosure.reads, strict=True):
        angle = math.tau * float(region.planes[0])
        scores = [at.get(0, 0) * math.cos(angle) + at.get(1, 0) * math.sin(angle) for at in weights]
        assert scores.index(max(scores)) == read
        assert max(scores) == pytest.approx(1)
    assert {row.bias for row in rows} == {Fraction(-1, 2)}
    assert RegionRow((2, 0), (None, Fraction(1, 4)), 1, 0).weights() == ((0, 2), (5, 1))


ONE, TWO = SparseMatrix.identity(1), SparseMatrix.identity(2)
LINE, PLANE = Letter((1,), ()), Letter((), (Fraction(0),))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Dense((ONE, TWO)), r"square matrices of one size, found \[1, 2\]"),
        (lambda: Dense((SparseMatrix(2, (unit(0),)),)), r"square matrices of one size, found \[1, 2\]"),
        (lambda: Dense(()), r"found \[\]"),
        (lambda: ColumnOneHot((PhaseMatrix.map((0,)), PhaseMatrix.map((0, 1)))), r"of one size, found \[1, 2\]"),
        (lambda: ColumnOneHot(()), r"found \[\]"),
        (lambda: Diagonal(((1,), (1, 2))), r"rows of one length, none empty, found \[1, 2\]"),
        (lambda: Diagonal(((), ())), r"rows of one length, none empty, found \[0\]"),
        (lambda: Diagonal(()), r"none empty, found \[\]"),
        (lambda: AffineDiagonal(((1,),), ((1, 2),)), r"rows of one length, none empty, found \[1, 2\]"),
        (lambda: AffineDiagonal(((1,), (2,)), ((1,),)), "2 rows of factors need as many of offsets, found 1"),
        (lambda: Factored(ONE, (), TWO), r"expected \(H, R\) twice"),
        (lambda: Factored(TWO, (((2, 1),),), TWO), "height 2"),
        (lambda: Rotation((LINE, PLANE)), r"letters of one shape, found \[\(0, 1\), \(1, 0\)\]"),
        (lambda: Rotation((Letter((), ()),)), r"letters of one shape, found \[\(0, 0\)\]"),
        (lambda: Rotation(()), r"letters of one shape, found \[\]"),
        (lambda: Rotation((Letter((), (Fraction(1, 3),)),)).matrix(0), "rotation by 1/3 turns has no matrix"),
        (lambda: ColumnOneHot((PhaseMatrix((0,), (Fraction(1, 4),)),)).matrix(0), "phase of 1/4 turns is not real"),
    ],
)
def test_what_does_not_fit_is_refused(build, message):
    with pytest.raises(NumericError, match=message):
        build()


@pytest.mark.parametrize(
    "decoder",
    [Decoder.linear(ONE, ((0, 1),)), Decoder(DecoderKind.LINEAR, SparseMatrix.from_rows([[2]]), (), (0,))],
    ids=["bias", "another weight"],
)
def test_maps_are_read_by_an_index_where_coordinates_are_states(decoder):
    machine = StateMachine((0,), ("x",), ((0,),), 0, (0,))
    operator = ColumnOneHot((PhaseMatrix.map((0,)),))
    proof = Simulation(machine, (ONE,), (unit(0),), (0,), decoder, Contract.INJECTIVE)
    assert set(store(operator, proof, FLOAT32, {}).tensors) >= {"readout.weight", "readout.bias"}
    plain = Simulation(machine, (ONE,), (unit(0),), (0,), Decoder.linear(ONE), Contract.INJECTIVE)
    assert "readout.weight" not in store(operator, plain, FLOAT32, {}).tensors


@given(st.lists(st.fractions(-(2**10), 2**10), min_size=1, max_size=6), st.sampled_from(FORMATS))
def test_numbers_are_rounded_once_to_nearest_even(values, form):
    tensor = dense_tensor((len(values) + 1,), enumerate(values), form)
    size = form.width // 8
    bits = [int.from_bytes(tensor.data[place * size :][:size], "little") for place in range(len(values) + 1)]
    assert bits == [encode(rounded(value, form), form) for value in (*values, 0)]


@pytest.mark.parametrize("form", [FLOAT16, BFLOAT16])
def test_numbers_beyond_a_format_are_refused(form):
    with pytest.raises(NumericError, match=f"overflows {form.name}"):
        dense_tensor((1,), [(0, 2 * form.largest)], form)

"""Recipes of stock cells: every machine is proved as stored, and both sizes and claims are those of the theorem."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.compiler import ask
from fsm2rnn.constructions.cells.store import store_cell
from fsm2rnn.constructions.verdict import Compiled, Unsettled
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT32, NATIVE
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.operators.letter_units import letter_units
from fsm2rnn.operators.stock_cell import StockCell
from fsm2rnn.proof.claim.cell import PRODUCT_LIMIT
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.proof.rounding.cell_grade import Invariant
from fsm2rnn.targets import STOCK_CELLS
from tests.second_checker.checker import accepts
from tests.strategies import machines, mealy_machines, permutation_machines

KINDS = st.sampled_from(list(CellKind))
EVERY = st.one_of(machines(), permutation_machines(), mealy_machines())
each_cell = pytest.mark.parametrize("target", STOCK_CELLS, ids=lambda target: target.name)


@settings(max_examples=150)
@given(machine=EVERY, kind=KINDS, form=st.sampled_from(NATIVE))
def test_every_machine_is_proved_as_stored_in_every_format(machine, kind, form):
    network = fsm2rnn.compile(machine, kind.stored).proved(form)
    assert network.grade_name == ("exact" if kind is CellKind.RELU else "invariant")
    assert network.proof.claims_empty_word == (not machine.is_mealy)
    data = network_bytes(network)
    report = check_bytes(data)
    assert report.accepted, report.reason
    assert accepts(data) == (True, "proved")
    if isinstance(network.grade, Invariant):
        assert network.grade.slack > 1 / 64


@given(machine=EVERY, kind=KINDS)
def test_units_are_the_maps_of_letters_and_the_states_in_their_images(machine, kind):
    answer = ask(machine, next(one for one in STOCK_CELLS if one.name == kind.stored))
    verdict, minimal = answer.verdict, answer.machine
    reached = {
        (
            tuple((row[symbol], outputs[symbol] if minimal.is_mealy else None) for row, outputs in rows),
            (minimal.table[state][symbol], minimal.outputs[state][symbol] if minimal.is_mealy else None),
        )
        for rows in [list(zip(minimal.table, minimal.outputs, strict=True))]
        for state in range(len(minimal.states))
        for symbol in range(len(minimal.symbols))
    }
    found = len(reached)
    assert verdict.operator.size == (found if kind is CellKind.RELU else max(3, found))
    symbols, size = len(minimal.symbols), verdict.operator.size
    assert verdict.parameters == kind.gates * size * (symbols + size + 2)


@each_cell
@pytest.mark.parametrize("name", ["Z1", "maps:0", "flip-flop", "re:a*", "re:a"])
def test_the_smallest_machines_have_cells(target, name):
    network = fsm2rnn.compile(name, target).proved()
    assert check_bytes(network_bytes(network)).accepted


@each_cell
def test_letters_of_one_map_share_their_units(target):
    table = [[1, 1, 0], [0, 0, 0]]
    outputs = ["even", "odd"]
    twice = fsm2rnn.from_table(table, outputs=outputs)
    once = fsm2rnn.from_table([row[1:] for row in table], outputs=outputs)
    assert fsm2rnn.compile(twice, target).verdict.operator.size == fsm2rnn.compile(once, target).verdict.operator.size
    assert len(fsm2rnn.compile(twice, target).proved().nodes.reads) == 4


@each_cell
def test_states_that_no_word_reaches_take_no_units(target):
    machine = fsm2rnn.StateMachine(("p", "q", "far"), ("a", "b"), ((1, 0), (0, 1), (0, 2)), 0, ("p", "q", "far"))
    assert fsm2rnn.compile(machine, target).verdict.operator.size == 4
    assert fsm2rnn.compile(machine, target).proved().machine == minimise(machine).target


@each_cell
def test_a_start_that_no_letter_leads_back_to_has_no_unit(target):
    machine = fsm2rnn.from_table([[1, 2], [1, 2], [2, 1]], outputs=["start", "p", "q"])
    network = fsm2rnn.compile(machine, target).proved()
    assert network.nodes.reads.count(0) == 1
    assert network.proof.claims_empty_word


@each_cell
def test_a_linear_head_is_not_claimed(target):
    assert isinstance(fsm2rnn.compile("parity", target, contract="linear").verdict, Unsettled)
    for contract in (Contract.INJECTIVE, Contract.COVER, Contract.ROBUST):
        verdict = fsm2rnn.compile("parity", target, contract=contract).verdict
        assert isinstance(verdict, Compiled)
        assert verdict.proof.contract is Contract.COVER


@each_cell
def test_snapping_is_no_grade_of_a_cell(target):
    with pytest.raises(InputError, match="linear recurrence"):
        fsm2rnn.compile("parity", target).proved(grade="snap")


@each_cell
def test_more_units_than_the_limit_are_refused_before_they_are_listed(target):
    with pytest.raises(LimitError, match="14,400 needed, the limit is 2,048"):
        fsm2rnn.compile("S5", target)
    explained = fsm2rnn.explain("Z50", target)
    assert isinstance(explained.answers[0].verdict, Unsettled)
    assert "2,500 needed" in str(explained.answers[0].verdict)


def test_products_beyond_the_kernel_s_limit_are_refused_before_tensors_are_made():
    cell = StockCell(CellKind.LSTM, letter_units(fsm2rnn.read("counter(1000)")))
    with pytest.raises(LimitError, match="products of weights and walls"):
        store_cell(cell, FLOAT32, {})
    told = fsm2rnn.compile("counter(1000)", "lstm").verdict
    assert "not proved: a proof takes 36,074,048,010 products" in str(told)
    assert "reason" in told.proof.to_json()
    assert isinstance(fsm2rnn.explain("counter(1000)", "lstm").answers[0].verdict, Unsettled)


def test_what_is_told_of_large_cells_follows_the_kernel_s_own_limit():
    told = {cell: str(fsm2rnn.compile("counter(500)", cell).verdict) for cell in ("relu", "elman", "gru", "lstm")}
    assert [name for name, text in told.items() if "not proved: a proof takes" in text] == ["gru", "lstm"]
    assert f"the limit is {PRODUCT_LIMIT:,}" in told["gru"]


def test_rounding_that_breaks_the_proof_is_said(monkeypatch):
    """Rounded to three bits of a significand the rows of a reset machine do not add up to what they should."""
    coarse = replace(BFLOAT16, precision=3, exponent_bits=8, native=True)
    cell = StockCell(CellKind.ELMAN, letter_units(fsm2rnn.read("A4@gens")))
    rounded = fsm2rnn.exact.rounding.rounded
    monkeypatch.setattr("fsm2rnn.constructions.cells.store.rounded", lambda value, _: rounded(value, coarse))
    with pytest.raises(fsm2rnn.errors.CertificateError, match="rounded to float32 do not carry the proof"):
        store_cell(cell, FLOAT32, {})


@each_cell
def test_explain_tells_a_size_and_proves_where_it_is_asked(target):
    told = fsm2rnn.explain("S3@gens").to_json()["targets"][target.name]
    kind = next(kind for kind in CellKind if kind.stored == target.name)
    parameters = kind.gates * 12 * (2 + 12 + 2)
    size = {"verdict": "compiled", "proved": False, "size": 12, "parameters": parameters, "contract": "cover"}
    assert told == size
    asked = fsm2rnn.explain("S3@gens", target).to_json()["targets"][target.name]
    assert size | {"proved": True} | {key: asked[key] for key in asked if key not in size} == asked
    if kind is CellKind.RELU:
        assert asked["grade"] == "exact"
        assert asked["dtypes"] == dict.fromkeys(("float64", "float32", "bfloat16", "float16"), "all lengths")
    else:
        assert asked["grade"] == "invariant"
        assert asked["slack"] == "0.062499"
        assert asked["margin"] == "1.000000"
        assert "errs by at most slack" in asked["condition"]


@pytest.mark.parametrize("name", ["parity", "S3", "tomita3", "S5@gens"])
def test_auto_chooses_among_linear_recurrences(name):
    assert fsm2rnn.compile(name).target not in {target.name for target in STOCK_CELLS}

"""Two checkers of network files that share no code: both accept what compiles, and they agree."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn.compiler import ask
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.errors import CertificateError, NumericError
from fsm2rnn.exact.rounding import FORMATS
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.storage import store
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.enclosure import Enclosure, Letter, Region
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.proof.stored.stored_tensors import stored_vector
from fsm2rnn.proof.stored.tensor_file import StoredTensor
from fsm2rnn.targets import RUNGS
from fsm2rnn.targets.full import FULL
from fsm2rnn.targets.pd import PD
from tests.proof.networks import cover_network, named_files
from tests.proof.region_networks import NETWORKS, region_file, stored
from tests.second_checker.checker import accepts
from tests.second_checker.formats import layout
from tests.second_checker.wire import Refused, numbers
from tests.strategies import group_tracker, machines, permutation_machines


@pytest.mark.parametrize("target", [FULL, PD], ids=lambda target: target.name)
@settings(max_examples=60)
@given(machine=machines(max_states=8, max_symbols=4))
def test_both_checkers_accept_every_compiled_machine_in_every_format(target, machine):
    answer = ask(machine, target)
    for form in FORMATS:
        data = network_bytes(store(answer.verdict.operator, answer.verdict.proof, form, {"target": target.name}))
        report = check_bytes(data)
        assert report.accepted, report.reason
        assert report.equations == len(answer.machine.states) * len(answer.machine.symbols)
        assert accepts(data) == (True, "proved")


@pytest.mark.parametrize("target", [target for target in RUNGS if target not in (FULL, PD)], ids=lambda t: t.name)
@pytest.mark.parametrize("contract", Contract)
@settings(max_examples=15)
@given(machine=st.one_of(machines(max_states=4, max_symbols=2), permutation_machines(max_states=4, max_symbols=2)))
def test_both_checkers_accept_what_any_target_compiles(target, contract, machine):
    verdict = ask(machine, target, contract).verdict
    for form in FORMATS if isinstance(verdict, Compiled) else ():
        try:
            data = network_bytes(verdict.store(form, {"target": target.name}))
        except (CertificateError, NumericError):
            continue
        assert check_bytes(data).accepted
        assert accepts(data) == (True, "proved")


@st.composite
def reachable_regions(draw):
    """Draw letters of roots of unity, zeros and signs, and the machine whose states are the regions that they reach."""
    order, planes = draw(st.sampled_from([1, 2, 3, 4, 5, 6, 7, 12])), draw(st.integers(1, 2))
    turn = st.one_of(st.integers(0, order - 1).map(lambda part: Fraction(part, order)), st.none())
    factor = st.sampled_from([1, -1, 0])
    lines = draw(st.integers(0, 1))
    letter = st.tuples(st.tuples(*[factor] * lines), st.tuples(*[turn] * planes))
    letters = [Letter(*parts) for parts in draw(st.lists(letter, min_size=1, max_size=2))]
    regions = [Region(((1, 1),) * lines, (Fraction(0),) * planes)]
    table = []
    for region in regions:
        images = [region.image(letter) for letter in letters]
        regions += [image for place, image in enumerate(images) if image not in (*regions, *images[:place])]
        table.append([regions.index(image) for image in images])
    machine = StateMachine.tracker(range(len(regions)), range(len(letters)), table)
    return Enclosure(machine, tuple(letters), tuple(regions), tuple(range(len(regions))), Contract.INJECTIVE)


@settings(max_examples=80)
@given(enclosure=reachable_regions(), form=st.sampled_from(FORMATS))
def test_both_checkers_prove_the_same_bounds_of_products_of_turns_and_signs(enclosure, form):
    data = network_bytes(stored(enclosure, form))
    report = check_bytes(data)
    assert report.accepted, report.reason
    assert accepts(data) == (True, "proved")


@pytest.mark.parametrize("name", NETWORKS)
def test_both_checkers_accept_networks_proved_by_regions(name):
    report = check_bytes(region_file(name))
    assert (report.accepted, report.grade) == (True, "exact" if "exact" in name else "horizon"), report.reason
    assert accepts(region_file(name)) == (True, "proved")


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_both_checkers_accept_several_codes_per_state(form):
    data = network_bytes(cover_network(form))
    report = check_bytes(data)
    assert (report.accepted, report.equations) == (True, 8), report.reason
    assert accepts(data) == (True, "proved")


@pytest.mark.parametrize(("name", "data"), named_files().items(), ids=named_files())
def test_both_checkers_accept_the_files_that_the_forgery_tests_change(name, data):
    assert check_bytes(data).accepted, name
    assert accepts(data) == (True, "proved")


def test_both_checkers_accept_the_word_problem_of_a_group_of_120_elements():
    machine = group_tracker([(1, 0, 2, 3, 4), (1, 2, 3, 4, 0)])
    for target in (FULL, PD):
        verdict = ask(machine, target).verdict
        data = network_bytes(store(verdict.operator, verdict.proof, FORMATS[1], {}))
        assert check_bytes(data).equations == 240
        assert accepts(data) == (True, "proved")


def test_neither_checker_accepts_bytes_that_are_no_network():
    for data in (b"", b"\0" * 7, b"\0" * 8, b"\0" * 64, b"\xff" * 64, b"{}", b"\x02" + b"\0" * 7 + b"{}"):
        assert not check_bytes(data).accepted
        assert not accepts(data)[0]


@pytest.mark.parametrize("form", [form for form in FORMATS if form.width <= 16], ids=lambda form: form.name)
def test_every_pattern_of_8_or_16_bits_is_one_number_to_both_checkers(form):
    patterns = range(1 << form.width)
    found = []
    for reads in (
        lambda data: numbers((form.stored, [1], data)).get(0, 0),
        lambda data: dict(stored_vector(StoredTensor(form.stored, (1,), data), form)).get(0, 0),
    ):
        values = []
        for pattern in patterns:
            try:
                values.append(reads(pattern.to_bytes(form.item_size, "little")))
            except (Refused, NumericError, CertificateError):
                values.append(None)
        found.append(values)
    assert found[0] == found[1]
    finite = [value for value in found[0] if value is not None]
    assert max(finite) == form.largest
    assert layout(form.stored) == (form.precision, form.lowest, form.largest)

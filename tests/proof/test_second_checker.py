"""Two checkers of network files that share no code: both accept what compiles, and they agree."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from fsm2rnn.compiler import ask
from fsm2rnn.exact.rounding import FORMATS
from fsm2rnn.operators.storage import store
from fsm2rnn.proof.checker import check_bytes, network_bytes
from fsm2rnn.targets import TARGETS
from fsm2rnn.targets.verdict import Compiled
from tests.proof.networks import cover_network, named_files
from tests.second_checker.checker import accepts
from tests.strategies import group_tracker, machines


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
@settings(max_examples=60)
@given(machine=machines(max_states=8, max_symbols=4))
def test_both_checkers_accept_every_compiled_machine_in_every_format(target, machine):
    answer = ask(machine, target)
    assert isinstance(answer.verdict, Compiled)
    for form in FORMATS:
        data = network_bytes(store(answer.verdict.operator, answer.verdict.proof, form, {"target": target.name}))
        report = check_bytes(data)
        assert report.accepted, report.reason
        assert report.equations == len(answer.machine.states) * len(answer.machine.symbols)
        assert accepts(data) == (True, "proved")


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
    for target in TARGETS:
        verdict = ask(machine, target).verdict
        data = network_bytes(store(verdict.operator, verdict.proof, FORMATS[1], {}))
        assert check_bytes(data).equations == 240
        assert accepts(data) == (True, "proved")


def test_neither_checker_accepts_bytes_that_are_no_network():
    for data in (b"", b"\0" * 7, b"\0" * 8, b"\0" * 64, b"\xff" * 64, b"{}", b"\x02" + b"\0" * 7 + b"{}"):
        assert not check_bytes(data).accepted
        assert not accepts(data)[0]

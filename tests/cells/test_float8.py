"""Formats that are only stored: float8 tensors in file and module, float32 in every step, one rounding a step."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.cells.arithmetic import form_of, held, kept, wide
from fsm2rnn.cells.packing import FORMAT_DTYPES
from fsm2rnn.errors import CertificateError, FsmError, InputError, NumericError
from fsm2rnn.exact.rounding import FLOAT8_E4M3FN, FLOAT8_E5M2, FORMATS, NATIVE
from fsm2rnn.proof.file.certificate import certificate
from fsm2rnn.running.verification import verify_network
from fsm2rnn.tracing.float_states import Closed, Fails, rounded_to

STORED_ONLY = [form for form in FORMATS if not form.native]
by_name = {"ids": lambda form: form.name}
each_form = pytest.mark.parametrize("form", STORED_ONLY, **by_name)
# target, machine, and how long the words are that are proved in float8_e4m3fn and float8_e5m2: None for all, 0 for none
CASES = {
    ("pd", "parity"): (None, None),
    ("full", "S3"): (None, None),
    ("factored", "S3"): (None, None),
    ("integer", "A4"): (None, None),
    ("householder", "S4@gens"): (None, 0),
    ("householder", "flip-flop"): (None, None),
    ("real-diagonal", "V4"): (None, None),
    ("affine-real-diagonal", "flip-flop"): (None, None),
    ("rotation", "Z6"): (None, None),
    ("rotation", "Z5"): (4, 2),
    ("block-diagonal", "A5@gens"): (1, 0),
}
each_case = pytest.mark.parametrize("case", CASES, ids=" ".join)


def proved_in(case, form):
    """Return the result of a case and the number of symbols proved in a format, 0 for none."""
    return fsm2rnn.compile(case[1], case[0]), CASES[case][STORED_ONLY.index(form)]


@each_form
@each_case
def test_networks_are_stored_checked_run_and_read_right_for_as_long_as_is_proved(case, form, tmp_path):
    result, steps = proved_in(case, form)
    path = tmp_path / "float8.safetensors"
    if steps == 0:
        with pytest.raises(CertificateError, match=rf"{form.name}( is not proved exact|, no step is proved)"):
            result.save(path, form.name)
        return
    report = result.save(path, form.name)
    assert f"computed in float32 with each new state rounded once to {form.name}" in report.claim
    network = fsm2rnn.load(path)
    assert network.rnn.initial_state.dtype == FORMAT_DTYPES[form.name]
    assert network.initial_state.dtype == torch.float32
    assert fsm2rnn.check(network).claim == report.claim == fsm2rnn.check(path).claim
    verified = verify_network(network, steps=min(steps or 200, 200), batch=64)
    assert (verified.mismatches, verified.dtype) == (0, form.name)
    network.save(tmp_path / "again.safetensors")
    assert fsm2rnn.check(tmp_path / "again.safetensors").accepted


@each_form
@pytest.mark.parametrize("case", [("rotation", "Z6"), ("integer", "A4"), ("rotation", "Z5")], ids=" ".join)
def test_compiled_loops_and_torch_steps_go_through_the_same_states(case, form):
    result, steps = proved_in(case, form)
    network = result.network(form.name)
    ids = torch.from_numpy(np.random.default_rng(1).integers(len(network.machine.symbols), size=(20, steps or 300)))
    states, last = network.rnn(ids)
    assert torch.equal(states, kept(states, FORMAT_DTYPES[form.name]))
    assert torch.equal(last[0], states[:, -1])
    expected = [list(network.machine.trajectory(word)) for word in ids.tolist()]
    assert network.run(ids).tolist() == expected
    scanned = verify_network(network, steps=min(steps or 100, 2), batch=16, order="scan")
    assert scanned.mismatches == 0


@each_form
def test_a_certificate_names_its_own_format_beside_those_that_compute(form):
    exact = json.loads(certificate(fsm2rnn.compile("parity", "pd").proved(form.name)))
    assert list(exact["float"]["dtypes"]) == sorted([*(one.name for one in NATIVE), form.name])
    assert exact["float"]["reason"].endswith(
        f"; {form.name} is only stored: its numbers are computed with in float32, and each new state is rounded to it"
    )
    lasting = json.loads(certificate(fsm2rnn.compile("Z5", "rotation").proved(form.name)))
    assert list(lasting["float"]["dtypes"]) == [form.name]
    assert "accumulating format (float32), fused or not" in lasting["float"]["reason"]
    others = json.loads(certificate(fsm2rnn.compile("parity", "pd").proved("float32")))
    assert list(others["float"]["dtypes"]) == sorted(one.name for one in NATIVE)


def test_float_states_are_searched_in_float8():
    closed = fsm2rnn.compile("Z6", "rotation").float_search("float8_e4m3fn")
    assert isinstance(closed, Closed)
    assert len(closed.states) == 6
    result = fsm2rnn.compile("Z5", "rotation")
    found = result.float_search("float8_e4m3fn")
    assert isinstance(found, Fails)
    assert len(found.word) > 4
    network, word = result.network("float8_e4m3fn"), torch.tensor([found.word])
    read, right = network.run(word)[0].tolist(), list(result.machine.trajectory(found.word))
    assert read[:-1] == right[:-1]
    assert read[-1] != right[-1]


@pytest.mark.parametrize("form", [form for form in FORMATS if form.accumulator != form], **by_name)
@given(st.lists(st.floats(-500, 500, width=32) | st.floats(-(2.0**120), 2.0**120, width=32), min_size=1))
def test_the_search_rounds_as_torch_does(form, values):
    numbers = np.array(values, dtype=np.float32)
    numbers = numbers[(np.abs(numbers) < 1e38) & ((numbers == 0) | (np.abs(numbers) > 1e-37))]
    with np.errstate(over="ignore"):
        found = torch.from_numpy(rounded_to(numbers, form))
    states, dtype = torch.from_numpy(numbers), FORMAT_DTYPES[form.name]
    wanted = kept(states, dtype).to(dtype).to(torch.float32) if form.native else kept(states, dtype)
    finite = wanted.isfinite()
    assert torch.equal(found[finite], wanted[finite])
    assert not found[~finite].isfinite().any()


def test_a_network_compares_what_it_can_be_converted_to():
    network = fsm2rnn.compile("parity", "pd").network()
    network.to(torch.float8_e4m3fn)
    assert network.outputs("1101") == fsm2rnn.compile("parity", "pd").network().outputs("1101")
    assert copy.deepcopy(network).rnn.diagonal.dtype == torch.float8_e4m3fn
    with pytest.raises(InputError, match=r"stored in one of float64, .*float8_e5m2, not in torch.complex64"):
        form_of(torch.complex64)


@each_form
def test_states_are_held_and_added_up_in_float32(form):
    dtype = FORMAT_DTYPES[form.name]
    assert (wide(dtype), held(dtype)) == (torch.float32, torch.float32)
    assert [held(FORMAT_DTYPES[one.name]) for one in NATIVE] == [FORMAT_DTYPES[one.name] for one in NATIVE]


def test_what_overflows_is_no_longer_finite():
    edges = torch.tensor([448.0, 463.9, 464.0, 464.1, -480.0, 1e9])
    assert kept(edges, torch.float8_e4m3fn).tolist()[:3] == [448.0, 448.0, 448.0]
    assert kept(edges, torch.float8_e4m3fn)[3:].isnan().all()
    assert kept(torch.tensor([57344.0, 61439.0, 61440.0]), torch.float8_e5m2).tolist() == [57344, 57344, torch.inf]
    network = fsm2rnn.compile("V4", "real-diagonal").network("float8_e4m3fn")
    with torch.no_grad():
        network.rnn.diagonal.copy_(torch.full(network.rnn.diagonal.shape, 8.0))
    with pytest.raises(NumericError, match="no longer finite"):
        network.run(torch.zeros(1, 5, dtype=torch.int64))
    assert verify_network(network, steps=10).mismatches > 0  # what is not finite reads as no state


def test_a_search_needs_sixteen_bits_at_most():
    with pytest.raises(FsmError):
        fsm2rnn.compile("Z5", "rotation").float_search("float32")
    assert {FLOAT8_E4M3FN, FLOAT8_E5M2} == set(STORED_ONLY)

"""Large machines are minimised on arrays with the same result, and small ones load nothing for it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given

from fsm2rnn import compiler
from fsm2rnn.errors import CertificateError
from fsm2rnn.machine.minimise import by_blocks, minimise
from fsm2rnn.machine.reachable import reachable
from fsm2rnn.machine.state_machine import StateMachine
from tests.strategies import machines


@given(machines(max_states=8))
def test_both_ways_give_the_same_machine(machine):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiler, "LARGE", 0)
        assert compiler.minimal_facts(machine).machine == minimise(machine).target


@pytest.mark.parametrize("seed", range(3))
def test_a_machine_at_the_threshold_is_minimised_on_arrays(monkeypatch, seed):
    count = 300
    rows = tuple(((state * (seed + 2) + 1) % count, (state + seed) % count) for state in range(count))
    machine = StateMachine(tuple(range(count)), "ab", rows, 0, tuple(state % 7 == 0 for state in range(count)))
    asked = []
    monkeypatch.setattr(compiler, "LARGE", count)
    true = compiler.minimise
    monkeypatch.setattr(compiler, "minimise", lambda machine: asked.append(machine) or true(machine))
    assert compiler.minimal_facts(machine).machine == minimise(machine).target
    assert not asked
    monkeypatch.setattr(compiler, "LARGE", count + 1)
    assert compiler.minimal_facts(replace(machine)).machine == minimise(machine).target  # which knows nothing yet
    assert asked == [machine]


def test_wrong_blocks_are_refused():
    machine = StateMachine((0, 1, 2), "a", ((1,), (2,), (0,)), 0, (True, False, False))
    with pytest.raises(CertificateError, match=r"quotient\.outputs"):
        by_blocks(machine, [0, 0, 1])
    with pytest.raises(CertificateError, match=r"quotient\.table"):
        by_blocks(machine, [0, 1, 1])


@given(machines(max_states=6))
def test_a_machine_that_is_numbered_breadth_first_is_its_own_reachable_part(machine):
    part = reachable(machine)
    assert reachable(part) is part


def test_compiling_a_small_machine_loads_no_numba():
    program = (
        "import sys; from fsm2rnn.compiler import ask_all; from fsm2rnn.source.read import read; "
        "ask_all(read('act:(1,2,3);(1,2)')); sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

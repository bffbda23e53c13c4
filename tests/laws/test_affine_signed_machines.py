"""householder beside affine networks: machines of signed coordinates, and all networks of one update a letter."""

from __future__ import annotations

import random

import pytest

from fsm2rnn.algebra.monoid.short_words import idempotents_of_one_image
from fsm2rnn.algebra.signed.ternary_functions import BINARY
from fsm2rnn.compiler import minimal_facts
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled
from fsm2rnn.exact.rounding import FLOAT32
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.targets.householder import HOUSEHOLDER
from tests.constructions.affine_signed import machine_of, machines_of_one_update, random_letters, random_updates
from tests.second_checker.checker import accepts


def drawn(seed):
    """Return a machine of up to three signed coordinates and two letters."""
    draw = random.Random(seed)
    kind = random_updates if seed % 2 else random_letters
    width = draw.randint(1, 3)
    return machine_of(kind(draw, width=width, letters=2), tuple(draw.choice((1, -1, 0)) for _ in range(width)))


def verdicts(seeds):
    """Return the verdicts on drawn machines: these have affine networks, so none may be impossible."""
    found = {Compiled: 0, Unsettled: 0, Impossible: 0}
    tables = {}
    for seed in seeds:
        machine = drawn(seed)
        verdict = HOUSEHOLDER.compile(minimal_facts(machine), Contract.INJECTIVE)
        found[type(verdict)] += 1
        tables[machine.table] = verdict
    return found, tables


def test_a_machine_of_signed_coordinates_is_held():
    found, _ = verdicts(range(60))
    assert found == {Compiled: 60, Unsettled: 0, Impossible: 0}


def test_machines_of_one_update_on_two_coordinates_are_not_refuted():
    tables = machines_of_one_update(2, 4)
    assert len(tables) > 30
    for table in sorted(tables):
        machine = StateMachine.tracker(range(len(table)), range(2), table)
        assert idempotents_of_one_image(minimal_facts(machine).machine) is None


@pytest.mark.slow
def test_3000_machines_of_signed_coordinates_beside_all_networks_of_one_update():
    found, tables = verdicts(range(3000))
    one_update = set().union(*(machines_of_one_update(width, 8) for width in (1, 2, 3)))
    held = {table for table, verdict in tables.items() if isinstance(verdict, Compiled)}
    assert found == {Compiled: 2991, Unsettled: 9, Impossible: 0}
    assert all(len(table) > BINARY for table, verdict in tables.items() if isinstance(verdict, Unsettled))
    assert len(tables) > 500
    assert len(one_update & tables.keys()) == len(one_update & held) > 30
    for table in sorted(one_update):
        verdict = tables.get(table) or _asked(table)
        assert not isinstance(verdict, Impossible)
    for table in sorted(held)[::20]:
        data = network_bytes(tables[table].store(FLOAT32, {}))
        assert check_bytes(data).accepted
        assert accepts(data) == (True, "proved")


def _asked(table):
    machine = StateMachine.tracker(range(len(table)), range(2), table)
    return HOUSEHOLDER.compile(minimal_facts(machine), Contract.INJECTIVE)

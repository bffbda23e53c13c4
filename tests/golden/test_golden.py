"""No answer changes unseen: facts, sizes, verdicts and certificates of forty machines, as they were recorded.

A change of rows.json that a commit means is written by `python -m tests.golden.rows` and named in the changelog.
"""

from __future__ import annotations

import json
import re
from math import isclose

import pytest

from fsm2rnn.proof.claim.contract import Contract
from tests.golden.rows import FILE, MACHINES, OTHERS, STOCK, STOCK_MACHINES, rows, rows_under, stock_rows

RECORDED = json.loads(FILE.read_text(encoding="utf-8"))
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def differences(found, recorded, place=()):
    """Yield the places where two documents differ; a number of float64 may differ by a thousandth."""
    if isinstance(found, dict) and isinstance(recorded, dict):
        for key in sorted({*found, *recorded}):
            if key not in found or key not in recorded:
                yield (*place, key)
            else:
                yield from differences(found[key], recorded[key], (*place, key))
    elif not (found == recorded or (place[-1] == "float64" and is_near(found, recorded))):
        yield place


def is_near(found, recorded):
    texts = str(found), str(recorded)
    return all(NUMBER.fullmatch(text) for text in texts) and isclose(*map(float, texts), rel_tol=1e-3)


def canonical(found):
    return json.loads(json.dumps(found))


@pytest.mark.parametrize("name", MACHINES)
def test_the_answers_about_a_machine_are_those_recorded(name):
    assert list(differences(canonical(rows(name)), RECORDED[name])) == []


@pytest.mark.parametrize(("name", "contract"), OTHERS, ids=lambda one: getattr(one, "value", one))
def test_the_answers_under_another_contract_are_those_recorded(name, contract):
    assert list(differences(canonical(rows_under(name, contract)), RECORDED[f"{name} {contract.value}"])) == []


@pytest.mark.parametrize("name", STOCK_MACHINES)
def test_the_layers_of_torch_are_those_recorded(name):
    assert list(differences(canonical(stock_rows(name)), RECORDED[f"{name} {STOCK}"])) == []


def test_the_recorded_rows_are_those_of_the_machines_named_and_many():
    others = {f"{name} {contract.value}" for name, contract in OTHERS}
    assert set(RECORDED) == {*MACHINES, *others, *(f"{name} {STOCK}" for name in STOCK_MACHINES)}
    assert sum(len(found.get("targets", found)) for found in RECORDED.values()) >= 500
    assert {contract for _, contract in OTHERS} == set(Contract) - {Contract.INJECTIVE}


@pytest.mark.parametrize(
    ("found", "recorded"),
    [
        ({"size": 3}, {"size": 4}),
        ({"size": 3}, {}),
        ({}, {"size": 3}),
        ({"float32": 100}, {"float32": 101}),
        ({"float64": 1000}, {"float64": 1002}),
        ({"float64": "all lengths"}, {"float64": 1000}),
        ({"reaches": ["a", "b"]}, {"reaches": ["b", "a"]}),
    ],
)
def test_a_difference_is_found(found, recorded):
    assert list(differences(found, recorded))


def test_the_last_digits_of_float64_are_none():
    assert list(differences({"float64": 10_000_000}, {"float64": 10_000_001})) == []

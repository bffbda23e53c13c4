"""Certificates by prototypes, and of exact blocks and updates, forged with all derived fields: both checkers agree."""

from __future__ import annotations

import random
from copy import deepcopy
from itertools import product

import pytest

from tests.forgery.forge import bytes_of, derive, neighbour, open_file, refuted, respell, stored_in, value_of
from tests.forgery.forged import test_random_fields
from tests.forgery.forged.false_fields import FALSE, FIELDS, LABELS, PARTS, at, spoiled
from tests.forgery.forged.false_regions import SHARED
from tests.forgery.verdicts import agreed
from tests.proof.rounding.drift_networks import drift_files, exact_files
from tests.second_checker import checker, drift
from tests.second_checker.wire import Refused

FILES = drift_files() | exact_files()
BOUNDS = {"float": ("dtypes", "eta", "mu", "reason")}
FALSE_PROTOTYPES = spoiled([*FIELDS, "prototypes"], PARTS | BOUNDS)
FALSE_PROTOTYPES |= {title: FALSE[title] for title in SHARED}
FALSE_PROTOTYPES |= {
    f"a label of {where} is {name}": at("machine", where, 0)(label)
    for where in ("states", "symbols", "outputs")
    for name, label in LABELS.items()
}
FALSE_PROTOTYPES |= {
    "other prototypes": at("prototypes")("the rows of readout.bias"),
    "codes in place of prototypes": lambda certificate: (
        certificate.update(codes=[[[0, "1"]]]) or certificate.pop("prototypes")
    ),
    "codes beside prototypes": at("codes")([[[0, "1"]]]),
    "letters beside prototypes": at("letters")([]),
    "cells and letters beside prototypes": lambda certificate: certificate.update(letters=[], cells=[]),
    "contract linear": at("claim", "contract")("linear"),
    "contract robust": at("claim", "contract")("robust"),
    "partial sums": at("float", "partial_sums")("1"),
    "every length": lambda certificate: certificate["claim"].update(steps="all lengths", grade="exact"),
}


def followed(draft):
    """Rewrite all derived fields, those of prototypes too."""
    draft = derive(draft)
    certificate = draft.certificate
    if "prototypes" in certificate:
        try:
            stored = stored_in(draft)
            certificate["reads"] = stored.of
            certificate["unreachable"] = sorted(set(range(len(certificate["machine"]["states"]))).difference(stored.of))
            fields = drift.measured(stored, certificate["machine"]["table"])
        except (Refused, IndexError):
            return draft
        steps = fields.pop("steps")
        certificate["claim"] |= {"steps": steps, "quantifier": checker.QUANTIFIERS["horizon"]}
        certificate |= fields
    return draft


@pytest.mark.parametrize("name", drift_files())
def test_every_forged_field_is_rejected(name):
    original = open_file(FILES[name])
    for title, change in FALSE_PROTOTYPES.items():
        draft = deepcopy(original)
        change(draft.certificate)
        if repr(draft.certificate) != repr(original.certificate):
            assert not agreed(respell(draft)), title


@pytest.mark.parametrize("name", exact_files())
def test_every_forged_field_of_an_exact_structure_is_rejected(name):
    original = open_file(FILES[name])
    for title, change in FALSE.items():
        draft = deepcopy(original)
        change(draft.certificate)
        if repr(draft.certificate) != repr(original.certificate):
            assert not agreed(respell(draft)), title


@pytest.mark.parametrize("name", drift_files())
def test_any_other_bound_or_number_of_steps_is_rejected(name):
    original = open_file(FILES[name])
    for part, field in (("float", "eta"), ("float", "mu"), ("separation", "margin")):
        units = int(original.certificate[part][field].removesuffix("e-24"))
        for text in (f"{units - 1}e-24", f"{units + 1}e-24", f"{2 * units}e-24", f"{units}e-25", str(units), units):
            draft = deepcopy(original)
            draft.certificate[part][field] = text
            assert not agreed(respell(draft))
    steps, form = original.certificate["claim"]["steps"], original.certificate["operator"]["dtype"]
    for other in (steps + 1, steps - 1, 10 * steps, 0, -1, str(steps), True):
        draft = deepcopy(original)
        draft.certificate["claim"]["steps"] = draft.certificate["float"]["dtypes"][form] = other
        assert not agreed(respell(draft))


@pytest.mark.parametrize("name", FILES)
def test_any_other_table_entry_or_start_is_rejected(name):
    original = open_file(FILES[name])
    table = original.certificate["machine"]["table"]
    pick = random.Random(1)
    everywhere = product(range(len(table)), range(len(table[0])), range(len(table)))
    places = [(state, symbol, target) for state, symbol, target in everywhere if table[state][symbol] != target]
    for state, symbol, target in pick.sample(places, min(40, len(places))):
        draft = deepcopy(original)
        draft.certificate["machine"]["table"][state][symbol] = target
        assert not agreed(respell(deepcopy(draft)))
        assert not agreed(respell(followed(draft)))
    for start in range(1, len(table)):
        draft = deepcopy(original)
        draft.certificate["machine"]["start"] = start
        assert not agreed(respell(followed(draft)))


@pytest.mark.parametrize("name", FILES)
def test_no_changed_number_passes_unless_the_claim_stays_true(name):
    """Small changes of rounded weights keep their claims, with other bounds; large ones are refused."""
    original = open_file(FILES[name])
    pick, verdicts = random.Random(3), set()
    for tensor in sorted(original.tensors):
        dtype, count = original.tensors[tensor][0], original.count(tensor)
        for place in pick.sample(range(count), min(count, 3)):
            item = original.item(tensor, place)
            value = value_of(dtype, item)
            others = [bytes_of(dtype, number) for number in (0, value + 1, -value, 2)]
            for other in {*others, neighbour(item, 1), neighbour(item, -1)} - {item}:
                draft = deepcopy(original)
                draft.put(tensor, place, other)
                for forged in (draft, followed(deepcopy(draft))):
                    accepted = agreed(respell(forged))
                    assert not (accepted and refuted(forged, limit=20)), (tensor, place, value_of(dtype, other))
                    verdicts.add(accepted)
    assert False in verdicts


def test_random_values_in_certificates_and_headers(monkeypatch):
    monkeypatch.setattr(test_random_fields, "FILES", list(FILES.values()))
    assert test_random_fields.assert_one_verdict(150, seed=21) > 0

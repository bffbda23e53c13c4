"""Certificates by float states forged with all derived fields: both checkers agree, and no false claim passes."""

from __future__ import annotations

import random
from copy import deepcopy
from itertools import product

import pytest

from fsm2rnn.errors import FsmError
from fsm2rnn.tracing.float_states import Closed, search_float_states
from tests.forgery.forge import bytes_of, derive, neighbour, open_file, respell, stored_in, value_of
from tests.forgery.forged import test_random_fields
from tests.forgery.forged.false_fields import FALSE, FIELDS, LABELS, PARTS, at, spoiled
from tests.forgery.forged.false_regions import NUMBERS, SHARED
from tests.forgery.verdicts import agreed, meant
from tests.proof.rounding.float_orbit_networks import PLAIN, orbit_files
from tests.second_checker import checker, float_orbit
from tests.second_checker.wire import Refused


def listed(change):
    """Return the change of the list of float states."""
    return lambda certificate: change(certificate["float_states"])


def both(change):
    """Return the change of float states and readings alike."""
    return lambda certificate: (change(certificate["float_states"]), change(certificate["reads"]))


FALSE_STATES = spoiled([*FIELDS, "float_states"], PARTS | {"float": ("dtypes", "reason")})
FALSE_STATES |= {title: FALSE[title] for title in SHARED if title != "grade"}
FALSE_STATES |= {
    f"a label of {where} is {name}": at("machine", where, 0)(label)
    for where in ("states", "symbols", "outputs")
    for name, label in LABELS.items()
}
FALSE_STATES |= {f"a number {text!r:.20}": at("float_states", 0, 0)(text) for text in (*NUMBERS, 1, None, [], True)}
FALSE_STATES |= {f"the last number {text!r:.20}": at("float_states", -1, -1)(text) for text in ("2", "1/3", "-1/2")}
FALSE_STATES |= {
    "grade exact": at("claim", "grade")("exact"),
    "grade horizon": at("claim", "grade")("horizon"),
    "a number of steps": lambda certificate: certificate["claim"].update(steps=9, grade="horizon"),
    "codes beside float states": at("codes")([[[0, "1"]]]),
    "letters beside float states": at("letters")([]),
    "prototypes beside float states": at("prototypes")("the rows of readout.weight"),
    "eta": at("float", "eta")("1e-24"),
    "another float": at("float", "dtypes")({"float32": "all lengths"}),
    "contract linear": at("claim", "contract")("linear"),
    "contract robust": at("claim", "contract")("robust"),
    "a state of text": listed(lambda states: states.__setitem__(0, "1")),
    "a shorter state": listed(lambda states: states[0].pop()),
    "a longer state": listed(lambda states: states[0].append("0")),
    "a state less": listed(lambda states: states.pop()),
    "a state less, with its reading": both(lambda values: values.pop()),
    "a state twice, with its reading": both(lambda values: values.append(values[0])),
    "a state nobody reaches": lambda certificate: (
        certificate["float_states"].append(["1/1024"] * len(certificate["float_states"][0])),
        certificate["reads"].append(0),
    ),
    "a state that is no float": lambda certificate: (
        certificate["float_states"].append(["1/3"] * len(certificate["float_states"][0])),
        certificate["reads"].append(0),
    ),
    "other first": both(lambda values: values.insert(0, values.pop())),
    "readings moved on": lambda certificate: certificate["reads"].insert(0, certificate["reads"].pop()),
}


def followed(draft):
    """Rewrite all derived fields, those of float states too."""
    draft = derive(draft)
    certificate = draft.certificate
    try:
        stored = stored_in(draft)
        states = [float_orbit.read_state(state, stored) for state in certificate["float_states"]]
        fields = float_orbit.measured(stored, certificate["machine"]["table"], states, certificate["reads"])
    except (Refused, IndexError):
        return draft
    quantifier = checker.QUANTIFIERS["orbit"]
    certificate["claim"] |= {"steps": fields.pop("steps"), "grade": "orbit", "quantifier": quantifier}
    certificate |= fields
    return draft


@pytest.mark.parametrize("name", ["fifths-float16", "thirds-cover-float16"])
def test_every_forged_field_is_rejected(name):
    original = open_file(orbit_files()[name])
    for title, change in FALSE_STATES.items():
        draft = deepcopy(original)
        change(draft.certificate)
        if repr(draft.certificate) != repr(original.certificate):
            assert not agreed(respell(draft)), title


@pytest.mark.parametrize("name", PLAIN)
def test_any_other_margin_is_rejected(name):
    original = open_file(orbit_files()[name])
    units = int(original.certificate["separation"]["margin"].removesuffix("e-24"))
    for text in (f"{units - 1}e-24", f"{units + 1}e-24", f"{units}e-25", str(units), units):
        draft = deepcopy(original)
        draft.certificate["separation"]["margin"] = text
        assert not agreed(respell(draft))


@pytest.mark.parametrize("name", PLAIN)
def test_any_other_table_entry_start_or_reading_is_rejected(name):
    original = open_file(orbit_files()[name])
    table = original.certificate["machine"]["table"]
    pick = random.Random(1)
    everywhere = product(range(len(table)), range(len(table[0])), range(len(table)))
    met = set(original.certificate["reads"])
    places = [(q, symbol, target) for q, symbol, target in everywhere if q in met and table[q][symbol] != target]
    for state, symbol, target in pick.sample(places, min(20, len(places))):
        draft = deepcopy(original)
        draft.certificate["machine"]["table"][state][symbol] = target
        assert not agreed(respell(followed(draft)))
    for place in range(len(original.certificate["reads"])):
        draft = deepcopy(original)
        draft.certificate["reads"][place] = (draft.certificate["reads"][place] + 1) % len(table)
        assert not agreed(respell(followed(draft)))
    for start in range(1, len(table)):
        draft = deepcopy(original)
        draft.certificate["machine"]["start"] = start
        assert not agreed(respell(followed(draft)))


def closes(draft):
    """Tell whether a search in numpy's own floats finds that all words are read right."""
    try:
        return isinstance(search_float_states(*meant(draft), limit=5000), Closed)
    except FsmError:
        return False


@pytest.mark.parametrize("name", PLAIN)
def test_no_changed_number_passes_unless_the_claim_stays_true(name):
    original = open_file(orbit_files()[name])
    pick, verdicts = random.Random(3), set()
    for tensor in sorted(original.tensors):
        dtype, count = original.tensors[tensor][0], original.count(tensor)
        for place in pick.sample(range(count), min(count, 2)):
            item = original.item(tensor, place)
            value = value_of(dtype, item)
            others = [bytes_of(dtype, number) for number in (0, value + 1, -value, 2)]
            for other in {*others, neighbour(item, 1), neighbour(item, -1)} - {item}:
                draft = deepcopy(original)
                draft.put(tensor, place, other)
                for forged in (draft, followed(deepcopy(draft))):
                    accepted = agreed(respell(forged))
                    assert not accepted or closes(forged), (tensor, place, value_of(dtype, other))
                    verdicts.add(accepted)
    assert False in verdicts


def test_random_values_in_certificates_and_headers(monkeypatch):
    monkeypatch.setattr(test_random_fields, "FILES", list(orbit_files().values()))
    assert test_random_fields.assert_one_verdict(60, seed=31) > 0

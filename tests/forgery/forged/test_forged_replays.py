"""Certificates by replays forged with all derived fields: both checkers agree, and no false claim passes."""

from __future__ import annotations

import random
from copy import deepcopy

import pytest

from fsm2rnn.errors import FsmError
from fsm2rnn.tracing.replay import search_replay
from tests.forgery.forge import bytes_of, derive, neighbour, open_file, respell, stored_in, value_of
from tests.forgery.forged import test_random_fields
from tests.forgery.forged.false_fields import FIELDS, PARTS, at, spoiled
from tests.forgery.verdicts import agreed, meant
from tests.proof.rounding.replay_networks import replay_files
from tests.second_checker import checker
from tests.second_checker import replay as second
from tests.second_checker.wire import Refused

SHORT = ("sevenths-float8_e4m3fn", "fifths-float32")
FALSE = spoiled([*FIELDS, "misread"], PARTS | {"float": ("dtypes", "reason", "scan")})
FALSE |= {
    "grade horizon": at("claim", "grade")("horizon"),
    "grade exact": at("claim", "grade")("exact"),
    "the quantifier of a horizon": at("claim", "quantifier")(checker.QUANTIFIERS["horizon"]),
    "the quantifier of all words": at("claim", "quantifier")(checker.QUANTIFIERS["exact"]),
    "contract linear": at("claim", "contract")("linear"),
    "contract robust": at("claim", "contract")("robust"),
    "contract injective": at("claim", "contract")("injective"),
    "no word": at("misread")(None),
    "codes beside it": at("codes")([[[0, "1"]]]),
    "float states beside it": at("float_states")([["1", "0"]]),
    "prototypes beside it": at("prototypes")("the rows of readout.weight"),
    "eta": at("float", "eta")("1e-24"),
    "the margin": at("separation", "margin")("1e-24"),
    "a symbol as text": at("misread")(["1", 1]),
    "a symbol as truth": at("misread")([True, 1]),
}


def followed(draft):
    """Rewrite all derived fields, those of replays too."""
    draft = derive(draft)
    certificate = draft.certificate
    machine = certificate["machine"]
    try:
        fields, _ = second.measured(stored_in(draft), machine["table"], machine["start"], certificate["misread"])
    except (Refused, IndexError):
        return draft
    steps = fields.pop("steps")
    grade = "orbit" if certificate["misread"] is None else "exact-horizon"
    certificate["claim"] |= {"steps": steps, "grade": grade, "quantifier": checker.QUANTIFIERS[grade]}
    certificate |= fields
    return draft


@pytest.mark.parametrize("name", SHORT)
def test_every_forged_field_is_rejected(name):
    original = open_file(replay_files()[name])
    for title, change in FALSE.items():
        draft = deepcopy(original)
        change(draft.certificate)
        if repr(draft.certificate) != repr(original.certificate):
            assert not agreed(respell(draft)), title


def test_no_other_word_start_or_table_passes():
    original = open_file(replay_files()["fifths-float8_e5m2"])
    word, pick = original.certificate["misread"], random.Random(2)
    for other in (None, word[:-1], [*word, 0], word[::-1], [0] * len(word), [*word[:-1], 5], word[1:]):
        draft = deepcopy(original)
        draft.certificate["misread"] = other
        assert not agreed(respell(followed(draft))), other
    for _ in range(12):
        draft = deepcopy(original)
        row = draft.certificate["machine"]["table"][pick.randrange(5)]
        symbol = pick.randrange(5)
        row[symbol] = (row[symbol] + pick.randrange(1, 5)) % 5
        assert not agreed(respell(followed(draft)))
    draft = deepcopy(original)
    draft.certificate["machine"]["start"] = 1
    assert not agreed(respell(followed(draft)))


def truth(draft):
    """Return what a search with the kernel's own steps says: a shortest word, None for none; False for no network."""
    try:
        found = search_replay(*meant(draft), limit=5000)
    except FsmError:
        return False
    return found is not None and (None if found.misread is None else len(found.misread))


def test_no_changed_number_passes_unless_the_claim_stays_true():
    original = open_file(replay_files()[SHORT[0]])
    word, verdicts = original.certificate["misread"], set()
    for tensor in sorted(original.tensors):
        dtype, count = original.tensors[tensor][0], original.count(tensor)
        for place in random.Random(3).sample(range(count), min(count, 2)):
            item = original.item(tensor, place)
            value = value_of(dtype, item)
            others = {bytes_of(dtype, number) for number in (0, -value)} | {neighbour(item, 1), neighbour(item, -1)}
            for other in others - {item}:
                draft = deepcopy(original)
                draft.put(tensor, place, other)
                for forged in (draft, followed(deepcopy(draft))):
                    accepted = agreed(respell(forged))
                    assert not accepted or truth(forged) == len(word), (tensor, place)
                    verdicts.add(accepted)
    assert False in verdicts


def test_random_values_in_certificates_and_headers(monkeypatch):
    monkeypatch.setattr(test_random_fields, "FILES", [replay_files()[name] for name in SHORT])
    assert test_random_fields.assert_one_verdict(40, seed=37) > 0

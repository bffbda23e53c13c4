"""What a certificate says of scan order forged: rejected by both checkers, whatever the hashes say."""

from __future__ import annotations

from copy import deepcopy

import pytest

from fsm2rnn.exact.rounding import BFLOAT16, FLOAT32
from fsm2rnn.proof.file.checker import network_bytes
from tests.forgery.forge import open_file, respell
from tests.forgery.forged.false_fields import at, without
from tests.forgery.verdicts import agreed
from tests.proof.networks import factored_parity, file_of
from tests.proof.region_networks import region_file
from tests.proof.rounding.drift_networks import drift_network, exact_files
from tests.proof.rounding.float_orbit_networks import orbit_files

FILES = {
    "integers": lambda: file_of("parity", "full"),
    "factors": lambda: network_bytes(factored_parity()),
    "turns": lambda: region_file("fifths-bfloat16"),
    "quarters": lambda: region_file("quarters-exact"),
    "blocks": lambda: network_bytes(drift_network("D7-blocks", FLOAT32)),
    "reflections": lambda: network_bytes(drift_network("D5-householder", BFLOAT16)),
    "updates": lambda: exact_files()["swap-float64"],
    "orbit": lambda: orbit_files()["fifths-float16"],
}
HORIZONS = {"float32": 9, "bfloat16": 9, "float16": 9, "float64": 9}
CHANGES = {
    "no formats": at("float", "scan", "dtypes")({}),
    "other steps": at("float", "scan", "dtypes")(HORIZONS),
    "every length": at("float", "scan", "dtypes")(dict.fromkeys(HORIZONS, "all lengths")),
    "a format less": without("float", "scan", "dtypes", "float64"),
    "a format more": at("float", "scan", "dtypes", "float8")("all lengths"),
    "another bound": at("float", "scan", "partial_sums")("3"),
    "another eta": at("float", "scan", "eta")("1e-24"),
    "another reason": at("float", "scan", "reason")("x"),
    "no eta": without("float", "scan", "eta"),
    "an extra field": at("float", "scan", "extra")(1),
    "nothing": at("float", "scan")({}),
}


@pytest.mark.parametrize("name", FILES)
def test_every_other_claim_of_scan_order_is_rejected(name):
    original = open_file(FILES[name]())
    made = 0
    for title, change in CHANGES.items():
        draft = deepcopy(original)
        try:
            change(draft.certificate)
        except KeyError:
            continue  # a part that this certificate does not have
        if draft.certificate != original.certificate:
            made += 1
            assert not agreed(respell(draft)), title
    assert made > len(CHANGES) // 2


@pytest.mark.parametrize("name", ["turns", "blocks"])
def test_a_step_more_or_less_is_rejected(name):
    original = open_file(FILES[name]())
    ((form, steps),) = original.certificate["float"]["scan"]["dtypes"].items()
    for other in (steps - 1, steps + 1, str(steps), float(steps)):
        draft = deepcopy(original)
        draft.certificate["float"]["scan"]["dtypes"][form] = other
        assert not agreed(respell(draft)), other

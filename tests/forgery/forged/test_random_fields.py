"""Random values in random places of certificate and header, hashes recomputed: no traceback, one verdict of two."""

from __future__ import annotations

import json
import random
from copy import deepcopy

import pytest

from tests.forgery.forge import derive, open_file, respell, with_header
from tests.forgery.verdicts import agreed
from tests.proof.networks import named_files
from tests.proof.region_networks import NETWORKS, region_file

FILES = [*named_files().values(), *map(region_file, NETWORKS)]
VALUES = [
    None, True, False, 0, 1, -1, 2, 3, 7, 2**31, 2**63, 10**30, "", "0", "1", "-1", "1/2", "x", "\ud800", "9" * 4300,
    [], [[]], [0], [0, 1], [[0, "1"]], [[0, "-3"], [1, "9"]], {}, {"int": "1"}, {"bool": True}, {"tuple": []}, {"": 0},
    {"tuple": [None, {"int": "-7"}]}, "injective", "cover", "linear", "robust", "dense",
    "column-one-hot", "rotation", "diagonal", "1/3", {"lines": [], "planes": [None]}, ["1/2", "1"],
    "float32", "F32", [8, 16],
]  # fmt: skip


def places(value, path=()):
    """Yield the path of every part of a JSON value."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from places(part, (*path, key))


def changed(value, pick):
    """Return a copy with one part replaced, dropped, doubled or swapped with another."""
    value = deepcopy(value)
    *path, last = pick.choice([path for path in places(value) if path])
    holder = value
    for step in path:
        holder = holder[step]
    match pick.choice(["replace", "replace", "drop", "double", "swap"]):
        case "replace":
            holder[last] = deepcopy(pick.choice(VALUES))
        case "drop":
            del holder[last]
        case "double" if isinstance(holder, list):
            holder.insert(pick.randrange(len(holder) + 1), deepcopy(holder[last]))
        case "double":
            holder[pick.choice(["x", "format", "reads", "dtype"])] = deepcopy(holder[last])
        case "swap":
            other = pick.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
            holder[last], holder[other] = holder[other], holder[last]
    return value


def assert_one_verdict(count, seed):
    """Change certificates and headers `count` times each; return how many files both checkers accepted."""
    pick = random.Random(seed)
    accepted = 0
    for _ in range(count):
        data = pick.choice(FILES)
        draft = open_file(data)
        for _ in range(pick.choice([1, 1, 2, 4])):
            draft.certificate = changed(draft.certificate, pick) or {"x": 1}
        if {"weights", "sha256"} <= set(draft.certificate):
            accepted += agreed(respell(draft))
            if set(open_file(data).certificate) == set(draft.certificate):
                accepted += derived(draft)
        length = 8 + int.from_bytes(data[:8], "little")
        header = json.loads(data[8:length])
        forged = with_header(changed(deepcopy(header), pick), data[length:])
        # Files were written without their kind once, and are accepted so.
        header["__metadata__"].pop("fsm2rnn.kind", None)
        assert agreed(forged) == (forged in {data, with_header(header, data[length:])})
    return accepted


def derived(draft):
    """Return the verdict once the derived fields follow, where the certificate still has its shape."""
    try:
        draft = derive(draft)
    except (AttributeError, TypeError, KeyError):
        return False
    return agreed(respell(draft))


def test_random_values_in_certificates_and_headers():
    assert assert_one_verdict(400, seed=11) > 0


@pytest.mark.slow
def test_many_random_values_in_certificates_and_headers():
    assert assert_one_verdict(20_000, seed=12) > 0

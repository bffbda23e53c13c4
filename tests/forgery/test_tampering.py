"""Raw tampering: any changed byte of a network file, any cut, any addition is rejected, and nothing is raised."""

from __future__ import annotations

import random

import pytest

from fsm2rnn.proof.file.checker import check_bytes
from tests.proof.networks import named_files
from tests.proof.region_networks import NETWORKS, region_file
from tests.second_checker.checker import accepts

FILES = named_files() | {name: region_file(name) for name in NETWORKS}


FAULTS = {
    "byte": lambda data, at, pick: data[:at] + bytes([data[at] ^ pick.randrange(1, 256)]) + data[at + 1 :],
    "bit": lambda data, at, pick: data[:at] + bytes([data[at] ^ 1 << pick.randrange(8)]) + data[at + 1 :],
    "cut": lambda data, at, _: data[:at],
    "head": lambda data, at, _: data[at + 1 :],
    "extend": lambda data, _, pick: data + pick.randbytes(pick.randint(1, 16)),
    "insert": lambda data, at, pick: data[:at] + pick.randbytes(pick.choice([1, 8])) + data[at:],
    "drop": lambda data, at, pick: data[:at] + data[at + pick.choice([1, 2, 8]) :],
    "double": lambda data, _, __: data + data,
    "swap": lambda data, at, pick: swapped(data, *sorted((at, pick.randrange(len(data))))),
}
CHOICES = ["byte"] * 5 + ["bit"] * 3 + [fault for fault in FAULTS if fault not in ("byte", "bit")]


def swapped(data: bytes, low: int, high: int) -> bytes:
    """Return the file with two bytes in each other's place."""
    changed = bytearray(data)
    changed[low], changed[high] = data[high], data[low]
    return bytes(changed)


def damaged(data: bytes, generator: random.Random) -> bytes:
    """Return the file with one random fault: mostly one changed byte or bit, else a cut, an addition, a swap."""
    return FAULTS[generator.choice(CHOICES)](data, generator.randrange(len(data)), generator)


def assert_all_rejected(count: int, seed: int) -> None:
    """Damage the files `count` times; both checkers reject each."""
    generator = random.Random(seed)
    names = sorted(FILES)
    done = 0
    while done < count:
        name = names[done % len(names)]
        changed = damaged(FILES[name], generator)
        if changed == FILES[name]:
            continue
        report = check_bytes(changed)
        assert not report.accepted, (name, done)
        assert report.field
        assert report.reason
        assert not accepts(changed)[0], (name, done)
        done += 1


def test_500_random_changes_are_rejected():
    assert_all_rejected(500, seed=20240)


@pytest.mark.slow
def test_5000_random_changes_are_rejected():
    assert_all_rejected(5000, seed=7)


@pytest.mark.parametrize("name", ["parity-full-float64", "parity-factored-linear", "killed-float16"])
def test_every_single_byte_counts(name):
    data = FILES[name]
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert not check_bytes(changed).accepted, place
        assert not accepts(changed)[0], place


def test_a_swap_of_the_contents_of_two_files_is_rejected():
    for left in FILES.values():
        for right in FILES.values():
            if left != right:
                cut = 8 + int.from_bytes(left[:8], "little")
                mixed = left[:cut] + right[8 + int.from_bytes(right[:8], "little") :]
                assert not check_bytes(mixed).accepted
                assert not accepts(mixed)[0]

"""One stored number changed, all hashes recomputed: rejected unless the claim stays true, both checkers agreeing."""

from __future__ import annotations

import random
from copy import deepcopy

import pytest

from fsm2rnn.exact.rounding import FORMATS
from fsm2rnn.proof.file.checker import check_bytes
from tests.forgery.forge import Draft, bytes_of, derive, neighbour, open_file, refuted, respell, value_of
from tests.forgery.verdicts import agreed
from tests.proof.networks import file_of, named_files
from tests.second_checker.wire import ITEM_BYTES

FILES = named_files()
PLACES_PER_TENSOR = 10


def changes(draft: Draft, name: str, place: int) -> list[bytes]:
    """Return other bits for one entry: 0, one more, one less, the next number up and down, the sign turned."""
    dtype, item = draft.tensors[name][0], draft.item(name, place)
    value = value_of(dtype, item)
    numbers = [bytes_of(dtype, number) for number in (0, value + 1, value - 1, -value, 2)]
    return [other for other in [*numbers, neighbour(item, 1), neighbour(item, -1)] if other != item]


def forgeries(data: bytes, seed: int):
    """Yield a draft for every change of some entries of every tensor."""
    original = open_file(data)
    generator = random.Random(seed)
    for name in sorted(original.tensors):
        count = original.count(name)
        for place in generator.sample(range(count), min(count, PLACES_PER_TENSOR)):
            for item in changes(original, name, place):
                draft = deepcopy(original)
                draft.put(name, place, item)
                yield draft


@pytest.mark.parametrize("name", FILES)
def test_no_changed_number_passes_unless_the_claim_stays_true(name):
    rejected = 0
    for draft in forgeries(FILES[name], seed=3):
        false = refuted(draft)
        for accepted in (agreed(respell(draft)), agreed(respell(derive(draft)))):
            assert not (accepted and false)
            rejected += not accepted
    assert rejected


def test_a_change_that_keeps_the_claim_true_passes_once_the_derived_fields_follow():
    draft = open_file(FILES["parity-full-float64"])
    draft.put("readout.weight", 0, bytes_of("F64", 3))
    assert not refuted(draft)
    assert not agreed(respell(deepcopy(draft)))  # partial_sums still says 1
    assert agreed(respell(derive(draft)))
    # -0.0 is 0: another file, the same network.
    draft = open_file(FILES["parity-full-float64"])
    draft.put("weight", 1, bytes_of("F64", -0.0))
    assert agreed(respell(draft))


INDICES = [
    (name, tensor)
    for name in FILES
    for tensor in ("index", "readout.index")
    if tensor in open_file(FILES[name]).tensors
]


@pytest.mark.parametrize(("name", "tensor"), INDICES)
def test_an_index_outside_its_range_is_refused(name, tensor):
    for value in (-1, -2, 2**31, 2**63 - 1, -(2**63), 6, 256):
        draft = open_file(FILES[name])
        draft.put(tensor, 0, bytes_of("I64", value))
        assert check_bytes(respell(draft)).field == "weights"
        assert not agreed(respell(draft))


# The bits of an infinity; float8_e4m3fn has none, and there those of its NaN.
INFINITY = {"F64": 0x7FF << 52, "F32": 0xFF << 23, "BF16": 0xFF << 7, "F16": 0x1F << 10, "F8_E5M2": 0x1F << 2}
INFINITY |= {"F8_E4M3": 0x7F}


@pytest.mark.parametrize("target", ["full", "pd"])
@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_non_finite_and_extreme_numbers_are_refused_in_every_float_tensor(target, form):
    """A NaN (quiet, signalling, negative), both infinities, and numbers that no integer network holds."""
    original = open_file(file_of("named", target, form))
    for tensor, (dtype, _, _) in original.tensors.items():
        if dtype == "I64":
            continue
        width = 8 * ITEM_BYTES[dtype]
        infinity = INFINITY[dtype]
        sign = 1 << (width - 1)
        quiet = infinity | infinity >> 1 & ~infinity | 1
        subnormal, least_normal, largest = 1, infinity & -infinity, infinity - 1
        for bits in (infinity, infinity | sign, infinity | 1, quiet, quiet | sign, subnormal, subnormal | sign):
            assert_refused(original, tensor, bits, width, "weights" if bits & infinity == infinity else None)
        for bits in (least_normal, largest, largest | sign):
            assert_refused(original, tensor, bits, width, None)


def assert_refused(original: Draft, tensor: str, bits: int, width: int, field: str | None) -> None:
    """Store the bits in the first and in the last entry; both files are refused by both checkers."""
    for place in (0, original.count(tensor) - 1):
        draft = deepcopy(original)
        draft.put(tensor, place, bits.to_bytes(width // 8, "little"))
        report = check_bytes(respell(draft))
        assert field in (None, report.field)
        assert not agreed(respell(draft))
        assert not agreed(respell(derive(draft))), (tensor, hex(bits))

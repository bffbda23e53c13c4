"""Stored turns, factors and readouts of networks by regions forged: rejected unless the claim stays true."""

from __future__ import annotations

import random
from copy import deepcopy

import pytest

from fsm2rnn.proof.file.checker import check_bytes
from tests.forgery.forge import bytes_of, derive, neighbour, open_file, refuted, respell, value_of
from tests.forgery.forged.test_forged_machines import cast
from tests.forgery.forged.test_forged_regions import HORIZONS, TURNED, changed
from tests.forgery.verdicts import agreed
from tests.proof.region_networks import NETWORKS, region_file
from tests.second_checker.wire import ITEM_BYTES


def changes(draft, tensor, place):
    """Return other bits for one entry: its neighbours, the sign, simple numbers."""
    dtype, item = draft.tensors[tensor][0], draft.item(tensor, place)
    value = value_of(dtype, item)
    values = [bytes_of(dtype, number) for number in (0, 1, 2, 3, -value, value / 2)] if dtype != "I64" else []
    bits = [int.from_bytes(item, "little") ^ 1 << bit for bit in (0, 8 * len(item) - 2, 8 * len(item) - 3)]
    flipped = [number.to_bytes(len(item), "little") for number in bits]
    return [other for other in [*values, neighbour(item, 1), neighbour(item, -1), *flipped] if other != item]


@pytest.mark.parametrize("name", NETWORKS)
def test_no_changed_weight_passes_unless_the_claim_stays_true(name):
    original, generator = open_file(region_file(name)), random.Random(name)
    accepted = 0
    for tensor in sorted(original.tensors):
        count = original.count(tensor)
        for place in generator.sample(range(count), min(count, 6)):
            for item in changes(original, tensor, place):
                draft = deepcopy(original)
                draft.put(tensor, place, item)
                agreed(respell(draft))
                held = agreed(respell(derive(draft)))
                assert not (held and refuted(draft, 24))
                accepted += held
    assert accepted


@pytest.mark.parametrize("name", TURNED)
def test_a_flipped_last_bit_of_a_cosine_changes_the_proved_bounds(name):
    original = open_file(region_file(name))
    for tensor in ("cosine", "sine"):
        for place in range(original.count(tensor)):
            item = original.item(tensor, place)
            if value_of(original.tensors[tensor][0], item):
                draft = deepcopy(original)
                draft.put(tensor, place, neighbour(item, 1))
                before = draft.certificate["float"]["eta"]
                assert derive(draft).certificate["float"]["eta"] != before or agreed(respell(draft))
                assert agreed(respell(draft))


def test_a_plane_that_a_letter_sends_to_zero_is_stored_as_zero():
    original = open_file(region_file("killed-float16"))
    for tensor in ("cosine", "sine"):
        for value in (2.0**-24, 2.0**-14, 1.0, -1.0):
            draft = deepcopy(original)
            draft.put(tensor, 2, bytes_of("F16", value))
            assert not agreed(respell(derive(draft)))


@pytest.mark.parametrize("name", NETWORKS)
def test_a_permuted_index_of_rows_is_rejected(name):
    original = open_file(region_file(name))
    rows = original.tensors["readout.bias"][1][0]
    states = len(original.certificate["machine"]["states"])
    now = (
        [value_of("I64", original.item("readout.index", row)) for row in range(rows)]
        if "readout.index" in original.tensors
        else list(range(rows))
    )
    for index in ([*now[1:], now[0]], now[::-1], [0] * rows, [state + 1 for state in now], now):
        draft = deepcopy(original)
        draft.tensors["readout.index"] = ["I64", [rows], b"".join(state.to_bytes(8, "little") for state in index)]
        assert agreed(respell(derive(draft))) == (index == now or not (max(index) >= states or refuted(draft)))
        assert agreed(respell(draft)) == (index == now)


NAMES = {"F64": "float64", "F32": "float32", "BF16": "bfloat16", "F16": "float16"}


@pytest.mark.parametrize("name", HORIZONS)
def test_weights_of_one_format_do_not_carry_the_claim_of_another(name):
    original = open_file(region_file(name))
    old = original.tensors["cosine"][0]
    assert not agreed(
        respell(changed(original, lambda c: c["operator"].update(dtype="float64" if old == "F32" else "float32")))
    )
    for dtype in [dtype for dtype in ("F64", "F32") if ITEM_BYTES[dtype] > ITEM_BYTES[old]]:
        draft = deepcopy(original)
        for tensor in {"cosine", "sine", "diagonal", "initial_state"} & set(draft.tensors):
            cast(draft, tensor, dtype)
        assert not agreed(respell(draft))
        draft.certificate["operator"]["dtype"] = NAMES[dtype]
        assert not agreed(respell(draft))
        # Wider arithmetic on the same rounded weights errs less, so that its own claim holds.
        assert agreed(respell(derive(draft)))
        assert draft.certificate["claim"]["steps"] >= original.certificate["claim"]["steps"]


HOLDING = {"BF16": ("F64", "F32", "BF16"), "F16": ("F64", "F32", "F16"), "F32": ("F64", "F32")}
HOLDING |= {"F8_E4M3": ("F64", "F32", "BF16", "F16")}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_readout_that_rounds_the_states_is_rejected(name):
    original = open_file(region_file(name))
    dtype = original.tensors["initial_state"][0]
    for other, other_name in NAMES.items():
        draft = deepcopy(original)
        for tensor in ("readout.weight", "readout.bias"):
            values = [value_of("F64", draft.item(tensor, place)) for place in range(draft.count(tensor))]
            draft.tensors[tensor] = [other, draft.tensors[tensor][1], b"".join(map(short(other), values))]
        draft.certificate["operator"]["readout"] = other_name
        holds = other in HOLDING.get(dtype, ("F64",))
        assert agreed(respell(derive(draft))) <= holds
        assert check_bytes(respell(draft)).accepted <= holds


def short(dtype):
    """Return a function to the bytes of a number cut to a format."""
    return lambda value: bytes_of(dtype, value)


def test_regions_carry_no_linear_head():
    original = open_file(region_file("quarters-exact"))
    for contract in ("linear", "injective", "robust"):
        draft = deepcopy(original)
        draft.tensors["head.weight"] = ["F32", [4, 2], b"\0" * 32]
        draft.certificate["claim"]["contract"] = contract
        assert not agreed(respell(derive(draft)))


@pytest.mark.parametrize("name", NETWORKS)
def test_missing_extra_and_misshapen_tensors_are_rejected(name):
    original = open_file(region_file(name))
    for tensor, (dtype, shape, data) in original.tensors.items():
        more = data[: len(data) // shape[0]]
        others = [
            [dtype, [1, *shape], data],
            [dtype, [*shape, 1], data],
            [dtype, [shape[0] + 1, *shape[1:]], data + more],
            [dtype, [0, *shape[1:]], b""],
            [dtype, [], data[: ITEM_BYTES[dtype]]],
        ]
        for content in [None, *others]:
            draft = deepcopy(original)
            if content is None:
                del draft.tensors[tensor]
            else:
                draft.tensors[tensor] = content
            assert not agreed(respell(draft)), (tensor, content)
        draft = deepcopy(original)
        draft.tensors["extra." + tensor] = draft.tensors[tensor]
        assert not agreed(respell(draft))


def test_one_letter_too_many_in_every_tensor_is_rejected_without_a_traceback():
    original = open_file(region_file("counting-float32"))
    for count in (2, 3):
        draft = deepcopy(original)
        for tensor in ("cosine", "sine", "diagonal"):
            dtype, shape, data = draft.tensors[tensor]
            draft.tensors[tensor] = [dtype, [count, *shape[1:]], data * count]
        assert not agreed(respell(draft))

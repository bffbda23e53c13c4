"""Certificates by cells forged, hashes and derived fields recomputed: false claims fall, true ones stand, both agree."""

from __future__ import annotations

import random
from copy import deepcopy
from fractions import Fraction
from itertools import product

import pytest

from fsm2rnn.proof.checker import check_bytes
from tests.forgery.false_cells import FALSE_CELLS
from tests.forgery.forge import bytes_of, derive, neighbour, open_file, refuted, respell, value_of
from tests.forgery.test_forged_machines import cast
from tests.forgery.verdicts import agreed
from tests.proof.cell_networks import NETWORKS, cell_file
from tests.second_checker.wire import ITEM_BYTES

HORIZONS = [name for name in NETWORKS if "exact" not in name]
TURNED = [name for name in NETWORKS if name != "saturating-exact"]


def changed(original, change):
    """Return the original with a change of its certificate."""
    draft = deepcopy(original)
    change(draft.certificate)
    return draft


@pytest.mark.parametrize("name", ["killed-float16", "saturating-exact", "counting-float32"])
def test_every_forged_field_is_rejected(name):
    original = open_file(cell_file(name))
    for title, change in FALSE_CELLS.items():
        draft = changed(original, change)
        if repr(draft.certificate) != repr(original.certificate):
            assert not agreed(respell(draft)), title


@pytest.mark.parametrize("name", HORIZONS)
def test_any_other_number_of_steps_is_rejected_and_so_is_every_length(name):
    original = open_file(cell_file(name))
    claim, form = original.certificate["claim"], original.certificate["operator"]["dtype"]
    exact = open_file(cell_file("quarters-exact")).certificate["claim"]
    for steps in (claim["steps"] + 1, claim["steps"] - 1, 10 * claim["steps"], 1, 0, -1, str(claim["steps"]), True):
        draft = changed(original, lambda certificate, s=steps: certificate["claim"].update(steps=s))
        assert not agreed(respell(draft))
        draft.certificate["float"]["dtypes"][form] = steps
        assert not agreed(respell(draft))
    draft = changed(original, lambda certificate: certificate.update(claim=exact | {"contract": claim["contract"]}))
    draft.certificate["float"]["dtypes"][form] = "all lengths"
    assert not agreed(respell(draft))
    draft.certificate["float"]["eta"] = "0e-24"
    assert not agreed(respell(draft))


def test_every_length_is_not_relabelled_as_a_number_of_steps():
    original = open_file(cell_file("quarters-exact"))
    other = open_file(cell_file("fifths-float32")).certificate["claim"]
    draft = changed(original, lambda certificate: certificate.update(claim=other))
    assert not agreed(respell(draft))
    draft.certificate["float"]["dtypes"] = {"float32": other["steps"]}
    assert not agreed(respell(draft))


@pytest.mark.parametrize("name", NETWORKS)
def test_any_other_bound_is_rejected(name):
    original = open_file(cell_file(name))
    for part, field in (("float", "eta"), ("float", "mu"), ("separation", "margin")):
        units = int(original.certificate[part][field].removesuffix("e-24"))
        for other in (units - 1, units + 1, 2 * units, units // 2, -units):
            for text in (f"{other}e-24", f"{other}e-25", str(other), f"{units}", f"{units}e-25", other):
                if text != original.certificate[part][field]:
                    draft = changed(original, lambda c, p=part, f=field, t=text: c[p].update({f: t}))
                    assert not agreed(respell(draft))


@pytest.mark.parametrize("name", NETWORKS)
def test_any_other_table_entry_is_rejected(name):
    original = open_file(cell_file(name))
    table = original.certificate["machine"]["table"]
    for state, symbol, target in product(range(len(table)), range(len(table[0])), range(len(table))):
        if target != table[state][symbol] and state in original.certificate["reads"]:
            draft = deepcopy(original)
            draft.certificate["machine"]["table"][state][symbol] = target
            assert not agreed(respell(draft))
            assert not agreed(respell(derive(draft)))
            assert refuted(draft)


@pytest.mark.parametrize("name", NETWORKS)
def test_another_start_or_two_swapped_readings_or_cells_are_rejected(name):
    original = open_file(cell_file(name))
    for start in range(1, len(original.certificate["machine"]["states"])):
        draft = deepcopy(original)
        draft.certificate["machine"]["start"] = start
        assert not agreed(respell(draft))
        draft.certificate["reads"][0] = start
        assert not agreed(respell(draft))
    for field in ("reads", "cells"):
        draft = deepcopy(original)
        rows = draft.certificate[field]
        rows[0], rows[1] = rows[1], rows[0]
        assert not agreed(respell(draft))
        assert not agreed(respell(derive(draft)))


@pytest.mark.parametrize("name", TURNED)
def test_another_turn_of_a_letter_or_of_a_cell_is_rejected(name):
    original = open_file(cell_file(name))
    order = max(
        Fraction(turn).denominator for letter in original.certificate["letters"] for turn in letter["planes"] if turn
    )
    for field in ("letters", "cells"):
        for place, part in enumerate(original.certificate[field]):
            for plane, turn in enumerate(part["planes"]):
                now = None if turn is None else Fraction(turn)
                others = {None, *(Fraction(k, order) for k in range(order)), Fraction(1, 10**9)} - {now}
                for other in others:
                    draft = deepcopy(original)
                    draft.certificate[field][place]["planes"][plane] = None if other is None else str(other)
                    assert not agreed(respell(draft))
                    assert not agreed(respell(derive(draft)))


@pytest.mark.parametrize("name", NETWORKS)
def test_a_cell_dropped_added_or_renamed_is_rejected(name):
    original = open_file(cell_file(name))
    certificate = original.certificate
    for place in range(len(certificate["cells"])):
        draft = deepcopy(original)
        del draft.certificate["cells"][place], draft.certificate["reads"][place]
        assert not agreed(respell(derive(draft)))
    for turn in ("1/11", None, "0"):
        for read in range(len(certificate["machine"]["states"])):
            draft = deepcopy(original)
            extra = deepcopy(certificate["cells"][-1])
            extra["planes"] = [turn for _ in extra["planes"]]
            extra["lines"] = [["1/8", "1/4"] for _ in extra["lines"]]
            draft.certificate["cells"].append(extra)
            draft.certificate["reads"].append(read)
            draft.certificate["claim"]["contract"] = "robust"
            assert not agreed(respell(derive(draft)))


def test_the_last_interval_may_grow_where_the_rows_still_lead_but_not_shrink_or_overlap_another_reading():
    original = open_file(cell_file("saturating-exact"))
    assert original.certificate["cells"][-1] == {"lines": [["0", "1/8"]], "planes": []}
    # On [0, 3/16] the last row still leads; a cell of another state must not be held by it.
    for low, high, stands in [
        ("0", "3/16", False),
        ("0", "9/64", True),
        ("-1", "1/8", True),
        ("0", "1/4", False),
        ("0", "1/16", False),
        ("1/16", "1/8", False),
        ("1/8", "1/8", False),
        ("1/8", "0", False),
        ("0", "1/3", False),
        ("0", "129/1024", True),
        ("0", "257/2048", False),  # nine bits of significand: no bfloat16
        ("-3", "1/8", True),
        ("-" + "4" * 60, "1/8", False),
    ]:
        draft = deepcopy(original)
        draft.certificate["cells"][-1]["lines"][0] = [low, high]
        assert agreed(respell(derive(draft))) == stands, (low, high)


def test_overlapping_cells_are_looked_through_in_their_order():
    original = open_file(cell_file("saturating-exact"))
    cells, reads = original.certificate["cells"], original.certificate["reads"]
    wide = {"lines": [["0", "9/64"]], "planes": []}
    for extra, place, stands in [
        (wide, len(cells), False),
        (wide, len(cells) - 1, False),
        (cells[1], len(cells), False),
    ]:
        draft = deepcopy(original)
        draft.certificate["cells"].insert(place, extra)
        draft.certificate["reads"].insert(place, reads[-1])
        assert agreed(respell(derive(draft))) == stands


@pytest.mark.parametrize("name", NETWORKS)
def test_contracts_can_be_weakened_and_never_strengthened(name):
    original = open_file(cell_file(name))
    order = ["linear", "injective", "cover", "robust"]
    held = order.index(original.certificate["claim"]["contract"])
    for place, contract in enumerate(order):
        draft = changed(original, lambda certificate, c=contract: certificate["claim"].update(contract=c))
        assert agreed(respell(draft)) == (place >= held)


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
    original, generator = open_file(cell_file(name)), random.Random(name)
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
    original = open_file(cell_file(name))
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
    original = open_file(cell_file("killed-float16"))
    for tensor in ("cosine", "sine"):
        for value in (2.0**-24, 2.0**-14, 1.0, -1.0):
            draft = deepcopy(original)
            draft.put(tensor, 2, bytes_of("F16", value))
            assert not agreed(respell(derive(draft)))


@pytest.mark.parametrize("name", NETWORKS)
def test_a_permuted_index_of_rows_is_rejected(name):
    original = open_file(cell_file(name))
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
    original = open_file(cell_file(name))
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


@pytest.mark.parametrize("name", NETWORKS)
def test_a_readout_that_rounds_the_states_is_rejected(name):
    original = open_file(cell_file(name))
    dtype = original.tensors["initial_state"][0]
    for other in NAMES:
        draft = deepcopy(original)
        for tensor in ("readout.weight", "readout.bias"):
            values = [value_of("F64", draft.item(tensor, place)) for place in range(draft.count(tensor))]
            draft.tensors[tensor] = [other, draft.tensors[tensor][1], b"".join(map(short(other), values))]
        draft.certificate["operator"]["readout"] = NAMES[other]
        holds = other in {"BF16": ("F64", "F32", "BF16"), "F16": ("F64", "F32", "F16"), "F32": ("F64", "F32")}.get(
            dtype, ("F64",)
        )
        assert agreed(respell(derive(draft))) <= holds
        assert check_bytes(respell(draft)).accepted <= holds


def short(dtype):
    """Return a function to the bytes of a number cut to a format."""
    return lambda value: bytes_of(dtype, value)


def test_cells_carry_no_linear_head():
    original = open_file(cell_file("quarters-exact"))
    for contract in ("linear", "injective", "robust"):
        draft = deepcopy(original)
        draft.tensors["head.weight"] = ["F32", [4, 2], b"\0" * 32]
        draft.certificate["claim"]["contract"] = contract
        assert not agreed(respell(derive(draft)))


@pytest.mark.parametrize("name", NETWORKS)
def test_missing_extra_and_misshapen_tensors_are_rejected(name):
    original = open_file(cell_file(name))
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
    original = open_file(cell_file("counting-float32"))
    for count in (2, 3):
        draft = deepcopy(original)
        for tensor in ("cosine", "sine", "diagonal"):
            dtype, shape, data = draft.tensors[tensor]
            draft.tensors[tensor] = [dtype, [count, *shape[1:]], data * count]
        assert not agreed(respell(draft))

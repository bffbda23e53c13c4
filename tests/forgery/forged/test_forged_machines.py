"""Machine, claim or tensors forged with all derived fields: false claims fall, true ones stand, both checkers agree."""

from __future__ import annotations

from copy import deepcopy
from itertools import product

import pytest

from tests.forgery.forge import bytes_of, derive, open_file, refuted, respell, value_of
from tests.forgery.verdicts import agreed
from tests.proof.networks import named_files
from tests.second_checker.formats import ONLY_STORED
from tests.second_checker.wire import ITEM_BYTES

FILES = named_files()
MANY = [name for name in FILES if not name.startswith("lonely")]
NAMES = {"F64": "float64", "F32": "float32", "BF16": "bfloat16", "F16": "float16"}


@pytest.mark.parametrize("name", MANY)
def test_any_other_table_entry_is_rejected(name):
    original = open_file(FILES[name])
    table = original.certificate["machine"]["table"]
    for state, symbol, target in product(range(len(table)), range(len(table[0])), range(len(table))):
        if target != table[state][symbol]:
            draft = deepcopy(original)
            draft.certificate["machine"]["table"][state][symbol] = target
            assert refuted(draft)
            assert not agreed(respell(draft))
            assert not agreed(respell(derive(draft)))


@pytest.mark.parametrize("name", MANY)
def test_another_start_is_rejected_with_the_readings_turned_too(name):
    original = open_file(FILES[name])
    for start in range(1, len(original.certificate["machine"]["states"])):
        draft = deepcopy(original)
        draft.certificate["machine"]["start"] = start
        assert not agreed(respell(draft))
        draft.certificate["reads"][0] = start
        assert not agreed(respell(draft))
        draft.certificate["reads"] = original.certificate["reads"][start:] + original.certificate["reads"][:start]
        assert not agreed(respell(draft)) or not refuted(draft)


@pytest.mark.parametrize("name", MANY)
def test_two_readings_or_codes_or_table_rows_swapped_are_rejected(name):
    original = open_file(FILES[name])
    for field, holder in [("reads", None), ("codes", None), ("table", "machine")]:
        draft = deepcopy(original)
        rows = (draft.certificate[holder] if holder else draft.certificate)[field]
        rows[0], rows[1] = rows[1], rows[0]
        assert not agreed(respell(draft))
        assert not agreed(respell(derive(draft)))


@pytest.mark.parametrize("name", FILES)
def test_names_and_outputs_are_free_because_the_claim_is_about_the_states(name):
    original = open_file(FILES[name])
    for field in ("states", "symbols", "outputs"):
        draft = deepcopy(original)
        draft.certificate["machine"][field].reverse()
        free = field != "outputs" or "linear" not in name  # a linear head gives the outputs themselves
        assert agreed(respell(draft)) == free
        draft.certificate["machine"][field][0] = "another name"
        assert agreed(respell(draft)) == free


@pytest.mark.parametrize("name", FILES)
def test_the_weaker_contract_holds_and_the_stronger_falls(name):
    draft = open_file(FILES[name])
    kept = {"linear"} if "linear" in name else {"cover"} if "cover" in name else {"injective", "cover"}
    for contract in ("robust", "cover", "injective", "linear"):
        draft.certificate["claim"]["contract"] = contract
        assert agreed(respell(draft)) == (contract in kept)


@pytest.mark.parametrize("core", ["x", {"int": "5"}, {"tuple": []}], ids=["text", "integer", "tuple"])
def test_labels_nest_32_deep_and_no_deeper(core):
    for depth, accepted in [(31, True), (32, True), (33, False), (34, False), (200, False)]:
        draft = open_file(FILES["parity-full-float64"])
        label = core
        for _ in range(depth):
            label = {"tuple": [label]}
        draft.certificate["machine"]["outputs"][0] = label
        assert agreed(respell(draft)) == accepted


@pytest.mark.parametrize("name", FILES)
def test_one_tensor_in_another_format_is_rejected_and_all_of_them_are_not(name):
    original = open_file(FILES[name])
    floats = [tensor for tensor, content in original.tensors.items() if content[0] != "I64"]
    for dtype in set(NAMES) - {original.tensors["initial_state"][0]}:
        together = deepcopy(original)
        together.certificate["operator"] |= {"dtype": NAMES[dtype], "readout": NAMES[dtype]}
        for tensor in floats:
            cast(together, tensor, dtype)
            draft = deepcopy(original)
            cast(draft, tensor, dtype)
            assert not agreed(respell(draft))
        # One that is only stored says so: there the reason follows, and the formats that are proved.
        assert agreed(respell(derive(together) if original.tensors["initial_state"][0] in ONLY_STORED else together))


def cast(draft, tensor, dtype):
    """Store the same numbers in another format."""
    old, shape, data = draft.tensors[tensor]
    step = ITEM_BYTES[old]
    items = [data[place : place + step] for place in range(0, len(data), step)]
    draft.tensors[tensor] = [dtype, shape, b"".join(bytes_of(dtype, value_of(old, item)) for item in items)]


@pytest.mark.parametrize("name", FILES)
def test_missing_extra_and_misshapen_tensors_are_rejected(name):
    original = open_file(FILES[name])
    for tensor, (dtype, shape, data) in original.tensors.items():
        size = ITEM_BYTES[dtype]
        others = [
            [dtype, [1, *shape], data],
            [dtype, [*shape, 1], data],
            [dtype, [shape[0] + 1, *shape[1:]], data + data[: len(data) // shape[0]]],
            [dtype, [0, *shape[1:]], b""],
            [dtype, [], data[:size]],
            [{"I64": "F64", "F64": "I64"}.get(dtype, dtype), [*shape, 1], data],
            ["I64" if size == 8 else dtype, [*shape[:-1], shape[-1] + 1], data + data[: len(data) // shape[-1]]],
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


@pytest.mark.parametrize("name", [name for name in FILES if "-pd-" not in name])
def test_int_weights_are_no_floats(name):
    draft = open_file(FILES[name])
    for tensor, (dtype, shape, data) in draft.tensors.items():
        draft.tensors[tensor] = ["I64", shape, b"\0" * (len(data) // ITEM_BYTES[dtype] * 8)]
    assert not agreed(respell(draft))

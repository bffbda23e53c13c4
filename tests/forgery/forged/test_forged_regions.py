"""Certificates by regions forged with all derived fields: false claims fall, true ones stand, both checkers agree."""

from __future__ import annotations

from copy import deepcopy
from fractions import Fraction
from itertools import product

import pytest

from tests.forgery.forge import derive, open_file, refuted, respell
from tests.forgery.forged.false_regions import FALSE_REGIONS
from tests.forgery.verdicts import agreed
from tests.proof.region_networks import NETWORKS, region_file

HORIZONS = [name for name in NETWORKS if "exact" not in name]
TURNED = [name for name in NETWORKS if name != "saturating-exact"]


def changed(original, change):
    """Return the original with a change of its certificate."""
    draft = deepcopy(original)
    change(draft.certificate)
    return draft


@pytest.mark.parametrize("name", ["killed-float16", "saturating-exact", "counting-float32"])
def test_every_forged_field_is_rejected(name):
    original = open_file(region_file(name))
    for title, change in FALSE_REGIONS.items():
        draft = changed(original, change)
        if repr(draft.certificate) != repr(original.certificate):
            assert not agreed(respell(draft)), title


@pytest.mark.parametrize("name", HORIZONS)
def test_any_other_number_of_steps_is_rejected_and_so_is_every_length(name):
    original = open_file(region_file(name))
    claim, form = original.certificate["claim"], original.certificate["operator"]["dtype"]
    exact = open_file(region_file("quarters-exact")).certificate["claim"]
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
    original = open_file(region_file("quarters-exact"))
    other = open_file(region_file("fifths-float32")).certificate["claim"]
    draft = changed(original, lambda certificate: certificate.update(claim=other))
    assert not agreed(respell(draft))
    draft.certificate["float"]["dtypes"] = {"float32": other["steps"]}
    assert not agreed(respell(draft))


@pytest.mark.parametrize("name", NETWORKS)
def test_any_other_bound_is_rejected(name):
    original = open_file(region_file(name))
    for part, field in (("float", "eta"), ("float", "mu"), ("separation", "margin")):
        units = int(original.certificate[part][field].removesuffix("e-24"))
        for other in (units - 1, units + 1, 2 * units, units // 2, -units):
            for text in (f"{other}e-24", f"{other}e-25", str(other), f"{units}", f"{units}e-25", other):
                if text != original.certificate[part][field]:
                    draft = changed(original, lambda c, p=part, f=field, t=text: c[p].update({f: t}))
                    assert not agreed(respell(draft))


@pytest.mark.parametrize("name", NETWORKS)
def test_any_other_table_entry_is_rejected(name):
    original = open_file(region_file(name))
    table = original.certificate["machine"]["table"]
    for state, symbol, target in product(range(len(table)), range(len(table[0])), range(len(table))):
        if target != table[state][symbol] and state in original.certificate["reads"]:
            draft = deepcopy(original)
            draft.certificate["machine"]["table"][state][symbol] = target
            assert not agreed(respell(draft))
            assert not agreed(respell(derive(draft)))
            assert refuted(draft)


@pytest.mark.parametrize("name", NETWORKS)
def test_another_start_or_two_swapped_readings_or_regions_are_rejected(name):
    original = open_file(region_file(name))
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
def test_another_turn_of_a_letter_or_of_a_region_is_rejected(name):
    original = open_file(region_file(name))
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
def test_a_region_dropped_added_or_renamed_is_rejected(name):
    original = open_file(region_file(name))
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
    original = open_file(region_file("saturating-exact"))
    assert original.certificate["cells"][-1] == {"lines": [["0", "1/8"]], "planes": []}
    # On [0, 3/16] the last row still leads; a region of another state must not be held by it.
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


def test_overlapping_regions_are_looked_through_in_their_order():
    original = open_file(region_file("saturating-exact"))
    regions, reads = original.certificate["cells"], original.certificate["reads"]
    wide = {"lines": [["0", "9/64"]], "planes": []}
    for extra, place, stands in [
        (wide, len(regions), False),
        (wide, len(regions) - 1, False),
        (regions[1], len(regions), False),
    ]:
        draft = deepcopy(original)
        draft.certificate["cells"].insert(place, extra)
        draft.certificate["reads"].insert(place, reads[-1])
        assert agreed(respell(derive(draft))) == stands


@pytest.mark.parametrize("name", NETWORKS)
def test_contracts_can_be_weakened_and_never_strengthened(name):
    original = open_file(region_file(name))
    order = ["linear", "injective", "cover", "robust"]
    held = order.index(original.certificate["claim"]["contract"])
    for place, contract in enumerate(order):
        draft = changed(original, lambda certificate, c=contract: certificate["claim"].update(contract=c))
        assert agreed(respell(draft)) == (place >= held)

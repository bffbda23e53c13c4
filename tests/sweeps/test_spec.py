"""SPEC.json: all combinations once, and one clear error for each wrong field."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.source.write import write_machine
from fsm2rnn.sweeps.fields import DIGEST
from fsm2rnn.sweeps.spec import read_spec

SMALL = {"machines": ["parity"], "models": ["gru"]}


def runs_of(tmp_path, fields):
    path = tmp_path / "spec.json"
    path.write_text(fields if isinstance(fields, str) else json.dumps(fields), encoding="utf-8")
    return read_spec(path)


def test_runs_are_all_combinations_in_the_order_of_the_lists(tmp_path):
    fields = {"machines": ["parity", "S3@gens"], "models": "full", "seeds": [1, 0], "lr": [0.1, 1], "steps": 7}
    runs = runs_of(tmp_path, fields)
    assert len(runs) == 8
    assert [run.settings["machine"] for run in runs] == ["parity"] * 4 + ["S3@gens"] * 4
    shown = {name: value for name, value in runs[0].settings.items() if name != DIGEST}
    assert shown == {"machine": "parity", "model": "full", "seed": 1, "hidden": 32, "lr": 0.1, "steps": 7}
    assert len({run.key for run in runs}) == 8


@given(st.permutations(["machines", "models", "seeds", "lr", "lengths", "patience"]))
def test_the_order_of_fields_and_the_way_a_value_is_written_do_not_change_a_key(tmp_path_factory, names):
    one = {"machines": "parity", "models": "gru", "seeds": 0, "lr": 1, "lengths": 5, "patience": "never"}
    other = {
        "machines": ["parity"],
        "models": ["gru"],
        "seeds": [0, 0],
        "lr": [1.0],
        "lengths": "5-5",
        "patience": ["never"],
    }
    folder = tmp_path_factory.mktemp("specs")
    (first,) = runs_of(folder, one)
    (second,) = runs_of(folder, {name: other[name] for name in names})
    assert first.key == second.key


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"machines": ["parity", "paritx"]}, r"machines\[1\].*did you mean 'parity'"),
        ({"machines": [3]}, r"machines\[0\] is 3: a MACHINE"),
        ({"machines": []}, "machines: the list is empty"),
        ({"models": "gro"}, "models is.*did you mean 'gru'"),
        ({"seeds": [0, -1]}, r"seeds\[1\] is -1: a whole number from 0"),
        ({"seeds": [True]}, r"seeds\[0\] is true"),
        ({"seeds": 1 << 40}, "below 2,147,483,648"),
        ({"hidden": 0}, "hidden is 0: a whole number from 1"),
        ({"hidden": 2.5}, "hidden is 2.5"),
        ({"hidden": [4, 1_000_000]}, r"hidden\[1\] is 1000000.*65,536 at most.*hint"),
        ({"lr": [0.1, 1e300]}, r"lr\[1\] is 1e\+300: a number above 0, 10 at most.*hint"),
        ({"clip": 10**400}, "clip is 1000.*a number above 0"),
        ({"lr": [0.1, 0]}, r"lr\[1\] is 0: a number above 0"),
        ({"average": 1}, "average is 1: a number from 0 on and below 1"),
        ({"noise": "much"}, 'noise is "much": a number from 0 on is expected'),
        ({"lengths": "9-3"}, "lengths"),
        ({"lengths": [[2, 30]]}, r"lengths\[0\]"),
        ({"targets": "all"}, "targets.*known: every, last"),
        ({"patience": 0}, "patience"),
        ({"protect": "rows"}, "init.*compiled"),
        ({"sede": 3}, "unknown field 'sede'.*did you mean 'seeds'"),
    ],
)
def test_a_wrong_field_is_named_with_what_is_expected(tmp_path, change, said):
    with pytest.raises(InputError, match=said) as caught:
        runs_of(tmp_path, SMALL | change)
    assert "spec.json" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"machines": "parity",\n "models": }', r"spec.json:2:12"),
        ('{"machines": "parity", "machines": "S3"}', "twice"),
        ("[1]", "an object of fields"),
        ('{"models": "gru"}', "'machines' is missing"),
        ('{"machines": "parity", "models": "gru", "lr": NaN}', "a number above 0"),
        ('{"machines": "parity", "models": "gru", "seeds": ' + "9" * 5000 + "}", "digits"),
        ("[" * 100_000, "nested"),
    ],
)
def test_what_is_no_such_object_is_refused_with_its_place(tmp_path, text, said):
    with pytest.raises(InputError, match=said):
        runs_of(tmp_path, text)


def test_a_machine_in_a_file_is_told_by_what_it_is(tmp_path):
    path = tmp_path / "machine.json"
    keys = []
    for machine in ("parity", "Z3", "parity"):
        write_machine(fsm2rnn.read(machine), path)
        (run,) = runs_of(tmp_path, SMALL | {"machines": str(path)})
        keys.append(run.key)
    assert keys[0] == keys[2] != keys[1]


def test_too_many_runs_are_refused_before_they_are_listed(tmp_path):
    many = SMALL | {"seeds": [*range(1000)], "lr": [one / 1000 for one in range(1, 1001)]}
    with pytest.raises(LimitError, match="1,000,000"):
        runs_of(tmp_path, many)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_spec(tmp_path / "none.json")

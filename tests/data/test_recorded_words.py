"""Files of words come back as the rows that were written, and anything else is an error with its place."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.data import DataLoader

import fsm2rnn
from fsm2rnn.data import recorded_words
from fsm2rnn.data.recorded_words import RecordedWords
from fsm2rnn.data.word_problem import names_path, read_word_problem, write_word_problem
from fsm2rnn.errors import InputError, LimitError
from tests.strategies import machines, mealy_machines


@settings(max_examples=20)
@given(
    machine=st.one_of(machines(), mealy_machines()), length=st.integers(1, 6), count=st.integers(1, 9),
    size=st.integers(1, 5), skip=st.integers(0, 2),
)  # fmt: skip
def test_rows_come_back(tmp_path_factory, machine, length, count, size, skip):
    path = tmp_path_factory.mktemp("data") / "words.csv"
    write_word_problem(machine, path, length=length, count=count, seed=1)
    rows = [(list(row.inputs), list(row.targets)) for row in read_word_problem(path)]
    for given_machine in (None, machine):
        data = RecordedWords(path, given_machine)
        assert data.machine == machine
        assert len(data) == count
        assert [(ids.tolist(), target.tolist()) for ids, target in data] == rows
    ends = RecordedWords(path, targets="last")
    assert [(ids.tolist(), target.item()) for ids, target in ends] == [(ids, target[-1]) for ids, target in rows]
    batches = list(data.batches(size, skip=skip))
    flat = [pair for ids, target in batches for pair in zip(ids.tolist(), target.tolist(), strict=True)]
    assert flat == rows[skip * size :]
    assert all(ids.dtype == target.dtype == torch.int64 for ids, target in batches)


def test_the_older_layout_and_mixed_lengths(tmp_path):
    path = tmp_path / "old.csv"
    path.write_text("length,input,target\n3,1 2 3,1\n2,4 4,3\n3,0 0 4,4\n", encoding="utf-8")
    machine = fsm2rnn.read("Z5")
    with pytest.raises(InputError, match=r"old.csv:2: the file holds the last answer .* .hint: targets='last'"):
        RecordedWords(path, machine)
    data = RecordedWords(path, machine, targets="last")
    assert Counter((tuple(ids.shape), tuple(target.shape)) for ids, target in data.batches(2)) == Counter(
        {((2, 3), (2,)): 1, ((1, 2), (1,)): 1}
    )
    assert [target.item() for _, target in DataLoader(data)] == [1, 3, 4]
    assert data[-1][1].item() == 4
    with pytest.raises(IndexError):
        data[3]
    with pytest.raises(InputError, match="at least one word"):
        data.batches(0)


def write(tmp_path, name="Z5"):
    path = tmp_path / "words.csv"
    write_word_problem(fsm2rnn.read(name), path, length=4, count=3)
    return path


def test_a_machine_is_needed_and_must_count_alike(tmp_path):
    path = write(tmp_path)
    machine = fsm2rnn.read("Z5")
    with pytest.raises(InputError, match=r"machine.json: the symbols counted here are not those"):
        RecordedWords(path, fsm2rnn.read("Z6"))
    numbers = replace(machine, symbols=tuple(range(5)))
    with pytest.raises(InputError, match="the symbols counted"):
        RecordedWords(path, numbers)
    with pytest.raises(InputError, match="the outputs counted"):
        RecordedWords(path, replace(machine, outputs=machine.outputs[::-1]))
    swapped = machine.table[:1] + machine.table[:0:-1]
    with pytest.raises(InputError, match=r"words.csv:2: the targets are not those of the machine"):
        RecordedWords(path, replace(machine, table=swapped))
    names_path(path).unlink()
    with pytest.raises(InputError, match=r"no file of names lies beside .hint: give the machine"):
        RecordedWords(path)
    assert len(RecordedWords(path, machine)) == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda _: "{", r"machine.json:1:2: not JSON"),
        (lambda _: "[]", "not the names of a word problem"),
        (lambda names: json.dumps(names | {"format": "fsm2rnn-word-problem-2"}), "expected an object of format"),
        (lambda names: json.dumps(names | {"machine": {}}), "holds no machine: machine: expected an object of states"),
        (lambda names: json.dumps(names | {"targets": [{"float": "1"}]}), "holds no machine: not a label"),
        (lambda names: json.dumps(names | {"targets": names["targets"][::-1]}), "the outputs counted here"),
    ],
)
def test_names_that_do_not_hold(tmp_path, change, message):
    path = write(tmp_path)
    names = names_path(path)
    names.write_text(change(json.loads(names.read_text(encoding="utf-8"))), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        RecordedWords(path)


def test_limits_and_empty_files(tmp_path, monkeypatch):
    path = write(tmp_path)
    (tmp_path / "empty.csv").write_text("seed,input,target\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"empty.csv: no row after the header"):
        RecordedWords(tmp_path / "empty.csv", fsm2rnn.read("Z5"))
    names_path(path).write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match=r"machine.json: cannot be read"):
        RecordedWords(path)
    names_path(path).unlink()
    monkeypatch.setattr(recorded_words, "SYMBOLS_LIMIT", 11)
    with pytest.raises(LimitError, match=r"symbols of .*words.csv: more needed, the limit is 11"):
        RecordedWords(path, fsm2rnn.read("Z5"))

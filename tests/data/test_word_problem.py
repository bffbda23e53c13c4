"""Word-problem data: every target is the machine's, the files read back, and malformed ones name their line."""

from __future__ import annotations

import errno
import json
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.cli import main
from fsm2rnn.data import word_problem
from fsm2rnn.data.word_problem import names_path, read_word_problem, write_word_problem
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.labels import label_from_json
from fsm2rnn.machine.permutations import compose
from fsm2rnn.proof.file.machine_json import machine_from_json
from fsm2rnn.source.named.permutation_groups import closure
from tests.strategies import machines


def test_group_targets_are_prefix_products(tmp_path):
    path = tmp_path / "S3=20.csv"
    machine = fsm2rnn.read("S3")
    write_word_problem(machine, path, length=20, count=30, seed=7)
    elements = sorted(closure([(1, 2, 0), (1, 0, 2)], limit=6))
    number = {element: index for index, element in enumerate(elements)}
    rows = list(read_word_problem(path))
    assert len(rows) == 30
    for row in rows:
        products = accumulate((elements[index] for index in row.inputs), compose)
        assert [number[product] for product in products] == list(row.targets)
    assert {row.seed for row in rows} == {7}
    names = json.loads(names_path(path).read_text(encoding="utf-8"))
    assert machine_from_json(names["machine"]) == machine
    assert [label_from_json(label) for label in names["targets"]] == list(machine.states)


@settings(max_examples=25)
@given(machine=machines(), length=st.integers(1, 9), count=st.integers(1, 9), seed=st.integers(0, 3))
def test_every_row_is_the_machines(tmp_path_factory, machine, length, count, seed):
    path = tmp_path_factory.mktemp("data") / "words.csv"
    write_word_problem(machine, path, length=length, count=count, seed=seed)
    labels = [label_from_json(label) for label in json.loads(names_path(path).read_bytes())["targets"]]
    rows = list(read_word_problem(path, machine))
    assert len(rows) == count
    for row in rows:
        word = [machine.symbols[index] for index in row.inputs]
        assert len(word) == length
        assert [labels[index] for index in row.targets] == machine.answers(word)


def test_same_seed_same_bytes_whatever_the_block(tmp_path, monkeypatch):
    machine = fsm2rnn.read("Z5")
    texts = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_word_problem(machine, tmp_path / name, length=7, count=50, seed=seed)
        texts.append((tmp_path / name).read_bytes())
    assert texts[0] == texts[1] != texts[2]
    monkeypatch.setattr(word_problem, "BLOCK", 10)
    write_word_problem(machine, tmp_path / "d", length=7, count=50, seed=1)
    assert len(list(read_word_problem(tmp_path / "d", machine))) == 50


def test_the_older_layout_is_read(tmp_path):
    path = tmp_path / "old.csv"
    path.write_text("length,input,target\n3,1 2 3,1\n2,4 4,3\n", encoding="utf-8")
    rows = list(read_word_problem(path, fsm2rnn.read("Z5")))
    assert [(row.seed, row.inputs, row.targets) for row in rows] == [(None, (1, 2, 3), (1,)), (None, (4, 4), (3,))]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r":1: the header is '' \(hint: expected seed,input,target\)"),
        ("input,target\n", r":1: the header is 'input,target'"),
        ("seed,input,target\n0,1 2\n", r":2: not a row"),
        ("seed,input,target\n0,1,1\n0,1 x,1 1\n", r":3: not a row"),
        ("seed,input,target\n0,1 2,1\n", r":2: 2 inputs need 2 targets"),
        ("seed,input,target\n0,1 -2,1 4\n", r":2: 2 inputs need 2 targets, all from 0 on"),
        ("seed,input,target\n0,,\n", r":2: 0 inputs"),
        ("seed,input,target\n0,1 9,1 1\n", r":2: an input lies outside 0..4"),
        ("seed,input,target\n0,1 1,1 3\n", r":2: the targets are not those of the machine"),
    ],
)
def test_malformed_files_name_their_line(tmp_path, text, message):
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        list(read_word_problem(path, fsm2rnn.read("Z5")))


def test_unreadable_files_and_bad_counts(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        list(read_word_problem(tmp_path / "none"))
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="cannot be read"):
        list(read_word_problem(tmp_path / "bytes"))
    for counts in ({"length": 0, "count": 1}, {"length": 1, "count": 0}, {"length": 1, "count": 1, "seed": -1}):
        with pytest.raises(InputError, match="length and count start at 1"):
            write_word_problem(fsm2rnn.read("Z5"), tmp_path / "x", **counts)
    with pytest.raises(LimitError, match="symbols in one word"):
        write_word_problem(fsm2rnn.read("Z5"), tmp_path / "x", length=10**9, count=1)
    assert not list(tmp_path.glob("x*"))


def test_the_command(tmp_path, capsys):
    path = tmp_path / "Z5=4.csv"
    assert main(["data", "Z5", "-l", "4", "-n", "3", "-o", str(path), "--seed", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["count"] == 3
    assert len(list(read_word_problem(path, fsm2rnn.read("Z5")))) == 3


def test_rows_that_cannot_be_written_leave_the_names_as_they_were(tmp_path, monkeypatch):
    path = tmp_path / "rows.csv"
    write_word_problem(fsm2rnn.read("Z5"), path, length=3, count=2)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def full(_machine, stream, *_):
        stream.write(b"seed")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(word_problem, "_write_rows", full)
    for name in ("rows.csv", "others.csv"):
        with pytest.raises(InputError, match="No space left on device"):
            write_word_problem(fsm2rnn.read("S3"), tmp_path / name, length=3, count=2)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before

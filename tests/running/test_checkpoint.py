"""A verification goes on from its record to the same result, however it was stopped; kill -9 included."""

from __future__ import annotations

import dataclasses
import json
import random
import subprocess
import sys
import time

import pytest
import torch

import fsm2rnn
from fsm2rnn.errors import FsmError, InputError
from fsm2rnn.proof.stored.tensor_file import StoredTensor, decode_tensor_file, encode_tensor_file
from fsm2rnn.running import checkpoint, run
from fsm2rnn.running.verification import verify_network, verify_resumable
from fsm2rnn.running.words import random_words
from fsm2rnn.running.words.random_words import RandomWords
from tests.conftest import ROOT
from tests.running.runner.test_streams import integer_network

WORDS = RandomWords(950, 2, 3)


def broken_gather():
    """Return a Z5 network whose index form has one wrong entry."""
    network = fsm2rnn.compile("Z5", "pd").network()
    with torch.no_grad():
        network.rnn.index[2, 3] = 1
    return network


def broken_float():
    """Return a float network that starts on the wrong side."""
    network = integer_network("S3@gens")
    with torch.no_grad():
        network.rnn.initial_state *= -1
    return network


NETWORKS = {
    "gather": lambda: fsm2rnn.compile("S5@gens", "pd").network(),
    "broken gather": broken_gather,
    "codes": lambda: integer_network("S5@gens"),
    "float": lambda: fsm2rnn.compile("Z5", "rotation").network(),
    "broken float": broken_float,
}


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(random_words, "BLOCK", 200)
    monkeypatch.setattr(checkpoint, "PAUSE", 0)
    monkeypatch.setattr(run, "LONG", 1)


class StoppedError(Exception):
    """Stands for whatever stops a run."""


def stopping_after(blocks):
    """Return a progress callback that raises after that many blocks (the first call says what was done before)."""
    calls = []

    def progress(_):
        calls.append(1)
        if len(calls) > blocks:
            raise StoppedError

    return progress


@pytest.mark.parametrize("name", NETWORKS)
def test_a_stopped_run_goes_on_to_the_same_result(name, tmp_path):
    network, path = NETWORKS[name](), tmp_path / "record"
    whole = verify_network(network, steps=WORDS.steps, batch=WORDS.batch, seed=WORDS.seed)
    assert (whole.mismatches > 0) == name.startswith("broken")
    for blocks in (1, 3, 2):
        with pytest.raises(StoppedError):
            verify_resumable(network, WORDS, path, progress=stopping_after(blocks))
    done = []
    result = verify_resumable(network, WORDS, path, progress=done.append)
    assert done == [600, 100, 100, 100, 50]
    assert dataclasses.replace(result, symbols_per_second=whole.symbols_per_second) == whole
    again = []
    assert verify_resumable(network, WORDS, path, progress=again.append) == result
    assert again == [950]
    assert [entry.name for entry in tmp_path.iterdir()] == ["record"]


def test_a_record_of_other_arguments_is_refused(tmp_path):
    path = tmp_path / "record"
    network = fsm2rnn.compile("Z5", "pd").network()
    verify_resumable(network, WORDS, path)
    others = [
        (network, RandomWords(951, 2, 3), "sequential"),
        (network, RandomWords(950, 1, 3), "sequential"),
        (network, RandomWords(950, 2, 4), "sequential"),
        (network, WORDS, "scan"),
        (broken_gather(), WORDS, "sequential"),
        (fsm2rnn.compile("Z5", "pd").network("float64"), WORDS, "sequential"),
        (fsm2rnn.compile("Z5", "full").network(), WORDS, "sequential"),
    ]
    for other, words, order in others:
        with pytest.raises(InputError, match="belongs to another run"):
            verify_resumable(other, words, path, order=order)
    data = path.read_bytes()
    for bad in (b"", b"{}", data[:-1], data + b" "):
        path.write_bytes(bad)
        with pytest.raises(InputError, match="no checkpoint of a verification"):
            verify_resumable(network, WORDS, path)
    path.unlink()
    fsm2rnn.compile("Z5", "pd").save(path)
    with pytest.raises(FsmError, match="its metadata is not that of fsm2rnn-checkpoint-3"):
        verify_resumable(network, WORDS, path)
    with pytest.raises(InputError, match="cannot be written"):
        verify_resumable(network, WORDS, tmp_path / "none" / "record")


FIRST = {"stream": 0, "position": 5, "symbols": [0, 1, 2], "offset": 1, "expected": 2, "found": 3}
# What someone may write into a record of 5 blocks, 2 x 500 symbols: each contradicts the run or itself.
EDITS = [
    {"done": 10**9},
    {"done": 4},
    {"done": "x"},
    {"done": True},
    {"done": None},
    {"done": 0, "position": 0, "counted": 0},
    {"done": 11},
    {"position": 950},
    {"position": 500.0},
    {"counted": 10**12},
    {"counted": 999},
    {"mismatches": 1},
    {"mismatches": -1},
    {"mismatches": 10**6, "first": FIRST},
    {"mismatches": "0"},
    {"first": FIRST},
    {"first": 5},
    {"mismatches": 1, "first": 5},
    {"mismatches": 1, "first": {}},
    {"mismatches": 1, "first": FIRST | {"position": 500}},
    {"mismatches": 1, "first": FIRST | {"stream": 2}},
    {"mismatches": 1, "first": FIRST | {"offset": 3}},
    {"mismatches": 1, "first": FIRST | {"symbols": [0, 9, 2]}},
    {"mismatches": 1, "first": FIRST | {"symbols": 7}},
    {"mismatches": 1, "first": FIRST | {"symbols": [0] * 40}},
    {"mismatches": 1, "first": FIRST | {"expected": 5}},
    {"mismatches": 1, "first": FIRST | {"found": 99}},
    {"mismatches": 1, "first": FIRST | {"found": True}},
    {"seconds": "a"},
    {"seconds": -1},
    {"seconds": float("nan")},
    {"seconds": None},
]
I64 = "I64"
MOVED = [
    {"machine": StoredTensor(I64, (2,), (5).to_bytes(8, "little") * 2)},
    {"machine": StoredTensor(I64, (2,), b"\xff" * 16)},
    {"machine": StoredTensor(I64, (1,), bytes(8))},
    {"machine": StoredTensor("F64", (2,), bytes(16))},
    {"network": StoredTensor(I64, (2,), (5).to_bytes(8, "little") * 2)},
    {"network": StoredTensor(I64, (2, 1), bytes(16))},
    {"network": StoredTensor("F32", (2, 5), bytes(39) + b"1")},
    {"network": StoredTensor("F64", (2, 5), bytes(80))},
    {"another": StoredTensor("F64", (1,), bytes(8))},
]


def stopped(path):
    """Leave the record of the first five blocks of a Z5 network, and return the network."""
    network = fsm2rnn.compile("Z5", "pd").network()
    with pytest.raises(StoppedError):
        verify_resumable(network, WORDS, path, progress=stopping_after(5))
    return network


def rewritten(path, body=(), tensors=(), *, sealed):
    """Change a record's body and tensors, and seal it anew or not."""
    found, metadata = decode_tensor_file(path.read_bytes())
    text = json.dumps(json.loads(metadata[checkpoint.FORMAT]) | dict(body))
    found |= dict(tensors)
    seal = checkpoint._seal(found, text) if sealed else metadata[checkpoint.SEAL]
    path.write_bytes(encode_tensor_file(found, {checkpoint.FORMAT: text, checkpoint.SEAL: seal}))


def test_a_record_that_is_rewritten_as_it_was_goes_on(tmp_path):
    network = stopped(tmp_path / "record")
    rewritten(tmp_path / "record", sealed=True)
    done = []
    assert verify_resumable(network, WORDS, tmp_path / "record", progress=done.append).mismatches == 0
    assert done[0] == 500


@pytest.mark.parametrize("sealed", [False, True])
def test_an_edited_record_is_refused(sealed, tmp_path):
    path = tmp_path / "record"
    network = stopped(path)
    data = path.read_bytes()
    for change in [*({"body": edit} for edit in EDITS), *({"tensors": moved} for moved in MOVED)]:
        path.write_bytes(data)
        rewritten(path, **change, sealed=sealed)
        message = "not the record of this run|no checkpoint of this kind" if sealed else "its seal is broken"
        with pytest.raises(InputError, match=f"record: .*({message})"):
            verify_resumable(network, WORDS, path)


def test_a_record_of_an_older_format_is_refused_by_its_name(tmp_path):
    network = fsm2rnn.compile("Z5", "rotation").network()
    older = sorted((ROOT / "tests" / "cli" / "files").glob("c*[!s]"))
    assert len(older) == 8
    for path in older:
        (tmp_path / path.name).write_bytes(path.read_bytes())
        with pytest.raises(InputError, match=f"{path.name}: no checkpoint of a verification: it has the older format"):
            verify_resumable(network, RandomWords(20_000_000), tmp_path / path.name)


def test_bodies_that_are_no_records_are_refused(tmp_path):
    path = tmp_path / "record"
    network = stopped(path)
    tensors, _ = decode_tensor_file(path.read_bytes())
    for text in ("[1]", "", "{", "[" * 100_000, "7", "null"):
        seal = checkpoint._seal(tensors, text)
        path.write_bytes(encode_tensor_file(tensors, {checkpoint.FORMAT: text, checkpoint.SEAL: seal}))
        with pytest.raises(InputError, match="record: no checkpoint of a verification"):
            verify_resumable(network, WORDS, path)


def test_records_wait_for_their_time(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "PAUSE", 1000)
    path = tmp_path / "record"
    with pytest.raises(StoppedError):
        verify_resumable(NETWORKS["gather"](), WORDS, path, progress=stopping_after(3))
    assert not path.exists()
    verify_resumable(NETWORKS["gather"](), WORDS, path)
    assert path.exists()


def finished(path):
    """Return the answer of a run that is not disturbed, without its speed."""
    answer = subprocess.run([sys.executable, "-c", RUN, str(path)], capture_output=True, check=True)
    return json.loads(answer.stdout) | {"symbols_per_second": None}


RUN = """
import json, sys
from fsm2rnn.running import checkpoint
from fsm2rnn.running.verification import verify_resumable
from fsm2rnn.running.words.random_words import RandomWords
from tests.running.test_checkpoint import broken_gather
checkpoint.PAUSE = 0.01
result = verify_resumable(broken_gather(), RandomWords(60_000_000), sys.argv[1])
print(json.dumps(result.to_json()))
"""


def test_killed_at_random_moments(tmp_path):
    path, whole, moments = tmp_path / "record", tmp_path / "whole", random.Random(5)
    expected = finished(whole)
    assert expected["mismatches"] > 10_000_000
    for _ in range(2):
        before = path.stat().st_mtime_ns if path.exists() else 0
        process = subprocess.Popen([sys.executable, "-c", RUN, str(path)], stdout=subprocess.DEVNULL)
        while process.poll() is None and (path.stat().st_mtime_ns if path.exists() else 0) == before:
            time.sleep(0.01)
        time.sleep(moments.uniform(0, 0.1))
        process.kill()
        process.wait()
    assert path.exists()
    assert finished(path) == expected
    assert not [entry for entry in tmp_path.iterdir() if entry.suffix != ".tmp" and entry not in (path, whole)]


def test_a_record_is_no_output_stream():
    with pytest.raises(InputError, match="it cannot be stdout"):
        checkpoint.Checkpoint("-", "digest")

"""pytest --fsm2rnn-vectors FILE: tests run on the vectors of files, which are replayed before they are believed."""

from __future__ import annotations

import subprocess
import sys

import pytest
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from fsm2rnn.api import read
from fsm2rnn.data.vectors import write_vectors
from fsm2rnn.errors import InputError
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT32
from fsm2rnn.running.words.random_words import RandomWords
from fsm2rnn.testing import read_vectors

PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:fsm2rnn"]
PLUGIN = ["-p", "fsm2rnn.testing.pytest_plugin", "-c", "pytest.ini", "-rs"]
TESTS = """
import pytest, torch

def test_every_form(fsm2rnn_vectors):
    v = fsm2rnn_vectors
    assert v.h.shape[:2] == v.symbols.shape

def test_blocks(block_vectors):
    v = block_vectors
    h = v.h0.expand(len(v.h), -1)
    for step in range(v.h.shape[1]):
        h = (v.parameters["A"][:, step] @ h.unsqueeze(-1)).squeeze(-1)
        assert torch.equal(h, v.h[:, step])

def test_lines(diagonal_vectors):
    assert diagonal_vectors.machine.endswith("safetensors")

@pytest.mark.parametrize("block_vectors", ["parity"], indirect=True)
def test_a_choice_of_ones_own(block_vectors):
    assert block_vectors.machine == "parity"
"""


def vectors(path, machine, form=FLOAT32):
    write_vectors(read(machine), path, words=RandomWords(20, 2, 0), form=form)
    return path


def run_pytest(folder, *options):
    (folder / "test_kernel.py").write_text(TESTS, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [*PYTEST, *PLUGIN, *options, "test_kernel.py"]
    found = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return found.returncode, found.stdout + found.stderr


@pytest.mark.slow  # a pytest of its own, which loads torch
def test_tests_run_on_the_files(tmp_path):
    vectors(tmp_path / "a.safetensors", "parity")
    vectors(tmp_path / "b.safetensors", "S3@gens", BFLOAT16)
    code, said = run_pytest(tmp_path, "--fsm2rnn-vectors", "a.safetensors", "--fsm2rnn-vectors=b.safetensors")
    assert (code, said.strip().split("\n")[-1].split(" in ")[0]) == (0, "9 passed, 2 skipped"), said
    assert "b.safetensors has no form diagonal: " in said


def test_a_file_that_is_not_there_is_one_error(tmp_path):
    code, said = run_pytest(tmp_path, "--fsm2rnn-vectors", "none.safetensors")
    assert code == 4
    assert said.strip() == "ERROR: --fsm2rnn-vectors none.safetensors: there is no such file"


@pytest.mark.parametrize("machine", ["parity", "flip-flop", "S3@gens", "re:(a|b)*abb"])
def test_what_was_written_is_read(machine, tmp_path):
    path = vectors(tmp_path / "v.safetensors", machine)
    found, stored = read_vectors(path), load_file(path)
    assert {*found.forms, *found.left_out} == {"diagonal", "householder", "block"}
    for form, one in found.forms.items():
        assert one.h.equal(stored[f"{form}.h"])
        assert {f"{form}.{key}" for key in [*one.parameters, "h0", "h"]} == {k for k in stored if k.startswith(form)}


def changed(path, change):
    """Change the tensors of a file of vectors and write it again with its metadata."""
    tensors = load_file(path)
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
    change(tensors, metadata)
    save_file(tensors, path, metadata)


def one_entry(name):
    def change(tensors, _):
        tensors[name].flatten()[-1] = 1 - tensors[name].flatten()[-1]

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (one_entry("states"), "the machine's state after step 19 of word 1 does not follow"),
        (one_entry("block.h"), "the state of the form block after step 19 of word 1 does not follow"),
        (one_entry("diagonal.b"), "the state of the form diagonal after step 19 of word 1 does not follow"),
        (one_entry("householder.beta"), "the state of the form householder after step 19 of word 1"),
        (lambda tensors, _: tensors["symbols"].fill_(2), "a symbol lies outside 0..1"),
        (lambda tensors, _: tensors.pop("block.h0"), "the metadata says"),
        (lambda tensors, _: tensors.update({"block.h0": tensors["block.h0"].repeat(3)}), "do not fit together"),
        (lambda tensors, _: tensors.update({"states": tensors["states"][:1].clone()}), "to be of one shape"),
        (lambda _, metadata: metadata.update(format="other"), "its format is 'other'"),
        (lambda _, metadata: metadata.update(kinds="[]"), "kinds are"),
        (lambda _, metadata: metadata.update(kinds="{"), "no file of kernel vectors"),
        (lambda _, metadata: metadata.pop("machine"), "no file of kernel vectors"),
    ],
)
def test_a_damaged_file_accuses_no_kernel(change, says, tmp_path):
    path = vectors(tmp_path / "v.safetensors", "parity")
    changed(path, change)
    with pytest.raises(InputError, match=says):
        read_vectors(path)


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "v.safetensors"
    path.write_bytes(b"no tensors at all")
    with pytest.raises(InputError, match="the file is damaged"):
        read_vectors(path)

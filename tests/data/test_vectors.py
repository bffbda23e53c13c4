"""Kernel vectors are exact: a plain loop, chunked products, trees and the WY form all give them bit for bit."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.torch import load_file

import fsm2rnn
from fsm2rnn.cli import main
from fsm2rnn.data import vectors
from fsm2rnn.data.vectors import write_vectors
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.exact.rounding import FLOAT32, FORMATS
from fsm2rnn.running.words.random_words import RandomWords
from tests.strategies import machines, permutation_machines

POINTS = "act:(1,2,3,4,5);(1,2)"
PAGE = Path(__file__).parents[2] / "docs" / "kernel_vectors.md"
KINDS = {
    POINTS: {"householder", "block"},
    "parity": {"diagonal", "householder", "block"},
    "flip-flop": {"diagonal", "block"},
    "S5@gens": {"householder", "block"},
    "re:(a|b)*abb": {"block"},
}


def written(path, machine, length=40, count=3, form=FLOAT32, seed=0):
    """Write the vectors of a machine and return the tensors."""
    write_vectors(machine, path, words=RandomWords(length, count, seed), form=form)
    return load_file(path)


def forms(tensors):
    """Return the forms in the file."""
    return {name.split(".")[0] for name in tensors if "." in name}


def step_matrices(tensors, kind):
    """Return matrices (B, T, W, W) on the state, followed by a 1 where there is an offset."""
    if kind == "block":
        return tensors["block.A"]
    if kind == "diagonal":
        a, b = tensors["diagonal.a"], tensors["diagonal.b"]
        top = torch.cat([torch.diag_embed(a), b.unsqueeze(-1)], -1)
        last = torch.zeros_like(top[..., :1, :])
        last[..., -1] = 1
        return torch.cat([top, last], -2)
    k, beta = tensors["householder.k"], tensors["householder.beta"]
    eye = torch.eye(k.shape[-1], dtype=k.dtype)
    product = eye.expand(*k.shape[:2], -1, -1)
    for step in range(k.shape[2]):
        key = k[:, :, step]
        product = (eye - beta[:, :, step, None, None] * key.unsqueeze(-1) * key.unsqueeze(-2)) @ product
    return product


def looped(tensors, kind):
    """Return h (B, T, H) by the recurrence as the page writes it."""
    h = tensors[f"{kind}.h0"].expand(len(tensors["symbols"]), -1)
    found = []
    for step in range(tensors["symbols"].shape[1]):
        if kind == "diagonal":
            h = tensors["diagonal.a"][:, step] * h + tensors["diagonal.b"][:, step]
        elif kind == "block":
            h = torch.einsum("bij,bj->bi", tensors["block.A"][:, step], h)
        else:
            for key, beta in zip(
                tensors["householder.k"][:, step].unbind(1), tensors["householder.beta"][:, step].unbind(1), strict=True
            ):
                h = h - (beta * (key * h).sum(-1)).unsqueeze(-1) * key
        found.append(h)
    return torch.stack(found, 1)


def scanned(tensors, kind):
    """Return h by a Hillis-Steele scan: every product of the steps so far, from a tree."""
    products = step_matrices(tensors, kind)
    shift = 1
    while shift < products.shape[1]:
        products = torch.cat([products[:, :shift], products[:, shift:] @ products[:, :-shift]], 1)
        shift *= 2
    start = tensors[f"{kind}.h0"]
    size = len(start)
    if products.shape[-1] > size:
        start = torch.cat([start, torch.ones_like(start[:1])])
    return (products @ start)[..., :size]


def substituted(tensors, chunk):
    """Return h of the householder form by the WY form of each chunk, by forward substitution."""
    k, beta = tensors["householder.k"].flatten(1, 2), tensors["householder.beta"].flatten(1)
    per_step = tensors["householder.k"].shape[2]
    h = tensors["householder.h0"].expand(len(k), -1)
    found = []
    for start in range(0, k.shape[1], chunk):
        keys, betas = k[:, start : start + chunk], beta[:, start : start + chunk]
        gram, u = keys @ keys.mT, []
        for step in range(keys.shape[1]):
            dot = (keys[:, step] * h).sum(-1)
            for earlier in range(step):
                dot = dot - gram[:, step, earlier] * u[earlier]
            u.append(betas[:, step] * dot)
            found.append(h - torch.einsum("bs,bsi->bi", torch.stack(u, 1), keys[:, : step + 1]))
        h = found[-1]
    return torch.stack(found, 1)[:, per_step - 1 :: per_step]


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@pytest.mark.parametrize("name", ["parity", "flip-flop", POINTS])
def test_loop_and_scan_give_the_states_bit_for_bit(name, form, tmp_path):
    machine = fsm2rnn.read(name)
    tensors = written(tmp_path / "v", machine, form=form)
    assert forms(tensors) == KINDS[name]
    assert tensors["states"].tolist() == [list(machine.trajectory(word)) for word in tensors["symbols"].tolist()]
    assert {tensors[f"{kind}.h"].dtype for kind in KINDS[name]} == {getattr(torch, form.name)}
    if not form.native:  # its numbers are computed with in float32
        tensors = {key: one.float() if one.dtype is getattr(torch, form.name) else one for key, one in tensors.items()}
    for kind in KINDS[name]:
        expected = tensors[f"{kind}.h"]
        assert torch.equal(looped(tensors, kind), expected)
        assert torch.equal(scanned(tensors, kind), expected)


@pytest.mark.parametrize("chunk", [1, 5, 64, 1000])
def test_the_wy_form_by_forward_substitution(chunk, tmp_path):
    tensors = written(tmp_path / "v", fsm2rnn.read(POINTS), length=60)
    keys = tensors["householder.k"]
    assert (keys.square().sum(-1) == 1).all()
    assert torch.equal(substituted(tensors, chunk), tensors["householder.h"])


@pytest.mark.parametrize("name", list(KINDS))
def test_forms_and_what_the_metadata_says(name, tmp_path):
    about = write_vectors(fsm2rnn.read(name), tmp_path / "v", words=RandomWords(5))
    with safe_open(tmp_path / "v", "pt") as file:
        metadata = file.metadata()
    assert json.loads(metadata["kinds"]) == about
    assert {kind for kind, facts in about.items() if "left_out" not in facts} == KINDS[name]
    assert all(about[kind]["bound"] * about[kind]["parts"] <= 1 << 8 for kind in KINDS[name])


@settings(max_examples=15, deadline=None)
@given(machine=st.one_of(machines(max_states=4), permutation_machines(max_states=5)), seed=st.integers(0, 99))
def test_every_machine(machine, seed, tmp_path_factory):
    tensors = written(tmp_path_factory.mktemp("v") / "v", machine, length=9, count=2, seed=seed)
    assert forms(tensors)
    for kind in forms(tensors):
        assert torch.equal(looped(tensors, kind), tensors[f"{kind}.h"])
        assert torch.equal(scanned(tensors, kind), tensors[f"{kind}.h"])


def test_states_tell_machine_states_apart(tmp_path):
    tensors = written(tmp_path / "v", fsm2rnn.read("S5@gens"), length=2000, count=1)
    for kind in KINDS["S5@gens"]:
        pairs = torch.cat([tensors["states"][0, :, None].to(torch.float32), tensors[f"{kind}.h"][0]], 1)
        distinct = len(pairs.unique(dim=0))
        assert distinct == len(tensors[f"{kind}.h"][0].unique(dim=0)) == len(tensors["states"].unique()) == 120


def test_too_many_numbers_are_refused(tmp_path, monkeypatch):
    with pytest.raises(LimitError, match="numbers in one file of vectors"):
        write_vectors(fsm2rnn.read("S5@gens"), tmp_path / "v", words=RandomWords(1 << 20))
    assert not list(tmp_path.iterdir())
    monkeypatch.setattr(vectors, "KINDS", {"diagonal": vectors.KINDS["diagonal"]})
    with pytest.raises(InputError, match=r"no form .* follows this machine exactly"):
        write_vectors(fsm2rnn.read("S3"), tmp_path / "v", words=RandomWords(1))


def test_the_page_is_true(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text(encoding="utf-8")
    command, example = re.findall(r"```(?:python)?\n(.*?)```", text, re.DOTALL)
    arguments = [command.split('"')[1], *command.split('"')[2].split()]
    arguments[arguments.index("4096")] = "200"  # the same, shorter
    assert main(["data", *arguments]) == 0
    assert "householder: {'size': 10," in capsys.readouterr().out
    exec(compile(example, "page", "exec"), {})  # noqa: S102  the page's own example

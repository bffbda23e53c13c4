"""prove: what the kernel of the proof assistant accepts, and what is made of every way in which it can end."""

from __future__ import annotations

import argparse
import hashlib
import stat
from dataclasses import replace

import pytest

import fsm2rnn
from fsm2rnn.cli import main
from fsm2rnn.commands.table import COMMANDS
from fsm2rnn.errors import InputError
from fsm2rnn.proof.file.checker import network_bytes, prove_bytes
from fsm2rnn.rocq import library
from fsm2rnn.rocq.assistant import Limits
from fsm2rnn.rocq.claim import claim_of
from fsm2rnn.rocq.claim_text import MAX_TEXT, claim_text
from fsm2rnn.rocq.prove import Accepted, Rejected, Stopped, axioms_said, kernel_answer, prove
from fsm2rnn.rocq.theorems import REALS
from tests.cli.commands import answer, refusal
from tests.rocq.claims import claim, needs_coqc, network

CLOSED = "Closed under the global context\n"


@pytest.fixture
def net(tmp_path):
    """A network file of parity."""
    path = tmp_path / "net.safetensors"
    fsm2rnn.compile("parity", "full").save(path)
    return path


@pytest.fixture
def stub(tmp_path, monkeypatch):
    """Put a program named coqc on the path that says and does what a test asks for, whatever it is given."""

    def install(script: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir()
        program = folder / "coqc"
        cases = [
            "*--print-version*) echo 0.0 0.0;;",
            f"*-where*) echo {tmp_path};;",
            f"*claim.v) {script};;",
        ]
        program.write_text("\n".join(["#!/bin/sh", 'case "$*" in', *cases, "esac", ""]))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    return install


@needs_coqc
@pytest.mark.parametrize(
    ("target", "machine", "contract"),
    [("integer", "S3@gens", "injective"), ("minimal", "tomita3", "linear"), ("factored", "flip-flop", "injective")],
)
def test_the_kernel_accepts_a_claim_without_axioms(target, machine, contract, cache):
    found = kernel_answer(claim_text(claim(target, machine, contract), "0" * 64), Limits())
    assert isinstance(found, Accepted), found
    assert found.axioms == ()
    assert len(list(cache.glob("fsm2rnn/rocq/*/Checker.vo"))) == 1


@needs_coqc
def test_the_kernel_rejects_a_changed_claim():
    true = claim("integer", "S3@gens")
    table = (true.table[0][::-1], *true.table[1:])
    found = kernel_answer(claim_text(replace(true, table=table), "0" * 64), Limits())
    assert isinstance(found, Rejected)
    assert found.reason.startswith("checked is refused")


@needs_coqc
@pytest.mark.slow
def test_the_ieee_theorem_rests_on_the_axioms_of_the_reals(capsys, tmp_path):
    if not library.Library.FLOCQ.is_installed:
        pytest.skip("needs Flocq: apt-get install libcoq-flocq")
    path = tmp_path / "net.safetensors"
    path.write_bytes(network_bytes(network("minimal", "tomita3", "linear")))
    found = answer(capsys, "prove", str(path), "--floats", "ieee")
    assert found["accepted"] is True
    assert set(found["axioms"]) == REALS
    assert "float32 runs the network without rounding" in found["theorem"]


@needs_coqc
@pytest.mark.slow
def test_the_command_answers_and_the_exported_text_is_the_one_that_it_runs(capsys, net, tmp_path):
    found = answer(capsys, "prove", str(net))
    assert (found["accepted"], found["axioms"]) == (True, [])
    assert found["seconds"] > 0
    said = answer(capsys, "export", str(net), "-f", "rocq", "-o", str(tmp_path / "net.v"))
    assert "; ".join(said["theorems"]) == found["theorem"]


@needs_coqc
@pytest.mark.slow
def test_too_little_time_or_memory_decides_nothing(capsys, net):
    assert "out of time" in answer(capsys, "prove", str(net), "--timeout", "0.01", status=3)["reason"]
    assert "out of memory" in answer(capsys, "prove", str(net), "--memory", "150", status=3)["reason"]


def test_an_assistant_that_is_not_installed_is_said(net, capsys, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert "not installed" in refusal(capsys, "prove", str(net))
    assert "apt-get install coq" in refusal(capsys, "prove", str(net))
    main(["doctor"])
    assert "proof assistant: MISSING" in capsys.readouterr().out


def test_a_file_that_its_own_check_refuses_is_rejected(stub, net, capsys):
    stub("exit 0")
    data = bytearray(net.read_bytes())
    data[-1] ^= 1
    net.write_bytes(data)
    assert "the file's own check fails" in answer(capsys, "prove", str(net), status=1)["reason"]


@pytest.mark.parametrize(
    "forged",
    [
        "Definition decode (n : nat) := 0. Theorem decoded_claim : decode 1 = decode 2. Proof. reflexivity. Qed.",
        "Axiom cheat : False. Theorem decoded_claim : 0 = 1. Proof. destruct cheat. Qed.",
        'Notation "a =! b" := (True) (at level 70). Theorem decoded_claim : 0 =! 1. Proof. exact I. Qed.',
    ],
    ids=["redefined", "axiom", "notation"],
)
def test_a_text_of_anothers_is_never_compiled(forged, stub, net, capsys, tmp_path):
    compiled = tmp_path / "compiled.v"
    stub(f'for file; do :; done; cp "$file" {compiled}; echo Closed under the global context')
    sent = tmp_path / "net.v"
    sent.write_text(f"{forged}\nPrint Assumptions decoded_claim.\n")
    assert "own check fails: header" in answer(capsys, "prove", str(sent), status=1)["reason"]
    assert not compiled.exists()
    # Nor does it matter beside the network file: what is compiled is written from the tensors.
    assert isinstance(prove(net), Accepted)
    data = net.read_bytes()
    assert compiled.read_text() == claim_text(claim_of(prove_bytes(data)), hashlib.sha256(data).hexdigest()).text


@pytest.mark.parametrize(
    ("script", "kind", "says"),
    [
        ("echo Closed under the global context", Accepted, ""),
        ("exit 0", Rejected, "0 answers on axioms, expected 1"),
        ("echo Axioms:; echo cheat : False", Rejected, "it rests on cheat"),
        ("echo Closed under the global context; exit 1", Rejected, "is refused"),
        ("echo Closed under the global context; echo Closed under the global context", Rejected, "2 answers"),
        ("echo Fatal error: out of memory; exit 2", Stopped, "out of memory"),
        ("kill -9 $$", Stopped, "out of memory"),
        ("exec sleep 5", Stopped, "out of time"),
    ],
)
def test_every_ending_has_its_answer(script, kind, says, stub, net):
    stub(script)
    found = prove(net, limits=Limits(0.5) if "sleep" in script else Limits(60))
    assert isinstance(found, kind), found
    assert says in getattr(found, "reason", "")


@pytest.mark.parametrize("arguments", [["--timeout", "0"], ["--timeout", "nan"], ["--memory", "0"]])
def test_a_limit_is_positive(arguments, net, capsys):
    assert "a limit is positive" in refusal(capsys, "prove", str(net), *arguments)


def test_another_arithmetic_is_refused(net, stub):
    stub("exit 0")
    with pytest.raises(InputError, match="unknown floats"):
        prove(net, floats="posit")
    with pytest.raises(InputError, match="Flocq is not installed"):
        prove(net, floats="ieee")


def test_axioms_are_read_name_by_name():
    said = f"{CLOSED}Axioms:\na.b : forall P,\n  P\nc\n  : False\n{CLOSED}"
    assert list(axioms_said(said)) == [frozenset(), frozenset({"a.b", "c"}), frozenset()]
    assert list(axioms_said("")) == []


def test_the_command_line_has_the_limit_of_the_library():
    (command,) = [command for command in COMMANDS if command.name == "prove"]
    parser = argparse.ArgumentParser()
    command.add_options(parser)
    options = parser.parse_args(["net"])
    assert (options.max_text, options.timeout, options.memory) == (MAX_TEXT, Limits().seconds, Limits().megabytes)

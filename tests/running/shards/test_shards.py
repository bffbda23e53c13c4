"""Several processes give the verdict of one; a lost rank gives an error and no verdict."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.cli import main
from fsm2rnn.errors import InputError, NumericError
from fsm2rnn.running import checkpoint, run
from fsm2rnn.running.form.gather import gather_form
from fsm2rnn.running.runner.streams import StreamRunner
from fsm2rnn.running.shards.process_group import RankLostError, Ranks, joined_ranks, local_device, world_size
from fsm2rnn.running.shards.shards import verify_shards
from fsm2rnn.running.verification import verify_network
from fsm2rnn.running.words import random_words
from fsm2rnn.running.words.random_words import RandomWords
from tests.running.runner.test_streams import integer_network
from tests.running.test_checkpoint import broken_gather
from tests.strategies import machines

CPU = torch.device("cpu")


def in_threads(monkeypatch):
    """Return a function that calls verify_shards in one thread per rank and returns every rank's answer or error."""
    monkeypatch.setattr(random_words, "BLOCK", 100)
    monkeypatch.setattr(checkpoint, "PAUSE", 0)
    monkeypatch.setattr(run, "LONG", 1)

    def call(network, words, world, **options):
        slots, answers, barrier = [b""] * world, [None] * world, threading.Barrier(world, timeout=60)

        def exchange(ranks, data):
            slots[ranks.rank] = data
            barrier.wait()
            found = list(slots)
            barrier.wait()
            return found

        def part(rank):
            try:
                answers[rank] = verify_shards(network, words, Ranks(rank, world, CPU, 60.0), **options)
            except BaseException as error:  # noqa: BLE001  the test looks at it
                answers[rank] = error
                barrier.abort()

        monkeypatch.setattr(Ranks, "exchange", exchange)
        threads = [threading.Thread(target=part, args=(rank,)) for rank in range(world)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    return call


@pytest.fixture
def ranks_in_threads(monkeypatch):
    """Return `in_threads` for one test."""
    return in_threads(monkeypatch)


def without_rate(verification):
    """Return the result but for its speed."""
    return dataclasses.replace(verification, symbols_per_second=None)


@pytest.mark.parametrize("world", [1, 2, 3, 7])
@pytest.mark.parametrize("name", ["gather", "codes", "broken gather"])
def test_every_number_of_ranks_gives_the_verdict_of_one_process(name, world, ranks_in_threads):
    networks = {"gather": lambda: fsm2rnn.compile("S5@gens", "pd").network(), "broken gather": broken_gather}
    network = networks.get(name, lambda: integer_network("S5@gens"))()
    for steps in (1, 430, 1000):
        words = RandomWords(steps, 1, 7)
        whole = verify_network(network, steps=steps, seed=7)
        first, *others = ranks_in_threads(network, words, world)
        assert others == [None] * (world - 1)
        assert without_rate(first) == without_rate(whole)
    assert (whole.mismatches > 0) == (name == "broken gather")


@settings(max_examples=20, deadline=None)
@given(machine=machines(), seed=st.integers(0, 99), steps=st.integers(1, 700), entry=st.integers(0, 10**6))
def test_a_wrong_entry_is_counted_alike(machine, seed, steps, entry):
    with pytest.MonkeyPatch.context() as patch:
        call = in_threads(patch)
        network = fsm2rnn.compile(machine, "pd").network()
        assume(gather_form(network.meaning()) is not None)  # a wrong entry leaves signed permutations without an index
        with torch.no_grad():
            flat = network.rnn.index.view(-1)
            flat[entry % len(flat)] = entry % network.rnn.index.shape[1]
        whole = verify_network(network, steps=steps, seed=seed)
        assert without_rate(call(network, RandomWords(steps, 1, seed), 3)[0]) == without_rate(whole)


def test_a_first_mismatch_before_the_first_symbol(ranks_in_threads):
    network = fsm2rnn.compile("Z5", "pd").network()
    with torch.no_grad():
        network.readout.index.copy_(torch.tensor([1, 0, 2, 3, 4]))
    found = ranks_in_threads(network, RandomWords(500), 3)[0]
    assert found.first_mismatch.symbols == ()
    assert without_rate(found) == without_rate(verify_network(network, steps=500))


def test_each_rank_goes_on_from_its_own_record(ranks_in_threads, tmp_path):
    network, words = broken_gather(), RandomWords(2000, 1, 1)
    whole = verify_network(network, steps=2000, seed=1)
    stopped = []

    def progress(_):
        stopped.append(1)
        if len(stopped) == 7:
            raise KeyboardInterrupt

    answers = ranks_in_threads(network, words, 2, checkpoint=tmp_path / "record", progress=progress)
    assert any(isinstance(answer, KeyboardInterrupt) for answer in answers)
    assert {path.name for path in tmp_path.iterdir()} >= {"record.fold0of2"}
    done = []
    answers = ranks_in_threads(network, words, 2, checkpoint=tmp_path / "record", progress=done.append)
    assert without_rate(answers[0]) == without_rate(whole)
    assert 0 < len(done) <= 14
    with pytest.raises(InputError, match="another run"):
        raise ranks_in_threads(network, RandomWords(2001, 1, 1), 2, checkpoint=tmp_path / "record")[0]


def test_a_device_that_leaves_the_codes_is_no_verdict(ranks_in_threads, monkeypatch):
    network = integer_network("S5@gens")
    monkeypatch.setattr(StreamRunner, "_run", lambda *_: None)
    answers = ranks_in_threads(network, RandomWords(1000), 2)
    assert {type(answer) for answer in answers} <= {NumericError, threading.BrokenBarrierError}
    assert any("rank 0 does not end where rank 1 starts" in str(answer) for answer in answers)


def test_what_cannot_be_cut_is_refused(ranks_in_threads):
    answers = ranks_in_threads(fsm2rnn.compile("Z5", "rotation").network(), RandomWords(500), 2)
    assert "known only where the stored weights are one-hot or proved never to round" in str(answers[0])
    answers = ranks_in_threads(fsm2rnn.compile("Z5", "pd").network(), RandomWords(500, 2), 2)
    assert "processes share one word" in str(answers[0])


def test_what_the_environment_says():
    assert world_size({}) == world_size({"WORLD_SIZE": "4"}) == 1
    assert world_size({"WORLD_SIZE": "4", "RANK": "0"}) == 4
    with pytest.raises(InputError, match="WORLD_SIZE in the environment is 'four'"):
        world_size({"WORLD_SIZE": "four", "RANK": "0"})
    assert local_device(CPU, {"LOCAL_RANK": "1"}) == CPU
    assert local_device(torch.device("cuda"), {"LOCAL_RANK": "1"}) == torch.device("cuda", 1)
    assert local_device(torch.device("cuda:0"), {"LOCAL_RANK": "1"}) == torch.device("cuda", 0)


def test_a_group_that_does_not_come_together(monkeypatch):
    for name, value in environment(0, free_port()).items():
        monkeypatch.setenv(name, value)
    with (
        pytest.raises(RankLostError, match="rank 0: another rank died or did not answer within 1 s"),
        joined_ranks(CPU, 1.0),
    ):
        pass
    with pytest.raises(InputError, match="the timeout is in seconds and positive"), joined_ranks(CPU, 0.0):
        pass


def free_port():
    """Return a port that nobody uses now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def environment(rank, port):
    """Return what torchrun sets for one of two processes."""
    return {
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": "2",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
    }


def start(rank, port, *arguments):
    """Start one of two processes."""
    return subprocess.Popen(
        [sys.executable, "-m", "fsm2rnn", "verify", *arguments],
        env={**os.environ, **environment(rank, port), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def net(tmp_path_factory):
    """Return the path of a network file."""
    path = tmp_path_factory.mktemp("net") / "s5.safetensors"
    fsm2rnn.compile("S5@gens", "pd").save(path)
    return str(path)


def test_two_gloo_processes_under_torchrun(net, capsys):
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "fsm2rnn"]
    arguments = ["verify", net, "-n", "5000000", "--seed", "2", "--json"]
    found = subprocess.run([*command, *arguments], capture_output=True, text=True, check=True)
    assert main(arguments) == 0
    two, one = json.loads(found.stdout), json.loads(capsys.readouterr().out)
    assert two.pop("symbols_per_second") > 0
    del one["symbols_per_second"]
    assert two == one


@pytest.mark.parametrize("rank", [0, 1])
def test_a_killed_rank_is_an_error_without_a_verdict(rank, net, tmp_path):
    port, record = free_port(), tmp_path / "record"
    arguments = (net, "-n", str(10**10), "--timeout", "60", "--checkpoint", str(record))
    processes = [start(other, port, *arguments) for other in (0, 1)]
    until = time.monotonic() + 60
    while not list(tmp_path.glob("record.fold0of2")) and time.monotonic() < until:
        time.sleep(0.05)
    processes[rank].kill()
    processes[rank].communicate()
    survivor = processes[1 - rank]
    if rank == 1:
        survivor.send_signal(signal.SIGTERM)  # as torchrun does
    output, errors = survivor.communicate(timeout=60)
    assert (survivor.returncode, output) == (2, "")
    (line,) = [line for line in errors.splitlines() if line.startswith("fsm2rnn: ")]
    assert "so there is no verdict" in line
    assert "Traceback" not in errors

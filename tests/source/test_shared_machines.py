"""Real machines of two public collections, read from outside the repository where they are present."""

from __future__ import annotations

import contextlib
import io
import random
from pathlib import Path

import pytest

from fsm2rnn.machine.labels import label_text
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import ReadOptions
from fsm2rnn.source.read import reading


def read(source, options=None):
    """Return the machine, whatever was guessed in reading it."""
    return reading(source, options or ReadOptions()).machine


MACHINES = Path(__file__).parents[3] / "shared" / "machines"

pytestmark = pytest.mark.skipif(not MACHINES.is_dir(), reason="../shared/machines is absent")

# States, symbols of what AALpy's authors say each file is, sinks included.
PROTOCOLS = {
    "Angluin_Mealy": ("mealy", 4, 2),
    "Angluin_Moore": ("moore", 4, 2),
    "CC2650": ("mealy", 5, 9),
    "NSS_3.17.4_server_regular": ("mealy", 8, 8),
    "OpenSSL_1.0.2_server_regular": ("mealy", 7, 7),
    "TCP_Linux_Client": ("mealy", 15, 10),
    "VerneMQ__two_client_will_retain": ("mealy", 17, 9),
    "car_alarm": ("moore", 6, 2),
    "coffee_mealy": ("mealy", 2, 2),
    "coffee_moore": ("moore", 3, 2),
    "mosquitto__two_client_will_retain": ("mealy", 18, 9),
    "nRF52832": ("mealy", 5, 9),
    "simple_abc_dfa": ("dfa", 2, 3),
    "simple_abc_mealy": ("mealy", 1, 3),
    "simple_abc_moore": ("moore", 4, 3),
    **{f"tomita_{n}": ("dfa", size, 2) for n, size in enumerate((2, 4, 5, 4, 4, 3, 5), start=1)},
}


@pytest.mark.parametrize(("name", "expected"), PROTOCOLS.items())
def test_protocol_machines_agree_with_aalpys_loader(name, expected):
    aalpy = pytest.importorskip("aalpy.utils", reason="AALpy, an independent reader, is not installed")
    kind, states, symbols = expected
    path = MACHINES / "protocols" / f"{name}.dot"
    machine = read(path, ReadOptions(complete=Completion.SINK))
    assert (len(machine.states), len(machine.symbols)) == (states, symbols)
    with contextlib.redirect_stdout(io.StringIO()):  # it prints a warning for partial machines
        loaded = aalpy.load_automaton_from_file(path, kind)
    # AALpy turns digits into integers and keeps blanks round the slash.
    inputs = {str(symbol).strip(): symbol for symbol in loaded.get_input_alphabet()}
    assert set(inputs) == set(machine.symbols)
    draw = random.Random(name)
    for _ in range(20):
        word = [draw.choice(machine.symbols) for _ in range(40)]
        loaded.reset_to_initial()
        theirs = []
        for symbol in word:
            if inputs[symbol] not in loaded.current_state.transitions:
                break
            theirs.append(str(loaded.step(inputs[symbol])).strip())
        ours = [str(output) for output in machine.answers(word)]
        assert ours[: len(theirs)] == theirs
        assert set(ours[len(theirs) :]) <= {"None", "False"}


def _arcs(path):
    """Read a file of the collection in the plainest way: a dictionary of arcs and a set of final states."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n") if line]
    arcs = {(row[0], row[2]): row[1] for row in rows if len(row) == 4}
    return rows[0][0], arcs, {row[0] for row in rows if len(row) < 4}


def test_all_acceptors_of_mlregtest_run_as_their_files_say():
    paths = sorted((MACHINES / "mlregtest").glob("*.att"))
    assert len(paths) == 103
    draw = random.Random(5)
    completed = 0
    for path in paths:
        machine = read(path, ReadOptions(complete=Completion.SINK))
        assert machine == canonical(machine)
        start, arcs, final = _arcs(path)
        completed += "sink" in machine.states
        for _ in range(5):
            word = [draw.choice(machine.symbols) for _ in range(30)]
            state = start
            for symbol, reached in zip(word, machine.run(word), strict=True):
                state = arcs.get((state, symbol))
                assert label_text(machine.states[reached]) == (state or "sink")
                assert machine.outputs[reached] == (state in final)
    assert completed == 49

"""Aldebaran files: against an independent reader, what is silent, and errors with their line."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.source.draft.reading import ReadOptions
from fsm2rnn.source.file.aut import read_aut
from fsm2rnn.source.read import reading
from tests.source.independent import aut

FIELD_CASES = Path(__file__).parents[1] / "field_cases"
PLAIN = ReadOptions()


def test_words_off_the_paths_of_the_field_case_are_rejected():
    found = reading(FIELD_CASES / "lts.aut")
    machine = found.machine
    assert machine.symbols == ("in", "out")
    assert machine.states == ("0", "1", "2", "sink")
    accepted = [[], ["in"], ["out"], ["in", "in"], ["in", "out"], ["in", "out", "in"]]
    assert all(machine.accepts(word) for word in accepted)
    rejected = [["out", "in"], ["out", "out"], ["in", "in", "in"], ["in", "in", "in", "in"]]
    assert not any(machine.accepts(word) for word in rejected)
    assert found.notes == ("the words along paths are accepted; a sink takes the words along none, and rejects them",)


def agreements(seeds):
    """Return how many files were machines and how many have no letter."""
    machines = 0
    for seed in seeds:
        draw = random.Random(seed)
        text = aut.drawn(draw)
        system = aut.System(text)
        if not system.letters:
            with pytest.raises(InputError, match="the alphabet is empty"):
                read_aut(text, "m.aut", PLAIN)
            continue
        machine = read_aut(text, "m.aut", PLAIN).machine
        assert set(machine.symbols) == system.letters
        for _ in range(20):
            word = [draw.choice(machine.symbols) for _ in range(draw.randint(0, 7))]
            assert machine.accepts(word) == system.accepts(word), text
        machines += 1
    return machines


def test_drawn_systems_are_read_as_an_independent_reader_reads_them():
    assert 100 < agreements(range(200)) < 200


@pytest.mark.slow
def test_two_thousand_drawn_systems_are_read_as_an_independent_reader_reads_them():
    assert 1_000 < agreements(range(2_000)) < 2_000


def test_silent_labels_are_said_and_chosen():
    text = 'des (0, 3, 3)\n(0, i, 1)\n(1, "tau", 2)\n(2, a, 2)\n'
    found = read_aut(text, "m.aut", PLAIN)
    assert found.machine.symbols == ("a",)
    assert found.notes[:2] == tuple(f"the label {name!r} is silent: it is no symbol of a word" for name in ("i", "tau"))
    assert "every word is along one" in found.notes[2]
    assert read_aut(text, "m.aut", ReadOptions(epsilon=frozenset())).machine.symbols == ("i", "tau", "a")
    assert read_aut(text, "m.aut", ReadOptions(epsilon=frozenset({"a"}))).machine.accepts(["i", "tau"])


def test_labels_in_quotes():
    text = 'des (0,2,1)\n(0,"say \\"x\\", \\\\",0)\n(0,f(1,2) ,0)\n'
    assert read_aut(text, "m.aut", PLAIN).machine.symbols == ('say "x", \\', "f(1,2)")


def test_another_start():
    text = "des (0,2,2)\n(0,a,1)\n(1,b,0)\n"
    machine = read_aut(text, "m.aut", ReadOptions(start="1")).machine
    assert machine.accepts(["b", "a"])
    assert not machine.accepts(["a"])
    with pytest.raises(InputError, match="stands in no transition"):
        read_aut(text, "m.aut", ReadOptions(start="2"))


ERRORS = {
    "": (1, "expected des"),
    "dse (0,0,1)": (1, "expected des"),
    "\ndes (0,1,1)\n": (2, "states 1 transitions, the file has 0"),
    "des (0,1,1)\n(0,a,1)": (2, "the state 1 is outside 0..0"),
    "des (1,0,1)\n": (1, "the state 1 is outside"),
    "des (0,0,0)\n": (1, "the state 0 of no states"),
    "des (0,1,1)\n(0,a,x)": (2, "not a transition"),
    "des (0,1,1)\n(0,a 0)": (2, "not a transition"),
    'des (0,1,1)\n(0,"a,0)': (2, "a quote too many"),
    "des (0,1,1)\n(0,,0)": (2, "is empty"),
    "des (0,0,99)\n": (None, "the alphabet is empty"),
}


@pytest.mark.parametrize(("text", "expected"), ERRORS.items(), ids=range(len(ERRORS)))
def test_errors_say_where(text, expected):
    with pytest.raises(InputError) as caught:
        read_aut(text, "m.aut", PLAIN)
    assert (caught.value.file, caught.value.line) == ("m.aut", expected[0])
    assert expected[1] in caught.value.message


def test_determinising_is_limited():
    arcs = [(0, "a", 0), (0, "b", 0), (0, "a", 1), *((n, x, n + 1) for n in range(1, 12) for x in "ab")]
    text = "\n".join([f"des (0,{len(arcs)},13)", *(f"({p},{x},{q})" for p, x, q in arcs)])
    with pytest.raises(LimitError):
        read_aut(text, "m.aut", ReadOptions(max_states=1_000))

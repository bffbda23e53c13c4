"""KISS2 state tables, alone and in BLIF: against an independent reader, and what is refused, with its line."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import Bit, ReadOptions
from fsm2rnn.source.guarded import valuations
from fsm2rnn.source.guarded.kiss2 import read_kiss2
from fsm2rnn.source.read import reading
from tests.source.independent import kiss2

FIELD_CASES = Path(__file__).parents[1] / "field_cases"
PLAIN = ReadOptions()
HEAD = ".i 1\n.o 1\n"


def test_the_table_of_the_field_is_the_machine():
    found = reading(FIELD_CASES / "fsm.kiss2")
    assert (found.machine.states, found.machine.symbols) == (("idle", "busy"), ("0", "1"))
    assert found.machine.is_mealy
    assert found.machine.outputs == (("0", "0"), ("1", "1"))
    assert found.machine.answers("0110") == ["0", "0", "1", "0"]
    assert found.machine.answers("1011") == ["0", "1", "0", "1"]
    assert found.notes == (".p says 4 rows, the table has 3",)


def agreements(seeds):
    """Return how many files were machines and how many were refused for each reason."""
    seen = dict.fromkeys(("machine", "open", "conflict", "missing"), 0)
    for seed in seeds:
        draw = random.Random(seed)
        text = kiss2.drawn(draw)
        bit = draw.choice((None, Bit.ZERO, Bit.ONE))
        complete = draw.choice(list(Completion))
        table = kiss2.Table(text, None if bit is None else bit.value)
        fault = table.fault()
        options = ReadOptions(complete=complete, dont_care=bit)
        if fault is None or (fault == "missing" and complete is Completion.SINK):
            machine = read_kiss2(text, "m.kiss2", options).machine
            assert list(machine.symbols) == kiss2.words(table.inputs)
            for _ in range(10):
                word = [draw.choice(machine.symbols) for _ in range(12)]
                assert machine.answers(word) == table.outputs(word), text
            seen["machine"] += 1
        else:
            with pytest.raises(InputError) as caught:
                read_kiss2(text, "m.kiss2", options)
            said = {"open": "open", "conflict": "but on line", "missing": "has no transition"}[fault]
            assert said in caught.value.message, text
            seen[fault] += 1
    return seen


def test_drawn_tables_are_read_as_an_independent_reader_reads_them():
    assert min(agreements(range(150)).values()) > 3


@pytest.mark.slow
def test_two_thousand_drawn_tables_are_read_as_an_independent_reader_reads_them():
    assert sum(agreements(range(2_000)).values()) == 2_000


def test_start_states():
    text = HEAD + "- a b 0\n- b a 1\n"
    found = read_kiss2(text, "m.kiss2", PLAIN)
    assert found.notes == ("no reset state: the first row's state 'a' starts",)
    assert found.machine.answers("00") == ["0", "1"]
    for given in (read_kiss2(".r b\n" + text, "m.kiss2", PLAIN), read_kiss2(text, "m.kiss2", ReadOptions(start="b"))):
        assert given.notes == ()
        assert given.machine.answers("00") == ["1", "0"]


def test_open_outputs_are_refused_or_completed():
    text = HEAD + ".r a\n0 a a 1\n1 a a -\n"
    with pytest.raises(InputError, match="the row '1 a a -' leaves 1 of 1 outputs open") as caught:
        read_kiss2(text, "m.kiss2", PLAIN)
    assert caught.value.line == 5
    assert "--dont-care" in caught.value.hint
    for bit in Bit:
        assert read_kiss2(text, "m.kiss2", ReadOptions(dont_care=bit)).machine.answers("01") == ["1", bit.value]


def test_overlapping_rows_may_agree_and_name_both_places_where_they_do_not():
    agreeing = HEAD + ".r a\n- a a 1\n1 a a 1\n"
    assert read_kiss2(agreeing, "m.kiss2", PLAIN).machine.answers("01") == ["1", "1"]
    for row in ("1 a a 0", "1 a b 1"):
        with pytest.raises(InputError, match="but on line 4 to 'a' with output '1'") as caught:
            read_kiss2(HEAD + f".r a\n- a a 1\n{row}\n", "m.kiss2", PLAIN)
        assert caught.value.line == 5


def test_one_table_of_several():
    part = ".start_kiss\n.i 1\n.o 1\n.r a\n- a a {}\n.end_kiss\n"
    text = ".model m\n" + part.format(0) + part.format(1) + ".names a b\n1 1\n"
    with pytest.raises(InputError, match="2 state tables") as caught:
        read_kiss2(text, "m.blif", PLAIN)
    assert "--part" in caught.value.hint
    found = read_kiss2(text, "m.blif", ReadOptions(part=2))
    assert found.machine.answers("0") == ["1"]
    assert found.notes == ("the logic beside the state table is not read",)
    with pytest.raises(InputError, match="part 3 of a file of 2"):
        read_kiss2(text, "m.blif", ReadOptions(part=3))


ERRORS = {
    "": (None, "without rows"),
    HEAD: (None, "without rows"),
    HEAD + "0 a *  0": (3, "next state '*' of the row '0 a * 0' is any state"),
    HEAD + "0 a - 0": (3, "next state '-'"),
    HEAD + "0 * a 0": (3, "the state '*'"),
    HEAD + "0 a a": (3, "3 fields"),
    HEAD + "00 a a 0": (3, "2 inputs '00'; expected 1"),
    HEAD + "0 a a 01": (3, "2 outputs '01'; expected 1"),
    HEAD + "2 a a 0": (3, "other characters"),
    HEAD + "0 a a x": (3, "other characters"),
    HEAD + ".r c\n- a a 0": (3, "'c' stands in no row"),
    HEAD + ".e\n0 a a 0": (4, "text after .e"),
    ".i x": (1, "one number"),
    ".i 1\n.i 2\n": (2, "twice"),
    ".r a b": (1, "one state"),
    ".q 1": (1, "unknown key .q"),
    ".start_kiss\n- a a 0": (1, "without .end_kiss"),
    ".model m\n.names a b\n1 1\n.end": (1, "without a state table"),
}


@pytest.mark.parametrize(("text", "expected"), ERRORS.items(), ids=range(len(ERRORS)))
def test_errors_say_where(text, expected):
    with pytest.raises(InputError) as caught:
        read_kiss2(text, "m.kiss2", PLAIN)
    assert (caught.value.file, caught.value.line) == ("m.kiss2", expected[0])
    assert expected[1] in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "-" * 27 + " a a 1\n",
        "0" * 27 + " a a 1\n",
        "-" * 50_000 + " a a 1\n",
        "".join(f"{'-' * 17} a{n} a 1\n" for n in range(3)),
    ],
    ids=range(4),
)
def test_too_many_valuations_are_refused_before_they_are_written_out(text):
    with pytest.raises(LimitError) as caught:
        read_kiss2(text, "m.kiss2", PLAIN)
    assert caught.value.limit == valuations.EXPANSION_LIMIT


def test_sets_of_valuations():
    for inputs in range(1, 5):
        words = ["".join(word) for word in itertools.product("01", repeat=inputs)]
        assert list(valuations.letters(inputs)) == words
        assert list(valuations.members(valuations.everything(inputs))) == list(range(len(words)))
        for place in range(inputs):
            held = [number for number, word in enumerate(words) if word[place] == "1"]
            assert list(valuations.members(valuations.holding(inputs, place))) == held
    assert valuations.cube_valuations("-1-") == [2, 3, 6, 7]
    assert list(valuations.members(0)) == []


def test_a_second_reset_state_must_be_the_first():
    text = ".i 1\n.o 1\n.r a\n.r {}\n- a b 0\n- b a 1\n.e\n"
    assert read_kiss2(text.format("a"), "m.kiss2", ReadOptions()).machine.states == ("a", "b")
    with pytest.raises(InputError, match="the same wherever it stands"):
        read_kiss2(text.format("b"), "m.kiss2", ReadOptions())

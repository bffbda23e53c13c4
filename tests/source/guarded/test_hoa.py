"""Hanoi's format on finite words: against an independent reader, and what is refused, with its line."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import ReadOptions, Words
from fsm2rnn.source.guarded import hoa_tokens
from fsm2rnn.source.guarded.hoa import read_hoa
from fsm2rnn.source.read import reading
from tests.source.independent import hoa

FIELD_CASES = Path(__file__).parents[1] / "field_cases"
FINITE = ReadOptions(finite=Words.FINITE)
SINK = ReadOptions(finite=Words.FINITE, complete=Completion.SINK)
HEAD = 'HOA: v1\nStates: 2\nStart: 0\nAP: 1 "a"\nAcceptance: 1 Inf(0)\n--BODY--\n'


def test_the_field_case_is_refused_by_name_and_read_on_finite_words():
    with pytest.raises(InputError, match="HOA describes automata on infinite words") as caught:
        reading(FIELD_CASES / "hoa-finally-a.hoa")
    assert "--finite" in caught.value.hint
    found = reading(FIELD_CASES / "hoa-finally-a.hoa", FINITE)
    assert found.machine.symbols == ("0", "1")
    for word in ("", "0", "1", "00", "01", "10", "001", "0100"):
        assert found.machine.accepts(word) == ("1" in word)
    assert "ends in a marked state" in found.notes[0]


def agreements(seeds):
    """Return how many files were machines, lacked edges and had no mark."""
    seen = {"machine": 0, "missing": 0, "unmarked": 0}
    for seed in seeds:
        draw = random.Random(seed)
        text = hoa.drawn(draw)
        automaton = hoa.Automaton(text)
        if not automaton.marked:
            with pytest.raises(InputError, match="no state has a mark"):
                read_hoa(text, "m.hoa", SINK)
            seen["unmarked"] += 1
            continue
        machine = read_hoa(text, "m.hoa", SINK).machine
        assert list(machine.symbols) == automaton.letters()
        for _ in range(20):
            word = [draw.choice(machine.symbols) for _ in range(draw.randint(0, 7))]
            assert machine.accepts(word) == automaton.accepts(word), text
        try:
            assert read_hoa(text, "m.hoa", FINITE).machine == machine
        except InputError as error:
            assert "has no transition" in error.message  # noqa: PT017  both outcomes are compared
            assert automaton.is_deterministic()
            seen["missing"] += 1
        seen["machine"] += 1
    return seen


def test_drawn_automata_are_read_as_an_independent_reader_reads_them():
    assert min(agreements(range(120)).values()) > 10


@pytest.mark.slow
def test_two_thousand_drawn_automata_are_read_as_an_independent_reader_reads_them():
    seen = agreements(range(2_000))
    assert seen["machine"] + seen["unmarked"] == 2_000


def test_one_automaton_of_several():
    body = "State: 0 {{0}}\n[{}] 0\n[{}] 1\nState: 1\n[t] 1\n--END--\n"
    text = HEAD + body.format("0", "!0") + HEAD + "State: 0\n--ABORT--\n" + HEAD + body.format("!0", "0")
    with pytest.raises(InputError, match="2 automata in one file") as caught:
        read_hoa(text, "m.hoa", FINITE)
    assert "--part" in caught.value.hint
    assert not read_hoa(text, "m.hoa", ReadOptions(finite=Words.FINITE, part=2)).machine.accepts("1")
    with pytest.raises(InputError, match="part 3 of a file of 2"):
        read_hoa(text, "m.hoa", ReadOptions(finite=Words.FINITE, part=3))


def test_another_start():
    text = HEAD + "State: 0\n[t] 0\nState: 1 {0}\n[t] 1\n--END--"
    assert read_hoa(text, "m.hoa", ReadOptions(finite=Words.FINITE, start="1")).machine.accepts("")
    with pytest.raises(InputError, match="'2' is no state"):
        read_hoa(text, "m.hoa", ReadOptions(finite=Words.FINITE, start="2"))


BODY = "State: 0 {0}\n[t] 0\n"
ERRORS = {
    "": (1, "no automaton"),
    "HOA: v2\n--END--": (1, "expected HOA: v1"),
    "hello --END--": (1, "expected HOA: v1"),
    HEAD + BODY: (8, "without --END--"),
    HEAD.replace("Start: 0", "Start: 0&1") + "--END--": (3, "alternating automata are not read"),
    HEAD + "State: 0 {0}\n[t] 0&1\n--END--": (8, "alternating automata are not read"),
    HEAD + "State: 0\n[t] 0 {0}\n--END--": (8, "a mark on an edge"),
    HEAD + "State: 0 {0}\n[1] 0\n--END--": (8, "the atomic proposition 1 is not among the 1 declared"),
    HEAD + "State: 0 {0}\n[@x] 0\n--END--": (8, "the alias @x is not defined"),
    HEAD + "State: 0 {0}\n[(0] 0\n--END--": (8, "expected ')', found ']'"),
    HEAD + "State: 0 {0}\n[0)] 0\n--END--": (8, "expected ']', found ')'"),
    HEAD + "State: 0 {0}\n[0&] 0\n--END--": (8, "expected a condition, found ']'"),
    HEAD + "State: 0 {0}\n[] 0\n--END--": (8, "expected a condition, found ']'"),
    HEAD + "State: 0 {0}\n0\n--END--": (9, "1 edges without labels; expected one for each valuation"),
    HEAD + "State: 0 {0}\n0\n0\n0\n--END--": (10, "more than 2 edges without labels"),
    HEAD + "State: [t] 0 {0}\n[t] 0\n--END--": (8, "a label on an edge of a state that has one"),
    HEAD + "State: 0 {0}\n[t] 2\n--END--": (8, "the state 2 is outside 0..1"),
    HEAD + BODY + BODY + "--END--": (9, "the state stands twice"),
    HEAD + "Edge: 0\n--END--": (7, "expected State:"),
    HEAD + "State: 0\n[t] 0\n--END--": (None, "no state has a mark"),
    HEAD.replace("Inf(0)", "Fin(0)") + BODY + "--END--": (6, "the acceptance condition is Fin(0)"),
    HEAD.replace("1 Inf(0)", "0 t") + BODY + "--END--": (6, "the acceptance condition is t"),
    HEAD.replace("1 Inf(0)", "2 Inf(0)&Inf(1)") + BODY + "--END--": (6, "Inf(0)&Inf(1)"),
    HEAD.replace("Acceptance: 1 Inf(0)", "x: 1") + BODY + "--END--": (6, "the acceptance condition is none"),
    HEAD.replace("AP", "Other") + BODY + "--END--": (4, "unknown header Other"),
    HEAD.replace("AP: 1", "AP: 2") + BODY + "--END--": (4, "2 atomic propositions with 1 names"),
    HEAD.replace('AP: 1 "a"', "AP: 0") + BODY + "--END--": (4, "0 atomic propositions"),
    HEAD.replace('AP: 1 "a"\n', "") + BODY + "--END--": (5, "so there are no letters"),
    HEAD.replace("Acceptance", "Alias: @a 0 Alias: @a 0\nAcceptance") + "--END--": (5, "defined twice"),
    HEAD.replace("--BODY--", "--END--"): (6, "expected --BODY--"),
    HEAD + "State: 99999999999999999999": (7, "without --END--"),
    HEAD + "State: 99999999999999999999 --END--": (7, "is too large"),
    HEAD + "State: 0 ~\n--END--": (7, "unexpected character '~'"),
}


@pytest.mark.parametrize(("text", "expected"), ERRORS.items(), ids=range(len(ERRORS)))
def test_errors_say_where(text, expected):
    with pytest.raises(InputError) as caught:
        read_hoa(text, "m.hoa", FINITE)
    assert (caught.value.file, caught.value.line) == ("m.hoa", expected[0])
    assert expected[1] in caught.value.message


def test_brackets_may_be_nested_deeply():
    text = HEAD + f"State: 0 {{0}}\n[{'(' * 50_000}0{')' * 50_000}] 0\n[{'!' * 50_001}0] 0\n--END--"
    assert read_hoa(text, "m.hoa", FINITE).machine.accepts("01")


def test_limits(monkeypatch):
    names = " ".join(f'"{name}"' for name in range(19))
    with pytest.raises(LimitError):
        read_hoa(HEAD.replace('1 "a"', f"19 {names}") + BODY + "--END--", "m.hoa", FINITE)
    names = " ".join(f'"{name}"' for name in range(18))
    with pytest.raises(LimitError):
        read_hoa(HEAD.replace('1 "a"', f"18 {names}") + BODY + "[t] 0\n--END--", "m.hoa", FINITE)
    monkeypatch.setattr(hoa_tokens, "WORK_LIMIT", 10)
    with pytest.raises(LimitError):
        read_hoa(HEAD + f"State: 0 {{0}}\n[{'!' * 20}0] 0\n--END--", "m.hoa", FINITE)

"""Transition tables as comma-separated values: which tables are which, drawn ones, and errors that say the kind."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from fsm2rnn.errors import InputError
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import Labels, ReadOptions
from fsm2rnn.source.file.transition_table import read_csv
from fsm2rnn.source.read import read, reading
from tests.source.independent.textbook import drawn_table

FIELD_CASES = Path(__file__).parents[1] / "field_cases"
PLAIN = ReadOptions()


def test_in_the_field_case_the_first_row_starts_and_states_are_outputs():
    found = reading(FIELD_CASES / "csv-transition-table.csv")
    machine = found.machine
    assert (machine.states, machine.symbols) == (("q0", "q1"), ("a", "b"))
    assert machine.answers("abba") == ["q1", "q1", "q1", "q0"]
    assert machine.states[machine.start] == "q0"
    assert "read as a transition table" in found.notes[0]


def agreements(seeds):
    """Return how many tables lacked a transition."""
    missing = 0
    for seed in seeds:
        draw = random.Random(seed)
        text, states, letters, table, outputs = drawn_table(draw)
        machine = read_csv(text, "m.csv", ReadOptions(complete=Completion.SINK)).machine
        assert list(machine.symbols) == letters, text
        assert set(machine.states) >= set(states)
        for _ in range(20):
            word = [draw.choice(letters) for _ in range(draw.randint(1, 8))]
            state, said = states[0], []
            for letter in word:
                state = table.get((state, letter))
                rejected = False if type(outputs[states[0]]) is bool else None
                said.append(outputs[state] if state is not None else rejected)
            assert machine.answers(word) == said, text
        if len(table) < len(states) * len(letters):
            missing += 1
            with pytest.raises(InputError, match="has no transition"):
                read_csv(text, "m.csv", PLAIN)
        else:
            assert read_csv(text, "m.csv", PLAIN).machine == machine
    return missing


def test_drawn_tables_mean_what_they_were_drawn_to_mean():
    assert agreements(range(200)) > 10


@pytest.mark.slow
def test_two_thousand_drawn_tables_mean_what_they_were_drawn_to_mean():
    assert agreements(range(2_000)) > 100


CAYLEY = (
    "*,0,1\n0,0,1\n1,1,0\n",
    ",0,1\n0,0,1\n1,1,0\n",
    "0,1\n1,0\n",
    "1,0\n0,1\n",
    "2,1\n1,2\n",
    "e,a\na,e\n",
)


@pytest.mark.parametrize("text", CAYLEY)
def test_tables_of_products_stay_cayley_tables(text):
    found = read_csv(text, "m.csv", PLAIN)
    assert set(found.machine.states) == set(found.machine.symbols)
    assert found.notes == ()
    assert len(found.machine.states) == 2


def test_titles_and_columns_of_outputs():
    acceptor = read_csv("state, a, accept\np, q, no\nq, p, Yes\n", "m.csv", PLAIN).machine
    assert acceptor.accepts("a")
    assert not acceptor.accepts("aa")
    moore = read_csv(",output,a\np,x,q\nq,,p\n", "m.csv", PLAIN).machine
    assert moore.outputs == ("x", "")
    assert moore.symbols == ("a",)


def test_another_start():
    text = ",a,accept\np,q,0\nq,q,1\n"
    assert read_csv(text, "m.csv", ReadOptions(start="q")).machine.accepts("")
    with pytest.raises(InputError, match="'r' has no row"):
        read_csv(text, "m.csv", ReadOptions(start="r"))
    assert read_csv("*,0,1\n0,0,1\n1,1,0\n", "m.csv", ReadOptions(start="1")).machine.states == ("1", "0")


ERRORS = {
    "": (1, "an empty table"),
    ",a\np,q\n": (2, "the state 'q' has no row (read as a transition table)"),
    ",a\np,p\np,p\n": (3, "the state 'p' is named twice (read as a transition table)"),
    ",a,a\np,p,p\n": (1, "the letter 'a' is named twice"),
    ",a,\np,p,p\n": (1, "a letter without a name"),
    ",a\n ,p\n": (2, "a state without a name"),
    ",a\np,p,p\n": (2, "3 cells under 2 columns (read as a transition table)"),
    ",a,accept\np,p,maybe\n": (2, "accept is 'maybe'"),
    ",a,accept,output\np,p,1,1\n": (1, "more than one column of outputs"),
    ",a,b\n": (None, "no states"),
    ",accept\np,1\n": (None, "no transitions"),
    "*,a,b\na,a,b\nc,b,a": (3, "(read as a Cayley table)"),
    "*,a,b\na,a,b\nb,b,x": (3, "the product 'x' is not an element (read as a Cayley table)"),
    ",0,1\n0,0,0\n1,1,1\n": (None, "(read as a Cayley table)"),
}


@pytest.mark.parametrize(("text", "expected"), ERRORS.items(), ids=range(len(ERRORS)))
def test_errors_say_where_and_what_the_table_was_read_as(text, expected):
    with pytest.raises(InputError) as caught:
        read_csv(text, "m.csv", PLAIN)
    assert (caught.value.file, caught.value.line) == ("m.csv", expected[0])
    assert expected[1] in caught.value.message


def test_a_written_cayley_table_is_one(tmp_path):
    machine = read("S3")
    path = tmp_path / "m.csv"
    path.write_text("e,a\na,e\n", encoding="utf-8")
    assert len(read(path).states) == 2
    assert machine.states == machine.symbols


@pytest.mark.parametrize("name", ["accepting", "Accept", "FINAL", "is_final", "Accept?", "accepts"])
def test_other_names_of_the_column_of_acceptance_are_no_letters(name):
    # The states are named so that such a column could be one of next states.
    found = read_csv(f"state,a,{name},b\n0,0,1,1\n1,1,0,0\n", "m.csv", PLAIN)
    assert (found.machine.symbols, found.machine.outputs) == (("a", "b"), (True, False))
    assert found.notes[0] == f"the column {name!r} is no letter: it says which states accept"


def test_a_letter_may_be_named_as_such_a_column():
    found = read_csv("state,go,final\np,q,p\nq,p,q\n", "m.csv", PLAIN).machine
    assert found.symbols == ("go", "final")
    outputs = read_csv("state,a,Output\np,q,x\nq,p,y\n", "m.csv", PLAIN).machine
    assert (outputs.symbols, outputs.outputs) == (("a",), ("x", "y"))
    assert read_csv("state,start,stop\n0,1,0\n1,1,0\n", "m.csv", PLAIN).machine.symbols == ("start", "stop")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("state,a,start\n0,1,1\n1,0,0\n", "may be a letter, or mark the start"),
        ("from,symbol,to\n0,0,1\n1,1,0\n", "a list of transitions"),
        ("Source,Target,Label\n0,1,a\n1,0,a\n", "a list of transitions"),
        ("state;a;b\np;q;p\nq;p;q\n", "separated by semicolons"),
        ("state\ta\tb\np\tq\tp\n", "separated by tabs"),
        ("state,a,accept,final\np,p,1,1\n", "more than one column of outputs"),
        ("state,a\n->p,q\n->q,p\n", "more than one row is marked as the start"),
        ('state,a,"a,b"\np,q,\nq,,p\n', "'a' and 'a,b' are both letters, and transitions are missing"),
    ],
)
def test_what_looks_like_another_table_is_refused(text, message):
    with pytest.raises(InputError, match=message):
        read_csv(text, "m.csv", ReadOptions(complete=Completion.SINK))


@pytest.mark.parametrize("mark", ["->", "→", "-->", ">", "-> "])
def test_arrows_start_and_stars_accept(mark):
    found = read_csv(f"δ,a,b\np,q,p\n{mark}*q,p,q\n* r,r,q\n", "m.csv", PLAIN)
    machine = found.machine
    assert (machine.states[machine.start], machine.symbols) == ("q", ("a", "b"))
    assert dict(zip(machine.states, machine.outputs, strict=True)) == {"q": True, "p": False, "r": True}
    assert "the row marked by an arrow starts" in found.notes[-1]
    chosen = read_csv(f"δ,a,b\np,q,p\n{mark}*q,p,q\n", "m.csv", ReadOptions(start="p")).machine
    assert chosen.states[chosen.start] == "p"


def test_a_star_that_the_cells_have_too_is_part_of_the_name():
    machine = read_csv("state,a\n*p,q\nq,*p\n", "m.csv", PLAIN).machine
    assert machine.states == ("*p", "q")
    assert machine.outputs == ("*p", "q")


def test_labels_of_columns_list_letters_where_that_is_said():
    text = 'state,"a, b",c\np,q,p\nq,p,q\n'
    assert read_csv(text, "m.csv", PLAIN).machine.symbols == ("a, b", "c")
    assert "looks like a list" in read_csv(text, "m.csv", PLAIN).notes[0]
    assert read_csv(text, "m.csv", ReadOptions(labels=Labels.LIST)).machine.symbols == ("a", "b", "c")
    assert len(read_csv(text, "m.csv", ReadOptions(labels=Labels.WHOLE)).notes) == 1


def test_an_identity_that_is_not_the_first_row_is_told():
    found = read_csv(",0,1\n0,1,0\n1,0,1\n", "m.csv", PLAIN)
    assert found.machine.states[found.machine.start] == "1"
    assert "the identity '1' starts" in found.notes[0]
    assert read_csv("*,0,1\n0,1,0\n1,0,1\n", "m.csv", PLAIN).notes == ()

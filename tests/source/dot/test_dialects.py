"""Drawings of particular tools and habits: marks, lists, classes, conditions, several graphs."""

from __future__ import annotations

import pytest

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.source.dot.reader import read_dot
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import Labels, ReadOptions
from fsm2rnn.source.guarded import valuations

LOOP = "q -> q [label=a]; q [shape=doublecircle]; p -> q [label=a];"
VCSN = r"""digraph
{
  vcsn_context = "letterset<char_letters(abc)>, b"
  rankdir = LR
  edge [arrowhead = vee, arrowsize = .6]
  {
    node [shape = point, width = 0]
    I0
    F1
  }
  {
    node [shape = circle, style = rounded, width = 0.5]
    0
    1
  }
  I0 -> 0
  0 -> 0 [label = "[^a]"]
  0 -> 1 [label = "a"]
  1 -> 1 [label = "[a-b]"]
  1 -> 0 [label = "c, \\e"]
  1 -> F1
}
"""
MONA = """digraph MONA_DFA {
 node [shape = doublecircle]; 1;
 node [shape = circle]; 0;
 node [shape = box];
 init [shape = plaintext, label = ""];
 init -> 0;
 0 -> 0 [label="0 1\\n0,0"];
 0 -> 1 [label="X\\n1"];
 1 -> 1 [label="X\\nX"];
}
"""


def found(text, **options):
    return read_dot(text, "m.dot", ReadOptions(**options))


def error(text, **options):
    with pytest.raises(InputError) as caught:
        found(text, **options)
    return caught.value


@pytest.mark.parametrize(
    "mark",
    [
        "i [shape=plaintext]; i -> p",
        "i [shape=plain]; i -> p",
        "i [shape=invis]; i -> p",
        'i [style="invis,filled"]; i -> p',
        "i [shape=point]; i -> p [label=start]",
        "start -> p",
        'x [label="Start"]; x -> p [label="start"]',
        "subgraph { node [shape=none]; i }; i -> p",
        "legend [shape=none, label=x]; i [shape=point]; i -> {p}",
    ],
)
def test_a_start_mark_is_no_state(mark):
    assert found(f"digraph {{ {LOOP} {mark} }}").machine.states == ("p", "q")


def test_a_start_may_be_drawn_as_such():
    for style in ("root=true", "style=bold"):
        read = found(f"digraph {{ {LOOP} p [{style}] }}")
        assert read.machine.states == ("p", "q")
        assert "'p'" in read.notes[0]
    assert "q" in found(f"digraph {{ {LOOP} }}").notes[0]


def test_a_state_called_start_stays_one_where_its_label_is_a_letter():
    text = "digraph { i [shape=point]; i -> p [label=start]; p -> p [label=start]; p [shape=doublecircle] }"
    assert found(text, complete=Completion.SINK).machine.states[:2] == ("i", "p")


def test_the_start_may_be_chosen_by_name_or_label():
    text = f'digraph {{ {LOOP} q [label="Q"]; __start0 -> p }}'
    for start in ("q", "Q"):
        assert found(text, start=start).machine.states == ("q", "p")
    caught = error(text, start="r")
    assert (caught.message, caught.hint) == ("no state is named 'r'", "the states are 'q', 'p'")


def test_several_starts_make_a_non_deterministic_acceptor():
    machine = found("digraph { i [shape=point]; i -> {p q}; p -> q [label=a]; q [shape=doublecircle] }").machine
    assert [machine.accepts(["a"] * count) for count in range(3)] == [True, True, False]
    branching = found("digraph { i [shape=point]; i -> p; p -> {p q} [label=a]; q [shape=doublecircle] }")
    assert branching.machine.accepts("aa")
    assert ["'p' has two ways out under 'a'" in note for note in branching.notes] == [True]


def test_vcsn_draws_ends_as_marks_and_labels_as_classes():
    read = found(VCSN)
    assert set(read.machine.symbols) == {"a", "b", "c"}
    assert [read.machine.accepts(word) for word in ("", "ba", "bac", "baca", "ab", "aba")] == [0, 1, 0, 1, 1, 1]
    assert any("'F1' is no state" in note for note in read.notes)
    assert "weights" in error(VCSN.replace('"a"', '"<2>a"')).message


def test_mona_draws_valuations_as_columns():
    machine = found(MONA).machine
    assert machine.symbols == ("00", "01", "10", "11")
    assert machine.table == ((0, 1, 0, 1), (1, 1, 1, 1))
    assert "2 rows" in error(MONA.replace("X\\nX", "X")).message


@pytest.mark.parametrize(
    ("formula", "numbers"),
    [
        ("true", "0123"),
        ("~(a | b) & ~ b", "0"),
        ("a & b | !a && !b", "03"),
        ("a&(b|~b)", "23"),
        ("~~a", "23"),
        ("((a))\\n~a&b", "123"),
        ("a | False", "23"),
    ],
)
def test_formulas_are_sets_of_valuations(formula, numbers):
    text = f'digraph MONA_DFA {{ node [shape=doublecircle]; 1; i [shape=plaintext]; i -> 0; 0 -> 1 [label="{formula}"];'
    text += ' 1 -> 1 [label="a | ~a | b"]; 0 -> 2 [label="a&~a&b"]; 2 -> 2 [label=true] }'
    machine = found(text, complete=Completion.SINK).machine
    assert "".join(str(number) for number in range(4) if machine.accepts([f"{number:02b}"])) == numbers


@pytest.mark.parametrize("formula", ["a b", "a &", "& a", "(a", "a)", "a @ b", "a ~ b", ""])
def test_what_is_no_formula_is_an_error(formula):
    caught = error(
        f'digraph MONA_DFA {{\n i [shape=none]; i -> 0; 0 -> 0 [label="~c"];\n 0 -> 0 [label="{formula}"] }}'
    )
    assert caught.line == 3


def test_valuations_are_limited_before_they_are_written_out(monkeypatch):
    monkeypatch.setattr(valuations, "EXPANSION_LIMIT", 2)
    with pytest.raises(LimitError):
        found(MONA)


def test_a_list_that_would_branch_is_asked_about():
    text = 'digraph { i [shape=point]; i -> p; q [shape=doublecircle]; p -> q [label="x,1"]; p -> p [label="x,2"] }'
    caught = error(text)
    assert ("'x'" in caught.message, "--labels whole" in caught.hint) == (True, True)
    sink = Completion.SINK
    assert found(text, labels=Labels.WHOLE, complete=sink).machine.symbols == ("x,1", "x,2")
    assert found(text, labels=Labels.LIST).machine.accepts(["x"])
    # A letter that stands alone shows that lists are meant.
    assert set(found(text.replace("x,2", "x"), complete=sink).machine.symbols) == {"x", "1"}


@pytest.mark.parametrize("label", ["a-z", "[0-9]", "a & !b", "!(a)", "x&&y"])
def test_ranges_and_conditions_are_never_completed_unasked(label):
    text = f'digraph {{ i [shape=point]; i -> p; q [shape=doublecircle]; p -> q [label="{label}"]; p -> p [label=c] }}'
    for complete in Completion:
        caught = error(text, complete=complete)
        assert ("looks like" in caught.message, "--complete" in caught.hint) == (True, False)
    whole = found(text, labels=Labels.WHOLE, complete=Completion.SINK)
    assert whole.machine.symbols == (label, "c")


def test_lists_of_blanks_and_of_quoted_letters():
    text = 'digraph {{ i [shape=point]; i -> p; p [shape=doublecircle]; p -> p [label="{}"] }}'
    assert found(text.format("insert coin")).machine.symbols == ("insert coin",)
    assert found(text.format("insert coin"), labels=Labels.LIST).machine.symbols == ("insert", "coin")
    assert found(text.format("a, b c"), labels=Labels.LIST).machine.symbols == ("a", "b c")
    quoted = found(text.format("'a', 'b,c'"))
    assert (quoted.machine.symbols, len(quoted.notes)) == (("a", "b,c"), 2)


def test_pairs_of_a_mealy_machine_may_be_listed():
    read = found('digraph { i [shape=point]; i -> p; p -> p [label="a/0, b/1"]; p -> p [label="c | d / x,y"] }')
    assert read.machine.symbols == ("a", "b", "c", "d")
    assert read.machine.answers("abcd") == ["0", "1", "x,y", "x,y"]
    assert "no input" in error('digraph { p -> p [label="/0"] }').message
    assert "reads no symbol" in error('digraph { p -> p [label="ε/0"] }').message


def test_a_part_of_several_graphs():
    text = "digraph { p -> p [label=a] } digraph { q -> q [label=b] }"
    assert found(text, part=2).machine.symbols == ("b",)
    assert "--part" in error(text).hint
    assert "after 2 graphs" in error(text, part=3).message


def test_edges_have_defaults_and_subgraphs_keep_theirs():
    text = "digraph { edge [label=a]; s -> t; { edge [label=b] t -> s } s -> s [label=b]; t -> t }"
    assert found(text).machine.table == ((1, 0), (1, 0))


@pytest.mark.slow
def test_a_hundred_thousand_states():
    count = 100_000
    nodes = "".join(f's{number} [label="s{number}", shape=circle];\n' for number in range(count))
    edges = "".join(
        f's{number} -> s{(7 * number + letter) % count} [label="x{letter}"];\n'
        for number in range(count)
        for letter in range(2)
    )
    assert len(found(f"digraph g {{\n{nodes}{edges}__start0 -> s0;\n}}").machine.states) == count

"""The DOT reader: dialects, labels, errors with their places, linear time."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.source.dot import graph
from fsm2rnn.source.dot.reader import read_dot
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import ReadOptions
from tests.work import at_most


def _read(text, complete=Completion.ERROR):
    return read_dot(text, "m.dot", ReadOptions(complete=complete)).machine


def _error(text, complete=Completion.ERROR):
    with pytest.raises(InputError) as caught:
        _read(text, complete)
    assert caught.value.file == "m.dot"
    return caught.value


def test_an_acceptor_has_double_circles():
    machine = _read('digraph g { s0 [label="s0"]; s1 [shape=doublecircle]; s0 -> s1 [label=a]; s1 -> s0 [label="a"];'
                    '__start0 [label="", shape=none]; __start0 -> s1 [label=""]; }')  # fmt: skip
    assert machine.states == ("s1", "s0")
    assert machine.outputs == (True, False)
    assert machine.symbols == ("a",)
    assert machine.table == ((1,), (0,))


def test_without_a_start_mark_the_first_state_starts():
    machine = _read("digraph { B; A -> B [label=x]; B -> A [label=x] }")
    assert machine.states == ("B", "A")
    assert machine.outputs == (False, False)


@pytest.mark.parametrize(
    "mark",
    ["__start0 -> q", "__start -> q", "i [shape=point]; i -> q", 'i [shape="none", label=""] i -> q [label=""]'],
)
def test_start_marks(mark):
    machine = _read(f"digraph {{ p -> q [label=a]; q -> p [label=a]; {mark} }}")
    assert machine.states == ("q", "p")


@pytest.mark.parametrize("label", ["{ A | init }", "A|init", " {A|init} ", "A | init"])
def test_moore_records(label):
    machine = _read(f'digraph {{ A [label="{label}"]; B [shape=doublecircle, label="{{B|two words|more}}"];'
                    ' A -> B [label="a/b"]; B -> A [label="a/b"]; A->A[label=c] B->B[label=c] }')  # fmt: skip
    assert machine.outputs == ("init", "two words|more")
    assert machine.symbols == ("a/b", "c")


def test_labels_that_repeat_are_moore_outputs():
    machine = _read("digraph { p [label=N]; q [label=A]; r [label=N]; p->q [label=d] q->r [label=d] r->p [label=d] }")
    assert machine.outputs == ("N", "A", "N")
    assert machine.states == ("p", "q", "r")


def test_a_mealy_machine_splits_at_the_first_slash_and_strips():
    machine = _read('digraph { s [label="s|1", shape=doublecircle]; s -> s [label=" a / x/y "]; s -> s [label="b/"] }')
    assert machine.symbols == ("a", "b")
    assert machine.states == ("s",)
    assert machine.outputs == (("x/y", ""),)


def test_bare_labels_need_no_quotes():
    machine = _read("digraph { s -> s [label=coin/beep] }")
    assert machine.symbols == ("coin",)
    assert machine.outputs == (("beep",),)


@pytest.mark.parametrize(
    ("label", "symbol"),
    [
        ("<a<br />b>", "a b"),
        ("<a<BR/>b>", "a b"),
        ("<<b>x</b> &lt; <i><u>y</u></i>>", "x < y"),
        ("<a<br align='left'>b<broken>c>", "a bc"),
        (r'"say \"hi\""', 'say "hi"'),
        (r'"back\\slash"', "back\\slash"),
        ('"a" + "b"', "ab"),
        ('"f(a, b)"', "f(a, b)"),
        ('"a;b]{#c"', "a;b]{#c"),
        ("é", "é"),
        ("-1.5", "-1.5"),
        ('"  padded  "', "padded"),
    ],
)
def test_labels(label, symbol):
    assert _read(f"digraph {{ s -> s [label={label}, color=red] }}").symbols == (symbol,)


def test_one_edge_may_carry_several_symbols_on_lines():
    machine = _read('digraph { s [shape=doublecircle]; s -> s [label="a\\nb,c"]; s -> s [label="d\ne"] }')
    assert machine.symbols == ("a", "b", "c", "d", "e")
    mealy = _read('digraph { s -> s [label="a/0\\lb/1\\l"] }')
    assert (mealy.symbols, mealy.outputs) == (("a", "b"), (("0", "1"),))


def test_comments_chains_ports_defaults_and_separators():
    machine = _read(
        """# line
        // more { [
        strict DiGraph "my graph" { /* a
        comment */ rankdir=LR; size="8,5", graph [label="t"] edge [color=red]
          # indented
        node [shape = doublecircle label="ignored"]; a
        node [shape = circle]; b c;
        a -> b:n -> "c" -> a:p:sw [label=x, weight=2; color=blue][penwidth=3]
        b -> b [label=y]  a -> a [label=y] c -> c [label=y] }
        // the end"""
    )
    assert machine.states == ("a", "b", "c")
    assert machine.outputs == (True, False, False)
    assert machine.table == ((1, 0), (2, 1), (0, 2))


def test_unreachable_states_follow_in_declared_order():
    text = "digraph { z; y; a; b; __start0 -> a; a -> b [label=x]; b->b [label=x]; y->a [label=x]; z->y [label=x] }"
    assert _read(text).states == ("a", "b", "z", "y")


def test_identical_duplicates_are_tolerated():
    assert _read("digraph { s -> s [label=a]; s -> s [label=a] }").table == ((0,),)


def test_conflicts_name_both_lines():
    error = _error('digraph {\n s -> s [label="a/0"]\n s -> s [label="a/1"] }')
    assert (error.line, "'1'" in error.message, "line 2" in error.message) == (3, True, True)


PARTIAL = "digraph {{ p [{0}]; sink [{1}]; p -> sink [label=a{2}]; p -> p [label=b{2}]; sink -> p [label=a{2}] }}"


def test_a_missing_transition_is_an_error_or_leads_to_a_sink():
    acceptor = PARTIAL.format("", "shape=doublecircle", "")
    error = _error(acceptor)
    assert "'sink'" in error.message
    assert "'b'" in error.message
    assert "--complete sink" in error.hint
    machine = _read(acceptor, Completion.SINK)
    assert machine.states == ("p", "sink", "sink1")
    assert machine.outputs == (False, True, False)
    assert machine.table == ((1, 0), (0, 2), (2, 2))


def test_a_sink_outputs_none_in_moore_and_mealy_machines():
    moore = _read(PARTIAL.format('label="p|0"', 'label="q|1"', ""), Completion.SINK)
    assert moore.outputs == ("0", "1", None)
    mealy = _read(PARTIAL.format("", "", "/o"), Completion.SINK)
    outputs = mealy.answers(["a", "b", "a", "b"])
    assert outputs == ["o", None, None, None]
    assert mealy.states[mealy.run(["a", "b"])[-1]] == "sink1"


ERRORS = {
    "": (1, 1, "expected 'digraph'"),
    "graph g { a -- b }": (1, 1, "expected 'digraph'"),
    "digraph { a -- b }": (1, 13, "undirected edge"),
    "digraph {\n subgraph x y { a } }": (2, 13, "expected '{', found 'y'"),
    "digraph { digraph { a } }": (1, 11, "'digraph' inside the graph"),
    "digraph { a -> ] }": (1, 16, "expected a name, found ']'"),
    "digraph { " + "{" * 17: (1, 28, "nested deeper than 16"),
    "digraph { a -> b [label=x] ": (1, 28, "the file ends inside the graph"),
    'digraph { a [label="x] }': (1, 20, "quoted string that never closes"),
    "digraph { a [label=<x] }": (1, 20, "HTML string that never closes"),
    "digraph { a /* b }": (1, 13, "comment that never closes"),
    "digraph { a > b }": (1, 13, "unexpected character '>'"),
    "digraph { a [label x] }": (1, 20, "expected '=', found 'x'"),
    "digraph { a } digraph { b }": (1, 15, "expected one graph"),
    "digraph g h { }": (1, 11, "expected '{', found 'h'"),
    "digraph {\n\n a -> b [label=x]; a -> b }": (3, None, "has no label"),
    'digraph {\n a -> a [label="x/0"];\n a -> a [label=y] }': (3, None, "has no '/output'"),
    'digraph {\n a -> a [label="/0"] }': (2, None, "has no input"),
    'digraph {\n a [label="a|0"];\n b; a -> b [label=x] }': (3, None, "'b' has no output"),
    'digraph {\n a -> a [label="x/0"]; __start0 -> a;\n __start0 -> b }': (None, None, "a second start"),
    "digraph {\n i [shape=point]; j [shape=none]; i -> j; a -> a [label=x] }": (2, None, "points at no state"),
    "digraph {\n a -> __start0 [label=x] }": (2, None, "into the start mark"),
    "digraph {\n i [shape=point]; i -> q;\n q -> i [label=a] }": (2, None, "'i' -> 'q' has no label"),
    "digraph { }": (None, None, "no states"),
    "digraph { a; b }": (None, None, "the alphabet is empty"),
}


@pytest.mark.parametrize(("text", "expected"), ERRORS.items())
def test_errors_say_where(text, expected):
    error = _error(text)
    assert (error.line, error.column) == expected[:2]
    assert expected[2] in error.message


@given(st.text(alphabet='digraph{}[]<>->=";,:\\/*#+\n ab|x_', max_size=60))
def test_any_text_is_a_machine_or_an_input_error(text):
    for wrapped in (text, "digraph {" + text + "}"):
        try:
            machine = _read(wrapped, Completion.SINK)
        except InputError:
            continue
        assert machine.symbols


def test_the_number_of_nodes_and_edges_is_limited(monkeypatch):
    text = "digraph { a -> b -> a [label=x] }"
    monkeypatch.setattr(graph, "ITEM_LIMIT", 4)
    assert _read(text).symbols == ("x",)
    monkeypatch.setattr(graph, "ITEM_LIMIT", 3)
    with pytest.raises(LimitError):
        _read(text)
    with pytest.raises(LimitError):
        _read("digraph { { a b } -> { a b } [label=x] }")


def _lines(count):
    edges = (f's{i} -> s{(7 * i + j) % count} [label="x{j} / o{i % 3}"];\n' for i in range(count) for j in range(4))
    return "digraph g {\n" + "".join(edges) + "}"


@pytest.mark.parametrize(
    "text",
    [
        _lines(2_500),
        "digraph { a [label=<" + "<" * 100_000 + ">" * 100_000 + ">] }",
        "digraph { a [label=<" + "<" * 100_000,
        "digraph { a [label=<" + "< " * 100_000 + "> " * 100_000 + ">] a -> a [label=x] }",
        "digraph " + "{" * 100_000,
        "digraph { " + "a -> " * 50_000 + "a [label=x] }",
        'digraph { a [label="' + "\\" * 200_001,
        "digraph { " + "# " * 50_000 + "}",
        "digraph { " + "-" * 200_000 + "}",
        "digraph { " + "/" * 200_000,
        "digraph { " + "/*" * 100_000,
    ],
    ids=range(11),
)
def test_time_is_linear(text):
    with at_most(calls=10_000_000), contextlib.suppress(InputError):
        _read(text, Completion.SINK)
        # Three million at most; quadratic work on these texts would be thousands of millions.


@pytest.mark.parametrize("label", [r"A\|B|x", r"{A\|B|x}", r"{ A\|B | x }", r"{A\|B|\ x\ }", r"{A\{|x\l}"])
def test_an_escaped_bar_is_no_bar(label):
    machine = _read(f'digraph {{ A [label="{label}"]; A -> A [label=a] }}')
    assert machine.outputs == ((" x " if r"\ x" in label else "x"),)
    assert _read(r'digraph { A [label="A\|B"]; A -> A [label=a] }').outputs == (False,)

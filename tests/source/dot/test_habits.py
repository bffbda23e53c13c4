"""What drawings say by arrows, frames and second lines, and OpenFst's own drawings."""

from __future__ import annotations

import pytest

from fsm2rnn.errors import InputError
from fsm2rnn.source.dot.reader import read_dot
from fsm2rnn.source.draft.reading import Labels, ReadOptions

START = "i [shape=point]; i -> p;"


def found(body, **options):
    return read_dot(f"digraph {{ {START} {body} }}", "m.dot", ReadOptions(**options))


def error(text, **options):
    with pytest.raises(InputError) as caught:
        read_dot(text, "m.dot", ReadOptions(**options))
    return str(caught.value)


EVEN = "p -> q [label=a]; q [shape=doublecircle];"


def test_an_arrow_leads_to_the_end_at_which_it_is_drawn():
    straight = found(f"{EVEN} q -> p [label=a]").machine
    assert found(f"{EVEN} p -> q [label=a, dir=back]").machine == straight
    assert found("p -> q [label=a, dir=both]; q [shape=doublecircle]").machine == straight
    assert found("p -> q [label=a]; q [shape=doublecircle]; edge [dir=back]; p -> q [label=a]").machine == straight
    assert found(f"{EVEN} q -> p [label=a, dir=sideways]").machine == straight
    assert "m.dot:1:" in error(f"digraph {{ {EVEN} q -> p [label=a, dir=none] }}")
    assert "without an arrowhead" in error(f"digraph {{ {EVEN} q -> p [label=a, dir=none] }}")


@pytest.mark.parametrize("layout", ["style=invis", 'style="invis,bold", label=""', "color=transparent, label=b"])
def test_what_is_placed_and_not_drawn_is_no_transition(layout):
    read = found(f"{EVEN} q -> p [label=a]; p -> q [{layout}]; {{ rank=same; p -> q [{layout}] }}")
    assert read.machine == found(f"{EVEN} q -> p [label=a]").machine
    assert read.notes == ("the edge 'p' -> 'q' is not drawn, only placed: such edges are left out",)


@pytest.mark.parametrize("frame", ["shape=doubleoctagon", "peripheries=3", 'peripheries="02"', "shape=tripleoctagon"])
def test_more_than_one_line_around_a_state_accepts(frame):
    read = found(f"p -> q [label=a]; q -> p [label=a]; q [{frame}]")
    assert read.machine.outputs == (False, True)
    assert read.notes == ()


@pytest.mark.parametrize("frame", ["peripheries=1", "peripheries=0", "peripheries=x", "shape=octagon"])
def test_one_line_around_a_state_does_not(frame):
    assert found(f"p -> q [label=a]; q -> p [label=a]; q [{frame}]").machine.outputs == (False, False)


def test_a_quoted_keyword_is_a_name():
    name = '"subgraph"'
    text = f"digraph {{ i [shape=point]; i -> {name}; {name} [shape=doublecircle]; {name} -> {name} [label=a] }}"
    machine = read_dot(text, "m.dot", ReadOptions()).machine
    assert (machine.states, machine.outputs) == (("subgraph",), (True,))


@pytest.mark.parametrize("label", ["{}/{}", "{} / {}", "{}\\n{}", "{}\\l {}\\l"])
def test_what_ends_the_labels_of_all_states_is_their_output(label):
    first, second = label.format("p", 0), label.format("q", 1)
    read = found(f'p [label="{first}"]; q [label="{second}"]; p -> q [label=a]; q -> p [label=a]')
    assert read.machine.outputs == ("0", "1")
    assert read.notes[-1].endswith("end in an output: a Moore machine")
    accepting = found(
        f'p [label="{first}"]; q [label="{second}", shape=doublecircle]; p -> q [label=a]; q -> p [label=a]'
    )
    assert accepting.machine.is_acceptor


@pytest.mark.parametrize("labels", [("p/0", "q"), ("p/0", "q/1/2"), ("/0", "q/1"), ("p/", "q/1")])
def test_labels_of_which_one_has_no_output_are_names(labels):
    first, second = labels
    read = found(f'p [label="{first}"]; q [label="{second}"]; p -> q [label=a]; q -> p [label=a]')
    assert read.machine.outputs == (False, False)
    assert "accepts no word" in read.notes[-1]


OPENFST = """digraph FST {{
rankdir = LR;
0 [label = "0", shape = circle, style = bold, fontsize = 14]
	0 -> 1 [label = "{}", fontsize = 14];
1 [label = "{}", shape = doublecircle, style = solid, fontsize = 14]
	1 -> 0 [label = "{}", fontsize = 14];
}}
"""


def openfst(first, second, state="1", **options):
    return read_dot(OPENFST.format(first, state, second), "m.dot", ReadOptions(**options))


def test_openfst_draws_acceptors_and_transducers_of_one_symbol_for_one():
    machine = openfst("a:x", "a:y").machine
    assert (machine.symbols, machine.outputs, machine.is_mealy) == (("a",), (("x",), ("y",)), True)
    for one in (openfst("a", "a"), openfst("a:a", "a:a")):
        assert (one.machine.symbols, one.machine.outputs) == (("a",), (False, True))
    assert openfst("a,b", "a,b").machine.symbols == ("a,b",)
    assert openfst("a", "<eps>").machine.symbols == ("a",)


def test_zero_means_no_symbol_where_openfst_has_numbers_alone():
    read = openfst("1", "0")
    assert read.machine.symbols == ("1",)
    assert any("label 0 means no symbol" in note for note in read.notes)
    with pytest.raises(InputError, match="has no transition under"):
        openfst("1", "0", epsilon=frozenset())
    assert "reads no symbol" in error(OPENFST.format("0:2", "1", "3:4"))


def test_weights_and_what_reads_and_writes_unevenly_are_refused():
    for text in (
        OPENFST.format("a/0.5", "1", "a"),
        OPENFST.format("a:x/0.5", "1", "a:y"),
        OPENFST.format("a", "1/2", "a"),
    ):
        assert "holds a weight" in error(text)
    assert "is no input:output, others are" in error(OPENFST.format("a:x", "1", "a"))
    assert "writes nothing" in error(OPENFST.format("a:x", "1", "a:<eps>"))
    whole = openfst("a/0.5", "a/0.5", labels=Labels.WHOLE).machine
    assert (whole.symbols, whole.is_acceptor) == (("a/0.5",), True)

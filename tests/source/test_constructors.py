"""Machines from Python objects of other libraries, and back."""

from __future__ import annotations

import itertools
import random

import networkx as nx
import pytest
from automata.fa.dfa import DFA
from hypothesis import given

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.reachable import canonical, reachable
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.library.aalpy_model import from_aalpy
from fsm2rnn.source.library.automata_lib import from_dfa, to_dfa
from fsm2rnn.source.library.networkx_graph import from_networkx, to_networkx
from fsm2rnn.source.library.sympy_group import from_sympy
from fsm2rnn.source.read import read
from fsm2rnn.tracing.compare import isomorphism
from tests.strategies import acceptors, machines


@given(machines())
def test_networkx_round_trip(machine):
    if None in machine.states:
        with pytest.raises(InputError, match="node None"):
            to_networkx(machine)
        return
    graph = to_networkx(machine)
    assert repr(from_networkx(graph, start=graph.graph["start"])) == repr(canonical(machine))


def test_a_networkx_graph_by_hand():
    graph = nx.MultiDiGraph()
    graph.add_node("q", accepting=True)
    graph.add_edge("p", "q", letter="a")
    graph.add_edge("p", "p", letter="b")
    graph.add_edge("q", "p", letter="a")
    with pytest.raises(InputError, match="no transition"):
        from_networkx(graph, start="p", symbol="letter")
    machine = from_networkx(graph, start="p", symbol="letter", complete=Completion.SINK)
    assert machine.states == ("p", "q", "sink")
    assert machine.symbols == ("a", "b")
    assert machine.outputs == (False, True, False)
    assert from_networkx(graph, start="q", symbol="letter", accepting="no", complete=Completion.SINK).outputs[0] == "q"


def test_what_is_wrong_with_a_networkx_graph():
    graph = nx.MultiDiGraph([("p", "p", {"label": "a"})])
    with pytest.raises(InputError, match="no directed edges"):
        from_networkx(nx.MultiGraph(graph), start="p")
    with pytest.raises(InputError, match="the start 'q' is no node"):
        from_networkx(graph, start="q")
    with pytest.raises(InputError, match="has no attribute 'symbol'"):
        from_networkx(graph, start="p", symbol="symbol")
    graph.add_node("q", output=1)
    with pytest.raises(InputError, match="the node 'p' has no attribute 'output'"):
        from_networkx(graph, start="p")
    with pytest.raises(InputError, match="has no attribute 'label'"):
        from_networkx(nx.MultiDiGraph([("p", "p", {"label": ["a"]})]), start="p")
    with pytest.raises(InputError, match="goes under"):
        from_networkx(nx.MultiDiGraph([("p", "p", {"label": "a"}), ("p", "q", {"label": "a"})]), start="p")
    with pytest.raises(InputError, match="the alphabet is empty"):
        from_networkx(nx.MultiDiGraph({"p": {}}), start="p")


def test_sympy_groups():
    groups = pytest.importorskip("sympy.combinatorics.named_groups", reason="sympy is not installed")
    machine = from_sympy(groups.SymmetricGroup(5))
    assert len(machine.states) == 120
    assert isomorphism(machine, read("perm:(1,2,3,4,5);(1,2)")) is not None
    assert from_sympy(groups.CyclicGroup(1)).states == ("()",)
    with pytest.raises(LimitError):
        from_sympy(groups.SymmetricGroup(9), max_states=1000)
    with pytest.raises(InputError, match="not a permutation group"):
        from_sympy("S5")


def test_sympy_multiplies_as_we_do():
    combinatorics = pytest.importorskip("sympy.combinatorics", reason="sympy is not installed")
    first, second = combinatorics.Permutation([1, 0, 2]), combinatorics.Permutation([0, 2, 1])
    machine = from_sympy(combinatorics.PermutationGroup(first, second))
    product = machine.states[machine.run(["(1,2)", "(2,3)"])[-1]]
    assert product == from_sympy(combinatorics.PermutationGroup(first * second)).symbols[0]


def _aalpy_like(machine, kind):
    automata = pytest.importorskip("aalpy.automata", reason="AALpy is not installed")
    if kind == "dfa":
        states = [automata.DfaState(name, output) for name, output in zip(machine.states, machine.outputs, strict=True)]
    elif kind == "moore":
        states = [
            automata.MooreState(name, output) for name, output in zip(machine.states, machine.outputs, strict=True)
        ]
    else:
        states = [automata.MealyState(name) for name in machine.states]
    for state, row in zip(states, machine.table, strict=True):
        for symbol, target in zip(machine.symbols, row, strict=True):
            state.transitions[symbol] = states[target]
            if kind == "mealy":
                state.output_fun[symbol] = machine.outputs[target]
    models = {"dfa": automata.Dfa, "moore": automata.MooreMachine, "mealy": automata.MealyMachine}
    return models[kind](states[machine.start], states)


@pytest.mark.parametrize("name", ["tomita3", "even-pairs"])
def test_an_aalpy_dfa(name):
    assert from_aalpy(_aalpy_like(read(name), "dfa")) == read(name)


def test_an_aalpy_moore_machine():
    assert from_aalpy(_aalpy_like(read("S3"), "moore")) == read("S3")


def test_an_aalpy_mealy_machine():
    machine = read("random(states=6,symbols=3)")
    moore = from_aalpy(_aalpy_like(machine, "mealy"))
    draw = random.Random(1)
    word = [draw.choice(machine.symbols) for _ in range(200)]
    assert moore.answers(word) == machine.answers(word)


def test_a_partial_aalpy_model_and_what_is_none():
    model = _aalpy_like(read("tomita3"), "dfa")
    del model.initial_state.transitions["1"]
    with pytest.raises(InputError, match="no transition"):
        from_aalpy(model)
    assert "sink" in from_aalpy(model, complete=Completion.SINK).states
    model.states.remove(model.initial_state)
    with pytest.raises(InputError):
        from_aalpy(model, complete=Completion.SINK)
    for thing in (None, "dfa", object()):
        with pytest.raises(InputError, match=r"no Dfa, MooreMachine or MealyMachine"):
            from_aalpy(thing)


def test_aalpys_branching_models_are_refused():
    automata = pytest.importorskip("aalpy.automata", reason="AALpy is not installed")
    state = automata.OnfsmState("s")
    state.add_transition("a", "x", state)
    with pytest.raises(InputError, match="no Dfa"):
        from_aalpy(automata.Onfsm(state, [state]))


@given(acceptors())
def test_automata_lib_round_trip(machine):
    dfa = to_dfa(machine)
    again = from_dfa(dfa)
    assert isomorphism(again, reachable(machine)) is not None


def test_automata_lib_accepts_the_same_words():
    machine = read("tomita3")
    dfa = to_dfa(machine)
    assert isinstance(dfa, DFA)
    for word in itertools.product("01", repeat=8):
        assert dfa.accepts_input("".join(word)) == machine.accepts(word)
    with pytest.raises(InputError, match="needs an acceptor"):
        to_dfa(read("Z3"))

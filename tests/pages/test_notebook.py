"""What a notebook shows: short names, graphs, tables and coloured sentences, all of them without style sheets."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
import torch

import fsm2rnn
from fsm2rnn.source.library.networkx_graph import from_networkx

NAMES = ["S5", "PSL(2,7)@gens", "tomita3", "register(10)", "dyck(2,3)"]


class Balanced(HTMLParser):
    """Opens and closes: an error where a tag is closed that is not open."""

    def __init__(self, text):
        super().__init__()
        self.open, self.said = [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, _):
        assert tag not in {"style", "script", "link", "img"}
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.said.append(data)


@pytest.mark.parametrize("name", NAMES)
def test_a_machine_says_itself_in_a_line(name):
    machine = fsm2rnn.read(name)
    assert repr(machine) == str(machine)
    assert len(repr(machine)) < 150
    assert f"{len(machine.states):,} states over {len(machine.symbols):,} symbols" in repr(machine)


def test_kinds_of_machines_have_names():
    assert repr(fsm2rnn.read("tomita3")) == "<acceptor of 5 states over 2 symbols, start 'q0'>"
    assert repr(fsm2rnn.read("Z3")) == "<machine of 3 states over 3 symbols, start '0'>"
    mealy = fsm2rnn.from_table([[0, 0]], outputs=[["x", "y"]], states=["a" * 500])
    assert repr(mealy).startswith("<Mealy machine of 1 states over 2 symbols, start 'aaa")
    assert len(repr(mealy)) < 150


@pytest.mark.parametrize("name", ["S3", "tomita3", "modadd(7)", "Z4@gens"])
def test_the_graph_is_read_back(name):
    machine = fsm2rnn.read(name)
    assert from_networkx(machine.graph(), start=machine.states[machine.start]) == machine


@pytest.mark.parametrize("name", ["S3@gens", "tomita3", "re:(a|b)*abb"])
def test_an_explanation_is_a_table(name):
    explanation = fsm2rnn.explain(name)
    said = Balanced(explanation._repr_html_()).said
    for answer in explanation.answers:
        assert answer.target in said
    assert any("hankel rank" in text for text in said)


def test_answers_of_an_audit_are_coloured_sentences():
    machine = fsm2rnn.read("parity")
    proved = fsm2rnn.audit(fsm2rnn.compile(machine, "full").network(), machine)
    assert Balanced(proved._repr_html_()).said[0] == "Proved: right at every length."
    torch.manual_seed(0)
    tracker = fsm2rnn.Tracker(torch.nn.GRU(2, 2, batch_first=True), torch.nn.Linear(2, 2), machine, state="grid7")
    refuted = fsm2rnn.audit(tracker, machine)
    assert isinstance(refuted, fsm2rnn.Refuted)
    assert Balanced(refuted._repr_html_()).said[0].startswith(f"Wrong after {len(refuted.word)} symbol")
    undecided = fsm2rnn.Undecided("searched <so far>", "float32", depth=3)
    said = Balanced(undecided._repr_html_()).said
    rest = " Every word of at most 3 symbols is right. Searched <so far>. Computed in: float32."
    assert said == ["Not proved, not refuted.", rest]

"""The state graph as SVG: well-formed, whole, and nothing in it that a label wrote."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings

import fsm2rnn
from fsm2rnn.errors import LimitError
from fsm2rnn.pages.web.drawings.graph import machine_svg
from tests.strategies import machines

SPACE = "{http://www.w3.org/2000/svg}"


def parsed(text):
    """Return the root of a picture; an error where it is no XML."""
    return ET.fromstring(text)  # noqa: S314  the project's own text


def tags(root, name):
    return root.findall(f".//{SPACE}{name}")


@settings(max_examples=15)
@given(machines(max_states=8, max_symbols=4))
def test_each_state_is_a_circle_and_each_pair_of_states_that_a_symbol_joins_an_arrow(machine):
    root = parsed(machine_svg(machine))
    accepting = sum(map(bool, machine.outputs)) if machine.is_acceptor else 0
    assert len(tags(root, "circle")) == len(machine.states) + accepting
    pairs = {(state, target) for state, row in enumerate(machine.table) for target in row}
    assert len(tags(root, "polygon")) == len(tags(root, "path")) == len(pairs) + 1  # and the entrance


@pytest.mark.parametrize("name", ["tomita3", "A5@gens", "PSL(2,7)@gens", "Z1", "modadd(7)"])
def test_everything_lies_in_the_box_and_equal_machines_have_equal_pictures(name):
    text = machine_svg(fsm2rnn.read(name))
    assert text == machine_svg(fsm2rnn.read(name))
    root = parsed(text)
    left, top, width, height = map(float, root.get("viewBox").split())
    for circle in tags(root, "circle"):
        x, y, r = (float(circle.get(key)) for key in ("cx", "cy", "r"))
        assert left <= x - r
        assert x + r <= left + width
        assert top <= y - r
        assert y + r <= top + height


def test_labels_are_text_and_never_markup():
    machine = fsm2rnn.from_table([[1], [0]], symbols=["<script>\x1b"], states=['"><i>', "&amp;"], outputs=[True, False])
    text = machine_svg(machine)
    assert "<script" not in text
    assert "\x1b" not in text
    assert {'"><i>', "&amp;"} <= {node.text for node in tags(parsed(text), "text")}


def test_a_picture_of_more_than_200_states_is_refused_and_a_notebook_shows_text():
    machine = fsm2rnn.read("Z201@gens")
    with pytest.raises(LimitError, match="states of a machine in one picture: 201 needed, the limit is 200"):
        machine_svg(machine)
    assert machine._repr_svg_() is None
    assert fsm2rnn.read("Z200@gens")._repr_svg_().startswith("<svg ")

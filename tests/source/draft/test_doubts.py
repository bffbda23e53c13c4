"""Labels that people write for several letters: said of where nothing is missing, refused in drawings where it is."""

from __future__ import annotations

import pytest

from fsm2rnn.errors import InputError
from fsm2rnn.source.dot.reader import read_dot
from fsm2rnn.source.draft.doubts import doubt
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.label_lists import listed, unsplit
from fsm2rnn.source.draft.reading import Labels, ReadOptions

SEVERAL = {
    "[0-9]": "a range",
    "a-z": "a range",
    "a-zA-Z_": "a range",
    "0..9": "a range",
    r"\d": "a range",
    "[abc]": "a class",
    "{0,1}": "a set",
    "a+b": "alternatives",
    "0;1": "alternatives",
    "coin or card": "alternatives",
    "a\u222ab": "alternatives",
    "0 1": "a list",
    "Σ": "any letter",
    "Σ \\ {a}": "any letter",
    "other": "any letter",
    "Else": "any letter",
    "¬a": "a complement",
    "not a": "a complement",
    "~(x & y)": "a condition",
}
ONE = (
    "a",
    "*",
    ".",
    "f(x, y)",
    "insert coin",
    "GET /x",
    "!send",
    "?a",
    "a'",
    "{",
    "[",
    "+",
    "-1.5",
    "x_y",
    "éa",
    "=>",
    "a:b",
)


@pytest.mark.parametrize(("letter", "what"), SEVERAL.items())
def test_a_label_for_several_letters_is_known_by_its_shape(letter, what):
    assert doubt(["p", letter], unsplit) == (letter, what)


@pytest.mark.parametrize("letter", ONE)
def test_ordinary_letters_raise_no_doubt(letter):
    assert doubt(["p", letter], unsplit) is None


def test_letters_are_doubted_beside_others():
    assert doubt(["a", "!a"], unsplit) == ("!a", "a complement")
    assert doubt(["go", "stop", "go/stop"], unsplit) == ("go/stop", "alternatives")
    assert doubt(["a:x", "a:y"], unsplit) == ("a:x", "an input with its output")
    assert doubt(["a:x", "b:y"], unsplit) is None  # each input with one output names one letter all the same
    assert doubt(["a,b"], listed) == ("a,b", "a list")


def drawing(label, more=""):
    return f'digraph {{ i [shape=point]; i -> p; p -> q [label="{label}"]; q -> p [label="{label}"]; {more} }}'


@pytest.mark.parametrize("letter", [letter for letter, what in SEVERAL.items() if what != "a condition"])
def test_a_drawing_says_so_or_is_refused_and_a_sink_hides_nothing(letter):
    label = letter.replace("\\", "\\\\")
    found = read_dot(drawing(label, "q [shape=doublecircle]"), "m.dot", ReadOptions())
    assert found.machine.symbols == (letter,)
    assert any(repr(letter) in note and "it is read as one letter" in note for note in found.notes)
    partial = drawing(label, 'q [shape=doublecircle]; q -> q [label="x"]')
    whole = read_dot(partial, "m.dot", ReadOptions(complete=Completion.SINK, labels=Labels.WHOLE))
    assert whole.machine.symbols == (letter, "x")
    if SEVERAL[letter] == "a list":
        assert read_dot(partial, "m.dot", ReadOptions(complete=Completion.SINK)).notes
        return
    with pytest.raises(InputError, match=f"looks like {SEVERAL[letter]}, and transitions are missing"):
        read_dot(partial, "m.dot", ReadOptions(complete=Completion.SINK))

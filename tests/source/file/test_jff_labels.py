"""JFLAP's labels and expressions: strings, ranges, lists, epsilon, limits, and what is refused or asked."""

from __future__ import annotations

import pytest

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import Labels, ReadOptions
from fsm2rnn.source.file import jff_expression, jff_labels
from fsm2rnn.source.file.jff import read_jff
from fsm2rnn.source.file.jff_writer import machine_to_jff


def file(kind, *labels, out=""):
    moves = "".join(f"<transition><from>0</from><to>0</to><read>{label}</read>{out}</transition>" for label in labels)
    return f'<structure><type>{kind}</type><state id="0" name="q"><initial/><final/></state>\n{moves}</structure>'


def found(text, **options):
    return read_jff(text, "m.jff", ReadOptions(**options))


def error(text, **options):
    with pytest.raises(InputError) as caught:
        found(text, **options)
    return caught.value


def expression(text):
    return f"<structure><type>re</type><expression>{text}</expression></structure>"


def test_whole_and_list_are_obeyed():
    text = file("fa", "a,b", "c")
    assert set(found(text, complete=Completion.SINK).machine.symbols) == {"a", ",", "b", "c"}
    assert found(text, labels=Labels.WHOLE).machine.symbols == ("a,b", "c")
    read = found(text, labels=Labels.LIST)
    assert (read.machine.symbols, len(read.notes)) == (("a", "b", "c"), 1)
    moore = found(file("moore", "a,b", "c"), labels=Labels.LIST)
    assert moore.machine.symbols == ("a", "b", "c")
    partial = file("fa", "a,b", "a").replace("<transition>", '<state id="1"/><transition>', 1)
    caught = error(partial, labels=Labels.WHOLE)
    assert "'a' and 'a,b' are both letters" in caught.message


def test_epsilon_is_blank_or_greek():
    read = found(file("fa", "a", "λ"))
    assert (read.machine.symbols, len(read.notes)) == (("a",), 1)
    assert found(file("fa", "a", "λ"), epsilon=frozenset()).machine.symbols == ("a", "λ")
    assert found(file("fa", "a", "b"), epsilon=frozenset("b")).machine.symbols == ("a",)
    assert "beside symbols" in error(file("fa", "aλ")).message
    assert "blank label" in error(file("fa", "a", ""), epsilon=frozenset()).message
    assert "reads nothing" in error(file("moore", "ε")).message


@pytest.mark.parametrize("label", ["[a-", "[abc]", "[9-0]", "x[0-9]", "[0-9]+"])
def test_what_is_no_range_is_refused(label):
    assert "ranges such as [0-9]" in error(file("fa", label)).message
    assert found(file("fa", label), labels=Labels.WHOLE).machine.symbols == (label,)


def test_a_bracket_alone_is_a_letter_and_layout_is_no_part_of_a_label():
    assert found(file("fa", "[", "\n\ta\n")).machine.symbols == ("[", "a")


def test_labels_with_an_output_stay_whole_unless_one_is_a_string_of_others():
    read = found(file("moore", "coin", "a"))
    assert (read.machine.symbols, len(read.notes)) == (("coin", "a"), 1)
    assert "'aba' is a string of other labels" in error(file("moore", "a", "b", "aba")).message
    assert found(file("moore", "a", "b", "aba"), labels=Labels.WHOLE).machine.symbols == ("a", "b", "aba")


def test_letters_are_limited_before_they_are_written_out(monkeypatch):
    monkeypatch.setattr(jff_labels, "STEP_LIMIT", 4)
    assert found(file("fa", "ab", "cd"), complete=Completion.SINK).machine.symbols == ("a", "b", "c", "d")
    for labels in (("abc", "de"), ("[a-e]",)):
        with pytest.raises(LimitError):
            found(file("fa", *labels))
    monkeypatch.setattr(jff_expression, "LENGTH_LIMIT", 3)
    with pytest.raises(LimitError):
        found(expression("aaaa"))


def test_what_is_written_says_that_labels_are_whole():
    for symbols in (("ab", "c"), ("ε",), ("[0-9]", "a,b")):
        machine = StateMachine(("q",), symbols, ((0,) * len(symbols),), 0, (True,))
        text = machine_to_jff(machine)
        assert "<labels>whole</labels>" in text
        assert found(text).machine == machine
        assert found(text).notes == ()
    assert "labels" not in machine_to_jff(StateMachine(("q",), ("a",), ((0,),), 0, (True,)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a+", "an empty term"),
        ("()", "an empty term"),
        ("a++b", "an empty term"),
        ("", "an empty term"),
        ("*a", "nothing before it"),
        ("(a", "never closes"),
        ("a)", "never opened"),
        ("!", "alphabet is empty"),
    ],
)
def test_what_is_no_expression_is_an_error(text, said):
    assert said in error(expression(text)).message


def test_an_expression_takes_epsilon_but_no_start():
    read = found(expression("aλ"))
    assert (read.machine.symbols, len(read.notes)) == (("a",), 1)
    assert found(expression("aλ"), epsilon=frozenset()).machine.symbols == ("a", "λ")
    assert "--start" in error(expression("a"), start="q0").message


def test_deep_parentheses_need_no_stack():
    depth = 20_000
    assert found(expression("(" * depth + "a" + ")" * depth)).machine.accepts("a")


@pytest.mark.parametrize("sign", ["|", "?", ".", " ", "[", "^"])
def test_signs_of_other_expressions_are_letters_and_told(sign):
    read = read_jff(expression(f"a{sign}b"), "m.jff", ReadOptions())
    assert sign in read.machine.symbols
    assert read.notes == (f"{sign!r} is a letter: in JFLAP's expressions only + * ! and parentheses are none",)


def test_a_label_that_could_be_a_list_names_the_way_to_say_so():
    read = read_jff(file("fa", "a,b"), "m.jff", ReadOptions(complete=Completion.SINK))
    assert "--labels list" in read.notes[0]
    assert "--labels list" not in read_jff(file("fa", "ab"), "m.jff", ReadOptions(complete=Completion.SINK)).notes[0]

"""The machine over tokens is the language: against Python's re, and each condition of its proof bites."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

import fsm2rnn
from fsm2rnn.decoding.text_language import TextLanguage
from fsm2rnn.decoding.token_machine import LOST
from fsm2rnn.decoding.token_table import token_machine
from fsm2rnn.decoding.vocabulary import plain_vocabulary
from fsm2rnn.errors import CertificateError, InputError, LimitError
from tests.decoding.languages import CASES, PATTERNS, TOKENS, found_machine, matches, spelled, words_up_to


def assert_language(machine, pattern, tokens, length):
    """Compare acceptance of all short words of tokens with re; and what is allowed with what goes on to a match."""
    met = [word for word in words_up_to(len(tokens), length) if matches(pattern, spelled(tokens, word))]
    wanted = {word for word in met if not any(tokens[id_] in {"", b""} for id_ in word)}
    found = {word for word in words_up_to(len(tokens), length) if machine.accepts(word)}
    assert found == wanted
    begun = {word[:size] for word in wanted for size in range(len(word) + 1)}
    for word in words_up_to(len(tokens), length):
        state = machine.walk(word)
        if state == LOST:
            assert word not in begun
        else:  # a shortest way on is there, and is met by re
            distance = machine.distances[state]
            assert distance is not None
            assert (word in begun) >= (len(word) + distance <= length)


@pytest.mark.parametrize(("pattern", "alphabet", "tokens"), CASES)
def test_accepted_words_of_tokens_are_those_that_re_matches(pattern, alphabet, tokens) -> None:
    assert_language(found_machine(pattern, alphabet, tokens), pattern, tokens, 4 if len(tokens) < 7 else 3)


@given(pattern=PATTERNS, tokens=TOKENS)
def test_any_expression_and_any_tokens(pattern, tokens) -> None:
    assert_language(found_machine(pattern, "abé", tokens), pattern, tokens, 3)


def test_a_token_of_one_byte_may_leave_an_accepting_state() -> None:
    machine = found_machine("0(a5)?", "0a5", ["0", "a", "5"])
    after = machine.walk([0])
    assert machine.distances[after] == 0
    assert [machine.advance(after, token) != LOST for token in range(3)] == [False, True, False]
    assert machine.accepts([0, 1, 2])


def test_a_state_from_which_only_characters_lead_on_is_never_entered() -> None:
    machine = found_machine("0(a5)?", "0a5", ["0", "a"])
    assert machine.distances == (1, 0, None)
    assert machine.walk([0, 1]) == LOST


def test_symbols_may_be_words() -> None:
    login = fsm2rnn.from_table([[1, 0], [1, 0]], symbols=["in;", "out;"], outputs=[True, False])
    machine = token_machine(
        TextLanguage(login), plain_vocabulary(["in;", "i", "n;o", "ut;", "out;", "in;in", ""], (6,), None)
    )
    assert machine.accepts([0, 4])
    assert machine.accepts([1, 2, 3])
    assert not machine.accepts([0])
    assert not machine.accepts([5, 3])


@pytest.mark.parametrize(
    ("symbols", "says"),
    [
        (["a", "ab"], "begins the symbol 'ab'"),
        (["", "b"], "no text"),
        ([0, 1], "no text"),
        (["\ud800", "b"], "no UTF-8 form"),
    ],
)
def test_symbols_that_no_text_tells_apart_are_refused(symbols, says) -> None:
    machine = fsm2rnn.from_table([[0, 0]], symbols=symbols, outputs=[True])
    with pytest.raises(InputError, match=says):
        TextLanguage(machine)


def test_a_machine_that_does_not_accept_is_refused() -> None:
    with pytest.raises(InputError, match="needs an acceptor"):
        TextLanguage(fsm2rnn.read("S3"))


def test_a_table_too_large_is_refused_before_it_is_built() -> None:
    language = TextLanguage(fsm2rnn.from_regex("(ab){50}", "ab"))
    vocabulary = plain_vocabulary(["ab" * size for size in range(1, 40)] + [""], (39,), None)
    with pytest.raises(LimitError, match="states times classes"):
        token_machine(language, vocabulary, max_entries=500)
    with pytest.raises(LimitError, match="machine over bytes"):
        token_machine(language, vocabulary, max_entries=50)


def planted(machine):
    """Yield one falsehood after another, with the field that is to be named."""
    table = [list(row) for row in machine.table]
    other = [[(target + 1) % 3 if target != LOST else target for target in row] for row in table]
    grown = [[0 if target == LOST else target for target in row] for row in table]
    yield "table", {"table": tuple(map(tuple, other))}
    yield "table", {"table": tuple(map(tuple, grown))}
    yield "table", {"class_of": (LOST, *machine.class_of[1:])}
    yield "class_of", {"class_of": (*machine.class_of[:-1], 0)}
    yield "class_of", {"class_of": (99, *machine.class_of[1:])}
    yield "class_of", {"class_of": (-2, *machine.class_of[1:])}
    yield "table", {"class_of": machine.class_of[:-1]}
    yield "table", {"table": machine.table[:-1]}
    yield "table", {"table": (machine.table[0][:-1], *machine.table[1:])}
    yield "places", {"places": (machine.places[1], machine.places[0], *machine.places[2:])}
    yield "places", {"places": (*machine.places[:-1], machine.places[0])}
    shorter = {"table": machine.table[:-1], "distances": machine.distances[:-1]}
    yield "places", {"places": machine.places[:-1], **shorter}
    for state, distance in enumerate(machine.distances):
        for lie in (None, 0, 1, 2):
            if lie != distance:
                told = (*machine.distances[:state], lie, *machine.distances[state + 1 :])
                yield "distances", {"distances": told}


def test_each_falsehood_is_found() -> None:
    machine = found_machine("(ab)?(ab)?c", "abc", ["a", "b", "c", "ab"])
    assert replace(machine) == machine
    falsehoods = list(planted(machine))
    assert len(falsehoods) > 20
    for field, lie in falsehoods:
        with pytest.raises(CertificateError) as found:
            replace(machine, **lie)
        assert found.value.field == field, lie


def test_a_cycle_of_distances_that_leads_nowhere_is_found() -> None:
    machine = found_machine("a*b", "ab", ["a"])
    assert machine.distances == (None,)
    with pytest.raises(CertificateError, match="distances"):
        replace(machine, distances=(1,))

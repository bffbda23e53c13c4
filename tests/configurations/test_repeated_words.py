"""The rules against machines: what proved networks hold is never out; cycles replay; falsehoods are found."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

import fsm2rnn
from fsm2rnn.compiler import minimal_facts
from fsm2rnn.configurations.layer_facts import Eigenvalues, LayerFacts, Transition, Uncovered, Window
from fsm2rnn.configurations.repeated_words import find_cycle, rules_of
from fsm2rnn.constructions.sizes import Counts
from fsm2rnn.errors import InputError, LimitError
from tests.strategies import machines, mealy_machines

NOT_NEGATIVE, REAL = Eigenvalues.NOT_NEGATIVE, Eigenvalues.REAL
DIAGONAL = {"model_type": "mamba2", "num_hidden_layers": 1}
REFLECTING = {"model_type": "delta_net", "num_hidden_layers": 1, "allow_neg_eigval": True}
PROJECTING = {"model_type": "delta_net", "num_hidden_layers": 3}


def stack(*parts):
    return [LayerFacts("layer", count, reach) for count, reach in parts]


def kept(*parts):
    return {(rule.longest, rule.turns) for rule in rules_of(stack(*parts))}


@pytest.mark.parametrize(
    ("parts", "rules"),
    [
        ([(3, Transition("A", NOT_NEGATIVE, None))], {(None, 0)}),
        ([(9, Transition("A", NOT_NEGATIVE, 2))], {(2, 0)}),
        ([(9, Transition("A", NOT_NEGATIVE, 1))], {(1, 0)}),
        ([(1, Transition("A", REAL, 1))], {(1, 1)}),
        ([(2, Transition("A", REAL, 1))], set()),
        ([(1, Transition("A", REAL, 1)), (1, Transition("A", NOT_NEGATIVE, 1))], set()),
        ([(1, Transition("A", REAL, 1)), (1, Transition("A", NOT_NEGATIVE, 2))], {(1, 1)}),
        ([(1, Transition("A", REAL, None))], {(None, 1)}),
        ([(2, Transition("A", REAL, None))], set()),
        ([(1, Transition("A", Eigenvalues.ANYWHERE, 1))], set()),
        ([(2, Window("a window"))], {(None, 0)}),
        ([(2, Transition("A", NOT_NEGATIVE, None)), (1, Uncovered("?"))], set()),
    ],
)
def test_what_a_stack_keeps(parts, rules) -> None:
    assert kept(*parts) == rules


def brute_cycle(machine, word, turns):
    """Return whether some state comes back under a word, but not after 2^turns times."""
    for start in range(len(machine.states)):
        path, state = [start], start
        for _ in machine.states:
            for letter in word:
                state = machine.table[state][letter]
            path.append(state)
        if start in path[1:] and 2**turns % (path[1:].index(start) + 1):
            return True
    return False


@settings(max_examples=40)
@given(machine=machines())
def test_a_cycle_is_found_iff_there_is_one(machine) -> None:
    facts = minimal_facts(machine)
    letters = range(len(facts.machine.symbols))
    words = [(one,) for one in letters] + [(one, other) for one in letters for other in letters]
    for longest, turns in [(1, 0), (1, 1), (2, 0)]:
        (rule,) = rules_of(stack((1, Transition("A", NOT_NEGATIVE, longest))))
        found = find_cycle(facts, replace(rule, turns=turns))
        there = any(brute_cycle(facts.machine, word, turns) for word in words if len(word) <= longest)
        assert (found is not None) == there
        if found is not None:
            assert len(found.word) <= longest


@settings(max_examples=30)
@given(machine=mealy_machines())
def test_mealy_machines_have_cycles_too(machine) -> None:
    found = fsm2rnn.audit_config(DIAGONAL).excludes(machine)
    assert (found is not None) == (minimal_facts(machine).aperiodicity.cycle is not None)


@settings(max_examples=30)
@given(machine=machines(max_states=4, max_symbols=2))
def test_what_is_compiled_is_not_out(machine) -> None:
    for target, config in [
        ("affine-positive-diagonal", DIAGONAL),
        ("affine-positive-diagonal", PROJECTING),
        ("affine-real-diagonal", REFLECTING),
        ("householder", REFLECTING),
    ]:
        for contract in ("injective", "cover"):
            verdict = fsm2rnn.compile(machine, target, contract=contract).verdict
            single = target != "householder" or (
                isinstance(verdict, fsm2rnn.Compiled) and verdict.sizes.of(Counts.UPDATES).number <= 1
            )
            if isinstance(verdict, fsm2rnn.Compiled) and single:
                assert fsm2rnn.audit_config(config).excludes(machine) is None


@pytest.mark.parametrize(
    ("config", "machine", "word"),
    [
        (PROJECTING, "parity", "1 leads around a cycle of 2"),
        (PROJECTING, "Z3@gens", "cycle of 3"),
        (PROJECTING, "S5@gens", "cycle of 2"),
        (PROJECTING, "flip-flop", None),
        (PROJECTING, "even-pairs", None),
        (REFLECTING, "parity", None),
        (REFLECTING, "Z3@gens", "cycle of 3"),
        (REFLECTING, "S3@gens", "(1,2,3) leads around a cycle of 3"),
        (DIAGONAL, "tomita5", "cycle of 2"),
        (DIAGONAL, "re:(aaa)*@ab", "cycle of 3"),
        (DIAGONAL, "dyck(1,3)", None),
    ],
)
def test_known_machines(config, machine, word) -> None:
    found = fsm2rnn.audit_config(config).excludes(machine)
    assert (found is None) == (word is None)
    assert word is None or word in str(found)


def test_a_word_of_two_letters_is_out_where_products_of_two_keep_their_sign() -> None:
    """The number of blocks ab modulo 2: letters alone settle, their product does not."""
    machine = fsm2rnn.from_table([[1, 0], [1, 2], [3, 2], [3, 0]], symbols="ab", outputs=[True, True, False, False])
    assert "a b leads around a cycle of 2" in str(fsm2rnn.audit_config(PROJECTING).excludes(machine))
    assert fsm2rnn.audit_config({"model_type": "kda", "num_hidden_layers": 1}).excludes(machine) is None


def test_a_search_too_long_is_refused() -> None:
    (rule,) = rules_of(stack((1, Transition("A", NOT_NEGATIVE, 2))))
    many = [f"x{number}" for number in range(4000)]
    machine = fsm2rnn.from_table([[1] * 4000, [1] * 4000], symbols=many, outputs=[True, False])
    with pytest.raises(LimitError, match="words of 2 letters"):
        find_cycle(minimal_facts(machine), rule)


def test_a_product_over_no_token_is_refused() -> None:
    with pytest.raises(InputError, match="0 tokens"):
        Transition("A", REAL, 0)

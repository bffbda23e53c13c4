"""The induction over words: what it admits is right after every word, and each condition violated alone is named."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim import induction as module
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.induction import (
    EQUATION_LIMIT,
    Nodes,
    induction,
    prove_base,
    prove_contract,
    prove_distinct,
)

BOXES = Nodes("boxes", "box", "boxes", "a box", "inclusions", "intervals")
# p -a-> q -a-> p, and b stays.
SWAP = StateMachine(("p", "q"), ("a", "b"), ((1, 0), (0, 1)), 0, (False, True))


@st.composite
def steps(draw):
    """Draw a machine of up to three states, readings of up to five nodes, and where each letter sends each node."""
    states, letters, nodes = (draw(st.integers(1, most)) for most in (3, 2, 5))
    state, node = st.integers(0, states - 1), st.none() | st.integers(0, nodes - 1)
    table = tuple(tuple(draw(state) for _ in range(letters)) for _ in range(states))
    machine = StateMachine.tracker(range(states), range(letters), table)
    reads = (0, *(draw(state) for _ in range(nodes - 1)))
    # Half of the draws move as the machine does where they can, so that some are admitted.
    honest = draw(st.booleans())
    images = []
    for read in reads:
        right = [[k for k, other in enumerate(reads) if other == target] for target in table[read]]
        images.append(tuple(draw(st.sampled_from(fit) if honest and fit else node) for fit in right))
    return machine, reads, images


@given(steps())
def test_it_admits_exactly_what_is_right_after_every_word(drawn):
    machine, reads, images = drawn
    met, right = {0}, True
    for length in range(len(reads) + 1):
        for word in itertools.product(range(len(machine.symbols)), repeat=length):
            node, state = 0, 0
            for symbol in word:
                if node is not None:
                    node, state = images[node][symbol], machine.table[state][symbol]
            right &= node is not None and reads[node] == state
            met |= {node}
    if right and met == set(range(len(reads))):
        assert induction(BOXES, machine, reads, images.__getitem__) is None
        return
    with pytest.raises(CertificateError) as caught:
        induction(BOXES, machine, reads, images.__getitem__)
    assert caught.value.field == ("boxes" if right else "induction")


def refused(field, message, call, *arguments):
    with pytest.raises(CertificateError) as caught:
        call(*arguments)
    assert (caught.value.field, caught.value.message) == (field, message)


def test_a_step_elsewhere_is_named_in_the_user_s_labels():
    assert induction(BOXES, SWAP, (0, 1), [(1, 0), (0, 1)].__getitem__) is None
    message = "symbol 'a' sends a box of 'q' to no box, expected a box of 'p'"
    refused("induction", message, induction, BOXES, SWAP, (0, 1), [(1, 0), (None, 1)].__getitem__)
    message = "symbol 'b' sends a box of 'p' to a box of 'q', expected a box of 'p'"
    refused("induction", message, induction, BOXES, SWAP, (0, 1), [(1, 1), (0, 1)].__getitem__)


def test_a_node_that_no_word_reaches_is_refused():
    message = "1 boxes are listed that no word reaches"
    refused("boxes", message, induction, BOXES, SWAP, (0, 1, 1), [(1, 0), (0, 1), (0, 2)].__getitem__)


def test_a_step_has_one_image_for_every_symbol():
    for row in ((1,), (1, 0, 0)):
        with pytest.raises(ValueError, match="zip"):
            induction(BOXES, SWAP, (0, 1), [row, (0, 1)].__getitem__)


def test_the_base_is_proved():
    assert prove_base(BOXES, SWAP, 2, 2, (0, 1)) is None
    for letters in (1, 3):
        message = f"2 symbols need as many intervals, found {letters}"
        refused("intervals", message, prove_base, BOXES, SWAP, letters, 2, (0, 1))
    for listed, reads in ((0, ()), (1, (0, 1)), (2, (0,))):
        message = f"{listed} boxes need as many readings and at least one, found {len(reads)}"
        refused("boxes", message, prove_base, BOXES, SWAP, 2, listed, reads)
    for wrong in (-1, 2):
        message = "a reading is no state index below 2"
        refused("reads", message, prove_base, BOXES, SWAP, 2, 2, (0, wrong))
    refused("reads", "the first box is read as state 1, the start is 0", prove_base, BOXES, SWAP, 2, 2, (1, 0))


def test_steps_have_a_limit(monkeypatch):
    assert EQUATION_LIMIT == 1 << 26
    monkeypatch.setattr(module, "EQUATION_LIMIT", 4)
    assert prove_base(BOXES, SWAP, 2, 2, (0, 1)) is None
    with pytest.raises(LimitError, match="one-step inclusions: 6 needed, the limit is 4"):
        prove_base(BOXES, SWAP, 2, 3, (0, 1, 1))


@pytest.mark.parametrize("contract", Contract)
def test_only_a_cover_reads_two_nodes_as_one_state(contract):
    assert prove_contract(BOXES, contract, (0, 1)) is None
    if contract.implies(Contract.INJECTIVE):
        message = "two boxes are read as one state; that is contract cover"
        refused("contract", message, prove_contract, BOXES, contract, (0, 1, 1))
    else:
        assert prove_contract(BOXES, contract, (0, 1, 1)) is None


def test_no_node_is_listed_twice():
    assert prove_distinct(BOXES, ("x", "y")) is None
    refused("boxes", "a box is listed twice", prove_distinct, BOXES, ("x", "y", "x"))

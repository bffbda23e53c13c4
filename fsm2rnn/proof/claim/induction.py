"""reads_0 = q0, and x sends node i into node k with reads_k = delta(reads_i, x): the one induction over words.

A node stands for states of a network: for one (a code, a float state), or for a set of them (a region, what is near a
prototype). If the network starts in node 0, and every letter sends all of a node into one listed node that is read as
the machine moves, then after every word w it is in a node that is read as delta*(q0, w).

Proof. For the empty word this is the start. If it holds after w, the network is in a node i with reads_i =
delta*(q0, w), and the letter x takes it into a node k with reads_k = delta(reads_i, x) = delta*(q0, w x).

What a step is, and whether the readings can be told apart, is the part of each claim; a step may be an equation or an
inclusion. Nodes that no word reaches are refused, so that a claim lists what it speaks of and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract

# A tenth of a microsecond a step in the loop, ten times that for the image of a code: about a minute at the limit.
EQUATION_LIMIT = 1 << 26
Step: TypeAlias = Callable[[int], Iterable[int | None]]
"""From a node to the nodes that its letters send it into, one per letter; None where that is not a listed one."""
Branching: TypeAlias = Callable[[int], Iterable[Iterable[int | None]]]
"""From a node, letter by letter, to all nodes that a computed step may lead to, where a step is not one thing."""


@final
@dataclass(frozen=True)
class Nodes:
    """What an induction runs over, in the words of its errors: each of `many` is `one`, and `that` of a state."""

    field: str  # of the certificate, where nodes are listed
    one: str
    many: str
    that: str  # one with its article, as before "of state q"
    steps: str
    letters: str = "matrices"  # of the certificate, where the network's letters are listed


def prove_base(nodes: Nodes, machine: StateMachine, letters: int, listed: int, reads: Sequence[int]) -> None:
    """Prove that letters and readings fit the machine, and reads_0 = q0, for that many letters and `listed` nodes.

    CertificateError names the part that fails; LimitError for more than EQUATION_LIMIT steps.
    """
    if listed * letters > EQUATION_LIMIT:
        what = f"one-step {nodes.steps}"
        raise LimitError(what, limit=EQUATION_LIMIT, needed=listed * letters)
    if letters != len(machine.symbols):
        message = f"{len(machine.symbols)} symbols need as many {nodes.letters}, found {letters}"
        raise CertificateError(nodes.letters, message)
    if not listed or listed != len(reads):
        message = f"{listed} {nodes.many} need as many readings and at least one, found {len(reads)}"
        raise CertificateError(nodes.field, message)
    if not all(0 <= read < len(machine.states) for read in reads):
        message = f"a reading is no state index below {len(machine.states)}"
        raise CertificateError("reads", message)
    if reads[0] != machine.start:
        message = f"the first {nodes.one} is read as state {reads[0]}, the start is {machine.start}"
        raise CertificateError("reads", message)


def prove_contract(nodes: Nodes, contract: Contract, reads: Collection[int]) -> None:
    """Prove that under contract injective, or a stronger one, no two nodes are read as one state."""
    if contract.implies(Contract.INJECTIVE) and len(set(reads)) != len(reads):
        message = f"two {nodes.many} are read as one state; that is contract cover"
        raise CertificateError("contract", message)


def prove_distinct(nodes: Nodes, listed: Collection[Hashable]) -> None:
    """Prove that no node is listed twice: then an image is at one place, and has one reading."""
    if len(set(listed)) != len(listed):
        message = f"a {nodes.one} is listed twice"
        raise CertificateError(nodes.field, message)


def induction(nodes: Nodes, machine: StateMachine, reads: tuple[int, ...], step: Step) -> None:
    """Prove that every word leads from node 0 to a listed node of the right reading, and that words reach all nodes.

    The nodes are followed breadth first, each stepped once. `prove_base` goes before. CertificateError says which
    letter sends which node elsewhere than to one of the state that follows.
    """
    branching_induction(nodes, machine, reads, lambda node: ((reached,) for reached in step(node)))


def branching_induction(nodes: Nodes, machine: StateMachine, reads: tuple[int, ...], step: Branching) -> None:
    """Prove what `induction` does where each letter leads to one of several nodes, and all of them are followed."""
    order, seen = [0], {0}
    for node in order:
        wanted = machine.table[reads[node]]
        for symbol, (choices, right) in enumerate(zip(step(node), wanted, strict=True)):
            for reached in choices:
                if reached is None or reads[reached] != right:
                    raise CertificateError("induction", _elsewhere(nodes, machine, reads, (node, symbol, reached)))
                if reached not in seen:
                    seen.add(reached)
                    order.append(reached)
    if len(order) != len(reads):
        message = f"{len(reads) - len(order)} {nodes.many} are listed that no word reaches"
        raise CertificateError(nodes.field, message)


def _elsewhere(nodes: Nodes, machine: StateMachine, reads: tuple[int, ...], move: tuple[int, int, int | None]) -> str:
    """Say which letter sends which node where it should not."""
    node, symbol, reached = move
    name, right = machine.states[reads[node]], machine.table[reads[node]][symbol]
    found = f"no {nodes.one}" if reached is None else f"{nodes.that} of {machine.states[reads[reached]]!r}"
    return (
        f"symbol {machine.symbols[symbol]!r} sends {nodes.that} of {name!r} to {found}, "
        f"expected {nodes.that} of {machine.states[right]!r}"
    )

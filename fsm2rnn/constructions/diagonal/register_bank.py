"""h_i <- h_i, or h_i <- b_xi in {0, 1}, from h = 0: registers, one coordinate for each value that a letter writes.

The one layer that gated modules with positive gates hold exactly: a gate is open (write) or shut (keep), and the module
starts from zero. It is the positive diagonal network with an additive term, made so: a coordinate that is reset to the
values v, v', ... becomes as many coordinates [h = v], [h = v'], ..., and the value it starts with is the one that none
of them shows. So every letter keeps or sets each coordinate, zero is the start, and what is written is 0 or 1, which
survives norms that forget magnitudes. All entries are 0 or 1: exact at every length in every format.

What one layer cannot hold. Where xyx = yx fails, the first occurrence of a letter matters, and no one layer follows. A
word that leads around a cycle refutes every depth: with finite orbits a stack of layers with non-negative gates comes
to rest on repeating a word, from the lowest layer up. Its witness says "one layer", which is what the kernel replays;
that it holds at any depth is this theorem, not the witness. Machines with no such word have stacks of layers, a
cascade; of the modules here Mamba and FalconMamba are written with several, for the others it is unsettled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.algebra.diagonal.affine_diagonal import affine_nonnegative_coordinates
from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.diagonal.affine_cover import resetting_coordinates
from fsm2rnn.constructions.diagonal.affine_rung import AffineRung
from fsm2rnn.constructions.integer_network import integer_network
from fsm2rnn.constructions.promise import NO_HEAD
from fsm2rnn.constructions.refutation import first_occurrence_matters, long_way_round, periodic_word
from fsm2rnn.constructions.sizes import BEST, width_only
from fsm2rnn.constructions.stack_verdict import stack_verdict
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled, Verdict
from fsm2rnn.exact.sparse import Scalar, vector
from fsm2rnn.operators.diagonal import AffineDiagonal
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.refutation.witness import Cycle

STACKED: Final = "one layer of registers cannot hold it ({broken}), and stacks of layers (a cascade) are not written"
_RUNG: Final = AffineRung(
    "registers",
    1,
    first_occurrence_matters,
    lambda facts: affine_nonnegative_coordinates(facts.machine),
    resetting_coordinates,
)


@final
@dataclass(frozen=True)
class RegisterModule:
    """A module of transformers whose layer is a bank of registers: gates that keep or set, positive factors."""

    name: str
    package: str = "transformers 5.24.0"
    extra: str = "transformers"
    export: str = "transformers"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the bank of one layer, or why it has none; LimitError when there are too many roles to try."""
        return register_verdict(facts, contract)


@final
@dataclass(frozen=True)
class StackedModule:
    """A module of transformers that is a bank of registers, or layers upon each other: a stack of gates."""

    name: str
    package: str = "transformers 5.24.0"
    extra: str = "transformers"
    export: str = "transformers"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the bank of one layer, or else the stack, or a cycle; LimitError where a search ends at a limit."""
        verdict = register_verdict(facts, contract)
        return stack_verdict(facts, contract) if isinstance(verdict, Unsettled) else verdict


def register_verdict(facts: Facts, contract: Contract) -> Verdict:
    """Return the bank under contract injective, or else cover; a cycle as witness, or unsettled, where there is none.

    LimitError when there are too many roles of letters to try.
    """
    if contract is Contract.LINEAR:
        return Unsettled(NO_HEAD)
    broken = first_occurrence_matters(facts.machine)
    if broken is not None:
        cycle = _cycle(facts)
        return Unsettled(STACKED.format(broken=broken)) if cycle is None else Impossible(cycle, contract)
    found = _RUNG.compile(facts, Contract.INJECTIVE)
    if isinstance(found, Unsettled):
        found = _RUNG.compile(facts, Contract.COVER)
    return _bank(found) if isinstance(found, Compiled) else found


def _cycle(facts: Facts) -> Cycle | None:
    """Return a letter or a word that leads around a cycle, None for none, or where a limit stops the search."""
    return long_way_round(facts.machine, 1) or periodic_word(facts.machine, facts.aperiodicity.cycle)


def _bank(network: Compiled) -> Compiled:
    """Return the network whose coordinates show the values that letters write."""
    operator, proof = network.operator, network.proof
    if not isinstance(operator, AffineDiagonal) or not isinstance(proof, Simulation):
        message = f"{type(operator).__name__}: a diagonal network with an additive term expected"
        raise TypeError(message)
    size = operator.size
    codes = [_dense(code, size) for code in proof.codes]
    shown: list[tuple[int, Scalar | None]] = [
        (j, value) for j in range(size) for value in _written(operator, j) if value != codes[0][j]
    ]
    places = shown or [(0, None)]  # a machine of one state has a register that nothing writes
    factors = tuple(tuple(row[j] for j, _ in places) for row in operator.factors)
    offsets = tuple(
        tuple(int(not kept[j] and offset[j] == value) for j, value in places)
        for kept, offset in zip(operator.factors, operator.offsets, strict=True)
    )
    bank = AffineDiagonal(factors, offsets)
    held = [vector(enumerate(int(code[j] == value) for j, value in places)) for code in codes]
    return integer_network(proof.machine, bank, held, proof.contract, width_only(bank, BEST), reads=proof.reads)


def _written(operator: AffineDiagonal, place: int) -> list[Scalar]:
    """Return the values to which letters reset a coordinate, each once."""
    rows = zip(operator.factors, operator.offsets, strict=True)
    return list(dict.fromkeys(offset[place] for kept, offset in rows if not kept[place]))


def _dense(code: Sequence[tuple[int, Scalar]], size: int) -> tuple[Scalar, ...]:
    """Return the coordinates of a code, without the constant one."""
    found: list[Scalar] = [0] * (size + 1)
    for place, value in code:
        found[place] = value
    return tuple(found[:size])

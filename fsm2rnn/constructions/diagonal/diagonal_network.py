"""Networks that act on each coordinate alone: in integers where all factors are 0, 1 and -1, by regions elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias, TypeVar

from fsm2rnn.constructions.integer_network import integer_network
from fsm2rnn.constructions.promise import finite_promise
from fsm2rnn.constructions.sizes import SizeProof, width_only
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.exact.sparse import vector
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.diagonal import Diagonal
from fsm2rnn.operators.readout import nearest_rows
from fsm2rnn.operators.rotation import Rotation
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.enclosure import Enclosure, Letter, Region, Turn

Place = TypeVar("Place")
Factors: TypeAlias = tuple[tuple[int, ...], ...]
FACTORS: dict[Turn, int] = {None: 0, Fraction(0): 1, Fraction(1, 2): -1}


def turns_network(
    machine: StateMachine,
    turns: tuple[tuple[Turn, ...], ...],
    contract: Contract,
    proof: SizeProof,
    reason: str,
) -> Compiled:
    """Return the network of turns (D, coordinates) from h_0 = 1: real coordinates first, then planes.

    A coordinate whose turns are all 0, 1/2 or zero is one real number. Every state has its own code. `proof` and
    `reason` say whether there are no fewer coordinates.
    """
    # With factors 0, 1 and -1 alone the state is integers and proved by equations; a turn by any other angle has
    # irrational entries, and its codes are proved as points of circles.
    columns = list(zip(*turns, strict=True)) if turns[0] else [(Fraction(0),) * len(turns)]
    real = [column for column in columns if all(turn in FACTORS for turn in column)]
    planes = [column for column in columns if column not in real]
    if not planes:
        factors = tuple(tuple(FACTORS[turn] for turn in row) for row in zip(*real, strict=True))
        return _factors_network(machine, factors, contract, proof, reason)
    letters = tuple(
        Letter(tuple(FACTORS[column[symbol]] for column in real), tuple(column[symbol] for column in planes))
        for symbol in range(len(machine.symbols))
    )
    first = Region(((1, 1),) * len(real), (Fraction(0),) * len(planes))
    regions = _walked(machine, first, lambda region, symbol: region.image(letters[symbol]))
    claim = Enclosure(machine, letters, tuple(regions.values()), tuple(regions), finite_promise(contract))
    operator = Rotation(letters)
    return Compiled(operator, claim, width_only(operator, proof, reason), nearest_rows(claim))


def _factors_network(
    machine: StateMachine, factors: Factors, contract: Contract, proof: SizeProof, reason: str
) -> Compiled:
    """Return the real network of factors 0, 1 and -1 from h_0 = 1."""
    operator = Diagonal(factors)

    def moved(code: tuple[int, ...], symbol: int) -> tuple[int, ...]:
        return tuple(a * h for a, h in zip(factors[symbol], code, strict=True))

    codes = _walked(machine, (1,) * operator.size, moved)
    vectors = tuple(vector(enumerate(code)) for code in codes.values())
    sizes = width_only(operator, proof, reason)
    return integer_network(machine, operator, vectors, contract, sizes, reads=tuple(codes))


def _walked(machine: StateMachine, first: Place, step: Callable[[Place, int], Place]) -> dict[int, Place]:
    """Return where the first word found to every state leads from `first`, breadth first: all else is the proof's."""
    found, order = {machine.start: first}, [machine.start]
    for state in order:
        for symbol, reached in enumerate(machine.table[state]):
            if reached not in found:
                found[reached] = step(found[state], symbol)
                order.append(reached)
    return found

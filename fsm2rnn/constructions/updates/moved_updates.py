"""h <- h + b (v - <k, h>) k from h = 0: products of updates in integers whose start is the zero vector.

A layer that starts from zero follows y = h - h_0: b (v - <k, h>) k = b ((v - <k, h_0>) - <k, y>) k, so keys and betas
stay and values are less <k, h_0>. The updates are those of `constructions.updates.written_updates`: swaps e_i - e_j
with b = 1, and single coordinates with b = 1 or 2. So b <k, k> is 0, 1 or 2, which a gate 2 sigmoid(.) reaches exactly.

Where none are found, letters that keep, set and reflect coordinates of several codes per state
(`constructions.diagonal.signed_bank`) are one update for each coordinate that is set, b = 1, or reflected, b = 2.
Where there are none either nothing is refuted: the witness that is known speaks of contractions without a written term.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.diagonal.signed_bank import signed_verdict
from fsm2rnn.constructions.integer_network import integer_network
from fsm2rnn.constructions.promise import NO_HEAD
from fsm2rnn.constructions.sizes import BEST, Counts, Sizes, measured
from fsm2rnn.constructions.updates.update_form import UpdateForm, updates_network
from fsm2rnn.constructions.updates.written_updates import update_form
from fsm2rnn.constructions.verdict import Compiled, Unsettled, Verdict
from fsm2rnn.exact.sparse import Scalar, Vector, canonical_vector, unit
from fsm2rnn.exact.updates import Update
from fsm2rnn.operators.diagonal import AffineDiagonal
from fsm2rnn.operators.householder import Householder
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.simulation import Simulation

NO_FORM: Final = (
    "no functions on the states were found that letters permute, up to signs and constants, and that tell all states "
    "apart"
)


def moved_verdict(facts: Facts, contract: Contract) -> Verdict:
    """Return the network of integer updates from zero; LimitError where it has too many numbers."""
    if contract is Contract.LINEAR:
        return Unsettled(NO_HEAD)
    form = update_form(facts)
    if form is None:
        found = signed_verdict(facts, Contract.COVER)
        return by_coordinates(found) if isinstance(found, Compiled) else Unsettled(NO_FORM)
    return updates_network(facts.machine, moved(form), contract, BEST)


def moved(form: UpdateForm) -> UpdateForm:
    """Return the form whose codes are less the first one, that of the start."""
    start = dict(form.codes[0])

    def make() -> tuple[tuple[Update, ...], ...]:
        return tuple(tuple(_moved(update, start) for update in row) for row in form.make())

    codes = tuple(_less(code, start) for code in form.codes)
    return UpdateForm(form.width, form.counts, codes, make)


def by_coordinates(network: Compiled) -> Compiled:
    """Return a diagonal network from zero, whose letters keep, set and reflect, as updates of single coordinates."""
    operator, proof = network.operator, network.proof
    if not isinstance(operator, AffineDiagonal) or not isinstance(proof, Simulation):
        message = f"{type(operator).__name__}: a diagonal network with an additive term expected"
        raise TypeError(message)
    updates = tuple(
        tuple(
            Update(unit(place), 1 - factor, Fraction(offset, 1 - factor))
            for place, (factor, offset) in enumerate(zip(factors, offsets, strict=True))
            if factor != 1
        )
        for factors, offsets in zip(operator.factors, operator.offsets, strict=True)
    )
    made = Householder(operator.size, updates)
    sizes = Sizes(measured(made, Counts.COORDINATES), measured(made, Counts.UPDATES, BEST))
    codes = [tuple(one for one in code if one[0] < operator.size) for code in proof.codes]
    return integer_network(proof.machine, made, codes, proof.contract, sizes, reads=proof.reads)


def _moved(update: Update, start: Mapping[int, Scalar]) -> Update:
    along = sum(entry * start.get(place, 0) for place, entry in update.key)
    return Update(update.key, update.beta, update.value - along)


def _less(code: Vector, start: Mapping[int, Scalar]) -> Vector:
    own = dict(code)
    return canonical_vector({place: own.get(place, 0) - start.get(place, 0) for place in own.keys() | start.keys()})

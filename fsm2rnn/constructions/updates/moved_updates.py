"""h <- h + b (v - <k, h>) k from h = 0: products of updates in integers whose start is the zero vector.

A layer that starts from zero follows y = h - h_0: b (v - <k, h>) k = b ((v - <k, h_0>) - <k, y>) k, so keys and betas
stay and values are less <k, h_0>. The updates are those of `constructions.updates.written_updates`: swaps e_i - e_j
with b = 1, and single coordinates with b = 1 or 2. So b <k, k> is 0, 1 or 2, which a gate 2 sigmoid(.) reaches exactly.

Where none are found nothing is refuted: the witness that is known speaks of contractions without a written term.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.promise import NO_HEAD
from fsm2rnn.constructions.sizes import BEST
from fsm2rnn.constructions.updates.update_form import UpdateForm, updates_network
from fsm2rnn.constructions.updates.written_updates import update_form
from fsm2rnn.constructions.verdict import Unsettled, Verdict
from fsm2rnn.exact.sparse import Scalar, Vector, canonical_vector
from fsm2rnn.exact.updates import Update
from fsm2rnn.proof.claim.contract import Contract

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
        return Unsettled(NO_FORM)
    return updates_network(facts.machine, moved(form), contract, BEST)


def moved(form: UpdateForm) -> UpdateForm:
    """Return the form whose codes are less the first one, that of the start."""
    start = dict(form.codes[0])

    def make() -> tuple[tuple[Update, ...], ...]:
        return tuple(tuple(_moved(update, start) for update in row) for row in form.make())

    codes = tuple(_less(code, start) for code in form.codes)
    return UpdateForm(form.width, form.counts, codes, make)


def _moved(update: Update, start: Mapping[int, Scalar]) -> Update:
    along = sum(entry * start.get(place, 0) for place, entry in update.key)
    return Update(update.key, update.beta, update.value - along)


def _less(code: Vector, start: Mapping[int, Scalar]) -> Vector:
    own = dict(code)
    return canonical_vector({place: own.get(place, 0) - start.get(place, 0) for place in own.keys() | start.keys()})

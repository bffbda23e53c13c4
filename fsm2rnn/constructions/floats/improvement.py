"""Better grades than the plain horizon, format by format: closed float states, else how often snapping makes it last.

Closed float states (`proof.rounding.float_orbit`) are looked for in formats shorter than float32 alone, where a
step has one result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, final

from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.errors import CertificateError, InputError, LimitError, NumericError
from fsm2rnn.exact.rounding import FORMATS, NATIVE, FloatFormat
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.recipe import Recipe
from fsm2rnn.operators.snapped import region_prototypes, row_prototypes, snapped
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.enclosure import Enclosure
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.file.cell_network import ProvedCell
from fsm2rnn.proof.file.network import FloatOrbit, ProvedNetwork
from fsm2rnn.proof.file.stack_network import ProvedStack
from fsm2rnn.proof.refutation.replay import word_in_labels
from fsm2rnn.proof.rounding.exact_horizon import ARITHMETIC, affordable_replay, exact_horizon
from fsm2rnn.proof.rounding.float_orbit import Closure, closed
from fsm2rnn.proof.rounding.horizon import Horizon
from fsm2rnn.proof.rounding.snapping import snap_regions, snap_rows
from fsm2rnn.proof.stored.meaning import Meaning
from fsm2rnn.proof.stored.structures import meaning
from fsm2rnn.tracing.float_states import (
    STATES,
    Closed,
    Fails,
    FloatSearch,
    Open,
    affordable,
    closed_float_states,
    search_float_states,
)
from fsm2rnn.tracing.replay import search_replay

SHORT: Final = tuple(form for form in FORMATS if form.accumulator != form)
# What `improved` looks at: float states, and coordinates of their steps, since `explain` searches for every target.
QUICK_STATES, QUICK_STEPS = 2000, 1 << 13
SNAPPED: Final = "if the state is replaced by the nearest stored prototype every so many steps"


@final
@dataclass(frozen=True)
class Improvement:
    """What is proved or found beside the steps of plainly rounded weights.

    `closure` under `contract`: every length. `every`: every length, if the state is replaced by the nearest stored
    prototype that often. `failing`: the length of the shortest word that is read wrongly. `misread`: such a word, in
    the labels of its symbols, where it is proved that all words of a symbol less are read right.
    """

    closure: Closure | None = None
    contract: Contract | None = None
    every: int | None = None
    failing: int | None = None
    misread: list[Json] | None = None

    def to_json(self) -> dict[str, Json]:
        """Return what is known."""
        found: dict[str, Json] = {}
        if self.closure is not None and self.contract is not None:
            found = {"grade": "orbit", "states": self.closure.states, "contract": self.contract.value}
        elif self.every is not None:
            found = {"grade": "snap", "every": self.every, "condition": SNAPPED}
        if self.failing is not None:
            found |= {"shortest_failing_length": self.failing}
        if self.misread is not None:
            ends: dict[str, Json] = {"steps": len(self.misread) - 1, "arithmetic": ARITHMETIC, "misread": self.misread}
            found |= {"exact_horizon": ends}
        return found


def improved(verdict: Compiled) -> dict[str, Improvement]:
    """Return improvements by format, of formats in which plainly rounded weights have a horizon.

    The search for float states ends early; `float_search` goes further.
    """
    horizons = [(form, verdict.horizons[form.name]) for form in NATIVE if form.name in verdict.horizons]
    found = {form.name: _improvement(verdict, form, horizon) for form, horizon in horizons if horizon.steps}
    return {name: one for name, one in found.items() if one != Improvement()}


def float_search(verdict: Compiled, form: FloatFormat, *, limit: int = STATES) -> FloatSearch:
    """Return the shortest word that weights rounded to `form` read wrongly, or the float states that words reach.

    Raises NumericError for weights that never round, CertificateError where a step depends on more than the format.
    """
    return search_float_states(verdict.meaning(form), verdict.proof.machine, limit=limit)


class Grade(Enum):
    """What is asked of stored weights: right for as long as they are by themselves, or put back on prototypes.

    BEST stores the weights alone, at every length where that can be proved. SNAP adds prototypes on which the state is
    put back often enough to be right at every length: one step that is not linear. EXACT_HORIZON stores the weights
    with a shortest word that is misread in one stated arithmetic, where so few float states come before it that the
    checker replays them all: how long these weights are right there, and no longer. SMALLEST stores the smaller network
    that rounds where one stands beside another that never does, for as many steps as are proved.
    """

    BEST = "best"
    SNAP = "snap"
    EXACT_HORIZON = "exact-horizon"
    SMALLEST = "smallest"


def store_graded(
    grade: Grade, verdict: Compiled, form: FloatFormat, evidence: Mapping[str, str]
) -> ProvedNetwork | ProvedCell | ProvedStack:
    """Return the weights rounded to `form`, as the grade asks; errors as for `store_best` and `store_snapped`."""
    match grade:
        case Grade.BEST if isinstance(verdict.operator, Recipe):
            return verdict.store(form, evidence)
        case Grade.BEST:
            return store_best(verdict, form, evidence)
        case Grade.SNAP if isinstance(verdict.operator, Recipe):
            message = "grade snap puts the state of a linear recurrence back on prototypes; a nonlinear cell has none"
            raise InputError(message, hint="grade best")
        case Grade.SNAP:
            return store_snapped(verdict, form, evidence)
        case Grade.EXACT_HORIZON:
            return store_exact_horizon(verdict, form, evidence)
        case Grade.SMALLEST:
            return store_graded(Grade.BEST, of_grade(grade, verdict), form, evidence)


def of_grade(grade: Grade, verdict: Compiled) -> Compiled:
    """Return the network that a grade speaks of: under SMALLEST the smaller one beside it, if there is one."""
    return verdict.smaller or verdict if grade is Grade.SMALLEST else verdict


def store_best(verdict: Compiled, form: FloatFormat, evidence: Mapping[str, str]) -> ProvedNetwork:
    """Return the weights rounded to `form`, proved at every length where float states close, under their contract.

    Otherwise for as many steps as are proved; errors as for `Compiled.store`.
    """
    try:
        plain = verdict.store_linear(form, evidence)
    except CertificateError:
        # No step is proved of a whole ball around each state, and yet the float states may close.
        closing = None if isinstance(verdict.proof, Simulation) else _closed_network(verdict, form, evidence)
        if closing is None:
            raise
        return closing
    return plain if plain.steps is None else _closed_network(verdict, form, evidence) or plain


def store_snapped(verdict: Compiled, form: FloatFormat, evidence: Mapping[str, str]) -> ProvedNetwork:
    """Return the weights rounded to `form` with prototypes on which the state is put back, right at every length.

    CertificateError where that proves no more than the weights alone; errors as for `Compiled.store`.
    """
    return snapped(verdict.store_linear(form, evidence))


def store_exact_horizon(verdict: Compiled, form: FloatFormat, evidence: Mapping[str, str]) -> ProvedNetwork:
    """Return the weights rounded to `form` with a shortest word that they misread, sums in index order, proved.

    Where no word is misread, and the float states close, that is proved. Raises NumericError for weights that never
    round or overflow, CertificateError where so many states decide nothing, or a step adds up otherwise.
    """
    machine, (structure, tensors) = verdict.proof.machine, verdict.rounded(form)
    stored = meaning(structure, tensors, len(machine.states))
    limit = affordable_replay(stored)
    trace = search_replay(stored, machine, limit=limit)
    if trace is None:
        message = f"no word is misread in {form.name} among the first {limit:,} float states that words reach"
        raise CertificateError("misread", message)
    return ProvedNetwork(machine, Contract.COVER, trace, stored.decoder.reads, structure, tensors, evidence)


def _improvement(verdict: Compiled, form: FloatFormat, horizon: Horizon) -> Improvement:
    stored = verdict.meaning(form)
    every = _every(verdict, stored, horizon)
    found = _searched(verdict.proof.machine, stored) if form in SHORT else Improvement()
    return replace(found, every=every)


def _searched(machine: StateMachine, stored: Meaning) -> Improvement:
    """Return what a quick search ends with: closed float states, or a word that is misread, proved where it can be."""
    try:
        match search_float_states(stored, machine, limit=affordable(stored, QUICK_STATES, QUICK_STEPS)):
            case Closed() as found:
                contract = _contract(found)
                return Improvement(closed(machine, contract, stored, found.states, found.reads)[1], contract)
            case Fails(word):
                return Improvement(failing=len(word), misread=_proved(machine, stored, word))
            case Open():
                return Improvement()
    except (CertificateError, NumericError, LimitError):
        return Improvement()


def _proved(machine: StateMachine, stored: Meaning, word: tuple[int, ...]) -> list[Json] | None:
    """Return the word in its labels if it is a shortest one that is misread, None where that is not proved."""
    try:
        exact_horizon(machine, Contract.COVER, stored, word)
    except (CertificateError, LimitError):
        return None
    return word_in_labels(machine, word)


def _closed_network(verdict: Compiled, form: FloatFormat, evidence: Mapping[str, str]) -> ProvedNetwork | None:
    """Return the network of closed float states; None where they are not found, or a linear head is asked for."""
    if form not in SHORT:
        return None
    machine, (structure, tensors) = verdict.proof.machine, verdict.rounded(form)
    try:
        stored = meaning(structure, tensors, len(machine.states))
        found = closed_float_states(stored, machine)
        # Several float states may be read as one state: every word counts for more than one code per state.
        if found is None or verdict.proof.contract is Contract.LINEAR:
            return None
        trace = FloatOrbit(found.states)
        return ProvedNetwork(machine, _contract(found), trace, found.reads, structure, tensors, evidence)
    except (CertificateError, NumericError, LimitError):
        return None


def _contract(found: Closed) -> Contract:
    return Contract.INJECTIVE if len(set(found.reads)) == len(found.reads) else Contract.COVER


def _every(verdict: Compiled, stored: Meaning, horizon: Horizon) -> int | None:
    if verdict.proof.contract is not Contract.INJECTIVE:
        return None
    if isinstance(verdict.proof, Enclosure):
        found = snap_regions(verdict.proof, region_prototypes(verdict.proof, horizon.form), horizon)
    else:
        found = snap_rows(stored, row_prototypes(stored, len(verdict.proof.machine.states)), horizon)
    return None if found is None else found.every

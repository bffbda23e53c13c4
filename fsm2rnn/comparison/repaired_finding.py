"""A trained bilinear layer is proved by its repair: extract its machine, compare, set exact numbers, check.

A recurrence without contraction keeps every error of its learned floats, so the weights as they are right for some
length only. Where its short words vote for the machine, `repair` finds exact weights in its coordinates, and what
the kernel proves is those.
"""

from __future__ import annotations

from fsm2rnn.cells.loading import module_of
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.comparison.answers import Finding, Proved, Refuted, Undecided
from fsm2rnn.comparison.compare import Comparison, Sameness, compare
from fsm2rnn.comparison.repair import repair
from fsm2rnn.comparison.repaired import Repaired
from fsm2rnn.comparison.search.state_search import last_output
from fsm2rnn.errors import InputError, LimitError, NumericError
from fsm2rnn.machine.labels import Label
from fsm2rnn.proof.refutation.replay import answer_after


def repaired_finding(network: Tracker) -> Finding:
    """Return the proof of a bilinear network's repair, a word on which the network fails, or what stood in the way."""
    arithmetic = str(network.readout.weight.dtype).removeprefix("torch.")
    try:
        seen = compare(network, network.machine)
    except (InputError, LimitError, NumericError) as error:
        return Undecided(str(error), arithmetic)
    match seen.verdict, seen.witness:
        case Sameness.SAME, _:
            return _repaired(network, arithmetic)
        case Sameness.DIFFERENT, tuple() as word:
            return _refuted(network, word, arithmetic)
        case _:
            return Undecided(_unsettled(seen), arithmetic)


def _refuted(network: Tracker, word: tuple[Label, ...], arithmetic: str) -> Refuted:
    machine = network.machine
    letters = machine.indices(word)
    shown = last_output(network, letters)
    due = answer_after(machine, machine.start, tuple(letters))
    found = None if shown < 0 else machine.output_labels[shown]
    return Refuted(word, due, found, f"{arithmetic}, one symbol at a time")


def _unsettled(seen: Comparison) -> str:
    return f"what was learned is not settled: {seen.reason}"


def _repaired(network: Tracker, arithmetic: str) -> Proved | Undecided:
    try:
        found = repair(network)
    except (InputError, LimitError, NumericError) as error:
        return Undecided(f"its short words vote for the machine, and it is not repaired: {error}", arithmetic)
    if found.proof is None or not found.lasting:
        return Undecided(f"repaired, and not proved at every length: {found}", arithmetic)
    return Proved(found.grade, _meaning(found, arithmetic), module_of(found.proof), found.proof)


def _meaning(found: Repaired, arithmetic: str) -> str:
    return f"{arithmetic}, one symbol at a time, not of the trained weights but of their repair: {found}"

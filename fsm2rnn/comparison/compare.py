"""compare: is a network a given machine, or what another network is? Same, different by a word, or unsettled.

Of a linear recurrence that learned, "same" is measured and says so: its floats drift, so that no length is for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, final

from fsm2rnn.cells.auditable import Auditable
from fsm2rnn.cells.state_format import StateFormat
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.comparison.answers import Proved, Refuted
from fsm2rnn.comparison.audit import audit
from fsm2rnn.comparison.extraction.extract import STATES, Extraction, drifts, extraction, meant_network
from fsm2rnn.comparison.extraction.votes import followed_words
from fsm2rnn.comparison.laws import Laws, measured_laws
from fsm2rnn.comparison.matching import Matching, matched_machine, matching
from fsm2rnn.comparison.search.state_search import last_output
from fsm2rnn.comparison.side_by_side.answering import Answering, TableSteps, all_outputs
from fsm2rnn.comparison.side_by_side.differing_words import Effort, Pair
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.labels import Json, Label, label_text, typed
from fsm2rnn.machine.mealy import mealy_form
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.refutation.replay import answer_after
from fsm2rnn.tracing.compare import distinguishing_word, isomorphism

TRIED: Final = Effort(pairs=2_000, batch=64, length=40, seed=0)
"""Words tried in a network whose length is not bounded by a proof: breadth first, then at random."""
_TRIED: Final = (
    f"measured, not proved: short words vote for the machine, and neither short words nor {TRIED.batch} random ones of "
    f"{TRIED.length} symbols tell it apart"
)


_NOT_AS_THEY_ARE: Final = "the machines that were found differ, and after that word the networks as they are do not"


class Sameness(StrEnum):
    """What a comparison comes to."""

    SAME = "same"
    DIFFERENT = "different"
    UNSETTLED = "unsettled"


@final
@dataclass(frozen=True)
class Comparison:
    """A verdict, and what the network's states tell beside it.

    `verdict` is "same", proved, searched or measured as `reason` says, or "different": after `witness` the outputs
    differ; or "unsettled". `extracted` is the network's machine as `extract` has it, None where none was found;
    `isomorphism` maps its states onto the other machine's minimal ones, None where they are not isomorphic. The laws
    are statistics of states, see `fsm2rnn.comparison.laws`: `onestep` the share of steps from a state's mean that are
    right, `dispersion` the share of the states' spread that is within machine states, `equal_words` and `trace` how far
    words are apart that move the machine alike, `rank` how many directions the means have.
    """

    verdict: Sameness
    witness: tuple[Label, ...] | None
    onestep: float
    dispersion: float
    equal_words: float | None
    trace: float | None
    rank: int
    extracted: StateMachine | None
    isomorphism: tuple[int, ...] | None
    reason: str

    def to_json(self) -> dict[str, Json]:
        """Return the answer of `compare --json`."""
        word: list[Json] | None = None if self.witness is None else [label_text(symbol) for symbol in self.witness]
        laws: dict[str, Json] = {
            "onestep": self.onestep,
            "dispersion": self.dispersion,
            "equal_words": self.equal_words,
            "trace": self.trace,
            "rank": self.rank,
            "states": None if self.extracted is None else len(self.extracted.states),
            "isomorphic": self.isomorphism is not None,
        }
        return {"verdict": self.verdict.value, "witness": word, "laws": laws, "reason": self.reason}

    def __str__(self) -> str:
        """Say the verdict and the laws."""
        parts = [f"{self.verdict}: {self.reason}", f"onestep {self.onestep:.3f}", f"dispersion {self.dispersion:.3f}"]
        parts += [f"{name} {value:.3f}" for name, value in self._known()]
        return "\n".join([*parts, f"rank {self.rank}"])

    def _known(self) -> list[tuple[str, float]]:
        named = (("equal words", self.equal_words), ("trace", self.trace))
        return [(name, value) for name, value in named if value is not None]


def compare(
    network: Auditable,
    other: Auditable | StateMachine,
    *,
    state: StateFormat | str | None = None,
    limit: int = STATES,
    whiten: bool = False,
) -> Comparison:
    """Return whether a network gives a machine's outputs, or another network's, after every word but the empty one.

    "same" where the machine was extracted exactly and no word tells the two apart, or where `audit` proves it; of a
    linear recurrence in floats that learned, where the machine that its short words vote for is the other one, and no
    word that is tried tells them apart (all short ones, and 64 random ones of 40 symbols). "different" with a word
    after which the outputs differ, replayed in the networks; else "unsettled", the laws being what there is. Symbols
    and outputs are matched by label where both have equal sets, else by place. `state` and
    `limit` as for `extraction`; `whiten` the states before laws are taken, where their basis means nothing. Raises
    InputError where the numbers of symbols or outputs differ.
    """
    own = network.machine
    found = _found(network, state, limit)
    if isinstance(other, StateMachine):
        pairing = matching(own, other)
        machine = matched_machine(minimise(other).target, pairing, own.symbols)
        verdict = _beside_machine(network, found, machine, state, limit)
    else:
        pairing = matching(own, other.machine)
        theirs = extraction(other, state=state, limit=limit)
        machine = matched_machine(theirs.machine, pairing, own.symbols)
        verdict = _beside_network(_Side(network, found, state), _Side(other, theirs, state), machine, pairing)
    laws = measured_laws(network, machine, followed_words(meant_network(network, state)[0]), whiten=whiten)
    return _comparison(verdict, laws, found, machine)


@final
@dataclass(frozen=True)
class _Verdict:
    verdict: Sameness
    reason: str
    witness: tuple[Label, ...] | None = None


@final
@dataclass(frozen=True)
class _Side:
    network: Auditable
    found: Extraction | None
    state: StateFormat | str | None

    @property
    def asked(self) -> Auditable:
        """The network that was asked about: its state is rounded where somebody named a format, not by default."""
        return self.network if self.state is None else meant_network(self.network, self.state)[0]

    @property
    def rounded_by_default(self) -> bool:
        """Whether the machine that was found is that of a rounding nobody asked for."""
        own = self.network.state_format if isinstance(self.network, Tracker) else None
        return self.state is None and own is None and meant_network(self.network, None)[1] is not None

    def departing_word(self, machine: StateMachine) -> tuple[int, ...] | None:
        """Return a word after which the network answers otherwise than a machine of its own labels, if one is found."""
        symbols, outputs = machine.symbols, all_outputs(self.network.machine, machine)
        pair = Pair(Answering(self.asked, symbols, outputs), Answering(TableSteps(machine), symbols, outputs), symbols)
        found = pair.differing(TRIED)
        return None if found is None else found[0]

    def answer(self, word: list[int]) -> Label:
        """Return what the network answers after a word of letter numbers; None where nothing for certain."""
        shown = last_output(self.asked, word)
        return None if shown < 0 else self.network.machine.output_labels[shown]


def _found(network: Auditable, state: StateFormat | str | None, limit: int) -> Extraction | None:
    try:
        return extraction(network, state=state, limit=limit)
    except LimitError:
        return None


def _comparison(verdict: _Verdict, laws: Laws, found: Extraction | None, machine: StateMachine) -> Comparison:
    extracted = None if found is None else found.machine
    image = None if extracted is None else _isomorphism(extracted, machine)
    return Comparison(
        verdict.verdict,
        verdict.witness,
        laws.onestep,
        laws.dispersion,
        laws.equal_words,
        laws.trace,
        laws.rank,
        extracted,
        image,
        verdict.reason,
    )


def _isomorphism(extracted: StateMachine, machine: StateMachine) -> tuple[int, ...] | None:
    """Return the bijection of states; what Moore machines say of the empty word counts, since extraction settles it."""
    return isomorphism(extracted, machine) if extracted.is_mealy == machine.is_mealy else None


def _beside_machine(
    network: Auditable, found: Extraction | None, machine: StateMachine, state: StateFormat | str | None, limit: int
) -> _Verdict:
    if found is None or not (found.exact or drifts(network)):
        return _audited(network, machine, state, limit)
    word = _telling_word(found.machine, machine)
    side = _Side(network, found, state)
    if word is None:
        return _exactly(side, machine) if found.exact else _measured(side, machine)
    letters = [network.machine.symbols.index(symbol) for symbol in word]
    return _told(word, side.answer(letters), answer_after(machine, machine.start, tuple(letters)))


def _audited(network: Auditable, machine: StateMachine, state: StateFormat | str | None, limit: int) -> _Verdict:
    match audit(network, machine, state=state, limit=limit):
        case Proved() as answer:
            return _Verdict(Sameness.SAME, f"proved, grade {answer.grade}: {answer.arithmetic}")
        case Refuted() as answer:
            return _Verdict(Sameness.DIFFERENT, f"{answer!r}; {answer.arithmetic}", answer.word)
        case answer:
            return _Verdict(Sameness.UNSETTLED, answer.reason)


def _beside_network(mine: _Side, theirs: _Side, machine: StateMachine, pairing: Matching) -> _Verdict:
    if mine.found is None or theirs.found is None:
        return _Verdict(Sameness.UNSETTLED, "short words show no machine")
    word = _telling_word(mine.found.machine, machine)
    if word is None:
        return _both_alike(mine, theirs, pairing)
    letters = [mine.network.machine.symbols.index(symbol) for symbol in word]
    answer = theirs.answer([pairing.letters[letter] for letter in letters])
    return _told(word, mine.answer(letters), answer, pairing)


def _telling_word(left: StateMachine, right: StateMachine) -> tuple[Label, ...] | None:
    """Return a shortest word but the empty one after which the outputs differ."""
    return distinguishing_word(mealy_form(left), mealy_form(right))


def _exactly(side: _Side, machine: StateMachine) -> _Verdict:
    """Return the verdict on a network whose machine is this one exactly, in the arithmetic that it was found in."""
    if side.rounded_by_default and (word := side.departing_word(machine)) is not None:
        return _apart(side, machine, word)
    arithmetic = "" if side.found is None else side.found.arithmetic
    return _Verdict(Sameness.SAME, f"no word tells the machines apart: {arithmetic}")


def _measured(side: _Side, machine: StateMachine) -> _Verdict:
    """Return the verdict on a network that votes for the machine: words are tried, since nothing is known of others."""
    word = side.departing_word(machine)
    if word is None:
        return _Verdict(Sameness.SAME, f"{_TRIED}: recurrences in floats drift later, and `repair` gives exact ones")
    return _apart(side, machine, word)


def _apart(side: _Side, machine: StateMachine, word: tuple[int, ...]) -> _Verdict:
    symbols = tuple(machine.symbols[letter] for letter in word)
    return _told(symbols, side.answer(list(word)), answer_after(machine, machine.start, word))


def _both_alike(mine: _Side, theirs: _Side, pairing: Matching) -> _Verdict:
    """Return the verdict on two networks of one machine: words are tried in each that is not this machine exactly."""
    for side, letters in ((mine, tuple(range(len(pairing.letters)))), (theirs, pairing.letters)):
        if side.found is None or (side.found.exact and not side.rounded_by_default):
            continue
        word = side.departing_word(side.found.machine)
        if word is not None:
            own = [letters.index(letter) for letter in word]  # the letters of the first network
            symbols = tuple(mine.network.machine.symbols[letter] for letter in own)
            shown = theirs.answer([pairing.letters[letter] for letter in own])
            return _told(symbols, mine.answer(own), shown, pairing)
    found = [side.found for side in (mine, theirs) if side.found is not None]
    if all(one.exact for one in found):
        arithmetics = "; the other: ".join(dict.fromkeys(one.arithmetic for one in found))
        return _Verdict(Sameness.SAME, f"no word tells the machines apart: {arithmetics}")
    return _Verdict(Sameness.SAME, f"{_TRIED}: recurrences in floats drift later, and `repair` gives exact ones")


def _told(word: tuple[Label, ...], mine: Label, theirs: Label, pairing: Matching | None = None) -> _Verdict:
    """Return the verdict of a word that tells two machines apart, after both answers were replayed."""
    other = theirs if pairing is None or theirs is None else pairing.outputs[typed(theirs)]
    if mine is None or other is None or typed(mine) == typed(other):
        return _Verdict(Sameness.UNSETTLED, _NOT_AS_THEY_ARE)
    text = " ".join(map(label_text, word))
    reason = f"after {text} the network answers {label_text(mine)}, the other {label_text(other)}"
    return _Verdict(Sameness.DIFFERENT, reason, word)

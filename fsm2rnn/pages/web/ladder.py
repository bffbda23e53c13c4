"""The ladder: what each target says of a machine, in words, and the two words that a browser plays where it cannot."""

from __future__ import annotations

from typing import Final, assert_never

from fsm2rnn.compiler import Answer
from fsm2rnn.constructions.cells.claim import CellClaim
from fsm2rnn.constructions.sizes import Counts
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled
from fsm2rnn.escapes import escaped
from fsm2rnn.exact.rounding import NATIVE
from fsm2rnn.pages.web.page_data import LadderRung
from fsm2rnn.proof.claim.cell import PRODUCT_LIMIT
from fsm2rnn.proof.refutation.fixed_transition_witness import EqualLengths, Repeated
from fsm2rnn.proof.refutation.key_witness import OneKey
from fsm2rnn.proof.refutation.law import LETTERS, Law
from fsm2rnn.proof.refutation.merging_witness import Merge, NoncommutingIdempotents
from fsm2rnn.proof.refutation.radical_witness import Radical
from fsm2rnn.proof.refutation.replay import Word
from fsm2rnn.proof.refutation.structural_witness import HankelMinor, Nonsolvable
from fsm2rnn.proof.refutation.turn_witness import ShortTurn
from fsm2rnn.proof.refutation.witness import BrokenLaw, Cycle, OfRecurrences, Transient, Witness
from fsm2rnn.tabulation import published

MILLION: Final = 1_000_000
PLAYED: Final = 200
"""Most symbols of a word that a page plays."""
BECAUSE: Final = {
    Law.ORDER: "order would not matter",
    Law.RIGHT_REGULAR: "only last occurrences would matter",
    Law.SQUARES_BEFORE: "an earlier double would not matter",
    Law.ORDER_BEFORE: "an earlier order would not matter",
    Law.IDEMPOTENT_BEFORE: "what acts twice as once would not matter earlier",
    Law.EQUAL_BEFORE: "of earlier words only the length would matter",
    Law.LAST_AND_LENGTH: "only the last letter and the length would matter",
    Law.STILL: "nothing would move",
    Law.SQUARES: "squares would commute",
}
BESIDE: Final = {  # one, and several
    Counts.PRODUCTS: ("product", "products"),
    Counts.UPDATES: ("update a step", "updates a step"),
    Counts.LAYERS: ("layer", "layers"),
    Counts.LARGEST_BLOCK: ("in the widest block", "in the widest block"),
}


def ladder_rung(answer: Answer, papers: tuple[str, ...] = ()) -> LadderRung:
    """Return what a page says of one target's answer; `papers` name it as its papers do, beside the aliases."""
    names = (*published(answer.target), *papers)
    match answer.verdict:
        case Compiled() as verdict:
            return LadderRung(answer.target, names, "compiled", _size(verdict))
        case Impossible(witness) as refuted:
            robust = "" if answer.robust is None else "; with bounded states that decay (contract robust) it can"
            found = witness_words(witness)
            words = found if all(len(word) <= PLAYED for word in found) else ()
            text = escaped(f"cannot, since {_reason(witness)}{robust}")
            return LadderRung(answer.target, names, "impossible", text, words, refuted.hypotheses)
        case Unsettled(tried):
            return LadderRung(answer.target, names, "unsettled", escaped(f"not settled: {tried}"))


def witness_words(witness: Witness) -> tuple[Word, ...]:
    """Return two words that the family would confuse, or what comes nearest; none of a minor, which has many."""
    words: tuple[Word, ...]
    match witness:
        case BrokenLaw(law=law, words=named, prefix=prefix, suffix=suffix):
            sides = [tuple(symbol for letter in side for symbol in named[LETTERS.index(letter)]) for side in law.value]
            words = tuple(prefix + side + suffix for side in sides)
        case Cycle(prefix=prefix, word=word, suffix=suffix, stride=stride, length=length):
            words = (prefix + word * length + suffix, prefix + word * (length + stride) + suffix)
        case Transient(prefix=prefix, word=word):
            words = (prefix + word, prefix + word * 2)
        case EqualLengths() | Repeated() | ShortTurn() | OneKey() | Merge():
            words = _of_a_pair(witness)
        case NoncommutingIdempotents(first=first, second=second, prefix=prefix, suffix=suffix):
            words = (prefix + first + second + suffix, prefix + second + first + suffix)
        case Nonsolvable() | Radical():
            words = witness.words[:2]
        case HankelMinor():
            words = ()
        case _:
            assert_never(witness)
    return words


def _of_a_pair(witness: OfRecurrences | Merge) -> tuple[Word, ...]:
    """Return two words of two states, none of pairs of states."""
    match witness:
        case EqualLengths(left=left, right=right, suffix=suffix) | Repeated(left=left, right=right, suffix=suffix):
            return left + suffix, right + suffix
        case ShortTurn(prefix=prefix, letter=letter, suffix=suffix):
            return prefix + suffix, (*prefix, letter, *suffix)
        case Merge(left=left, right=right, letter=letter):
            return (*left, letter), (*right, letter)
        case OneKey():
            return ()


def _reason(witness: Witness) -> str:
    if isinstance(witness, BrokenLaw):
        said = str(witness).removeprefix(f"{witness.equation} fails: ")
        return f"{BECAUSE[witness.law]}: {said}"
    return str(witness)


def _size(verdict: Compiled) -> str:
    size, finer = verdict.operator.size, verdict.sizes.finer
    more = "" if finer is None else f", {finer.number:,} {BESIDE[finer.counts][finer.number != 1]}"
    return f"{size:,} hidden number{'' if size == 1 else 's'}{more}; {_lasts(verdict)}"


def _lasts(verdict: Compiled) -> str:
    """Return for how long the network is proved, in which formats."""
    if isinstance(verdict.proof, CellClaim):
        waits = verdict.proof.proved is None and verdict.proof.products <= PRODUCT_LIMIT
        return "proved once it is compiled and stored" if waits else verdict.proof.lasts()
    steps = verdict.steps()
    if not steps:
        return "no step proved in any format"
    if [*steps.values()] == [None] * len(NATIVE):
        return "right at every length"
    return f"right for {', '.join(f'{_length(count)} in {name}' for name, count in steps.items())}"


def _length(steps: int | None) -> str:
    if steps is None:
        return "every length"
    return f"{steps:,} symbols" if steps < MILLION else f"{steps // MILLION:,} million symbols"

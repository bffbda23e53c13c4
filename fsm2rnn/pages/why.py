"""--why: the reason of one verdict in words: the theorem, what it supposes, and the words replayed step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.compiler import Answer
from fsm2rnn.constructions.cells.claim import CellClaim
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled
from fsm2rnn.machine.labels import Json, label_text
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.pages.rows import lasts_text
from fsm2rnn.proof.file.cell_network import ProvedCell
from fsm2rnn.proof.file.stack_network import ProvedStack
from fsm2rnn.proof.refutation.fixed_transition_witness import EqualLengths, Repeated
from fsm2rnn.proof.refutation.key_witness import OneKey
from fsm2rnn.proof.refutation.law import LETTERS, Law
from fsm2rnn.proof.refutation.merging_witness import Merge, NoncommutingIdempotents
from fsm2rnn.proof.refutation.radical_witness import Radical
from fsm2rnn.proof.refutation.replay import SHOWN, Word, answer_after, state_after, word_text
from fsm2rnn.proof.refutation.structural_witness import HankelMinor, Nonsolvable
from fsm2rnn.proof.refutation.turn_witness import ShortTurn
from fsm2rnn.proof.refutation.witness import BrokenLaw, Cycle, OfRecurrences, Transient, Witness

LAWS: Final = {
    Law.ORDER: "diagonal matrices commute, and so do blocks that turn one plane each: xy acts as yx",
    Law.RIGHT_REGULAR: "a coordinate h <- a h + b with a >= 0 and finitely many values keeps them all or makes them "
    "one: xyx acts as yx",
    Law.SQUARES_BEFORE: "a coordinate h <- a h + b with a real and finitely many values makes them one, or xx keeps "
    "them all: xxyx acts as yx",
    Law.ORDER_BEFORE: "a coordinate h <- a h + b with a real or complex and finitely many values makes them one or "
    "turns them about their mean: before z x w y the order of x and y does not matter",
    Law.IDEMPOTENT_BEFORE: "some power of x, which acts as xx, makes the finitely many values of a coordinate "
    "h <- a h + b with a real or complex one or keeps them all: xyxx acts as yxx",
    Law.EQUAL_BEFORE: "a coordinate h <- f t h + b with f >= 0, t one number for all letters, and finitely many values "
    "makes them one or gives them one turn: words of one length act alike before what is read later",
    Law.LAST_AND_LENGTH: "a coordinate h <- a h + b with one a for all letters and finitely many values forgets all "
    "but the last letter, or reads the length alone",
    Law.STILL: "a bounded sum h + b + b + ... has b = 0: what forgets nothing writes nothing",
    Law.SQUARES: "in finite groups of real 2 x 2 blocks every square is a rotation, and rotations of a plane commute: "
    "xxyy acts as yyxx",
}
CONVERGES: Final = {
    1: "a bounded coordinate h <- a h + b with a >= 0 comes to rest when one word is repeated for ever",
    2: "a bounded coordinate h <- a h + b with a real comes to rest when one word, read twice, is repeated for ever",
}
THEOREMS: Final[Mapping[type[Witness], str]] = {
    Transient: "a matrix that has one kernel with its square, as all diagonal ones do, permutes the finitely many "
    "states that it leads to, so the state after a word comes again when the word is repeated",
    EqualLengths: "with one transition for all letters what sets words of one length apart is only carried on, and "
    "fades where the states are bounded",
    Repeated: "the direction of a decaying state comes near that of a fixed point, unless what is read writes nothing",
    ShortTurn: "codes around a cycle of m states make an eigenvector for an m-th root of unity other than 1",
    OneKey: "a letter that changes the state by rank one merges states along one key alone, and all pairs along it",
    Merge: "an invertible matrix permutes a finite orbit, so some power of each letter does nothing",
    NoncommutingIdempotents: "idempotent contractions of a finite monoid are orthogonal projections: those of matrices "
    "commute, and each image has one, with an additive term too",
    HankelMinor: "outputs that are linear in the state make a Hankel matrix whose rank is at most the width",
    Nonsolvable: "a stack of layers whose transitions commute generates solvable groups, whatever its depth",
    Radical: "what lies in the radical of the algebra of words vanishes on every irreducible block",
}
ONE_STATE: Final = "A network of this kind is in one state after both words, so it answers alike; the machine does not."
MORE: Final = 8  # powers of a word that are replayed


@final
@dataclass(frozen=True)
class Why:
    """What is said of a verdict: the sentence, the theorem, its hypotheses, and the steps that show it."""

    sentence: str
    theorem: str
    hypotheses: tuple[str, ...]
    steps: tuple[str, ...]

    def to_json(self) -> dict[str, Json]:
        """Return the fields."""
        return {
            "sentence": self.sentence,
            "theorem": self.theorem,
            "hypotheses": list(self.hypotheses),
            "steps": list(self.steps),
        }

    def __str__(self) -> str:
        """Say all of it, the steps a line each."""
        supposed = [f"supposed: {', '.join(self.hypotheses)}"] if self.hypotheses else []
        theorem = [f"because {self.theorem}"] if self.theorem else []
        return "\n".join([self.sentence, *theorem, *supposed, *(f"  {step}" for step in self.steps)])


def why(answer: Answer) -> Why:
    """Return the reason of a target's verdict on the minimal machine."""
    match answer.verdict:
        case Impossible(witness) as verdict:
            sentence = f"{answer.target} cannot, under contract {verdict.contract.value}"
            return Why(sentence, theorem(witness), verdict.hypotheses, tuple(_replayed(witness)))
        case Compiled() as verdict:
            sentence = f"{answer.target} can, under contract {verdict.proof.contract.value}"
            return Why(sentence, f"there are weights that do: {_kept(verdict)}", (), tuple(_built(verdict)))
        case Unsettled(tried):
            return Why(f"{answer.target} is not settled", "", (), (tried,))


def theorem(witness: Witness) -> str:
    """Return the theorem that a witness breaks, in words."""
    match witness:
        case BrokenLaw(law=law):
            return LAWS[law]
        case Cycle(stride=stride):
            return CONVERGES[stride]
        case _:
            return THEOREMS[type(witness)]


def _replayed(witness: Witness) -> Iterator[str]:
    """Yield the words of a witness, each followed through the machine, and what they show."""
    machine = witness.machine
    match witness:
        case BrokenLaw():
            yield from _law(witness)
        case NoncommutingIdempotents(first=first, second=second, prefix=prefix, suffix=suffix):
            yield f"x = {word_text(machine, first)} and y = {word_text(machine, second)} act as they do when read twice"
            yield from (path(machine, prefix + word + suffix) for word in (first + second, second + first))
            yield ONE_STATE
        case EqualLengths() | Repeated() | ShortTurn() | OneKey() | Merge():
            yield from _of_a_pair(witness)
        case Cycle(prefix=prefix, word=word, length=length):
            yield from (path(machine, prefix + word * power) for power in range(min(length, MORE) + 1))
            yield f"The machine goes around {length} states for ever; a network of this kind comes to rest."
        case Transient(prefix=prefix, word=word, reaches=reaches):
            yield from (path(machine, prefix + word * power) for power in range(1, min(len(reaches), MORE) + 1))
            yield f"The state after {word_text(machine, prefix + word)} never comes again."
        case HankelMinor(prefixes=prefixes, suffixes=suffixes):
            yield f"prefixes: {'; '.join(word_text(machine, word) for word in prefixes)}"
            yield f"suffixes: {'; '.join(word_text(machine, word) for word in suffixes)}"
            yield f"The outputs after prefix and suffix make a regular matrix of order {witness.rank}."
        case Nonsolvable() | Radical():
            yield from (path(machine, word) for word in witness.words[:MORE])
            yield f"{witness}"


def _of_a_pair(witness: OfRecurrences | Merge) -> Iterator[str]:
    """Yield the words that lead to two states, and what they show."""
    machine = witness.machine
    match witness:
        case EqualLengths(left=left, right=right, kept=kept, suffix=suffix):
            yield from (path(machine, word + between + suffix) for between in ((), kept) for word in (left, right))
            yield f"{word_text(machine, kept)} can be read for ever in between. {ONE_STATE}"
        case Repeated(left=left, right=right, repeated=repeated, suffix=suffix):
            yield from (path(machine, word + suffix) for word in (left, right))
            yield from (path(machine, word + again) for word in (left, right) for again in repeated[:MORE])
            yield f"What is read last, repeated, leads back from both. {ONE_STATE}"
        case ShortTurn(prefix=prefix, letter=letter, reaches=reaches):
            yield from (path(machine, prefix + (letter,) * power) for power in range(len(reaches) + 1))
        case Merge(left=left, right=right, letter=letter, suffix=suffix):
            yield from (path(machine, word + suffix) for word in (left, right))
            yield from (path(machine, (*word, letter)) for word in (left, right))
            yield "A network of this kind tells the states apart before the last letter, and so after it."
        case OneKey():
            yield f"{witness}."


def _law(witness: BrokenLaw) -> Iterator[str]:
    machine, prefix, suffix = witness.machine, witness.prefix, witness.suffix
    named = (f"{letter} = {word_text(machine, word)}" for letter, word in zip(LETTERS, witness.words, strict=False))
    ends = [("before", prefix), ("after", suffix)]
    around = [f"{name}: {word_text(machine, word)}" for name, word in ends if word]
    yield "; ".join([*named, *around])
    for side in witness.law.value:
        word = tuple(symbol for letter in side for symbol in witness.words[LETTERS.index(letter)])
        yield f"{side}: {path(machine, prefix + word + suffix)}"
    yield ONE_STATE


def path(machine: StateMachine, word: Word) -> str:
    """Return the states along a word from the start, and the output after it; a long word is followed for a while."""
    state = machine.start
    text = label_text(machine.states[state])
    for symbol in word[:SHOWN]:
        state = machine.table[state][symbol]
        text += f" -{label_text(machine.symbols[symbol])}-> {label_text(machine.states[state])}"
    if len(word) > SHOWN:
        text += f" ... ({len(word)} symbols) {label_text(machine.states[state_after(machine, machine.start, word)])}"
    if machine.is_mealy and not word:
        return text
    return f"{text}, output {label_text(answer_after(machine, machine.start, word))}"


def _kept(verdict: Compiled) -> str:
    match verdict.proof:
        case CellClaim(proved=ProvedStack(proof=proof)):
            return f"{proof.steps:,} steps of tuples of zeros and ones, each into a listed one, of the stored numbers"
        case CellClaim(proved=ProvedCell(proof=proof)):
            return f"{proof.steps:,} images of one step, each inside the set of the next, proved of the stored numbers"
        case CellClaim():
            return "a recipe, proved once it is stored"
        case proof:
            return f"{proof.equations:,} equations between codes of states, proved in exact arithmetic"


def _built(verdict: Compiled) -> Iterator[str]:
    sizes = verdict.sizes
    for measure in sizes.measures:
        proof = "" if measure.proof is None else f", {measure.proof}"
        yield f"{measure.number:,} {measure.counts.value}{proof}"
    if sizes.reason is not None:
        yield f"for: {sizes.reason}"
    yield f"rounded weights: {lasts_text(verdict)}"

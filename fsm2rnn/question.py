"""--ask: does a network of one family, so small and so long right, simulate the machine? Yes, no, or unknown.

The question is about networks that keep the contract in exact arithmetic; `steps` and `dtype` ask for how many symbols
their rounded weights are proved right. Yes is what the kernel proved of one network that meets all conditions. No is a
proof: a witness against the family, or a least size above the one asked for. A network that is larger, or proved for
fewer steps, refutes nothing: the answer is unknown then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, final

from fsm2rnn.algebra.covers.dihedral_cover import PLANE
from fsm2rnn.algebra.facts import Facts
from fsm2rnn.choice import choose
from fsm2rnn.compiler import Answer
from fsm2rnn.constructions.cells.claim import CellClaim
from fsm2rnn.constructions.floats.improvement import store_best
from fsm2rnn.constructions.refutation import noncommuting_square_words, order_matters
from fsm2rnn.constructions.sizes import (
    FINITELY_MANY,
    LINEAR_HEAD,
    ONE_CODE,
    OVER_R,
    Counts,
    Least,
)
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled
from fsm2rnn.errors import CertificateError, InputError, LimitError, NumericError
from fsm2rnn.exact.rounding import FLOAT32, FORMATS, FloatFormat
from fsm2rnn.machine.labels import Json
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.checker import report_on
from fsm2rnn.proof.file.network import ProvedNetwork
from fsm2rnn.proof.refutation.contracts import EVERY_CONTRACT, FINITE_ORBIT, ONE_CODE_PER_STATE
from fsm2rnn.proof.refutation.witness import Witness
from fsm2rnn.proof.rounding.grade import ExactGrade
from fsm2rnn.targets.householder import fewest_updates, fewest_with_one_code
from fsm2rnn.targets.target import Target

SIZES: Final = {
    "width": Counts.COORDINATES,
    "n-h": Counts.UPDATES,
    "block": Counts.LARGEST_BLOCK,
    "rank": Counts.PRODUCTS,
    "layers": Counts.LAYERS,
}
OWNERS: Final = {
    Counts.UPDATES: ("householder",),
    Counts.LARGEST_BLOCK: ("block-diagonal",),
    Counts.PRODUCTS: ("factored",),
    Counts.LAYERS: ("cascade", "block-cascade"),
}
"""The only targets of which a number besides the width can be asked."""
KEYS: Final = (*SIZES, "steps", "dtype")
DIGITS: Final = 18  # of a number in a condition
EVERY: Final = "all"
"""The value of steps that asks for every length."""
COVERED: Final[Mapping[Least, frozenset[Contract]]] = {
    ONE_CODE: ONE_CODE_PER_STATE,
    OVER_R: ONE_CODE_PER_STATE,
    FINITELY_MANY: FINITE_ORBIT,
    LINEAR_HEAD: EVERY_CONTRACT,  # target minimal keeps contract linear, whatever is asked
}
"""The contracts under which a least size is that of all networks of its family, and not of some of them alone."""


class Truth(Enum):
    """An answer; UNKNOWN is not no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@final
@dataclass(frozen=True)
class Reply:
    """An answer and its reason."""

    truth: Truth
    reason: str

    def __str__(self) -> str:
        """Say both."""
        return f"{self.truth.value}: {self.reason}"


@final
@dataclass(frozen=True)
class Question:
    """Conditions on one network: numbers that are at most so large, and a format in which it is right so long.

    `steps` None asks for every length; `form` None asks for exact arithmetic alone.
    """

    most: Mapping[str, int]
    form: FloatFormat | None
    steps: int | None

    def to_json(self) -> dict[str, Json]:
        """Return the conditions by key."""
        rounded: dict[str, Json] = {}
        if self.form is not None:
            rounded = {"steps": EVERY if self.steps is None else self.steps, "dtype": self.form.name}
        return {**self.most, **rounded}


def parse_question(text: str, target: Target) -> Question:
    """Return the question that a text of conditions asks of a target, such as width=4,steps=10000,dtype=bfloat16.

    Steps without a dtype are those of float32, a dtype without steps asks for every length. Raises InputError for an
    unknown key, one that says nothing of the target, one that comes twice, or a value of another kind.
    """
    found = dict[str, str]()
    for part in text.split(","):
        key, _, value = (piece.strip() for piece in part.partition("="))
        choose("condition", key, {name: name for name in KEYS})
        if key in found:
            message = f"condition {key} stands twice"
            raise InputError(message, hint="one value each, for example width=4,n-h=2")
        owners = OWNERS.get(SIZES[key]) if key in SIZES else None
        if owners is not None and target.name not in owners:
            message = f"target {target.name} has no {key}"
            raise InputError(message, hint=f"{key} is a number of target {' and '.join(owners)}")
        found[key] = value
    most = {key: _number(key, value) for key, value in found.items() if key in SIZES}
    if not {"steps", "dtype"} & set(found):
        return Question(most, None, None)
    form = choose("dtype", found.get("dtype", "float32"), {one.name: one for one in FORMATS})
    steps = found.get("steps", EVERY)
    return Question(most, form, None if steps == EVERY else _number("steps", steps))


def replied(question: Question, answer: Answer, contract: Contract) -> Reply:
    """Return the reply that a target's answer under a contract gives to the question."""
    match answer.verdict:
        case Impossible(witness) as verdict:
            return Reply(Truth.NO, f"{witness} ({', '.join(verdict.hypotheses)})")
        case Unsettled(tried):
            return Reply(Truth.UNKNOWN, tried)
        case Compiled(smaller=smaller) as verdict:
            own = _built_reply(question, verdict, answer, contract)
            if smaller is None or own.truth is not Truth.UNKNOWN:
                return own
            other = _built_reply(question, smaller, answer, contract)
            return other if other.truth is Truth.YES else own


def _built_reply(question: Question, verdict: Compiled, answer: Answer, contract: Contract) -> Reply:
    """Return what one network says: the first number that is larger than asked, refuted ones before, else how long."""
    replies = [*_size_replies(question, verdict, answer, contract)]
    refuted = [reply for reply in replies if reply.truth is Truth.NO]
    first = next(iter((*refuted, *replies)), None)
    return _length_reply(question, verdict, contract) if first is None else first


def _size_replies(question: Question, verdict: Compiled, answer: Answer, contract: Contract) -> Iterator[Reply]:
    """Yield no or unknown for each number that is larger than asked."""
    for key, most in question.most.items():
        measure = verdict.sizes.of(SIZES[key])
        if measure is None or measure.number <= most:
            continue
        law = _law(SIZES[key], most, Facts(answer.machine), contract)
        if isinstance(measure.proof, Least) and contract in COVERED.get(measure.proof, ()):
            reason = f": {verdict.sizes.reason}" if verdict.sizes.reason else ""
            kept = verdict.proof.contract.value
            yield Reply(Truth.NO, f"{key} {measure.number} is the {measure.proof}{reason} (contract {kept})")
        elif law is not None:
            yield Reply(Truth.NO, f"{law} (contract {contract.value})")
        else:
            said = "" if measure.proof is None else f", {measure.proof}"
            yield Reply(Truth.UNKNOWN, f"{key} {measure.number} is built{said}; {most} is not excluded")


def _law(counts: Counts, most: int, facts: Facts, contract: Contract) -> str | None:
    """Return the law that networks with so few updates, or such small blocks, obey and the machine breaks."""
    match counts:
        case Counts.UPDATES if most < fewest_updates(facts) and contract in FINITE_ORBIT:
            return "a letter that permutes states in a cycle of more than 2 takes 2 updates with finitely many codes"
        case Counts.UPDATES if contract in ONE_CODE_PER_STATE and most < (fewest := fewest_with_one_code(facts)):
            return f"a letter takes {fewest} updates in every representation with one code per state, by characters"
        case Counts.LARGEST_BLOCK if most <= PLANE:
            witness = _within_limits(lambda: order_matters(facts)) if most < PLANE else None
            witness = witness or _within_limits(lambda: noncommuting_square_words(facts))
            return None if witness is None or contract not in witness.contracts else str(witness)
        case _:
            return None


def _within_limits(search: Callable[[], Witness | None]) -> Witness | None:
    try:
        return search()
    except LimitError:
        return None


def _length_reply(question: Question, verdict: Compiled, contract: Contract) -> Reply:
    """Return yes where the network is proved for so many symbols, unknown otherwise."""
    if isinstance(verdict.proof, CellClaim):
        return _cell_reply(question, verdict, verdict.proof)
    if question.form is None:
        kept, machine = verdict.proof.contract.value, verdict.proof.machine
        proved = f"{verdict.proof.equations:,} equations proved in exact arithmetic"
        return Reply(
            Truth.YES, f"size {verdict.operator.size}, {len(machine.states)} states, contract {kept}; {proved}"
        )
    name = question.form.name
    try:
        network = _stored(verdict, question.form, contract)
    except (CertificateError, NumericError, LimitError) as error:
        return Reply(Truth.UNKNOWN, f"no step is proved in {name}: {error}")
    if network.steps is None or (question.steps is not None and network.steps >= question.steps):
        return Reply(Truth.YES, f"in {name}: {report_on(network).claim}")
    wanted = "every length" if question.steps is None else f"{question.steps:,}"
    other = "more steps and other weights are not excluded"
    return Reply(Truth.UNKNOWN, f"{network.steps:,} symbols are proved in {name}, {wanted} asked; {other}")


def _cell_reply(question: Question, verdict: Compiled, claim: CellClaim) -> Reply:
    """Return yes of exact arithmetic, and where the cell rounds nowhere; how much a format errs is not proved."""
    form = question.form or FLOAT32
    try:
        network = verdict.store(form, {}) if claim.proved is None or question.form else claim.proved
    except (CertificateError, NumericError, LimitError) as error:
        return Reply(Truth.UNKNOWN, f"nothing is proved in {form.name}: {error}")
    said = f"in {form.name}: {report_on(network).claim}"
    if question.form is None or isinstance(network.grade, ExactGrade):
        return Reply(Truth.YES, said)
    return Reply(Truth.UNKNOWN, f"{said}; that {form.name} errs by no more is not proved here")


def _stored(verdict: Compiled, form: FloatFormat, contract: Contract) -> ProvedNetwork:
    """Return the rounded network that is right for longest and keeps the contract."""
    longest = store_best(verdict, form, {})
    return longest if longest.contract.implies(contract) else verdict.store_linear(form, {})


def _number(key: str, text: str) -> int:
    """Return the value of a condition; InputError for anything but a count in digits."""
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS):
        message = f"condition {key} is {text!r:.40}, a number expected"
        raise InputError(message, hint=f"for example {key}=4" if key in SIZES else f"for example {key}=10000, or all")
    return int(text)

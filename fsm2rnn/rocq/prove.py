"""prove: the claim of a network file as a theorem that the kernel of the proof assistant accepts, or does not."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias, final

from fsm2rnn.choice import choose_member
from fsm2rnn.errors import CertificateError
from fsm2rnn.machine.labels import Json
from fsm2rnn.proof.file.checker import prove_bytes
from fsm2rnn.proof.stored.tensor_file import file_bytes
from fsm2rnn.rocq.assistant import Compilation, Ended, Limits, compiled, compiler
from fsm2rnn.rocq.claim_text import MAX_TEXT, Text
from fsm2rnn.rocq.library import LIBRARY, Library, built
from fsm2rnn.rocq.network_text import network_text
from fsm2rnn.rocq.theorems import Floats, Theorem

CLOSED: Final = "Closed under the global context"
AXIOMS: Final = "Axioms:"
NAMED: Final = re.compile(r"(Theorem|Lemma|Definition) (\w+)")
PLACE: Final = re.compile(r"line (\d+), characters")


@final
@dataclass(frozen=True)
class Accepted:
    """The kernel accepted every theorem; `axioms` are all that they rest on."""

    theorems: tuple[Theorem, ...]
    axioms: tuple[str, ...]
    seconds: float


@final
@dataclass(frozen=True)
class Rejected:
    """The claim does not hold, or was not proved: `reason` says at which step."""

    reason: str
    seconds: float = 0.0


@final
@dataclass(frozen=True)
class Stopped:
    """The proof assistant ran out of time or memory, so nothing is known."""

    reason: str
    seconds: float


Replay: TypeAlias = Accepted | Rejected | Stopped
"""What the kernel of the proof assistant made of a claim."""


def prove(
    path: str | os.PathLike[str],
    *,
    floats: Floats | str = Floats.ANY,
    limits: Limits | None = None,
    max_text: int = MAX_TEXT,
) -> Replay:
    """Return what the kernel of the proof assistant makes of the claim of a network file, exact or of boxes.

    The file is checked first, and the text that is compiled is written here from its tensors: no text of another's is
    ever run. With floats "ieee" the theorem on the stored IEEE format is proved too, for which Flocq is needed.
    InputError where the proof assistant is not installed, and for other grades, each by its name; LimitError beyond
    `max_text` characters.
    """
    asked = choose_member("floats", floats, Floats)
    compiler()
    data = file_bytes(path)
    try:
        network = prove_bytes(data)
    except CertificateError as error:
        return Rejected(f"the file's own check fails: {error}")
    assumed = not Library.INTERVAL.is_installed
    text = network_text(network, hashlib.sha256(data).hexdigest(), floats=asked, assumed=assumed, limit=max_text)
    return kernel_answer(text, limits or Limits())


def kernel_answer(text: Text, limits: Limits) -> Replay:
    """Return what the kernel makes of a text, whose library is built where it is not."""
    library = built(text.libraries)
    with tempfile.TemporaryDirectory(prefix="fsm2rnn-rocq-") as folder:
        source = Path(folder) / "claim.v"
        source.write_text(text.text, encoding="ascii")
        run = compiled(source, {LIBRARY: library}, limits)
    match run.ended:
        case Ended.WELL:
            return _accepted(text, run)
        case Ended.REFUSED:
            return Rejected(_refusal(text.text, run.said), run.seconds)
        case Ended.TIME:
            return Stopped(f"out of time after {limits.seconds:g} s", run.seconds)
        case Ended.MEMORY:
            return Stopped(f"out of memory at {limits.megabytes:,} MB", run.seconds)


def _accepted(text: Text, run: Compilation) -> Accepted | Rejected:
    """Return the acceptance, if for every name that was asked for no other axioms were said than are allowed."""
    answers = list(axioms_said(run.said))
    if len(answers) != len(text.printed):
        return Rejected(f"{len(answers)} answers on axioms, expected {len(text.printed)}", run.seconds)
    for found, allowed in zip(answers, text.printed, strict=True):
        if foreign := sorted(found - allowed):
            return Rejected(f"it rests on {', '.join(foreign)}", run.seconds)
    return Accepted(text.theorems, tuple(sorted(set().union(*answers))), run.seconds)


def axioms_said(said: str) -> Iterator[frozenset[str]]:
    """Yield the axioms of each answer to Print Assumptions, in order."""
    found: set[str] | None = None
    for line in said.splitlines():
        if line in (CLOSED, AXIOMS):
            if found is not None:
                yield frozenset(found)
            found = set()
        elif found is not None and line and not line[0].isspace():
            found.add(line.split(" ")[0])
    if found is not None:
        yield frozenset(found)


def _refusal(text: str, said: str) -> str:
    """Return the name of what was refused, from the line that the assistant names."""
    place = PLACE.search(said)
    before = [] if place is None else NAMED.findall("\n".join(text.split("\n")[: int(place[1])]))
    name = before[-1][1] if before else "the text"
    return f"{name} is refused: {' '.join(said.partition('Error:')[2].split())[:160]}"


def replay_json(replay: Replay) -> dict[str, Json]:
    """Return the document of an answer; `accepted` is null where nothing is known."""
    match replay:
        case Accepted(theorems, axioms, seconds):
            return {
                "accepted": True,
                "theorem": _said(theorems),
                "axioms": list(axioms),
                "seconds": round(seconds, 2),
            }
        case Rejected(reason, seconds):
            return {"accepted": False, "theorem": None, "axioms": [], "seconds": round(seconds, 2), "reason": reason}
        case Stopped(reason, seconds):
            return {"accepted": None, "theorem": None, "axioms": [], "seconds": round(seconds, 2), "reason": reason}


def _said(theorems: Sequence[Theorem]) -> str:
    return "; ".join(theorem.says for theorem in theorems)


def replay_text(replay: Replay) -> str:
    """Return the answer in lines."""
    match replay:
        case Accepted(theorems, axioms, seconds):
            rests = f"resting on {', '.join(axioms)}" if axioms else CLOSED.lower()
            lines = [f"accepted by the proof assistant's kernel in {seconds:.1f} s, {rests}:"]
            return "\n".join(lines + [f"  {theorem.says}" for theorem in theorems])
        case Rejected(reason):
            return f"rejected: {reason}"
        case Stopped(reason):
            return f"undecided: {reason}"

"""What a page shows, as frozen values and as the JSON that its scripts read; docs/page.md has the schema.

States and symbols are numbers counted from 0, words are lists of symbol numbers, read left to right. Labels are texts
in which what a screen would obey is shown instead; whoever writes them into HTML escapes them once more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Final, final

from fsm2rnn.machine.labels import Json
from fsm2rnn.version import __version__

FORMAT: Final = "fsm2rnn-page-1"


@final
class Tone(Enum):
    """How a sentence is coloured: proved at every length, proved for so long, refuted, or not known."""

    PROVED = "proved"
    BOUNDED = "bounded"
    REFUTED = "refuted"
    OPEN = "open"


@final
@dataclass(frozen=True)
class Claim:
    """The one coloured sentence, its first words in bold, and what it adds."""

    tone: Tone
    head: str
    rest: str

    def to_json(self) -> dict[str, Json]:
        """Return tone and both texts."""
        return {"tone": self.tone.value, "head": self.head, "rest": self.rest}


@final
@dataclass(frozen=True)
class DrawnMachine:
    """A machine with labels as texts; `outputs` has a row for each state, of one text, or in a Mealy machine of each.

    `places` are the corners (x, y) of the drawing, between 0 and 1,000; None where there are too many states to draw.
    `accepting` is None where outputs are others than True and False.
    """

    states: tuple[str, ...]
    symbols: tuple[str, ...]
    table: tuple[tuple[int, ...], ...]
    start: int
    mealy: bool
    outputs: tuple[tuple[str, ...], ...]
    accepting: tuple[bool, ...] | None
    places: tuple[tuple[int, int], ...] | None

    def to_json(self) -> dict[str, Json]:
        """Return the fields."""
        return {
            "states": list(self.states),
            "symbols": list(self.symbols),
            "table": [list(row) for row in self.table],
            "start": self.start,
            "mealy": self.mealy,
            "outputs": [list(row) for row in self.outputs],
            "accepting": None if self.accepting is None else list(self.accepting),
            "places": None if self.places is None else [list(place) for place in self.places],
        }


Entries = tuple[tuple[int, int, float], ...]
"""The entries (row, column, value) of a matrix that are not 0, by rows."""


@final
@dataclass(frozen=True)
class Gated:
    """A_x = U diag(gates_x) V: entries of V (R, H) in `given`, of U (H, R) in `output`, and a row of gates a symbol."""

    given: Entries
    gates: tuple[tuple[float, ...], ...]
    output: Entries

    def to_json(self) -> dict[str, Json]:
        """Return the fields under the name of the kind."""
        gates: list[Json] = [list(row) for row in self.gates]
        return {"kind": "gated", "given": _entries(self.given), "gates": gates, "output": _entries(self.output)}


@final
@dataclass(frozen=True)
class Updated:
    """h <- h - beta (key . h) key for each update of a symbol in turn: `letters` has (key, beta) of each of them."""

    letters: tuple[tuple[tuple[tuple[float, ...], float], ...], ...]

    def to_json(self) -> dict[str, Json]:
        """Return the fields under the name of the kind."""
        letters: list[Json] = [[{"key": list(key), "beta": beta} for key, beta in updates] for updates in self.letters]
        return {"kind": "updated", "letters": letters}


@final
@dataclass(frozen=True)
class Linear:
    """h <- A_x h in the arithmetic of `form`, read as reads[k] for the greatest score k of C h + b.

    Sums are taken in `accumulator` and rounded once to `form`. `own` says that this is the network's own arithmetic;
    otherwise, where updates write too, products are taken in float64 of what they mean. `points` are codes, of states
    `point_reads`; empty where they are too many. Where codes are regions, each reaches from its point to its `ends`
    in each coordinate; empty where codes are single states. `snap` puts the state back after so many symbols, on a
    point for each state. `through` are the factors or updates by which the network itself computes A_x h, where so.
    """

    name: str
    claim: Claim
    form: str
    accumulator: str
    own: bool
    steps: int | None  # proved symbols, None for every length
    initial: tuple[float, ...]
    matrices: tuple[Entries, ...]
    scores: Entries
    bias: tuple[float, ...]
    reads: tuple[int, ...]
    points: tuple[tuple[float, ...], ...] = ()
    ends: tuple[tuple[float, ...], ...] = ()
    point_reads: tuple[int, ...] = ()
    snap_every: int | None = None
    snap_points: tuple[tuple[float, ...], ...] = ()
    through: Gated | Updated | None = None

    def to_json(self) -> dict[str, Json]:
        """Return the fields; `width` is H."""
        return {
            "name": self.name,
            "claim": self.claim.to_json(),
            "form": self.form,
            "accumulator": self.accumulator,
            "own": self.own,
            "steps": self.steps,
            "width": len(self.initial),
            "initial": list(self.initial),
            "matrices": [_entries(matrix) for matrix in self.matrices],
            "scores": _entries(self.scores),
            "bias": list(self.bias),
            "reads": list(self.reads),
            "points": [list(point) for point in self.points],
            "ends": [list(end) for end in self.ends],
            "point_reads": list(self.point_reads),
            "snap_every": self.snap_every,
            "snap_points": [list(point) for point in self.snap_points],
            "through": None if self.through is None else self.through.to_json(),
        }


@final
@dataclass(frozen=True)
class Recording:
    """What a network did along one word when the page was made: states (T + 1, H), and what it said after each symbol.

    `said` is None where no logit was strictly the greatest. `right` tells whether that is the machine's output.
    """

    word: tuple[int, ...]
    states: tuple[tuple[float, ...], ...]
    said: tuple[str | None, ...]
    right: tuple[bool, ...]

    def to_json(self) -> dict[str, Json]:
        """Return the fields."""
        return {
            "word": list(self.word),
            "states": [list(state) for state in self.states],
            "said": list(self.said),
            "right": list(self.right),
        }


@final
@dataclass(frozen=True)
class Cloud:
    """Hidden states of a network along random words, projected on the plane in which they spread most.

    `places` are theirs (x, y), between 0 and 1,000, `reads` the states in which the machine is meanwhile; `path` holds
    the places along the recorded word, T + 1 of them. `share` is the plane's part of the whole variance.
    """

    places: tuple[tuple[int, int], ...]
    reads: tuple[int, ...]
    path: tuple[tuple[int, int], ...]
    share: float

    def to_json(self) -> dict[str, Json]:
        """Return the fields."""
        return {
            "places": [list(place) for place in self.places],
            "reads": list(self.reads),
            "path": [list(place) for place in self.path],
            "share": self.share,
        }


@final
@dataclass(frozen=True)
class LadderRung:
    """What one target says: its published names, the verdict, and up to two words that show why not.

    `supposed` are the hypotheses under which it cannot.
    """

    target: str
    published: tuple[str, ...]
    verdict: str  # compiled, impossible or unsettled
    text: str
    words: tuple[tuple[int, ...], ...] = ()
    supposed: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """Return the fields."""
        return {
            "target": self.target,
            "published": list(self.published),
            "verdict": self.verdict,
            "text": self.text,
            "words": [list(word) for word in self.words],
            "supposed": list(self.supposed),
        }


@final
@dataclass(frozen=True)
class Subject:
    """One machine or network of a page: its title, the sentence, the machine, and what there is of networks."""

    name: str
    title: str
    claim: Claim
    machine: DrawnMachine
    networks: tuple[Linear, ...] = ()
    ladder: tuple[LadderRung, ...] = ()
    layers: tuple[LadderRung, ...] = ()
    recordings: tuple[Recording, ...] = ()
    cloud: Cloud | None = None
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """Return the fields."""
        return {
            "name": self.name,
            "title": self.title,
            "claim": self.claim.to_json(),
            "machine": self.machine.to_json(),
            "networks": [network.to_json() for network in self.networks],
            "ladder": [rung.to_json() for rung in self.ladder],
            "layers": [layer.to_json() for layer in self.layers],
            "recordings": [recording.to_json() for recording in self.recordings],
            "cloud": None if self.cloud is None else self.cloud.to_json(),
            "notes": list(self.notes),
        }


@final
@dataclass(frozen=True)
class PageData:
    """All that one page shows."""

    subjects: tuple[Subject, ...]
    version: str = field(default=__version__)

    def to_json(self) -> dict[str, Json]:
        """Return the document that the page's scripts read."""
        return {
            "format": FORMAT,
            "version": self.version,
            "subjects": [subject.to_json() for subject in self.subjects],
        }


def _entries(entries: Entries) -> list[Json]:
    return [[row, column, value] for row, column, value in entries]

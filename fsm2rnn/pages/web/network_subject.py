"""A network's part of a page: what is proved of it, or what an audit says, and a word along which it is shown."""

from __future__ import annotations

import random
from typing import Final

import torch

from fsm2rnn.cells.auditable import Auditable
from fsm2rnn.cells.network import Network, lift
from fsm2rnn.cells.tracker import Tracker, lift_cell
from fsm2rnn.comparison.answers import Finding, Proved, Refuted, Undecided
from fsm2rnn.comparison.audit import audit
from fsm2rnn.comparison.search.module_steps import strictly_greatest
from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.escapes import escaped
from fsm2rnn.machine.labels import label_text
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.pages.layer_words import layer_words
from fsm2rnn.pages.web.drawing import drawn_machine, require_page_room, visible_text
from fsm2rnn.pages.web.drawings.sentence import shown_claim
from fsm2rnn.pages.web.linear import linear
from fsm2rnn.pages.web.page_data import Claim, Recording, Subject, Tone
from fsm2rnn.pages.web.projection import projected
from fsm2rnn.proof.claim.outputs import next_outputs
from fsm2rnn.proof.file.checker import report_on
from fsm2rnn.proof.file.network import ProvedNetwork

AUDITED: Final = 20_000
"""States that the audit of a page searches: seconds. The command audit searches further."""
LETTERS: Final = 20  # of the word along which a network is shown that no word refutes
WORDS, SYMBOLS = 50, 12  # random words along which hidden states are projected: few symbols, since sinks end them
RECORDED: Final = 200_000
"""Most numbers of states along a recorded word."""


def network_subject(name: str, network: Network | Tracker) -> Subject:
    """Return what a page shows of a network: its certificate's claim, or what an audit of it says.

    LimitError where its machine is too large for a page.
    """
    require_page_room(network.machine)
    if isinstance(network, Network):
        try:
            return linear_subject(name, lift(network))
        except CertificateError:
            return _audited(name, network)
    try:
        proof = lift_cell(network)
    except (CertificateError, LimitError):
        return _audited(name, network)
    said = Claim(Tone.PROVED, "Proved: right at every length.", _sentence(report_on(proof).claim))
    return _recorded(name, network, said, _letters(network.machine))


def linear_subject(name: str, network: ProvedNetwork) -> Subject:
    """Return what a page shows of a proved linear recurrence; LimitError where it or its machine is too large."""
    require_page_room(network.machine)
    stepped = linear(f"{network.structure.stored}, {network.form.name}", network)
    note = escaped(_sentence(report_on(network).claim))
    return Subject(
        escaped(name), _title(network.machine), stepped.claim, drawn_machine(network.machine), (stepped,), notes=(note,)
    )


def _audited(name: str, network: Network | Tracker) -> Subject:
    found = audit(network, limit=AUDITED)
    word = network.machine.indices(found.word) if isinstance(found, Refuted) else _letters(network.machine)
    return _recorded(name, network, _answer(found, AUDITED), tuple(word))


def shown_finding(found: Finding) -> str:
    """Return what an audit says as a coloured sentence in HTML."""
    return shown_claim(_answer(found, None))


def _answer(found: Finding, searched: int | None) -> Claim:
    """Return the sentence of an answer; `searched` is how many states the audit would have gone through."""
    match found:
        case Proved(proof=proof):
            return Claim(Tone.PROVED, "Proved: right at every length.", _sentence(report_on(proof).claim))
        case Refuted(word, expected, said, arithmetic):
            answer = "no output leads" if said is None else f"the network says {label_text(said)}"
            rest = f"After it the machine says {label_text(expected)}, and {answer} ({arithmetic})."
            ending = "" if len(word) == 1 else "s"
            return Claim(Tone.REFUTED, f"Wrong after {len(word):,} symbol{ending}.", escaped(rest))
        case Undecided(reason, arithmetic, depth):
            far = "" if depth is None else f"Every word of at most {depth:,} symbols is right. "
            limit = "" if searched is None else f"The audit searched at most {searched:,} states "
            where = f"{limit}({arithmetic})." if limit else f"Computed in: {arithmetic}."
            rest = f"{far}{_sentence(reason)} {where}"
            return Claim(Tone.OPEN, "Not proved, not refuted.", escaped(rest))


def _recorded(name: str, network: Network | Tracker, said: Claim, word: tuple[int, ...]) -> Subject:
    machine = network.machine
    recording = record(network, word)
    states, reads = spread_states(network)
    cloud = projected(states, reads, recording.states)
    return Subject(
        escaped(name),
        _title(machine, f"{layer_words(network)},"),
        said,
        drawn_machine(machine),
        recordings=(recording,),
        cloud=cloud,
    )


def record(network: Auditable, word: tuple[int, ...]) -> Recording:
    """Return the states (T + 1, H) and outputs of a network along a word; LimitError for more numbers than a page has.

    An LSTM's h stands before its c.
    """
    machine, due = network.machine, next_outputs(network.machine)
    labels = machine.output_labels
    state, at = network.begin(1), machine.start
    states, said, right = [_numbers(state)], [], []
    needed = (len(word) + 1) * len(states[0])
    if needed > RECORDED:
        what = "numbers of states along the word of a page"
        raise LimitError(what, limit=RECORDED, needed=needed)
    for letter in word:
        state = network.step(torch.tensor([letter]), state)
        best = int(strictly_greatest(network.read(state))[0])
        states.append(_numbers(state))
        said.append(None if best < 0 else visible_text(labels[best]))
        right.append(best == due[at][letter])
        at = machine.table[at][letter]
    return Recording(word, tuple(states), tuple(said), tuple(right))


def spread_states(network: Auditable) -> tuple[list[tuple[float, ...]], list[int]]:
    """Return the states of a network along random words, and those of the machine meanwhile."""
    machine, draw = network.machine, random.Random(1)
    state, at = network.begin(WORDS), [machine.start] * WORDS
    states, reads = [_numbers(state)], [machine.start]
    for _ in range(SYMBOLS):
        letters = [draw.randrange(len(machine.symbols)) for _ in at]
        state = network.step(torch.tensor(letters), state)
        at = [machine.table[one][letter] for one, letter in zip(at, letters, strict=True)]
        states += [_numbers(state, word) for word in range(WORDS)]
        reads += at
    return states, reads


def _numbers(state: torch.Tensor | tuple[torch.Tensor, ...], word: int = 0) -> tuple[float, ...]:
    parts = (state,) if isinstance(state, torch.Tensor) else state
    return tuple(float(entry) for part in parts for entry in part[word].flatten().tolist())


def _letters(machine: StateMachine) -> tuple[int, ...]:
    draw = random.Random(0)
    return tuple(draw.randrange(len(machine.symbols)) for _ in range(LETTERS))


def _title(machine: StateMachine, kind: str = "a linear recurrence") -> str:
    states, symbols = len(machine.states), len(machine.symbols)
    ending = "" if states == 1 else "s", "" if symbols == 1 else "s"
    return f"{kind} for a machine of {states:,} state{ending[0]}, {symbols:,} symbol{ending[1]}"


def _sentence(text: str | None) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""

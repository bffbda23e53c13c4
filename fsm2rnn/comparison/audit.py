"""audit: is this network the machine, at every length? Proved, refuted by a shortest word, or how far it was searched.

What applies is tried, the cheapest first: a linear recurrence is lifted into the kernel as it is; a layer of torch.nn
gets boxes, which hold on every device; else its state is rounded after every symbol, which makes it finite, and
searched.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from fsm2rnn.cells.auditable import Auditable
from fsm2rnn.cells.network import Network, lift
from fsm2rnn.cells.state_format import StateFormat, find_state_format
from fsm2rnn.cells.tracker import Tracker, lift_cell
from fsm2rnn.comparison.answers import Finding, Proved, Refuted, Undecided
from fsm2rnn.comparison.boxes.found_boxes import find_boxes
from fsm2rnn.comparison.matching import matched_machine, matching, ordered_readout
from fsm2rnn.comparison.proved_cell import proved_cell
from fsm2rnn.comparison.rounded import Rounded
from fsm2rnn.comparison.search.exploration import Exploration, Progress
from fsm2rnn.comparison.search.module_steps import ModuleSteps
from fsm2rnn.comparison.search.state_search import Search, arithmetic_of, explore, last_output, search_states
from fsm2rnn.errors import CertificateError, InputError, LimitError
from fsm2rnn.machine.labels import label_text
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.outputs import next_outputs
from fsm2rnn.proof.file.network import ProvedNetwork

STATES: Final = 1_000_000
"""Most nodes of a search by default: some hundred megabytes for a small network."""
GRID: Final = "grid7"
"""The state format of a search by default: exact in bfloat16 and float16, and fine enough for trained networks."""


def audit(
    network: Auditable,
    machine: StateMachine | None = None,
    *,
    state: StateFormat | str | None = None,
    limit: int = STATES,
    progress: Progress | None = None,
) -> Finding:
    """Return whether the network gives the outputs of the machine (its own by default) after every word.

    Proved holds at every length in the arithmetic it names, Refuted has a shortest failing word that was replayed one
    symbol at a time, Undecided says up to which length every word is right. With `state` ("grid1".."grid12",
    "bfloat16", "float16", "float8_e4m3fn", "float8_e5m2") the network with its state rounded so after each symbol is
    meant; without, whatever can be proved of the network as it is, and else of its state on "grid7", where a word
    refutes only if the network as it is fails on it too. At most `limit` states are searched. Raises InputError for a
    machine with other symbols or numbers of outputs.
    """
    if limit < 1:
        message = f"a limit of states is 1 or more, found {limit}"
        raise InputError(message)
    form = find_state_format(state) if isinstance(state, str) else state
    search = Search(limit, progress, (("program", "fsm2rnn"), ("method", "audit")))
    match network:
        case Network() if form is None:
            return _linear(network, machine or network.machine, search)
        case Tracker():
            return _tracker(_beside(network, machine), form, search)
        case _:
            rounded = Rounded(network, form or find_state_format(GRID), machine or network.machine)
            found = explore(rounded, ModuleSteps(rounded), search, arithmetic_of(rounded.state_format))
            return found if not isinstance(found, Exploration) else _only_searched(found, rounded.state_format)


def _beside(network: Tracker, machine: StateMachine | None) -> Tracker:
    """Return the network answering for a machine, matched by labels where both have the same, else by place."""
    if machine is None or machine == network.machine:
        return network
    matched = matched_machine(machine, matching(network.machine, machine), network.machine.symbols)
    form = network.state_format
    readout = network.readout
    if matched.output_labels != network.machine.output_labels:
        readout = ordered_readout(network, matched)
    return Tracker(network.rnn, readout, matched, embedding=network.embedding, state=form)


def _tracker(network: Tracker, form: StateFormat | None, search: Search) -> Finding:
    own = network.state_format
    known = _known(network)
    if known is not None and form in {None, own}:
        return known
    if own is not None and form is not None and own != form:
        message = f"the network's own state is rounded to {own.name}, and {form.name} was asked for"
        raise InputError(message)
    asked = form or own
    return _unasked(network, search) if asked is None else search_states(_rounded(network, asked), search)


def _rounded(network: Tracker, form: StateFormat) -> Tracker:
    """Return the same network with its state rounded after every symbol."""
    return Tracker(network.rnn, network.readout, network.machine, embedding=network.embedding, state=form)


def _unasked(network: Tracker, search: Search) -> Finding:
    """Return what can be said of a network for which nobody named a state format: of itself, then of a rounded one."""
    refused = ""
    try:
        proof = find_boxes(network, dict(search.evidence))
    except InputError as error:
        refused = f"; {error.message}"
    else:
        if proof is not None:
            return proved_cell(network, proof)
    match search_states(_rounded(network, find_state_format(GRID)), search):
        case Refuted() as found:
            return _unrounded(network, found)
        case Undecided() as found:
            return replace(found, reason=found.reason + refused)
        case found:
            return found


def _unrounded(network: Tracker, rounded: Refuted) -> Refuted | Undecided:
    """Return what a word that fails with a rounded state says of the network as it is, which was asked about.

    Nobody asked for the rounding here, so a word that the network itself reads rightly refutes nothing.
    """
    machine = network.machine
    letters = machine.indices(rounded.word)
    shown, due = last_output(network, letters), next_outputs(machine)
    state = machine.run(rounded.word[:-1])[-1] if len(letters) > 1 else machine.start
    if shown == due[state][letters[-1]]:
        word = " ".join(label_text(symbol) for symbol in rounded.word)
        reason = f"with the state so rounded it fails after {len(letters)} symbols ({word}), and as it is it does not"
        return Undecided(reason, rounded.arithmetic)
    own = str(network.readout.weight.dtype).removeprefix("torch.")
    arithmetic = f"{own}, one symbol at a time; a shortest word of the network with its state rounded to {GRID}"
    return Refuted(rounded.word, rounded.expected, None if shown < 0 else machine.output_labels[shown], arithmetic)


def _known(network: Tracker) -> Proved | None:
    """Return the proof that the network brings along, where it still holds of the weights."""
    try:
        proof = lift_cell(network)
    except (CertificateError, LimitError):
        return None
    return proved_cell(network, proof)


def _linear(network: Network, machine: StateMachine, search: Search) -> Finding:
    """Return what the kernel says of a linear recurrence, or a word where it is refused."""
    form = str(network.initial_state.dtype).removeprefix("torch.")
    arithmetic = f"{form}, one symbol at a time"
    try:
        proof = lift(network, machine)
    except (CertificateError, LimitError) as error:
        return _linear_word(network, machine, search, arithmetic, str(error))
    return lifted(network, proof, arithmetic)


def lifted(network: Network, proof: ProvedNetwork, arithmetic: str) -> Finding:
    """Return the answer that a proof of a linear recurrence gives."""
    if proof.steps is None:
        return Proved(proof.grade_name, arithmetic, network, proof)
    reason = f"its rounding errors are bounded for {proof.steps:,} symbols (grade horizon)"
    return Undecided(reason, arithmetic, proof.steps)


def _linear_word(network: Network, machine: StateMachine, search: Search, arithmetic: str, refused: str) -> Finding:
    """Return a shortest failing word of a network that the kernel refuses, as far as it is searched."""
    bare = Rounded(network, None, machine)
    try:
        found = explore(bare, ModuleSteps(bare), search, arithmetic)
    except InputError as error:
        return Undecided(f"{refused}; {error.message}", arithmetic)
    match found:
        case Refuted():
            return found
        case Exploration():
            return Undecided(f"searched: {found.count:,} states close here; {refused}", arithmetic, None, found.count)
        case _:
            return Undecided(refused, arithmetic, found.depth if isinstance(found, Undecided) else None)


def _only_searched(found: Exploration, form: StateFormat) -> Undecided:
    reason = f"searched: {found.count:,} states close as this network computes them here"
    return Undecided(reason, arithmetic_of(form), None, found.count)

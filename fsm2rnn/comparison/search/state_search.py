"""One exact answer for a network whose state is rounded after every symbol: closed, a shortest failing word, or open.

First the network's own step, all states of a depth at once: it closes, or some word fails, and each word that fails is
replayed one symbol at a time, alone, before it is shown. What closes there is right in one order of float32 sums; what
closes for every order (`any_order`) is listed for the kernel, which proves it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

import numpy as np
import torch

from fsm2rnn.cells.auditable import Auditable
from fsm2rnn.cells.layer import stock_kind
from fsm2rnn.cells.packing import pack
from fsm2rnn.cells.state_format import Grid, StateFormat
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.comparison.answers import Finding, Proved, Refuted, Undecided
from fsm2rnn.comparison.search.any_order import AnyOrderSteps, cell_weights
from fsm2rnn.comparison.search.exploration import Exploration, FailingMove, Progress
from fsm2rnn.comparison.search.module_steps import ModuleSteps, strictly_greatest
from fsm2rnn.comparison.search.proved_reach import proved_reach
from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.claim.cell_orbit import STATE_LIMIT, STATES
from fsm2rnn.proof.file.cell_network import GridNodes, ProvedCell
from fsm2rnn.proof.stored.cells import stored_cell
from fsm2rnn.proof.stored.tensor_file import StoredTensor

BOUNDED: Final = (CellKind.ELMAN, CellKind.GRU, CellKind.LSTM)
"""The cells whose float32 steps are bounded in every order: |h| <= 1."""


@final
@dataclass(frozen=True)
class Search:
    """How a search goes: the most nodes kept, who is told of progress, what the evidence of a proof says."""

    limit: int
    progress: Progress | None = None
    evidence: tuple[tuple[str, str], ...] = ()


def search_states(network: Tracker, search: Search) -> Finding:
    """Return what the search says of a Tracker with a state format, beside its own machine."""
    form = network.state_format
    if form is None:
        message = "a state that is not rounded takes too many values to search"
        raise CertificateError("state", message)
    arithmetic = arithmetic_of(form)
    found = explore(network, ModuleSteps(network), search, arithmetic)
    if not isinstance(found, Exploration):
        return found
    closed = f"searched: {found.count:,} states close as this module computes them here"
    open_answer = Undecided(closed, arithmetic, None, found.count)
    kind = _bounded_kind(network)
    if kind is None or not isinstance(form, Grid):
        why = "; other orders of sums are bounded for one layer of elman, gru or lstm on a grid alone"
        return Undecided(closed + why, arithmetic, None, found.count)
    return _prove(network, kind, form, search, open_answer)


def arithmetic_of(form: StateFormat) -> str:
    """Return the words with which an answer about rounded states begins."""
    return f"the state rounded to {form.name} after each symbol, float32"


def explore(network: Auditable, steps: ModuleSteps, search: Search, arithmetic: str) -> Exploration | Finding:
    """Return the closed exploration by the module's own step, or the answer where a word fails or the limit is met."""
    found = Exploration(network.machine, steps, search.limit)
    while not (found.closed or found.full):
        refuted = replayed(network, found, found.advance(), arithmetic)
        if refuted is not None:
            return refuted
        if search.progress is not None:
            search.progress(found.count)
    if found.full:
        reason = f"the limit of {search.limit:,} states was reached"
        return Undecided(reason, arithmetic, found.depth, found.count)
    return found


def replayed(network: Auditable, found: Exploration, failing: list[FailingMove], arithmetic: str) -> Refuted | None:
    """Return the first failing move whose word fails in the network itself, read alone; None where none does."""
    machine = network.machine
    for move in failing:
        word = [*found.word_to(move.node), move.letter]
        shown = last_output(network, word)
        if shown != move.expected:
            symbols = tuple(machine.symbols[letter] for letter in word)
            answer = None if shown < 0 else machine.output_labels[shown]
            return Refuted(symbols, machine.output_labels[move.expected], answer, arithmetic)
    return None


@torch.no_grad()
def last_output(network: Auditable, word: list[int]) -> int:
    """Return the number of the strictly greatest logit after a word of letter numbers, -1 where there is none."""
    state = network.begin(1)
    for letter in word:
        state = network.step(torch.tensor([letter]), state)
    return int(strictly_greatest(network.read(state))[0])


def _bounded_kind(network: Tracker) -> CellKind | None:
    """Return the kind of a network of one layer whose steps the kernel bounds in every order; None for others."""
    layer = network.rnn
    if not isinstance(layer, torch.nn.RNNBase) or layer.num_layers != 1:
        return None
    kind = stock_kind(layer)
    return kind if kind in BOUNDED else None


def _prove(network: Tracker, kind: CellKind, grid: Grid, search: Search, closed: Undecided) -> Finding:
    """Return the proof for every order of sums; what stands in its way is said beside what the search found."""
    found = Exploration(network.machine, AnyOrderSteps(cell_weights(network, kind), grid.digits), search.limit)
    try:
        while not (found.closed or found.full):
            failing = found.advance()
            refuted = replayed(network, found, failing, closed.arithmetic)
            if refuted is not None:
                return refuted
            if failing:
                return _beside(closed, "in another order of sums a word may be read otherwise")
            if search.progress is not None:
                search.progress(found.count)
        if found.full:
            return _beside(closed, f"those of every order of sums exceed the limit of {search.limit:,}")
        proof = _listed(network, kind, grid, found, search)
    except (CertificateError, LimitError) as error:
        return _beside(closed, str(error))
    return Proved("orbit", closed.arithmetic + ", sums in any order", network, proof, len(proof.nodes.reads))


def _beside(closed: Undecided, why: str) -> Undecided:
    return Undecided(f"{closed.reason}; {why}", closed.arithmetic, closed.depth, closed.states)


def _listed(network: Tracker, kind: CellKind, grid: Grid, found: Exploration, search: Search) -> ProvedCell:
    """Return the kernel's proof of the listed states; LimitError where they are too many to be listed."""
    if found.count > STATE_LIMIT:
        what = "grid states that are proved one by one"
        raise LimitError(what, limit=STATE_LIMIT, needed=found.count)
    try:
        return _proof(network, kind, grid, found, list(range(found.count)), search)
    except CertificateError as error:
        # The search follows a little more than the kernel, which refuses what it does not reach.
        if error.field != STATES.field:
            raise
        return _proof(network, kind, grid, found, _reached(network, kind, grid, found), search)


def _reached(network: Tracker, kind: CellKind, grid: Grid, found: Exploration) -> list[int]:
    """Return the nodes that the kernel reaches."""
    cell = stored_cell(kind, weight_tensors(network))
    numbers = np.ascontiguousarray(found.states).view(np.float32).astype(np.float64) * 2.0**grid.digits
    states = [tuple(map(int, row)) for row in numbers.tolist()]
    return proved_reach(network.machine, cell, grid.digits, list(zip(states, found.reads, found.outputs, strict=True)))


def _proof(
    network: Tracker, kind: CellKind, grid: Grid, found: Exploration, places: list[int], search: Search
) -> ProvedCell:
    """Return the kernel's proof of the nodes at these places."""
    tensors = weight_tensors(network)
    listed = np.ascontiguousarray(found.states[places])
    tensors["grid.states"] = StoredTensor("F32", listed.shape, listed.astype("<i4").tobytes())
    reads, outputs = found.reads, found.outputs
    nodes = GridNodes(grid.digits, tuple(reads[place] for place in places), tuple(outputs[place] for place in places))
    return ProvedCell(network.machine, kind, nodes, tensors, dict(search.evidence))


def weight_tensors(network: Tracker) -> dict[str, StoredTensor]:
    """Return the weights of a network as a file stores them."""
    return {name: pack(name, tensor) for name, tensor in network.state_dict().items()}

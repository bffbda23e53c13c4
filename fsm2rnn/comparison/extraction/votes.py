"""The machine that short words vote for: (class, letter) -> class by majority, classes by what is read later.

Two states are of one class of depth d where the network gives equal outputs after every word of at most d more letters
(J. Myhill, A. Nerode, 1957-58, up to length d). That needs no labels and no coordinates: a change of basis changes no
class. A state that the network reached wrongly is outvoted by those it reached rightly, and a class that the majority
never leads to is no state. Of all depths tried the machine that gives most of the network's own answers is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from fsm2rnn.cells.auditable import Auditable, State
from fsm2rnn.comparison.extraction.read_machine import FoundPlaces, machine_read
from fsm2rnn.errors import NumericError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.outputs import next_outputs

Numbers = npt.NDArray[np.int64]

WORDS: Final = 1_500
LENGTH: Final = 12
READINGS: Final = 1 << 18  # of states after further letters: how deep classes go, and a second of CPU
DEEPEST: Final = 8


@final
@dataclass(frozen=True)
class FollowedWords:
    """Random words (N, T) and what the network was in after each letter: `states` (N (T + 1), H) or parts of that."""

    ids: Tensor
    states: State


@final
@dataclass(frozen=True)
class Voted:
    """A machine, and the share of the network's answers on the words that it gives too."""

    machine: StateMachine
    agreement: float


@torch.no_grad()
def followed_words(network: Auditable, *, words: int = WORDS, length: int = LENGTH, seed: int = 0) -> FollowedWords:
    """Return uniform random words and the network's states along them, the first ones too."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(len(network.machine.symbols), (words, length), generator=generator)
    state = network.begin(words)
    along = [_parts(state)]
    device = along[0][0].device
    for letters in ids.to(device).unbind(1):
        state = network.step(letters, state)
        along.append(_parts(state))
    stacked = tuple(torch.stack(parts, 1).flatten(0, 1) for parts in zip(*along, strict=True))
    if not all(bool(part.isfinite().all()) for part in stacked):
        message = f"the state is no longer finite within {length} random symbols"
        raise NumericError(message)
    return FollowedWords(ids, stacked if isinstance(state, tuple) else stacked[0])


def voted_machine(network: Auditable, read: FollowedWords) -> Voted | None:
    """Return the machine that gives most of the network's answers on the words; None where no depth gives one.

    Of equal shares the smallest depth is taken; deeper classes are not looked at when nothing is left to explain.
    """
    best: Voted | None = None
    own = _answers(network, read)
    for depth in range(_deepest(read, len(network.machine.symbols)) + 1):
        machine = _voted(network, read, own, depth)
        if machine is None:
            continue
        share = _agreement(machine, network.machine, read.ids, own)
        if best is None or share > best.agreement:
            best = Voted(machine, share)
        if share == 1:
            break
    return best


def own_answers(network: Auditable, read: FollowedWords) -> Numbers:
    """Return the number of the network's answer after each letter of the words, (N, T)."""
    return _answers(network, read)[:, 1:]


def _answers(network: Auditable, read: FollowedWords) -> Numbers:
    """Return what the network reads along the words, before the first letter too, (N, T + 1)."""
    return _grid(_outputs(network, read.states), read.ids)


def _deepest(read: FollowedWords, symbols: int) -> int:
    """Return to which depth classes are looked at: so many readings that they stay within the limit."""
    count, depth = read.ids.shape[0] * (read.ids.shape[1] + 1), 0
    while depth < DEEPEST and count * symbols ** (depth + 1) <= READINGS:
        depth += 1
    return depth


def _voted(network: Auditable, read: FollowedWords, own: Numbers, depth: int) -> StateMachine | None:
    """Return the machine of classes of one depth; None where the majority leads to a class it does not lead from."""
    grid = _grid(_classes(_later(network, read.states, depth)), read.ids)
    classes, symbols = int(grid.max()) + 1, len(network.machine.symbols)
    ids: Numbers = read.ids.numpy()
    moves = grid[:, 1:-1].ravel() * symbols + ids[:, 1:].ravel()
    table = _majority(moves, grid[:, 2:].ravel(), classes * symbols).reshape(classes, symbols)
    first = _majority(ids[:, 0], grid[:, 1], symbols)
    if (first < 0).any() or not _total(table, first):
        return None
    shown = np.zeros(classes, dtype=np.int64)
    shown[grid.ravel()] = own.ravel()
    # Classes that no majority leads to may lack letters; any place will do there.
    places = FoundPlaces(table.clip(0).tolist(), shown.tolist(), first.tolist(), int(own[0, 0]))
    return machine_read(places, network.machine)


def _majority(cases: Numbers, votes: Numbers, count: int) -> Numbers:
    """Return for each case 0 .. count - 1 the vote that most often goes with it, the least of several; -1 for none."""
    kinds = int(votes.max()) + 1
    pairs, times = np.unique(cases * kinds + votes, return_counts=True)
    order = np.lexsort((-pairs, times))
    winners = np.full(count, -1, dtype=np.int64)
    winners[pairs[order] // kinds] = pairs[order] % kinds  # the last of a case has the most votes
    return winners


def _total(table: Numbers, first: Numbers) -> bool:
    """Whether every letter was seen in every class that the majority leads to."""
    reached = set(first.tolist())
    waiting = list(reached)
    while waiting:
        row = table[waiting.pop()].tolist()
        if min(row) < 0:
            return False
        fresh = set(row) - reached
        reached |= fresh
        waiting += fresh
    return True


@torch.no_grad()
def _later(network: Auditable, states: State, depth: int) -> list[Numbers]:
    """Return what is read in the states, and after every word of at most `depth` letters."""
    columns, level = [_outputs(network, states)], [states]
    for _ in range(depth):
        level = [_after(network, state, letter) for state in level for letter in range(len(network.machine.symbols))]
        columns += [_outputs(network, state) for state in level]
    return columns


def _after(network: Auditable, states: State, letter: int) -> State:
    parts = _parts(states)
    ids = torch.full((len(parts[0]),), letter, dtype=torch.int64, device=parts[0].device)
    return network.step(ids, states)


@torch.no_grad()
def _outputs(network: Auditable, states: State) -> Numbers:
    found: Numbers = network.read(states).argmax(-1).cpu().numpy()
    return found


def _classes(columns: list[Numbers]) -> Numbers:
    """Return a number per row, equal for equal rows."""
    found = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        pairs = found * (int(column.max()) + 1) + column
        found = np.unique(pairs, return_inverse=True)[1].reshape(-1)
    return found


def _grid(values: Numbers, ids: Tensor) -> Numbers:
    """Return one value per state along the words, (N, T + 1)."""
    return values.reshape(ids.shape[0], ids.shape[1] + 1)


def _agreement(machine: StateMachine, like: StateMachine, ids: Tensor, own: Numbers) -> float:
    """Return the share of the network's answers, numbered as `like` numbers them, that a machine gives too."""
    place = {label: number for number, label in enumerate(like.output_labels)}
    labels = np.array([place[label] for label in machine.output_labels])
    outputs, table = labels[np.array(next_outputs(machine))], np.array(machine.table)
    state = np.full(len(ids), machine.start)
    right = 0
    for step, letters in enumerate(ids.numpy().T, start=1):
        right += int((outputs[state, letters] == own[:, step]).sum())
        state = table[state, letters]
    return right / ids.numel()


def _parts(state: State) -> tuple[Tensor, ...]:
    return state if isinstance(state, tuple) else (state,)

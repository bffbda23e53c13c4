"""What a network's states obey when it is a machine: statistics, each with the law behind it, and no verdicts.

For states h that words lead to, v_q the mean of those that a machine is in q with, and letters x:
- one step: the mean nearest to step(x, v_q) is that of delta(q, x);
- dispersion: sum |h - v_q|^2 / sum |h - mean|^2, small where a machine state has one code;
- equal words: where u and v move every machine state alike, step(u, h) = step(v, h);
- trace: of letters that permute, u and v lead equally many means back, which is the trace of a permutation.
States of recurrences without an offset are divided by their norms, which their readings do not depend on, others by
the root mean square norm. An orthogonal change of basis changes none of these numbers; any other change leaves the
trace, and of whitened states (h -> S^(-1/2) h on their span, S their second moment) the rest, up to what the division
by norms does to states of one class that are not one direction. A network with several codes for
a state, or with coordinates that nobody reads, may break all but the first and be right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

import torch
from torch import Tensor

from fsm2rnn.cells.auditable import Auditable, State
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.comparison.extraction.votes import FollowedWords
from fsm2rnn.comparison.side_by_side.equal_words import Word, equal_words
from fsm2rnn.machine.state_machine import StateMachine

PAIRS: Final = 48
STATES: Final = 64  # from which a pair of words is read
SHARE: Final = 0.9  # the quantile told of distances
SINGULAR: Final = 0.01  # of the largest: below it a direction of the means does not count


@final
@dataclass(frozen=True)
class Laws:
    """The share of steps that are right, and distances: None where a law says nothing of this network or machine.

    `rank` is the number of directions that the means of the states have, up to a hundredth of the largest.
    """

    onestep: float
    dispersion: float
    equal_words: float | None
    trace: float | None
    rank: int


@final
@dataclass(frozen=True)
class _View:
    """How rows (N, H) of states are compared: divided by their norms or by one scale, and whitened by `change`."""

    linear: bool
    scale: float
    change: Tensor | None = None

    def shown(self, rows: Tensor) -> Tensor:
        """Return the rows as they are compared."""
        divided = self._divided(rows)
        return divided if self.change is None else self._divided(divided @ self.change * self.scale)

    def _divided(self, rows: Tensor) -> Tensor:
        return rows / rows.norm(dim=1, keepdim=True).clamp_min(1e-30) if self.linear else rows / self.scale

    def whitened(self, rows: Tensor) -> _View:
        """Return the view of states whose second moment is the identity on their span, over its dimension."""
        shown = self.shown(rows)
        sizes, axes = torch.linalg.eigh(shown.T @ shown / len(shown))
        kept = sizes > SINGULAR**2 * sizes[-1]
        return _View(self.linear, self.scale, axes[:, kept] / (sizes[kept] * kept.sum()).sqrt())


@torch.no_grad()
def measured_laws(network: Auditable, machine: StateMachine, read: FollowedWords, *, whiten: bool = False) -> Laws:
    """Return the laws of a network beside a machine of the same letters, along words that were read."""
    rows = _rows(network, read.states)
    view = _View(_has_no_offset(network), float(rows.square().sum(1).mean().sqrt()) or 1.0)
    at = states_along(machine, read.ids).flatten()
    later = torch.ones(read.ids.shape[0], read.ids.shape[1] + 1, dtype=torch.bool)
    later[:, 0] = False  # the first state is a code of its own in torch.nn's layers
    kept = later.flatten() | ~torch.isin(at, at[later.flatten()])
    rows, at = rows[kept], at[kept]
    known = sorted(set(at.tolist()))
    plain = view.shown(rows)
    means = torch.stack([plain[at == state].mean(0) for state in known])
    sizes = torch.linalg.svdvals(means)
    pairs = _pairs(machine)
    view = view.whitened(rows) if whiten else view
    stepped = means if view.linear else means * view.scale
    return Laws(
        _onestep(network, machine, stepped, known, view),
        _dispersion(view.shown(rows), torch.searchsorted(torch.tensor(known), at), len(known)),
        _distance(_acting(network, read, pairs), view) if pairs else None,
        _trace(network, machine, pairs, stepped, view) if pairs else None,
        int((sizes > SINGULAR * sizes[0]).sum()),
    )


def _dispersion(visited: Tensor, at: Tensor, states: int) -> float:
    """Return the share of the spread of states (N, H) that is within machine states."""
    means = torch.stack([visited[at == state].mean(0) for state in range(states)])
    spread = float((visited - visited.mean(0)).square().sum())
    return float((visited - means[at]).square().sum()) / spread if spread else 0.0


def _pairs(machine: StateMachine) -> list[tuple[Word, Word]]:
    """Return at most PAIRS pairs of words that act alike, spread over those of the shortest words."""
    found = list(equal_words(machine))
    return [found[place * len(found) // PAIRS] for place in range(PAIRS)] if len(found) > PAIRS else found


def _has_no_offset(network: Auditable) -> bool:
    """Whether a network is a linear recurrence without an offset: then its state may be divided by its norm."""
    layer = network.rnn if isinstance(network, Network | Tracker) else None
    return isinstance(layer, BilinearRNN) and not layer.recurrence.affine


def _rows(network: Auditable, states: State) -> Tensor:
    """Return states as rows of float64; the outputs that a Mealy machine's network keeps beside h are left out."""
    parts = states if isinstance(states, tuple) else (states,)
    whole = parts[:1] if isinstance(network, Network) else parts
    return torch.cat([part.double().cpu() for part in whole], 1)


def states_along(machine: StateMachine, ids: Tensor) -> Tensor:
    """Return the machine's state before and after every letter, (N, T + 1)."""
    table, at = torch.tensor(machine.table), torch.full((len(ids),), machine.start)
    along = [at]
    for letters in ids.unbind(1):
        at = table[at, letters]
        along.append(at)
    return torch.stack(along, 1)


def _onestep(network: Auditable, machine: StateMachine, means: Tensor, known: list[int], view: _View) -> float:
    """Return the share of steps (q, x) from a mean after which the nearest mean is that of delta(q, x)."""
    place = {state: number for number, state in enumerate(known)}
    targets = view.shown(means)
    right = asked = 0
    for letter in range(len(machine.symbols)):
        after = _step(network, _state(network, means), letter)
        near = torch.cdist(view.shown(_rows(network, after)), targets).argmin(1)
        wanted = [place.get(machine.table[state][letter], -1) for state in known]
        right += sum(int(found) == want for found, want in zip(near, wanted, strict=True))
        asked += len(wanted)
    return right / asked


def _state(network: Auditable, rows: Tensor) -> State:
    """Return rows as states of the network, in its own dtype and parts."""
    first = network.begin(1)
    parts = first if isinstance(first, tuple) else (first,)
    found, begin = [], 0
    for part in parts:
        numbers = rows[:, begin : begin + part.shape[1]]
        blank = part.expand(len(rows), -1)
        found.append(numbers.to(part) if numbers.shape[1] == part.shape[1] else blank)
        begin += part.shape[1]
    return tuple(found) if isinstance(first, tuple) else found[0]


def _step(network: Auditable, state: State, letter: int) -> State:
    part = state[0] if isinstance(state, tuple) else state
    return network.step(torch.full((len(part),), letter, dtype=torch.int64, device=part.device), state)


def _acting(network: Auditable, read: FollowedWords, pairs: list[tuple[Word, Word]]) -> list[tuple[Tensor, Tensor]]:
    """Return for each pair where both words lead some of the states read."""
    parts = read.states if isinstance(read.states, tuple) else (read.states,)
    chosen = torch.linspace(1, len(parts[0]) - 1, STATES).long()
    begin = tuple(part[chosen] for part in parts)
    start: State = begin if isinstance(read.states, tuple) else begin[0]
    led: dict[Word, Tensor] = {}
    for word in {word for pair in pairs for word in pair}:
        state = start
        for letter in word:
            state = _step(network, state, letter)
        led[word] = _rows(network, state)
    return [(led[one], led[other]) for one, other in pairs]


def _distance(acting: list[tuple[Tensor, Tensor]], view: _View) -> float:
    far = [(view.shown(one) - view.shown(other)).norm(dim=1) for one, other in acting]
    return float(torch.quantile(torch.cat(far), SHARE))


def _trace(
    network: Auditable, machine: StateMachine, pairs: list[tuple[Word, Word]], means: Tensor, view: _View
) -> float | None:
    """Return the quantile of |chi(u) - chi(v)|, chi(w) the share of means that w leads nearest to themselves."""
    if any(len(set(column)) < len(machine.states) for column in zip(*machine.table, strict=True)):
        return None
    shares = {word: _fixed_share(network, word, means, view) for word in {word for pair in pairs for word in pair}}
    apart = torch.tensor([shares[one] - shares[other] for one, other in pairs])
    return float(torch.quantile(apart.abs(), SHARE))


def _fixed_share(network: Auditable, word: Word, means: Tensor, view: _View) -> float:
    state = _state(network, means)
    for letter in word:
        state = _step(network, state, letter)
    near = torch.cdist(view.shown(_rows(network, state)), view.shown(means)).argmin(1)
    return float((near == torch.arange(len(means))).double().mean())

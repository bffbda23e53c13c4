"""What audit says of small networks is what all short words say, and what it proves holds however sums are added."""

from __future__ import annotations

from collections import Counter

import pytest
import torch
from torch import Tensor

import fsm2rnn
from fsm2rnn import Proved, Refuted, StateMachine, Tracker, Undecided
from fsm2rnn.cells.layer import stock_kind
from fsm2rnn.comparison.search.module_steps import strictly_greatest
from fsm2rnn.comparison.search.state_search import last_output
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.claim.outputs import next_outputs
from tests.comparison.trackers import LAYERS, drawn_tracker, recipe_tracker

KINDS = [CellKind.ELMAN, CellKind.GRU, CellKind.LSTM]
NAMES = ["parity", "tomita1", "tomita3", "tomita6", "counter(3)", "flip-flop"]
LONGEST = {1: 20, 2: 14, 3: 9}
WORDS, LETTERS = 64, 120


def small_network(number: int) -> Tracker:
    """Return a network for a machine: the machine's own with weights moved, little or much, or one drawn at random."""
    kind, name, grid = KINDS[number % 3], NAMES[number // 3 % len(NAMES)], f"grid{1 + number % 5}"
    machine = fsm2rnn.read(name)
    if number % 5 == 4:
        return drawn_tracker(kind, machine, number, state=grid)
    tracker = recipe_tracker(kind, machine, state=grid)
    torch.manual_seed(number)
    with torch.no_grad():
        for parameter in tracker.rnn.parameters():
            parameter.mul_(0.25 if kind is CellKind.ELMAN else 1).add_(
                (0.1 + number % 4 / 4) * torch.randn(parameter.shape)
            )
    return tracker


def first_failing_length(tracker: Tracker, longest: int) -> int | None:
    """Return the length of the shortest word that the module reads wrongly, all words of a length at once; None: none.

    What fails in the crowd counts where it fails alone too, as in a search.
    """
    machine: StateMachine = tracker.machine
    count, table, due = len(machine.symbols), torch.tensor(machine.table), torch.tensor(next_outputs(machine))
    parts, at = as_parts(tracker.begin(1)), torch.tensor([machine.start])
    for length in range(1, longest + 1):
        letters = torch.arange(count).repeat(len(at))
        parts = tuple(part.repeat_interleave(count, 0) for part in parts)
        at = at.repeat_interleave(count)
        with torch.no_grad():
            state = tracker.step(letters, parts if len(parts) > 1 else parts[0])
            shown = torch.from_numpy(strictly_greatest(tracker.read(state)))
        wanted, at, parts = due[at, letters], table[at, letters], as_parts(state)
        for place in (shown != wanted).nonzero()[:, 0].tolist():
            word = [place // count**power % count for power in reversed(range(length))]
            if last_output(tracker, word) != wanted[place]:
                return length
    return None


def as_parts(state: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return state if isinstance(state, tuple) else (state,)


def assert_as_all_words_say(numbers: range) -> Counter[str]:
    """Compare answers with all short words; return how many there are of each kind of answer."""
    found: Counter[str] = Counter()
    for number in numbers:
        tracker = small_network(number)
        longest = LONGEST[len(tracker.machine.symbols)]
        failure = first_failing_length(tracker, longest)
        answer = fsm2rnn.audit(tracker, limit=20_000)
        match answer:
            case Refuted(word=word):
                machine = tracker.machine
                letters = [machine.symbols.index(symbol) for symbol in word]
                shown = last_output(tracker, letters)
                assert answer.expected == machine.answers(word)[-1], number
                assert answer.found == (None if shown < 0 else machine.output_labels[shown]) != answer.expected, number
                assert failure == len(word) or (failure is None and len(word) > longest), number
                found["refuted late" if len(word) > 3 else "refuted"] += 1
            case Proved():
                assert failure is None, number
                found["proved"] += 1
            case Undecided(depth=depth):
                assert failure is None or failure > (depth or 0), number
                found["undecided"] += 1
    return found


def test_answers_are_those_of_all_short_words():
    found = assert_as_all_words_say(range(12))
    assert found["proved"] >= 2
    assert found["refuted"] >= 2


@pytest.mark.slow  # three hundred networks, each beside some thirty thousand words
def test_answers_of_300_networks_are_those_of_all_short_words():
    found = assert_as_all_words_say(range(300))
    assert found["proved"] >= 30, found
    assert found["refuted"] >= 30, found
    assert found["refuted late"] >= 5, found


class Reordered:
    """The step of a Tracker, its hidden units in reverse, so that its sums are added up from the other end."""

    def __init__(self, tracker: Tracker) -> None:
        layer = tracker.rnn
        state, size = layer.state_dict(), layer.hidden_size
        back = torch.arange(size - 1, -1, -1)
        rows = torch.cat([back + gate * size for gate in range(len(state["bias_hh_l0"]) // size)])
        changed = {name: tensor[rows] for name, tensor in state.items()}
        changed["weight_hh_l0"] = changed["weight_hh_l0"][:, back]
        turned = LAYERS[stock_kind(layer)](layer.input_size, size)
        turned.load_state_dict(changed)
        self._inner = Tracker(
            turned, torch.nn.Linear(size, 1), fsm2rnn.from_table([[0] * layer.input_size], outputs=["o"])
        )
        self._scale = 2.0 ** int(tracker.state_format.name.removeprefix("grid"))

    def step(self, letters: Tensor, parts: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        turned = tuple(part.flip(1) for part in parts)
        after = as_parts(self._inner.step(letters, turned if len(turned) > 1 else turned[0]))
        return tuple((part.flip(1) * self._scale).round() / self._scale for part in after)


def in_double(tracker: Tracker, letters: Tensor, parts: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Return the step with all of it in float64, rounded to the grid in the end."""
    scale = 2.0 ** int(tracker.state_format.name.removeprefix("grid"))
    layer = tracker.rnn
    wide = LAYERS[stock_kind(layer)](layer.input_size, layer.hidden_size).double()
    wide.load_state_dict({name: tensor.double() for name, tensor in layer.state_dict().items()})
    symbols = torch.eye(layer.input_size, dtype=torch.float64)[letters].unsqueeze(1)
    held = tuple(part.double().unsqueeze(0) for part in parts)
    _, after = wide(symbols, held if len(held) > 1 else held[0])
    return tuple(((part[0] * scale).round() / scale).float() for part in as_parts(after))


def closed_network(kind: CellKind, seed: int) -> Tracker:
    """Return a drawn network of one output whose state forgets, so that some hundred grid states are all."""
    torch.manual_seed(seed)
    layer = LAYERS[kind](2, 6)
    with torch.no_grad():
        for name, weight in layer.named_parameters():
            weight.mul_({CellKind.ELMAN: 1.0, CellKind.GRU: 0.4, CellKind.LSTM: 0.2}[kind] if "hh" in name else 3)
    return Tracker(layer, torch.nn.Linear(6, 1), fsm2rnn.from_table([[0, 0]], outputs=["o"]), state="grid6")


@torch.no_grad()
def assert_within_the_listed(tracker: Tracker, seed: int) -> int:
    """Walk random words in four evaluations: each state is a listed one of the right reading. Return how many."""
    answer = fsm2rnn.audit(tracker)
    assert isinstance(answer, Proved), answer
    orbit, machine, turned = answer.proof.proof, tracker.machine, Reordered(tracker)
    nodes = set(zip(orbit.states, orbit.reads, strict=True))
    ids = torch.randint(len(machine.symbols), (WORDS, LETTERS), generator=torch.Generator().manual_seed(seed))
    steps = {
        "a crowd of 64": lambda letters, parts: as_parts(tracker.step(letters, whole(parts))),
        "each alone": lambda letters, parts: alone(tracker, letters, parts),
        "from the other end": turned.step,
        "in float64": lambda letters, parts: in_double(tracker, letters, parts),
    }
    walks = {name: as_parts(tracker.begin(WORDS)) for name in steps}
    read = [machine.start] * WORDS
    for letters in ids.unbind(1):
        read = [machine.table[state][letter] for state, letter in zip(read, letters.tolist(), strict=True)]
        for name, step in steps.items():
            walks[name] = step(letters, walks[name])
            rows = (torch.cat(walks[name], 1).double() * 2.0**orbit.grid).long().tolist()
            assert all((tuple(row), state) in nodes for row, state in zip(rows, read, strict=True)), name
    return len(nodes)


def whole(parts: tuple[Tensor, ...]) -> Tensor | tuple[Tensor, ...]:
    return parts if len(parts) > 1 else parts[0]


def alone(tracker: Tracker, letters: Tensor, parts: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    rows = [
        as_parts(tracker.step(letters[at : at + 1], whole(tuple(p[at : at + 1] for p in parts)))) for at in range(8)
    ]
    crowd = as_parts(tracker.step(letters, whole(parts)))
    return tuple(torch.cat([*(row[place] for row in rows), crowd[place][8:]]) for place in range(len(parts)))


@pytest.mark.parametrize("kind", KINDS)
def test_every_evaluation_stays_within_what_is_proved(kind):
    assert assert_within_the_listed(closed_network(kind, 0), 0) > 50


@pytest.mark.slow  # the same walks in several networks
@pytest.mark.parametrize("kind", KINDS)
def test_every_evaluation_of_more_networks_stays_within_what_is_proved(kind):
    sizes = [assert_within_the_listed(closed_network(kind, seed), seed) for seed in (1, 2)]
    assert max(sizes) > 100, sizes

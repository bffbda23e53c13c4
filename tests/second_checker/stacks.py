"""Gated stacks: layer by layer and channel by channel, each with the set of values that it may have after a step."""

from __future__ import annotations

from itertools import chain, pairwise
from typing import Any, NamedTuple

from tests.second_checker import exact
from tests.second_checker.cells import EVERY_WORD, NOT_EMPTY, shown
from tests.second_checker.formats import FORMATS, ONLY_STORED
from tests.second_checker.machine import Machine, listed, read_machine
from tests.second_checker.wire import demand, indices, numbers, plain_int

FORMAT = "fsm2rnn-stack-certificate-1"
KEYS = "claim evidence float format induction machine nodes separation sha256 stack weights"
REASON = (
    "every weight and bias is an integer and every state has zeros and ones, so every partial sum before a rectifier "
    "is an integer, and so is every one of a logit on the listed nodes, of magnitude at most partial_sums; every such "
    "integer is a number of these formats, so, of operands that are not cut to a shorter format first, none rounds, in "
    "any order of summation, with or without fused multiply-add; a rectified number is 0 or at least 1, so the sum of "
    "some, rounded in any order, is 0 where all are and at least 1 elsewhere, which max(0, 1 - s) and min(1, s) make 0 "
    "or 1; at every length"
)
ENDS = ("shown.bias", "shown.weight", "readout.bias", "readout.weight")
PARTS = ("units.weight", "units.bias", "erase.weight", "write.weight")

Tensor = tuple[str, list[int], bytes]
Values = list[frozenset[int]]  # of each channel
ONE, ZERO, BOTH = frozenset({1}), frozenset({0}), frozenset({0, 1})


class Layer(NamedTuple):
    """Rows of weights on letters and lower channels, biases, and per channel what its units do to it."""

    rows: list[dict[int, int]]
    bias: list[int]
    erased_by: list[set[int]]
    written_by: list[set[int]]
    carried: list[list[tuple[int, int]]]  # per channel (unit, channel of the layer whose value it then gets)


class Stack(NamedTuple):
    """Layers, the initial state, rows of the units shown, and rows of the logits, each with its bias."""

    layers: list[Layer]
    channels: int
    symbols: int
    start: list[int]
    shown: list[tuple[dict[int, int], int]]
    logits: list[tuple[dict[int, int], int]]
    dtype: str


def prove(certificate: dict[str, Any], tensors: dict[str, Tensor]) -> dict[str, Any]:
    """Refuse unless the nodes carry the claim; return the fields that they determine."""
    machine = read_machine(certificate["machine"])
    stack = stored_stack(tensors, len(machine.table[0]))
    answers, started, labels = shown(certificate["machine"]["outputs"], machine)
    demand(len(stack.logits) == labels, "weights: one logit per output")
    values, reads, outputs = read_nodes(certificate["nodes"], stack.channels)
    demand(all(map(frozenset.__contains__, values[0], stack.start)), "nodes: the initial state lies outside the first")
    follow(stack, machine, answers, (values, reads, outputs))
    demand(started is None or outputs[0] in (None, started), "nodes: not the output of the start")
    demand(all(output is None or 0 <= output < labels for output in outputs), "nodes: an output without a logit")
    leads = list(chain.from_iterable(lead_on(stack, *node) for node in zip(values, outputs, strict=True)))
    demand(all(lead > 0 for lead in leads), "margin: another logit is as great")
    weights = [abs(weight) for row, _ in stack.logits for weight in row.values()]
    bound = max(widest(stack), *weights, *(scored(stack, node) for node in values))
    demand(stack.dtype not in ONLY_STORED, "float: a stack computes in its own format")
    formats = exact.formats(bound, stack.dtype)
    demand(FORMATS[stack.dtype][0] in formats, "float: the stored format does not hold every partial sum")
    empty = started is not None and outputs[0] is not None
    return {
        "claim": {"grade": "exact", "quantifier": EVERY_WORD if empty else NOT_EMPTY, "steps": "all lengths"},
        "float": {"dtypes": formats, "partial_sums": str(bound), "reason": REASON},
        "format": FORMAT,
        "induction": {"steps": len(values) * stack.symbols},
        "machine": certificate["machine"],
        "nodes": certificate["nodes"],
        "separation": {"margin": str(min(leads)) if leads else None},
        "stack": {"channels": stack.channels, "dtype": FORMATS[stack.dtype][0], "layers": len(stack.layers)},
    }


def read_nodes(nodes: Any, channels: int) -> tuple[list[Values], list[int], list[int | None]]:
    """Return per node what each channel may be, what it is read as and shows."""
    demand(isinstance(nodes, dict) and sorted(nodes) == ["free", "on", "outputs", "reads"], "nodes: keys")
    on, free, reads, outputs = (listed("nodes", nodes[key]) for key in ("on", "free", "reads", "outputs"))
    demand(len(on) == len(free) == len(reads) == len(outputs), "nodes: one row each")
    demand(all(output is None or plain_int(output) for output in outputs), "nodes: an output is no index")
    found = []
    for hot, loose in zip(on, free, strict=True):
        for row in (hot, loose):
            demand(isinstance(row, list) and all(map(plain_int, row)), "nodes: channels are integers")
            demand(all(0 <= one < channels for one in row), "nodes: no channel")
            demand(all(left < right for left, right in pairwise(row)), "nodes: channels out of order")
        demand(not set(hot) & set(loose), "nodes: a channel is 1 and free")
        found.append([BOTH if one in loose else ONE if one in hot else ZERO for one in range(channels)])
    spelled = [str(node) for node in zip(on, free, reads, outputs, strict=True)]
    demand(len(set(spelled)) == len(spelled), "nodes: listed twice")
    return found, reads, outputs


def follow(
    stack: Stack,
    machine: Machine,
    answers: list[list[int]],
    nodes: tuple[list[Values], list[int], list[int | None]],
) -> None:
    """Refuse unless each letter leads all of a node into one of the next state and output, and words reach all."""
    values, reads, outputs = nodes
    demand(all(plain_int(read) and 0 <= read < len(machine.table) for read in reads), "reads: not machine states")
    demand(reads[0] == machine.start, "reads: the first is not the start")
    places: dict[tuple[int, int | None], list[int]] = {}
    exact_place = {}
    for place, key in enumerate(zip(reads, outputs, strict=True)):
        places.setdefault(key, []).append(place)
        exact_place[key, tuple(values[place])] = place
    wide = {key: [one for one in ones if BOTH in values[one]] for key, ones in places.items()}
    moves = []
    for node, read in enumerate(reads):
        moves.append(set())
        for letter in range(stack.symbols):
            key = machine.table[read][letter], answers[read][letter]
            after = step(stack, values[node], letter)
            found = exact_place.get((key, tuple(after)))
            if found is None:
                inside = (one for one in wide.get(key, []) if all(map(frozenset.issubset, after, values[one])))
                found = next(inside, None)
            demand(found is not None, "induction: a step into no listed node")
            moves[-1].add(found)
    demand(len(exact.connected(moves)) == len(reads), "nodes: one that no word reaches")


def step(stack: Stack, before: Values, letter: int) -> Values:
    """Return what each channel may be after a letter."""
    after: Values = []
    for layer in stack.layers:
        sure, perhaps = fired(stack, layer, before, letter)
        own = before[len(after) : len(after) + len(layer.carried)]
        for place, carried in enumerate(layer.carried):
            erasing, writing = layer.erased_by[place], layer.written_by[place]
            found = frozenset() if erasing & sure else own[place]
            found |= ZERO if erasing & perhaps - writing else frozenset()
            found |= ONE if writing & perhaps else frozenset()
            found = ONE if writing & sure else found
            for source in (own[one] if unit in sure else own[one] | ZERO for unit, one in carried if unit in perhaps):
                found = frozenset(max(here, there) for here in found for there in source)
            after.append(found)
    return after


def fired(stack: Stack, layer: Layer, before: Values, letter: int) -> tuple[set[int], set[int]]:
    """Return the units that fire surely, and those that may."""
    sure, perhaps = set(), set()
    for unit, row in enumerate(layer.rows):
        low, high = span({place - stack.symbols: w for place, w in row.items() if place >= stack.symbols}, before)
        entering = layer.bias[unit] + row.get(letter, 0)
        if high + entering > 0:
            perhaps.add(unit)
        if low + entering > 0:
            sure.add(unit)
    return sure, perhaps


def span(row: dict[int, int], values: Values) -> tuple[int, int]:
    """Return the least and greatest sum of a row over what its channels may be."""
    ends = [[weight * value for value in values[place]] for place, weight in row.items()]
    return sum(map(min, ends)), sum(map(max, ends))


def firing(stack: Stack, values: Values) -> list[tuple[int, int]]:
    """Return the least and greatest value of each unit shown."""
    found = []
    for row, bias in stack.shown:
        low, high = span(row, values)
        found.append((max(0, low + bias), max(0, high + bias)))
    return found


def lead_on(stack: Stack, values: Values, output: int | None) -> list[int]:
    """Return by how much the right logit leads each other one, at least."""
    if output is None:
        return []
    ends, found = firing(stack, values), []
    right, constant = stack.logits[output]
    for other, (row, bias) in enumerate(stack.logits):
        if other != output:
            ahead = {place: right.get(place, 0) - row.get(place, 0) for place in {*right, *row}}
            least = sum(min(weight * end for end in ends[place]) for place, weight in ahead.items())
            found.append(constant - bias + least)
    return found


def scored(stack: Stack, values: Values) -> int:
    """Return a bound of the partial sums of all logits on a node."""
    ends = firing(stack, values)
    return max(abs(bias) + sum(abs(w) * ends[place][1] for place, w in row.items()) for row, bias in stack.logits)


def widest(stack: Stack) -> int:
    """Return a bound of the partial sums before a rectifier, one letter being read."""
    found = [abs(bias) + sum(map(abs, row.values())) for row, bias in stack.shown]
    for layer in stack.layers:
        for row, bias in zip(layer.rows, layer.bias, strict=True):
            letters = [abs(weight) for place, weight in row.items() if place < stack.symbols]
            found.append(abs(bias) + sum(map(abs, row.values())) - sum(letters) + max(letters, default=0))
    return max(found)


def stored_stack(tensors: dict[str, Tensor], symbols: int) -> Stack:
    """Return the exact numbers of a stack, refusing other names, shapes, formats, fractions and gates."""
    count = sum(name.endswith(".units.weight") for name in tensors)
    names = {"initial_state", *ENDS, *(f"layers.{layer}.{part}" for layer in range(count) for part in PARTS)}
    turning = [layer for layer in range(count) if f"layers.{layer}.turn.weight" in tensors]
    sources = {f"layers.{layer}.turn_source" for layer in turning}
    demand(names | sources | {f"layers.{layer}.turn.weight" for layer in turning} == set(tensors), "weights: names")
    dtypes = {tensor[0] for name, tensor in tensors.items() if name not in sources}
    demand(len(dtypes) == 1, "weights: one format")
    value = {name: numbers(tensor) for name, tensor in tensors.items() if name not in sources}
    demand(all(isinstance(one, int) for found in value.values() for one in found.values()), "weights: a fraction")
    shape = {name: tensor[1] for name, tensor in tensors.items()}
    channels, layers = 0, []
    for number in range(count):
        weight, bias, erase, write = (f"layers.{number}.{part}" for part in PARTS)
        demand(len(shape[erase]) == 2 and shape[write] == shape[erase], "weights: gates")
        own, units = shape[erase]
        demand(shape[weight] == [units, symbols + channels] and shape[bias] == [units], "weights: shapes")
        gates = [units_of(value[name], own, units) for name in (erase, write)]
        demand(all(map(set.issuperset, *gates)), "weights: written and not erased")
        carried = turns_of(tensors, value, f"layers.{number}.turn", (own, units))
        rows = split(value[weight], units, symbols + channels)
        layers.append(Layer(rows, spread(value[bias], units), *gates, carried))
        channels += own
    (shown_count, labels) = (shape[name][0] for name in ("shown.bias", "readout.bias"))
    wanted = {"shown.weight": [shown_count, channels], "readout.weight": [labels, shown_count]}
    wanted |= {"shown.bias": [shown_count], "readout.bias": [labels]}
    demand(all(shape[name] == one for name, one in wanted.items()), "weights: shapes")
    ends = []
    for part, (height, width) in (("shown", (shown_count, channels)), ("readout", (labels, shown_count))):
        rows = split(value[part + ".weight"], height, width)
        ends.append(list(zip(rows, spread(value[part + ".bias"], height), strict=True)))
    demand(shape["initial_state"] == [channels], "weights: shapes")
    demand(set(value["initial_state"].values()) <= {1}, "weights: an initial state of zeros and ones")
    return Stack(layers, channels, symbols, spread(value["initial_state"], channels), *ends, dtypes.pop())


def turns_of(
    tensors: dict[str, Tensor], value: dict[str, dict[int, Any]], name: str, sizes: tuple[int, int]
) -> list[list[tuple[int, int]]]:
    """Return per channel (unit, source) of the turns of a layer of so many channels and units."""
    (own, units), carried = sizes, [[] for _ in range(sizes[0])]
    if name + ".weight" not in tensors:
        return carried
    turns = tensors[name + "_source"][1][0]
    demand(tensors[name + "_source"][1] == [turns, own], "weights: shapes")
    demand(tensors[name + ".weight"][1] == [turns, units], "weights: shapes")
    source = indices(tensors[name + "_source"], own + 1)
    for turn, by in enumerate(units_of(value[name + ".weight"], turns, units)):
        for target in range(own):
            if source[turn * own + target] < own:
                carried[target] += [(unit, source[turn * own + target]) for unit in sorted(by)]
    return carried


def split(entries: dict[int, Any], height: int, width: int) -> list[dict[int, int]]:
    """Return the rows of a matrix."""
    rows: list[dict[int, int]] = [{} for _ in range(height)]
    for place, value in entries.items():
        rows[place // width][place % width] = value
    return rows


def spread(entries: dict[int, Any], length: int) -> list[int]:
    """Return a vector with its zeros."""
    return [entries.get(place, 0) for place in range(length)]


def units_of(entries: dict[int, Any], channels: int, units: int) -> list[set[int]]:
    """Return per channel the units of a gate of zeros and ones."""
    demand(all(value == 1 for value in entries.values()), "weights: a gate is 0 or 1")
    return [set(row) for row in split(entries, channels, units)]

"""Machines written in one line: `perm:` and `act:` with permutations in cycle notation, `maps:` with image lists.

`perm:(1,2,3);(1,2)` is the group generated, acting on itself: state g, letter s, next g * s. `act:` with the
same text acts on the points 1 .. n from point 1. `maps:0,0,1;1,2,2` has the states 0 .. n-1, one letter per
map, and starts at 0. `Group((1,2,3),(1,2))` and `[(1,2,3),(1,2)]`, as GAP writes them, are such a `perm:`.
Letters are named by their cycles, maps by their images; each outputs its state.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NoReturn

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.permutations import Permutation, compose
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.draft import require_table
from fsm2rnn.source.named.catalogue_groups import POINT_LIMIT
from fsm2rnn.source.named.permutation_groups import closure, cycles

_CYCLE: Final = re.compile(r"\s*\(([^()]*)\)\s*")
_NUMBER: Final = re.compile(r"[0-9]+")
GAP_GROUP: Final = re.compile(r"\s*Group\s*\(")
"""How a group in GAP begins."""
GAP_LIST: Final = re.compile(r"\s*\[\s*\(")
"""How a list of permutations in GAP begins."""
_GAP_OPENING: Final = re.compile(r"\s*Group\s*\(\s*\[|\s*Group\s*\(|\s*\[")
_RAISE: Final = "--max-states N raises the limit"


def permutation_group(text: str, *, offset: int = 0, max_states: int) -> StateMachine:
    """Return the group that the permutations generate, acting on itself by right multiplication.

    States are the elements breadth first from the identity, symbols the generators as given, both in cycle
    notation. Columns of errors count from 1 + `offset`. Raises InputError, and LimitError past `max_states`
    elements or POINT_LIMIT points in all of them.
    """
    return generated_group(_permutations(_parts(text), offset), max_states=max_states)


def gap_group(text: str, *, offset: int = 0, max_states: int) -> StateMachine:
    """Return the group that a GAP text such as Group((1,2,3),(1,2)) or [(1,2,3),(1,2)] generates, acting on itself.

    States, symbols, errors and limits are those of `permutation_group` for the same generators.
    """
    return generated_group(_permutations(_gap_parts(text, offset), offset), max_states=max_states)


def generated_group(generators: Sequence[Permutation], *, max_states: int) -> StateMachine:
    """Return the group that permutations of one degree generate; states, symbols and limits as above."""
    limit = min(max_states, POINT_LIMIT // max(1, *map(len, generators)))
    try:
        elements = closure(generators, limit=limit)
    except LimitError as error:
        raise LimitError(error.what, limit=limit, hint=_RAISE if limit == max_states else None) from None
    number = {element: index for index, element in enumerate(elements)}
    table = [[number[compose(element, generator)] for generator in generators] for element in elements]
    return StateMachine.tracker([cycles(g) for g in elements], [cycles(s) for s in generators], table)


def permutation_action(text: str, *, offset: int = 0, max_states: int) -> StateMachine:
    """Return the permutations acting on the points 1 .. n, from point 1; errors as for `permutation_group`."""
    generators = _permutations(_parts(text), offset)
    _require_points(len(generators[0]), max_states)
    points = [str(point + 1) for point in range(len(generators[0]))]
    return canonical(StateMachine.tracker(points, [cycles(s) for s in generators], zip(*generators, strict=True)))


def transformations(text: str, *, offset: int = 0, max_states: int) -> StateMachine:
    """Return the maps acting on 0 .. n-1, from 0; the letters are their image lists.

    Raises InputError, with the column, for maps of different lengths, images outside and repeated maps;
    LimitError past `max_states` states.
    """
    maps: dict[str, list[int]] = {}
    for start, part in _parts(text):
        images = [number for _, number in _numbers(part, offset + start)]
        count = len(next(iter(maps.values()), images))
        if len(images) != count:
            _fail(f"a map of {len(images)} images among maps of {count}", offset + start)
        for place, image in _numbers(part, offset + start):
            if image >= count:
                _fail(f"the image {image} is outside 0..{count - 1}", place)
        name = ",".join(map(str, images))
        if name in maps:
            _fail(f"the map {name:.60} stands twice", offset + start)
        maps[name] = images
        _require_points(count, max_states)
        require_table(count, len(maps))
    states = [str(state) for state in range(len(next(iter(maps.values()))))]
    return canonical(StateMachine.tracker(states, maps, zip(*maps.values(), strict=True)))


def _require_points(count: int, max_states: int) -> None:
    if count > max_states:
        what = "points acted on"
        raise LimitError(what, limit=max_states, needed=count, hint=_RAISE)


def _permutations(texts: Iterable[tuple[int, str]], offset: int) -> list[Permutation]:
    """Return the permutations on 0 .. n-1, n the largest point named in any of them."""
    parts = [(start, _cycles(part, offset + start)) for start, part in texts]
    degree = max([1, *(point for _, part in parts for cycle in part for point in cycle)])
    if degree * len(parts) > POINT_LIMIT:
        what = "points in the permutations of a group"
        raise LimitError(what, limit=POINT_LIMIT, needed=degree * len(parts) if degree < POINT_LIMIT else None)
    found: dict[Permutation, None] = {}
    for start, part in parts:
        images = list(range(degree))
        for cycle in part:
            for point, image in zip(cycle, [*cycle[1:], *cycle[:1]], strict=True):
                images[point - 1] = image - 1
        if tuple(images) in found:
            _fail(f"the generator {cycles(tuple(images)):.60} stands twice", offset + start)
        found[tuple(images)] = None
    return list(found)


def _cycles(text: str, offset: int) -> list[list[int]]:
    found: list[list[int]] = []
    seen: set[int] = set()
    position = 0
    while position < len(text) or not found:
        match = _CYCLE.match(text, position)
        if match is None:
            _fail(f"expected a cycle such as (1,2,3), found {text[position : position + 20]!r}", offset + position)
        cycle = []
        for place, point in _numbers(match[1], offset + match.start(1)) if match[1].strip() else ():
            if point == 0 or point in seen:
                _fail("points count from 1" if point == 0 else f"the point {point} stands twice", place)
            seen.add(point)
            cycle.append(point)
        found.append(cycle)
        position = match.end()
    return found


def _numbers(text: str, offset: int) -> Iterator[tuple[int, int]]:
    """Yield the numbers between commas with their places."""
    place = offset
    for piece in text.split(","):
        word = piece.strip()
        here = place + len(piece) - len(piece.lstrip())
        if not (_NUMBER.fullmatch(word) and word.isascii()):
            _fail(f"expected a number, found {word[:20]!r}", here)
        # No list has 10**9 entries; a longer number is larger than any of them.
        yield here, int(word) if len(word.lstrip("0")) < 10 else 10**9
        place += len(piece) + 1


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """Yield the texts between semicolons with their offsets."""
    start = 0
    for part in text.split(";"):
        yield start, part
        start += len(part) + 1


def _gap_parts(text: str, offset: int) -> Iterator[tuple[int, str]]:
    """Yield the texts between the commas outside cycles, with their offsets; the closing brackets must match."""
    opening = _GAP_OPENING.match(text)
    end = len(text.rstrip().removesuffix(";").rstrip())
    first = opening.end() if opening else 0
    for bracket in (character for character in text[:first] if character in "(["):  # the outermost closes last
        closing = ")" if bracket == "(" else "]"
        if end <= first or text[end - 1] != closing:
            last = text[max(first, end - 20) : end]
            _fail(f"expected {closing!r} at the end, found {last!r}", offset + max(first, end))
        end = len(text[: end - 1].rstrip())
    start, depth = first, 0
    for place in range(first, end):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if text[place] == "," and depth == 0:
            yield start, text[start:place]
            start = place + 1
    yield start, text[start:end]


def _fail(message: str, offset: int) -> NoReturn:
    raise InputError(message, column=offset + 1)

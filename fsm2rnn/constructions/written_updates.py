r"""Letters that are partial permutations of the states, or resets, as products of updates with 0/1 keys and betas.

A state z at the origin and unit vectors for the others: a letter that keeps z and is one to one on the states that it
does not send to z is a coordinate projection, one update I - e_j e_j^T for each state j sent to z, and then a
permutation, which takes k - 1 swaps for each cycle of k points; a path of k states that ends in z becomes such a cycle.
That is rank(I - A), and fewer updates have no such product. A reset to q writes the code of q: one update with a value
for each of the H coordinates. Where all letters permute or reset the states, signed permutations give shorter codes.
Where letters keep, set or reflect each coordinate alone (`algebra.affine_diagonal`), one update for each coordinate
that is set or reflected does. All numbers are integers, so nothing ever rounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import final

from fsm2rnn.algebra.affine_diagonal import affine_real_coordinates
from fsm2rnn.algebra.monomial import fewest_reflections_form
from fsm2rnn.algebra.reflections import signed_permutation_updates
from fsm2rnn.constructions.nearest import nearest_integers
from fsm2rnn.constructions.promise import finite_promise
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.exact.sparse import Vector, unit, vector
from fsm2rnn.exact.updates import Update
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.householder import Householder
from fsm2rnn.proof.contract import Contract
from fsm2rnn.proof.simulation import Simulation

COORDINATES = 256
"""Most coordinates: a reset takes one update for each, of as many numbers."""


@final
@dataclass(frozen=True)
class UpdateForm:
    """Updates per symbol and codes per state of a network on `width` coordinates."""

    width: int
    updates: tuple[tuple[Update, ...], ...]
    codes: tuple[Vector, ...]


def update_form(machine: StateMachine) -> UpdateForm | None:
    """Return the form with the fewest updates per letter found, None where letters are of no such kind.

    LimitError beyond COORDINATES coordinates.
    """
    best = min(_forms(machine), key=lambda form: (max(map(len, form.updates)), form.width), default=None)
    if best is not None and best.width > COORDINATES:
        what = "coordinates of a network of updates"
        raise LimitError(what, limit=COORDINATES, needed=best.width)
    return best


def updates_network(
    machine: StateMachine, form: UpdateForm, contract: Contract, details: Mapping[str, Json]
) -> Compiled:
    """Return the network of a form, proved over the integers."""
    operator = Householder(form.width, form.updates)
    constant = ((form.width, 1),) if operator.written else ()
    codes = tuple((*code, *constant) for code in form.codes)
    states = range(len(codes))
    decoder = nearest_integers(form.codes, states, form.width + len(constant))
    matrices = tuple(operator.matrix(symbol) for symbol in range(len(machine.symbols)))
    proof = Simulation(machine, matrices, codes, tuple(states), decoder, finite_promise(contract))
    return Compiled(operator, proof, (), {"n_h": operator.steps, **details})


def _forms(machine: StateMachine) -> Iterator[UpdateForm]:
    columns = list(zip(*machine.table, strict=True))
    count = len(machine.states)
    affine = _affine(machine)
    if affine is not None:
        yield affine
    kept = [column for column in columns if count == 1 or len(set(column)) > 1]
    signed = _signed(machine, kept) if all(len(set(column)) == count for column in kept) else None
    if signed is not None:
        yield signed
    elif all(len(set(column)) == count for column in kept):
        swaps = {column: signed_permutation_updates(column, (1,) * count) for column in kept}
        yield _written(columns, [unit(state) for state in range(count)], count, swaps)
    origin = next((state for state in range(count) if all(_keeps(column, state) for column in kept)), None)
    if origin is not None and count > 1:
        places = {state: place for place, state in enumerate(state for state in range(count) if state != origin)}
        codes = [unit(places[state]) if state in places else () for state in range(count)]
        yield _written(columns, codes, count - 1, {column: _projected(column, places) for column in kept})


def _affine(machine: StateMachine) -> UpdateForm | None:
    """Return the form in which letters keep, reset or reflect each coordinate alone."""
    try:
        found = affine_real_coordinates(machine)
    except LimitError:
        return None
    if found is None or not found.codes[0]:
        return None
    acts = {(1, 0): (), (-1, 0): (2, 0)}
    updates = tuple(
        tuple(
            Update(unit(place), *acts.get(act, (1, act[1])))
            for place, act in enumerate(zip(slopes, offsets, strict=True))
            if acts.get(act) != ()
        )
        for slopes, offsets in zip(found.slopes, found.offsets, strict=True)
    )
    return UpdateForm(len(found.codes[0]), updates, tuple(vector(enumerate(code)) for code in found.codes))


def _signed(machine: StateMachine, kept: Sequence[tuple[int, ...]]) -> UpdateForm | None:
    """Return the form on signed permutations where the permutations reach all states."""
    symbols = tuple(range(len(kept)))
    try:
        form = fewest_reflections_form(replace(machine, symbols=symbols, table=tuple(zip(*kept, strict=True))))
    except (InputError, LimitError):
        return None
    rows = zip(form.maps.tolist(), form.signs.tolist(), strict=True)
    updates = dict(zip(kept, (signed_permutation_updates(image, signs) for image, signs in rows), strict=True))
    codes = [vector(enumerate(code)) for code in form.codes.tolist()]
    return _written(list(zip(*machine.table, strict=True)), codes, form.size, updates)


def _written(
    columns: Sequence[tuple[int, ...]],
    codes: Sequence[Vector],
    width: int,
    kept: dict[tuple[int, ...], tuple[Update, ...]],
) -> UpdateForm:
    """Return the form in which every other letter is a reset, one written value for each coordinate."""
    updates = dict(kept)
    for column in columns:
        if column not in updates:
            values = dict(codes[column[0]])
            updates[column] = tuple(Update(unit(place), 1, values.get(place, 0)) for place in range(width))
    return UpdateForm(width, tuple(updates[column] for column in columns), tuple(codes))


def _keeps(column: Sequence[int], origin: int) -> bool:
    """Tell whether a letter keeps the origin and is one to one on what it does not send there."""
    moved = [target for target in column if target != origin]
    return column[origin] == origin and len(set(moved)) == len(moved)


def _projected(column: Sequence[int], places: dict[int, int]) -> tuple[Update, ...]:
    """Return the projection and the swaps of a partial permutation; a path that ends at the origin becomes a cycle."""
    image: dict[int, int] = {place: places[column[state]] for state, place in places.items() if column[state] in places}
    ends = [place for place in places.values() if place not in image]
    before = {target: place for place, target in image.items()}
    for end in ends:
        first = end
        while first in before:
            first = before[first]
        image[end] = first
    projections = tuple(Update(unit(end), 1) for end in ends)
    targets = [image[place] for place in range(len(places))]
    return (*projections, *signed_permutation_updates(targets, (1,) * len(targets)))

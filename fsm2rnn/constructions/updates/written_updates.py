r"""Letters that are partial permutations of the states, or resets, as products of updates with 0/1 keys and betas.

A state z at the origin and unit vectors for the others: a letter that keeps z and is one to one on the states that it
does not send to z is a coordinate projection, one update I - e_j e_j^T for each state j sent to z, and then a
permutation, which takes k - 1 swaps for each cycle of k points; a path of k states that ends in z becomes such a cycle.
That is rank(I - A), and fewer updates have no such product. A reset to q writes the code of q: one update with a value
for each of the H coordinates. Where all letters permute or reset the states, signed permutations give shorter codes.
Where letters keep, set or reflect each coordinate alone (`algebra.diagonal.affine_diagonal`), one update for each
coordinate that is set or reflected does. All numbers are integers, so nothing ever rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.representation.reflections import cycle_count, signed_permutation_updates
from fsm2rnn.algebra.signed.induced_signs import reflection_ranks
from fsm2rnn.constructions.updates.family_updates import family_form
from fsm2rnn.constructions.updates.update_form import UpdateForm
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.exact.sparse import Vector, unit, vector
from fsm2rnn.exact.updates import Update


def update_form(facts: Facts) -> UpdateForm | None:
    """Return the form with the fewest updates per letter found, None where letters are of no such kind.

    Where they are no partial permutations or resets of the states, that of functions on the states (`family_updates`).
    """
    found = min(_forms(facts), key=lambda form: (form.steps, form.width), default=None)
    return family_form(facts) if found is None else found


def _forms(facts: Facts) -> Iterator[UpdateForm]:
    machine = facts.machine
    # Three kinds of codes, each where the letters allow it: coordinates that letters keep, set or reflect alone; one
    # for each state, or signed ones, where letters permute or reset states; unit vectors beside a state at the origin.
    columns = list(zip(*machine.table, strict=True))
    count = len(machine.states)
    affine = _affine(facts)
    if affine is not None:
        yield affine
    kept = [column for column in columns if count == 1 or len(set(column)) > 1]
    if all(len(set(column)) == count for column in kept):
        signed = _signed(facts, kept) if count > 1 else None
        yield _on_states(columns, kept) if signed is None else signed
    origin = next((state for state in range(count) if all(_keeps(column, state) for column in kept)), None)
    if origin is not None and count > 1:
        places = {state: place for place, state in enumerate(state for state in range(count) if state != origin)}
        codes = [unit(places[state]) if state in places else () for state in range(count)]
        ranks = [count - 1 - _whole_cycles(column, origin) for column in kept]
        yield _written(columns, codes, count - 1, dict(zip(kept, ranks, strict=True)), partial(_projected, places))


def _on_states(columns: Sequence[tuple[int, ...]], kept: Sequence[tuple[int, ...]]) -> UpdateForm:
    """Return the form with one coordinate per state."""
    count = len(columns[0])
    ranks = {column: count - cycle_count(column) for column in kept}
    ones = (1,) * count
    return _written(
        columns, list(map(unit, range(count))), count, ranks, lambda column: signed_permutation_updates(column, ones)
    )


def _affine(facts: Facts) -> UpdateForm | None:
    """Return the form in which letters keep, reset or reflect each coordinate alone."""
    try:
        found = facts.affine_real
    except LimitError:
        return None
    if found is None or not found.codes[0]:
        return None
    # One update e_j for each coordinate that a letter does not keep: beta 2 reflects, beta 1 writes the value set.
    acts = {(1, 0): (), (-1, 0): (2, 0)}
    updates = tuple(
        tuple(
            Update(unit(place), *acts.get(act, (1, act[1])))
            for place, act in enumerate(zip(slopes, offsets, strict=True))
            if acts.get(act) != ()
        )
        for slopes, offsets in zip(found.slopes, found.offsets, strict=True)
    )
    codes = tuple(vector(enumerate(code)) for code in found.codes)
    return UpdateForm(len(found.codes[0]), tuple(map(len, updates)), codes, lambda: updates)


def _signed(facts: Facts, kept: Sequence[tuple[int, ...]]) -> UpdateForm | None:
    """Return the form on signed permutations where the permutations reach all states."""
    if facts.permuting is None:
        return None
    try:
        form = facts.permuting.fewest_reflections
    except (InputError, LimitError):
        return None
    ranks = dict(zip(kept, reflection_ranks(form.maps, form.signs).tolist(), strict=True))
    rows = dict(zip(kept, zip(form.maps.tolist(), form.signs.tolist(), strict=True), strict=True))
    codes = [vector(enumerate(code)) for code in form.codes.tolist()]
    columns = list(zip(*facts.machine.table, strict=True))
    return _written(columns, codes, form.size, ranks, lambda column: signed_permutation_updates(*rows[column]))


def _written(
    columns: Sequence[tuple[int, ...]],
    codes: Sequence[Vector],
    width: int,
    ranks: Mapping[tuple[int, ...], int],
    acting: Callable[[tuple[int, ...]], tuple[Update, ...]],
) -> UpdateForm:
    """Return the form in which every letter without a rank is a reset, one written value for each coordinate."""

    def updates(column: tuple[int, ...]) -> tuple[Update, ...]:
        if column in ranks:
            return acting(column)
        values = dict(codes[column[0]])
        return tuple(Update(unit(place), 1, values.get(place, 0)) for place in range(width))

    def make() -> tuple[tuple[Update, ...], ...]:
        made = {column: updates(column) for column in dict.fromkeys(columns)}
        return tuple(made[column] for column in columns)

    counts = tuple(ranks.get(column, width) for column in columns)
    return UpdateForm(width, counts, tuple(codes), make)


def _keeps(column: Sequence[int], origin: int) -> bool:
    """Tell whether a letter keeps the origin and is one to one on what it does not send there."""
    moved = [target for target in column if target != origin]
    return column[origin] == origin and len(set(moved)) == len(moved)


def _whole_cycles(column: Sequence[int], origin: int) -> int:
    """Return the number of cycles beside the origin: states that are sent to it in the end are on none."""
    lasting = {state for state in column if state != origin}
    while (smaller := {column[state] for state in lasting} - {origin}) != lasting:
        lasting = smaller
    order = {state: place for place, state in enumerate(sorted(lasting))}
    return cycle_count([order[column[state]] for state in sorted(lasting)])


def _projected(places: Mapping[int, int], column: Sequence[int]) -> tuple[Update, ...]:
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

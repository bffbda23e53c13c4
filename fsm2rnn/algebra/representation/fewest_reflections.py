"""How many reflections a letter takes in every representation over R in which it moves: a bound from characters.

A power of a letter that moves a state is not the identity on codes that are one per state, so in some irreducible
summand it is not, and there rank(I - rho(x)) of the letter is at least the least one of all summands where the power is
not. Ranks of summands add.
"""

from __future__ import annotations

import numpy as np

from fsm2rnn.algebra.group.character_numbers import eigenvalue_one_multiplicities
from fsm2rnn.algebra.group.characters import CharacterTable
from fsm2rnn.algebra.group.group_action import GroupAction
from fsm2rnn.algebra.representation.least_representation import real_summands


def fewest_reflections(table: CharacterTable, action: GroupAction) -> int:
    """Return an n_h below which no representation over R, of any number of summands, has one code per state."""
    summands, fixed = real_summands(table), eigenvalue_one_multiplicities(table)
    ranks = np.array([item.dimension - item.multiplicity * fixed[list(item.rows)].sum(axis=0) for item in summands])
    bounds = []
    for letter in action.letters.tolist():
        own = ranks[:, table.class_of[letter]]
        powers = ranks[:, table.class_of[_powers(table, letter)]] > 0  # (summands, powers): where the power moves
        bounds += [int(own[moves].min()) for moves in powers.T]
    return max(bounds, default=0)


def _powers(table: CharacterTable, element: int) -> list[int]:
    """Return the powers of an element other than 1."""
    found, power = [], element
    while power:
        found.append(power)
        power = int(table.group.columns[element][power])
    return found

"""alpha_t = A_(x_t) alpha_(t-1): the forward algorithm of a hidden Markov model is a bilinear recurrence.

With T[i, j] the probability of going from i to j, and E[j, x] that of showing x in j, A_x[j, i] = T[i, j] E[j, x]: the
chain moves and then shows, so pi_0 is its distribution before the first move. A probabilistic automaton goes from i to
j showing x with one probability P[x, i, j], and stops in i with what is left of 1: A_x[j, i] = P[x, i, j], and a word's
probability is <stop, alpha_T>.

Both are `Weighted`: exact fractions in, exact probabilities of words out, and a layer whose states are the alphas.

Source: L. Rabiner, A tutorial on hidden Markov models, 1989 (the forward variable).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias, final

import torch
from torch import Tensor

from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.errors import InputError
from fsm2rnn.exact.sparse import SparseMatrix, Vector, vector

Number: TypeAlias = int | Fraction
Rows: TypeAlias = Sequence[Sequence[Number]]


@final
@dataclass(frozen=True)
class Weighted:
    """alpha_0 (N,), matrices A_x (N, N), final weights (N,): the weight of a word is <final, A_x_T .. A_x_1 alpha_0>.

    InputError where the shapes differ, or a number is negative.
    """

    first: tuple[Fraction, ...]
    letters: tuple[SparseMatrix, ...]
    last: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        """Prove that shapes agree and that nothing is negative."""
        size = len(self.first)
        if not size or not self.letters or len(self.last) != size:
            message = f"a weighted automaton has states and letters, and as many final as first weights: {size}"
            raise InputError(message)
        if any((matrix.height, matrix.width) != (size, size) for matrix in self.letters):
            message = f"each letter has a matrix of shape ({size}, {size})"
            raise InputError(message)
        entries = (entry for matrix in self.letters for column in matrix.columns for _, entry in column)
        if min((*self.first, *self.last, *entries)) < 0:
            message = "a weight is negative"
            raise InputError(message)

    def alphas(self, word: Iterable[int]) -> list[Vector]:
        """Return the exact alpha after each letter."""
        state, found = vector(enumerate(self.first)), []
        for symbol in word:
            state = self.letters[symbol].apply(state)
            found.append(state)
        return found

    def probability(self, word: Sequence[int]) -> Fraction:
        """Return the exact weight of a word of letter indices."""
        state = self.alphas(word)[-1] if word else vector(enumerate(self.first))
        return sum((entry * self.last[place] for place, entry in state), Fraction(0))

    def layer(self, dtype: torch.dtype = torch.float64) -> BilinearRNN:
        """Return the bilinear layer of structure full whose states are the alphas, rounded to a dtype."""
        size = len(self.first)
        layer = BilinearRNN(len(self.letters), size, structure="full", dtype=dtype).requires_grad_(requires_grad=False)
        weight = layer.get_parameter("weight")
        weight.zero_()
        for symbol, matrix in enumerate(self.letters):
            for column, entries in enumerate(matrix.columns):
                for row, entry in entries:
                    weight[row, column, symbol] = float(entry)
        layer.initial_state.copy_(torch.tensor([float(one) for one in self.first], dtype=dtype))
        return layer

    @torch.no_grad()
    def log_probability(self, ids: Tensor, dtype: torch.dtype = torch.float64) -> Tensor:
        """Return the logarithms (B,) of the weights of words (B, T), each alpha divided by its sum as it is made."""
        layer = self.layer(dtype)
        last = torch.tensor([float(one) for one in self.last], dtype=dtype)
        state, total = layer.initial_state.expand(len(ids), -1), torch.zeros(len(ids), dtype=dtype)
        for column in ids.unbind(1):
            state = layer(column.unsqueeze(1), state.unsqueeze(0))[1][0]
            size = state.sum(-1)
            state, total = state / size.unsqueeze(-1), total + size.log()
        return total + (state @ last).log()


def hidden_markov_model(start: Sequence[Number], moves: Rows, shows: Rows) -> Weighted:
    """Return the forward algorithm of a model that starts by pi_0 (N,), moves by T (N, N) and shows by E (N, D).

    The weight of a word is the probability of showing it. InputError where a distribution does not sum to 1.
    """
    _require_distributions(start, *moves, *shows)
    size = len(start)
    letters = tuple(
        SparseMatrix.from_rows(
            [
                [Fraction(moves[before][after]) * Fraction(shows[after][symbol]) for before in range(size)]
                for after in range(size)
            ]
        )
        for symbol in range(len(shows[0]))
    )
    return Weighted(tuple(map(Fraction, start)), letters, (Fraction(1),) * size)


def probabilistic_automaton(start: Sequence[Number], letters: Sequence[Rows]) -> Weighted:
    """Return the forward algorithm of P[x][i][j], the probability of showing x and going from i to j.

    What a row leaves over 1 is the probability of stopping there, so the weights of all words sum to 1 where every
    state leads to a stop. InputError where a row sums to more than 1.
    """
    _require_distributions(start)
    size = len(start)
    stops = [1 - sum((Fraction(one) for rows in letters for one in rows[state]), Fraction(0)) for state in range(size)]
    if min(stops) < 0:
        message = "the probabilities of leaving a state sum to more than 1"
        raise InputError(message)
    matrices = tuple(
        SparseMatrix.from_rows([[Fraction(rows[before][after]) for before in range(size)] for after in range(size)])
        for rows in letters
    )
    return Weighted(tuple(map(Fraction, start)), matrices, tuple(stops))


def _require_distributions(*rows: Sequence[Number]) -> None:
    """Prove that each row is a distribution."""
    for row in rows:
        total = sum(map(Fraction, row), Fraction(0))
        if total != 1 or min(row) < 0:
            message = f"a distribution sums to 1 and has no negative number, found {', '.join(map(str, row))}"
            raise InputError(message)

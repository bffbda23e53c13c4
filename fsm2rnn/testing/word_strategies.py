"""words(machine, ...): random words, uniform, and biased to a few symbols or to long runs of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hypothesis import strategies as st

from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Label
from fsm2rnn.machine.state_machine import StateMachine

_FAVOUR: Final = 4  # favoured symbols together come four times for each uniform one


def words(
    machine: StateMachine, *, min_size: int = 0, max_size: int = 12, favoured: Sequence[Label] | None = None
) -> st.SearchStrategy[list[Label]]:
    """Draw words over a machine's symbols: a third uniform, a third rich in some symbols, a third of runs of one.

    Uniform words hardly ever count far or stay where one symbol leads. With `favoured` all words are rich in these
    symbols. Failures shrink to short words of the first symbols. InputError for a symbol outside the alphabet.
    """
    if favoured is not None:
        if not favoured:
            message = "favoured symbols expected, found none"
            raise InputError(message)
        machine.indices(favoured)
        return _rich(machine.symbols, favoured, min_size, max_size)
    symbols = st.sampled_from(machine.symbols)
    some = st.lists(symbols, min_size=1, max_size=2, unique=True)
    rich = some.flatmap(lambda chosen: _rich(machine.symbols, chosen, min_size, max_size))
    return st.lists(symbols, min_size=min_size, max_size=max_size) | rich | _runs(symbols, min_size, max_size)


def _rich(
    symbols: Sequence[Label], favoured: Sequence[Label], min_size: int, max_size: int
) -> st.SearchStrategy[list[Label]]:
    often = [*favoured] * -(-_FAVOUR * len(symbols) // len(favoured))
    return st.lists(st.sampled_from([*often, *symbols]), min_size=min_size, max_size=max_size)


@st.composite
def _runs(draw: st.DrawFn, symbols: st.SearchStrategy[Label], min_size: int, max_size: int) -> list[Label]:
    """Draw a word as powers of symbols, cut to the greatest size."""
    powers = draw(st.lists(st.tuples(symbols, st.integers(1, max(1, max_size))), min_size=min(1, min_size), max_size=4))
    word = [symbol for symbol, count in powers for _ in range(count)][:max_size]
    return word + [word[-1]] * (min_size - len(word)) if word else word

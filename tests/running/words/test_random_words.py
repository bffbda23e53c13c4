"""Random words are those of SplitMix64, uniform, and the same whatever the blocks and wherever they are drawn."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.running.device.device_words import drawn_on_device
from fsm2rnn.running.words.random_words import RandomWords, ids_from

DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)]
SYMBOLS = [1, 2, 7, 256, 257, 70_000]


def whole(words, symbols):
    return np.concatenate(list(words.blocks(symbols)), 1)


def test_the_same_word_for_the_same_seed():
    drawn = [whole(RandomWords(100, 2, seed, 60), 7) for seed in (1, 1, 2)]
    assert (drawn[0] == drawn[1]).all()
    assert (drawn[0] != drawn[2]).any()
    assert drawn[0].shape == (2, 100)


@given(
    symbols=st.sampled_from(SYMBOLS),
    steps=st.integers(1, 90),
    batch=st.integers(1, 5),
    seed=st.integers(0, 1 << 80),
    at_once=st.integers(1, 200),
)
def test_longer_words_begin_with_shorter_ones(symbols, steps, batch, seed, at_once):
    longest = whole(RandomWords(99, 5, seed), symbols)
    words = RandomWords(steps, batch, seed, at_once)
    parts = list(words.blocks(symbols))
    assert len(parts) == words.count
    assert np.array_equal(np.concatenate(parts, 1), longest[:batch, :steps])
    assert np.array_equal(words.drawn(symbols, words.count - 1), parts[-1])


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("symbols", SYMBOLS)
def test_chunks_are_drawn_alike_on_every_device(symbols, device):
    words = RandomWords(1000, 3, 5)
    counters = words.counters(100, 4, 200)
    found = drawn_on_device(counters, symbols, 200, torch.device(device)).T.cpu().numpy()
    assert np.array_equal(found, ids_from(counters, symbols, 200))
    assert np.array_equal(found.reshape(3, 800), words.drawn(symbols, 0)[:, 100:900])


def test_words_are_made_of_the_numbers_of_splitmix64():
    key = int(np.random.SeedSequence(3).generate_state(1, np.uint64)[0])
    starts = [splitmix64(key, stream) for stream in (1, 2)]
    ids = RandomWords(50, 2, 3).drawn(10, 0).tolist()
    assert ids == [[(splitmix64(start, place) >> 32) * 10 >> 32 for place in range(1, 51)] for start in starts]
    # The published first numbers from 1234567.
    published = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]
    assert [splitmix64(1234567, place) for place in range(1, 5)] == published


def splitmix64(seed, place):
    """Return the number at a place, counted from 1, in unbounded integers."""
    modulus = 1 << 64
    z = (seed + place * 0x9E3779B97F4A7C15) % modulus
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % modulus
    z = (z ^ z >> 27) * 0x94D049BB133111EB % modulus
    return z ^ z >> 31


@pytest.mark.parametrize("symbols", [2, 5, 120])
def test_symbols_and_pairs_are_as_frequent_as_they_should_be(symbols):
    ids = RandomWords(1 << 19, 2).drawn(symbols, 0).astype(int)
    along, across = (symbols * one + two for one, two in ((ids[:, :-1], ids[:, 1:]), ids))
    for values, count in ((ids, symbols), (along, symbols**2), (across, symbols**2)):
        expected = values.size / count
        squares = ((np.bincount(values.ravel(), minlength=count) - expected) ** 2).sum() / expected
        assert abs(squares - (count - 1)) < 5 * (2 * (count - 1)) ** 0.5  # five deviations of chi-squared

"""Eight streams in lock step walk as each stream does alone: every batch size, type, cut and layout."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from fsm2rnn.running.walk.walk import LONG, advance, all_states, final_states, smallest_type, walk, walk_block

SIZES = [5, 300, 70_000]  # states that need one, two and four bytes


def random_walk(states, batch, steps, seed=0, symbols=3):
    """Return a random table (D, Q), readings of another type than the states, words (B, T) and starts (B,)."""
    generator = np.random.default_rng(seed)
    kind = smallest_type(states)
    table = generator.integers(states, size=(symbols, states), dtype=kind)
    reads = generator.integers(200, size=states, dtype=np.uint8 if states > 256 else np.uint16)
    words = generator.integers(symbols, size=(batch, steps), dtype=np.uint8)
    return table, reads, words, generator.integers(states, size=batch, dtype=kind)


def one_by_one(table, reads, words, states):
    """Return trajectory and final states of the single-stream walk, one stream at a time."""
    found, last = np.empty(words.shape, dtype=reads.dtype), states.copy()
    for stream in range(len(words)):
        part = slice(stream, stream + 1)
        walk(table, reads, words[part], last[part], found[part])
    return found, last


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("batch", range(1, 21))
def test_every_batch_walks_as_its_streams_alone(size, batch):
    table, reads, words, states = random_walk(size, batch, 50, seed=batch)
    expected, last = one_by_one(table, reads, words, states)
    carried = states.copy()
    found = walk_block(table, reads, words, carried)
    assert found.dtype == reads.dtype
    assert found.shape == words.shape
    assert np.array_equal(found, expected)
    assert np.array_equal(carried, last)
    start = states.copy()
    assert np.array_equal(final_states(table, words, start), last)
    assert np.array_equal(start, states)


@pytest.mark.parametrize("steps", [0, 1, LONG - 1, LONG, LONG + 1, 2 * LONG, 2 * LONG + 64, 2 * LONG + 65])
def test_every_length_of_row(steps):
    table, reads, words, states = random_walk(60, 9, steps)
    expected, last = one_by_one(table, reads, words, states)
    assert np.array_equal(final_states(table, words, states), last)
    assert np.array_equal(walk_block(table, reads, words, states), expected)
    assert np.array_equal(states, last)


def test_blocks_carry_over():
    table, reads, words, states = random_walk(60, 17, 3 * LONG)
    expected, last = one_by_one(table, reads, words, states)
    cuts = [0, 1, LONG, LONG + 7, 3 * LONG]
    parts = [walk_block(table, reads, words[:, left:right], states) for left, right in itertools.pairwise(cuts)]
    assert np.array_equal(np.concatenate(parts, 1), expected)
    assert np.array_equal(states, last)


def test_words_may_be_columns_of_a_longer_block_or_wider_ids():
    table, reads, words, states = random_walk(60, 8, 200)
    expected, last = one_by_one(table, reads, np.ascontiguousarray(words[:, 5:100]), states)
    for layout in (words[:, 5:100], np.asfortranarray(words[:, 5:100]), words[:, 5:100].astype(np.uint32)):
        carried = states.copy()
        assert np.array_equal(walk_block(table, reads, layout, carried), expected)
        assert np.array_equal(carried, last)


def test_the_walk_is_the_table_in_plain_python():
    table, _, words, states = random_walk(300, 11, 40)
    rows, expected = table.tolist(), []
    for stream, state in zip(words.tolist(), states.tolist(), strict=True):
        reached = []
        for symbol in stream:
            state = rows[symbol][state]  # noqa: PLW2901  a walk
            reached.append(state)
        expected.append(reached)
    last = states.copy()
    advance(table, words, last)
    assert last.tolist() == [stream[-1] for stream in expected]
    assert walk_block(table, all_states(table), words, states).tolist() == expected

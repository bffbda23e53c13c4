"""Words of swaps between two classes make their permutation, and none is longer than it must be."""

from __future__ import annotations

import itertools
from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.algebra.swaps.swap_words import cycles_of, swap_word
from fsm2rnn.algebra.swaps.two_classes import two_classes


def product(word, count):
    images = list(range(count))
    for left, right in word:
        swapped = {left: right, right: left}
        images = [swapped.get(image, image) for image in images]
    return images


@st.composite
def classes(draw, count):
    """Draw two classes, neither of them empty."""
    first = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    return [True, *first[1:-1], False]


@given(st.integers(2, 12).flatmap(lambda count: st.permutations(range(count))), st.data())
def test_the_word_makes_the_permutation(images, data):
    first = data.draw(classes(len(images)))
    word = swap_word(images, first)
    assert product(word, len(images)) == list(images)
    assert all(first[left] and not first[right] for left, right in word)
    cycles = cycles_of(images)
    within = [sum(all(first[point] is side for point in cycle) for cycle in cycles) for side in (True, False)]
    assert len(word) == sum(len(cycle) - 1 for cycle in cycles) + 2 * max(within)


@pytest.mark.parametrize("first", [[True, False, False, False], [True, False, True, False], [True, True, False]])
def test_no_word_is_shorter(first):
    count = len(first)
    swaps = [(left, right) for left, right in itertools.permutations(range(count), 2) if first[left] > first[right]]
    shortest, words = {}, [()]
    while len(shortest) < factorial(count):
        for word in words:
            shortest.setdefault(tuple(product(word, count)), len(word))
        words = [(*word, swap) for word in words for swap in swaps]
    assert all(len(swap_word(images, first)) == length for images, length in shortest.items())


@given(st.integers(2, 7).flatmap(lambda count: st.lists(st.permutations(range(count)), min_size=1, max_size=4)))
def test_classes_say_the_length_of_the_longest_letter(rows):
    first, longest = two_classes([np.array([row]) for row in rows])
    words = [swap_word(row, first.tolist()) for row in rows]
    assert max(map(len, words)) == longest
    for point in rows[0]:
        alone = [place == point for place in range(len(first))]
        assert longest <= max(len(swap_word(row, alone)) for row in rows)


def test_a_letter_is_the_shortest_of_its_choice():
    choice = np.array([[1, 0, 3, 2], [0, 1, 3, 2]])
    assert two_classes([choice])[1] == 1
    assert two_classes([choice[:1]])[1] == 2

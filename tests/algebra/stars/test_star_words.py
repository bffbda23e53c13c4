"""Words of star transpositions make their permutation, and none is longer than it must be."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.algebra.stars.star_words import star_lengths, star_word


def product(word, centre, count):
    images = list(range(count))
    for point in word:
        swapped = {centre: point, point: centre}
        images = [swapped.get(image, image) for image in images]
    return images


@given(st.integers(1, 12).flatmap(lambda count: st.permutations(range(count))), st.data())
def test_the_word_makes_the_permutation(images, data):
    centre = data.draw(st.integers(0, len(images) - 1))
    word = star_word(images, centre)
    assert product(word, centre, len(images)) == list(images)
    assert centre not in word
    assert len(word) == star_lengths(images)[centre] <= 3 * (len(images) - 1) // 2


def test_no_word_is_shorter():
    for count in range(1, 6):
        shortest, words = {}, [()]
        while len(shortest) < len(list(itertools.permutations(range(count)))):
            for word in words:
                shortest.setdefault(tuple(product(word, 0, count)), len(word))
            words = [(*word, point) for word in words for point in range(1, count)]
        assert all(len(star_word(images, 0)) == length for images, length in shortest.items())

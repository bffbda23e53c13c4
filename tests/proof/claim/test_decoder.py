"""Decoders: nearest prototypes against brute force, margins against all scores, shapes."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.sparse import SparseMatrix, unit, vector
from fsm2rnn.proof.claim.decoder import Decoder, DecoderKind

POINT = st.lists(st.integers(-3, 3), min_size=3, max_size=3)


def squared_distance(left, right):
    return sum((a - b) ** 2 for a, b in zip(left, right, strict=True))


@given(st.lists(POINT, min_size=1, max_size=6, unique_by=tuple), st.data())
def test_the_nearest_prototype_wins(points, data):
    reads = tuple(data.draw(st.integers(0, 2)) for _ in points)
    state = data.draw(POINT)
    decoder = Decoder.nearest([vector(enumerate(point)) for point in points], reads, 3)
    scores = dict(decoder.scores(vector(enumerate(state))))
    distances = [squared_distance(state, point) for point in points]
    constant = sum(value * value for value in state)
    assert [constant - 2 * scores.get(row, 0) for row in range(len(points))] == distances
    best = {read: min(d for d, other in zip(distances, reads, strict=True) if other == read) for read in set(reads)}
    for read in range(3):
        others = [distance for other, distance in best.items() if other != read]
        if read not in best or (others and best[read] >= min(others)):
            with pytest.raises(CertificateError, match=f"is not read as state {read}") as caught:
                decoder.margin([vector(enumerate(state))], [read])
            assert caught.value.field == "decoder"
        else:
            margin = decoder.margin([vector(enumerate(state))], [read])
            assert margin == (Fraction(min(others) - best[read], 2) if others else None)


@given(st.lists(POINT, min_size=2, max_size=6, unique_by=tuple))
def test_the_margin_of_prototypes_is_half_the_least_squared_distance(points):
    codes = [vector(enumerate(point)) for point in points]
    reads = tuple(range(len(points)))
    decoder = Decoder.nearest(codes, reads, 3)
    pairs = [(a, b) for a in points for b in points if a != b]
    assert decoder.kind is DecoderKind.NEAREST
    assert decoder.margin(codes, reads) == Fraction(min(squared_distance(a, b) for a, b in pairs), 2)


@given(
    st.lists(st.lists(st.integers(-2, 2), min_size=2, max_size=2), min_size=1, max_size=4),
    st.lists(st.integers(-2, 2), min_size=4, max_size=4),
    st.lists(st.lists(st.integers(-2, 2), min_size=2, max_size=2), min_size=1, max_size=3),
)
def test_the_margin_is_the_least_lead_over_every_other_row(rows, offsets, states):
    offsets = offsets[: len(rows)]
    decoder = Decoder.linear(SparseMatrix.from_rows(rows), vector(enumerate(offsets)))
    assert decoder.kind is DecoderKind.LINEAR
    codes, reads, leads = [], [], []
    for state in states:
        scores = [a * state[0] + b * state[1] + c for (a, b), c in zip(rows, offsets, strict=True)]
        assert dict(decoder.scores(vector(enumerate(state)))) == {row: s for row, s in enumerate(scores) if s}
        read = scores.index(max(scores))
        codes.append(vector(enumerate(state)))
        reads.append(read)
        rest = scores[:read] + scores[read + 1 :]
        leads += [scores[read] - max(rest)] if rest else []
    if any(lead == 0 for lead in leads):
        with pytest.raises(CertificateError, match="is not read as state"):
            decoder.margin(codes, reads)
    else:
        assert decoder.margin(codes, reads) == min(leads, default=None)


def test_the_readout_rows_need_as_many_readings_and_biases():
    readout = SparseMatrix.identity(2)
    Decoder(DecoderKind.LINEAR, readout, ((1, 1),), (0, 0))
    for bias, reads in [((), (0,)), ((), (0, 1, 2))]:
        with pytest.raises(CertificateError, match="2 scores need 2 readings"):
            Decoder(DecoderKind.LINEAR, readout, bias, reads)
    for bias in (((2, 1),), ((1, 1), (0, 1)), ((-1, 1),), ((0, 0),)):
        with pytest.raises(CertificateError, match="not a sparse vector of height 2") as caught:
            Decoder(DecoderKind.LINEAR, readout, bias, (0, 1))
        assert caught.value.field == "decoder"


def test_a_reading_that_no_row_has_never_wins():
    decoder = Decoder.linear(SparseMatrix.identity(2))
    with pytest.raises(CertificateError, match="is not read as state 2"):
        decoder.margin([unit(0)], [2])

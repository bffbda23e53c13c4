"""The rows of a readout as prototypes: norms, residuals and mu against plain definitions, and every refusal."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, NATIVE, rounded
from fsm2rnn.operators.structure_tensors import dense_tensor, index_tensor
from fsm2rnn.proof.rounding.nearness import PrototypeRows, root_above
from fsm2rnn.proof.stored.structures import Structure, meaning

WHOLE = st.integers(-12, 12)


def stored(rows, bias, reads, blocks, start=None, *, form=FLOAT64, readout=FLOAT64):
    """Return what block-diagonal identities mean beside a readout."""
    size = sum(blocks)
    tensors = {
        f"block.{place}": dense_tensor((1, width, width), [(k * width + k, 1) for k in range(width)], form)
        for place, width in enumerate(blocks)
    }
    flat = [value for row in rows for value in row]
    tensors |= {
        "initial_state": dense_tensor((size,), enumerate(rows[0] if start is None else start), form),
        "readout.weight": dense_tensor((len(rows), size), enumerate(flat), readout),
        "readout.bias": dense_tensor((len(rows),), enumerate(bias), readout),
        "readout.index": index_tensor((len(rows),), list(reads)),
    }
    return meaning(Structure.BLOCK_DIAGONAL, tensors, max(reads) + 1)


@st.composite
def readouts(draw):
    """Draw rows with a bias that reads each row as itself, up to a change of it, in one or two blocks."""
    blocks = draw(st.sampled_from([(1,), (2,), (1, 2), (2, 1)]))
    count, size, scale = draw(st.integers(2, 5)), sum(blocks), draw(st.sampled_from([1, 4, 1 << 20]))
    vectors = st.tuples(*[WHOLE] * size)
    rows = draw(st.lists(vectors, min_size=count, max_size=count, unique=True))
    rows = [[Fraction(value, scale) for value in row] for row in rows]
    off = [Fraction(draw(st.integers(-1, 1)), 8 * scale**2) for _ in rows]
    bias = [-sum(value**2 for value in row) / 2 + change for row, change in zip(rows, off, strict=True)]
    reads = draw(st.tuples(*[st.integers(0, 2)] * count))
    return rows, bias, reads, blocks


def scores(rows, bias, state):
    return [sum(map(Fraction.__mul__, row, state)) + b for row, b in zip(rows, bias, strict=True)]


def lengths(row, blocks):
    """Return the norms of a row's blocks."""
    entries = iter(row)
    return [math.sqrt(sum(next(entries) ** 2 for _ in range(width))) for width in blocks]


def plain(rows, bias, reads, blocks):
    """Return the least lead and the least of lead / spread over all rivals of all prototypes."""
    leads, borne = [], []
    for row, read in zip(rows, reads, strict=True):
        found = scores(rows, bias, row)
        own = max((k for k, other in enumerate(reads) if other == read), key=found.__getitem__)
        for rival in (k for k, other in enumerate(reads) if other != read):
            leads.append(found[own] - found[rival])
            change = [a - b for a, b in zip(rows[own], rows[rival], strict=True)]
            borne.append(float(leads[-1]) / sum(lengths(change, blocks)))
    return min(leads, default=None), min(borne, default=math.inf)


@given(readouts())
def test_mu_is_the_least_lead_over_its_spread(readout):
    rows, bias, reads, blocks = readout
    assume(any(rows[0]))
    lead, borne = plain(*readout)
    wide = max(max(lengths(row, blocks)) for row in rows)
    points = PrototypeRows(stored(rows, bias, reads, blocks))
    assert points.start == 0
    assert points.norm == pytest.approx(wide)
    # Scores are rounded by less than 1e-12 here, those of short prototypes by less still.
    if lead is not None and lead <= 0:
        with pytest.raises(CertificateError, match="is not read as that state"):
            points.separation()
    elif lead is None or lead > 1e-12:
        assert points.separation()[0] == lead
        assert points.separation()[1] == pytest.approx(min(1, borne / wide), rel=1e-6)


@given(readouts(), st.data())
def test_states_that_are_nearer_than_mu_are_read_right_in_floats(readout, data):
    """With `form` scores: rounded products, rounded sums in any order, of a state in every direction."""
    rows, bias, reads, blocks = readout
    form = data.draw(st.sampled_from([FLOAT64, FLOAT32, BFLOAT16]))
    rows = [[rounded(value, form) for value in row] for row in rows]
    bias = [rounded(value, form) for value in bias]
    points = None
    try:
        points = PrototypeRows(stored(rows, bias, reads, blocks, form=BFLOAT16, readout=form))
        _, mu = points.separation()
    except CertificateError:
        assume(False)  # noqa: FBT003
    row = data.draw(st.integers(0, len(rows) - 1))
    way = data.draw(st.tuples(*[WHOLE] * len(rows[0])))
    reach = mu * (points.norm + points.start) + points.start
    far = max(lengths(way, blocks)) or 1
    step = [reach * Fraction(0.999) * value / Fraction(far) for value in way]
    state = [rounded(Fraction(a + b), FLOAT64) for a, b in zip(rows[row], step, strict=True)]
    order = data.draw(st.permutations(range(len(rows[0]))))
    found = []
    for weights, total in zip(rows, bias, strict=True):
        for place in order:
            total = rounded(total + rounded(weights[place] * rounded(state[place], form), form), form)  # noqa: PLW2901
        found.append(total)
    best = {reads[k] for k, score in enumerate(found) if score == max(found)}
    assert best == {reads[row]}


def test_a_rival_that_differs_in_the_bias_alone_bears_any_error():
    """Two equal rows, read apart: the one whose bias is less is never read, whichever comes first."""
    for reads in ((0, 1), (1, 0)):
        rows = [[1], [1]]
        points = PrototypeRows(stored(rows, [2, 1], reads, (1,)))
        with pytest.raises(CertificateError, match=r"a prototype of state . is not read as that state"):
            points.separation()


def test_known_rows_are_taken_where_they_are_these_alone():
    rows, bias, reads = [[1, 0], [-1, 0], [0, 1]], [Fraction(-1, 2)] * 3, (0, 1, 2)
    whole = stored(rows, bias, reads, (2,))
    known = PrototypeRows(whole).readout
    again = stored(rows, bias, reads, (2,), [Fraction(7, 8), Fraction(0)])
    assert PrototypeRows(again, known).readout is known
    assert PrototypeRows(again, known).separation() == PrototypeRows(again).separation()
    others = [
        stored([[1, 0], [-1, 0], [0, Fraction(1, 2)]], bias, reads, (2,)),
        stored(rows, [*bias[:2], Fraction(-1, 4)], reads, (2,)),
        stored(rows, bias, (0, 1, 1), (2,)),
        stored(rows, bias, reads, (1, 1)),
        stored(rows, bias, reads, (2,), form=BFLOAT16, readout=FLOAT32),
    ]
    for other in others:
        assert PrototypeRows(other, known).readout is not known


def test_a_start_off_its_prototype_comes_off_mu():
    rows, bias = [[1], [-1]], [0, 0]
    _, mu = PrototypeRows(stored(rows, bias, (0, 1), (1,))).separation()
    assert mu == pytest.approx(1)
    assert mu < 1
    points = PrototypeRows(stored(rows, bias, (0, 1), (1,), [Fraction(1, 2)]))
    assert points.start == Fraction(1, 2)
    assert points.separation()[1] == pytest.approx((1 - 1 / 2) / (1 + 1 / 2))


def test_at_most_one_is_claimed():
    # The rows of one state are no rivals.
    points = PrototypeRows(stored([[1], [2]], [0, 0], (0, 0), (1,)))
    assert points.separation() == (None, 1)
    # A lead that would bear an error of twice the prototypes.
    points = PrototypeRows(stored([[1], [0]], [0, -8], (0, 0), (1,)))
    assert points.separation() == (None, 1)
    rows, bias = [[1, 4], [1, -4]], [0, 0]
    lead, mu = PrototypeRows(stored(rows, bias, (0, 1), (1, 1))).separation()
    assert (lead, mu < 1) == (32, True)


@pytest.mark.parametrize(
    ("field", "message", "changes"),
    [
        ("codes", "not near the first prototype", {"start": [-1]}),
        ("codes", "not near the first prototype", {"start": [Fraction(-1, 64)]}),
        ("codes", "not near the first prototype", {"rows": [[0], [0]], "start": [0]}),
        ("float", "too far from the first prototype", {"start": [0]}),
        ("float", "too far from the first prototype", {"start": [2]}),
        ("decoder", "a prototype of state 0 is not read", {"bias": [-2, 0]}),
        ("decoder", "a prototype of state 1 is not read", {"bias": [2, 0]}),
        # A lead of 1/64, less than the scores are rounded.
        ("decoder", "a prototype of state 0 is not read", {"bias": [Fraction(-127, 64), 0]}),
        ("decoder", "a score may exceed the numbers of float16", {"rows": [[100], [-100]], "start": [100]}),
        ("decoder", "a score may exceed the numbers of float16", {"bias": [32760, 32760]}),
    ],
)
def test_what_is_not_near_is_refused(field, message, changes):
    parts = {"rows": [[1], [-1]], "bias": [0, 0], "reads": (0, 1), "blocks": (1,), "start": [1]} | changes
    with pytest.raises(CertificateError, match=message) as caught:
        PrototypeRows(stored(**parts, form=FLOAT16, readout=FLOAT16)).separation()
    assert caught.value.field == field


def test_scores_of_too_many_terms_are_refused():
    for size, fits in ((126, True), (127, False)):
        rows = [[1] + [0] * (size - 1), [-1] + [0] * (size - 1)]
        points = PrototypeRows(stored(rows, [0, 0], (0, 1), (size,), form=BFLOAT16, readout=BFLOAT16))
        with pytest.raises(CertificateError, match="is not read" if fits else f"{size + 2} terms are too many"):
            points.separation()


@given(readouts(), st.data())
def test_residuals_are_distances_to_the_nearest_prototype_of_the_right_state(readout, data):
    rows, bias, reads, blocks = readout
    assume(any(rows[0]))
    size = len(rows[0])
    entries = data.draw(st.tuples(*[st.tuples(*[st.fractions(-2, 2, max_denominator=1)] * size)] * size))
    columns = [tuple((row, Fraction(value, 2)) for row, value in enumerate(column) if value) for column in entries]
    targets = data.draw(st.tuples(*[st.integers(0, 2)] * 3))
    points = PrototypeRows(stored(rows, bias, reads, blocks))
    if any(targets[read] not in reads for read in reads):
        with pytest.raises(CertificateError, match="no prototype stands for state") as caught:
            points.residual(columns, targets)
        assert caught.value.field == "induction"
        return
    worst, followed = points.residual(columns, targets)
    expected = []
    for place, row in enumerate(rows):
        moved = [sum(Fraction(entries[j][i], 2) * row[j] for j in range(size)) for i in range(size)]
        right = [k for k, read in enumerate(reads) if read == targets[reads[place]]]
        gaps = [max(lengths([a - b for a, b in zip(moved, rows[k], strict=True)], blocks)) for k in right]
        assert followed[place] in right
        assert gaps[right.index(followed[place])] == pytest.approx(min(gaps))
        expected.append(min(gaps))
    assert worst == pytest.approx(max(expected))


@given(st.fractions(0, 10**6), st.integers(0, 4000))
def test_roots_are_bounded_from_above(square, down):
    """Right to 2^-190, and small ones to 2^-190 of themselves."""
    square /= 1 << down
    root = root_above(square)
    assert root**2 >= square
    assert (root * (1 - Fraction(1, 1 << 190))) ** 2 <= square or (root - Fraction(1, 1 << 190)) ** 2 < square < root


@pytest.mark.parametrize("form", NATIVE, ids=lambda form: form.name)
def test_norms_of_whole_rows_are_as_fine_as_others(form):
    """The square root of two from whole numbers is right to 2^-190, not to a unit of the rows."""
    points = PrototypeRows(stored([[1, 1], [-1, -1]], [0, 0], (0, 1), (2,), form=form, readout=FLOAT64))
    assert 0 < points.norm**2 - 2 < Fraction(1, 1 << 188)
    assert points.separation()[1] == pytest.approx(1)

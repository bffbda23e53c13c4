"""h -> reads[argmax_k (C h + b)_k]: the readout of a state, linear or by the nearest prototype."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import TypeAlias, final

from fsm2rnn.errors import CertificateError, NumericError
from fsm2rnn.exact.coordinates import FormValues, applied, side_by_side
from fsm2rnn.exact.sparse import Scalar, SparseMatrix, Vector, dot, simplest, vector


class DecoderKind(Enum):
    """How the scores of a decoder came about."""

    LINEAR = "linear-argmax"
    NEAREST = "nearest-prototype"


@final
@dataclass(frozen=True)
class Decoder:
    """Scores C h + b of shape (K,), the winner k read as machine state `reads[k]`.

    Ties never decide: `margin` proves that the winner is strictly ahead. Raises CertificateError when
    the shapes differ.
    """

    kind: DecoderKind
    readout: SparseMatrix  # (K, H)
    bias: Vector  # (K,)
    reads: tuple[int, ...]  # (K,) machine states

    def __post_init__(self) -> None:
        """Prove the shapes."""
        rows = self.readout.height
        if len(self.reads) != rows:
            message = f"{rows} scores need {rows} readings, found {len(self.reads)}"
            raise CertificateError("decoder", message)
        try:
            SparseMatrix(rows, (self.bias,))
        except NumericError as error:
            raise CertificateError("decoder", str(error)) from error

    @classmethod
    def linear(cls, readout: SparseMatrix, bias: Vector = ()) -> Decoder:
        """Return the decoder with one row per machine state."""
        return cls(DecoderKind.LINEAR, readout, bias, tuple(range(readout.height)))

    @classmethod
    def nearest(cls, prototypes: Sequence[Vector], reads: tuple[int, ...], size: int) -> Decoder:
        """Return the nearest-prototype decoder: |h - p|^2 is least where <p, h> - |p|^2 / 2 is greatest."""
        columns: list[list[tuple[int, Scalar]]] = [[] for _ in range(size)]
        for row, prototype in enumerate(prototypes):
            for index, value in prototype:
                columns[index].append((row, value))
        readout = SparseMatrix(len(prototypes), tuple(vector(column) for column in columns))
        bias = vector((row, -Fraction(dot(point, point)) / 2) for row, point in enumerate(prototypes))
        return cls(DecoderKind.NEAREST, readout, bias, reads)

    def scores(self, state: Vector) -> Vector:
        """Return C h + b."""
        return vector((*self.readout.apply(state), *self.bias))

    def margin(self, codes: Sequence[Vector], reads: Sequence[int]) -> Margin:
        """Return the least lead of the right reading over every other one, over all `codes`.

        For nearest prototypes this is half the least squared distance between prototypes of different
        reading. None when there is only one reading. CertificateError when a lead is not positive.
        """
        least: Margin = None
        for code, read, (right, rival) in zip(codes, reads, self._best_two(codes, reads), strict=True):
            if right is None or (rival is not None and right <= rival):
                message = f"the code {code!r:.80} is not read as state {read}"
                raise CertificateError("decoder", message)
            if rival is not None and (least is None or right - rival < least):
                least = right - rival
        return None if least is None else simplest(least)

    def _best_two(self, codes: Sequence[Vector], reads: Sequence[int]) -> Iterator[tuple[Margin, Margin]]:
        """Yield for every code the best score of a row that has the right reading, and the best of any other row."""
        own: dict[int, list[int]] = {}
        for row, read in enumerate(self.reads):
            own.setdefault(read, []).append(row)
        rows = side_by_side(codes, self.readout.width)
        if rows is None:
            yield from self._best_sparse(codes, reads, own)
            return
        bias = dict(self.bias)
        scores = applied(self.readout.columns, self.readout.height, FormValues(rows))
        biased = [
            row if place not in bias else [bias[place] + score for score in row] for place, row in enumerate(scores)
        ]
        for read, column in zip(reads, zip(*biased, strict=True), strict=True):
            rivals = list(column)
            right = [rivals.pop(row) for row in reversed(own.get(read, ()))]
            yield max(right, default=None), max(rivals, default=None)

    def _best_sparse(
        self, codes: Sequence[Vector], reads: Sequence[int], own: Mapping[int, Sequence[int]]
    ) -> Iterator[tuple[Margin, Margin]]:
        """Yield these scores of sparse codes: rows that C h leaves out score their bias, the greatest counts."""
        bias = dict.fromkeys(range(self.readout.height), 0) | dict(self.bias)
        ranked = sorted(bias, key=bias.__getitem__, reverse=True)
        for code, read in zip(codes, reads, strict=True):
            moved = dict(self.readout.apply(code))
            right = [moved.get(row, 0) + bias[row] for row in own.get(read, ())]
            rivals = [score + bias[row] for row, score in moved.items() if self.reads[row] != read]
            rivals += itertools.islice((bias[row] for row in ranked if row not in moved and self.reads[row] != read), 1)
            yield max(right, default=None), max(rivals, default=None)


Margin: TypeAlias = Scalar | None

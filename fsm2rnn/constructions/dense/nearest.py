"""2 <p, h> - |p|^2: nearest prototypes in integers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fsm2rnn.exact.sparse import Scalar, SparseMatrix, Vector, dot, vector
from fsm2rnn.proof.claim.decoder import Decoder, DecoderKind


def nearest_integers(prototypes: Iterable[Vector], reads: Sequence[int], size: int) -> Decoder:
    """Return the decoder with one row per integer prototype, by the states they are read as; doubled, so no halves.

    `size` is the width of the state; coordinates beyond the prototypes' score nothing.
    """
    rows = sorted(zip(reads, prototypes, strict=True))
    columns: list[list[tuple[int, Scalar]]] = [[] for _ in range(size)]
    for row, (_, prototype) in enumerate(rows):
        for place, value in prototype:
            columns[place].append((row, 2 * value))
    bias = vector((row, -dot(prototype, prototype)) for row, (_, prototype) in enumerate(rows))
    readout = SparseMatrix(len(rows), tuple(tuple(column) for column in columns))
    return Decoder(DecoderKind.NEAREST, readout, bias, tuple(read for read, _ in rows))

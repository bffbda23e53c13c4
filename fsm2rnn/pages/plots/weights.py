"""The matrices of a network as heat maps, one for each symbol, on one scale of colours."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from fsm2rnn.errors import LimitError
from fsm2rnn.escapes import escaped
from fsm2rnn.exact.matrix import columns_of
from fsm2rnn.machine.labels import label_text
from fsm2rnn.pages.plots.canvas import INK, MUTED, Axes, Figure, new_figure
from fsm2rnn.proof.file.network import ProvedNetwork

SYMBOLS: Final = 12
"""Most matrices of a picture, those of the first symbols."""
ROWS: Final = 512
"""Most rows of a matrix that is drawn."""
WRITTEN: Final = 9  # rows up to which numbers stand in the cells
EACH: Final = 2.3  # inches of a matrix
CUT: Final = 24  # letters of a symbol's name

Array = npt.NDArray[np.float64]


def weights_figure(network: ProvedNetwork) -> Figure:
    """Return A_x for each symbol x, multiplied out where it is stored in factors; LimitError above 512 rows."""
    matrices, symbols = network.stored.matrices[:SYMBOLS], network.machine.symbols
    size = matrices[0].height
    if size > ROWS:
        what = "rows of a matrix in a picture"
        raise LimitError(what, limit=ROWS, needed=size)
    arrays = [_array(columns_of(matrix), size) for matrix in matrices]
    most = max(1e-9, *(float(np.abs(array).max()) for array in arrays))
    columns = min(4, len(arrays))
    rows = math.ceil(len(arrays) / columns)
    figure = new_figure(EACH * columns, EACH * rows + 0.6)
    for place, axes in enumerate(figure.subplots(rows, columns, squeeze=False).flat):
        axes.set_axis_off()
        if place < len(arrays):
            axes.imshow(arrays[place], cmap="RdBu", vmin=-1.25 * most, vmax=1.25 * most, interpolation="nearest")
            axes.set_title(f"A[{escaped(label_text(symbols[place]))[:CUT]}]", fontsize=10, color=INK)
            axes.title.set_parse_math(False)
            _write(axes, arrays[place], most)
    more = "" if len(symbols) <= SYMBOLS else f", the first {SYMBOLS} of {len(symbols):,} symbols"
    title = f"{network.structure.stored}, {size:,} numbers, {network.form.name}{more}: h ← A[symbol] h"
    figure.suptitle(title, fontsize=9.5, color=MUTED)
    return figure


def _array(columns: Axes, size: int) -> Array:
    found = np.zeros((size, size))
    for column, entries in enumerate(columns):
        for row, value in entries:
            found[row, column] = float(value)
    return found


def _write(axes: Axes, array: Array, most: float) -> None:
    """Write numbers into the cells of a small matrix, light ones where the cell is dark."""
    if len(array) <= WRITTEN:
        for (row, column), value in np.ndenumerate(array):
            axes.text(
                column,
                row,
                f"{value:.3g}",
                ha="center",
                va="center",
                fontsize=8,
                color=INK if abs(value) < most / 2 else "white",
            )

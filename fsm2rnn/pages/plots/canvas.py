"""matplotlib, which the extra `plot` brings: found when a picture is asked for, else one clear hint.

Figures are made without pyplot, so that no window opens and nothing of somebody's own settings changes.
"""

from __future__ import annotations

import io
from functools import partial
from typing import Any, Final, TypeAlias

from fsm2rnn.errors import InputError

Figure: TypeAlias = Any
"""A matplotlib.figure.Figure, of a library that may be missing."""
Axes: TypeAlias = Any
"""A matplotlib.axes.Axes."""
INK, MUTED, LINE = "#1c2128", "#57606a", "#d5dae0"
GREEN, RED, AMBER = "#7fb069", "#e07a5f", "#e9c46a"
BLUE: Final = "#1f6fb5"
SIZE: Final = (7.0, 4.2)  # inches


def new_figure(width: float = SIZE[0], height: float = SIZE[1]) -> Figure:
    """Return an empty matplotlib Figure of so many inches; InputError where matplotlib is missing."""
    try:
        from matplotlib import figure
    except ImportError as error:
        message = f"a picture is drawn with matplotlib: {error}"
        raise InputError(message, hint='pip install "fsm2rnn[plot]", or view, which needs nothing') from error
    made: Figure = figure.Figure(figsize=(width, height), layout="constrained")
    made._repr_png_ = partial(_png, made)  # a notebook draws it so, whether or not pyplot was ever used
    return made


def _png(made: Figure) -> bytes:
    """Return the picture as a PNG file."""
    file = io.BytesIO()
    made.savefig(file, format="png", dpi=80)
    return file.getvalue()


def plain(axes: Axes) -> None:
    """Take away the frame's upper and right side, and colour the rest."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(LINE)
    axes.tick_params(colors=MUTED, labelsize=9)
    axes.xaxis.label.set_color(MUTED)
    axes.yaxis.label.set_color(MUTED)

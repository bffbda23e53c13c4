"""Training curves: loss and accuracy over steps, and below them what is kept of a compiled core."""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from fsm2rnn.errors import InputError
from fsm2rnn.learn.trainer import Training
from fsm2rnn.learn.training_log import COLUMNS
from fsm2rnn.pages.plots.canvas import BLUE, GREEN, MUTED, RED, Axes, Figure, new_figure, plain
from fsm2rnn.proof.rounding.horizon import length_text

EVERY: Final = "all lengths"
LEAST: Final = 1e-12  # stands for a residual of 0


@final
@dataclass(frozen=True)
class Curve:
    """One check: `loss`, accuracies at 500 and 5,000 symbols, and of a core its residual and proved steps.

    `core_steps` is infinite where every length is proved; None where nothing is known.
    """

    step: int
    loss: float
    accuracy: float
    long_accuracy: float | None
    residual: float | None
    core_steps: float | None


def curves_of(source: Training | str | os.PathLike[str]) -> tuple[Curve, ...]:
    """Return the checks of a training, or those of the file train.csv that `train --log` wrote, or of its folder.

    InputError where the file is no such log, or has no check.
    """
    if isinstance(source, Training):
        found = tuple(
            Curve(
                check.step,
                check.loss,
                check.accuracy,
                None if check.kept is None else check.kept.accuracy,
                None if check.kept is None or check.kept.core is None else check.kept.core.residual,
                None if check.kept is None or check.kept.core is None else _steps(length_text(check.kept.core.steps)),
            )
            for check in source.checks
        )
    else:
        path = Path(source)
        found = _read(path / "train.csv" if path.is_dir() else path)
    if not found:
        message = "a training without a check has no curve"
        raise InputError(message, hint="train for as many steps as a check waits, every=100")
    return found


def _read(path: Path) -> tuple[Curve, ...]:
    try:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    except (OSError, UnicodeDecodeError) as error:
        message = f"no log can be read: {error}"
        raise InputError(message, file=ascii(str(path))[1:-1]) from error
    if not rows or tuple(rows[0]) != COLUMNS:
        message = f"no log of a training, whose first line is {','.join(COLUMNS)}"
        raise InputError(message, file=ascii(str(path))[1:-1], line=1)
    return tuple(_curve(row, path, line) for line, row in enumerate(rows[1:], 2))


def _curve(row: Sequence[str], path: Path, line: int) -> Curve:
    try:
        step, loss, accuracy, long, residual, steps = row
        return Curve(int(step), float(loss), float(accuracy), _known(long), _known(residual), _steps(steps))
    except ValueError as error:
        message = f"{len(COLUMNS)} numbers expected, found {','.join(row)!r:.80}"
        raise InputError(message, file=ascii(str(path))[1:-1], line=line) from error


def _known(cell: str) -> float | None:
    return float(cell) if cell else None


def _steps(cell: object) -> float | None:
    return math.inf if cell == EVERY else _known(str(cell))


def training_figure(curves: Sequence[Curve]) -> Figure:
    """Return loss and accuracy, and what is kept of the core where there is one."""
    core = [curve for curve in curves if curve.residual is not None]
    figure = new_figure(7.0, 5.4 if core else 3.6)
    panels = figure.subplots(2 if core else 1, 1, sharex=True, squeeze=False)[:, 0]
    steps = [curve.step for curve in curves]
    _accuracy(panels[0], curves, steps)
    if core:
        _core(panels[1], core)
    panels[-1].set_xlabel("steps of the optimiser")
    return figure


def _accuracy(axes: Axes, curves: Sequence[Curve], steps: Sequence[int]) -> None:
    axes.plot(steps, [curve.accuracy for curve in curves], color=BLUE, marker=".", label="right at 500 symbols")
    long = [(curve.step, curve.long_accuracy) for curve in curves if curve.long_accuracy is not None]
    if long:
        axes.plot(*zip(*long, strict=True), color=GREEN, marker=".", label="right at 5,000 symbols")
    axes.set(ylabel="share of right answers", ylim=(-0.03, 1.05))
    plain(axes)
    losses = axes.twinx()
    losses.plot(steps, [curve.loss for curve in curves], color=MUTED, linestyle=":", label="loss (right axis)")
    losses.set_yscale("log")
    losses.spines[["top", "left"]].set_visible(False)
    losses.tick_params(colors=MUTED, labelsize=9)
    lines = [*axes.get_lines(), *losses.get_lines()]
    axes.legend(lines, [line.get_label() for line in lines], fontsize=8, frameon=False, loc="center right")


def _core(axes: Axes, core: Sequence[Curve]) -> None:
    steps = [curve.step for curve in core]
    residuals = [max(curve.residual or 0.0, LEAST) for curve in core]
    axes.plot(steps, residuals, color=RED, marker=".", label="greatest entry of P A - Pi P (1e-12 stands for 0)")
    axes.set_yscale("log")
    axes.set(ylabel="how far the core has moved", ylim=(LEAST / 3, max(*residuals, 1.0) * 3))
    for curve in (core[0], core[-1]):
        known = curve.core_steps
        said = "core proved: every length" if known == math.inf else f"core proved: {int(known or 0):,} symbols"
        side = "left" if curve is core[0] else "right"
        place = (curve.step, max(curve.residual or 0.0, LEAST))
        axes.annotate(said, place, (0, 9), textcoords="offset points", fontsize=8, ha=side)
    axes.legend(fontsize=8, frameon=False, loc="upper left")
    plain(axes)

"""train: gradient steps on random words of a machine, until long words are answered rightly or the steps are made."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Unpack, final

from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import InputError
from fsm2rnn.learn.accuracy import accuracy
from fsm2rnn.learn.extra_words import extra_words as padded_words
from fsm2rnn.learn.side_by_side import rounds_side_by_side
from fsm2rnn.learn.state_noise import whole_products
from fsm2rnn.learn.training_file import restore_run, save_run, training_path
from fsm2rnn.learn.training_log import TensorBoardLog, TrainingLog
from fsm2rnn.learn.training_plan import PlanOptions, plan_of
from fsm2rnn.learn.training_run import Check, Listener, TrainingRun
from fsm2rnn.machine.labels import Label
from fsm2rnn.machine.state_machine import StateMachine

MEASURED: Final = (500, 5_000)  # lengths at which the accuracy of what was trained is told


@final
@dataclass(frozen=True)
class Training:
    """What training came to: the network has the weights of `step`, the best that were found.

    `loss` is the mean cross-entropy of the batches before that check, `accuracy` maps lengths of words to the share of
    right answers, `steps` counts the optimiser steps made, `seconds` those of the wall that they and the checks took,
    earlier parts of a resumed run among them, and `checks` are all the checks.
    """

    loss: float
    accuracy: Mapping[int, float]
    seconds: float
    steps: int
    step: int
    checks: tuple[Check, ...]

    def __repr__(self) -> str:
        """Say it in one line."""
        right = ", ".join(f"{share:.3f} at {length:,}" for length, share in self.accuracy.items())
        return f"Training({self.steps:,} steps in {self.seconds:.1f} s, loss {self.loss:.2g}, accuracy {right})"


def train(  # noqa: PLR0913  each option is a keyword that an editor completes
    network: Tracker,
    machine: StateMachine | None = None,
    *,
    extra_words: Sequence[Sequence[Label]] = (),
    checkpoint: str | os.PathLike[str] | None = None,
    resume: bool = False,
    log: str | os.PathLike[str] | None = None,
    tensorboard: str | os.PathLike[str] | None = None,
    progress: Listener | None = None,
    measured: Sequence[int] = MEASURED,
    **options: Unpack[PlanOptions],
) -> Training:
    """Train a network in place to give a machine's outputs (its own machine's by default), and tell how right it is.

    Options: steps=2000 of optimizer="adam" ("adamw") at lr=3e-3, each on batch=64 words of one length in lengths=(2,
    30) (from 8 symbols on (2, 10) for the first half), targets="last" letter or "every"; gradients cut to norm clip=1;
    a check every=100 steps, an end after patience=3 checks without a mistake (None: never early); seed=0; freeze=
    "nothing", "recurrence" or "readout"; readout_scale=1 times the logits in the loss (20 keeps a compiled start).
    noise is a deviation of the state after each letter, of bilinear layers before one: 0.1 for elman, 0.2 for gru and
    lstm; with normalize=True 0.3 / sqrt(H), 0.9 / sqrt(H) where a letter joins states; else 0. average=0.98 is what a
    mean of the weights keeps of itself at each step; bilinear layers are judged by it, others by their weights (0).
    A check reads 128 words of 500 letters, and the best stays, after an interrupt too. Accuracy is told at lengths
    `measured`, on words that chose nothing. On a CPU with as many threads equal options give equal results.

    `extra_words` go beside every batch. `checkpoint` names the file of the best network; FILE.train beside it is the
    run until it ends, with `resume` it goes on as if it had never stopped, or begins. `log` is a folder for train.csv,
    `tensorboard` one for events: loss, accuracy at 500 and 5,000 and, of what `seed` made, how exact its core is.

    Raises InputError for options out of range, a machine that does not fit, a record of another run and TensorBoard
    where it is missing, NumericError for a loss that is not finite. Autocast and TF32 are off.
    """
    trained_for = network.machine if machine is None else machine
    _require_fitting(network, trained_for)
    plan, kept = plan_of(network.rnn, trained_for, **options), _Kept.of(checkpoint, log, tensorboard)
    run = TrainingRun(network, trained_for, plan, padded_words(extra_words, trained_for), watched=bool(kept.logs))
    _train(run, kept, progress, resume=resume)
    found = _told(run, measured)
    kept.finish()
    return found


def train_seeds(
    networks: Mapping[int, Tracker],
    machine: StateMachine | None = None,
    *,
    checkpoints: Mapping[int, str | os.PathLike[str]] | None = None,
    logs: Mapping[int, str | os.PathLike[str]] | None = None,
    resume: bool = False,
    progress: Listener | None = None,
    measured: Sequence[int] = MEASURED,
    **options: Unpack[PlanOptions],
) -> dict[int, Training]:
    """Train several networks in place, each under the seed that it is the value of; the same as `train` one by one.

    Whole matrices on the CPU whose last answers count are stepped side by side in one pass, which takes a fraction of
    the time where networks are small; others take turns from check to check. Weights, accuracy and files are those of
    `train` bit for bit, the `seconds` a share of what all took. `checkpoints` maps seeds to files, `logs` to folders.
    Options and errors as `train` has them, and InputError where there is no network, or an option names a seed.
    """
    if not networks or "seed" in options:
        message = "the seeds are the keys of the networks, of which there is at least one"
        raise InputError(message)
    runs, paths, folders = {}, checkpoints or {}, logs or {}
    for seed, network in networks.items():
        trained_for = network.machine if machine is None else machine
        _require_fitting(network, trained_for)
        kept = _Kept.of(paths.get(seed), folders.get(seed), None)
        asked: PlanOptions = {**options, "seed": seed}
        run = TrainingRun(network, trained_for, plan_of(network.rnn, trained_for, **asked), watched=bool(kept.logs))
        kept.begin(run, resume=resume)
        runs[run] = kept
    _train_side_by_side(runs, progress)
    found = {seed: _told(run, measured) for seed, run in zip(networks, runs, strict=True)}
    for kept in runs.values():
        kept.finish()
    return found


@final
@dataclass(frozen=True)
class _Kept:
    """Where a run is kept: the best network, the run itself, the logs."""

    best: Path | None
    record: Path | None
    logs: tuple[TrainingLog | TensorBoardLog, ...]

    @classmethod
    def of(
        cls,
        checkpoint: str | os.PathLike[str] | None,
        log: str | os.PathLike[str] | None,
        tensorboard: str | os.PathLike[str] | None,
    ) -> _Kept:
        best = None if checkpoint is None else Path(checkpoint)
        table = () if log is None else (TrainingLog(Path(log)),)
        events = () if tensorboard is None else (TensorBoardLog(Path(tensorboard)),)
        return cls(best, best and training_path(best), (*table, *events))

    def begin(self, run: TrainingRun, *, resume: bool) -> None:
        """Put the run where its record says, if it is to be resumed and there is one, and write where it is."""
        if resume:
            if self.record is None:
                message = "resume needs the checkpoint beside which the run is kept"
                raise InputError(message)
            if self.record.exists():
                restore_run(run, self.record)
        self.write(run)

    def write(self, run: TrainingRun) -> None:
        """Write what the last check brought: the best network first, so that the record is never ahead of it."""
        if self.best is not None and run.checks and run.best_check is run.checks[-1]:
            run.save_best(self.best)
        if self.record is not None:
            save_run(run, self.record)
        for log in self.logs:
            log.write(run.checks)

    def finish(self) -> None:
        """Delete the record of a run whose accuracy is told."""
        if self.record is not None:
            self.record.unlink(missing_ok=True)


def _train_side_by_side(runs: Mapping[TrainingRun, _Kept], progress: Listener | None) -> None:
    try:
        for checked in rounds_side_by_side(list(runs), progress):
            for run in checked:
                runs[run].write(run)
    finally:
        for run, kept in runs.items():
            run.put_back_best()
            for log in kept.logs:
                log.close()


def _train(run: TrainingRun, kept: _Kept, progress: Listener | None, *, resume: bool) -> None:
    kept.begin(run, resume=resume)
    try:
        for _ in run.rounds(progress):
            kept.write(run)
    finally:
        run.put_back_best()
        for log in kept.logs:
            log.close()


def _require_fitting(network: Tracker, machine: StateMachine) -> None:
    own = network.machine
    for what, found, wanted in (
        ("symbols", len(machine.symbols), len(own.symbols)),
        ("output labels", len(machine.output_labels), len(own.output_labels)),
    ):
        if found != wanted:
            message = f"the machine has {found} {what}, and the network is one for {wanted}"
            raise InputError(message)


def _told(run: TrainingRun, measured: Sequence[int]) -> Training:
    with whole_products(run.device):
        found = {length: accuracy(run.judged, run.machine, length, device=run.device).raw for length in measured}
    best = run.best_check
    return Training(best.loss, found, run.seconds, run.step, best.step, tuple(run.checks))

"""train MACHINE -m MODEL -o NET: draw or compile weights, train them on random words, and say how right they are."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from fsm2rnn.atomic_write import STDOUT
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.choice import choose_member
from fsm2rnn.commands.answer import say
from fsm2rnn.commands.reading import read_machine
from fsm2rnn.commands.status import Status
from fsm2rnn.comparison.answers import Finding, Proved, Refuted, Undecided
from fsm2rnn.comparison.until_proved import require_provable, rounds_until_proved
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.escapes import escaped
from fsm2rnn.learn.accuracy import accuracy
from fsm2rnn.learn.models import WEIGHT_LIMIT, Init, Model, new_network, seeded_network
from fsm2rnn.learn.protection import Protect
from fsm2rnn.learn.trainer import MEASURED, Training, train, train_seeds
from fsm2rnn.learn.training_file import training_path
from fsm2rnn.learn.training_plan import PlanOptions
from fsm2rnn.learn.training_run import Progress
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.pages.progress import Stages, stages

SEEDS_LIMIT: Final = 64  # networks side by side, each with the moments of its optimiser
OF_SEEDS: Final = ("accuracy", "steps", "seconds", "loss")  # what is told of every seed


def run(options: argparse.Namespace) -> Status:
    """Train, and audit where a proof is asked for."""
    if options.output == STDOUT:
        message = "the run is kept beside the network file, and beside stdout there is no place"
        raise InputError(message, hint="name a file")
    asked = _plan(options)
    machine, notes = read_machine(options)
    if options.seeds != 1:
        return _best_of_seeds(options, machine, notes, asked)
    network = _network(options, machine, options.seed)
    if options.until_proved:
        require_provable(network)
    output = Path(options.output)
    _require_open(output, output, resumed=options.resume)
    with stages(f"training {escaped(options.machine)}", wanted=not (options.quiet or options.json)) as tell:
        told = train(
            network,
            checkpoint=output,
            resume=options.resume,
            log=options.log,
            tensorboard=options.tensorboard,
            progress=lambda where: tell(_where(options.machine, where)),
            **asked,
        )
        found = _proved(network, output, asked, tell) if options.until_proved else None
    answer, text = _told(network, told, found, output)
    say(options, {**answer, "notes": notes}, text)
    return Status.HOLDS if found is None or isinstance(found, Proved) else Status.UNDECIDED


def _best_of_seeds(options: argparse.Namespace, machine: StateMachine, notes: list[Json], asked: PlanOptions) -> Status:
    """Train networks of several seeds, each as alone, and keep the best, judged as `train` judges its checks."""
    _require_seeds(options)
    output, seeds = Path(options.output), range(options.seed, options.seed + options.seeds)
    paths = {seed: output.parent / f"{output.name}.seed-{seed}" for seed in seeds}
    _require_open(output, *paths.values(), resumed=options.resume)
    networks = _networks(options, machine, seeds)
    first = f"training {escaped(options.machine)}"
    with stages(first, wanted=not (options.quiet or options.json)) as tell:
        told = train_seeds(
            networks,
            checkpoints=paths,
            logs=None if options.log is None else {seed: Path(options.log) / f"seed-{seed}" for seed in seeds},
            resume=options.resume,
            progress=lambda where: tell(_where(f"{options.machine}, {len(seeds)} seeds", where)),
            **{name: value for name, value in asked.items() if name != "seed"},  # type: ignore[arg-type]
        )
    best = max(seeds, key=lambda seed: max(check.score for check in told[seed].checks))
    networks[best].save(output)
    for path in paths.values():
        path.unlink()
    every = {seed: _told(networks[seed], told[seed], None, output) for seed in seeds}
    rows: list[Json] = [{"seed": seed, **{name: every[seed][0][name] for name in OF_SEEDS}} for seed in seeds]
    lines = [f"seed {seed}: {every[seed][1].splitlines()[0]}" for seed in seeds]
    written = f"wrote {escaped(str(output))}, of seed {best}"
    say(options, {**every[best][0], "seed": best, "seeds": rows, "notes": notes}, "\n".join([*lines, written]))
    return Status.HOLDS


def _require_seeds(options: argparse.Namespace) -> None:
    """Refuse, with InputError or LimitError, numbers of seeds that are none, and what is of one network."""
    if options.seeds < 1:
        message = f"--seeds counts from 1, found {options.seeds}"
        raise InputError(message)
    if options.seeds > SEEDS_LIMIT:
        what = "seeds side by side"
        raise LimitError(what, limit=SEEDS_LIMIT, needed=options.seeds, hint="a sweep makes as many as you like")
    for option, given in (("--until-proved", options.until_proved), ("--tensorboard", options.tensorboard)):
        if given:
            message = f"{option} is of one network, and --seeds are of {options.seeds}"
            raise InputError(message, hint="train the seed that was the best once more with it")


def _plan(options: argparse.Namespace) -> PlanOptions:
    """Return the options of training that are given."""
    asked: PlanOptions = {"seed": options.seed}
    if options.steps is not None:
        asked["steps"] = options.steps
    if options.lengths is not None:
        asked["lengths"] = _lengths(options.lengths)
    if options.readout_scale is not None:
        asked["readout_scale"] = options.readout_scale
    if options.freeze is not None:
        asked["freeze"] = options.freeze
    return asked


def _lengths(text: str) -> tuple[int, int]:
    least, _, most = text.partition("-")
    if not (least.isascii() and least.isdigit()) or (most and not (most.isascii() and most.isdigit())):
        message = f"--lengths {text!r:.40}; a length or two are expected, such as 2-30"
        raise InputError(message)
    return int(least), int(most or least)


def _network(options: argparse.Namespace, machine: StateMachine, seed: int) -> Tracker:
    model = choose_member("model", options.model, Model)
    match choose_member("init", options.init, Init):
        case Init.RANDOM if options.protect is None:
            return new_network(model, machine, options.hidden, seed=seed)
        case Init.RANDOM:
            message = "--protect keeps what is compiled, and these weights are drawn"
            raise InputError(message, hint="add --init compiled")
        case Init.COMPILED:
            protect = choose_member("protection", options.protect or Protect.NONE, Protect)
            return seeded_network(model, machine, options.hidden, protect, seed=seed)


def _networks(options: argparse.Namespace, machine: StateMachine, seeds: Sequence[int]) -> dict[int, Tracker]:
    """Return a network of each seed; LimitError, after the first, for more than WEIGHT_LIMIT weights of all."""
    found: dict[int, Tracker] = {}
    for seed in seeds:
        found[seed] = _network(options, machine, seed)
        needed = len(seeds) * sum(weight.numel() for weight in found[seed].parameters())
        if needed > WEIGHT_LIMIT:
            what = f"weights of networks of {len(seeds):,} seeds"
            raise LimitError(what, limit=WEIGHT_LIMIT, needed=needed, hint="ask for fewer, or take a sweep")
    return found


def _require_open(output: Path, *kept: Path, resumed: bool) -> None:
    """Refuse what names no file, and to resume what is finished: the network is there, and no run beside one kept."""
    if not output.name:
        message = f"-o names no file: {str(output)!r:.40}"
        raise InputError(message, hint="such as -o network.safetensors")
    if resumed and output.exists() and not any(training_path(path).exists() for path in kept):
        message = "there is no run to resume: it is finished, or was not begun here"
        raise InputError(message, file=ascii(str(output))[1:-1], hint="leave --resume out to train anew")


def _where(machine: str, where: Progress) -> str:
    """Return the line of progress: loss, accuracy, rate, and the time that all steps would take."""
    left = (where.steps - where.step) * where.pace
    right = "" if where.check is None else f", accuracy {where.check.accuracy:.3f}"
    rate = f"{1 / where.pace:,.0f} steps/s, {left:,.0f} s left" if where.pace else ""
    return f"training {machine}: step {where.step:,} of {where.steps:,}, loss {where.loss:.3g}{right}, {rate}"


def _proved(network: Tracker, output: Path, asked: PlanOptions, tell: Stages) -> Finding:
    """Return what rounds of audit and training come to; the file has the proof, or the network as it is."""

    def hear(number: int, found: Finding) -> None:
        network.save(output)
        tell(f"round {number + 1}: {found}")

    tell("proving")
    found = rounds_until_proved(network, listener=hear, progress=tell, options=asked)
    if isinstance(found, Proved):
        found.save(output)
    return found


def _told(network: Tracker, told: Training, found: Finding | None, output: Path) -> tuple[dict[str, Json], str]:
    """Return the answer as JSON and as text.

    Where a proof was asked for, steps and seconds are those before its rounds, accuracy is measured anew after them,
    of the trained weights as they are, whatever was made of them to be proved, and there is no loss, as the weights
    have moved since it was found.
    """
    right = told.accuracy
    if found is not None:
        right = {length: accuracy(network, network.machine, length).raw for length in MEASURED}
    answer: dict[str, Json] = {
        "accuracy": {str(length): share for length, share in right.items()},
        "steps": told.steps,
        "seconds": told.seconds,
        "loss": told.loss if found is None else None,
        "answer": None if found is None else found.to_json(),
        "file": str(output),
    }
    shares = ", ".join(f"{share:.4f} at {length:,}" for length, share in right.items())
    loss = f"loss {told.loss:.2g}" if found is None else "then rounds until proved"
    whose = "" if found is None else " of the trained weights"
    text = f"{told.steps:,} steps in {told.seconds:.1f} s, {loss}, accuracy{whose} {shares}"
    lines = [text, *_finding(found), f"wrote {escaped(str(output))}"]
    return answer, "\n".join(lines)


def _finding(found: Finding | None) -> list[str]:
    match found:
        case None:
            return []
        case Proved():
            return [escaped(repr(found)), f"in {escaped(found.arithmetic)}"]
        case Refuted() | Undecided():
            return [escaped(repr(found))]

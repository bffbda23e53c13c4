"""NET.safetensors.train: all that a training run is, so that it goes on as if it had never stopped.

    now.NAME, best.NAME          the weights as they are, and the best ones
    mean.NAME                    their mean over the last steps, where there is one
    MOMENT.NAME                  the optimiser's moments of each parameter
    fsm2rnn.kind                 training
    fsm2rnn.training             {format, plan, machine, step, seconds, checks, sha256}

One safetensors file, replaced whole. The next batch and its noise follow from the step (see `training_run`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from fsm2rnn.atomic_write import write_atomically
from fsm2rnn.cells.packing import pack, unpack
from fsm2rnn.cells.stored.open_file import OpenFile, damaged, open_tensor_file
from fsm2rnn.errors import InputError
from fsm2rnn.learn.retention import CoreKept, Retention
from fsm2rnn.learn.training_run import Check, TrainingRun
from fsm2rnn.machine.labels import Json
from fsm2rnn.proof.file.machine_json import machine_to_json
from fsm2rnn.proof.stored.tensor_file import StoredTensor, encode_tensor_file, file_bytes

KIND, BODY = "fsm2rnn.kind", "fsm2rnn.training"
FORMAT: Final = "fsm2rnn-training-1"
SUFFIX: Final = ".train"
NOW, BEST, MEAN = "now.", "best.", "mean."
COUNT: Final = "step"  # the one entry of the optimiser's state that is a number: how many steps were made


def training_path(network: Path) -> Path:
    """Return where the run of a network file is kept: NET.safetensors.train."""
    return network.with_name(network.name + SUFFIX)


def save_run(run: TrainingRun, path: Path) -> None:
    """Write where the run is."""
    tensors = {NOW + name: tensor for name, tensor in run.judged.state_dict().items()}
    tensors |= {BEST + name: tensor for name, tensor in run.best.items()}
    tensors |= {MEAN + name: tensor for name, tensor in run.average.weights.items()}
    tensors |= _moments(run)
    stored = {name: pack(name, tensor) for name, tensor in tensors.items()}
    checks: list[Json] = [_check_json(check) for check in run.checks]
    body: dict[str, Json] = {**_asked(run), "step": run.step, "seconds": run.seconds, "checks": checks}
    text = json.dumps({**body, "sha256": _digest(body, stored)})
    write_atomically(path, encode_tensor_file(stored, {KIND: "training", BODY: text}))


def restore_run(run: TrainingRun, path: Path) -> None:
    """Put a run at step 0 to where the file says.

    InputError where the file is damaged or of another run: it names what differs, machine or option.
    """
    name = ascii(str(path))[1:-1]
    found = open_tensor_file(file_bytes(path), name)
    body = _body(found, name)
    _require_equal(body, _asked(run), name)
    tensors = {key: unpack(tensor, run.device) for key, tensor in found.tensors.items()}
    run.judged.load_state_dict(_below(NOW, tensors))
    run.best, run.average.weights = _below(BEST, tensors), _below(MEAN, tensors)
    run.step, run.seconds = body["step"], body["seconds"]
    run.checks[:] = [_check(*check) for check in body["checks"]]
    _restore_moments(run, tensors)


def _body(found: OpenFile, file: str) -> dict[str, Any]:
    """Return what the file says of the run, its seal proved: then it is as `save_run` wrote it."""
    try:
        body: Any = json.loads(found.metadata.get(BODY, ""))
    except (ValueError, RecursionError) as error:
        raise damaged(BODY, f"not JSON: {error!s:.80}", file) from error
    if not isinstance(body, dict):
        raise damaged(BODY, "expected an object", file)
    if body.pop("sha256", None) != _digest(body, found.tensors):
        raise damaged("sha256", "the record is not as it was written", file)
    return body


def _asked(run: TrainingRun) -> dict[str, Json]:
    return {"format": FORMAT, "machine": machine_to_json(run.machine), "plan": run.plan.to_json()}


def _require_equal(body: Mapping[str, Any], asked: Mapping[str, Any], file: str) -> None:
    for field in ("format", "machine"):
        if body[field] != asked[field]:
            message = f"it records a run with another {field}"
            raise InputError(message, file=file, hint="leave --resume out to begin anew")
    for option, value in asked["plan"].items():
        if body["plan"].get(option) != value:
            message = (
                f"it records a run with {option} = {body['plan'].get(option)!r:.60}, and {value!r:.60} is asked for"
            )
            raise InputError(message, file=file, hint="resume with the options of its beginning, or begin anew")


def _digest(body: Mapping[str, Json], tensors: Mapping[str, StoredTensor]) -> str:
    found = hashlib.sha256(json.dumps(dict(body), sort_keys=True).encode())
    for name in sorted(tensors):
        found.update(json.dumps([name, tensors[name].dtype, tensors[name].shape]).encode())
        found.update(tensors[name].data)
    return found.hexdigest()


def _moments(run: TrainingRun) -> dict[str, Tensor]:
    return {
        f"{moment}.{name}": value
        for name, parameter in run.network.named_parameters()
        for moment, value in run.optimizer.state.get(parameter, {}).items()
        if moment != COUNT
    }


def _restore_moments(run: TrainingRun, tensors: Mapping[str, Tensor]) -> None:
    for name, parameter in run.network.named_parameters():
        found = {key.removesuffix(f".{name}"): value for key, value in tensors.items() if key.endswith(f".{name}")}
        moments = {moment: value for moment, value in found.items() if f"{moment}." not in (NOW, BEST, MEAN)}
        if moments:
            run.optimizer.state[parameter] = {COUNT: torch.tensor(float(run.step)), **moments}


def _check_json(check: Check) -> Json:
    numbers: list[Json] = [check.step, check.loss, check.accuracy]
    if check.kept is None:
        return numbers
    core = check.kept.core
    return [*numbers, [check.kept.accuracy, None if core is None else [core.residual, core.steps]]]


def _check(step: int, loss: float, accuracy: float, kept: list[Any] | None = None) -> Check:
    if kept is None:
        return Check(step, loss, accuracy)
    right, core = kept
    return Check(step, loss, accuracy, Retention(right, None if core is None else CoreKept(*core)))


def _below(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}

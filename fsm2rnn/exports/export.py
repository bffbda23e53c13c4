"""export: a network written for programs that do not have this package."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import assert_never, final

from fsm2rnn import api
from fsm2rnn.atomic_write import write_atomically
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.choice import choose_member
from fsm2rnn.errors import InputError
from fsm2rnn.exports.folder import write_folder
from fsm2rnn.exports.formats import Format
from fsm2rnn.exports.modules.program import ModuleFolder
from fsm2rnn.exports.modules.writers import module_folder
from fsm2rnn.exports.onnx_file import onnx_file
from fsm2rnn.exports.pt2_file import pt2_file
from fsm2rnn.exports.torch_code import torch_files


@final
@dataclass(frozen=True)
class Exported:
    """What was written: the format, the path, the files of a folder, and what is known of it.

    `replayed` counts the random symbols that the written program answered as the network does; None where the program
    is text, which was not run. `opset` is that of an ONNX file. Of a module `states` counts the states of its own
    arithmetic that words reach, all of which were stepped from, `lead` is the least by which the right score led, and
    `ran` says what was run where that is not the module itself.
    """

    format: str
    path: str
    files: tuple[str, ...] = ()
    replayed: int | None = None
    opset: int | None = None
    states: int | None = None
    lead: float | None = None
    ran: str | None = None


def export(
    net: Network | Tracker | str | os.PathLike[str],
    format: Format | str,  # noqa: A002  the interface's name
    path: str | os.PathLike[str],
) -> Exported:
    """Write a network, or that of a network file, as programs of others read it.

    "torch": a new folder with a plain state dict, a few lines of torch that run it, and labels.json. "onnx": one file,
    its opset stated; needs onnx and onnxruntime. "pt2": one file of torch.export. The latter two have free batch and
    length and are read back and run beside the network before anything is written. A network that was compiled for a
    module is written as that module's weights, in its own format ("torch", "transformers" or "fla"), into a new folder,
    after the module was stepped from every state that words reach. InputError for a network that a format cannot hold,
    for a missing package and for formats that are not built yet; NumericError where what was made answers otherwise.
    """
    asked = choose_member("export format", format, Format)
    if asked is Format.ROCQ:
        raise not_built(asked)
    return _written(net if isinstance(net, Network | Tracker) else api.load(net), asked, path)


def _written(network: Network | Tracker, asked: Format, path: str | os.PathLike[str]) -> Exported:
    name = os.fspath(path)
    module = module_folder(network, asked)
    if module is not None:
        return _written_module(module, asked, path)
    match asked:
        case Format.TORCH:
            files = torch_files(network)
            write_folder(path, files)
            return Exported(asked.value, name, tuple(sorted(files)))
        case Format.ONNX:
            found = onnx_file(network)
            write_atomically(path, found.data)
            return Exported(asked.value, name, replayed=found.replayed, opset=found.opset)
        case Format.PT2:
            program = pt2_file(network)
            write_atomically(path, program.data)
            return Exported(asked.value, name, replayed=program.replayed)
        case Format.TRANSFORMERS | Format.FLA | Format.ROCQ:
            raise not_built(asked)
    assert_never(asked)


def _written_module(module: ModuleFolder, asked: Format, path: str | os.PathLike[str]) -> Exported:
    write_folder(path, module.files)
    names = tuple(sorted(module.files))
    return Exported(
        asked.value,
        os.fspath(path),
        names,
        module.replayed,
        states=module.states,
        lead=module.lead,
        ran=module.ran,
    )


def not_built(asked: Format) -> InputError:
    """Return the error of a format that has a name and no writer yet."""
    message = f"export format {asked.value!r} is not built yet"
    return InputError(message, hint="built are torch, onnx, pt2 and transformers")

"""export: a network written for programs that do not have this package."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import assert_never, final

from fsm2rnn import api
from fsm2rnn.atomic_write import write_atomically
from fsm2rnn.cells.network import Network, lift
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
from fsm2rnn.proof.file.checker import network_bytes, prove_bytes
from fsm2rnn.proof.stored.tensor_file import file_bytes
from fsm2rnn.rocq.claim_text import MAX_TEXT
from fsm2rnn.rocq.network_text import network_text
from fsm2rnn.rocq.theorems import Floats


@final
@dataclass(frozen=True)
class Exported:
    """What was written: the format, the path, the files of a folder, and what is known of it.

    `replayed` counts the random symbols that the written program answered as the network does; None where the program
    is text, which was not run. `opset` is that of an ONNX file. Of a module `states` counts the states of its own
    arithmetic that words reach, all of which were stepped from, `lead` is the least by which the right score led, and
    `ran` says what was run where that is not the module itself. `theorems` are what a text states; writing it does not
    run the proof assistant.
    """

    format: str
    path: str
    files: tuple[str, ...] = ()
    replayed: int | None = None
    opset: int | None = None
    states: int | None = None
    lead: float | None = None
    ran: str | None = None
    theorems: tuple[str, ...] = ()


def export(
    net: Network | Tracker | str | os.PathLike[str],
    format: Format | str,  # noqa: A002  the interface's name
    path: str | os.PathLike[str],
    *,
    floats: Floats | str = Floats.ANY,
    max_text: int = MAX_TEXT,
) -> Exported:
    """Write a network, or that of a network file, as programs of others read it.

    "torch": a new folder with a plain state dict, a few lines of torch that run it, and labels.json. "onnx": one file,
    its opset stated; needs onnx and onnxruntime. "pt2": one file of torch.export. The latter two have free batch and
    length and are read back and run beside the network before anything is written. A network that was compiled for a
    module is written as that module's weights, in its own format ("torch", "transformers" or "fla"), into a new folder,
    after the module was stepped from every state that words reach. "rocq": one text of the proof assistant, which
    states the claim of a network of grade exact and proves it by the checker of the package's library; with `floats`
    "ieee" for the stored IEEE format too. InputError for a network that a format cannot hold and for a missing package;
    NumericError where what was made answers otherwise; LimitError for a text of more than `max_text` characters.
    """
    asked = choose_member("export format", format, Format)
    if asked is Format.ROCQ:
        return _written_claim(net, choose_member("floats", floats, Floats), max_text, path)
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
            message = f"export format {asked.value!r} does not hold this network"
            raise InputError(message, hint="torch, onnx and pt2 hold every one")
    assert_never(asked)


def _written_claim(
    net: Network | Tracker | str | os.PathLike[str], floats: Floats, max_text: int, path: str | os.PathLike[str]
) -> Exported:
    """Write the text of a claim that was checked just now, from the tensors themselves."""
    if isinstance(net, Tracker):
        message = "a stock torch cell carries no proof"
        raise InputError(message, hint="save what audit or train_to_boxes proved, and export the file")
    data = network_bytes(lift(net)) if isinstance(net, Network) else file_bytes(net)
    text = network_text(prove_bytes(data), hashlib.sha256(data).hexdigest(), floats=floats, limit=max_text)
    write_atomically(path, text.text.encode("ascii"))
    return Exported(Format.ROCQ.value, os.fspath(path), theorems=tuple(one.says for one in text.theorems))


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

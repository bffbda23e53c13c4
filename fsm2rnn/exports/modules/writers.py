"""The writer of each module, by the name of its target."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import InputError
from fsm2rnn.exports.formats import Format
from fsm2rnn.exports.modules.delta.fla_models import FLA_WRITERS
from fsm2rnn.exports.modules.delta.olmo_hybrid import olmo_hybrid
from fsm2rnn.exports.modules.mingru.delta_mingru import delta_mingru
from fsm2rnn.exports.modules.mingru.diagonal_layers import mingru_pytorch, signed_mingru
from fsm2rnn.exports.modules.program import ModuleFolder
from fsm2rnn.exports.modules.registers.writer import (
    HF_MAMBA2,
    QWEN3_NEXT,
    RECURRENT_GEMMA,
)
from fsm2rnn.exports.modules.stacks.writer import FALCON_MAMBA_STACKS, HF_MAMBA_STACKS
from fsm2rnn.exports.modules.xlstm_slstm import xlstm_slstm
from fsm2rnn.targets.modules import MODULES
from fsm2rnn.targets.modules.module_target import ModuleTarget

Writer: TypeAlias = Callable[[Network | Tracker], ModuleFolder]

WRITERS: Final[Mapping[str, Writer]] = {
    "olmo-hybrid": olmo_hybrid,
    "hf-mamba": HF_MAMBA_STACKS,
    "falcon-mamba": FALCON_MAMBA_STACKS,
    "hf-mamba2": HF_MAMBA2,
    "qwen3-next": QWEN3_NEXT,
    "recurrent-gemma": RECURRENT_GEMMA,
    **FLA_WRITERS,
    "xlstm-slstm": xlstm_slstm,
    "delta-mingru": delta_mingru,
    "signed-mingru": signed_mingru,
    "mingru-pytorch": mingru_pytorch,
}


def module_of_network(network: Network | Tracker) -> ModuleTarget | None:
    """Return the module that a network was compiled for, as its file says; None for none."""
    if isinstance(network, Network):
        evidence: Mapping[str, str] = network.evidence
    else:
        evidence = {} if network.proof is None else network.proof.evidence
    return next((one for one in MODULES if one.name == evidence.get("target")), None)


def module_folder(network: Network | Tracker, asked: Format) -> ModuleFolder | None:
    """Return the folder of the module that a network was compiled for, None where it is for none.

    InputError for a format that is not the module's, and where a module's format is asked of a network that is for
    none.
    """
    module = module_of_network(network)
    if module is None:
        if asked in (Format.TRANSFORMERS, Format.FLA):
            names = ", ".join(one.name for one in MODULES if one.export == asked.value) or "none yet"
            message = f"-f {asked.value} writes networks that were compiled for one of its modules"
            raise InputError(message, hint=f"compile with -t MODULE; its modules are {names}")
        return None
    if asked.value != module.export:
        message = f"a network compiled for {module.name} is exported with -f {module.export}, not -f {asked.value}"
        raise InputError(message, hint=f"-f {module.export}, or compile with another target")
    return WRITERS[module.name](network)

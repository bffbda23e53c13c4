"""One file per module that people already use: an existing certified recurrence, which the module's weights compute.

A module target compiles as every target does: what is stored and proved is the recurrence. `export` turns the stored
numbers into the module's own weights and, before anything is written, steps the module itself over the states that
words reach. `explain` and `compile_all` ask them only by name.
"""

from __future__ import annotations

from fsm2rnn.targets.modules.delta_mingru import DELTA_MINGRU
from fsm2rnn.targets.modules.falcon_mamba import FALCON_MAMBA
from fsm2rnn.targets.modules.fla_deltanet import FLA_DELTANET
from fsm2rnn.targets.modules.fla_gated_deltanet import FLA_GATED_DELTANET
from fsm2rnn.targets.modules.fla_gated_deltaproduct import FLA_GATED_DELTAPRODUCT
from fsm2rnn.targets.modules.hf_mamba import HF_MAMBA
from fsm2rnn.targets.modules.hf_mamba2 import HF_MAMBA2
from fsm2rnn.targets.modules.mingru_pytorch import MINGRU_PYTORCH
from fsm2rnn.targets.modules.module_target import ModuleTarget
from fsm2rnn.targets.modules.olmo_hybrid import OLMO_HYBRID
from fsm2rnn.targets.modules.qwen3_next import QWEN3_NEXT
from fsm2rnn.targets.modules.recurrent_gemma import RECURRENT_GEMMA
from fsm2rnn.targets.modules.signed_mingru import SIGNED_MINGRU
from fsm2rnn.targets.modules.xlstm_slstm import XLSTM_SLSTM

MODULES: tuple[ModuleTarget, ...] = (
    OLMO_HYBRID,
    HF_MAMBA,
    FALCON_MAMBA,
    HF_MAMBA2,
    QWEN3_NEXT,
    RECURRENT_GEMMA,
    FLA_GATED_DELTAPRODUCT,
    FLA_GATED_DELTANET,
    FLA_DELTANET,
    XLSTM_SLSTM,
    DELTA_MINGRU,
    SIGNED_MINGRU,
    MINGRU_PYTORCH,
)
"""Every module, in the order in which `formats` lists them."""

"""One file per published recurrence; `FAMILIES` names them, in the order in which they are shown."""

from __future__ import annotations

from fsm2rnn.families.attention.shortcut import SHORTCUT
from fsm2rnn.families.attention.universal_transformer import UNIVERSAL_TRANSFORMER
from fsm2rnn.families.delta.deltanet import DELTANET
from fsm2rnn.families.delta.fixed_point import FIXED_POINT
from fsm2rnn.families.delta.gated_deltanet import GATED_DELTANET
from fsm2rnn.families.delta.rwkv7 import RWKV7
from fsm2rnn.families.dense.regular_lrnn import REGULAR_LRNN
from fsm2rnn.families.dense.sd_ssm import SD_SSM
from fsm2rnn.families.family import PublishedFamily
from fsm2rnn.families.fixed.linear_attention import LINEAR_ATTENTION
from fsm2rnn.families.fixed.lru import LRU
from fsm2rnn.families.fixed.retnet import RETNET
from fsm2rnn.families.fixed.rwkv4 import RWKV4
from fsm2rnn.families.fixed.s4d import S4D
from fsm2rnn.families.gated.gateloop import GATELOOP
from fsm2rnn.families.gated.gla import GLA
from fsm2rnn.families.gated.griffin import GRIFFIN
from fsm2rnn.families.gated.hgrn import HGRN
from fsm2rnn.families.gated.hgrn2 import HGRN2
from fsm2rnn.families.gated.mamba import MAMBA
from fsm2rnn.families.gated.mamba3 import MAMBA3
from fsm2rnn.families.gated.mamba_negative import MAMBA_NEGATIVE
from fsm2rnn.families.gated.mingru import MINGRU
from fsm2rnn.families.gated.minlstm import MINLSTM
from fsm2rnn.families.nonlinear.al_rnn import AL_RNN
from fsm2rnn.families.nonlinear.pararnn import PARARNN
from fsm2rnn.families.nonlinear.slstm import SLSTM
from fsm2rnn.families.nonlinear.srwm import SRWM
from fsm2rnn.families.nonlinear.state_regularised import STATE_REGULARISED

FAMILIES: tuple[PublishedFamily, ...] = (
    MAMBA,
    MAMBA_NEGATIVE,
    MAMBA3,
    GLA,
    HGRN,
    HGRN2,
    GRIFFIN,
    MINGRU,
    MINLSTM,
    LRU,
    S4D,
    GATELOOP,
    LINEAR_ATTENTION,
    RETNET,
    RWKV4,
    RWKV7,
    DELTANET,
    GATED_DELTANET,
    SD_SSM,
    REGULAR_LRNN,
    FIXED_POINT,
    AL_RNN,
    STATE_REGULARISED,
    SRWM,
    UNIVERSAL_TRANSFORMER,
    SHORTCUT,
    PARARNN,
    SLSTM,
)
"""Every published family, in the order in which `table` shows them."""

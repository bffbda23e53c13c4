"""Which family's network becomes which published cell; a family without an entry has no cell yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.published.attention import LoopedAttention, shortcut, universal_transformer
from fsm2rnn.cells.published.complex_gates import gateloop, mamba3
from fsm2rnn.cells.published.deltanet import deltanet, gated_deltanet
from fsm2rnn.cells.published.dense_cells import regular_lrnn, sd_ssm
from fsm2rnn.cells.published.fixed_diagonal import lru, retnet, s4d
from fsm2rnn.cells.published.fixed_point import fixed_point
from fsm2rnn.cells.published.gla import gla, linear_attention
from fsm2rnn.cells.published.griffin import griffin
from fsm2rnn.cells.published.hgrn import hgrn, hgrn2
from fsm2rnn.cells.published.mamba import mamba_cell, mamba_negative
from fsm2rnn.cells.published.mingru import mingru, minlstm
from fsm2rnn.cells.published.pararnn import para_relu, pararnn
from fsm2rnn.cells.published.published_cell import PublishedCell
from fsm2rnn.cells.published.rwkv4 import rwkv4
from fsm2rnn.cells.published.rwkv7 import rwkv7
from fsm2rnn.cells.published.srwm import srwm
from fsm2rnn.cells.published.stock_like import al_rnn, slstm, state_regularised
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import InputError

LINEAR: Final[Mapping[str, Callable[[Network], PublishedCell | LoopedAttention]]] = {
    "mamba": mamba_cell,
    "mamba-negative": mamba_negative,
    "mamba3": mamba3,
    "gla": gla,
    "hgrn": hgrn,
    "hgrn2": hgrn2,
    "griffin": griffin,
    "mingru": mingru,
    "minlstm": minlstm,
    "lru": lru,
    "s4d": s4d,
    "gateloop": gateloop,
    "linear-attention": linear_attention,
    "retnet": retnet,
    "rwkv4": rwkv4,
    "rwkv7": rwkv7,
    "deltanet": deltanet,
    "gated-deltanet": gated_deltanet,
    "sd-ssm": sd_ssm,
    "regular-lrnn": regular_lrnn,
    "fixed-point": fixed_point,
    "srwm": srwm,
    "universal-transformer": universal_transformer,
    "shortcut": shortcut,
    "pararnn": pararnn,
}
"""Families whose network is a linear recurrence."""
STOCK: Final[Mapping[str, Callable[[Tracker], PublishedCell]]] = {
    "al-rnn": al_rnn,
    "state-regularised": state_regularised,
    "slstm": slstm,
    "pararnn": para_relu,
}
"""Families whose network is a cell of torch.nn."""


def published_cell(network: Network | Tracker, family: str) -> PublishedCell | LoopedAttention:
    """Return a compiled network in its published parameterisation, in its own dtype; InputError where there is none.

    Its `read` of its states are the network's states.
    """
    if isinstance(network, Network) and family in LINEAR:
        return LINEAR[family](network)
    if isinstance(network, Tracker) and family in STOCK:
        return STOCK[family](network)
    message = f"{family} has no published cell that takes a {type(network).__name__}"
    raise InputError(message, hint=f"it is one of: {', '.join([*LINEAR, *STOCK])}")

"""Networks before they are stored that are no linear recurrences: a cell of torch.nn, or a stack of gated layers."""

from __future__ import annotations

from typing import TypeAlias

from fsm2rnn.operators.stack_recipe import StackRecipe
from fsm2rnn.operators.stock_cell import StockCell

Recipe: TypeAlias = StockCell | StackRecipe

"""z <- W max(0, z) + C x + b: the almost linear RNN with no linear units, letters entering by C."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import every_network
from fsm2rnn.targets.relu import RELU

AL_RNN: Final = PublishedFamily(
    name="al-rnn",
    title="AL-RNN",
    recurrence="z <- A z + W phi(z) + b + C x, phi = max(0, .) on the last P units; here A = 0, P all of them",
    paper="Brenner and others, arXiv 2410.14240",
    holds="with h = max(0, z) it is the relu cell of torch.nn.RNN, whose recipe holds every machine",
    otherwise="fewer units than the recipe's are not built",
    formats="all numbers are small integers",
    networks=(Restriction(RELU, every_network),),
)

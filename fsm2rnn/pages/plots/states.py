"""Hidden states in the plane in which they spread most, coloured by the state that the machine is in."""

from __future__ import annotations

from typing import Final

import numpy as np

from fsm2rnn.cells.auditable import Auditable
from fsm2rnn.errors import NumericError
from fsm2rnn.escapes import escaped
from fsm2rnn.machine.labels import label_text
from fsm2rnn.pages.plots.canvas import INK, MUTED, Figure, new_figure, plain
from fsm2rnn.pages.web.network_subject import spread_states
from fsm2rnn.pages.web.projection import projected

NAMED: Final = 12  # states up to which a legend names them
CUT: Final = 18


def states_figure(networks: tuple[tuple[str, Auditable], ...]) -> Figure:
    """Return a panel for each network: its states along fifty random words of twelve symbols.

    Two networks of one machine side by side, one trained and one compiled, show what training has found. NumericError
    where a state is not finite.
    """
    figure = new_figure(4.6 * len(networks) + 0.8, 4.4)
    for axes, (name, network) in zip(figure.subplots(1, len(networks), squeeze=False)[0], networks, strict=True):
        states, reads = spread_states(network)
        cloud = projected(states, reads, states[:1])
        if cloud is None:
            message = "a hidden state is not finite"
            raise NumericError(message)
        places, labels = np.array(cloud.places), np.array(reads)
        count = len(network.machine.states)
        for state in range(count):
            own = places[labels == state]
            colour = f"C{state}" if count <= 10 else None  # colours that matplotlib cycles through
            title = escaped(label_text(network.machine.states[state]))[:CUT]
            axes.scatter(own[:, 0], own[:, 1], s=14, alpha=0.55, linewidths=0, color=colour, label=title)
        if count <= NAMED:
            for text in axes.legend(fontsize=8, frameon=False, title="machine state").get_texts():
                text.set_parse_math(False)
        axes.set_title(name, fontsize=10, color=INK)
        axes.set_xlabel(f"two directions with {cloud.share:.0%} of the spread", fontsize=8.5, color=MUTED)
        axes.set(xticks=[], yticks=[], aspect="equal")
        plain(axes)
    return figure

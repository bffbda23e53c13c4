"""The answer that the kernel's proof of a cell gives."""

from __future__ import annotations

from fsm2rnn.cells.state_format import Grid
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.comparison.answers import Proved
from fsm2rnn.comparison.search.state_search import arithmetic_of
from fsm2rnn.proof.file.cell_network import ProvedCell
from fsm2rnn.proof.file.stack_network import ProvedStack
from fsm2rnn.proof.rounding.cell_grade import Invariant, OrbitGrade
from fsm2rnn.proof.rounding.grade import ExactGrade


def proved_cell(network: Tracker, proof: ProvedCell | ProvedStack) -> Proved:
    """Return the answer that a proof of a cell or a stack gives."""
    nodes = len(proof.nodes.reads)
    match proof.grade:
        case Invariant(slack):
            arithmetic = "any that errs by at most the slack in a coordinate of a step"
            if proof.proof.margin is not None:
                arithmetic += " and by less than half the margin in a logit"
            return Proved("invariant", arithmetic, network, proof, nodes, slack)
        case OrbitGrade(grid):
            arithmetic = f"{arithmetic_of(Grid(grid))}, sums in any order"
            return Proved("orbit", arithmetic, network, proof, nodes)
        case ExactGrade(formats=formats):
            arithmetic = f"without any rounding in {', '.join(form.name for form in formats)}"
            return Proved("exact", arithmetic, network, proof, nodes)

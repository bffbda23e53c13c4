"""The verdict of a stack of gated layers, as far as its search reaches.

Every machine of solvable groups has a stack whose turns commute, and every machine one with blocks.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from fsm2rnn.algebra.cascade.level_units import CascadeUnits
from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.cascade.stack_rows import stack_recipe
from fsm2rnn.constructions.cells.claim import CellClaim
from fsm2rnn.constructions.refutation import nonsolvable_words, periodic_word
from fsm2rnn.constructions.sizes import BEST, Counts, Sizes, StackFacts, measured
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled, Verdict
from fsm2rnn.operators.stack_recipe import LayerKind
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.refutation.structural_witness import Nonsolvable

NO_HEAD: Final = "the greatest logit of a stack is proved, not the values of the outputs; those: full, pd"


def stack_verdict(facts: Facts, contract: Contract) -> Verdict:
    """Return the stack under contract cover, whatever weaker or stronger one is asked, save linear heads.

    LimitError where the machine has too many image sets, contexts, levels, events or comparisons.
    """
    if contract is Contract.LINEAR:
        return Unsettled(NO_HEAD)
    witness = None if facts.aperiodicity.cycle is None else _nonsolvable(facts)
    return _compiled(facts, facts.cascades.abelian) if witness is None else _refuted(witness, contract)


def block_stack_verdict(facts: Facts, contract: Contract) -> Verdict:
    """Return the stack as above whose layers turn as blocks where a group is not solvable; LimitError as above."""
    return Unsettled(NO_HEAD) if contract is Contract.LINEAR else _compiled(facts, facts.cascades.blocks)


def _refuted(witness: Nonsolvable, contract: Contract) -> Verdict:
    """Return that there is no stack with finitely many states; of others nothing is known."""
    if contract in witness.contracts:
        return Impossible(witness, contract)
    return Unsettled(f"stacks are built with finitely many states, and none of those do: {witness}")


def _compiled(facts: Facts, units: CascadeUnits) -> Compiled:
    """Return the stack of a cascade, with why its layers are of these kinds."""
    recipe = stack_recipe(facts.machine, facts.cascades.followed, units)
    kinds = tuple(layer.kind for layer in recipe.layers)
    sizes = Sizes(
        measured(recipe, Counts.COORDINATES, BEST),
        measured(recipe, Counts.LAYERS, BEST),
        _reason(facts, kinds),
        StackFacts(recipe.units, recipe.tuples, kinds),
    )
    return Compiled(recipe, CellClaim(facts.machine, recipe.products), sizes)


def _reason(facts: Facts, kinds: Container[LayerKind]) -> str | None:
    """Return which words no stack holds whose layers do less."""
    if LayerKind.BLOCKS in kinds and (witness := _nonsolvable(facts)) is not None:
        return f"layers whose turns commute hold solvable groups alone, and {witness}"
    cycle = periodic_word(facts.machine, facts.aperiodicity.cycle)
    return None if cycle is None else f"layers of gates alone hold no cycle, and {cycle}"


def _nonsolvable(facts: Facts) -> Nonsolvable | None:
    return nonsolvable_words(facts.machine, facts.solvability.witness)

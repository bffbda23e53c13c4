"""The verdict of a stack of gated layers: every machine of solvable groups has one, as far as its search reaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from fsm2rnn.algebra.cascade.best_cascade import STRATEGIES, TURNING, best_cascade
from fsm2rnn.algebra.cascade.event_cascade import Strategy
from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.cascade.followed import followed_machine
from fsm2rnn.constructions.cascade.stack_rows import stack_recipe
from fsm2rnn.constructions.cells.claim import CellClaim
from fsm2rnn.constructions.refutation import nonsolvable_words, periodic_word
from fsm2rnn.constructions.sizes import BEST, Counts, Sizes, StackFacts, measured
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled, Verdict
from fsm2rnn.operators.stack_recipe import StackRecipe
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.refutation.structural_witness import Nonsolvable

NO_HEAD: Final = "the greatest logit of a stack is proved, not the values of the outputs; those: full, pd"


def stack_verdict(facts: Facts, contract: Contract) -> Verdict:
    """Return the stack under contract cover, whatever weaker or stronger one is asked, save linear heads.

    LimitError where the machine has too many image sets, contexts, levels, events or comparisons.
    """
    if contract is Contract.LINEAR:
        return Unsettled(NO_HEAD)
    cycle = periodic_word(facts.machine, facts.aperiodicity.cycle)
    if cycle is not None:
        witness = nonsolvable_words(facts.machine, facts.solvability.witness)
        if witness is not None:
            return _refuted(witness, contract)
    recipe = _recipe(facts, STRATEGIES if cycle is None else TURNING)
    turning = sum(bool(layer.turns) for layer in recipe.layers)
    sizes = Sizes(
        measured(recipe, Counts.COORDINATES, BEST),
        measured(recipe, Counts.LAYERS, BEST),
        None if cycle is None else f"layers of gates alone hold no cycle, and {cycle}",
        StackFacts(recipe.units, recipe.tuples, turning),
    )
    return Compiled(recipe, CellClaim(facts.machine, recipe.products), sizes)


def _refuted(witness: Nonsolvable, contract: Contract) -> Verdict:
    """Return that there is no stack with finitely many states; of others nothing is known."""
    if contract in witness.contracts:
        return Impossible(witness, contract)
    return Unsettled(f"stacks are built with finitely many states, and none of those do: {witness}")


def _recipe(facts: Facts, strategies: Sequence[Strategy]) -> StackRecipe:
    followed = followed_machine(facts.machine)
    told = [output for output in followed.outputs if output is not None]
    usual = Counter(told).most_common(1)[0][0]
    # What a Mealy machine shows before its first symbol is nobody's business, so it is what costs no unit.
    outputs = [usual if output is None else output for output in followed.outputs]
    return stack_recipe(facts.machine, followed, best_cascade(followed.machine, outputs, strategies))

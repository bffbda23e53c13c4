"""A_x = P_x D_x, P_x column-one-hot and D_x diagonal: one gather and one product per coordinate and step.

Any machine, with D = I and one coordinate per state: P_x e_q = e_delta(q, x). Products keep the form, so a parallel
scan costs O(H) per composition. Where the letters permute the states, signed permutations D_x = diag(+-1) of fewer
coordinates can do: `algebra.signed.monomial` finds the least sum of representations that real characters of subgroups
induce with one code per state, and says whether all classes of subgroups were searched. Both are exact at every length:
with integer codes nothing ever rounds.

With D_x complex, as published, fewer coordinates do: one for a cycle of any length, two for Dih(n), three for 7:3.
`algebra.signed.phase_form` finds the fewest; they are told beside the network that never rounds, since all but quarter
turns round, and the network of complex numbers, proved over Q(zeta_n), stands beside it (`Compiled.smaller`). Where the
letters commute it is that of target `rotation`.

Source: PD-SSM (Terzic et al., 2025): the structure, and that width |Q| suffices for every automaton.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.signed.monomial import SignedPermutationForm
from fsm2rnn.constructions.dense.phase_network import complex_width, phase_network
from fsm2rnn.constructions.integer_network import integer_network, one_hot_network
from fsm2rnn.constructions.sizes import BEST, ONE_CODE, Codes, ComplexWidth, Counts, Least, Sizes, measured
from fsm2rnn.constructions.verdict import Compiled, Verdict
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.exact.sparse import vector
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.column_one_hot import ColumnOneHot
from fsm2rnn.operators.phase import PhaseMatrix
from fsm2rnn.proof.claim.contract import Contract


@final
@dataclass(frozen=True)
class ColumnOneHotDiagonal:
    """Signed permutations where they are narrower than the one-hot network of the machine's table."""

    name: str = "pd"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the narrower network; under contract linear the one with one coordinate per state."""
        machine = facts.machine
        if contract is Contract.LINEAR:
            return _one_hot(machine, contract)
        form = _signed(facts)
        found = _one_hot(machine, contract) if form is None else _monomial(machine, contract, form)
        return _beside_phases(facts, contract, found) if facts.transitive else found


def _beside_phases(facts: Facts, contract: Contract, found: Compiled) -> Compiled:
    """Return the network with how many complex numbers do, where these are fewer, and their network if it rounds."""
    try:
        if facts.noncommuting is None:
            least, smaller = facts.group.least_complex, None
            number = ComplexWidth(max(1, least.dimension), ONE_CODE if least.minimal else BEST)
        else:
            form = facts.group.phases
            number = complex_width(form)
            rounds = form.size < found.operator.size and not form.quarters
            smaller = phase_network(facts.machine, form, contract) if rounds else None
    except (InputError, LimitError):
        return found
    if number.number >= found.operator.size:
        return found
    return replace(found, sizes=replace(found.sizes, complex_width=number), smaller=smaller)


def _signed(facts: Facts) -> SignedPermutationForm | None:
    try:
        form = facts.signed
    except (InputError, LimitError):
        return None
    return form if form.size < len(facts.machine.states) else None


def _one_hot(machine: StateMachine, contract: Contract) -> Compiled:
    operator = ColumnOneHot(tuple(PhaseMatrix.map(column) for column in zip(*machine.table, strict=True)))
    sizes = Sizes(measured(operator, Counts.COORDINATES, BEST), facts=Codes.ONE_HOT)
    return one_hot_network(machine, operator, contract, sizes)


def _monomial(machine: StateMachine, contract: Contract, form: SignedPermutationForm) -> Compiled:
    phases = {1: Fraction(0), -1: Fraction(1, 2)}
    operator = ColumnOneHot(
        tuple(
            PhaseMatrix(tuple(image), tuple(phases[sign] for sign in signs))
            for image, signs in zip(form.maps.tolist(), form.signs.tolist(), strict=True)
        )
    )
    codes = tuple(vector(enumerate(code)) for code in form.codes.tolist())
    proof = Least("of signed permutations with one code per state") if form.least else BEST
    width = measured(operator, Counts.COORDINATES, proof)
    sizes = Sizes(width, reason=form.reason, facts=Codes.SIGNED_PERMUTATIONS)
    return integer_network(machine, operator, codes, contract, sizes)


PD = ColumnOneHotDiagonal()

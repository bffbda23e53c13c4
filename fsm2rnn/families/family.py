"""A published recurrence is a rung under a restriction: its networks that obey it, its witnesses that speak of it.

A family is its recurrence alone: one layer, gates and written values that read the present letter, any decoder of the
state. Convolutions before it read more letters and are the identity here; output gates and norms belong to the decoder.
What is stored and proved is the rung's network, with the gates as numbers: that the published parameters reach these
numbers in a format is said of each family, measured and not proved. It starts at a state of its own; a published layer
starts at zero, and holds the same machine moved by the start state, since all families built here write values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.sizes import BEST, Sizes
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled, Verdict
from fsm2rnn.errors import LimitError
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.refutation.witness import Witness
from fsm2rnn.targets.target import Target


@final
@dataclass(frozen=True)
class Restriction:
    """The networks of a rung that are the family's, and the rung's witnesses that speak of the family.

    `outside` says why a network of the rung is none of the family's, None where it is one. `speaks` tells of a witness
    whether its theorem holds for every network of the family, additive term and all.
    """

    rung: Target
    outside: Callable[[Compiled], str | None]
    speaks: Callable[[Witness], bool] = lambda _: False


@final
@dataclass(frozen=True)
class PublishedFamily:
    """A published recurrence, named as on the command line.

    `title` is the paper's spelling, `holds` says what one layer holds and why, `formats` where its gates reach the
    numbers that are stored. `networks` are asked in turn; `laws` are witnesses that no rung searches for; `otherwise`
    ends what is left open.
    """

    name: str
    title: str
    recurrence: str
    paper: str
    holds: str
    otherwise: str
    formats: str = ""
    networks: tuple[Restriction, ...] = ()
    laws: tuple[Callable[[Facts], Witness | None], ...] = ()

    @property
    def rungs(self) -> tuple[str, ...]:
        """The names of the rungs whose networks may be the family's."""
        return tuple(one.rung.name for one in self.networks)

    @property
    def note(self) -> str | None:
        """What is said where the family is asked for by name: the rungs it answers as; None where it asks none."""
        rungs = ", ".join(self.rungs)
        return f"{self.name} answers as {rungs}: {self.holds}" if rungs else None

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return a rung's network that is the family's, a witness that speaks of the family, or what was tried."""
        tried: list[str] = []
        refuted: list[str] = []
        for one in self.networks:
            verdict = _asked(one, facts, contract)
            match verdict:
                case Impossible(witness) if not one.speaks(witness):
                    refuted.append(one.rung.name)
                case Unsettled(reason):
                    tried.append(f"{one.rung.name}: {reason}")
                case _:
                    return verdict
        for law in self.laws:
            found = law(facts)
            if found is not None and contract in found.contracts:
                return Impossible(found, contract)
        if refuted:
            tried.append(f"not as {' or '.join(refuted)}, refuted by a law that this family need not obey")
        return Unsettled("; ".join([*tried, self.otherwise]))


def _asked(one: Restriction, facts: Facts, contract: Contract) -> Verdict:
    """Return the rung's verdict, unsettled where its network is none of the family's or a limit stops it."""
    try:
        verdict = one.rung.compile(facts, contract)
    except LimitError as error:
        return Unsettled(str(error))
    if not isinstance(verdict, Compiled):
        return verdict
    reason = one.outside(verdict)
    return _of_family(verdict) if reason is None else Unsettled(reason)


def _of_family(verdict: Compiled) -> Compiled:
    """Return the network with its sizes as the best found: what is least on the rung may not be in the family."""
    sizes = verdict.sizes
    width = replace(sizes.width, proof=BEST)
    finer = None if sizes.finer is None else replace(sizes.finer, proof=BEST)
    return replace(verdict, sizes=Sizes(width, finer, exact=sizes.exact), minimal=None, smaller=None)

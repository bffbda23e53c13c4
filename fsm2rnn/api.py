"""What `import fsm2rnn` offers: machine in, verdicts, networks, checks and verifications out."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from fsm2rnn import __version__, compiler, explanation
from fsm2rnn.atomic_write import write_atomically
from fsm2rnn.constructions.floats.float_states import STATES, FloatSearch
from fsm2rnn.constructions.floats.improvement import float_search, store_best, store_snapped
from fsm2rnn.constructions.verdict import Compiled, Verdict
from fsm2rnn.errors import CertificateError, FsmError, InputError
from fsm2rnn.exact.rounding import FORMATS, FloatFormat
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.machine.state_machine import StateMachine, nearest_hint
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.checker import Report, check_file, network_bytes, prove_bytes, report_on
from fsm2rnn.proof.file.network import Network as Proved
from fsm2rnn.proof.stored.tensor_file import file_bytes
from fsm2rnn.source import read as source
from fsm2rnn.source.draft.draft import Completion

if TYPE_CHECKING:
    import torch

    from fsm2rnn.cells.network import Network

BEST = "best"
GRADES = {BEST: store_best, "snap": store_snapped}


@final
class NotCompiled(FsmError):  # noqa: N818  the contract's name; it wraps a verdict
    """A network was asked of a verdict that has none; `verdict` says why."""

    def __init__(self, target: str, verdict: Verdict) -> None:
        """Keep the verdict."""
        super().__init__(f"target {target} gives no network: {verdict}")
        self.verdict = verdict


@final
@dataclass(frozen=True)
class Result:
    """One target's verdict on the minimised machine, from which a network can be had."""

    target: str
    machine: StateMachine
    verdict: Verdict

    def proved(self, dtype: str = "float32", *, grade: str = BEST) -> Proved:
        """Return the weights rounded to `dtype`, proved as stored, at every length where the weights alone allow it.

        Grade "snap" adds prototypes on which the state is put back often enough to be right at every length: one step
        that is not linear. Raises NotCompiled where there are none, CertificateError where no step is proved, or where
        putting the state back proves no more; InputError for another grade.
        """
        if not isinstance(self.verdict, Compiled):
            raise NotCompiled(self.target, self.verdict)
        evidence = {"program": f"fsm2rnn {__version__}", "target": self.target}
        return find_grade(grade)(self.verdict, find_format(dtype), evidence)

    def float_search(self, dtype: str = "bfloat16", *, max_states: int = STATES) -> FloatSearch:
        """Return the shortest word that weights in bfloat16 or float16 read wrongly, or all float states of words.

        Raises NotCompiled where there are no weights, NumericError where they never round, CertificateError where a
        step depends on more than the format.
        """
        if not isinstance(self.verdict, Compiled):
            raise NotCompiled(self.target, self.verdict)
        return float_search(self.verdict, find_format(dtype), limit=max_states)

    def network(
        self, dtype: str = "float32", device: torch.device | str | None = None, *, grade: str = BEST
    ) -> Network:
        """Return the torch module; errors as for `proved`."""
        from fsm2rnn.cells.network import lower

        return lower(self.proved(dtype, grade=grade), device)

    def save(self, path: str | os.PathLike[str], dtype: str = "float32", *, grade: str = BEST) -> Report:
        """Write the network file without loading torch, and return the check of what was written."""
        network = self.proved(dtype, grade=grade)
        write_atomically(path, network_bytes(network))
        return report_on(network)

    def __str__(self) -> str:
        """Say the verdict."""
        return str(self.verdict)


def read(text: str | os.PathLike[str], *, complete: str = "error", max_states: int = source.MAX_STATES) -> StateMachine:
    """Return the machine that a MACHINE text names: a catalogue name, `re:REGEX` or a file.

    `complete` is "error" or "sink": what a missing transition means. Raises InputError or LimitError.
    """
    choices = [choice.value for choice in Completion]
    if complete not in choices:
        message = f"unknown completion {complete!r}"
        raise InputError(message, hint=nearest_hint(complete, choices))
    return source.read(text, complete=Completion(complete), max_states=max_states)


def from_table(
    table: Sequence[Sequence[int]],
    *,
    start: int = 0,
    states: Sequence[Hashable] | None = None,
    symbols: Sequence[Hashable] | None = None,
    outputs: Sequence[Hashable] | None = None,
) -> StateMachine:
    """Return the machine with delta(q, x) = table[q][x], numbered breadth first from `start`.

    States are named q0, q1, ... and symbols 0, 1, ... (strings) unless named; outputs are the states
    unless given. Raises InputError as StateMachine does.
    """
    width = len(table[0]) if table else 0
    names = tuple(f"q{state}" for state in range(len(table))) if states is None else tuple(states)
    letters = tuple(str(symbol) for symbol in range(width)) if symbols is None else tuple(symbols)
    labels = names if outputs is None else tuple(outputs)
    return canonical(StateMachine(names, letters, tuple(tuple(row) for row in table), start, labels))


def explain(machine: StateMachine | str, target: str | None = None) -> explanation.Explanation:
    """Return the facts about a machine and every target's verdict, or one target's."""
    return explanation.explain(_machine(machine), target=target)


def compile(  # noqa: A001  the contract's name
    machine: StateMachine | str, target: str = compiler.AUTO, *, contract: str = "injective"
) -> Result:
    """Return one target's verdict; "auto" takes the cheapest exact one.

    Raises InputError for an unknown target or contract, LimitError where the target would blow up.
    """
    promised = find_contract(contract)
    if target == compiler.AUTO:
        answer = compiler.cheapest(_machine(machine), promised)
    else:
        answer = compiler.ask(_machine(machine), compiler.find_target(target), promised)
    return Result(answer.target, answer.machine, answer.verdict)


def compile_all(machine: StateMachine | str, *, contract: str = "injective") -> dict[str, Result]:
    """Return every target's verdict by name; a limit that stops a target is reported as unsettled."""
    answers = compiler.ask_all(_machine(machine), find_contract(contract))
    return {answer.target: Result(answer.target, answer.machine, answer.verdict) for answer in answers}


def check(network: Network | str | os.PathLike[str]) -> Report:
    """Prove anew a network file, or a network's weights as they are now, without trusting any compiler."""
    if isinstance(network, str | os.PathLike):
        return check_file(network)
    from fsm2rnn.cells.network import lift

    try:
        return report_on(lift(network))
    except CertificateError as error:
        return Report(accepted=False, field=error.field, reason=error.message)
    except FsmError as error:
        return Report(accepted=False, field="codes", reason=str(error))


def load(path: str | os.PathLike[str], device: torch.device | str | None = None) -> Network:
    """Return the network that a file stores, its certificate proved; CertificateError where it does not hold."""
    from fsm2rnn.cells.network import lower

    return lower(prove_bytes(file_bytes(path)), device)


def find_format(name: str) -> FloatFormat:
    """Return the float format of that name; InputError with the nearest name otherwise."""
    for form in FORMATS:
        if form.name == name:
            return form
    message = f"unknown dtype {name!r}"
    raise InputError(message, hint=nearest_hint(name, [form.name for form in FORMATS]))


def find_grade(name: str) -> Callable[[Compiled, FloatFormat, Mapping[str, str]], Proved]:
    """Return how weights are stored under the grade of that name; InputError with the nearest name otherwise."""
    if name not in GRADES:
        message = f"unknown grade {name!r}"
        raise InputError(message, hint=nearest_hint(name, list(GRADES)))
    return GRADES[name]


def find_contract(name: str) -> Contract:
    """Return the contract of that name; InputError with the nearest name otherwise."""
    names = [contract.value for contract in Contract]
    if name not in names:
        message = f"unknown contract {name!r}"
        raise InputError(message, hint=nearest_hint(name, names))
    return Contract(name)


def _machine(machine: StateMachine | str) -> StateMachine:
    return read(machine) if isinstance(machine, str) else machine

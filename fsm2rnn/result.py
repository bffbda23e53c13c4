"""What one target says of a machine, as a value from which a network, a file or exact matrices can be had."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, final

from fsm2rnn.choice import choose, choose_member
from fsm2rnn.constructions.floats.improvement import Grade, float_search, store_graded
from fsm2rnn.constructions.verdict import Compiled, Verdict
from fsm2rnn.errors import FsmError
from fsm2rnn.exact.rounding import FORMATS, FloatFormat
from fsm2rnn.machine.labels import Label
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.tracing.float_states import STATES, FloatSearch
from fsm2rnn.version import __version__

if TYPE_CHECKING:
    import sympy
    import torch

    from fsm2rnn.cells.network import Network
    from fsm2rnn.cells.tracker import Tracker
    from fsm2rnn.proof.file.checker import Proved, Report

    Dtype: TypeAlias = FloatFormat | torch.dtype | str


@final
class NotCompiled(FsmError):  # noqa: N818  the contract's name; it wraps a verdict
    """A network was asked of a verdict that has none; `verdict` says why."""

    def __init__(self, target: str, verdict: Verdict) -> None:
        """Keep the verdict."""
        super().__init__(f"target {target} gives no network: {verdict}")
        self.verdict = verdict


@final
@dataclass(frozen=True, repr=False)
class Result:
    """One target's verdict on the minimised machine, from which a network can be had."""

    target: str
    machine: StateMachine
    verdict: Verdict

    def proved(self, dtype: Dtype = "float32", *, grade: Grade | str = Grade.BEST) -> Proved:
        """Return the weights rounded to `dtype`, proved as stored, at every length where the weights alone allow it.

        Grade "snap" adds prototypes on which the state is put back often enough to be right at every length: one step
        that is not linear. Raises NotCompiled where there are none, CertificateError where no step is proved, or where
        putting the state back proves no more; InputError for another grade.
        """
        if not isinstance(self.verdict, Compiled):
            raise NotCompiled(self.target, self.verdict)
        evidence = {"program": f"fsm2rnn {__version__}", "target": self.target}
        asked = choose_member("grade", grade, Grade)
        return store_graded(asked, self.verdict, find_format(dtype), evidence)

    def float_search(self, dtype: Dtype = "bfloat16", *, max_states: int = STATES) -> FloatSearch:
        """Return the shortest word that weights in a short format read wrongly, or all float states of words.

        Raises NotCompiled where there are no weights, NumericError where they never round, CertificateError where a
        step depends on more than the format.
        """
        if not isinstance(self.verdict, Compiled):
            raise NotCompiled(self.target, self.verdict)
        return float_search(self.verdict, find_format(dtype), limit=max_states)

    def network(
        self, dtype: Dtype = "float32", device: torch.device | str | None = None, *, grade: Grade | str = Grade.BEST
    ) -> Network | Tracker:
        """Return the torch module, of a nonlinear cell a Tracker around torch.nn's layer; errors as for `proved`."""
        from fsm2rnn.cells.loading import module_of

        return module_of(self.proved(dtype, grade=grade), device)

    def symbolic(self) -> dict[Label, sympy.ImmutableMatrix]:
        """Return the exact matrix A_x of each symbol x as a sympy matrix; see `symbolic_matrices` for their shapes.

        Raises NotCompiled where there are no weights, InputError for a nonlinear cell, which has no such matrices.
        """
        if not isinstance(self.verdict, Compiled):
            raise NotCompiled(self.target, self.verdict)
        from fsm2rnn.constructions.symbolic_matrices import symbolic_matrices

        return dict(zip(self.machine.symbols, symbolic_matrices(self.verdict), strict=True))

    def save(
        self,
        path: str | os.PathLike[str],
        dtype: Dtype = "float32",
        *,
        grade: Grade | str = Grade.BEST,
        card: bool = False,
    ) -> Report:
        """Write the network file, with `card` FILE.md that tells of it, without torch; return its check."""
        from fsm2rnn.model_card import write_proved

        return write_proved(path, self.proved(dtype, grade=grade), card=card)

    def __str__(self) -> str:
        """Say the verdict."""
        return str(self.verdict)

    def __repr__(self) -> str:
        """Say the target and the verdict in one line."""
        return f"Result({self.target}, {self.verdict})"


def find_format(dtype: Dtype) -> FloatFormat:
    """Return the float format, or that of the name or the torch dtype; InputError with the nearest name otherwise."""
    asked = dtype if isinstance(dtype, FloatFormat) else str(dtype).removeprefix("torch.")
    return choose("dtype", asked, {form.name: form for form in FORMATS})

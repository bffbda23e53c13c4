"""fsm2rnn: a state machine in; exact recurrent-network weights with a machine-checked certificate out.

Importing this package loads neither torch nor anything else heavy; names load on first use.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"

_HOME = {
    "BilinearRNN": "fsm2rnn.cells.bilinear",
    "BilinearRNNCell": "fsm2rnn.cells.bilinear",
    "CertificateError": "fsm2rnn.errors",
    "Completion": "fsm2rnn.source.draft.draft",
    "FsmError": "fsm2rnn.errors",
    "InputError": "fsm2rnn.errors",
    "LimitError": "fsm2rnn.errors",
    "Network": "fsm2rnn.cells.network",
    "NotCompiled": "fsm2rnn.api",
    "NumericError": "fsm2rnn.errors",
    "StateMachine": "fsm2rnn.machine.state_machine",
    "check": "fsm2rnn.api",
    "compile": "fsm2rnn.api",
    "compile_all": "fsm2rnn.api",
    "explain": "fsm2rnn.api",
    "from_aalpy": "fsm2rnn.source.library.aalpy_model",
    "from_dfa": "fsm2rnn.source.library.automata_lib",
    "from_networkx": "fsm2rnn.source.library.networkx_graph",
    "from_nfa": "fsm2rnn.source.library.automata_lib",
    "from_regex": "fsm2rnn.source.library.automata_lib",
    "from_sympy": "fsm2rnn.source.library.sympy_group",
    "from_table": "fsm2rnn.api",
    "lift": "fsm2rnn.cells.network",
    "load": "fsm2rnn.api",
    "lower": "fsm2rnn.cells.network",
    "read": "fsm2rnn.api",
    "read_word_problem": "fsm2rnn.data.word_problem",
    "to_dfa": "fsm2rnn.source.library.automata_lib",
    "to_networkx": "fsm2rnn.source.library.networkx_graph",
    "verify_network": "fsm2rnn.running.verification",
    "write_machine": "fsm2rnn.source.write",
    "write_word_problem": "fsm2rnn.data.word_problem",
}

__all__ = ["__version__", *_HOME]  # noqa: PLE0604  the names of _HOME, each listed once


def __getattr__(name: str) -> Any:  # noqa: ANN401  a name has the type it has at home
    """Load a public name from its home on first use."""
    if name not in _HOME:
        message = f"module 'fsm2rnn' has no attribute {name!r}"
        raise AttributeError(message)
    import importlib

    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)

"""For other people's test suites: Hypothesis strategies of machines, words and networks, and laws that networks keep.

The strategies need Hypothesis, which the package itself never imports: asking for one without it is an InputError that
names the extra to install. The laws and the pytest plugin do without.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as checkers know it

if TYPE_CHECKING:
    from fsm2rnn.testing.group_strategies import groups as groups
    from fsm2rnn.testing.kernel_vectors import KernelVectors as KernelVectors
    from fsm2rnn.testing.kernel_vectors import draw_vectors as draw_vectors
    from fsm2rnn.testing.laws import assert_same_machine as assert_same_machine
    from fsm2rnn.testing.laws import assert_simulates as assert_simulates
    from fsm2rnn.testing.machine_strategies import MachineClass as MachineClass
    from fsm2rnn.testing.machine_strategies import machines as machines
    from fsm2rnn.testing.monoid_law import assert_equal_words_act_equally as assert_equal_words_act_equally
    from fsm2rnn.testing.network_strategies import networks as networks
    from fsm2rnn.testing.stored_vectors import StoredVectors as StoredVectors
    from fsm2rnn.testing.stored_vectors import read_vectors as read_vectors
    from fsm2rnn.testing.word_strategies import words as words

_HOME: dict[str, str] = {
    "KernelVectors": "kernel_vectors",
    "MachineClass": "machine_strategies",
    "StoredVectors": "stored_vectors",
    "assert_equal_words_act_equally": "monoid_law",
    "assert_same_machine": "laws",
    "assert_simulates": "laws",
    "draw_vectors": "kernel_vectors",
    "groups": "group_strategies",
    "machines": "machine_strategies",
    "networks": "network_strategies",
    "read_vectors": "stored_vectors",
    "words": "word_strategies",
}

__all__ = [*_HOME]  # noqa: PLE0604  the names of _HOME, each listed once


if not TYPE_CHECKING:  # a checker that saw this would take any name

    def __getattr__(name: str) -> object:
        """Load a public name from its home on first use, so that pytest starts without torch and Hypothesis."""
        if name not in _HOME:
            message = f"module 'fsm2rnn.testing' has no attribute {name!r}"
            raise AttributeError(message)
        import importlib

        try:
            home = importlib.import_module(f"fsm2rnn.testing.{_HOME[name]}")
        except ModuleNotFoundError as error:
            if error.name != "hypothesis":
                raise
            from fsm2rnn.errors import InputError

            message = f"fsm2rnn.testing.{name} draws with Hypothesis, which is not installed"
            raise InputError(message, hint='python -m pip install "fsm2rnn[test]"') from None
        value = getattr(home, name)
        globals()[name] = value
        return value

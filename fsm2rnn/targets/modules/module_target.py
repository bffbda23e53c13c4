"""A target whose network is written as the weights of somebody's module."""

from __future__ import annotations

from typing import Protocol

from fsm2rnn.targets.target import Target


class ModuleTarget(Target, Protocol):
    """A module of a published package, named as on the command line."""

    @property
    def package(self) -> str:
        """The distribution that has the module, with the version that was tested."""

    @property
    def extra(self) -> str:
        """The extra of this package that installs it."""

    @property
    def export(self) -> str:
        """The name of the format in which `export` writes it."""

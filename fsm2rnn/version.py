"""The version, in a file of its own: the package's own file names what stands above those that ask for it."""

from __future__ import annotations

__version__ = "0.1.0"

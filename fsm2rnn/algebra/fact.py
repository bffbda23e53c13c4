"""A fact about a frozen value: searched for once, when it is first asked for; a refusal is remembered as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, final, overload

from fsm2rnn.errors import FsmError

Found = TypeVar("Found")
Owner = TypeVar("Owner")


@final
class fact(Generic[Found]):  # noqa: N801  written as a decorator, like property
    """What a method without arguments returns or raises the first time, for as long as its object lives.

    A search that met a limit raises the same error again without searching. The error keeps no traceback, so that the
    arrays of a search that gave up are free. Results lie in the object itself: nothing outlives it.
    """

    def __init__(self, search: Callable[[Any], Found]) -> None:
        """Keep the search and what it says of itself."""
        self.search = search
        self.name = search.__name__
        self.__doc__ = search.__doc__

    @overload
    def __get__(self, owner: None, kind: type) -> Self: ...

    @overload
    def __get__(self, owner: object, kind: type | None = None) -> Found: ...

    def __get__(self, owner: object | None, kind: type | None = None) -> Self | Found:
        """Return what was found; an attribute of that name hides this descriptor from then on."""
        return self if owner is None else remembered(owner, self.name, self.search)


def remembered(owner: Owner, name: str, search: Callable[[Owner], Found]) -> Found:
    """Return what the search finds about its owner, or raise what it refused; found once, it lies in the owner."""
    known, refusal = vars(owner), f"{name} was refused"
    if refusal in known:
        raise known[refusal].with_traceback(None)
    try:
        found: Found = known[name] if name in known else search(owner)
    except FsmError as error:
        known[refusal] = error.with_traceback(None)
        raise
    known[name] = found
    return found

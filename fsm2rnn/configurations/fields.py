"""Fields of a configuration: a mapping such as config.json, or an object with attributes, read once and recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, final

from fsm2rnn.configurations.layer_facts import FieldRead
from fsm2rnn.errors import InputError

MISSING: Final = object()


@final
@dataclass
class Fields:
    """A configuration, and the fields that were read of it."""

    source: object
    read: list[FieldRead] = field(default_factory=list)

    def value(self, name: str, default: object = MISSING) -> object:
        """Return a field, or its default where it is absent; InputError where there is neither."""
        if isinstance(self.source, Mapping):
            found = self.source.get(name, MISSING)
        else:
            found = getattr(self.source, name, MISSING)
        if found is MISSING and default is MISSING:
            message = f"the configuration has no field {name!r}"
            raise InputError(message)
        known = FieldRead(name, default if found is MISSING else found, is_default=found is MISSING)
        self.read.append(known)
        return known.value

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a field that is True or False; InputError for anything else."""
        found = self.value(name, default)
        if not isinstance(found, bool):
            message = f"field {name} is {found!r:.40}; it is true or false"
            raise InputError(message)
        return found

    def number(self, name: str, default: object = MISSING) -> int:
        """Return a field that counts from 1 on; InputError for anything else."""
        found = self.value(name, default)
        if type(found) is not int or found < 1:
            message = f"field {name} is {found!r:.40}; it counts from 1 on"
            raise InputError(message)
        return found

    def listed(self, name: str, default: object = MISSING) -> list[object] | None:
        """Return a list, or None for null; InputError for anything else."""
        found = self.value(name, default)
        if found is None:
            return None
        if isinstance(found, str) or not isinstance(found, Sequence):
            message = f"field {name} is {found!r:.40}; it is a list"
            raise InputError(message)
        return list(found)

    def taken(self) -> tuple[FieldRead, ...]:
        """Return what was read since the last call, each field once."""
        found = tuple({known.name: known for known in self.read}.values())
        self.read.clear()
        return found

"""The catalogue of named machines: every name with its parameters, their bounds and the machine's size.

A name may be written with its arguments in order or by name: `random(20,4)`, `random(states=20, seed=3)`.
Task names may be written in any case; group names are case-sensitive. Sizes are computed before anything is built.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, final

from fsm2rnn.choice import nearest_hint
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.draft import require_table
from fsm2rnn.source.named import catalogue_groups as groups
from fsm2rnn.source.named import catalogue_tasks as tasks
from fsm2rnn.source.named import expressions
from fsm2rnn.source.named.group_names import GENERATORS, factor, group_shaped, is_factor


@final
@dataclass(frozen=True)
class Parameter:
    """An integer parameter with its bounds; `default` None makes it required."""

    name: str
    least: int
    most: int
    default: int | None = None


@final
@dataclass(frozen=True)
class Entry:
    """A task: its name, parameters, and how many states and symbols the machine has for given arguments."""

    name: str
    parameters: tuple[Parameter, ...]
    states: Callable[..., int]
    symbols: Callable[..., int]
    build: Callable[..., StateMachine]

    @property
    def usage(self) -> str:
        """Return the name as it is written, with its parameters."""
        inside = ",".join(
            parameter.name if parameter.default is None else f"{parameter.name}={parameter.default}"
            for parameter in self.parameters
        )
        return f"{self.name}({inside})" if inside else self.name

    @property
    def about(self) -> str:
        """Return the first line of what its builder says."""
        build = self.build.func if isinstance(self.build, partial) else self.build
        return (build.__doc__ or "").partition("\n")[0]


_HUGE: Final = 10**18
_RAISE: Final = "--max-states N raises the limit"


def _of_size(states: int, symbols: int) -> tuple[Callable[..., int], Callable[..., int]]:
    return (lambda: states), (lambda: symbols)


def _random_parameters(states: int, symbols: int) -> tuple[Parameter, ...]:
    return (
        Parameter("states", 1, _HUGE, states),
        Parameter("symbols", 1, _HUGE, symbols),
        Parameter("seed", 0, _HUGE, 1),
    )


_MODULUS: Final = (Parameter("m", 1, _HUGE),)

TASKS: Final[tuple[Entry, ...]] = (
    Entry("parity", (), *_of_size(2, 2), tasks.parity),
    Entry("flip-flop", (), *_of_size(2, 3), tasks.flip_flop),
    *(
        Entry(f"tomita{number}", (), *_of_size(size, 2), partial(tasks.tomita, number))
        for number, size in enumerate((2, 3, 5, 4, 4, 3, 5), start=1)
    ),
    Entry("modadd", _MODULUS, lambda m: m, lambda m: m, tasks.modular_addition),
    Entry("modarith", _MODULUS, lambda m: m, lambda m: 3 * m, tasks.modular_arithmetic),
    Entry("modarith-precedence", _MODULUS, lambda m: 2 * m * m + 1, lambda m: m + 3, expressions.precedence_arithmetic),
    Entry("modarith-tokens", _MODULUS, lambda m: 4 * m, lambda m: m + 3, expressions.token_arithmetic),
    Entry("flip-flop-language", (), *_of_size(9, 5), expressions.flip_flop_language),
    Entry("even-pairs", (), *_of_size(5, 2), tasks.even_pairs),
    Entry("cycle-navigation", _MODULUS, lambda m: m, lambda _: 3, tasks.cycle_navigation),
    Entry(
        "dyck",
        (Parameter("k", 1, _HUGE), Parameter("d", 1, _HUGE)),
        tasks.dyck_states,
        lambda k, _: 2 * k,
        tasks.dyck,
    ),
    Entry("counter", (Parameter("n", 1, _HUGE),), lambda n: n + 1, lambda _: 2, tasks.counter),
    Entry("register", (Parameter("k", 1, 60),), lambda k: 2**k, lambda _: 2, tasks.register),
    Entry(
        "random",
        _random_parameters(20, 4),
        lambda states, *_: states,
        lambda _, symbols, __: symbols,
        tasks.random_machine,
    ),
    Entry(
        "random-permutation",
        _random_parameters(8, 2),
        lambda states, *_: states,
        lambda _, symbols, __: symbols,
        tasks.random_permutation,
    ),
)
EXAMPLES: Final = (
    *("Z60", "C60", "S5", "A5", "Q8", "Dih(4)", "V4", "Z2xZ4", "A4xZ5", "PSL(2,7)", "S5@gens"),
    *("Q16", "QD16", "C3:C4", "F20", "SL(2,3)", "GL(2,3)"),
)
"""Group names to suggest; groups multiply by x and take @gens."""

_GROUPS: Final = (
    f"groups are {', '.join(family.name for family in groups.FAMILIES)}, and {GENERATORS} after a name takes its "
    "generators alone; others are written perm:(1,2,3);(1,2)"
)
_DIGITS: Final = re.compile("[0-9]+")
_CALL: Final = re.compile(r"\s*([A-Za-z][A-Za-z0-9-]*)\s*(?:\(([^()]*)\))?\s*")
_NUMBER: Final = re.compile(r"-?[0-9]{1,18}")


def named_machine(text: str, *, max_states: int) -> StateMachine:
    """Return the machine of a catalogue name.

    Raises InputError, with the nearest name as a hint, for a name or argument that is not in the
    catalogue, LimitError before anything large is built.
    """
    if group_shaped(text):
        return _group_machine(text.strip(), max_states)
    call = _CALL.fullmatch(text)
    entry = None if call is None else next((entry for entry in TASKS if entry.name == call[1].lower()), None)
    if call is None or entry is None:
        raise _unknown(text)
    arguments = _arguments(entry, call[2])
    states, symbols = entry.states(*arguments), entry.symbols(*arguments)
    if states > max_states:
        what = f"states of {text.strip()[:60]}"
        raise LimitError(what, limit=max_states, needed=states if states < 10**12 else None, hint=_RAISE)
    require_table(states, symbols)
    return entry.build(*arguments)


def _unknown(text: str) -> InputError:
    message = f"unknown machine {text:.60}" if text.strip() else "an empty machine name"
    # A group in small letters should find its name, and a task its entry without its arguments.
    capital = text.strip()[:60].upper().replace("X", "x").replace(GENERATORS.upper(), GENERATORS)
    for family in ("Dih", "Dic", "Sym", "Alt"):
        capital = capital.replace(family.upper(), family)
    plain = {entry.name: entry.usage for entry in TASKS}
    head = text.split("(", maxsplit=1)[0].strip().lower()
    if all(is_factor(part.strip()) for part in capital.removesuffix(GENERATORS).split("x")):
        hint = f"did you mean {capital!r}?"
    elif head in plain:
        hint = f"did you mean {plain[head]!r}?"
    else:
        hint = _near(text.strip()[:60], list(plain.values()))
    return InputError(message, hint=hint)


def _near(text: str, tasks: list[str]) -> str:
    """Return a name for a slip of the pen: none that differs in its numbers, which would be another machine."""
    if group_shaped(text) or text[:1].isupper():
        return _GROUPS
    alike = [name for name in tasks if _DIGITS.sub("", name) == _DIGITS.sub("", text)]
    if len(alike) > 1:
        return f"did you mean {', '.join(map(repr, alike))}?"
    return nearest_hint(text, (*tasks, *EXAMPLES))


def _arguments(entry: Entry, inside: str | None) -> list[int]:
    """Return one integer per parameter, from positions first and names after."""
    given: dict[str, int] = {}
    named = False
    pieces = [] if inside is None or not inside.strip() else inside.split(",")
    for position, piece in enumerate(pieces):
        name, equals, value = piece.partition("=")
        parameter = _parameter(entry, name.strip() if equals else None, position)
        if parameter.name in given or (named and not equals):
            message = f"{entry.name}: the argument {piece.strip()!r} is given twice or after a named one"
            raise InputError(message, hint=entry.usage)
        named = named or bool(equals)
        given[parameter.name] = _value(entry, parameter, (value if equals else piece).strip())
    for parameter in entry.parameters:
        if parameter.name not in given and parameter.default is None:
            message = f"{entry.name}: the argument {parameter.name} is missing"
            raise InputError(message, hint=f"write {entry.usage}")
    return [given.get(parameter.name, parameter.default or 0) for parameter in entry.parameters]


def _parameter(entry: Entry, name: str | None, position: int) -> Parameter:
    if name is None and position < len(entry.parameters):
        return entry.parameters[position]
    for parameter in entry.parameters:
        if parameter.name == name:
            return parameter
    message = f"{entry.name} has no argument {name!r}" if name is not None else f"{entry.name}: too many arguments"
    raise InputError(message, hint=f"write {entry.usage}")


def _value(entry: Entry, parameter: Parameter, text: str) -> int:
    if not _NUMBER.fullmatch(text):
        message = f"{entry.name}: {parameter.name} must be an integer of at most 18 digits, found {text:.40}"
        raise InputError(message, hint=f"write {entry.usage}")
    value = int(text)
    if not parameter.least <= value <= parameter.most:
        message = f"{entry.name}: {parameter.name} must be {parameter.least} .. {parameter.most:,}, found {value}"
        raise InputError(message)
    return value


def _group_machine(text: str, max_states: int) -> StateMachine:
    only_generators = text.endswith(GENERATORS)
    name = text.removesuffix(GENERATORS).strip()
    factors: list[groups.Group] = []
    order = 1
    for part in name.split("x"):
        factors.append(_factor(part.strip(), text, max_states))
        order *= len(factors[-1].labels)
        groups.require_order(name[:60], order, 1, max_states)
        if not only_generators:
            groups.require_group_table(order)
    group = groups.direct_product(factors)
    return groups.generator_machine(group) if only_generators else groups.group_machine(group)


def _factor(part: str, text: str, limit: int) -> groups.Group:
    found = factor(part, limit)
    if found is None:
        raise _unknown(text)
    return found

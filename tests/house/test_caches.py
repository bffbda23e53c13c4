"""No module remembers facts of machines: they lie in the `Facts` that are handed from target to target.

A module may keep values of plain numbers (roots of unity, bounds of pi), which are the same for every machine.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.house.source_tree import FUNCTIONS, Function, Source, definitions, sources

# What a module may change that is no cache, with its reason.
CHANGED = {("fsm2rnn/interrupts.py", "UNFINISHED"): "files of this process to be removed when it is ended"}
CACHES = {"cache", "lru_cache"}
NUMBERS = {"int", "bool", "float", "str", "Fraction"}
EMPTY = {"dict", "list", "set", "defaultdict", "OrderedDict", "WeakKeyDictionary", "WeakValueDictionary"}
CHANGING = {"setdefault", "update", "append", "add", "extend", "insert", "__setitem__"}


# What a module keeps that is no fact of a machine, with the reason.
KEPT = {"UNFINISHED"}  # files that are being written, which an interrupt removes


def name_of(node: ast.expr) -> str:
    """Return the last part of a name, called or subscripted or not."""
    match node:
        case ast.Call():
            return name_of(node.func)
        case ast.Subscript():
            return name_of(node.value)
        case ast.Attribute():
            return node.attr
    return getattr(node, "id", "")


def remembering_functions(source: Source) -> Iterator[str]:
    """Yield cached functions with an argument that is no number, and cached methods, which keep their objects."""
    for node in definitions(source.tree):
        if isinstance(node, FUNCTIONS) and any(name_of(decorator) in CACHES for decorator in node.decorator_list):
            odd = [argument.arg for argument in every_argument(node) if not is_number(argument.annotation)]
            if odd:
                yield f"{source.path}:{node.lineno} {node.name} is cached by {', '.join(odd)}"


def wrapped_functions(source: Source) -> Iterator[str]:
    """Yield caches made by a call: cached = lru_cache(4)(function)."""
    tree = source.tree  # read once: the parts are known by their identity
    decorators = {id(part) for node in definitions(tree) for whole in node.decorator_list for part in ast.walk(whole)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node) in CACHES and id(node) not in decorators:
            yield f"{source.path}:{node.lineno} makes a cache by a call"


def remembering_modules(source: Source) -> Iterator[str]:
    """Yield names of the module that are bound to an empty container, or that a function of the module changes."""
    bound = {name: found for name, found in module_names(source.tree) if (source.path, name) not in CHANGED}
    for name, (value, line) in bound.items():
        if is_empty(value):
            yield f"{source.path}:{line} {name} is empty at first, a cache"
    for function in definitions(source.tree):
        for name in changed_names(function) & set(bound):
            yield f"{source.path}:{function.lineno} {function.name} changes {name} of the module"


def module_names(tree: ast.Module) -> Iterator[tuple[str, tuple[ast.expr | None, int]]]:
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name):
                yield target.id, (getattr(node, "value", None), node.lineno)


def is_empty(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Dict):
        return not value.keys
    if isinstance(value, ast.List | ast.Set):
        return not value.elts
    return isinstance(value, ast.Call) and name_of(value) in EMPTY and not value.args and not value.keywords


def changed_names(function: Function | ast.ClassDef) -> set[str]:
    """Return the names that are declared global, written by subscript, or changed by a method of containers."""
    found = set[str]()
    for node in ast.walk(function):
        match node:
            case ast.Global(names):
                found |= set(names)
            case ast.Subscript(ast.Name(name), _, ast.Store() | ast.Del()):
                found.add(name)
            case ast.Call(ast.Attribute(ast.Name(name), method)) if method in CHANGING:
                found.add(name)
    return found - local_names(function)


def local_names(function: Function | ast.ClassDef) -> set[str]:
    bound = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    declared = {name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names}
    given = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    return (bound | given) - declared


def every_argument(node: Function) -> list[ast.arg]:
    spec = node.args
    found = (*spec.posonlyargs, *spec.args, spec.vararg, *spec.kwonlyargs, spec.kwarg)
    return [argument for argument in found if argument is not None]


def is_number(annotation: ast.expr | None) -> bool:
    return isinstance(annotation, ast.Name) and annotation.id in NUMBERS


RULES = [remembering_functions, wrapped_functions, remembering_modules]


@pytest.mark.parametrize("rule", RULES)
def test_no_module_keeps_facts_of_machines(rule) -> None:
    found = [offence for source in sources("fsm2rnn") for offence in rule(source)]
    assert [offence for offence in found if not any(name in offence for name in KEPT)] == []


PLANTED = [
    (remembering_functions, "@cache\ndef f(machine: StateMachine) -> int: ...\n", "f is cached by machine"),
    (remembering_functions, "@functools.lru_cache(maxsize=4)\ndef f(n: int, *, table: Table): ...\n", "by table"),
    (remembering_functions, "class C:\n    @cache\n    def f(self) -> int: ...\n", "f is cached by self"),
    (remembering_functions, "@cache\ndef f(table: tuple[tuple[int, ...], ...]) -> int: ...\n", "by table"),
    (wrapped_functions, "found = lru_cache(maxsize=4)(search)\n", "makes a cache by a call"),
    (remembering_modules, "FOUND = {}\n", "FOUND is empty at first"),
    (remembering_modules, "FOUND: dict[int, int] = dict()\n", "FOUND is empty at first"),
    (remembering_modules, "FOUND = weakref.WeakKeyDictionary()\n", "FOUND is empty at first"),
    (remembering_modules, "FOUND = {1: 2}\ndef f(m):\n    FOUND[m] = 3\n", "f changes FOUND"),
    (remembering_modules, "FOUND = {1: 2}\ndef f(m):\n    return FOUND.setdefault(m, 3)\n", "f changes FOUND"),
    (remembering_modules, "LAST = None\ndef f(m):\n    global LAST\n    LAST = m\n", "f changes LAST"),
]


@pytest.mark.parametrize(("rule", "text", "says"), PLANTED)
def test_each_rule_bites(rule, text, says) -> None:
    assert any(says in offence for offence in rule(Source("fsm2rnn/a.py", text)))


ALLOWED = [
    "@cache\ndef root(conductor: int, turn: Fraction) -> int: ...\n",
    "@cache\ndef pi() -> int: ...\n",
    "@lru_cache(maxsize=4)\ndef tanh(number: int) -> tuple[int, int]: ...\n",
    "NAMES = {1: 'a'}\ndef f(m):\n    return NAMES[m]\n",
    "def f(m):\n    found = {}\n    found[m] = 1\n    return found\n",
    "FOUND = {1: 2}\ndef f(FOUND):\n    FOUND[1] = 2\n",
    "class C:\n    @cached_property\n    def f(self) -> int: ...\n",
]


@pytest.mark.parametrize("text", ALLOWED)
def test_no_rule_bites_what_is_allowed(text) -> None:
    assert [offence for rule in RULES for offence in rule(Source("fsm2rnn/a.py", text))] == []

"""A network file's card: what the weights are, what is proved of them, and the lines that use them, in Markdown."""

from __future__ import annotations

import hashlib
import html
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from fsm2rnn.atomic_write import STDOUT, is_special, write_atomically
from fsm2rnn.errors import InputError
from fsm2rnn.escapes import escaped
from fsm2rnn.machine.labels import Label, label_text
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.file.cell_network import ProvedCell
from fsm2rnn.proof.file.checker import Proved, Report, network_bytes, report_on
from fsm2rnn.proof.file.network import ProvedNetwork
from fsm2rnn.proof.file.stack_network import ProvedStack
from fsm2rnn.proof.stored.tensor_file import StoredTensor
from fsm2rnn.version import __version__

ROWS, COLUMNS = 24, 12  # of a table of next states that a page holds
LETTERS: Final = 6  # of the word that is run as an example

_PROVED: Final = """---
library_name: fsm2rnn
tags: [state-machine, exact-weights]
---

# {name}

{about}. The weights were computed, or
proved after training, by fsm2rnn {version}, and the file holds the certificate by which anybody proves them again:

> {claim}

| | |
|---|---|
{facts}

## Use

```
fsm2rnn check {file}
```

```python
import fsm2rnn

network = fsm2rnn.load({path})  # a torch.nn.Module, proved again before it is given
print(network.outputs({word}))
# {answers}
```

{machine}

## What this means, and what not

`check` reads the stored weights as the rational numbers they are and proves the sentence above from them, with
integers and fractions, one equation or inclusion for each state and symbol. It does not say that the machine is the one
you meant, nor that a device computes as IEEE arithmetic does: `fsm2rnn verify {file} -n 1000000` runs the
network beside the machine's own table.
"""

_TRAINED: Final = """---
library_name: fsm2rnn
tags: [state-machine]
---

# {name}

{about}. The weights were trained, and
nothing is proved of them: `fsm2rnn check` rejects the file, and `fsm2rnn audit {file}` asks whether it is the machine
at every length.

| | |
|---|---|
{facts}

## Use

```python
import fsm2rnn

network = fsm2rnn.load({path})  # a torch.nn.Module
print(network.outputs({word}))
# the machine answers {answers}
```

{machine}
"""


def proved_card(network: Proved, file: str) -> str:
    """Return the card of a proved network that is stored under the name `file`."""
    report = report_on(network)
    data = network_bytes(network)
    facts = {
        "holds for": _words_of(network),
        "grade": network.grade_name,
        "structure": _structure(network),
        "format": network.form.name,
        "numbers stored": f"{_count(network.tensors.values()):,}",
        "equations proved": f"{report.equations:,}",
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    if isinstance(network, ProvedNetwork):
        facts["contract"] = network.contract.value
    steps = network.steps if isinstance(network, ProvedNetwork) else None
    word = _word(network.machine, LETTERS if steps is None else min(steps, LETTERS))
    return _PROVED.format(claim=_shown(str(report.claim)), **_parts(network.machine, file, facts, word))


def _structure(network: Proved) -> str:
    match network:
        case ProvedNetwork():
            return network.structure.stored
        case ProvedCell():
            return network.kind.stored
        case ProvedStack():
            return f"gated stack of {network.layers} layer{'' if network.layers == 1 else 's'}"


def trained_card(machine: StateMachine, layer: str, state: str | None, file: str, data: bytes) -> str:
    """Return the card of a trained network, of which nothing is claimed; `layer` says what it is in words."""
    facts = {"layer": layer, "state": "as computed" if state is None else f"rounded to {state} after each symbol"}
    facts["sha256"] = hashlib.sha256(data).hexdigest()
    return _TRAINED.format(**_parts(machine, file, facts, _word(machine, LETTERS)))


def card_path(path: str | os.PathLike[str]) -> Path:
    """Return where the card of a network file stands: beside it, its ending .md.

    InputError where the network goes to a stream, or would be that file.
    """
    card = Path(path).with_suffix(".md")
    if os.fspath(path) == STDOUT or is_special(path) or card == Path(path):
        message = f"no card beside {escaped(str(path))}"
        raise InputError(message, hint="a card stands beside a file that is not called .md")
    return card


def write_with_card(path: str | os.PathLike[str], data: bytes, card: str | None) -> None:
    """Write a network file and, unless None, its card beside it."""
    beside = None if card is None else card_path(path)
    write_atomically(path, data)
    if beside is not None and card is not None:
        write_atomically(beside, card.encode())


def write_proved(path: str | os.PathLike[str], network: Proved, *, card: bool) -> Report:
    """Write the file of a proved network and, where it is asked for, its card; return the report on it."""
    write_with_card(path, network_bytes(network), proved_card(network, Path(path).name) if card else None)
    return report_on(network)


def _parts(machine: StateMachine, file: str, facts: Mapping[str, str], word: list[Label]) -> dict[str, str]:
    """Return what stands in a card of either kind, by its place."""
    states, symbols = len(machine.states), len(machine.symbols)
    ending = "" if states == 1 else "s", "" if symbols == 1 else "s"
    return {
        "name": _shown(Path(file).stem),
        "file": _argument(file),
        "path": ascii(file),
        "about": f"A recurrent network for a machine of {states:,} state{ending[0]} and {symbols:,} symbol{ending[1]}",
        "version": __version__,
        "facts": "\n".join(f"| {name} | {value} |" for name, value in facts.items()),
        "word": ascii(word),
        "answers": ascii(machine.answers(word)),
        "machine": "\n".join(_machine(machine)),
    }


def _words_of(network: Proved) -> str:
    steps = network.steps if isinstance(network, ProvedNetwork) else None
    return "words of every length" if steps is None else f"words of at most {steps:,} symbols"


def _count(tensors: Iterable[StoredTensor]) -> int:
    return sum(math.prod(tensor.shape) for tensor in tensors)


def _word(machine: StateMachine, length: int) -> list[Label]:
    """Return a short word that goes through the alphabet in growing steps: of two symbols 0 1 1 0 0 1."""
    return [machine.symbols[place * (place + 1) // 2 % len(machine.symbols)] for place in range(length)]


def _machine(machine: StateMachine) -> Iterator[str]:
    """Yield the lines of the machine: its table, or where it stands where that fills a page."""
    yield "## The machine"
    yield ""
    if len(machine.states) > ROWS or len(machine.symbols) > COLUMNS:
        yield "Its table is in the file, as `network.machine` and with `fsm2rnn extract`."
        return
    answers = "outputs" if machine.is_mealy else "output"
    yield f"| state | {' | '.join(_code(label_text(symbol)) for symbol in machine.symbols)} | {answers} |"
    yield "|---" * (len(machine.symbols) + 2) + "|"
    for state, row in enumerate(machine.table):
        start = " (start)" if state == machine.start else ""
        nexts = " | ".join(_code(label_text(machine.states[target])) for target in row)
        shown = machine.outputs[state] if machine.is_mealy else (machine.outputs[state],)
        said = ", ".join(_code(label_text(output)) for output in shown)
        yield f"| {_code(label_text(machine.states[state]))}{start} | {nexts} | {said} |"


def _code(text: str) -> str:
    """Return a text as a cell of a table shows it as it is."""
    return f"<code>{_shown(text)}</code>"


def _shown(text: str) -> str:
    """Return a text that Markdown and HTML show letter by letter."""
    safe = html.escape(escaped(text))
    return "".join(f"&#{ord(letter)};" if letter in "|*_`[]\\" else letter for letter in safe)


def _argument(file: str) -> str:
    """Return a file's name as one argument of a shell, on one line."""
    name = escaped(file)
    return name if name.replace("-", "").replace("_", "").replace(".", "").isalnum() else f"'{name}'"

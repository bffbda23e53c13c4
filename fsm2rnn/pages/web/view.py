"""view: one HTML file that shows machines and networks, steps them, and says what is proved."""

from __future__ import annotations

import html
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from typing import Final, TypeAlias, final

from fsm2rnn.answers import Listener
from fsm2rnn.atomic_write import write_atomically
from fsm2rnn.budget import Budget
from fsm2rnn.cells.loading import module_from_bytes, trained_file
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.difference import is_network
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.pages.web.drawings.overview import overview_svg
from fsm2rnn.pages.web.html_file import html_text
from fsm2rnn.pages.web.machine_subject import machine_subject
from fsm2rnn.pages.web.network_subject import linear_subject, network_subject
from fsm2rnn.pages.web.page_data import PageData, Subject
from fsm2rnn.proof.file.checker import prove_bytes
from fsm2rnn.proof.file.network import ProvedNetwork
from fsm2rnn.proof.stored.tensor_file import file_bytes
from fsm2rnn.source.read import machine_title, read

BUDGET: Final = 10.0  # seconds for the targets of one machine, as explain has them
SUBJECTS: Final = 20
"""Most machines and networks of one page."""

Viewed: TypeAlias = StateMachine | Network | Tracker | str | os.PathLike[str]
Named: TypeAlias = tuple[str, StateMachine | Network | Tracker | ProvedNetwork]


@final
@dataclass(frozen=True, repr=False)
class Page:
    """A page with its data; in a notebook it shows itself."""

    data: PageData

    @cached_property
    def html(self) -> str:
        """The whole file as text."""
        return html_text(self.data)

    @cached_property
    def svg(self) -> str:
        """One picture of one machine: its graph, exact weights, and which layers can be it.

        InputError where the page has several subjects or a network, LimitError where it has more than 60 states.
        """
        if len(self.data.subjects) != 1:
            message = f"a picture shows one machine, this page has {len(self.data.subjects)}"
            raise InputError(message, hint="write a page: -o page.html")
        return overview_svg(self.data.subjects[0])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the file, which opens from disk and loads nothing; under a name that ends in .svg, the picture."""
        write_atomically(path, self.written(path).encode())

    def written(self, path: str | os.PathLike[str]) -> str:
        """Return what stands in the file of that name: the picture where it ends in .svg, else the page."""
        return self.svg if PurePath(path).suffix == ".svg" else self.html

    def __repr__(self) -> str:
        """Say what is on the page."""
        return f"Page({', '.join(subject.name for subject in self.data.subjects)})"

    def _repr_html_(self) -> str:
        """Return the page in a frame of its own, as notebooks show it."""
        source = html.escape(self.html, quote=True)
        return f'<iframe title="fsm2rnn" srcdoc="{source}" style="width:100%;height:900px;border:0"></iframe>'


def view(*subjects: Viewed, budget: float | None = BUDGET) -> Page:
    """Return one self-contained HTML page of machines and networks: `view("A5@gens").save("page.html")`.

    A subject is a machine, a MACHINE text, a network, or the path of a network file, trained or proved. Of a machine
    the page shows what each target says within the budget in seconds, None for no end; of a trained network what an
    audit of at most 20,000 states says. Raises InputError for none, LimitError for more than 20, or for a machine of
    more than 10,000 states or 200,000 transitions.
    """
    named = [named_subject(one, place) for place, one in enumerate(subjects, 1)]
    return page_of(named, budget)


def named_subject(subject: Viewed, place: int) -> Named:
    """Return a subject with its name: its text or file, or what it is and where it stands."""
    match subject:
        case StateMachine():
            return f"machine {place}", subject
        case Network() | Tracker():
            return f"network {place}", subject
        case _ if is_network(subject):
            return PurePath(subject).name, read_network(subject)
        case _:
            return machine_title(subject), read(subject)


def read_network(path: str | os.PathLike[str]) -> Network | Tracker | ProvedNetwork:
    """Return what a network file holds: a linear recurrence with its proof, or the module of a layer of torch.nn.

    CertificateError where a claim does not hold; InputError for a damaged file.
    """
    data, name = file_bytes(path), ascii(str(path))[1:-1]
    if trained_file(data, name) is None:
        proved = prove_bytes(data)
        if isinstance(proved, ProvedNetwork):
            return proved
    return module_from_bytes(data, name)


def page_of(named: list[Named], budget: float | None, tell: Callable[[str], None] = lambda _: None) -> Page:
    """Return the page of named subjects; `tell` hears what is being done."""
    if not named:
        message = "a page of nothing"
        raise InputError(message, hint="name a machine or a network file")
    if len(named) > SUBJECTS:
        what = "machines and networks of one page"
        raise LimitError(what, limit=SUBJECTS, needed=len(named), hint="make several pages")
    return Page(PageData(tuple(_subject(name, one, budget, tell) for name, one in named)))


def _subject(
    name: str,
    subject: StateMachine | Network | Tracker | ProvedNetwork,
    budget: float | None,
    tell: Callable[[str], None],
) -> Subject:
    tell(name)
    match subject:
        case StateMachine():
            listener = Listener(asked=lambda target: tell(f"{name}: {target}"))
            return machine_subject(name, subject, Budget.of(budget), listener)
        case ProvedNetwork():
            return linear_subject(name, subject)
        case Network() | Tracker():
            return network_subject(name, subject)

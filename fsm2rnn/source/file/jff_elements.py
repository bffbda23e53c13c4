"""The elements of a JFLAP file: its type, states and transitions with their lines, by the standard library's expat.

A document type, and so every entity, is refused before it can do anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NoReturn, final
from xml.parsers import expat

from fsm2rnn.errors import InputError, LimitError

ELEMENT_LIMIT: Final = 2**21
"""Most elements of a file: a JFLAP state has three, a transition four."""

DEPTH_LIMIT: Final = 16
_TEXTS: Final = ("expression", "labels")
_HOMES: Final = ("structure", "automaton")


@final
@dataclass
class Element:
    """A state or transition: attributes and the texts of its child elements, with its line."""

    kind: str
    line: int
    attributes: dict[str, str]
    children: dict[str, str] = field(default_factory=dict)


@final
@dataclass
class JffFile:
    """What the file says: its type as written, further texts of its own, states and transitions in file order."""

    kind: str | None = None
    kind_line: int = 1
    texts: dict[str, str] = field(default_factory=dict)
    elements: list[Element] = field(default_factory=list)


def parse_jff(text: str, file: str | None) -> JffFile:
    """Return the elements of a text whose root is <structure>; <automaton> around them may be missing.

    Raises InputError with line and column for text that is no XML, a document type, and elements nested
    deeper than DEPTH_LIMIT; LimitError past ELEMENT_LIMIT.
    """
    nul = text.find("\0")
    if nul >= 0:  # from which expat would guess another encoding
        message = "not XML: a NUL character"
        line = text.count("\n", 0, nul) + 1
        column = nul - text.rfind("\n", 0, nul)
        raise InputError(message, file=file, line=line, column=column, hint="save the file as UTF-8")
    return _Parser(file).parse(text)


@final
class _Parser:
    def __init__(self, file: str | None) -> None:
        self.file = file
        self.found = JffFile()
        self.path: list[str] = []
        self.text: list[str] = []
        self.here: Element | None = None
        self.count = 0
        # The text is UTF-8 by now, whatever encoding its declaration names.
        self.expat = expat.ParserCreate("utf-8")
        self.expat.buffer_text = True
        self.expat.StartElementHandler = self.start
        self.expat.EndElementHandler = self.end
        self.expat.CharacterDataHandler = self.text.append
        self.expat.StartDoctypeDeclHandler = self.doctype

    def parse(self, text: str) -> JffFile:
        try:
            self.expat.Parse(text.encode("utf-8"), True)  # noqa: FBT003  expat takes it by position: the last part
        except expat.ExpatError as error:
            message = f"not XML: {expat.ErrorString(error.code)}"
            raise InputError(message, file=self.file, line=error.lineno, column=error.offset + 1) from None
        return self.found

    def fail(self, message: str, hint: str | None = None) -> NoReturn:
        line, column = self.expat.CurrentLineNumber, self.expat.CurrentColumnNumber + 1
        raise InputError(message, file=self.file, line=line, column=column, hint=hint)

    def doctype(self, *_: object) -> NoReturn:
        self.fail("a document type; it could define entities, so it is refused", "delete the DOCTYPE")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > ELEMENT_LIMIT:
            what = "elements of a JFLAP file"
            raise LimitError(what, limit=ELEMENT_LIMIT)
        if not self.path and name != "structure":
            self.fail(f"the root is <{name:.40}>; expected <structure>", "is it a file of JFLAP 7?")
        if len(self.path) == DEPTH_LIMIT:
            self.fail(f"elements nested deeper than {DEPTH_LIMIT}")
        if self.here is None and name in {"state", "transition"} and self.path[-1] in _HOMES:
            self.here = Element(name, self.expat.CurrentLineNumber, attributes)
        self.path.append(name)
        self.text.clear()

    def end(self, name: str) -> None:
        self.path.pop()
        text = "".join(self.text)
        self.text.clear()
        if self.here is None:
            if name == "type" and self.path == ["structure"]:
                self.found.kind = text.strip()
                self.found.kind_line = self.expat.CurrentLineNumber
            elif name in _TEXTS and self.path == ["structure"]:
                self.found.texts[name] = text.strip()
        elif name == self.here.kind and self.path[-1] in _HOMES:
            self.found.elements.append(self.here)
            self.here = None
        elif self.path[-1] == self.here.kind:
            if name in self.here.children:
                self.fail(f"a second <{name:.40}> in one <{self.here.kind}>")
            self.here.children[name] = text

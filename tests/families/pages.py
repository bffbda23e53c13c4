"""docs/families.md is what the families say of themselves; run as a script it is written anew."""

from __future__ import annotations

from fsm2rnn.compiler import ALIASES
from fsm2rnn.families import FAMILIES
from fsm2rnn.families.family import PublishedFamily
from fsm2rnn.tabulation import PUBLISHED
from tests.house.source_tree import ROOT

PAGE = ROOT / "docs" / "families.md"
HEAD = """# Published recurrences

`fsm2rnn explain MACHINE -t mamba`, `fsm2rnn compile MACHINE -t mamba -o NET` and the columns of `fsm2rnn table`
answer for the recurrences below. Each is a rung under a restriction: the rung's network where it obeys the
restriction, the rung's witness where its theorem speaks of the recurrence as published, else unsettled, with what was
tried.

What is meant is the recurrence alone: one layer, gates and written values that read the present letter, and any
decoder of the state. Convolutions before it read more letters and are the identity; norms and output gates belong to
the decoder. What is stored and proved is the rung's network, with its gates as numbers, and the file's evidence names
the family. That published parameters reach these numbers is measured, format by format, and not proved:
`fsm2rnn.cells.published.table.published_cell(network, name)` is the recurrence on the parameters that its paper trains
(logits, steps, angles, keys before their norm), gates evaluated once per letter, with the network's states. A stored
network starts at a state of its own; a layer that starts at zero holds the same machine moved by that state, since it
writes values. What each holds of 185 machines: [family_table.md](family_table.md).

"Impossible" is under the hypotheses that the verdict names: exact arithmetic, and finitely many states of the layer.

{aliases} answer as the rung whose structure they are.
"""


def page() -> str:
    """Return the page."""
    aliases = ", ".join(f"`{name}` ({PUBLISHED[name]}, {rung})" for name, rung in ALIASES.items())
    return "\n".join([HEAD.format(aliases=aliases), *map(section, FAMILIES)])


def section(family: PublishedFamily) -> str:
    """Return what is said of one family."""
    rungs = ", ".join(family.rungs)
    said = [
        ("Recurrence", f"`{family.recurrence}`"),
        ("Source", family.paper),
        ("One layer", family.holds),
        ("Answers as", rungs or "nothing yet"),
        ("Formats", family.formats),
        ("Open", family.otherwise),
    ]
    lines = "\n".join(f"- {name}: {text}." for name, text in said if text)
    return f"## {family.title}: `{family.name}`\n\n{lines}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

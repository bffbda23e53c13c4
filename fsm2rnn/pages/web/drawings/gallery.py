"""The gallery: every machine of the catalogue on one page, a thumbnail of its graph with its name and what it is."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Final

from fsm2rnn.escapes import escaped
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.pages.web.drawings.graph import machine_svg
from fsm2rnn.source.named.catalogue import TASKS
from fsm2rnn.source.read import read
from fsm2rnn.version import __version__

THUMBNAIL: Final = 240  # pixels
SHOWN: Final = (
    *("parity", "flip-flop", *(f"tomita{number}" for number in range(1, 8)), "even-pairs", "cycle-navigation(5)"),
    *("modadd(7)", "modarith(3)", "modarith-precedence(2)", "modarith-tokens(2)", "flip-flop-language"),
    *("dyck(2,2)", "counter(5)", "register(3)", "random(9,2)", "random-permutation(8,2)"),
)
"""A machine for each task of the catalogue."""
GROUPS: Final = (
    *("Z12@gens", "V4@gens", "S3@gens", "S4@gens", "A4@gens", "A5@gens", "Dih(6)@gens", "Q8@gens", "Q16@gens"),
    *("QD16@gens", "C3:C4@gens", "F20@gens", "Z2xZ4@gens", "SL(2,3)@gens", "GL(2,3)@gens", "PSL(2,7)@gens"),
)
"""Groups, their generators as symbols; without `@gens` every element is a symbol."""
TEXTS: Final = ("re:(a|b)*abb", "act:(1,2,3,4,5);(1,2)", "maps:0,0,1;1,2,2")
"""Machines that are no names: a regular expression, permutations of points, maps."""

_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Machines of fsm2rnn</title>
<style>
:root{color-scheme:light dark}
body{margin:0;padding:20px;
font:16px/1.45 system-ui,"Segoe UI","DejaVu Sans",sans-serif;background:#f6f7f9;color:#1c2128}
h1{font-size:1.5rem;margin:0}p{margin:6px 0 16px}
ul{list-style:none;margin:0 0 26px;padding:0;display:grid;gap:14px;
grid-template-columns:repeat(auto-fill,minmax(260px,1fr))}
li{background:#fff;border:1px solid #d5dae0;border-radius:11px;padding:12px}
li svg{display:block;width:100%;height:200px}
code{font-size:1rem;font-weight:600;overflow-wrap:anywhere}.about{color:#57606a;font-size:.88rem}
@media (prefers-color-scheme:dark){body{background:#12151a;color:#e6e9ee}li{background:#1b2027;border-color:#353d48}
.about{color:#a5afba}}
</style>
<main>
<h1>Machines of fsm2rnn</h1>
<p>Each name stands wherever a command takes a MACHINE: <code>fsm2rnn view NAME -o page.html</code> steps it,
<code>fsm2rnn explain NAME</code> says which layers can be it. fsm2rnn @version@.</p>
@sections@
</main>
</html>
"""


def gallery_html() -> str:
    """Return the page, some 400 kilobytes that load nothing; equal versions give equal texts."""
    about = {entry.name: entry.about for entry in TASKS}
    tasks = [(name, about[name.partition("(")[0]]) for name in SHOWN]
    sections = [
        _section("Tasks", tasks),
        _section("Groups", [(name, "the group acting on itself, its generators as symbols") for name in GROUPS]),
        _section("Written out", [(name, "") for name in TEXTS]),
    ]
    return _PAGE.replace("@version@", __version__).replace("@sections@", "\n".join(sections))


def _section(title: str, named: Iterable[tuple[str, str]]) -> str:
    items = [_item(name, read(name), about) for name, about in named]
    return f"<h2>{title}</h2>\n<ul>\n{chr(10).join(items)}\n</ul>"


def _item(name: str, machine: StateMachine, about: str) -> str:
    counts = (
        f"{len(machine.states):,} states, {len(machine.symbols):,} symbol{'' if len(machine.symbols) == 1 else 's'}"
    )
    said = html.escape(escaped("; ".join([counts, about] if about else [counts])))
    return f'<li>{machine_svg(machine, THUMBNAIL)}<code>{html.escape(name)}</code><div class="about">{said}</div></li>'

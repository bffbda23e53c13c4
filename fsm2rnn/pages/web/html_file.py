r"""The page as one HTML file: styles, scripts and data inside it, and a policy by which a browser loads nothing else.

The data is JSON in a block that no browser executes. In it "<", ">" and "&" are written as \u003c, \u003e and
\u0026: no label can end the block. Scripts put labels into the page as text, never as markup, and the policy admits no
script but the one whose digest it names.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from importlib import resources
from typing import Final

from fsm2rnn.pages.web.page_data import PageData

SCRIPTS: Final = (
    "arithmetic.js",
    "words.js",
    "elements.js",
    "graph.js",
    "orbit.js",
    "cloud.js",
    "panels.js",
    "page.js",
)
"""The scripts in the order in which they stand in the file; each uses those before it."""
ASSETS: Final = "fsm2rnn.pages.web"
UNSAFE: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def html_text(data: PageData) -> str:
    """Return the page; equal data give equal texts."""
    script = "\n".join(map(asset, SCRIPTS))
    style = asset("page.css")
    policy = "; ".join(
        [
            "default-src 'none'",
            f"script-src 'sha256-{_digest(script)}'",
            f"style-src 'sha256-{_digest(style)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    names = ", ".join(subject.name for subject in data.subjects)
    parts = {
        "@policy@": policy,
        "@title@": html.escape(f"{names} - fsm2rnn"),
        "@style@": style,
        "@data@": embedded(data),
        "@script@": script,
    }
    page = asset("page.html")
    # Each mark is met once and in this order, so that what was put in is not read again.
    text = ""
    for mark, value in parts.items():
        before, _, page = page.partition(mark)
        text += before + value
    return text + page


def embedded(data: PageData) -> str:
    """Return the data as JSON in ASCII that stands in an HTML script block unchanged."""
    text = json.dumps(data.to_json(), separators=(",", ":"), allow_nan=False)
    for letter, safe in UNSAFE.items():
        text = text.replace(letter, safe)
    return text


def asset(name: str) -> str:
    """Return one of the files that travel inside a page."""
    return resources.files(ASSETS).joinpath("assets", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

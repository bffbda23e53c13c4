"""The documentation's site: python -m sphinx -W --keep-going -b html docs docs/_build (extra docs)."""

from __future__ import annotations

from fsm2rnn.version import __version__

project = "fsm2rnn"
author = "the authors of fsm2rnn"
release = version = __version__
extensions = ["myst_parser"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"fsm2rnn {release}"
html_static_path = ["_static"]
html_css_files = ["wrapped.css"]
html_math_renderer = "mathjax"
# Notebooks and the README lie beside the site; links to them lead to files of the repository.
nitpicky = False

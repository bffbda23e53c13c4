"""Pictures as SVG texts, for notebooks, README and gallery: no library draws them, equal values give equal texts."""

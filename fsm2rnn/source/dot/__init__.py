"""Graphviz drawings as machines: tokens, graph, marks of starts and ends, labels, the reader and the writer."""

"""Machines with several codes per state: cosets, cycles and planes that cover a machine."""

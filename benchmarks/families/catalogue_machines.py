"""Sixty machines of the catalogue: tasks, languages, groups as they act, monoids, random tables."""

from __future__ import annotations

from typing import Final

CATALOGUE: Final = (
    *("parity", "flip-flop", "even-pairs", "flip-flop-language", "maps:0"),
    *(f"tomita{number}" for number in range(1, 8)),
    *("modadd(2)", "modadd(4)", "modadd(5)", "modarith(3)", "modarith-tokens(3)", "cycle-navigation(5)"),
    *("dyck(1,2)", "dyck(1,4)", "dyck(2,2)", "counter(1)", "counter(2)", "counter(5)"),
    *("register(1)", "register(2)", "register(3)", "register(4)"),
    *("Z2", "Z3", "Z4", "Z5@gens", "Z6", "Z12@gens", "Z60@gens", "V4", "Z2xZ4"),
    *("S3", "S3@gens", "Q8", "Dih(4)@gens", "Dih(6)@gens", "A4@gens", "S4@gens", "F20@gens", "A5@gens", "S5@gens"),
    *("act:(1,2,3);(1,2)", "act:(1,2,3,4,5);(1,2)", "perm:(1,2,3,4)"),
    *("maps:0,0,0;1,1,1;2,2,2", "maps:2,2,0,0;3,3,1,1", "maps:0,1;0,0;1,1;1,0", "maps:1,0,2;0,2,1"),
    *("re:(a|b)*abb", "re:(ab)*", "re:a*b*c*"),
    *("random(6,2)", "random(20,4)", "random-permutation(8,2)"),
)

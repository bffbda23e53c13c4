"""Groups <a, b> with a^n = 1, b^2 = a^s, b^-1 a b = a^r, r^2 = 1 and s (r - 1) = 0 modulo n: all squares commute."""

from __future__ import annotations

from fsm2rnn.machine.reachable import reachable
from fsm2rnn.machine.state_machine import StateMachine


def metacyclic(order, r, s):
    """Return the group of 2 n elements a^i b^j acting on itself, letters a and b."""
    elements = [(i, j) for j in range(2) for i in range(order)]

    def times(left, right):
        # b a = a^(1/r) b, and 1/r = r.
        i, j = left[0] + right[0] * r ** left[1], left[1] + right[1]
        return (i + s * (j // 2)) % order, j % 2

    table = [[elements.index(times(element, letter)) for letter in ((1, 0), (0, 1))] for element in elements]
    return reachable(StateMachine.tracker(elements, ["a", "b"], table))


def parameters(largest):
    """Return the n, r, s of all these groups up to an n."""
    return [
        (n, r, s)
        for n in range(1, largest + 1)
        for r in range(n)
        for s in range(n)
        if (r * r - 1) % n == 0 and s * (r - 1) % n == 0
    ]

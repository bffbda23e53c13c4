"""Random exact networks of finite orbit, small enough to look at every state, and the machines that they track."""

from __future__ import annotations

from fsm2rnn.machine.state_machine import StateMachine

CAP = 40  # states of an orbit


def orbit_of(letters, start, cap=CAP):
    """Return all states that words reach, the start first; None beyond the cap. Letters are functions of a state."""
    found = {start: None}
    for state in (queue := [start]):
        for letter in letters:
            reached = letter(state)
            if reached not in found:
                if len(found) == cap:
                    return None
                found[reached] = None
                queue.append(reached)
    return list(found)


def machine_of(letters, start):
    """Return the machine whose states are the network's, each its own output."""
    orbit = orbit_of(letters, start)
    number = {state: position for position, state in enumerate(orbit)}
    table = [[number[letter(state)] for letter in letters] for state in orbit]
    return StateMachine.tracker(range(len(orbit)), range(len(letters)), table, 0)


def affine_networks(generator, *, negative, gaussian=False, coordinates=2, symbols=3):
    """Yield (letters, start) of h_j <- a h_j + b with finite orbit, exact numbers."""
    factors = [0, 1, 1, 2] + ([-1, -1] if negative else []) + ([1j, -1j] if gaussian else [])
    offsets = [0, 0, 1, -1, 2] + ([1j] if gaussian else [])
    while True:
        rows = [
            [(generator.choice(factors), generator.choice(offsets)) for _ in range(coordinates)] for _ in range(symbols)
        ]
        letters = [_affine(row) for row in rows]
        start = tuple(generator.choice([0, 1, -1, 2]) for _ in range(coordinates))
        if orbit_of(letters, start) is not None:
            yield letters, start


def _affine(row):
    return lambda state: tuple(a * value + b for (a, b), value in zip(row, state, strict=True))


def matrix_networks(generator, *, blocks, invertible=False, symbols=2):
    """Yield (letters, start) of blocks of 2 x 2 integer matrices with finite orbit."""
    while True:
        rows = [[_matrix(generator, invertible=invertible) for _ in range(blocks)] for _ in range(symbols)]
        letters = [_blocks(row) for row in rows]
        start = tuple(generator.choice([0, 1, -1, 2]) for _ in range(2 * blocks))
        if orbit_of(letters, start) is not None:
            yield letters, start


def _matrix(generator, *, invertible):
    while True:
        a, b, c, d = (generator.choice([-1, 0, 1]) for _ in range(4))
        if not invertible or a * d != b * c:
            return a, b, c, d


def _blocks(row):
    def letter(state):
        pairs = zip(row, state[::2], state[1::2], strict=True)
        return tuple(value for (a, b, c, d), u, v in pairs for value in (a * u + b * v, c * u + d * v))

    return letter

"""Diagonal networks of finite orbit by exhaustive search, from plain tables alone: table[q][x], start 0, outputs.

Values are exponents modulo N, None is zero. Nothing here comes from fsm2rnn, nor from its theory of these machines.
"""

from __future__ import annotations

import itertools
import math


def minimal(table, outputs):
    """Return the table and the outputs of the minimal machine, by refining classes until nothing changes."""
    reached = [0]
    for state in reached:
        reached += [target for target in dict.fromkeys(table[state]) if target not in reached]
    block = {state: outputs[state] for state in reached}
    while True:
        finer = {state: (block[state], *(block[target] for target in table[state])) for state in reached}
        names = list(dict.fromkeys(finer.values()))
        finer = {state: names.index(name) for state, name in finer.items()}
        if len(set(finer.values())) == len(set(block.values())):
            break
        block = finer
    order = list(dict.fromkeys(finer[state] for state in reached))
    member = {name: next(state for state in reached if finer[state] == name) for name in order}
    rows = [[order.index(finer[target]) for target in table[member[name]]] for name in order]
    return rows, [outputs[member[name]] for name in order]


def transition_monoid(table):
    """Return all maps of words, the shortest words first, and the number of each map times each letter."""
    letters = list(zip(*table, strict=True))
    maps = [tuple(range(len(table)))]
    number = {maps[0]: 0}
    times = []
    for element in maps:
        row = []
        for letter in letters:
            longer = tuple(letter[state] for state in element)
            if longer not in number:
                number[longer] = len(maps)
                maps.append(longer)
            row.append(number[longer])
        times.append(row)
    return maps, times


def index_and_period(letter):
    """Return the least i >= 0 and p >= 1 with letter^(i + p) = letter^i, by listing the powers."""
    powers = [tuple(range(len(letter)))]
    while powers[-1] not in powers[:-1]:
        powers.append(tuple(letter[state] for state in powers[-1]))
    index = powers.index(powers[-1])
    return index, len(powers) - 1 - index


def semicharacters(table, longest):
    """Return all maps of words, and all multiplicative functions of them with 1 -> 1, as one value per map."""
    maps, times = transition_monoid(table)
    choices, modulus = letter_values(table, longest)
    found = []
    for letters in itertools.product(*choices):
        value = {0: 0}
        # Every map after the first is met as an earlier map times a letter.
        for element, row in enumerate(times):
            products = [_times(value[element], letter, modulus) for letter in letters]
            if any(value.setdefault(*pair) != pair[1] for pair in zip(row, products, strict=True)):
                break
        else:
            found.append([value[element] for element in range(len(maps))])
    return maps, found


def letter_values(table, longest):
    """Return the values that x^(i + p) = x^i leaves to each letter, 1 and -1 at most where `longest` is 2, and N."""
    orders = [index_and_period(letter)[1] for letter in zip(*table, strict=True)]
    modulus = math.lcm(*orders, 2)
    allowed = [math.gcd(order, longest) if longest <= 2 else order for order in orders]
    return [[None, *range(0, modulus, modulus // order)] for order in allowed], modulus


def has_one_code_per_state(table, longest):
    """Return whether semicharacters that are functions of the state tell all states apart."""
    maps, found = semicharacters(table, longest)
    states = [element[0] for element in maps]
    functions = []
    for values in found:
        by_state = {}
        if all(by_state.setdefault(state, value) == value for state, value in zip(states, values, strict=True)):
            functions.append([by_state[state] for state in range(len(table))])
    return len(table) == 1 or len(set(zip(*functions, strict=True))) == len(table)


def has_several_codes_per_state(table, longest):
    """Return whether the state follows from what all coordinates together can know of a word.

    That is which letters were read and how often, modulo 2 where values are 0 and +-1, modulo anything where they
    are 0 and roots of unity; here twice the letter's period, so that the period itself may turn out too little.
    """
    periods = [index_and_period(letter)[1] for letter in zip(*table, strict=True)]
    modules = [longest if longest <= 2 else 2 * period for period in periods]
    reads = {tuple((False, 0) for _ in modules): 0}
    for known in (order := list(reads)):
        for letter, target in enumerate(table[reads[known]]):
            counted = (True, (known[letter][1] + 1) % modules[letter])
            after = (*known[:letter], counted, *known[letter + 1 :])
            if after not in reads:
                order.append(after)
            if reads.setdefault(after, target) != target:
                return False
    return True


def _times(left, right, modulus):
    return None if left is None or right is None else (left + right) % modulus

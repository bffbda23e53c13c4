"""Every task against its own definition, written here from the letters of the words that the task draws."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.data.drawn_words import Letters
from fsm2rnn.data.word_dataset import Targets
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.learn import tasks
from fsm2rnn.learn.task import connected_random, gapped, with_gaps
from fsm2rnn.learn.tasks import Arithmetic
from fsm2rnn.machine.permutations import compose
from tests.strategies import machines, words


def examples(task, count=60):
    """Yield words to train and to test on as symbols, each with its last answer."""
    labels = task.machine.output_labels
    for ids, target in itertools.chain(task.words(count=count, seed=1), task.test_words(count=3, seed=1)):
        last = target if task.targets is Targets.LAST else target[-1]
        yield [task.machine.symbols[index] for index in ids.tolist()], labels[int(last)]


def from_left(word, modulus):
    value = 0
    for letter in word:
        value = eval(f"{value}{letter}") % modulus  # noqa: S307  digits and operators alone
    return str(value)


def unequal_pairs(word):
    return sum(one != other for one, other in itertools.pairwise(word))


MOVES = {"stay": 0, "+1": 1, "-1": -1}
TASKS = {
    "addition": (tasks.modular_addition_task(7), lambda word: str(sum(map(int, word)) % 7)),
    "arithmetic": (tasks.modular_arithmetic_task(5), lambda word: from_left(word, 5)),
    "products first": (
        tasks.modular_arithmetic_task(3, Arithmetic.PRECEDENCE),
        lambda word: str(eval("".join(word)) % 3),  # noqa: S307
    ),
    "parity": (tasks.parity_task(), lambda word: word.count("1") % 2 == 1),
    "parity check": (tasks.parity_check(), lambda word: sum(map(int, word)) % 2 == 1),
    "even pairs": (tasks.even_pairs_task(), lambda word: unequal_pairs(word) % 2 == 0),
    "cycle navigation": (tasks.cycle_navigation_task(), lambda word: str(sum(MOVES[move] for move in word) % 5)),
    "simple arithmetic": (
        tasks.simple_arithmetic(),
        lambda word: str(eval(" ".join(word)) % 5),  # noqa: S307
    ),
    "Z60": (tasks.word_problem("Z60"), lambda word: str(sum(map(int, word)) % 60)),
}


@pytest.mark.parametrize("name", TASKS)
def test_answers_are_those_of_the_definition(name):
    task, definition = TASKS[name]
    seen = set()
    for word, answer in examples(task):
        assert answer == definition(word)
        assert type(answer) is type(definition(word))
        seen.add(answer)
    assert len(seen) > 1


def permutation(cycles, points):
    images = list(range(points))
    for cycle in cycles.strip("()").split(")("):
        numbers = [int(point) - 1 for point in cycle.split(",") if point]
        for one, after in zip(numbers, numbers[1:] + numbers[:1], strict=True):
            images[one] = after
    return tuple(images)


@pytest.mark.parametrize(
    ("name", "order", "letters"),
    [("A5", 60, 60), ("S5", 120, 120), ("S3", 6, 6), ("S5@gens", 120, 2), ("A5@gens", 60, 2)],
)
def test_word_problems_are_products_of_permutations(name, order, letters):
    task = tasks.word_problem(name)
    assert (len(task.machine.states), len(task.machine.symbols)) == (order, letters)
    assert task.chance == Fraction(1, order)
    assert task.targets is Targets.EVERY
    points = int(name[1])
    for word, answer in examples(task, count=20):
        product = tuple(range(points))
        for letter in word:
            product = compose(product, permutation(letter, points))
        assert permutation(answer, points) == product


def test_words_of_simple_arithmetic_are_those_of_the_source():
    """Digits and operators take turns, each as likely as any other, and lengths are odd."""
    task = tasks.simple_arithmetic()
    digits, signs = [], []
    for ids, _ in task.words(count=2000):
        word = [task.machine.symbols[index] for index in ids.tolist()]
        assert len(word) % 2 == 1
        digits += word[::2]
        signs += word[1::2]
    assert set(signs) == {*"+-*"}
    assert set(digits) == {*"01234"}
    assert all(abs(signs.count(sign) / len(signs) - 1 / 3) < 0.02 for sign in "+-*")
    assert all(abs(digits.count(digit) / len(digits) - 1 / 5) < 0.02 for digit in "01234")


def test_reads_of_the_flip_flop_language_are_the_last_write():
    task = tasks.flip_flop_task()
    machine = task.machine
    reads = 0
    for ids, target in task.words(count=5):
        word = [machine.symbols[index] for index in ids.tolist()]
        memory = None
        for instruction, bit, asked in zip(word[::2], word[1::2], target.tolist()[::2], strict=True):
            if instruction == "w":
                memory = bit
            if instruction == "r":
                reads += 1
                assert bit == memory == machine.output_labels[asked]
    assert 256 * 5 / 3 * 0.85 < reads < 256 * 5 / 3 * 1.15


def test_the_lengths_and_chances_of_the_sources():
    for task, _ in TASKS.values():
        assert task.chance == Fraction(
            1, {"parity": 2, "even pairs": 2, "parity check": 2}.get(task.name, task_size(task))
        )
        assert task.chosen
    founding = tasks.modular_addition_task(3)
    assert (founding.lengths, founding.test_lengths) == (range(2, 11), range(500, 501))
    assert (tasks.even_pairs_task().lengths[-1], tasks.even_pairs_task().test_lengths[-1]) == (40, 500)
    assert tasks.flip_flop_task().chance is None


def task_size(task):
    return len({label for label in task.machine.output_labels if str(label).isdigit()})


def test_training_and_test_words_begin_apart():
    task = tasks.word_problem("A5")
    trained = {tuple(ids[:3].tolist()) for ids, _ in task.words(count=100)}
    assert not trained & {tuple(ids[:3].tolist()) for ids, _ in task.test_words(count=100)}


@settings(max_examples=20)
@given(states=st.integers(2, 6), symbols=st.integers(2, 6), seed=st.integers(0, 50))
def test_a_connected_random_machine_is_the_first_of_its_kind(states, symbols, seed):
    found = connected_random(states, symbols, seed)
    assert (len(found.states), len(found.symbols)) == (states, symbols)
    for number in itertools.count(seed):
        machine = fsm2rnn.read(f"random({states},{symbols},{number})")
        reached, level = {machine.start}, [machine.start]
        for state in level:
            level += [target for target in dict.fromkeys(machine.table[state]) if target not in reached]
            reached.update(level)
        pairs = itertools.product(range(symbols), repeat=2)
        rows = machine.table
        differ = any(rows[rows[q][x]][y] != rows[rows[q][y]][x] for x, y in pairs for q in range(states))
        if len(reached) == states and differ:
            assert machine == found
            break


def test_the_random_state_machine_of_the_founding_paper():
    task = tasks.random_state_machine(5)
    assert task.machine == connected_random(5, 5)
    assert task.letters is Letters.UNIFORM
    for word, answer in examples(task, count=20):
        assert task.machine.states[task.machine.run(word)[-1]] == answer


@settings(max_examples=40)
@given(data=st.data(), machine=machines(labels=st.integers(0, 9).map(str)), gaps=st.integers(1, 3))
def test_gaps_change_nothing(data, machine, gaps):
    gap = with_gaps(machine, gaps)
    assert gap.symbols == (*machine.symbols, "gap", "gap2", "gap3")[: len(machine.symbols) + gaps]
    word = data.draw(words(gap))
    plain = [letter for letter in word if letter in machine.symbols]
    assert [gap.start, *gap.run(word)][-1] == [machine.start, *machine.run(plain)][-1]
    assert gap.outputs == machine.outputs


def test_a_task_with_gaps_keeps_its_definition():
    task = gapped(tasks.modular_addition_task(5), 5)
    assert task.name == "modular addition with 5 gap letters"
    letters = 0
    for word, answer in examples(task):
        numbers = [letter for letter in word if not letter.startswith("gap")]
        letters += len(word) - 2 * len(numbers)
        assert answer == str(sum(map(int, numbers)) % 5)
    assert abs(letters) < 300
    assert "gaps are letters" in task.chosen[-1]


def test_what_is_refused():
    with pytest.raises(InputError, match=r"parity is not the name of a group .hint: such as A5"):
        tasks.word_problem("parity")
    with pytest.raises(InputError, match="unknown machine"):
        tasks.word_problem("A5xB")
    with pytest.raises(InputError, match="at least one letter is to be a gap"):
        with_gaps(fsm2rnn.read("parity"), 0)
    with pytest.raises(InputError, match="a Mealy machine has not"):
        with_gaps(MEALY)
    with pytest.raises(InputError, match="the symbol 'gap' is named twice"):
        with_gaps(with_gaps(fsm2rnn.read("parity")))
    with pytest.raises(InputError, match="two states and letters, found 5 and 1"):
        connected_random(5, 1)
    with pytest.raises(LimitError, match=r"seeds until random\(80,2\)"):
        connected_random(80, 2)
    with pytest.raises(LimitError, match="states of modadd"):
        tasks.modular_addition_task(10**9)


MEALY = fsm2rnn.StateMachine(("q",), ("a",), ((0,),), 0, (("x",),), is_mealy=True)

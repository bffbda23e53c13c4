"""WordProblem: every target is the machine's, item i is a function of the seed and i, batches are the items."""

from __future__ import annotations

import itertools
import pickle
from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.data import DataLoader, Dataset, IterableDataset

import fsm2rnn
from fsm2rnn.data import word_dataset
from fsm2rnn.data.answers import answers, next_states
from fsm2rnn.data.drawn_words import Letters, Purpose
from fsm2rnn.data.traps import safe_states, traps
from fsm2rnn.data.word_dataset import Targets, WordProblem
from fsm2rnn.errors import InputError, LimitError
from tests.strategies import machines, mealy_machines

ANY = st.one_of(machines(), mealy_machines())
LAWS = st.lists(st.sampled_from(["uniform", "biased", "avoiding"]), min_size=1, max_size=3)


def plain(item):
    ids, target = item
    assert ids.dtype == target.dtype == torch.int64
    return ids.tolist(), target.tolist()


def first(data, count):
    return [plain(item) for item in itertools.islice(data, count)]


@settings(max_examples=40)
@given(machine=ANY, laws=LAWS, seed=st.integers(0, 2**70), least=st.integers(1, 5), more=st.integers(0, 5))
def test_items_are_the_machines(machine, laws, seed, least, more):
    options = {"lengths": (least, least + more), "count": 12, "seed": seed, "letters": laws}
    every, last = WordProblem(machine, **options), WordProblem(machine, **options, targets="last")
    assert len(every) == 12
    for (ids, target), (again, end) in zip(map(plain, every), map(plain, last), strict=True):
        assert least <= len(ids) <= least + more
        word = [machine.symbols[index] for index in ids]
        assert [machine.output_labels[place] for place in target] == machine.answers(word)
        assert (again, end) == (ids, target[-1])


@settings(max_examples=30)
@given(
    machine=ANY, laws=LAWS, count=st.integers(1, 60), size=st.integers(1, 9), block=st.integers(1, 70),
    skip=st.integers(0, 5), targets=st.sampled_from(Targets),
)  # fmt: skip
def test_batches_are_the_items_grouped_by_length(machine, laws, count, size, block, skip, targets):
    options = {"lengths": range(1, 8, 2), "seed": 5, "letters": laws, "targets": targets}
    data = WordProblem(machine, count=count, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(word_dataset, "BLOCK", block)
        batches = list(data.batches(size))
        assert [plain(batch) for batch in data.batches(size, skip=skip)] == [plain(batch) for batch in batches][skip:]
        # A stream begins with the full batches of each dataset of the same options.
        stream = WordProblem(machine, count=None, **options).batches(size)
        whole = [batch for batch in batches if len(batch[0]) == size]
        full = [plain(batch) for batch in whole[: max(1, len(whole) - 4)]]
        assert full == first(stream, len(full)) if whole else True
    # Blocks are no part of what is asked for.
    assert [plain(batch) for batch in data.batches(size)] == [plain(batch) for batch in batches]
    rows = Counter()
    for ids, target in batches:
        assert len(ids) == len(target) <= size
        rows.update((tuple(word), str(end)) for word, end in zip(ids.tolist(), target.tolist(), strict=True))
    assert rows == Counter((tuple(ids), str(target)) for ids, target in map(plain, data))
    assert sum(len(ids) < size for ids, _ in batches) <= 4
    assert {ids.shape[1] for ids, _ in batches} <= {1, 3, 5, 7}


def test_items_depend_on_seed_and_number_alone():
    machine = fsm2rnn.read("S3")
    some, more = (WordProblem(machine, count=count, seed=4) for count in (20, 50))
    stream, other = WordProblem(machine, count=None, seed=4), WordProblem(machine, count=20, seed=5)
    assert first(some, 20) == first(more, 20) == first(stream, 20) != first(other, 20)
    assert plain(some[-1]) == plain(more[np.int64(19)]) == plain(stream[19])
    assert first(pickle.loads(pickle.dumps(some)), 20) == first(some, 20)  # noqa: S301  our own bytes
    assert first(pickle.loads(pickle.dumps(stream)), 20) == first(some, 20)  # noqa: S301


def numbers(start):
    """Yield the numbers of SplitMix64 from a start, in Python's integers."""
    for place in itertools.count(1):
        z = (start + place * 0x9E3779B97F4A7C15) % 2**64
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
        yield z ^ (z >> 31)


@pytest.mark.parametrize("law", ["uniform", "biased"])
def test_words_are_those_of_the_generator_that_is_named(law):
    machine = fsm2rnn.read("modadd(7)")
    key = int(np.random.SeedSequence(3, spawn_key=(1,)).generate_state(1, np.uint64)[0])
    for item, (ids, _) in enumerate(map(plain, WordProblem(machine, count=30, seed=3, letters=law))):
        stream = numbers(next(itertools.islice(numbers(key), item, None)))
        assert len(ids) == 2 + (next(stream) >> 32) * 29 // 2**32
        if law == "uniform":
            assert ids == [(next(stream) >> 32) * 7 // 2**32 for _ in ids]
        else:
            cuts = [next(stream) for _ in range(6)]
            assert ids == [sum(cut <= number for cut in cuts) for number in itertools.islice(stream, len(ids))]


def test_training_and_evaluation_words_have_nothing_in_common():
    machine = fsm2rnn.read("modadd(7)")
    words = [next(WordProblem(machine, lengths=20, count=40, purpose=purpose).batches(40))[0] for purpose in Purpose]
    assert not {tuple(word[:8]) for word in words[0].tolist()} & {tuple(word[:8]) for word in words[1].tolist()}


@settings(max_examples=40)
@given(machine=ANY, seed=st.integers(0, 9))
def test_avoiding_words_stay_out_of_traps_for_ever_where_any_do(machine, seed):
    table = next_states(machine)
    trapped = traps(table, answers(machine))
    safe = safe_states(table, trapped)[machine.start]
    for ids, _ in WordProblem(machine, lengths=30, count=4, seed=seed, letters="avoiding"):
        states = list(machine.trajectory(ids.tolist()))
        assert not safe or not trapped[states].any()


def test_the_laws_of_letters():
    machine = fsm2rnn.read("Z3")
    (uniform, biased) = (
        next(WordProblem(machine, lengths=600, count=500, letters=law).batches(500))[0] for law in ("uniform", "biased")
    )
    shares = torch.stack([(words == 0).double().mean(1) for words in (uniform, biased)])
    assert shares.mean(1).numpy() == pytest.approx([1 / 3, 1 / 3], abs=0.03)
    # One of three spacings has variance 1/18; a uniform word's share has 2/9 over its length.
    assert shares.var(1).numpy() == pytest.approx([2 / 9 / 600, 1 / 18 + 1 / 600 / 6], rel=0.15)
    dyck = fsm2rnn.read("dyck(1,4)")
    both = WordProblem(dyck, lengths=40, count=64, letters=("uniform", Letters.AVOIDING))
    rejected = torch.stack([ids for ids, _ in both])
    ends = [list(dyck.trajectory(word))[-1] == dyck.states.index("reject") for word in rejected.tolist()]
    assert not any(ends[1::2])
    assert sum(ends[::2]) > 28


def test_lengths_are_equally_likely():
    data = WordProblem(fsm2rnn.read("Z2"), lengths=range(3, 12, 2), count=5000)
    counts = Counter(ids.shape[1] for ids, _ in data.batches(1))
    assert sorted(counts) == [3, 5, 7, 9, 11]
    assert all(abs(count - 1000) < 120 for count in counts.values())


def test_torch_loaders_give_the_items_whatever_their_workers():
    machine = fsm2rnn.read("S3")
    plain_data = WordProblem(machine, lengths=6, count=30, seed=2)
    stream = WordProblem(machine, lengths=6, count=None, seed=2)
    assert isinstance(plain_data, Dataset)
    assert not isinstance(plain_data, IterableDataset)
    assert isinstance(stream, IterableDataset)
    assert isinstance(stream, WordProblem)
    with pytest.raises(TypeError, match="no length"):
        len(stream)
    wanted = first(plain_data, 30)
    for workers in (0, 1, 2):
        loader = DataLoader(stream, batch_size=None, num_workers=workers)
        assert first(loader, 30) == wanted
        ids, target = next(iter(DataLoader(plain_data, batch_size=30, num_workers=workers)))
        assert list(zip(ids.tolist(), target.tolist(), strict=True)) == wanted
    ids, _ = next(iter(DataLoader(stream, batch_size=4, num_workers=2)))
    assert ids.tolist() == [ids for ids, _ in wanted[:8:2]]


def test_its_text_says_what_it_is():
    text = repr(WordProblem(fsm2rnn.read("S3"), lengths=range(3, 10, 2), letters=("biased", "avoiding")))
    assert text == (
        "WordProblem(6 states and 6 symbols, lengths=3..9 by 2, count=10000, seed=0, targets=every, "
        "letters=biased, avoiding, purpose=training)"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"count": 0}, r"count starts at 1, found 0 \(hint: count=None"),
        ({"seed": -1}, "the seed starts at 0"),
        ({"lengths": 0}, r"lengths are one length, a pair \(least, most\) or a range, all from 1 on, found 0"),
        ({"lengths": (5, 4)}, "lengths are"),
        ({"lengths": range(9, 3, -2)}, "lengths are"),
        ({"targets": "lst"}, "unknown targets 'lst' .hint: did you mean 'last'"),
        ({"letters": "bised"}, "unknown law of letters 'bised' .hint: did you mean 'biased'"),
        ({"purpose": "test"}, "unknown purpose 'test'"),
        ({"letters": ()}, "no law of letters is given"),
    ],
)
def test_bad_options_are_named(options, message):
    with pytest.raises(InputError, match=message):
        WordProblem(fsm2rnn.read("S3"), **options)


def test_what_is_refused():
    machine = fsm2rnn.read("S3")
    with pytest.raises(InputError, match=r"found str .hint: fsm2rnn.read"):
        WordProblem("S3")
    with pytest.raises(LimitError, match="symbols in one word"):
        WordProblem(machine, lengths=2**20 + 1)
    data = WordProblem(machine, count=3)
    for index in (3, -4):
        with pytest.raises(IndexError, match=f"item {index} of 3"):
            data[index]
    with pytest.raises(TypeError):
        data[1.0]
    with pytest.raises(InputError, match="a batch holds at least one word"):
        data.batches(0)
    with pytest.raises(LimitError, match="symbols in one batch"):
        data.batches(2**26)

"""The mask as generation calls it: batches, prompts, ends, beams, candidates taken back."""

from __future__ import annotations

import copy
import pickle
import re
import subprocess
import sys

import pytest
import torch

import fsm2rnn
from fsm2rnn.decoding.token_machine import LOST
from fsm2rnn.errors import InputError
from tests.decoding.languages import CASES, matches, spelled, words_up_to
from tests.house.source_tree import ROOT

TOKENS = ["0", "a", "5", "</s>", "<pad>"]


def mask(**options):
    return fsm2rnn.TokenMask("re:0(a5)*", TOKENS, eos=3, pad=4, **options)


def permitted(processor, rows):
    """Return the allowed ids of each row of ids."""
    ids = torch.tensor(rows, dtype=torch.long).reshape(len(rows), -1)
    scores = processor(ids, torch.zeros(len(rows), 12))
    return [torch.isfinite(row).nonzero().flatten().tolist() for row in scores]


def test_the_mask_follows_the_text_and_ends_it_where_the_language_does() -> None:
    held = mask(prompt_length=0)
    assert permitted(held, [[], []]) == [[0], [0]]
    assert permitted(held, [[0], [0]]) == [[1, 3], [1, 3]]
    assert permitted(held, [[0, 1], [0, 3]]) == [[2], [3, 4]]
    assert permitted(held, [[0, 1, 2], [0, 3, 4]]) == [[1, 3], [3, 4]]
    assert permitted(held, [[0, 1, 2, 3], [0, 3, 4, 4]]) == [[3, 4], [3, 4]]


@pytest.mark.parametrize(("pattern", "alphabet", "tokens"), CASES)
def test_the_tensors_are_the_proved_machine(pattern, alphabet, tokens) -> None:
    end = len(tokens)
    held = fsm2rnn.TokenMask(fsm2rnn.from_regex(pattern, alphabet), [*tokens, "</s>"], eos=end, prompt_length=0)
    for word in words_up_to(len(tokens), 2):
        state = held.begin(1)
        for token in word:
            state = held.advance(state, torch.tensor([token]))
        proved = held.tokens.walk(word)
        if proved != LOST:
            onward = [token for token in range(len(tokens)) if held.tokens.advance(proved, token) != LOST]
            ends = [end] if matches(pattern, spelled(tokens, word)) else []
            assert held.allowed(state)[0].nonzero().flatten().tolist() == onward + ends
            assert permitted(held, [list(word)]) == [onward + ends]
        else:
            assert not held.allowed(state).any()
        assert held.accepts([*word, end, 0]) == held.tokens.accepts(word)


def test_the_first_call_is_the_prompt_and_later_ones_go_on_from_it() -> None:
    held = mask()
    assert permitted(held, [[4, 2, 2], [4, 4, 1]]) == [[0], [0]]
    assert permitted(held, [[4, 2, 2, 0], [4, 4, 1, 0]]) == [[1, 3], [1, 3]]
    assert permitted(held, [[2, 2]]) == [[0]]  # another prompt
    assert permitted(held, [[2, 2, 0, 1]]) == [[2]]  # several ids at once
    assert permitted(held, [[2, 2, 0]]) == [[1, 3]]  # candidates taken back
    assert permitted(held, [[2, 2]]) == [[0]]


def test_a_prompt_length_counts_for_every_call() -> None:
    held = mask().after(2)
    assert permitted(held, [[9, 6, 0, 1]]) == [[2]]
    assert permitted(held, [[9, 6]]) == [[0]]
    assert permitted(held, [[0, 0, 0]]) == [[1, 3]]
    with pytest.raises(InputError, match="said to have 2"):
        permitted(held, [[0]])
    with pytest.raises(InputError, match="counts ids"):
        held.after(-1)


def test_rows_may_change_places() -> None:
    held = mask(prompt_length=1)
    assert permitted(held, [[5, 0], [5, 0]]) == [[1, 3], [1, 3]]
    assert permitted(held, [[5, 0, 1], [5, 0, 3]]) == [[2], [3, 4]]
    assert permitted(held, [[5, 0, 3, 4], [5, 0, 1, 2]]) == [[3, 4], [1, 3]]


def test_a_row_that_has_left_the_language_is_refused_or_ended() -> None:
    with pytest.raises(InputError, match="row 1: the token 2 at place 1 leaves the language"):
        permitted(mask(prompt_length=1), [[5, 0], [5, 2]])
    assert permitted(mask(prompt_length=1, stray="end"), [[5, 0], [5, 2]]) == [[1, 3], [3]]
    with pytest.raises(InputError, match="unknown stray"):
        mask(stray="ignore")


def test_ids_after_an_end_are_ends_and_pads() -> None:
    with pytest.raises(InputError, match="token 0 at place 2"):
        permitted(mask(prompt_length=0), [[0, 3, 0]])


@pytest.mark.parametrize(
    ("ids", "scores", "says"),
    [
        (torch.zeros(2, dtype=torch.long), torch.zeros(2, 7), "are needed"),
        (torch.zeros(2, 1, dtype=torch.long), torch.zeros(3, 7), "are needed"),
        (torch.zeros(2, 1, dtype=torch.long), torch.zeros(2, 4), "4 scores for 5 tokens"),
        (torch.zeros(2, 1), torch.zeros(2, 7), "is an integer"),
        (torch.full((2, 1), 5), torch.zeros(2, 7), "one of 0 to 4"),
    ],
)
def test_tensors_that_do_not_fit_are_refused(ids, scores, says) -> None:
    with pytest.raises(InputError, match=says):
        mask(prompt_length=0)(ids, scores)


def test_scores_are_kept_where_allowed_in_their_own_format() -> None:
    scores = torch.arange(14.0).reshape(2, 7).to(torch.float16)
    before = scores.clone()
    found = mask(prompt_length=0)(torch.zeros(2, 1, dtype=torch.int32), scores)
    assert found.dtype is torch.float16
    assert torch.equal(scores, before)
    assert found[0].tolist() == [float("-inf"), 1.0, float("-inf"), 3.0] + [float("-inf")] * 3


def test_states_may_be_numbers() -> None:
    held = mask()
    state = held.advance(0, 0)
    assert held.allowed(state).tolist() == [False, True, False, True, False]
    assert int(held.advance(held.advance(state, 1), 2)) == int(state)
    with pytest.raises(InputError, match="a state is one of"):
        held.allowed(99)


def test_what_it_is_made_of_is_said() -> None:
    assert repr(mask()) == "TokenMask(3 states, 3 classes of 5 tokens, proved)"
    assert mask().machine == fsm2rnn.read("re:0(a5)*")


def test_no_tokens_for_the_language_is_refused() -> None:
    with pytest.raises(InputError, match="no sequence of these tokens"):
        fsm2rnn.TokenMask("re:ab", ["a", "</s>"], eos=1)


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("[0-9]{4}", r"unknown machine \[0-9\]\{4\} .*a regular expression is written re:"),
        (re.compile("a"), 'give "re:" and the expression as text'),
        ("re:(", "not a regular expression"),
    ],
)
def test_a_language_that_is_not_read_is_refused(language, says) -> None:
    with pytest.raises(InputError, match=says):
        fsm2rnn.TokenMask(language, ["a", "</s>"], eos=1)


def test_the_empty_text_may_be_all_there_is() -> None:
    held = fsm2rnn.TokenMask(fsm2rnn.from_regex("(b)?", "ab"), ["a", "</s>"], eos=1, prompt_length=0)
    assert permitted(held, [[]]) == [[1]]


def test_several_ends() -> None:
    held = fsm2rnn.TokenMask("re:a*", ["a", "<end>", "<stop>"], eos=[1, 2], prompt_length=0)
    assert permitted(held, [[0], [2]]) == [[0, 1, 2], [1, 2]]


def test_masks_are_copied_and_pickled() -> None:
    held = mask(prompt_length=0)
    permitted(held, [[0, 1]])
    for other in (copy.deepcopy(held), pickle.loads(pickle.dumps(held))):  # noqa: S301  our own bytes
        assert permitted(other, [[0, 1, 2]]) == [[1, 3]]


@pytest.mark.gpu
def test_states_stay_on_the_device_of_the_scores() -> None:
    if not torch.cuda.is_available():
        pytest.skip("needs a CUDA device")
    held = mask(prompt_length=0)
    found = held(torch.tensor([[0], [0]], device="cuda"), torch.zeros(2, 7, device="cuda"))
    assert found.is_cuda
    assert held.advance(held.begin(2, "cuda"), torch.tensor([0, 0], device="cuda")).is_cuda
    assert torch.equal(found.cpu(), mask(prompt_length=0)(torch.tensor([[0], [0]]), torch.zeros(2, 7)))


def test_transformers_is_not_loaded() -> None:
    code = "import sys, fsm2rnn; fsm2rnn.TokenMask('re:a', ['a', '.'], eos=1); print('transformers' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"

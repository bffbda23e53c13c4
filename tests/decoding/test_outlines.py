"""Where the index of outlines-core loses a token, ours keeps it: "0" goes on to "0a5" in 0(a5)?, as in Python's re."""

from __future__ import annotations

from importlib.metadata import version

import pytest
import torch

import fsm2rnn
from tests.decoding.languages import matches

outlines_core = pytest.importorskip("outlines_core", reason="needs outlines-core")

END = 9
PATTERNS = [
    ("0(a5)?", ["0", "a", "5"], ["0a5"]),
    ("0(a5a)*", ["0", "a", "5"], ["0a5a"]),
    ("(-)?(0|[1-9][0-9]*)([.][0-9]+)?", ["0", "5", ".", "-"], ["0.5", "-5.0"]),
]


def index_of(pattern, tokens):
    vocabulary = outlines_core.Vocabulary(END, {token: [number] for number, token in enumerate(tokens)})
    return outlines_core.Index(pattern, vocabulary)


def accepted_by_index(index, ids):
    state = index.get_initial_state()
    for number in ids:
        state = index.get_next_state(state, number)
        if state is None:
            return False
    return index.is_final_state(state)


def accepted_by_mask(pattern, tokens, ids):
    held = fsm2rnn.TokenMask(f"re:{pattern}", [*tokens, *[""] * (END + 1 - len(tokens))], eos=END, prompt_length=0)
    scores = torch.zeros(1, END + 1)
    allowed = [
        torch.isfinite(held(torch.tensor([ids[:place]], dtype=torch.long), scores))[0] for place in range(len(ids) + 1)
    ]
    return all(bool(row[number]) for row, number in zip(allowed, [*ids, END], strict=True))


@pytest.mark.parametrize(("pattern", "tokens", "texts"), PATTERNS)
def test_the_mask_keeps_what_the_index_loses(pattern, tokens, texts) -> None:
    for text in texts:
        ids = [tokens.index(character) for character in text]
        assert matches(pattern, text.encode())
        assert accepted_by_mask(pattern, tokens, ids)


@pytest.mark.skipif(version("outlines-core") != "0.2.14", reason="a statement about outlines-core 0.2.14")
@pytest.mark.parametrize(("pattern", "tokens", "texts"), PATTERNS)
def test_what_0_2_14_does(pattern, tokens, texts) -> None:
    for text in texts:
        assert not accepted_by_index(index_of(pattern, tokens), [tokens.index(character) for character in text])


def test_with_the_two_characters_as_one_token_both_agree() -> None:
    index = index_of("0(a5)?", ["0", "a5"])
    assert accepted_by_index(index, [0, 1])
    assert accepted_by_mask("0(a5)?", ["0", "a5"], [0, 1])

"""What a tokenizer's description says of its tokens' texts; decoders that do not join texts are refused by name."""

from __future__ import annotations

import pytest

from fsm2rnn.decoding.tokenizer_text import described_vocabulary, read_vocabulary
from fsm2rnn.errors import InputError

BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
LLAMA = {
    "type": "Sequence",
    "decoders": [
        {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
        {"type": "ByteFallback"},
        {"type": "Fuse"},
        {"type": "Strip", "content": " ", "start": 1, "stop": 0},
    ],
}
METASPACE = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}


def says(decoder, vocab, added=()):
    return {"decoder": decoder, "model": {"type": "BPE", "vocab": vocab}, "added_tokens": list(added)}


def special(number, content, *, is_special=True):
    return {"id": number, "content": content, "special": is_special}


@pytest.mark.parametrize(
    ("decoder", "token", "text"),
    [
        (BYTE_LEVEL, "Ġthe", b" the"),
        (BYTE_LEVEL, "Ċ", b"\n"),
        (BYTE_LEVEL, "Ã©", "é".encode()),
        (BYTE_LEVEL, "Ã", b"\xc3"),
        (BYTE_LEVEL, "two words", b"two words"),  # an added token: a blank is in no byte-level text
        (LLAMA, "▁the▁", b" the "),
        (LLAMA, "<0xE6>", b"\xe6"),
        (LLAMA, "<0xE6", b"<0xE6"),
        (METASPACE, "▁the", b" the"),
    ],
)
def test_a_token_adds_the_text_that_its_decoder_makes(decoder, token, text) -> None:
    found = described_vocabulary(says(decoder, {token: 0, "</s>": 1}, [special(1, "</s>")]), [1], None)
    assert found.texts == (text, None)


def test_added_tokens_add_their_text_unless_they_are_special() -> None:
    added = [special(3, "<|end|>"), special(1, "<tool>", is_special=False)]
    found = described_vocabulary(says(BYTE_LEVEL, {"a": 0}, added), [3], None)
    assert found.texts == (b"a", b"<tool>", None, None)


def test_unigram_models_list_their_tokens() -> None:
    description = {
        "decoder": METASPACE,
        "model": {"type": "Unigram", "vocab": [["▁a", -1.5], ["b", -2.0], ["</s>", 0.0]]},
    }
    assert described_vocabulary(description, [2], None).texts == (b" a", b"b", None)


@pytest.mark.parametrize(
    ("decoder", "name"),
    [
        ({"type": "WordPiece", "prefix": "##", "cleanup": True}, "WordPiece"),
        ({"type": "BPEDecoder", "suffix": "</w>"}, "BPEDecoder"),
        ({"type": "CTC", "pad_token": "<pad>", "word_delimiter_token": "|", "cleanup": True}, "CTC"),
        ({"type": "Strip", "content": " ", "start": 0, "stop": 1}, "Strip"),
        ({"type": "Replace", "pattern": {"Regex": "a+"}, "content": ""}, "Replace"),
        ({"type": "Sequence", "decoders": [{"type": "New"}]}, "New"),
        (None, "no decoder"),
    ],
)
def test_other_decoders_are_refused_by_name(decoder, name) -> None:
    with pytest.raises(InputError, match=name):
        described_vocabulary(says(decoder, {"a": 0, "b": 1}), [1], None)


@pytest.mark.parametrize(
    ("tokens", "options", "message"),
    [
        (["a", "b"], {}, "names no token that ends"),
        (["a", "b"], {"ends": (2,)}, "eos id 2 is none of the 2 tokens"),
        (["a", "b"], {"ends": (-1,)}, "eos id -1"),
        (["a", "b"], {"ends": (True,)}, "eos id True"),
        (["a", "b"], {"ends": (1,), "pad": 7}, "pad id 7"),
        (["a", 5], {"ends": (0,)}, "token 1 is 5"),
        (["\ud800", "b"], {"ends": (1,)}, "no UTF-8 form"),
        ("ab", {"ends": (1,)}, "tokens of a str"),
        ({"a": 0}, {"ends": (0,)}, "tokens of a dict"),
    ],
)
def test_what_is_no_vocabulary_is_refused(tokens, options, message) -> None:
    with pytest.raises(InputError, match=message):
        read_vocabulary(tokens, options.get("ends"), options.get("pad"))


def test_ends_and_pads_add_no_text() -> None:
    found = read_vocabulary(["a", "b", "", b"c"], (1,), 0)
    assert found.texts == (None, None, None, b"c")

"""transformers' own generate with a random model under the mask: every text matches, by Python's re."""

from __future__ import annotations

import re

import pytest

import fsm2rnn
from fsm2rnn.decoding.tokenizer_text import read_vocabulary
from fsm2rnn.errors import InputError

pytest.importorskip("transformers", reason="needs transformers")
tokenizers = pytest.importorskip("tokenizers", reason="needs tokenizers")
random_models = pytest.importorskip("tests.decoding.random_models", reason="needs transformers")

PRINTABLE = "".join(chr(code) for code in range(32, 127))
DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
JSON = r'\{"name": "[a-z ]{1,6}", "age": [0-9]{1,3}\}'


TOKENIZERS = {"byte level": random_models.byte_level, "SentencePiece": random_models.sentence_piece}


@pytest.fixture(scope="module", params=TOKENIZERS)
def tokenizer(request):
    return TOKENIZERS[request.param]()


@pytest.fixture(scope="module")
def model(tokenizer):
    return random_models.model_of(tokenizer)


def generated(model, tokenizer, held, **options):
    """Return the texts of rows generated after prompts padded on the left, and whether each has ended."""
    tokenizer.padding_side = "left"
    prompts = tokenizer(
        ["the year", "naïve", "2024-05", "and 3"] * options.pop("copies", 1), return_tensors="pt", padding=True
    )
    length = prompts.input_ids.shape[1]
    rows = model.generate(
        input_ids=prompts.input_ids,
        attention_mask=prompts.attention_mask,
        logits_processor=[held],
        max_new_tokens=60,
        **options,
    )[:, length:]
    ends = [tokenizer.eos_token_id in row for row in rows.tolist()]
    texts = read_vocabulary(tokenizer, None, None).texts
    return [b"".join(texts[id_] or b"" for id_ in row).decode() for row in rows.tolist()], ends


@pytest.mark.parametrize("pattern", [DATE, JSON])
def test_64_of_64_match(model, tokenizer, pattern) -> None:
    held = fsm2rnn.TokenMask(fsm2rnn.from_regex(pattern, PRINTABLE), tokenizer)
    texts, ends = generated(model, tokenizer, held, copies=16, do_sample=True)
    assert len(texts) == 64
    assert sum(re.fullmatch(pattern, text) is not None for text in texts) == 64
    assert all(ends)
    assert len(set(texts)) > 16


def test_one_mask_serves_many_calls(model, tokenizer) -> None:
    held = fsm2rnn.TokenMask(f"re:{DATE}", tokenizer)
    for copies in (1, 2, 1):
        texts, _ = generated(model, tokenizer, held, copies=copies, do_sample=True)
        assert all(re.fullmatch(DATE, text) for text in texts)


def test_beams(model, tokenizer) -> None:
    held = fsm2rnn.TokenMask(f"re:{DATE}", tokenizer, stray="end")
    texts, ends = generated(model, tokenizer, held, num_beams=4, do_sample=False)
    assert all(re.fullmatch(DATE, text) for text in texts)
    assert all(ends)


def test_a_text_goes_on_while_it_has_not_ended(model, tokenizer) -> None:
    held = fsm2rnn.TokenMask("re:(ab)*@ab", tokenizer)
    texts, ends = generated(model, tokenizer, held, do_sample=True)
    for text, ended in zip(texts, ends, strict=True):
        assert re.fullmatch("(ab)*" if ended else "(ab)*a?", text)


def test_a_processor_that_overrules_the_mask_is_found_out(model, tokenizer) -> None:
    held = fsm2rnn.TokenMask("re:ab@ab", tokenizer)
    with pytest.raises(InputError, match="leaves the language"):  # no end is allowed after ab
        generated(model, tokenizer, held, do_sample=False, suppress_tokens=[tokenizer.eos_token_id])


def test_texts_of_tokens_join_to_what_the_tokenizer_decodes(tokenizer) -> None:
    texts = read_vocabulary(tokenizer, None, None).texts
    for text in [*random_models.TEXTS[:2], "日本語 naïve", "2024-05-17 café"]:
        ids = tokenizer(text).input_ids
        joined = b"".join(texts[id_] or b"" for id_ in ids)
        assert joined.removeprefix(b" ").decode() == tokenizer.decode(ids, clean_up_tokenization_spaces=False)


def test_a_decoder_that_does_not_join_is_refused() -> None:
    found = random_models.trained(tokenizers.decoders.WordPiece(), tokenizers.pre_tokenizers.Whitespace(), [])
    with pytest.raises(InputError, match="WordPiece"):
        fsm2rnn.TokenMask(f"re:{DATE}", found)


def test_a_tokenizer_of_tokenizers_is_read_with_an_end(tokenizer) -> None:
    plain = tokenizer.backend_tokenizer
    held = fsm2rnn.TokenMask(f"re:{DATE}", plain, eos=tokenizer.eos_token_id)
    assert repr(held) == repr(fsm2rnn.TokenMask(f"re:{DATE}", tokenizer))
    with pytest.raises(InputError, match="names no token that ends"):
        fsm2rnn.TokenMask(f"re:{DATE}", plain)

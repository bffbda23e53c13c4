"""Small tokenizers learnt from a few texts, and a random GPT-2 for each, made in memory."""

from __future__ import annotations

import tokenizers
import torch
import transformers

TEXTS = ["the year 2024-05-17, naïve café, 日本語 and 3.14159", 'name age [] {} "quoted" 0 -12 \t\n'] * 3


def trained(decoder, pre_tokenizer, alphabet):
    """Return a small tokenizer, its words learnt from a few texts."""
    found = tokenizers.Tokenizer(tokenizers.models.BPE(byte_fallback=True))
    found.decoder, found.pre_tokenizer = decoder, pre_tokenizer
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=400, special_tokens=["<pad>", "<eos>"], initial_alphabet=alphabet, show_progress=False
    )
    found.train_from_iterator(TEXTS, trainer)
    return transformers.PreTrainedTokenizerFast(tokenizer_object=found, eos_token="<eos>", pad_token="<pad>")  # noqa: S106


def byte_level():
    parts = tokenizers.pre_tokenizers.ByteLevel
    return trained(tokenizers.decoders.ByteLevel(), parts(add_prefix_space=False, use_regex=False), parts.alphabet())


def sentence_piece():
    parts = tokenizers.decoders
    steps = [parts.Replace("▁", " "), parts.ByteFallback(), parts.Fuse(), parts.Strip(" ", 1, 0)]
    alphabet = [chr(code) for code in range(33, 127)]
    found = trained(parts.Sequence(steps), tokenizers.pre_tokenizers.Metaspace(), alphabet)
    found.add_tokens(["<0xE6>", "<0x97>", "<0xA5>"])
    return found


def model_of(tokenizer):
    """Return a GPT-2 of one layer with random weights, with a few ids more than the tokenizer has."""
    torch.manual_seed(0)
    config = transformers.GPT2Config(
        vocab_size=len(tokenizer) + 6,
        n_positions=128,
        n_embd=16,
        n_layer=1,
        n_head=2,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return transformers.GPT2LMHeadModel(config).eval()

"""What a layer is given: numbers of every format, letters spelled by tokens, and names that are never letters."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
import torch

import fsm2rnn
from fsm2rnn.exports.modules.delta.delta_weights import delta_weights
from fsm2rnn.exports.modules.delta.projections import Projections, require_intertwined
from fsm2rnn.exports.modules.delta.spelling import DeltaLayer, spelling
from fsm2rnn.exports.modules.delta.tokenizer_files import token_names, tokenizer_files

LAYERS = {
    "words": DeltaLayer(decay=True, gate=True, whole=False),
    "whole letters": DeltaLayer(decay=True, gate=True, whole=True),
    "no decay": DeltaLayer(decay=False, gate=False, whole=False),
}
SWAPS_AND_RESETS = "maps:1,2,0;1,0,2;2,2,2"
A_BIT_WRITTEN_AND_ONE_TURNED = "maps:0,1,2,3;0,1,0,1;2,3,2,3;1,0,3,2"
MACHINES = ["parity", "flip-flop", "S3@gens", "A5@gens", SWAPS_AND_RESETS, A_BIT_WRITTEN_AND_ONE_TURNED]


def network_of(machine):
    return fsm2rnn.compile(machine, "olmo-hybrid").network()


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
@pytest.mark.parametrize("machine", MACHINES)
def test_weights_are_numbers_of_every_format_and_do_what_is_proved(machine, layer):
    spelled = spelling(network_of(machine), layer)
    weights = delta_weights(spelled, layer)
    for name, part in vars(weights).items():
        if isinstance(part, torch.Tensor):
            assert torch.equal(part.to(torch.bfloat16).double(), part), name
    require_intertwined(spelled, projected(spelled, weights), "it")


@pytest.mark.parametrize("part", ["decay", "key", "value", "beta"])
def test_changed_projections_are_refused(part):
    layer = LAYERS["words"]
    spelled = spelling(network_of("maps:1,2,0;1,0,2;2,2,2"), layer)
    found = projected(spelled, delta_weights(spelled, layer))
    changed = replace(found, **{part: getattr(found, part) * (1 + 2**-20) + 2**-20})
    with pytest.raises(fsm2rnn.NumericError, match=r"do not make of symbol \d what was proved"):
        require_intertwined(spelled, changed, "it")


def projected(spelled, weights):
    """Return what a layer makes of every token, where the first norm gives powers of two and a SiLU changes nothing."""
    sizes, count = weights.sizes, len(spelled.tokens)
    entered = sizes.hidden**0.5 * torch.eye(sizes.hidden, dtype=torch.float64)[:count]
    key = (entered @ weights.key.T).reshape(count, sizes.slots, sizes.heads, sizes.key)
    key = key / key.norm(dim=-1, keepdim=True).clamp(min=1)
    beta = 2 * (entered @ weights.beta.T).sigmoid().reshape(count, sizes.slots, sizes.heads)
    value = (entered @ weights.value.T).reshape(count, sizes.slots, sizes.heads)
    decay = torch.ones(count, sizes.heads, dtype=torch.float64)
    if weights.decay is not None:
        shut = torch.nn.functional.softplus(entered @ weights.decay.T + weights.decay_bias)
        decay = (-shut).exp().round(decimals=30)
    return Projections(decay, key, value, beta.round(decimals=30))


def test_another_network_is_not_written():
    network = fsm2rnn.compile("S3@gens", "block-diagonal").network()
    with pytest.raises(fsm2rnn.InputError, match="not the one of reflections"):
        spelling(network, LAYERS["words"])
    network = network_of("S3@gens")
    with torch.no_grad():
        next(iter(network.parameters())).view(-1)[0] += 1
    with pytest.raises(fsm2rnn.InputError, match="not the one of reflections"):
        spelling(network, LAYERS["words"])


@pytest.mark.parametrize("symbols", [["<keep>", "<t1>"], ["=0", "=1"], ["a b", "c"], ["\\S", "(?"], ["1", 1]])
def test_texts_are_spelled_whatever_letters_are_called(symbols):
    machine = fsm2rnn.from_table([[1, 0], [0, 1]], symbols=symbols, states=["0", "1"])
    spelled = spelling(network_of(machine), LAYERS["words"])
    vocab = token_names(spelled, LAYERS["words"])
    assert len(set(vocab.names)) == len(vocab.names)
    assert not set(vocab.names) & set(vocab.letters)
    assert not any(re.search(r"\s", name) for name in (*vocab.names, *vocab.letters))
    files = tokenizer_files(spelled, vocab)
    rules = json.loads(files["tokenizer.json"])["normalizer"]["normalizers"]
    text = " ".join([*vocab.letters, *vocab.states, *vocab.letters])
    for rule in rules:
        text = re.sub(rule["pattern"]["Regex"], lambda _, rule=rule: rule["content"], text)
    words = [" ".join(vocab.tokens[token] for token in word) for word in spelled.letters]
    assert text == " ".join([*words, *vocab.states, *words])

"""python runner.py FOLDER WAY [NAIVE]: what an exported folder answers, in a process that cannot load this package.

Reads ids of symbols as JSON from stdin and prints the numbers of the answers. WAY is "code" (network.py), "tokens" (a
letter is a token, labels.json) or "words" (a letter is a word of tokens, letters.json). NAIVE is a file that is
executed first.
"""

from __future__ import annotations

import json
import pathlib
import runpy
import sys
import warnings

sys.modules["fsm2rnn"] = None  # type: ignore[assignment]
warnings.simplefilter("ignore")
PIECE = 1000  # tokens that are read at once, with a cache


def code(folder: pathlib.Path, word: list[int]) -> list[int]:
    """Run the lines of the folder."""
    import torch

    run = runpy.run_path(str(folder / "network.py"))["run"]
    return run(torch.tensor([word]))[0].tolist()


def tokens(folder: pathlib.Path, word: list[int]) -> list[int]:
    """Run the model on the whole word at once."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(folder).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    text = " ".join(labels["letter_tokens"][letter] for letter in word)
    with torch.no_grad():
        found = model(tokenizer(text, return_tensors="pt")["input_ids"]).logits[0].argmax(-1)
    return [labels["answer_tokens"].get(token, -1) for token in tokenizer.convert_ids_to_tokens(found.tolist())]


def words(folder: pathlib.Path, word: list[int]) -> list[int]:
    """Run the model in pieces with its cache, and read the answer at the last token of each letter."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache

    fla = {"fuse_norm": False} if len(sys.argv) > 3 else {}
    model = AutoModelForCausalLM.from_pretrained(folder, **fla).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    names = json.loads((folder / "letters.json").read_text(encoding="utf-8"))
    letters, states = list(names["letters"]), list(names["states"])
    spelled = [tokenizer(letter)["input_ids"] for letter in letters]
    ends = torch.tensor([len(spelled[letter]) for letter in word]).cumsum(0) - 1
    ids = torch.tensor([[token for letter in word for token in spelled[letter]]])
    with torch.no_grad():
        if fla:
            logits = model(ids, use_cache=False).logits[0]
        else:
            cache = DynamicCache(config=model.config)
            parts = [model(part, cache=cache, use_cache=True).logits[0] for part in ids.split(PIECE, 1)]
            logits = torch.cat(parts)
    numbers = {state: number for number, state in enumerate(states)}
    found = tokenizer.convert_ids_to_tokens(logits.argmax(-1)[ends].tolist())
    return [numbers.get(token, -1) for token in found]


if __name__ == "__main__":
    place = pathlib.Path(sys.argv[1])
    if len(sys.argv) > 3:
        import fla  # noqa: F401  it registers its models

        exec(pathlib.Path(sys.argv[3]).read_text(encoding="utf-8"))  # noqa: S102  a file of this repository
    ways = {"code": code, "tokens": tokens, "words": words}
    print(json.dumps(ways[sys.argv[2]](place, json.loads(sys.stdin.read()))))

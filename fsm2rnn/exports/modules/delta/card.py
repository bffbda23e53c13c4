"""The card of a model: what it tracks, how a text is written, and what was proved and run."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.exports.modules.delta.spelling import LetterSpelling
from fsm2rnn.exports.modules.delta.tokenizer_files import TokenNames, does
from fsm2rnn.exports.modules.program import ModuleFolder

ROWS: Final = 40
"""Most letters that the card lists; letters.json has all."""

_CARD: Final = """---
library_name: {library}
pipeline_tag: text-generation
tags: [state-machine]
---
# A state machine as {model}

{states} states, {letters} letters, {dtype}. After a text of letters, with white space between them, the model's next
token is the state that the machine is in.

```python
{imports}from transformers import AutoModelForCausalLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("FOLDER")
model = AutoModelForCausalLM.from_pretrained("FOLDER"){device}
text = tokenizer("{text}", return_tensors="pt"){device}
print(tokenizer.decode(model.generate(**text, max_new_tokens=1)[0, -1]))  # {answer}
```

The tokenizer writes every letter as a word of tokens; the answer after a letter is that at its last token. Tokens of
states and `{keep}` do nothing when they are read, so a text goes on behind an answer. Pad on the left. A text has one
letter at least. `letters.json` has all letters, tokens and states.

| letter | tokens | what they do |
|---|---|---|
{rows}

## What is known

- Proved in integers, for every length: the recurrence over whole letters tracks the machine, one vector for each state.
- The numbers that the layer's projections make of the tokens are that recurrence, compared bit for bit.
- {ran}, all {reached} states of its recurrence that words reach were stepped
  from with every letter, token by token, and answered as the machine does{lead}.
  So were {replayed} letters of random texts, {whole}.
{limits}
"""


@final
@dataclass(frozen=True)
class CardFacts:
    """The class and its library, the format of numbers, and what was run of the folder, in figures and in words."""

    model: str
    library: str
    dtype: str
    found: ModuleFolder
    ran: str
    whole: str
    limits: tuple[str, ...]
    imports: str = ""
    device: str = ""


def card(spelled: LetterSpelling, vocab: TokenNames, facts: CardFacts) -> bytes:
    """Return README.md."""
    machine, found = spelled.machine, facts.found
    first = tuple(range(min(3, len(vocab.letters))))
    *_, last = machine.trajectory(first)
    lead = "" if found.lead is None else f", the right token ahead of every other one by {found.lead:.3g} or more"
    text = _CARD.format(
        library=facts.library,
        model=facts.model,
        states=len(machine.states),
        letters=len(machine.symbols),
        dtype=facts.dtype,
        imports=facts.imports,
        device=facts.device,
        text=" ".join(vocab.letters[letter] for letter in first),
        answer=vocab.states[last],
        keep=vocab.tokens[0],
        rows="\n".join(_rows(spelled, vocab)),
        ran=facts.ran,
        reached=f"{found.states:,}",
        lead=lead,
        replayed=f"{found.replayed:,}",
        whole=facts.whole,
        limits="\n".join(f"- {limit}" for limit in facts.limits),
    )
    return text.encode()


def _rows(spelled: LetterSpelling, vocab: TokenNames) -> Iterator[str]:
    for letter, word in itertools.islice(zip(vocab.letters, spelled.letters, strict=True), ROWS):
        tokens = " ".join(vocab.tokens[token] for token in word)
        what = ", then ".join(does(spelled.tokens[token]) for token in word)
        yield f"| {_code(letter)} | {_code(tokens)} | {what} |"


def _code(text: str) -> str:
    """Return a text as a cell shows it as it is."""
    return "`" + text.replace("|", "\\|") + "`"

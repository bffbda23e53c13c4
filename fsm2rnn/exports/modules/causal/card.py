"""README.md of a model: what it computes, what is proved, what was run, and the lines that use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.exports.modules.causal.letter_tokens import LetterTokens
from fsm2rnn.version import __version__

_CARD: Final = """---
library_name: transformers
tags: [state-machine, exact-weights]
---

# A state machine as {kind}

The model reads letters ({letters}) and says {says}. Its weights were computed, not
trained, by fsm2rnn {version} from a recurrence in {dtype} of which is proved:

> {claim}

The model itself was run before this folder was written: {steps}from every state that words reach the right token leads,
and words of random letters are answered right. That is known of {dtype} on the CPU, with transformers {library}, step
by step; other devices sum up in other orders.

A text is letters with spaces between them; the answer is the next token. Generated tokens leave the state as it is, so
letters may follow them. `labels.json` says what tokens mean.

{notes}

```python
from transformers import AutoModelForCausalLM, AutoTokenizer

model = AutoModelForCausalLM.from_pretrained(".")
tokenizer = AutoTokenizer.from_pretrained(".")
word = tokenizer("{word}", return_tensors="pt")
print(tokenizer.decode(model.generate(**word, max_new_tokens=1, do_sample=False)[0, -1]))  # {answer}
```
"""


@final
@dataclass(frozen=True)
class Told:
    """What the card says beside the vocabulary: the model's class, what is proved, versions, notes, an example.

    `says` is what its answers are, `steps` what else its steps were found to do.
    """

    kind: str
    claim: str
    dtype: str
    library: str
    notes: str
    says: str
    steps: str
    word: str
    answer: str


def model_card(words: LetterTokens, told: Told) -> str:
    """Return the text of the card."""
    return _CARD.format(version=__version__, letters=len(words.letters), **vars(told))

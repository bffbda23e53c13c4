"""scores -> scores, minus infinity where a token leaves the language: a logits processor as transformers calls one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from copy import copy
from enum import Enum
from typing import TYPE_CHECKING, Final, final

import torch

from fsm2rnn.choice import choose_member
from fsm2rnn.decoding.mask_tables import MaskTables
from fsm2rnn.decoding.text_language import TextLanguage
from fsm2rnn.decoding.token_table import MAX_ENTRIES, token_machine
from fsm2rnn.decoding.tokenizer_text import read_vocabulary
from fsm2rnn.errors import InputError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source import read as source
from fsm2rnn.source.draft.reading import ReadOptions

if TYPE_CHECKING:
    import os
    from typing import Self


@final
class Stray(Enum):
    """What becomes of a row of ids that has left the language, by the name that `stray=` takes."""

    REFUSE = "refuse"
    END = "end"


@final
class TokenMask:
    r"""A language over characters held by generation: a token is allowed iff the language can still be met after it.

    `language` is a MACHINE text such as "re:[0-9]{4}-[0-9]{2}", a file, or a StateMachine that accepts; its symbols are
    characters, or words none of which begins another. `tokenizer` is one of transformers or tokenizers, or a sequence
    of the tokens' texts (or bytes) with `eos=`. What is held is the text of the generated ids, their tokens' texts one
    after another, SentencePiece's marks being blanks; special tokens add none. A character outside the alphabet is in
    no text of the language, and . means any letter of the alphabet (re:REGEX@ALPHABET gives it).

    mask(input_ids (B, T), scores (B, V)) returns the scores with minus infinity where the token is not allowed, on
    their device; ends (eos) are allowed iff the text is in the language, and after one only ends and the pad. The text
    begins after the first `prompt_length` ids of each row (padding on the left included); where none is given, after
    the ids of the first call, and ids that begin otherwise are a new prompt. The answer depends on ids alone: what is
    kept of the call before spares steps, so beams may be reordered and candidates taken back.

    A row that has left the language is an InputError (`stray="refuse"`), or has only its end allowed ("end"): beam
    search fills up with beams of no probability, and needs "end".

    The machine over tokens proves itself when it is made: every token's text walked from every state, in integers.
    Raises InputError where no tokens spell a text of the language, and as TextLanguage and read_vocabulary say;
    LimitError where states times classes of tokens pass `max_entries`.
    """

    def __init__(
        self,
        language: str | os.PathLike[str] | StateMachine,
        tokenizer: object,
        *,
        eos: int | Iterable[int] | None = None,
        pad: int | None = None,
        prompt_length: int | None = None,
        stray: Stray | str = Stray.REFUSE,
        max_entries: int = MAX_ENTRIES,
    ) -> None:
        """Read the language and the tokens, find the machine over tokens, and have it prove itself."""
        machine = language if isinstance(language, StateMachine) else _read(language)
        ends = None if eos is None else (eos,) if isinstance(eos, int) else tuple(eos)
        vocabulary = read_vocabulary(tokenizer, ends, pad)
        self.tokens = token_machine(TextLanguage(machine), vocabulary, max_entries=max_entries)
        if self.tokens.distances[0] is None:
            message = "no sequence of these tokens spells a text of the language"
            raise InputError(message, hint="a character outside the machine's alphabet is in no text")
        self._tables = MaskTables(self.tokens)
        self._start(prompt_length, choose_member("stray", stray, Stray))

    def _start(self, prompt_length: int | None, stray: Stray) -> None:
        if prompt_length is not None and (type(prompt_length) is not int or prompt_length < 0):
            message = f"the prompt length is {prompt_length!r:.40}; it counts ids"
            raise InputError(message)
        self.prompt_length = prompt_length
        self.stray = stray
        self._prompt: torch.Tensor | None = None
        self._seen: torch.Tensor | None = None
        self._states: torch.Tensor | None = None

    @property
    def machine(self) -> StateMachine:
        """The machine over characters."""
        return self.tokens.language.machine

    def after(self, prompt_length: int | None) -> Self:
        """Return a mask of the language for another prompt, by its length in ids; nothing is found or proved anew."""
        other = copy(self)
        other._start(prompt_length, self.stray)  # noqa: SLF001  a second object of this class
        return other

    def begin(self, batch: int, device: torch.device | str | None = None) -> torch.Tensor:
        """Return the states (B,) before any token."""
        return torch.zeros(batch, dtype=torch.long, device=device)

    def advance(self, states: torch.Tensor | int, ids: torch.Tensor | int) -> torch.Tensor:
        """Return the states after one id each, of the shape of both; InputError for what is no state or no token."""
        return self._tables.advance(_integers("state", states, self._tables.states), self._known(ids))

    def allowed(self, states: torch.Tensor | int) -> torch.Tensor:
        """Return for states (...) which tokens (..., V) keep the language within reach, as bools."""
        return self._tables.allowed(_integers("state", states, self._tables.states))

    def accepts(self, ids: Sequence[int]) -> bool:
        """Return whether the texts of these ids, up to an end, join to a text of the language."""
        ends = self.tokens.vocabulary.ends
        first = next((place for place, number in enumerate(ids) if number in ends), len(ids))
        return self.tokens.accepts(int(number) for number in self._known(torch.tensor(ids[:first], dtype=torch.long)))

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Return scores (B, V) with minus infinity where the token after input_ids (B, T) is not allowed."""
        self._require_shapes(input_ids, scores)
        states = self._states_of(input_ids)
        allowed = self._tables.allowed(states)
        if self.stray is Stray.END:
            allowed[..., list(self.tokens.vocabulary.ends)] |= (states == self._tables.lost)[:, None]
        masked = torch.full_like(scores, -torch.inf)
        width = allowed.shape[-1]
        masked[:, :width] = scores[:, :width].masked_fill(~allowed, -torch.inf)
        return masked

    def __repr__(self) -> str:
        """Say the sizes."""
        states, classes = len(self.tokens.places), len(self.tokens.table[0])
        return f"TokenMask({states:,} states, {classes:,} classes of {len(self.tokens.class_of):,} tokens, proved)"

    def _known(self, ids: torch.Tensor | int) -> torch.Tensor:
        return _integers("token", ids, len(self.tokens.class_of))

    def _require_shapes(self, input_ids: torch.Tensor, scores: torch.Tensor) -> None:
        if input_ids.dim() != 2 or scores.dim() != 2 or len(input_ids) != len(scores):  # (B, T), (B, V)
            message = f"ids (B, T) and scores (B, V) are needed, found {_shape(input_ids)} and {_shape(scores)}"
            raise InputError(message)
        if scores.shape[1] < len(self.tokens.class_of):
            message = f"{scores.shape[1]:,} scores for {len(self.tokens.class_of):,} tokens"
            raise InputError(message, hint="the tokenizer is not this model's")
        if self.prompt_length is not None and input_ids.shape[1] < self.prompt_length:
            message = f"{input_ids.shape[1]} ids in a row, and the prompt is said to have {self.prompt_length}"
            raise InputError(message)

    def _states_of(self, ids: torch.Tensor) -> torch.Tensor:
        """Return the states after the ids that follow the prompt, going on from the call before where it can."""
        begun = self._prompt_of(ids)
        seen, states = self._seen, self._states
        if seen is not None and states is not None and seen.shape[1] >= begun and _begins(ids, seen):
            first = seen.shape[1]
        else:
            first, states = begun, self.begin(len(ids), ids.device)
        for column in self._known(ids[:, first:]).unbind(1):
            states = self._tables.advance(states, column)
        if self.stray is Stray.REFUSE and bool((states == self._tables.lost).any()):
            raise self._strayed(ids, begun)
        self._seen, self._states = ids.clone(), states
        return states

    def _prompt_of(self, ids: torch.Tensor) -> int:
        if self.prompt_length is not None:
            return self.prompt_length
        prompt = self._prompt
        if prompt is None or not _begins(ids, prompt):
            prompt = self._prompt = ids.clone()
            self._seen = self._states = None
        return prompt.shape[1]

    def _strayed(self, ids: torch.Tensor, begun: int) -> InputError:
        states = self.begin(len(ids), ids.device)
        for place in range(begun, ids.shape[1]):
            states = self._tables.advance(states, ids[:, place])
            lost = (states == self._tables.lost).nonzero()
            if len(lost):
                row = int(lost[0])
                message = f"row {row}: the token {int(ids[row, place])} at place {place} leaves the language"
                return InputError(message, hint=_STRAYED)
        raise AssertionError


_STRAYED: Final = (
    "a new prompt: mask.after(prompt_length); beam search: stray='end'; another processor may have overruled the mask"
)


def _read(text: str | os.PathLike[str]) -> StateMachine:
    if isinstance(text, re.Pattern):
        message = "a pattern of Python's re has another dialect than machines are read in"
        raise InputError(message, hint='give "re:" and the expression as text, in the dialect of automata-lib')
    try:
        found = source.reading(text, ReadOptions())
    except InputError as error:
        if not isinstance(text, str) or text.startswith("re:") or error.file is not None:
            raise
        raise InputError(error.message, hint=f"{error.hint}; a regular expression is written re:...") from None
    source.warn_of(found, stacklevel=4)  # on the line that makes the mask
    return found.machine


def _shape(tensor: torch.Tensor) -> tuple[int, ...]:
    return tuple(tensor.shape)


def _begins(ids: torch.Tensor, prompt: torch.Tensor) -> bool:
    length = prompt.shape[1]
    fits = len(ids) == len(prompt) and ids.shape[1] >= length and ids.device == prompt.device
    return fits and torch.equal(ids[:, :length], prompt)


def _integers(what: str, given: torch.Tensor | int, count: int) -> torch.Tensor:
    """Return ids as integers on their device, once none is outside the table."""
    found = torch.as_tensor(given)
    if found.is_floating_point() or found.is_complex() or found.dtype is torch.bool:
        message = f"a {what} is an integer, found {found.dtype}"
        raise InputError(message)
    if found.numel() and bool(((found < 0) | (found >= count)).any()):
        message = f"a {what} is one of 0 to {count - 1:,}, found {int(found.min())} to {int(found.max())}"
        raise InputError(message)
    return found.long()

"""Any safetensors file -> its tensors and metadata: every offset proved to lie in the file, nothing else asked.

The kernel's reader takes one spelling alone; files of other writers have another order, other spaces, no metadata.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, final

from fsm2rnn.errors import InputError
from fsm2rnn.proof.stored.tensor_file import ITEM_SIZES, MAX_COUNT, StoredTensor

MAX_HEADER: Final = 100_000_000  # bytes, as the safetensors library has it
MAX_AXES: Final = 8
MAX_TENSORS: Final = 10_000
PICKLES: Final = (b"PK\x03\x04", b"\x80")  # how files of torch.save begin, those of today and older ones
CONVERT: Final = 'safetensors.torch.save_file(torch.load(FILE, weights_only=True), "net.safetensors")'


@final
@dataclass(frozen=True)
class OpenFile:
    """The tensors of a file by name, and its metadata."""

    tensors: Mapping[str, StoredTensor]
    metadata: Mapping[str, str]


def open_tensor_file(data: bytes, file: str) -> OpenFile:
    """Return what the bytes of a safetensors file hold; `file` is its name in messages.

    InputError with the field and a hint where they are none.
    """
    entries, start_of_body = _header(data, file)
    metadata = _texts(entries.pop("__metadata__", {}))
    if metadata is None:
        raise damaged("__metadata__", "metadata maps strings to strings", file)
    body = memoryview(data)[start_of_body:]
    spans = {name: _span(name, entry, len(body), file) for name, entry in entries.items()}
    for (_, end, first), (start, _, name) in itertools.pairwise(sorted((*span, name) for name, span in spans.items())):
        if end > start:
            raise damaged(name, f"its bytes are those of {first!r:.40} too", file)
    tensors = {name: _tensor(name, entries[name], body[start:end], file) for name, (start, end) in spans.items()}
    return OpenFile(tensors, metadata)


def file_metadata(data: bytes) -> Mapping[str, str]:
    """Return the metadata of a safetensors file's bytes, whatever its tensors are; none of bytes without a header."""
    try:
        entries, _ = _header(data, "")
    except InputError:
        return {}
    return _texts(entries.get("__metadata__", {})) or {}


def _texts(value: object) -> dict[str, str] | None:
    """Return an object of strings; None for anything else."""
    if not isinstance(value, dict):
        return None
    found = {name: text for name, text in value.items() if isinstance(text, str)}
    return found if len(found) == len(value) else None


def _header(data: bytes, file: str) -> tuple[dict[str, Any], int]:
    """Return the header's entries, and where the tensors begin."""
    length = int.from_bytes(data[:8], "little")
    try:
        if len(data) < 8 or length > min(MAX_HEADER, len(data) - 8):  # the bytes of the length
            message = f"no header in {len(data):,} bytes"
            raise ValueError(message)  # noqa: TRY301  told below, as what is no JSON
        entries = json.loads(data[8 : 8 + length])
    except (ValueError, RecursionError) as error:
        if data.startswith(PICKLES):
            message = "a pickle of torch.save, which is never opened: it may run any code"
            raise InputError(message, file=file, hint=f"convert it with {CONVERT}") from error
        raise damaged("header", f"not JSON: {error!s:.80}", file) from error
    if not isinstance(entries, dict) or len(entries) > MAX_TENSORS:
        raise damaged("header", f"not an object of at most {MAX_TENSORS:,} tensors", file)
    return entries, 8 + length


def damaged(field: str, message: str, file: str) -> InputError:
    """Return the error that names a field of a file."""
    return InputError(
        f"{field!r:.60}: {message}", file=file, hint="the file is damaged, or no network file; write it anew"
    )


def _span(name: str, entry: object, size: int, file: str) -> tuple[int, int]:
    """Return first and last offset of a tensor."""
    match entry:
        case {"data_offsets": [start, end]} if type(start) is int and type(end) is int and 0 <= start <= end <= size:
            return start, end
        case _:
            raise damaged(name, f"no data_offsets within the file's {size:,} bytes of tensors", file)


def _tensor(name: str, entry: object, data: memoryview, file: str) -> StoredTensor:
    match entry:
        case {"dtype": str(dtype), "shape": [*shape]} if len(shape) <= MAX_AXES:
            sizes = [size for size in shape if type(size) is int and 0 < size <= MAX_COUNT]
            if dtype not in ITEM_SIZES:
                raise damaged(name, f"dtype {dtype!r:.20} is none of {', '.join(ITEM_SIZES)}", file)
            if len(sizes) == len(shape) and math.prod(sizes) * ITEM_SIZES[dtype] == len(data):
                return StoredTensor(dtype, tuple(sizes), data)
        case _:
            pass
    raise damaged(name, "no dtype and shape, of one number or more, that fit its bytes", file)

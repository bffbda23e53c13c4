"""safetensors with one spelling per content: length (8 bytes), canonical header, tensors without gaps.

Reading re-spells the header and compares, so a file in which any byte was changed is either refused here or
holds other tensors or other metadata, which the certificate's hashes tell.
"""

from __future__ import annotations

import json
import math
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from fsm2rnn.errors import CertificateError, InputError, LimitError
from fsm2rnn.exact.rounding import FORMATS
from fsm2rnn.machine.labels import Json

FILE_LIMIT = 1 << 32
"""Most bytes of a network file: twice those of the largest dense tensor that is compiled."""

MAX_COUNT = 1 << 48  # of axes and offsets: beyond any file, and products of some stay short
MAX_AXES = 3  # letters, rows and columns: no structure stores more
INDEX = "I64"
ITEM_SIZES: Final = {INDEX: 8} | {form.stored: form.item_size for form in FORMATS}


@final
@dataclass(frozen=True)
class StoredTensor:
    """A dense tensor as it lies in the file: row-major, little endian. CertificateError when sizes disagree."""

    dtype: str  # a key of ITEM_SIZES
    shape: tuple[int, ...]
    data: bytes | memoryview

    def __post_init__(self) -> None:
        """Prove that shape and data agree."""
        if self.dtype not in ITEM_SIZES:
            message = f"dtype {self.dtype!r:.20} is none of {', '.join(ITEM_SIZES)}"
            raise CertificateError("weights", message)
        if len(self.data) != math.prod(self.shape) * ITEM_SIZES[self.dtype]:
            message = f"{len(self.data)} bytes for shape {self.shape} of {self.dtype}"
            raise CertificateError("weights", message)


def file_bytes(path: str | os.PathLike[str], *, limit: int = FILE_LIMIT) -> bytes:
    """Return the bytes of a regular file.

    Raises InputError where it cannot be read or is a device, a pipe or a folder, LimitError for more than `limit`
    bytes.
    """
    name = ascii(str(path))[1:-1]
    try:
        found = Path(path).stat()
        if not stat.S_ISREG(found.st_mode):
            message = "cannot be read: Is a directory" if stat.S_ISDIR(found.st_mode) else "not a regular file"
            raise InputError(message, file=name)
        if found.st_size > limit:
            what = f"bytes of {name}"
            raise LimitError(what, limit=limit, needed=found.st_size)
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        message = f"cannot be read: {reason}"
        raise InputError(message, file=name) from error


def encode_tensor_file(tensors: Mapping[str, StoredTensor], metadata: Mapping[str, str]) -> bytes:
    """Return the file's bytes: larger items first, then by name, which keeps every tensor aligned."""
    ordered = _in_order(tensors)
    return b"".join([_header(ordered, metadata), *(tensor.data for tensor in ordered.values())])


def decode_tensor_file(data: bytes) -> tuple[dict[str, StoredTensor], dict[str, str]]:
    """Return tensors and metadata; CertificateError unless `data` is their one spelling."""
    length = int.from_bytes(data[:8], "little")
    if length > len(data) - 8:
        message = f"a file of {len(data)} bytes is too short for its header"
        raise CertificateError("header", message)
    header = _parse(data[8 : 8 + length])
    metadata = _string_map(header.pop("__metadata__", None))
    body = memoryview(data)[8 + length :]
    tensors = {name: _tensor(name, entry, body) for name, entry in header.items()}
    if _header(_in_order(tensors), metadata) != data[: 8 + length]:
        message = "not the canonical spelling of its own content"
        raise CertificateError("header", message)
    if sum(len(tensor.data) for tensor in tensors.values()) != len(body):
        message = f"{len(body)} bytes of tensors do not match the header"
        raise CertificateError("header", message)
    return tensors, metadata


def _in_order(tensors: Mapping[str, StoredTensor]) -> dict[str, StoredTensor]:
    return dict(sorted(tensors.items(), key=lambda item: (-ITEM_SIZES[item[1].dtype], item[0])))


def _header(ordered: Mapping[str, StoredTensor], metadata: Mapping[str, str]) -> bytes:
    """Return length and header of tensors laid out one after another; spaces pad it to 8 bytes."""
    entries: dict[str, Json] = {"__metadata__": dict(sorted(metadata.items()))}
    offset = 0
    for name, tensor in ordered.items():
        end = offset + len(tensor.data)
        entries[name] = {"dtype": tensor.dtype, "shape": list(tensor.shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(entries, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text


def _parse(text: bytes) -> dict[str, Json]:
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"not JSON: {error!s:.80}"
        raise CertificateError("header", message) from error
    if not isinstance(header, dict):
        message = "not a JSON object"
        raise CertificateError("header", message)
    return header


def _string_map(value: Json) -> dict[str, str]:
    if not isinstance(value, dict):
        message = "no metadata; this is a safetensors file without a certificate"
        raise CertificateError("header", message)
    found = {key: text for key, text in value.items() if isinstance(text, str)}
    if len(found) != len(value):
        message = "metadata maps strings to strings"
        raise CertificateError("header", message)
    return found


def _tensor(name: str, entry: Json, body: memoryview) -> StoredTensor:
    match entry:
        case {"dtype": str(dtype), "shape": [*shape], "data_offsets": [start, end]} if len(shape) <= MAX_AXES:
            numbers = [*shape, start, end]
            counts = [number for number in numbers if type(number) is int and 0 <= number <= MAX_COUNT]
            if len(counts) == len(numbers):
                return StoredTensor(dtype, tuple(counts[:-2]), body[counts[-2] : counts[-1]])
        case _:
            pass
    message = f"tensor {name!r:.40} has no dtype, shape and data_offsets of the right types"
    raise CertificateError("header", message)

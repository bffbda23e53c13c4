"""What makes runs: processes of this computer, or a Dask cluster. Both are executors of concurrent.futures."""

from __future__ import annotations

import importlib
import importlib.util
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import Any

from fsm2rnn.errors import InputError


@contextmanager
def processes(workers: int) -> Iterator[Executor]:
    """Give an executor of so many processes, which end when this one does, however it ends.

    InputError for less than one.
    """
    if workers < 1:
        message = f"workers start at 1, found {workers}"
        raise InputError(message)
    # Spawned: a forked process would share locks with threads of torch that it has not.
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent)
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _end_with_parent() -> None:
    """End at once when interrupted, and when the parent is gone: a killed parent closes no queue."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_for, args=(parent.sentinel,), daemon=True).start()


def _wait_for(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


@contextmanager
def dask_cluster(address: str) -> Iterator[Executor]:
    """Give an executor of the Dask cluster whose scheduler has this address; its workers need this package.

    A run whose worker is lost is made by another. InputError where dask.distributed is not installed or nobody answers.
    """
    client = _client(address)
    try:
        with client.get_executor(pure=False) as executor:
            yield executor
    finally:
        client.close()


def _client(address: str) -> Any:  # noqa: ANN401  of a library that may be missing
    if importlib.util.find_spec("distributed") is None:
        message = "a Dask cluster needs dask.distributed, which is not installed"
        raise InputError(message, hint='pip install "fsm2rnn[dask]", or take --workers')
    try:
        return importlib.import_module("distributed").Client(address)
    except (OSError, ValueError) as error:
        message = f"no Dask scheduler answers at {address!r:.80}: {error!s:.80}"
        raise InputError(message, hint="such as tcp://127.0.0.1:8786") from error

"""The answer that two checkers must share."""

from __future__ import annotations

from fsm2rnn.proof.file.checker import check_bytes
from tests.second_checker.checker import accepts


def agreed(data: bytes) -> bool:
    """Return whether the file is accepted; both checkers must say the same, and a refusal must name its field."""
    report, (second, reason) = check_bytes(data), accepts(data)
    assert report.accepted == second, (report, reason)
    assert report.accepted or (report.field and report.reason)
    return second

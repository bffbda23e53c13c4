"""What tests of witnesses share: a minimal machine by its name, and that a wrong witness is refused."""

from __future__ import annotations

import pytest

from fsm2rnn.errors import CertificateError
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.source.read import read


def minimal(name):
    return minimise(read(name)).target


def refused(match, make, *arguments, **changes):
    with pytest.raises(CertificateError, match=match) as caught:
        make(*arguments, **changes)
    assert caught.value.field == "witness"

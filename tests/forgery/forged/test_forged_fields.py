"""One field of the certificate changed, all hashes recomputed: rejected by both checkers, whatever it was."""

from __future__ import annotations

from copy import deepcopy

import pytest

from tests.forgery.forge import open_file, respell
from tests.forgery.forged.false_fields import FALSE
from tests.forgery.verdicts import agreed
from tests.proof.networks import named_files

FILES = named_files()


@pytest.mark.parametrize("name", FILES)
def test_every_forged_field_is_rejected(name):
    original = open_file(FILES[name])
    for title, change in FALSE.items():
        draft = deepcopy(original)
        change(draft.certificate)
        if draft.certificate != original.certificate or repr(draft.certificate) != repr(original.certificate):
            assert not agreed(respell(draft)), title

"""What every test may use, and how Hypothesis and the CUDA tests behave."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]

# The examples are the same in every run and nothing is kept between runs, so a test holds or fails by the code alone.
# A loaded machine draws slowly, and that is no failure. FSM2RNN_RANDOM=1 draws others, keeps those that fail, and says
# how to repeat them.
ANY_LOAD = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("same", derandomize=True, database=None, **ANY_LOAD)
settings.register_profile("random", print_blob=True, **ANY_LOAD)
settings.load_profile("random" if os.environ.get("FSM2RNN_RANDOM") == "1" else "same")


# What a change is most likely to break and what takes little time: python -m pytest -q -m quick, under a minute on two
# cores. Whole folders, so that a new test is in or out without a thought.
QUICK = (
    "exact",
    "golden",
    "house/test_budgets.py",
    "house/test_kernel.py",
    "machine",
    "source/draft",
    "source/named",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is quick; skip the tests marked gpu, with the reason, where there is no CUDA device."""
    for item in items:
        place = item.path.relative_to(ROOT / "tests").as_posix()
        if place.startswith(QUICK) and not item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.quick)
    marked = [item for item in items if item.get_closest_marker("gpu")]
    if marked and not _cuda_is_available():
        for item in marked:
            item.add_marker(pytest.mark.skip(reason="no CUDA device"))


def _cuda_is_available() -> bool:
    import torch  # noqa: PLC0415  a run without gpu tests need not wait for it

    return torch.cuda.is_available()


@pytest.fixture(scope="session")
def shared_machines() -> Path:
    """Return the folder of real machines that lies beside the checkout."""
    folder = ROOT.parent / "shared" / "machines"
    if not folder.is_dir():
        pytest.skip("no ../shared/machines beside this checkout")
    return folder

from __future__ import annotations

import pytest

from safety.reading import SafetyReader


@pytest.fixture(scope="session")
def reader() -> SafetyReader:
    return SafetyReader.load(second_reader=False)

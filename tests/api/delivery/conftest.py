"""What every test of delivery starts from."""

from __future__ import annotations

import pytest

from tests.api.delivery.pigeon import Pigeon


@pytest.fixture
def pigeon() -> Pigeon:
    return Pigeon()

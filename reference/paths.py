"""Where the project's own folders stand."""

from __future__ import annotations

import os
from pathlib import Path


def project_root() -> Path:
    """The checkout that this code runs from."""
    return Path(__file__).resolve().parents[1]


def data_folder() -> Path:
    """What helpline people write: content, patterns, places, services."""
    return project_root() / "data"


def home_folder() -> Path:
    """`GATESIDE_HOME` (default `./var`): database, models and keys of this installation."""
    return Path(os.environ.get("GATESIDE_HOME") or project_root() / "var").resolve()

"""Rasa without TensorFlow: import this before anything of Rasa.

Rasa's default recipe imports every component that it ships, and one of its base classes imports TensorFlow's
training callbacks; none of it is used here. Leaving it out was measured to take the imports from 12 s and 538 MB
to 5 s and 193 MB. `tests/bot/test_lean_rasa.py` fails if an import brings TensorFlow back.
"""

from __future__ import annotations

import os
import sys
import types

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

_UNUSED = {
    "rasa.engine.recipes.default_components": {"DEFAULT_COMPONENTS": []},
    "rasa.utils.train_utils": {},
}


def _leave_out_unused_parts() -> None:
    for name, contents in _UNUSED.items():
        if name not in sys.modules:
            module = types.ModuleType(name)
            module.__dict__.update(contents)
            sys.modules[name] = module


_leave_out_unused_parts()

# Importing it registers it with the recipe, which the list left out above would have done.
import rasa.core.policies.rule_policy  # noqa: E402, F401

"""Rasa without TensorFlow: import this before anything of Rasa.

Rasa's default recipe imports every component that it ships, and one of its base classes imports TensorFlow's
training callbacks; none of it is used here. Leaving it out was measured to take the imports from 12 s and 538 MB
to 5 s and 193 MB. `tests/bot/test_lean_rasa.py` fails if an import brings TensorFlow back.
"""

from __future__ import annotations

import os
import sys
import types
import warnings
from typing import Any

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")


class _NotHere:
    """Stands for a component of Rasa's that this project does not use; only its name is ever asked for."""


_UNUSED = {
    "rasa.engine.recipes.default_components": {"DEFAULT_COMPONENTS": []},
    "rasa.utils.train_utils": {},
    # The recipe's validator asks whether these stand in the pipeline.
    "rasa.nlu.classifiers.diet_classifier": {"DIETClassifier": type("DIETClassifier", (_NotHere,), {})},
    "rasa.nlu.selectors.response_selector": {"ResponseSelector": type("ResponseSelector", (_NotHere,), {})},
    "rasa.core.policies.ted_policy": {"TEDPolicy": type("TEDPolicy", (_NotHere,), {})},
}


def _leave_out_unused_parts() -> None:
    for name, contents in _UNUSED.items():
        if name not in sys.modules:
            module = types.ModuleType(name)
            module.__dict__.update(contents)
            sys.modules[name] = module


_SAID_AT_EVERY_START = "Slot auto-fill has been removed"


def _leave_out_deprecations() -> None:
    """Rasa's pinned libraries deprecate one another at length; what Rasa itself warns of is still shown."""
    shown = warnings.showwarning

    def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
        old = issubclass(category, (DeprecationWarning, PendingDeprecationWarning, FutureWarning))
        if not old and _SAID_AT_EVERY_START not in str(message):
            shown(message, category, *place, **more)

    warnings.showwarning = show


_leave_out_unused_parts()
_leave_out_deprecations()

# Importing it registers it with the recipe, which the list left out above would have done.
import rasa.core.policies.rule_policy  # noqa: E402, F401
from rasa.core.actions.action import RemoteAction  # noqa: E402


def _is_an_answer(_action: RemoteAction, result: object) -> bool:
    """Rasa checks its schema of an action's answer against the schema of schemas, on every call: 20 ms of one turn.

    The actions are our own and tested; that the answer is an object is enough.
    """
    return isinstance(result, dict)


RemoteAction._validate_action_result = _is_an_answer  # type: ignore[method-assign]

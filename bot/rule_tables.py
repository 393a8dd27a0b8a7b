"""Which of the rule policy's rules fit a conversation, found without holding each against each state every time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.domain import State

_MOST_KNOWN = 4096
"""States whose fitting rules are remembered. A state names an intent, entities, slots and the last action: no words."""


class RuleTable:
    """The rules of one of the policy's tables.

    Whether a rule fits a state depends on that state and on how far back it lies, and on nothing else. So that is found
    once for each kind of state; a conversation's rules are those that fit all of its states.
    """

    def __init__(self, policy: RulePolicy, rules: Iterable[str]) -> None:
        """`rules` are the table's keys: each rule's own states, as JSON."""
        self._policy = policy
        self._rules = frozenset(rules)
        self._known: dict[tuple[int, str], frozenset[str]] = {}

    def fitting(self, states: Sequence[State]) -> set[str]:
        """The keys of the rules that these states fulfil; the present state comes last."""
        found = self._rules
        for back, state in enumerate(reversed(states)):
            found &= self._fitting(back, state)
        return set(found)

    def _fitting(self, back: int, state: State) -> frozenset[str]:
        kind = (back, json.dumps(state, sort_keys=True))
        if kind not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[kind] = frozenset(
                rule for rule in self._rules if self._policy._is_rule_applicable(rule, back, state)
            )
        return self._known[kind]

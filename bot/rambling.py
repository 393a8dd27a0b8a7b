"""Long messages that come to what they want in the midst, made up to learn from."""

from __future__ import annotations

import random
from collections.abc import Sequence

_SAID_BESIDES = frozenset(
    (
        "identify_family", "identify_self", "identify_worker", "express_distress", "greet", "goodbye", "thank",
        "unsure", "affirm", "deny", "young_person", "abuse", "out_of_scope",
    )
)  # fmt: skip
"""What is said on the way to something else: a question, a wish beats it."""

_LEADS_UP = frozenset(("identify_family", "identify_self", "express_distress", "greet", "thank", "unsure"))
_JOINTS = (". ", " ", ", ", " and ", "... ", " anyway ")


def made_up(texts: Sequence[str], intents: Sequence[str], count: int) -> list[tuple[str, int]]:
    """Rambling examples put together out of our own: what leads up, then what is wanted; and whose intent it has.

    The same examples always give the same ones. None where the examples hold nothing that leads up.
    """
    chance = random.Random(7)  # noqa: S311 - for variety, nothing secret
    leading = [row for row, intent in enumerate(intents) if intent in _LEADS_UP]
    asking = [
        row
        for row, intent in enumerate(intents)
        if intent not in _SAID_BESIDES and intent not in ("report_overdose_now", "report_use", "wrong_number")
    ]
    if len(leading) < 2 or not asking:
        return []
    return [_joined(texts, chance.choice(asking), leading, chance) for _ in range(count)]


def _joined(texts: Sequence[str], wanted: int, leading: Sequence[int], chance: random.Random) -> tuple[str, int]:
    parts = [texts[row] for row in chance.sample(leading, chance.choice((1, 1, 2)))]
    parts.insert(chance.choice((len(parts), len(parts), 0, chance.randrange(len(parts) + 1))), texts[wanted])
    whole = parts[0]
    for part in parts[1:]:
        whole += chance.choice(_JOINTS) + part
    return whole, wanted

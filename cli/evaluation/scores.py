"""Scores of the two readings, each share with its 95 % Wilson interval."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from bot.entities.word_lists import word_list

Row = Mapping[str, Any]

OUT_OF_SCOPE = "out_of_scope"
MEASURED_ENTITIES = ("substance", "place", "prison", "person", "date")
_BINS = 5
_Z = 1.959964
_RANK = {"none": 0, "check": 1, "urgent": 2, "emergency": 3}


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share; (0, 1) of nothing."""
    if not of:
        return 0.0, 1.0
    share, square = hits / of, _Z * _Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = _Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def share(found: Iterable[bool]) -> dict[str, Any]:
    """`of` messages, `hits` of them, the `share` and its interval `low` to `high`."""
    answers = list(found)
    hits, low_high = sum(answers), wilson(sum(answers), len(answers))
    value = hits / len(answers) if answers else 0.0
    return {
        "of": len(answers),
        "hits": hits,
        "share": round(value, 4),
        "low": round(low_high[0], 4),
        "high": round(low_high[1], 4),
    }


def language_scores(labelled: Sequence[Row], readings: Sequence[Row]) -> dict[str, Any]:
    """What the language reading got right. A label is `intent`, `acceptable`, `entities`, `style`."""
    pairs = list(zip(labelled, readings, strict=True))
    outside = [(row, reading) for row, reading in pairs if row["intent"] == OUT_OF_SCOPE]
    inside = [(row, reading) for row, reading in pairs if OUT_OF_SCOPE not in _right(row)]
    return {
        "messages": len(pairs),
        "top_1": share(_first_is_right(row, reading) for row, reading in pairs),
        "top_3": share(_is_among_three(row, reading) for row, reading in pairs),
        "out_of_scope_caught": share(reading["intent"] == OUT_OF_SCOPE for _, reading in outside),
        "in_scope_turned_away": share(reading["intent"] == OUT_OF_SCOPE for _, reading in inside),
        "entities": {kind: _entity_scores(kind, pairs) for kind in MEASURED_ENTITIES},
        "by_intent": _grouped(pairs, lambda row: str(row["intent"])),
        "by_style": _grouped(pairs, lambda row: str(row.get("style", "unnamed"))),
        "confused": _confused(pairs),
        "calibration": _calibration(pairs),
    }


def safety_scores(labelled: Sequence[Row], levels: Sequence[str]) -> dict[str, Any]:
    """What the safety reading got right. `levels`: `emergency`, `urgent`, `check` or `none` for each message."""
    pairs = [
        (_level(row), level, str(row.get("style", "unnamed"))) for row, level in zip(labelled, levels, strict=True)
    ]
    emergencies = [pair for pair in pairs if pair[0] == "emergency"]
    calm = [pair for pair in pairs if pair[0] == "none"]
    urgent = [pair for pair in pairs if pair[0] == "urgent"]
    return {
        "messages": len(pairs),
        "emergency_found": share(got == "emergency" for _, got, _ in emergencies),
        "emergency_found_or_asked": share(got in ("emergency", "check") for _, got, _ in emergencies),
        "urgent_found_or_asked": share(_RANK[got] > 0 for _, got, _ in urgent),
        "check_asked_or_raised": share(_RANK[got] > 0 for wanted, got, _ in pairs if wanted == "check"),
        "calm_raised_to_emergency": share(got == "emergency" for _, got, _ in calm),
        "calm_raised": share(_RANK[got] > 1 for _, got, _ in calm),
        "calm_asked": share(got == "check" for _, got, _ in calm),
        "emergency_found_by_style": _by_style(emergencies, lambda got: got == "emergency"),
        "emergency_found_or_asked_by_style": _by_style(emergencies, lambda got: got in ("emergency", "check")),
        "urgent_found_or_asked_by_style": _by_style(urgent, lambda got: _RANK[got] > 0),
        "calm_raised_by_style": _by_style(calm, lambda got: _RANK[got] > 1),
    }


def _by_style(pairs: Sequence[tuple[str, str, str]], holds: Callable[[str], bool]) -> dict[str, Any]:
    styles = sorted({style for _, _, style in pairs})
    return {style: share(holds(got) for _, got, said in pairs if said == style) for style in styles}


def _level(row: Row) -> str:
    return "check" if row["level"] == "none" and row.get("check") else str(row["level"])


def _right(row: Row) -> set[str]:
    return {row["intent"], *row.get("acceptable", ())}


def _first_is_right(row: Row, reading: Row) -> bool:
    return reading["intent"] in _right(row)


def _is_among_three(row: Row, reading: Row) -> bool:
    return any(guess["intent"] in _right(row) for guess in reading["ranking"]) or _first_is_right(row, reading)


def _grouped(pairs: Sequence[tuple[Row, Row]], name: Callable[[Row], str]) -> dict[str, Any]:
    groups: dict[str, list[bool]] = defaultdict(list)
    for row, reading in pairs:
        groups[name(row)].append(_first_is_right(row, reading))
    return {group: share(groups[group]) for group in sorted(groups)}


def _mentions(entities: Iterable[Any], kind: str) -> set[str]:
    """The values of one kind; an entity is an object with `entity` and `value`, or a pair of them.

    Authors of labels write a relation down as it was said or in plain words; "maw" and "mum" are the same relation.
    """
    pairs = [(entity["entity"], entity["value"]) if isinstance(entity, Mapping) else entity for entity in entities]
    values = [str(value) for found, value in pairs if found == kind]
    return {_relation(value) for value in values} if kind == "person" else set(values)


def _relation(said: str) -> str:
    word = said.lower().replace("-", " ")
    return _relations().get(word) or _relations().get(word.removesuffix("s"), word)


@lru_cache(maxsize=1)
def _relations() -> dict[str, str]:
    relations = word_list("relations")["relations"]
    return {name: plain for plain, names in relations.items() for name in (plain.replace("-", " "), *names)}


def _entity_scores(kind: str, pairs: Sequence[tuple[Row, Row]]) -> dict[str, Any]:
    right = missed = wrong = 0
    for row, reading in pairs:
        if "entities" in row:
            wanted, got = _mentions(row["entities"], kind), _mentions(reading["entities"], kind)
            right, missed, wrong = right + len(wanted & got), missed + len(wanted - got), wrong + len(got - wanted)
    whole = 2 * right + missed + wrong
    return {"f1": round(2 * right / whole, 4) if whole else 0.0, "right": right, "missed": missed, "wrong": wrong}


def _confused(pairs: Sequence[tuple[Row, Row]]) -> list[dict[str, Any]]:
    """How often each intent was read as each other one, the most frequent first; a right reading stands as itself."""
    counts = Counter(
        (str(row["intent"]), str(row["intent"] if _first_is_right(row, reading) else reading["intent"]))
        for row, reading in pairs
    )
    return [{"wanted": wanted, "read": got, "times": times} for (wanted, got), times in counts.most_common()]


def _calibration(pairs: Sequence[tuple[Row, Row]]) -> list[dict[str, Any]]:
    """For each band of confidence: how sure the reading was on average, and how often it was right."""
    bands: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for row, reading in pairs:
        sure = float(reading["confidence"])
        bands[min(int(sure * _BINS), _BINS - 1)].append((sure, _first_is_right(row, reading)))
    return [
        {"confidence": round(sum(sure for sure, _ in band) / len(band), 4), **share(right for _, right in band)}
        for band in bands
        if band
    ]

"""How long, and how much: "six weeks" is P6W, "20 vallies" is 20, "a half gram" is 0.5 gram."""

from __future__ import annotations

import re

from bot.entities.entity import Entity
from bot.entities.message import Message
from bot.entities.sought import Sought
from bot.entities.time_words import either, time_words
from bot.entities.word_lists import word_list

_ISO = {"minute": "PT{}M", "hour": "PT{}H", "day": "P{}D", "week": "P{}W", "month": "P{}M", "year": "P{}Y"}
_AN_AGE = re.compile(r"[- ]?(?:old|auld)\b")
_MAKES_IT_A_LENGTH = re.compile(
    r"\b(?:for|about|after|over|nearly|almost|in|within|only|lasts?|lasted|took|takes|been|past|last|next|than|got|"
    r"half|gets|serving|doing|done|did|of) $"
)


class DurationReader:
    """Finds lengths of time, as ISO 8601 durations. Vague ones ("a few days") and ages are left."""

    def __init__(self) -> None:
        self._words = time_words()
        number, unit = rf"(?P<number>{self._words.number})", rf"(?P<unit>{self._words.unit})"
        self._pattern = re.compile(rf"(?<![\w£/.]){number}(?:[ -]|(?<=\d)){unit}(?P<half> and a half)?(?!\w)")
        self._half = re.compile(r"(?<!\w)(?:half an? (?:hour|hr)|hauf an? oor)(?!\w)")

    def read(self, message: Message) -> list[Entity]:
        """The lengths of time in this message, in order."""
        entities = [
            Entity("duration", "PT30M", message.text[match.start() : match.end()], *match.span())
            for match in self._half.finditer(message.plain)
        ]
        for match in self._pattern.finditer(message.plain):
            if _AN_AGE.match(message.plain, match.end()) or self._is_a_rate(message.plain, match):
                continue
            value = self._iso(match)
            if not any(entity.start < match.end() and match.start() < entity.end for entity in entities):
                entities.append(Entity("duration", value, message.text[match.start() : match.end()], *match.span()))
        return sorted(entities, key=lambda entity: entity.start)

    def _is_a_rate(self, plain: str, match: re.Match[str]) -> bool:
        """Whether "a day" says how often ("two bottles a day") rather than how long ("for a day")."""
        return match["number"] in ("a", "an") and not _MAKES_IT_A_LENGTH.search(plain, 0, match.start())

    def _iso(self, match: re.Match[str]) -> str:
        count, unit = self._words.count(match["number"]), self._words.units[match["unit"]]
        if match["half"]:
            smaller = {"year": ("month", 12), "month": ("week", 4), "week": ("day", 7), "hour": ("minute", 60)}
            if unit in smaller:
                unit, times = smaller[unit]
                return _ISO[unit].format(count * times + times // 2)
        if unit == "fortnight":
            return _ISO["week"].format(2 * count)
        return _ISO[unit].format(count)


class AmountReader:
    """Finds how much of something, and sums of money."""

    def __init__(self) -> None:
        words = word_list("amounts")
        self._words = time_words()
        self._measures = {said: measure for measure, names in words["measures"].items() for said in (measure, *names)}
        number = rf"(?P<number>\d{{1,4}}(?:\.\d+)?|{either(self._words.numbers)})"
        half = r"(?P<half>(?:a )?(?:half|hauf)(?: an?| a)? )?"
        measure = rf"(?P<measure>{either(self._measures)})"
        self._patterns = Sought(
            [
                rf"(?<![\w£/.:]){number} ?(?:x ?\d+ ?)?{measure}(?!\w)",
                rf"(?<!\w){half.rstrip('?')}{measure}(?!\w)",
                r"£ ?(?P<money>\d{1,3}(?:,?\d{3})*(?:\.\d\d)?)(?P<thousands>k)?(?!\w)",
                rf"(?<![\w£/.:]){number} (?P<times>hundred|hunner|thousand|grand)(?: (?:quid|pounds|pound))?(?!\w)",
                rf"(?<![\w£/.:]){number} (?P<quid>quid|pounds|pound|bob)(?!\w)",
                rf"(?<!\w)(?P<said>{either(words['said'])})(?!\w)",
            ]
        )
        self._counted = re.compile(rf"(?<![\w£/.:])(\d{{1,3}}|{either(self._words.numbers)}) $")
        self._said = dict(words["said"].items())

    def read(self, message: Message, substances: list[Entity]) -> list[Entity]:
        """The amounts in this message, in order. A number straight before a substance ("20 vallies") is one."""
        entities: list[Entity] = []
        for _, match in self._patterns.within(message):
            _add(entities, Entity("amount", self._value(match), message.text[slice(*match.span())], *match.span()))
        for substance in substances:
            counted = self._counted.search(message.plain[: substance.start])
            if counted and counted[1] not in ("a", "an", "tae", "one"):
                start, end = counted.span(1)
                _add(
                    entities, Entity("amount", str(self._words.count(counted[1])), message.text[start:end], start, end)
                )
        return sorted(entities, key=lambda entity: entity.start)

    def _value(self, match: re.Match[str]) -> str:
        groups = match.groupdict()
        if groups.get("said"):
            return str(self._said[groups["said"]])
        if groups.get("money"):
            pounds = groups["money"].replace(",", "") + ("000" if groups["thousands"] else "")
            return f"£{pounds}"
        number = groups.get("number")
        count = number if number is None or number[0].isdigit() else str(self._words.count(number))
        if groups.get("times"):
            return f"£{int(count or 1) * (100 if groups['times'] in ('hundred', 'hunner') else 1000)}"
        if groups.get("quid"):
            return f"£{count}"
        return f"{count or '0.5'} {self._measures[groups['measure']]}"


def _add(entities: list[Entity], entity: Entity) -> None:
    """Keep an entity unless its words are taken."""
    if not any(other.start < entity.end and entity.start < other.end for other in entities):
        entities.append(entity)

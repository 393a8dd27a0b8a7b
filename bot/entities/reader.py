"""Reads everything that a message mentions, in one pass over its words."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from bot.entities.dates import DateReader
from bot.entities.entity import Entity
from bot.entities.message import Message, PhraseBook
from bot.entities.people import PersonReader
from bot.entities.phones import read_phones
from bot.entities.quantities import AmountReader, DurationReader
from bot.entities.release import ReleaseReader
from bot.entities.substances import SubstanceReader
from bot.entities.whereabouts import WhereaboutsReader
from bot.entities.word_lists import word_list
from reference.places import Places
from reference.prisons import Prisons

_LONGEST_READ = 2000


class EntityReader:
    """Finds what a message mentions. Holds no state; `read` may be called from any thread."""

    def __init__(self, places: Places, prisons: Prisons) -> None:
        relations = word_list("relations")["relations"]
        people = frozenset(name for said in relations.values() for name in said if " " not in name)
        self._substances = SubstanceReader()
        self._people = PersonReader()
        self._whereabouts = WhereaboutsReader(places, prisons, people | {f"{name}s" for name in people})
        self._releases = ReleaseReader()
        self._dates = DateReader()
        self._durations = DurationReader()
        self._amounts = AmountReader()
        kinds = word_list("service_types")["service_types"]
        self._service_types = PhraseBook((said, need) for need, phrases in kinds.items() for said in phrases)

    @classmethod
    def load(cls) -> EntityReader:
        """The reader for the data of this checkout, built once."""
        return _standing_reader()

    def read(self, text: str, now: datetime) -> list[Entity]:
        """What `text` mentions, by where it starts. `now` is aware; days are reckoned in Scotland.

        Reads the first 2,000 characters; a longer message is read no further.
        """
        message = Message(text[:_LONGEST_READ])
        if not message.keys:
            return []
        releases = self._releases.read(message)
        phones = read_phones(message.text)
        dates = _apart(self._dates.read(message, now, releases), phones)
        durations = _apart(self._durations.read(message), phones, dates)
        whereabouts = self._whereabouts.read(message)
        substances = _apart(self._substances.read(message), whereabouts)
        amounts = _apart(self._amounts.read(message, substances), phones, dates, durations)
        people = _apart(self._people.read(message), whereabouts)
        found = [
            *phones, *dates, *durations, *amounts, *whereabouts, *substances, *people, *releases,
            *self._read_service_types(message),
        ]  # fmt: skip
        return sorted(found, key=lambda entity: (entity.start, entity.end))

    def _read_service_types(self, message: Message) -> list[Entity]:
        return [
            Entity("service_type", need, message.text[start:end], start, end)
            for first, last, need in self._service_types.find_apart(message)
            for start, end in [(message.spans[first][0], message.spans[last - 1][1])]
        ]


@lru_cache(maxsize=1)
def _standing_reader() -> EntityReader:
    return EntityReader(Places.load(), Prisons.load())


def _apart(entities: list[Entity], *others: list[Entity]) -> list[Entity]:
    """The entities whose words none of the others has taken."""
    taken = [(other.start, other.end) for group in others for other in group]
    return [entity for entity in entities if not any(entity.start < end and start < entity.end for start, end in taken)]

"""What an officer can send with a click: words of the content library with their places filled in, and services."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from uuid import UUID, uuid4

from fastapi import Request

from api.console.desk import PersonView
from api.console.words import NEEDS, ConsoleWords
from api.conversations import repository as conversations
from api.database.dependencies import database_of
from api.directory import service as directory
from api.handoffs import repository as handoffs
from api.problems import NotFound
from api.staff.guards import CurrentStaff
from reference.places import Places
from reference.prisons import Prisons
from reference.services import Service, ServiceDirectory, UnknownServiceError
from voice import CannotSayError, Voice

OFFICERS_OWN = "replies/ready_"
SERVICE_CARD = "replies/service_card"
TOPICS = (
    "replies",
    "naloxone",
    "overdose",
    "after_release",
    "treatment",
    "drugs",
    "drinking",
    "family",
    "strain",
    "bereavement",
    "prison",
)
"""In the order in which they are offered: an officer's own phrases, then what the service knows."""
MOST_FOUND = 12
_FOR_THE_ASSISTANT = re.compile(r"\b[Ww]rite [A-Z]{2,}|\bask me\b|\bI can tell you\b")
"""Words that only the assistant can keep to: an officer hears no commands."""


@dataclass(frozen=True)
class Find:
    """What is looked for. `need` and `place` are None while nothing was chosen, and empty for "any"."""

    q: str = ""
    need: str | None = None
    place: str | None = None

    def beginning_with(self, person: PersonView) -> Find:
        """The same, beginning with what is known of the person."""
        return replace(
            self,
            need=self.need if self.need is not None else (person.needs[0] if person.needs else ""),
            place=self.place if self.place is not None else Places.load().title(person.place) if person.place else "",
        )


@dataclass(frozen=True)
class ReadyWords:
    """A text that can be put in the box; `client_id` is no part of it: it is sent like any other message."""

    id: str
    topic: str
    text: str


@dataclass(frozen=True)
class FoundService:
    """A service, the lines it is shown with, and a number that makes a click on it one message."""

    id: str
    name: str
    what: str
    lines: Sequence[str]
    client_id: str


def find_words(voice: Voice, person: PersonView, staff: CurrentStaff, find: Find | None) -> Sequence[ReadyWords]:
    """Ready words that have every word of the search in them, filled in for this person."""
    wanted = (find.q if find else "").lower().split()
    found = (
        ready
        for ready in _all_words(voice, person, staff)
        if all(word in f"{ready.topic} {ready.text}".lower() for word in wanted)
    )
    return [ready for ready, _ in zip(found, range(MOST_FOUND), strict=False)]


def find_services(words: ConsoleWords, person: PersonView, find: Find | None) -> Sequence[FoundService]:
    """Services for a need in a place, nearest first, whose name or purpose has every word of the search in it."""
    asked = (find or Find()).beginning_with(person)
    need = asked.need if asked.need in NEEDS else None
    found = directory.find_services(ServiceDirectory.load(), Places.load(), need=need, place=asked.place or None).items
    wanted = asked.q.lower().split()
    kept = [one for one in found if all(word in f"{one.name} {one.what} {one.who}".lower() for word in wanted)]
    return [
        FoundService(
            one.id,
            one.name,
            one.what,
            [line for line in (one.phone, one.text, one.web, one.hours, one.how, one.where) if line],
            str(uuid4()),
        )
        for one in kept[:MOST_FOUND]
    ]


def service_card(words: ConsoleWords, service_id: str) -> str:
    """What the person is sent of a service. Raises NotFound."""
    try:
        service: Service = ServiceDirectory.load().get(service_id)
    except UnknownServiceError as error:
        raise NotFound("There is no such service.") from error
    contact = [line for line in (service.phone, service.web, service.how) if line]
    return words(SERVICE_CARD, name=service.name, what=service.what, contact=contact, hours=service.hours or "")


async def words_to_use(request: Request, handoff_id: UUID, staff: CurrentStaff, content_id: str) -> str:
    """Ready words for the box, for a page without its script; empty when there are none of this id."""
    voice: Voice = request.app.state.voice
    async with database_of(request).read() as session:
        handoff = await handoffs.handoff_by_id(session, handoff_id)
        if handoff is None or handoff.conversation_id is None:
            return ""
        conversation = await conversations.conversation_by_id(session, handoff.conversation_id)
        facts = {fact.name: fact.value for fact in await conversations.facts_of(session, handoff.conversation_id)}
    if conversation is None:
        return ""
    said = _say(voice, content_id, _wording(conversation.channel), facts, staff)
    return said.text if said else ""


def _all_words(voice: Voice, person: PersonView, staff: CurrentStaff) -> Iterator[ReadyWords]:
    by_topic = {topic: [block for block in voice.library if block.topic == topic] for topic in TOPICS}
    for block in chain.from_iterable(by_topic.values()):
        states_facts = block.source != ("gateside",)
        if block.asks or not (states_facts or block.id.startswith(OFFICERS_OWN)):
            continue
        ready = _say(voice, block.id, _wording(person.channel), person.facts, staff)
        if ready and not _FOR_THE_ASSISTANT.search(ready.text):
            yield ready


def _wording(channel: str) -> str:
    """The wording for a channel: what is said on the telephone is what stands on the web."""
    return "sms" if channel == "sms" else "web"


def _say(
    voice: Voice, content_id: str, channel: str, facts: dict[str, object], staff: CurrentStaff
) -> ReadyWords | None:
    topic, _, _ = content_id.partition("/")
    if topic not in TOPICS or content_id not in voice.library:
        return None
    prison = Prisons.load().named(str(facts["prison"])) if facts.get("prison") else None
    values = {
        **facts,
        "officer_first_name": staff.first_name,
        "prison_name": prison.title if prison else None,
        "place_name": Places.load().title(str(facts["place"])) if facts.get("place") else None,
    }
    audience = facts.get("audience")
    try:
        said = voice.say(
            content_id,
            channel=channel,
            audience=audience if audience in ("family", "self", "worker") else None,
            values={"relation": None, **{name: value for name, value in values.items() if value is not None}},
        )
    except CannotSayError:
        return None
    return ReadyWords(content_id, topic, said.text)

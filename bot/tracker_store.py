"""Where the assistant's memory of a conversation is kept, and how it is forgotten."""

from __future__ import annotations

import itertools
import json
import os
from collections import OrderedDict
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.ext.declarative import declarative_base

from reference.paths import home_folder

_Base = declarative_base()
_AT_HAND = 64
"""Conversations whose last tracker is kept at hand: those that are going on just now."""


class _TrackerEvent(_Base):  # type: ignore[misc, valid-type]
    """One event of one conversation, in a table of its own name: the service's database may be the same one."""

    __tablename__ = "tracker_events"

    id = sa.Column(sa.Integer, primary_key=True, autoincrement=True)
    sender_id = sa.Column(sa.String(255), nullable=False, index=True)
    type_name = sa.Column(sa.String(255), nullable=False)
    timestamp = sa.Column(sa.Float)
    intent_name = sa.Column(sa.String(255))
    action_name = sa.Column(sa.String(255))
    data = sa.Column(sa.Text)


_events = _TrackerEvent.__table__
_HOW_MANY = sa.select(sa.func.count()).select_from(_events).where(_events.c.sender_id == sa.bindparam("sender"))
_THEM_ALL = sa.select(_events.c.data).where(_events.c.sender_id == sa.bindparam("sender")).order_by(_events.c.id)


class GatesideTrackerStore(SQLTrackerStore):
    """Rasa's SQL store on this installation's database, which can forget a conversation without residue.

    A turn takes its tracker and gives it back with `save`. What was given back stays at hand for the next turn as long
    as the database holds as many events as it; a tracker of a turn that failed is not given back, and is read anew.
    """

    Base = _Base
    SQLEvent = _TrackerEvent

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        **kwargs: Any,
    ) -> None:
        """Open the database at `host`, or the one that the environment names."""
        address = host or database_url()
        super().__init__(domain=domain, host=address, event_broker=event_broker, **kwargs)
        self._at_hand: OrderedDict[str, DialogueStateTracker] = OrderedDict()
        if self.engine.dialect.name == "sqlite":
            self._keep_connections(address)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of a conversation, or None for a new one. It has one session, which never expires."""
        at_hand = self._at_hand.pop(sender_id, None)
        with self.engine.connect() as connection:
            stored = connection.execute(_HOW_MANY, {"sender": sender_id}).scalar_one()
            if at_hand is not None and len(at_hand.events) == stored:
                return at_hand
            rows = connection.execute(_THEM_ALL, {"sender": sender_id}).scalars().all() if stored else []
        if not rows or self.domain is None:
            return None
        return DialogueStateTracker.from_dict(sender_id, [json.loads(row) for row in rows], self.domain.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store what the turn added, all of it or nothing."""
        await self.stream_events(tracker)
        with self.engine.begin() as connection:
            stored = connection.execute(_HOW_MANY, {"sender": tracker.sender_id}).scalar_one()
            added = [
                _as_row(tracker.sender_id, event.as_dict()) for event in itertools.islice(tracker.events, stored, None)
            ]
            if added:
                connection.execute(sa.insert(_events), added)
        self._at_hand[tracker.sender_id] = tracker
        while len(self._at_hand) > _AT_HAND:
            self._at_hand.popitem(last=False)

    async def forget(self, sender_id: str) -> None:
        """Delete every event of the conversation; on SQLite its bytes are overwritten and the log is emptied."""
        self._at_hand.pop(sender_id, None)
        with self.session_scope() as session:
            session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == sender_id).delete()
            session.commit()
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))

    def _keep_connections(self, address: str) -> None:
        """Rasa opens and closes the file for every read and write; SQLite then empties its log each time: 12 ms."""
        self.engine.dispose()
        self.engine = sa.create_engine(
            address, poolclass=sa.pool.QueuePool, pool_size=2, connect_args={"check_same_thread": False}
        )
        sa.event.listen(self.engine, "connect", _overwrite_what_is_deleted)
        self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)


def _as_row(sender_id: str, event: dict[str, Any]) -> dict[str, Any]:
    return {
        "sender_id": sender_id,
        "type_name": event["event"],
        "timestamp": event.get("timestamp"),
        "intent_name": event.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": event.get("name"),
        "data": json.dumps(event),
    }


def database_url() -> str:
    """PostgreSQL where `GATESIDE_DATABASE_URL` says so, otherwise a file of the assistant's own in `GATESIDE_HOME`."""
    chosen = os.environ.get("GATESIDE_DATABASE_URL", "")
    if chosen.startswith("postgres"):
        return f"postgresql+psycopg2://{chosen.split('://', 1)[1]}"
    folder = home_folder()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "tracker.db"
    file.touch(mode=0o600)
    return f"sqlite:///{file}"


def _overwrite_what_is_deleted(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "secure_delete=ON", "synchronous=NORMAL", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()

"""Who is waiting for us to do something: lists of work that stay until somebody writes down how it ended.

The page lays out every kind in `KINDS`. Another kind of work is one more class with the shape of `WorkKind`, its words
as `console/work_<name>`, `..._hint` and `..._none`, and one more line there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from api.console.words import Choice, ConsoleWords
from api.staff.guards import CurrentStaff


@dataclass(frozen=True)
class WorkItem:
    """One thing to do for one person, as a line of words.

    `state` is why it stands there, in words; `late` draws it in amber. `take` is where a form to take the person is
    sent, `link` the page of the person. `to_record` is true where this reader may write down what came of it here.
    """

    id: UUID
    name: str | None
    for_whom: str
    state: str
    late: bool
    facts: Sequence[str] = ()
    tries: Sequence[str] = ()
    take: str | None = None
    link: str | None = None
    to_record: bool = False


@dataclass(frozen=True)
class Recorded:
    """What somebody writes down about one item: a code of the kind's `results`, and when it is tried again, if."""

    result: str
    note: str = ""
    again: str = ""


class WorkKind(Protocol):
    """One list of work."""

    @property
    def name(self) -> str:
        """Under which its words stand in the content, and its forms are sent."""

    @property
    def results(self) -> Mapping[str, str]:
        """What can have come of it: codes, and the content ids of their words."""

    async def items(
        self, session: AsyncSession, request: Request, *, reader: CurrentStaff, words: ConsoleWords
    ) -> Sequence[WorkItem]:
        """What is to be done, the most pressing first."""

    async def again(self, session: AsyncSession, request: Request, *, words: ConsoleWords) -> Sequence[Choice]:
        """The times at which it can be tried again; none where that is not chosen."""

    async def record(
        self, session: AsyncSession, request: Request, item_id: UUID, staff: CurrentStaff, what: Recorded
    ) -> None:
        """Write it down. Raises Conflict, NotFound or Unprocessable."""


@dataclass(frozen=True)
class WorkView:
    """One list as the page lays it out."""

    name: str
    items: Sequence[WorkItem]
    results: Sequence[Choice]
    again: Sequence[Choice]


async def work_view(
    session: AsyncSession, request: Request, kind: WorkKind, *, reader: CurrentStaff, words: ConsoleWords
) -> WorkView:
    """A kind of work with what stands in it now."""
    items = await kind.items(session, request, reader=reader, words=words)
    may_record = any(one.to_record for one in items)
    return WorkView(
        name=kind.name,
        items=items,
        results=[Choice(code, words(said)) for code, said in kind.results.items()],
        again=await kind.again(session, request, words=words) if may_record else (),
    )


def moment(at: datetime | None) -> str:
    """An instant as a form sends it back; empty for none."""
    return at.isoformat() if at else ""

"""What becomes of a parcel: accepted, put off, refused, and what the provider reports of it later.

Every change is made on the locked item, and only forward, in whatever order and however often it is told.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations import repository as conversations
from api.conversations.models import Status
from api.conversations.service import move_status
from api.delivery import repository
from api.delivery.failures import TOO_OLD, Failure, Then, text_rules
from api.delivery.models import Alert, OutboxItem, OutboxState, SentText
from api.delivery.pace import Pace
from api.delivery.sender import NotFoundYet, SendError, SendResult, Temporary, Unknown
from reference.clock import Clock

_FORWARD = {Status.SENT: 0, Status.DELIVERED: 1, Status.FAILED: 1}
"""The provider's last words on a text are `delivered` or `failed`; the first of them stands."""
_NO_DANGER = "none"
_ENDS_IT_ALL = (Then.OPTED_OUT, Then.CANNOT_BE_TEXTED)
_log = logging.getLogger(__name__)


async def accepted(session: AsyncSession, item_id: UUID, result: SendResult, clock: Clock) -> None:
    """The provider took a parcel, or was found to have taken it."""
    if not result.provider_id:
        await _accepted_without_id(session, item_id, result.status, clock)
        return
    await reported(session, result.provider_id, result.status, result.error_code, clock=clock, item_id=item_id)


async def put_off(
    session: AsyncSession,
    item_id: UUID,
    *,
    attempt: int,
    failure: SendError,
    jitter: float,
    pace: Pace,
    clock: Clock,
) -> None:
    """An attempt did not go, or nobody knows: it is tried or looked for again later, or given up after a day."""
    item = await _locked(session, item_id)
    if item is None or item.state != OutboxState.SENDING.value or item.attempts != attempt:
        # A report settled it meanwhile, or another worker has taken it over.
        return
    now = clock.now()
    # Once in doubt, in doubt until it is found: a later "not now" says nothing about the earlier attempt.
    item.doubted_at = now if isinstance(failure, Unknown) else item.doubted_at
    item.state, item.claimed_until, item.error_code = OutboxState.PENDING.value, None, failure.code
    item.next_attempt_at = now + timedelta(seconds=_pause(item, failure, jitter, pace))
    if isinstance(failure, NotFoundYet) and item.doubted_at is not None:
        item.next_attempt_at = min(item.next_attempt_at, pace.doubt_over_at(item.doubted_at, urgent=item.urgent))
    if text_rules().failure(failure.code).then is Then.OPERATOR:
        _log.error("texts cannot be sent until somebody mends the account: %s", failure.code)
    if item.urgent and item.conversation_id is not None and now - item.created_at >= pace.urgent_told_after:
        item.alert = item.alert or Alert.UNDELIVERED.value
    if item.next_attempt_at - item.created_at > pace.given_up_after:
        await given_up(session, item, TOO_OLD, clock)


def _pause(item: OutboxItem, failure: SendError, jitter: float, pace: Pace) -> float:
    settles = 0.0 if isinstance(failure, Temporary) else pace.doubt_settles
    at_least = max(failure.retry_after or 0.0, settles)
    return pace.pause(item.attempts, jitter, urgent=item.urgent, at_least=at_least)


async def refused(session: AsyncSession, item_id: UUID, *, attempt: int, code: str | None, clock: Clock) -> None:
    """The provider will never take a parcel."""
    item = await _locked(session, item_id, failure=text_rules().failure(code))
    if item is not None and item.state == OutboxState.SENDING.value and item.attempts == attempt:
        await given_up(session, item, code, clock)


async def reported(
    session: AsyncSession,
    provider_id: str,
    status: Status | None,
    error_code: str | None = None,
    *,
    clock: Clock,
    item_id: UUID | None = None,
) -> bool:
    """The provider says how far a text has come; False for a text that is none of ours.

    `item_id` is the parcel as the report itself names it: so a report that is quicker than the answer to the attempt
    settles the attempt. `status` is None for a report that says nothing about how far it came.
    """
    text = await repository.sent_text(session, provider_id)
    item_id = text.outbox_id if text is not None else item_id
    failed = text_rules().failure(error_code) if status is Status.FAILED else None
    item = await _locked(session, item_id, failure=failed) if item_id is not None else None
    if item is None:
        return False
    if failed is not None and failed.then is Then.OPTED_OUT:
        await _stop_texts(session, item, clock)
    text = await repository.sent_text(session, provider_id) or await _new_text(session, item, provider_id, clock)
    if status is None or _FORWARD[status] <= _FORWARD[Status(text.status)]:
        return True
    text.status, text.error_code, text.noted_at = status.value, error_code, clock.now()
    if status is Status.DELIVERED:
        await _tell(session, item, status)
    elif provider_id == item.provider_id and item.state == OutboxState.SENT.value:
        await _came_back(session, item, error_code, clock)
    return True


async def given_up(session: AsyncSession, item: OutboxItem, code: str | None, clock: Clock) -> None:
    """It will not arrive: staff are told why, and what follows from it is done. `item` must be locked."""
    failure = text_rules().failure(code)
    _log.error("%s %s could not be delivered: %s", item.channel, item.id, code)
    await _mark_failed(session, item, code, failure)
    if item.conversation_id is None:
        return
    if failure.then in _ENDS_IT_ALL:
        for other in await repository.waiting_for(session, item.conversation_id):
            await _mark_failed(session, other, code, failure)
    if failure.then is Then.OPTED_OUT:
        await _stop_texts(session, item, clock)
    conversation = await conversations.conversation_by_id(session, item.conversation_id)
    if item.alert is None and conversation is not None and conversation.safety != _NO_DANGER:
        item.alert = Alert.UNDELIVERED.value


async def dropped(session: AsyncSession, item: OutboxItem, code: str) -> None:
    """It must not go: the person has stopped the texts since. `item` must be locked."""
    item.state, item.claimed_until, item.error_code = OutboxState.DROPPED.value, None, code
    await _tell(session, item, Status.FAILED, failure=text_rules().failure(code).says)


async def _came_back(session: AsyncSession, item: OutboxItem, code: str | None, clock: Clock) -> None:
    """The network could not deliver it. It is sent anew where that can help, while it is still the last word."""
    rules = text_rules()
    after = rules.failure(code).resend_after
    if after is None or item.resends >= rules.resends or not await is_last_word(session, item):
        await given_up(session, item, code, clock)
        return
    item.state, item.provider_id, item.error_code = OutboxState.PENDING.value, None, code
    item.resends += 1
    item.next_attempt_at = clock.now() + after
    item.first_tried_at = None


async def is_last_word(session: AsyncSession, item: OutboxItem) -> bool:
    """Whether nobody has said anything since what this item carries."""
    if item.conversation_id is None:
        return True
    conversation = await conversations.conversation_by_id(session, item.conversation_id)
    return conversation is not None and conversation.last_seq <= await repository.last_seq_of(session, item)


async def _stop_texts(session: AsyncSession, item: OutboxItem, clock: Clock) -> None:
    if item.conversation_id is None:
        return
    conversation = await conversations.conversation_for_change(session, item.conversation_id)
    if conversation is not None and conversation.opted_out_at is None:
        conversation.opted_out_at = clock.now()
        item.alert = Alert.STOPPED.value


async def _new_text(session: AsyncSession, item: OutboxItem, provider_id: str, clock: Clock) -> SentText:
    text = SentText(
        provider_id=provider_id, outbox_id=item.id, status=Status.SENT.value, error_code=None, noted_at=clock.now()
    )
    session.add(text)
    if item.state in (OutboxState.PENDING.value, OutboxState.SENDING.value):
        item.provider_id = provider_id
        await _mark_accepted(session, item, clock)
    else:
        _log.error("%s %s is at the provider's once more than we know of", item.channel, item.id)
    return text


async def _accepted_without_id(session: AsyncSession, item_id: UUID, status: Status, clock: Clock) -> None:
    item = await _locked(session, item_id)
    if item is not None and item.state == OutboxState.SENDING.value:
        await _mark_accepted(session, item, clock)
        await _tell(session, item, status)


async def _mark_accepted(session: AsyncSession, item: OutboxItem, clock: Clock) -> None:
    item.state, item.claimed_until, item.doubted_at = OutboxState.SENT.value, None, None
    item.accepted_at, item.error_code = clock.now(), None
    await _tell(session, item, Status.SENT)


async def _mark_failed(session: AsyncSession, item: OutboxItem, code: str | None, failure: Failure) -> None:
    item.state, item.claimed_until, item.error_code = OutboxState.FAILED.value, None, code
    await _tell(session, item, Status.FAILED, failure=failure.says)


async def _tell(session: AsyncSession, item: OutboxItem, status: Status, *, failure: str | None = None) -> None:
    for message_id in await repository.messages_of(session, item):
        await move_status(session, message_id, status, failure=failure)


async def _locked(session: AsyncSession, item_id: UUID, *, failure: Failure | None = None) -> OutboxItem | None:
    """The item; where the failure touches more than the item, behind its conversation (decision 7)."""
    if failure is not None and failure.then in _ENDS_IT_ALL:
        conversation_id = await repository.conversation_id_of(session, item_id)
        if conversation_id is not None:
            await conversations.conversation_for_change(session, conversation_id)
    return await repository.item_for_change(session, item_id)

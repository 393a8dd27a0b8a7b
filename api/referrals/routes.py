"""Referrals over HTTP, for a force's own system. The page for staff at a door stands with the web channel."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response

from api.referrals.door import ReferralDoor, referral_door_of
from api.referrals.keys import HoldsReferralKey, KeyHolder
from api.referrals.schemas import Reached, ReferralIn, ReferralOut
from api.referrals.service import Referrer

router = APIRouter(prefix="/api/v1/referrals", tags=["referrals"])
Door = Annotated[ReferralDoor, Depends(referral_door_of)]
Holder = Annotated[KeyHolder, Depends(HoldsReferralKey())]


@router.post("", status_code=HTTPStatus.CREATED)
async def refer(
    wanted: ReferralIn,
    holder: Holder,
    door: Door,
    response: Response,
    idempotency_key: Annotated[str, Header(min_length=8, max_length=200)],
) -> ReferralOut:
    """Refer a family with their consent. The same `Idempotency-Key` again is the same referral, told again with 200."""
    receipt, is_new = await door.take(
        wanted,
        by=Referrer("wire", holder.service, key=str(holder.key_id)),
        idempotency_key=idempotency_key,
        counted=[(item, str(holder.key_id)) for item in door.limits.by_key],
    )
    if not is_new:
        response.status_code = HTTPStatus.OK
    return ReferralOut(
        id=receipt.id,
        call_from=receipt.call_from,
        call_by=receipt.call_by,
        code=receipt.code,
        now=door.now(receipt),
    )


@router.get("/reached/{code}")
async def reached(code: str, request: Request, holder: Holder, door: Door) -> Reached:
    """Whether the family was reached: the one thing that a referrer is ever told."""
    return Reached(reached=await door.was_reached(code[:40], address=str(holder.key_id)))

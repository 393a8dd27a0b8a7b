"""Builds the application: every part, every route, and what runs while it is open."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from api import operations
from api.body_limit import BodyLimit
from api.channels.sms import dev_phone
from api.channels.sms import routes as sms
from api.channels.sms.routes import TextDoor
from api.channels.web import choices, conversations, copy, live, pages, plan, result, signpost, signpost_plan
from api.channels.web.dependencies import Door
from api.channels.web.pages import Pages
from api.channels.web.rates import Rates
from api.clockwork.duties import Duty, run_forever
from api.clockwork.queue import see_to_the_queue
from api.clockwork.referrals import see_to_referrals
from api.clockwork.retention import Keeping, Retention
from api.console.library import router as library
from api.console.routes import router as console
from api.corrections.routes import router as corrections
from api.database.migrate import migrate
from api.delivery.courier import Courier
from api.delivery.unprompted import QuietHours
from api.delivery.worker import Outbox
from api.directory.routes import router as directory
from api.handoffs.officers import Handoffs
from api.handoffs.routes import router as handoffs
from api.headers import OpenToEmbedding, SafeHeaders
from api.insight.routes import router as insight
from api.parts import Parts, build_parts
from api.privacy.routes import router as people
from api.problems import http_problem, install_problem_details
from api.reception import routes as reception
from api.reception.arrivals import as_kept
from api.reception.routes import ActionsDoor
from api.reception.spooling import SpooledNotes
from api.referrals.door import ReferralDoor
from api.referrals.routes import router as referrals
from api.referrals.service import Referrals
from api.referrals.texting import FirstText
from api.release_plans.asking import CheckIns
from api.release_plans.routes import router as release_plans
from api.release_plans.staff_routes import router as non_response
from api.settings import Settings, read_settings
from api.staff.access import routes_by_access
from api.staff.presence_routes import router as presence
from api.staff.second_step import SecondSteps
from api.staff.sign_in import Attempts

_TOLD = {
    HTTPStatus.NOT_FOUND: "errors/not_found",
    HTTPStatus.UNPROCESSABLE_ENTITY: "errors/bad_request",
    HTTPStatus.INTERNAL_SERVER_ERROR: "errors/something_went_wrong",
}
"""What a chat window shows of an error that nothing more is known of."""

_PAGES_OF_THEIR_OWN = ("/api/", "/internal/", "/webhooks/", "/health/", "/metrics", "/console")


def duties_of(parts: Parts) -> list[Duty]:
    """What has to be done again and again, and how many seconds apart."""
    courier = Courier(parts.database, parts.senders, parts.clock, daily_cap=parts.settings.texts_a_day)
    return [
        Duty("turns", parts.turns.run, 1.0, endless=True),
        Duty("outbox", Outbox(parts.database, courier, parts.clock).run, 1.0, endless=True),
        Duty("queue", see_to_the_queue(parts.database, parts.queue), 5.0),
        Duty("referrals", see_to_referrals(parts.database, referrals_of(parts), first_text_of(parts)), 30.0),
        Duty("check-ins", check_ins_of(parts).one_round, 2.0),
        Duty("spool", parts.reception.replay, 2.0),
        Duty("forgetting", parts.owed.one_round, 5.0),
        Duty("retention", retention_of(parts).one_round, 600.0),
    ]


def check_ins_of(parts: Parts) -> CheckIns:
    """Who asks how it goes around a release."""
    quiet = QuietHours.of(parts.settings)
    return CheckIns(parts.database, parts.assistant, parts.voice, parts.clock, quiet)


def retention_of(parts: Parts) -> Retention:
    """What lets go of what has been kept for long enough."""
    keeping = Keeping.by(parts.settings)
    drop_spooled = SpooledNotes(parts.spool).drop_older
    return Retention(parts.database, parts.eraser, parts.clock, keeping, drop_spooled=drop_spooled)


def referrals_of(parts: Parts) -> Referrals:
    """The rules of referrals: a family's worry is read for danger as a message is."""
    return Referrals(parts.queue, lambda worry: as_kept(parts.reader.read(worry)))


def first_text_of(parts: Parts) -> FirstText | None:
    """The text before a call to a referred family; None where no texts can be sent."""
    if "sms" not in parts.senders:
        return None
    quiet = QuietHours.of(parts.settings)
    return FirstText(voice=parts.voice, clock=parts.clock, numbers=parts.numbers, quiet=quiet)


def create_app(settings: Settings, *, parts: Parts | None = None) -> FastAPI:
    """The whole front door for these settings; raises UnguardedRoute if a route says not who may use it."""
    parts = parts or build_parts(settings)
    app = FastAPI(title="Gateside", version="1", docs_url=None, redoc_url=None, lifespan=_lifespan)
    _hang(app, parts)
    install_problem_details(app, {status: parts.voice.say(told, channel="web").text for status, told in _TOLD.items()})
    app.add_exception_handler(HTTPException, _http_error)
    for router in (
        conversations.router,
        choices.router,
        plan.router,
        result.router,
        copy.router,
        live.router,
        pages.router,
        signpost.router,
        signpost_plan.router,
        sms.router,
        dev_phone.router,
        reception.router,
        corrections,
        handoffs,
        referrals,
        presence,
        people,
        directory,
        library,
        non_response,
        insight,
        console,
        operations.router,
    ):
        app.include_router(router)
    app.include_router(release_plans, include_in_schema=False)
    routes_by_access(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(OpenToEmbedding)
    app.add_middleware(SafeHeaders, base_url=settings.base_url)
    return app


def application() -> FastAPI:
    """The application of this process's settings, for uvicorn's `--factory`."""
    return create_app(read_settings())


def _hang(app: FastAPI, parts: Parts) -> None:
    """Put the parts where the rooms' own dependencies look for them."""
    state = app.state
    state.parts = parts
    state.settings, state.keys, state.clock = parts.settings, parts.keys, parts.clock
    state.database, state.live, state.voice, state.reader = parts.database, parts.live, parts.voice, parts.reader
    state.handoffs, state.numbers = Handoffs(parts.queue), parts.numbers
    state.eraser = parts.eraser
    state.sign_in_attempts = Attempts(parts.settings.redis_url)
    state.second_steps = SecondSteps(
        encryption_key=parts.keys.encryption,
        clock=parts.clock,
        asked_of_everybody=parts.settings.second_step_for == "everybody",
    )
    state.pages = Pages(parts.voice, parts.settings)
    state.texts = TextDoor(parts.database, parts.reception, parts.numbers)
    state.actions = ActionsDoor(parts.database, parts.requests, parts.officers, parts.clock)
    rates = Rates(parts.settings.redis_url)
    state.referrals = ReferralDoor(parts.database, referrals_of(parts), rates, parts.voice)
    state.webchat = Door(
        database=parts.database,
        live=parts.live,
        reception=parts.reception,
        officers=parts.officers,
        erase=parts.eraser.erase,
        voice=parts.voice,
        clock=parts.clock,
        rates=rates,
    )


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    parts: Parts = app.state.parts
    try:
        if parts.database.is_sqlite:
            await migrate(parts.database)
        working = asyncio.create_task(run_forever(duties_of(parts))) if parts.settings.worker else None
        yield
        if working is not None:
            working.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await working
    finally:
        await parts.close()


async def _http_error(request: Request, error: Exception) -> Response:
    """What is not there: a page for people, a problem document for programs."""
    assert isinstance(error, HTTPException)
    wants_page = "text/html" in request.headers.get("accept", "")
    if wants_page and not request.url.path.startswith(_PAGES_OF_THEIR_OWN):
        shown: Pages = request.app.state.pages
        missing = error.status_code == HTTPStatus.NOT_FOUND
        page = shown.error("pages/error_not_found" if missing else "pages/error_wrong")
        return HTMLResponse(page, status_code=error.status_code, headers={"Cache-Control": "no-store"})
    return await http_problem(request, error)

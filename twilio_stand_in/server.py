"""The stand-in over HTTP: Twilio's documented calls, and under `/stand-in` what only a stand-in has."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from twilio_stand_in.faults import Faults
from twilio_stand_in.messages import VERSION, Message, error, wrong_with
from twilio_stand_in.opt_out import STOPPED
from voice.segments import measure

if TYPE_CHECKING:
    from twilio_stand_in.stand_in import TwilioStandIn

Endpoint = Callable[[Request], Awaitable[Response]]
_REFUSED = {429: (20429, "Too Many Requests"), 401: (20003, "Authenticate"), 404: (20404, "Not found")}
_LARGEST_PAGE = 1000


class HangUp(Response):
    """An answer that breaks off: the server closes the connection before the promised body has come."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Promise a body and send none."""
        await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"64")]})


def build_app(stand_in: TwilioStandIn) -> Starlette:
    """The ASGI application of a stand-in."""
    server = _Server(stand_in)
    messages = f"/{VERSION}/Accounts/{{account_sid}}/Messages"
    service = "/v1/Services/{service_sid}"
    asked: list[tuple[str, str, Endpoint]] = [
        ("POST", f"{messages}.json", server.create),
        ("GET", f"{messages}.json", server.list),
        ("GET", f"{messages}/{{sid}}.json", server.fetch),
        ("DELETE", f"{messages}/{{sid}}.json", server.delete),
        ("GET", f"/{VERSION}/Accounts/{{account_sid}}.json", server.account),
        ("GET", service, server.service),
        ("GET", f"{service}/PhoneNumbers", server.numbers),
        ("GET", f"{service}/ShortCodes", server.no_others),
        ("GET", f"{service}/AlphaSenders", server.no_others),
    ]
    routes = [Route(path, server.known(endpoint), methods=[method]) for method, path, endpoint in asked]
    return Starlette(
        routes=[
            *routes,
            Route("/stand-in/health", server.health),
            Route("/stand-in/phones/{number}", server.phone, methods=["GET"]),
            Route("/stand-in/phones/{number}/texts", server.phone_texts, methods=["POST"]),
            Route("/stand-in/messages", server.everything, methods=["GET"]),
            Route("/stand-in/faults", server.set_faults, methods=["PUT"]),
        ]
    )


class _Server:
    def __init__(self, stand_in: TwilioStandIn) -> None:
        self._of = stand_in

    def known(self, endpoint: Endpoint) -> Endpoint:
        """Only for whoever has the account's token, and asks for this account."""

        async def checked(request: Request) -> Response:
            pair = f"{self._of.account_sid}:{self._of.auth_token}"
            wanted = "Basic " + b64encode(pair.encode()).decode()
            account = request.path_params.get("account_sid", self._of.account_sid)
            if request.headers.get("authorization") != wanted or account != self._of.account_sid:
                return JSONResponse(error(401, 20003, "Authenticate"), 401)
            return await endpoint(request)

        return checked

    # ---- messages

    async def create(self, request: Request) -> Response:
        """`CreateMessage`, with the faults that were asked for."""
        # Read first: who hangs up while the server is slow has still sent it.
        fields = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        faults = self._of.faults
        if faults.delay_seconds:
            await asyncio.sleep(faults.delay_seconds)
        if self._of.goes_on is not None:
            await self._of.goes_on.wait()
        refused = self._refusal()
        if refused is not None:
            return refused
        wrong = wrong_with(fields)
        if wrong is None and fields["To"] in self._of.stopped:
            wrong = STOPPED, "Attempt to send to unsubscribed recipient"
        if wrong is None and fields["To"] in self._of.refused:
            wrong = self._of.refused[fields["To"]], "Refused"
        if wrong is not None:
            return JSONResponse(error(400, *wrong), 400)
        taken = self._of.take(fields)
        if self._of.lose_answers or faults.loses():
            self._of.lose_answers = max(0, self._of.lose_answers - 1)
            return HangUp() if faults.lost_answer == "hang_up" else Response(status_code=504)
        return JSONResponse(self._resource(taken), 201)

    async def list(self, request: Request) -> Response:
        """`ListMessage`, newest first, a page at a time."""
        wanted = dict(request.query_params)
        try:
            found = self._of.found(wanted)
            page, size = int(wanted.get("Page", "0")), int(wanted.get("PageSize", "50"))
        except ValueError:
            return JSONResponse(error(400, 20001, "A parameter is wrong"), 400)
        size = max(1, min(size, _LARGEST_PAGE))
        start = page * size
        shown = found[start : start + size]
        kept = {name: value for name, value in wanted.items() if name not in ("Page", "PageToken")}

        def at(number: int) -> str:
            return f"{request.url.path}?{urlencode({**kept, 'PageSize': size, 'Page': number})}"

        return JSONResponse(
            {
                "messages": [self._resource(one) for one in shown],
                "page": page,
                "page_size": size,
                "start": start,
                "end": max(start, start + len(shown) - 1),
                "uri": at(page),
                "first_page_uri": at(0),
                "previous_page_uri": at(page - 1) if page else None,
                "next_page_uri": at(page + 1) if start + size < len(found) else None,
            }
        )

    async def fetch(self, request: Request) -> Response:
        """`FetchMessage`."""
        found = self._of.message(request.path_params["sid"])
        return _not_found() if found is None else JSONResponse(self._resource(found))

    async def delete(self, request: Request) -> Response:
        """`DeleteMessage`. What is still on its way can't be deleted."""
        found = self._of.message(request.path_params["sid"])
        if found is None:
            return _not_found()
        if self._of.webhooks.connected and found.status in ("accepted", "queued"):
            return JSONResponse(error(409, 20009, "Cannot delete a message that is not finished"), 409)
        self._of.messages.remove(found)
        return Response(status_code=204)

    # ---- the account and its messaging service

    async def account(self, _request: Request) -> Response:
        """`FetchAccount`."""
        return JSONResponse(
            {"sid": self._of.account_sid, "friendly_name": "stand-in", "status": "active", "type": "Full"}
        )

    async def service(self, request: Request) -> Response:
        """`FetchService`."""
        service = self._service_of(request)
        if service is None:
            return _not_found()
        return JSONResponse(service.resource(self._of.account_sid, _base(request)))

    async def numbers(self, request: Request) -> Response:
        """The service's `ListPhoneNumber`."""
        service = self._service_of(request)
        if service is None:
            return _not_found()
        shown = [one.resource(self._of.account_sid, service.sid, _base(request)) for one in service.numbers]
        return _listed(request, "phone_numbers", shown)

    async def no_others(self, request: Request) -> Response:
        """The service's short codes and names: it has none."""
        key = "short_codes" if request.url.path.endswith("ShortCodes") else "alpha_senders"
        return _listed(request, key, [])

    def _service_of(self, request: Request) -> Any:
        return self._of.service if request.path_params["service_sid"] == self._of.service.sid else None

    # ---- what only a stand-in has

    async def health(self, _request: Request) -> Response:
        """It runs."""
        return JSONResponse({"status": "ok"})

    async def phone(self, request: Request) -> Response:
        """Everything on somebody's phone, oldest first."""
        number = request.path_params["number"]
        shown = [one for one in self._of.messages if number in (one.to, one.sender)]
        return JSONResponse({"messages": [_on_the_phone(one) for one in shown]})

    async def phone_texts(self, request: Request) -> Response:
        """Somebody's phone texts the service: `{body}`, and `{pictures}` when it sends some."""
        asked = json.loads(await request.body())
        more = _pictures(int(asked.get("pictures", 0)))
        taken = await self._of.phone_texts(request.path_params["number"], str(asked.get("body", "")), **more)
        return JSONResponse(_on_the_phone(taken), 201)

    async def everything(self, _request: Request) -> Response:
        """Every message as the API shows it, oldest first."""
        return JSONResponse({"messages": [self._resource(one) for one in self._of.messages]})

    async def set_faults(self, request: Request) -> Response:
        """Choose what goes wrong from now on, by the names in `Faults`."""
        asked = json.loads(await request.body())
        known = {each.name for each in dataclasses.fields(Faults) if each.init}
        if not set(asked) <= known:
            return JSONResponse({"unknown": sorted(set(asked) - known)}, 422)
        self._of.faults = Faults(**asked)
        return JSONResponse(asked)

    def _refusal(self) -> Response | None:
        if self._of.refusals:
            status, body, headers = self._of.refusals.pop(0)
            return JSONResponse(body, status, headers)
        faults = self._of.faults
        if not faults.refuses():
            return None
        code, words = _REFUSED.get(faults.fail_status, (20500, "Internal Server Error"))
        headers = {} if faults.retry_after is None else {"Retry-After": str(faults.retry_after)}
        return JSONResponse(error(faults.fail_status, code, words), faults.fail_status, headers)

    def _resource(self, message: Message) -> dict[str, Any]:
        return message.resource(self._of.account_sid)


def _not_found() -> Response:
    return JSONResponse(error(404, 20404, "The requested resource was not found"), 404)


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _listed(request: Request, key: str, items: list[dict[str, Any]]) -> Response:
    """A whole list on one page, as the messaging API tells it."""
    url = str(request.url)
    meta = {
        "key": key, "page": 0, "page_size": 50, "url": url, "first_page_url": url,
        "previous_page_url": None, "next_page_url": None,
    }  # fmt: skip
    return JSONResponse({key: items, "meta": meta})


def _pictures(number: int) -> dict[str, str]:
    more = {"NumMedia": str(number)} if number else {}
    for index in range(number):
        more[f"MediaUrl{index}"] = f"https://media.example.org/{index}"
        more[f"MediaContentType{index}"] = "image/jpeg"
    return more


def _on_the_phone(message: Message) -> Mapping[str, Any]:
    length = measure(message.body)
    return {
        "sid": message.sid,
        "mine": message.direction == "inbound",
        "body": message.body,
        "at": message.created_at.isoformat(),
        "status": message.status,
        "error_code": message.error_code,
        "segments": max(1, length.segments),
        "encoding": length.encoding,
        "units": length.units,
        "pictures": message.num_media,
    }

"""The webchat live."""

from __future__ import annotations

import httpx

from tests.api.channels.sockets import connected
from tests.api.house import House
from tests.api.people import hire


def _path(conversation_id: object) -> str:
    return f"/api/v1/conversations/{conversation_id}/live"


async def test_what_is_said_and_who_has_it_is_told_live(house: House, http: httpx.AsyncClient) -> None:
    assert house.app is not None
    karen = await hire(house.parts.database, house.clock, "Karen Muir", present=True)
    chat = await house.chat()
    async with connected(house.app, _path(chat.id)) as socket:
        await socket.send({"token": chat.token})
        assert await socket.hear() == {"type": "ready"}
        await house.writes(chat, "he's no breathin", settle=False)
        heard = [(await socket.hear_type("message"))["message"]["author"] for _ in range(3)]
        assert heard == ["person", "service", "service"]
        owner = await socket.hear_type("owner")
        assert (owner["owner"], owner["position"]) == ("queue", 1)
        taken = await http.post("/api/v1/handoffs/next", headers=karen.bearer)
        assert taken.status_code == 200
        await http.post(f"/api/v1/handoffs/{taken.json()['id']}/messages", json={"text": "Hi"}, headers=karen.bearer)
        while (owner := await socket.hear_type("owner"))["owner"] != "officer":
            continue
        assert owner["officer"] == {"first_name": "Karen"}


async def test_typing_is_told_to_the_other_side_only(house: House, http: httpx.AsyncClient) -> None:
    assert house.app is not None
    chat = await house.chat()
    async with (
        connected(house.app, _path(chat.id)) as socket,
        house.parts.live.subscribe(f"conversation:{chat.id}") as events,
    ):
        await socket.send({"token": chat.token})
        await socket.hear()
        await socket.send({"type": "typing"})
        assert await anext(events) == (
            f"conversation:{chat.id}",
            {"type": "typing", "author": "person", "name": None},
        )
        await house.parts.live.publish(
            f"conversation:{chat.id}", {"type": "typing", "author": "officer", "name": "Karen"}
        )
        assert (await socket.hear())["author"] == "officer"


async def test_a_wrong_token_and_a_wrong_frame_and_an_unknown_conversation_are_shown_out(
    house: House, http: httpx.AsyncClient
) -> None:
    assert house.app is not None
    chat, other = await house.chat(), await house.chat()
    for frame in ({"token": other.token}, {"token": None}, {}, "nonsense", "[]", "x" * 5000):
        async with connected(house.app, _path(chat.id)) as socket:
            await socket.send(frame)
            assert await socket.hear() == 4401
    async with connected(house.app, _path("01a202c8-c1c5-7259-af8c-09428c9c92d9")) as socket:
        await socket.send({"token": chat.token})
        assert await socket.hear() == 4404


async def test_a_socket_that_vanishes_loses_nothing(house: House, http: httpx.AsyncClient) -> None:
    assert house.app is not None
    chat = await house.chat()
    async with connected(house.app, _path(chat.id)) as socket:
        await socket.send({"token": chat.token})
        await socket.hear()
        await socket.vanish()
    async with connected(house.app, _path(chat.id)) as socket:
        await socket.vanish()
    await house.writes(chat, "hello", settle=False)
    await house.settled()
    since = await http.get(f"/api/v1/conversations/{chat.id}/messages", headers=chat.bearer)
    assert [item["text"] for item in since.json()["items"]] == ["hello", "You said: hello"]


async def test_a_wipe_is_told_and_the_socket_closed(house: House, http: httpx.AsyncClient) -> None:
    assert house.app is not None
    chat = await house.chat()
    async with connected(house.app, _path(chat.id)) as socket:
        await socket.send({"token": chat.token})
        await socket.hear()
        await http.delete(f"/api/v1/conversations/{chat.id}", headers=chat.bearer)
        assert await socket.hear() == {"type": "wiped"}
        assert await socket.hear() == 4404


async def test_a_socket_too_slow_to_follow_is_told_to_come_again(house: House, http: httpx.AsyncClient) -> None:
    assert house.app is not None
    chat = await house.chat()
    async with connected(house.app, _path(chat.id)) as socket:
        await socket.send({"token": chat.token})
        await socket.hear()
        await house.parts.live.publish(f"conversation:{chat.id}", {"type": "resync"})
        assert await socket.hear() == 1012

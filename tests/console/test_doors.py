"""Nobody comes in but staff, and a door says plainly why it stays shut."""

from __future__ import annotations

import re
from uuid import uuid4

import httpx
import pytest

from tests.console.house import PASSWORD, House, Officer

pytestmark = pytest.mark.browser


@pytest.fixture
def visitor(house: House) -> httpx.Client:
    return httpx.Client(base_url=house.address, follow_redirects=False)


def signed_in(house: House, officer: Officer) -> httpx.Client:
    cookie = house.cookie(officer)
    return httpx.Client(base_url=house.address, cookies={cookie["name"]: cookie["value"]})


def test_somebody_signed_out_is_led_to_the_door_and_back(desk, house: House, calum: Officer) -> None:
    person = house.arrives("my brother came home today")
    me = desk().go(f"/console/people/{person.handoff_id}")
    assert "/console/sign-in" in me.page.url
    me.page.get_by_label("Email").fill(calum.email)
    me.page.get_by_label("Password").fill("not the password")
    me.button("Sign in").click()
    me.says("That email and password do not go together").wait_for()
    assert me.page.get_by_label("Email").input_value() == calum.email

    me.page.get_by_label("Password").fill(PASSWORD)
    me.button("Sign in").click()
    me.says("my brother came home today").wait_for()
    assert me.page.url == f"{house.address}/console/people/{person.handoff_id}"


def test_signing_out_ends_the_session_in_the_house_too(desk, house: House) -> None:
    me = desk(house.officer("Sheena Last")).go()
    cookies = {cookie["name"]: cookie["value"] for cookie in me.context.cookies()}
    me.page.locator("#menu > summary").click()
    me.button("Sign out").click()
    me.says("You are signed out.").wait_for()
    assert httpx.get(f"{house.address}/console", cookies=cookies).status_code == 303


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(house: House, calum: Officer) -> None:
    answer = httpx.post(f"{house.address}/console/sign-in", data={"email": calum.email, "password": PASSWORD})
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_form_without_the_sessions_token_changes_nothing(house: House, calum: Officer) -> None:
    person = house.arrives("hello")
    with signed_in(house, calum) as client:
        for data in ({}, {"csrf_token": "guessed"}):
            answer = client.post(f"/console/people/{person.handoff_id}/claim", data=data)
            assert answer.status_code == 403
            assert "Not for your role" not in answer.text
            assert "open too long" in answer.text
    assert house.state_of(person) == "waiting"


def test_a_form_on_another_site_cannot_sign_anybody_in(visitor: httpx.Client, calum: Officer) -> None:
    answer = visitor.post(
        "/console/sign-in",
        data={"email": calum.email, "password": PASSWORD},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_too_many_tries_are_told_to_wait(visitor: httpx.Client, house: House) -> None:
    officer = house.officer("Many Tries")
    answers = [
        visitor.post("/console/sign-in", data={"email": officer.email, "password": f"guess number {n}"})
        for n in range(6)
    ]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert "Wait a few minutes" in answers[-1].text


def test_a_new_officer_sets_a_password_with_the_one_time_link(desk, house: House) -> None:
    token, email = house.invited("Isla Gray")
    me = desk().go(f"/console/welcome/{token}")
    for first, second, said in (
        ("short", "short", "too short"),
        ("three quiet owls", "three quiet cows", "not the same"),
    ):
        me.page.get_by_label("New password", exact=True).fill(first)
        me.page.get_by_label("New password again").fill(second)
        me.button("Set your password").click()
        me.says(said).wait_for()
    me.page.get_by_label("New password", exact=True).fill("three quiet owls")
    me.page.get_by_label("New password again").fill("three quiet owls")
    me.button("Set your password").click()
    me.says("Your password is set").wait_for()
    me.page.get_by_label("Email").fill(email)
    me.page.get_by_label("Password").fill("three quiet owls")
    me.button("Sign in").click()
    me.says("Nobody is waiting").wait_for()

    me.go(f"/console/welcome/{token}")
    me.says("This link has been used or is too old").wait_for()
    assert me.page.get_by_label("New password").count() == 0


def test_whoever_keeps_the_accounts_does_not_read_what_people_wrote(house: House) -> None:
    admin = house.officer("Ann Keys", role="admin")
    person = house.arrives("my son took something")
    with signed_in(house, admin) as client:
        answer = client.get(f"/console/people/{person.handoff_id}")
    assert answer.status_code == 403
    assert "my son" not in answer.text
    assert "Your role can&#39;t do this" in answer.text


@pytest.mark.parametrize("path", ["/console/nowhere", "/console/people/not-an-id", f"/console/people/{uuid4()}"])
def test_a_page_that_is_not_there_says_so_in_the_consoles_face(house: House, calum: Officer, path: str) -> None:
    with signed_in(house, calum) as client:
        answer = client.get(path)
    assert answer.status_code == 404
    assert "Go to the queue" in answer.text
    assert answer.headers["content-type"].startswith("text/html")


def test_look_and_script_are_kept_by_the_browser_until_they_change(visitor: httpx.Client) -> None:
    for name in ("console.css", "people.css", "tokens.css", "console.js", "theme.js", "icon.svg"):
        first = visitor.get(f"/console/static/{name}")
        assert first.status_code == 200, name
        again = visitor.get(f"/console/static/{name}", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b""), name
    assert visitor.get("/console/static/words.py").status_code == 404


def test_a_page_names_the_version_of_its_look_so_that_browsers_ask_for_it_once(visitor: httpx.Client) -> None:
    looks = re.findall(r'href="(/console/static/[^"]+\.css[^"]*)"', visitor.get("/console/sign-in").text)
    assert len(looks) == 4
    for look in looks:
        assert "immutable" in visitor.get(look).headers["cache-control"]
        assert visitor.get(look[:-1]).headers["cache-control"] == "no-cache", "another version is not kept"

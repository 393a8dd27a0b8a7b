"""A lead's password alone opens nothing; a phone, or one of the codes kept for the day it is lost, does."""

from __future__ import annotations

import httpx
import pyotp
import pytest
from playwright.sync_api import expect

from tests.console.house import PASSWORD, House, Officer

pytestmark = pytest.mark.browser


def give_password(me, officer: Officer) -> None:
    me.go("/console/sign-in")
    me.page.get_by_label("Email").fill(officer.email)
    me.page.get_by_label("Password").fill(PASSWORD)
    me.button("Sign in").click()


def set_up(me) -> tuple[pyotp.TOTP, list[str]]:
    """Scan the picture, type what the phone shows, keep the recovery codes."""
    assert me.page.locator(".picture svg").bounding_box()["width"] > 150
    phone = pyotp.TOTP(me.page.locator(".secret").inner_text().replace(" ", ""))
    me.page.get_by_label("The six numbers your phone shows now").fill(phone.now())
    me.button("Switch it on").click()
    codes = recovery_codes(me)
    me.page.get_by_role("link", name="I have kept them").click()
    return phone, codes


def recovery_codes(me) -> list[str]:
    """The codes on the page, once it is there."""
    shown = me.page.locator(".codes code")
    expect(shown).to_have_count(10)
    return shown.all_inner_texts()


def test_a_lead_sets_up_a_phone_at_the_first_sign_in_and_is_asked_for_it_ever_after(desk, house: House) -> None:
    lead = house.officer("Shona Bell", role="lead")
    me = desk()
    give_password(me, lead)
    me.says("Your role needs more than a password").wait_for()
    me.go("/console")
    assert "/console/sign-in" in me.page.url, "the password alone opens nothing"
    give_password(me, lead)
    _, codes = set_up(me)
    assert len(codes) == 10
    me.says("Nobody is waiting").wait_for()

    other = desk()
    give_password(other, lead)
    other.page.get_by_label("Code").fill("000000")
    other.button("Sign in").click()
    other.says("That code does not fit").wait_for()
    other.page.get_by_label("Code").fill(codes[3])
    other.button("Sign in").click()
    other.says("Nobody is waiting").wait_for()


def test_an_officer_may_have_it_too_and_ends_sessions_that_are_not_theirs(desk, house: House) -> None:
    officer = house.officer("Una Orr")
    elsewhere, me = desk(user_agent="Mozilla/5.0 (iPhone) Version/18.0 Mobile Safari/604.1"), desk()
    give_password(elsewhere, officer)
    elsewhere.says("Nobody is waiting").wait_for()
    give_password(me, officer)
    me.says("Nobody is waiting").wait_for()
    me.go("/console/account")
    me.says("A password alone opens your account").wait_for()
    me.page.get_by_role("link", name="Set up a second step").click()
    set_up(me)
    me.says("10 recovery codes are left").wait_for()

    expect(me.page.locator(".lines li")).to_have_count(2)
    me.page.get_by_role("button", name="Sign out Safari, iPhone").click()
    me.says("Signed out there.").wait_for()
    expect(me.page.locator(".lines li")).to_have_count(1)
    elsewhere.go("/console")
    assert "/console/sign-in" in elsewhere.page.url


def test_new_recovery_codes_and_another_phone_are_given_only_for_a_code(desk, house: House) -> None:
    officer = house.officer("Iona Moss")
    me = desk(officer).go("/console/sign-in/set-up?next=/console/account")
    _, codes = set_up(me)
    make_new = me.page.locator(".fold", has_text="Make new recovery codes")
    make_new.locator("summary").click()
    make_new.get_by_label("Code").fill("000000")
    make_new.get_by_role("button").click()
    me.says("That code does not fit").wait_for()
    make_new.locator("summary").click()
    make_new.get_by_label("Code").fill(codes[0])
    make_new.get_by_role("button").click()
    new = recovery_codes(me)
    assert not set(new) & set(codes)
    me.page.get_by_role("link", name="I have kept them").click()
    renew = me.page.locator(".fold", has_text="Use another phone")
    renew.locator("summary").click()
    renew.get_by_label("Code").fill(new[0])
    renew.get_by_role("button").click()
    me.says("Open an authenticator app on your phone").wait_for()


def test_nobody_ends_somebody_elses_session(house: House, calum: Officer, moira: Officer) -> None:
    mine = httpx.Client(base_url=house.address, cookies={"gateside_staff": house.cookie(calum)["value"]})
    theirs = house.session_ids(moira, sign_in=True)
    csrf = house.csrf_of(calum)
    answer = mine.post(f"/console/account/sessions/{theirs[0]}/end", data={"csrf_token": csrf})
    assert answer.status_code == 404
    assert house.session_ids(moira) == theirs


def test_a_password_is_changed_by_who_knows_it_and_signs_out_everywhere_else(desk, house: House) -> None:
    officer = house.officer("Una Blair")
    elsewhere = desk(officer).go()
    me = desk()
    me.go("/console/sign-in")
    give_password(me, officer)
    me.says("Nobody is waiting").wait_for()

    def change(old: str, new: str, again: str) -> None:
        me.go("/console/account")
        me.page.locator("#password-fold > summary").click()
        me.page.locator("#old").fill(old)
        me.page.locator("#password").fill(new)
        me.page.locator("#again").fill(again)
        me.button("Change the password", within="#password-fold form").click()

    change("not the password", "four quiet otters", "four quiet otters")
    me.says("That is not the password you have now.").wait_for()
    change(PASSWORD, "four quiet otters", "four quiet others")
    me.says("The two passwords are not the same.").wait_for()
    change(PASSWORD, "four quiet otters", "four quiet otters")
    me.says("Your password is changed.").wait_for()
    assert "/console/sign-in" in elsewhere.go("/console").page.url
    answer = httpx.post(f"{house.address}/console/sign-in", data={"email": officer.email, "password": PASSWORD})
    assert answer.status_code == 401

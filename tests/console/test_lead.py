"""A lead sees how it goes and what was done, an officer neither; who keeps the accounts reads nobody's words."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import httpx
import pytest

from api.console.words import ConsoleWords, local_day
from api.insight import over_time
from tests.console.house import House, Officer

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def shona(running_house: House) -> Officer:
    return running_house.officer("Shona Bell", role="lead")


@pytest.fixture(scope="session")
def ann(running_house: House) -> Officer:
    return running_house.officer("Ann Keys", role="admin")


class Browser:
    """Somebody signed in, without the pages' script."""

    def __init__(self, house: House, officer: Officer) -> None:
        cookie = house.cookie(officer)
        self.client = httpx.Client(base_url=house.address, cookies={cookie["name"]: cookie["value"]})
        self.csrf = house.csrf_of(officer)

    def reads(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def sends(self, path: str, **data: object) -> httpx.Response:
        return self.client.post(path, data={"csrf_token": self.csrf, **data})


@pytest.mark.parametrize("path", ["now", "over-time", "over-time.csv", "audit", "audit.csv", "staff"])
def test_an_officer_sees_none_of_a_leads_pages(house: House, calum: Officer, path: str) -> None:
    assert Browser(house, calum).client.get(f"/console/{path}").status_code == 403


def test_who_keeps_the_accounts_comes_to_them_and_to_what_was_done_and_no_further(house: House, ann: Officer) -> None:
    me = Browser(house, ann)
    assert me.client.get("/console").headers["location"] == "/console/staff"
    me.reads("/console/staff")
    assert "/console/people/" not in me.reads("/console/audit")
    for path in ("now", "over-time"):
        assert me.client.get(f"/console/{path}").status_code == 403


def test_now_tells_who_waits_who_is_there_and_which_promise_is_broken(
    house: House, shona: Officer, calum: Officer
) -> None:
    house.arrives("hello", minutes_ago=3)
    late = house.arrives("he's no breathin", level="emergency", minutes_ago=90)
    house.promise_broken(late)
    page = Browser(house, shona).reads("/console/now")
    assert "waiting 90 min" in page
    assert f'/console/people/{late.handoff_id}">Emergency' in page
    assert "too late since" in page


def test_small_numbers_are_left_out_on_the_page_and_in_the_file(house: House, shona: Officer, calum: Officer) -> None:
    house.a_month_of_contacts(calum, 60)
    house.arrives("hello", facts={"place": "orkney islands"})
    me = Browser(house, shona)
    page = me.reads("/console/over-time?days=91")
    rows = list(csv.reader(io.StringIO(me.reads("/console/over-time.csv?days=91"))))
    areas = {value: count for measure, value, count in rows if measure == "area"}
    assert areas["orkney islands"] == "fewer than 5"
    assert re.search(r"Orkney Islands</th><td><span class=\"told\">fewer than 5<", page)
    counts = [count for _, _, count in rows[1:] if count.isdigit()]
    assert not {"1", "2", "3", "4"} & {count for measure, _, count in rows if not measure.startswith("wait_")}
    assert counts


def test_what_was_done_is_shown_with_names_and_without_anybodys_words(
    house: House, shona: Officer, calum: Officer
) -> None:
    house.arrives("came first", minutes_ago=30)
    person = house.taken_by(calum, "a very private sentence")
    page = Browser(house, shona).reads(f"/console/audit?kind=handoff&actor={calum.id}")
    assert "Took the person" in page
    assert "picked out of turn" in page
    assert "Calum Reid" in page
    assert f"/console/people/{person.handoff_id}" in page
    assert "private sentence" not in page


def test_the_audit_is_read_in_stretches_and_none_is_left_out(house: House, shona: Officer, calum: Officer) -> None:
    person = house.taken_by(calum, "hello")
    for number in range(60):
        house.notes(person, calum, f"note {number}")
    me = Browser(house, shona)
    first = me.reads(f"/console/audit?kind=handoff&about={person.handoff_id}")
    older = re.search(r'href="(/console/audit\?[^"]*before=[^"]*)"', first)
    assert older is not None
    second = me.reads(older[1].replace("&amp;", "&"))
    assert first.count("<td>Wrote a note") + second.count("<td>Wrote a note") == 60


def test_the_audit_is_narrowed_by_deed_person_and_day_and_saved_as_a_file_which_is_itself_written_down(
    house: House, shona: Officer, calum: Officer
) -> None:
    person = house.taken_by(calum, "a very private sentence")
    house.notes(person, calum, "=1+1")
    me = Browser(house, shona)
    today = local_day(house.clock.now()).isoformat()
    about = f"about={person.handoff_id}&deed=handoff.noted&actor={calum.id}"
    page = me.reads(f"/console/audit?{about}&first={today}&last={today}")
    assert page.count("<td>Wrote a note") == 1
    assert "<td>Took the person" not in page
    assert "<td>Wrote a note" not in me.reads(f"/console/audit?{about}&last=2020-01-01")
    rows = list(csv.DictReader(io.StringIO(me.reads(f"/console/audit.csv?{about}&first={today}"))))
    assert [(row["actor"], row["deed_code"], row["about"]) for row in rows] == [
        ("Calum Reid", "handoff.noted", str(person.handoff_id))
    ]
    saved = me.reads(f"/console/audit?deed=staff.audit_exported&actor={shona.id}")
    assert "<td>Saved this list as a file" in saved
    assert "rows 1" in saved


def test_every_deed_that_is_written_down_has_words(house: House) -> None:
    code = "\n".join(file.read_text() for file in Path(over_time.__file__).parent.parent.rglob("*.py"))
    deeds = set(re.findall(r'"((?:handoff|staff)\.[a-z_]+)"', code)) - {"staff.id", "staff.html"}
    words = ConsoleWords(house.app.state.voice)
    assert len(deeds) > 40
    assert sorted(deed for deed in deeds if f"console/audit_{deed.replace('.', '_')}" not in words) == []


def test_services_that_refer_are_counted_by_their_code_and_few_are_not_told(house: House, shona: Officer) -> None:
    house.referred("hmp-kilmarnock", 9, reached=6)
    house.referred("hmp-perth", 3)
    me = Browser(house, shona)
    rows = {(one, two): count for one, two, count in csv.reader(io.StringIO(me.reads("/console/over-time.csv")))}
    assert rows["referred_by", "hmp-perth"] == "fewer than 5"
    assert (rows["referred", "families"], rows["referred", "reached"]) == ("12", "6")
    assert "HMP Kilmarnock" in me.reads("/console/over-time")


def test_a_lead_opens_and_closes_accounts(house: House, shona: Officer) -> None:
    me = Browser(house, shona)
    added = me.sends("/console/staff", name="Eilidh Ross", email="eilidh@gateside.example", role="officer").text
    link = re.search(r"/console/welcome/[\w-]+", added)
    assert link is not None
    assert "Set your password" in httpx.get(house.address + link[0]).text
    assert me.sends("/console/staff", name="Eilidh Again", email="eilidh@gateside.example").status_code == 422

    leaver = house.officer("Lea Ver")
    theirs = Browser(house, leaver)
    theirs.reads("/console")
    assert "signed out everywhere" in me.sends(f"/console/staff/{leaver.id}/active", active="no").text
    assert theirs.client.get("/console").status_code == 303
    assert me.sends(f"/console/staff/{shona.id}/active", active="no").status_code == 422


def test_a_lead_says_what_somebody_is_good_for(house: House, shona: Officer, calum: Officer) -> None:
    me = Browser(house, shona)
    page = me.sends(f"/console/staff/{calum.id}/skills", skill=["justice"], capacity="4").text
    assert re.search(r'value="justice" checked', page)
    me.sends(f"/console/staff/{calum.id}/skills", capacity="3")

"""The pages for people who would rather look than chat: /overdose, /naloxone, /leaving-prison and /services."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timezone
from html import unescape
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from api.channels.web.page_templates import PAGE_FOLDER, PageTemplates
from api.channels.web.services_page import look_up
from tests.api.clocks import FixedClock
from voice import Voice

PAGES = {"/overdose": "overdose.html", "/naloxone": "naloxone.html", "/leaving-prison": "leaving_prison.html"}
ALL = (*PAGES, "/services")
CLOCK = FixedClock(datetime(2026, 11, 24, 12, tzinfo=timezone.utc))
SVG_SHAPES = {"svg", "path", "circle", "rect", "text", "g"}


def plain(html: str) -> str:
    """The words of a page in reading order."""
    words = re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", " ", html, flags=re.DOTALL))
    return " ".join(unescape(words).split())


@pytest.fixture(scope="session")
def templates(voice: Voice) -> PageTemplates:
    return PageTemplates(voice, demonstration=True, exit_address="/dull")


@pytest.fixture(scope="session")
def services(templates: PageTemplates) -> Callable[..., str]:
    def page(need: str = "", place: str = "") -> str:
        return templates.render("services.html", found=look_up(need, place, clock=CLOCK, say=templates.say))

    return page


@pytest.fixture(scope="session")
def html(templates: PageTemplates, services: Callable[..., str]) -> dict[str, str]:
    return {path: templates.render(template) for path, template in PAGES.items()} | {"/services": services()}


@pytest.mark.parametrize("path", ALL)
def test_every_page_says_999_before_anything_else_that_it_has_to_say(html: dict[str, str], path: str) -> None:
    main = html[path].split("<main", 1)[1]
    before = (
        main[: main.index('href="tel:999"')] if 'href="tel:999"' in main else main[: main.index('href="/overdose"')]
    )

    assert "<h2" not in before


@pytest.mark.parametrize("path", ALL)
def test_every_page_is_honest_about_what_it_is_and_leads_on(html: dict[str, str], path: str) -> None:
    assert "Demonstration only" in html[path]
    assert "Not yet clinically reviewed" in html[path]
    assert "data-gateside-open" in html[path]
    assert 'href="tel:08080101011"' in html[path]
    assert "Leave this page" in html[path]
    for other in ALL:
        assert f'href="{other}"' in html[path]


@pytest.mark.parametrize("path", ALL)
def test_no_page_carries_script_or_style_inline(html: dict[str, str], path: str) -> None:
    assert re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", html[path]) is None


def test_the_overdose_page_holds_what_saves_a_life_and_nothing_that_costs_one(html: dict[str, str]) -> None:
    words = plain(html["/overdose"])

    order = [
        "Call 999 now",
        "Shout and shake",
        "Open the airway",
        "push on the chest",
        "Give naloxone",
        "Stay with them",
    ]
    assert sorted(order, key=words.index) == order
    for said in ("2 to 3 minutes", "as little as 20 minutes", "It does no harm", "Don't leave them to sleep it off"):
        assert said in words
    assert "do what 999 says" in words
    assert not re.search(r"safe (dose|amount)|no police|police won't", words, re.IGNORECASE)


def test_the_naloxone_page_gives_each_kind_as_its_leaflet_says(html: dict[str, str]) -> None:
    spray, injection = plain(html["/naloxone"]).split("The injection (Prenoxad)")

    assert "Don't test it" in spray
    assert "the other nostril" in spray
    assert "outer thigh" in injection
    assert "through clothes" in injection
    assert "Push to the next black line. That is one dose" in injection


@pytest.mark.parametrize("drawing", sorted((PAGE_FOLDER / "drawings").glob("*.svg")), ids=lambda file: file.stem)
def test_a_drawing_is_shapes_in_the_pages_own_colours_and_is_used_with_words_beside_it(
    drawing: Path, html: dict[str, str]
) -> None:
    svg = drawing.read_text()

    assert set(re.findall(r"<([a-z]+)", svg)) <= SVG_SHAPES
    assert not re.search(r"#[0-9a-f]{3}|rgb|style=|href", svg)
    assert drawing.stat().st_size < 4_000
    assert any(svg.strip() in page for page in html.values())


def test_every_drawing_has_a_text_alternative(html: dict[str, str]) -> None:
    for page in html.values():
        for figure in re.findall(r"<figure[^>]*>", page):
            label = re.search(r'role="img" aria-label="([^"]+)"', figure)
            assert label is not None
            assert len(label[1].split()) > 5


# The directory


def test_a_search_by_need_and_place_has_what_is_near_first_and_the_national_ones_too(
    services: Callable[..., str],
) -> None:
    names = re.findall(r"<h3>([^<]+)</h3>", services("family_support", "Kirkcaldy"))

    assert names[:2] == ["Scottish Families local family service", "Scottish Families Affected by Alcohol and Drugs"]
    assert "Families Outside" in names
    assert "For Fife" in services("family_support", "Kirkcaldy")


def test_every_service_that_is_shown_says_when_it_was_read_and_a_doubtful_one_says_so(
    services: Callable[..., str],
) -> None:
    page = services("housing")

    assert page.count("Read on ") == page.count("<dt>For:</dt>")
    assert "The page was old. Ring or look before you go." in page


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("Narnia", "We don&#39;t know the place &#34;Narnia&#34;"),
        ("Carlisle", "These serve England too"),
        ("wales", "These serve Wales too"),
        ("Belfast", "These serve Northern Ireland too"),
        ("Dublin", "ring the emergency number there"),
    ],
)
def test_a_place_that_is_not_in_scotland_or_not_known_is_told_so_and_still_gets_something(
    services: Callable[..., str], place: str, said: str
) -> None:
    page = services("mental_health", place)

    assert said in page
    assert "Samaritans" in page


@pytest.mark.parametrize("place", ["<script>alert(1)</script>", '" onfocus="x', "x" * 400, "💙", "  "])
def test_whatever_is_typed_as_a_place_is_shown_as_text(services: Callable[..., str], place: str) -> None:
    page = services("", place)

    assert "<script>" not in page.split("<main")[1].split("</main>")[0]
    assert 'value="" onfocus' not in page
    assert "Samaritans" in page


def test_a_need_that_is_none_is_taken_for_anything(services: Callable[..., str]) -> None:
    assert services("hugs").count("<h3>") == services().count("<h3>")


def test_where_nothing_was_chosen_the_whole_country_stands_by_need_and_what_is_near_comes_first(
    services: Callable[..., str],
) -> None:
    page = services("", "Glasgow")
    near, everywhere = page.split('id="found"')[1].split("<details", 1)
    assert "The Thistle" in near
    assert "The Thistle" not in everywhere.split('id="drop-ins"')[0]
    assert set(re.findall(r"<summary><span>([^<]+) <", page)) >= {
        "Support for families",
        "A roof",
        "Naloxone",
        "Leaving prison",
    }
    assert "<details open" not in page
    assert "<details" not in services("housing", "Glasgow")


def test_the_next_drop_in_is_named_with_its_day_and_one_without_dates_says_whom_to_ask(
    services: Callable[..., str],
) -> None:
    assert "Next: Tuesday 24 November, 09:00 to 21:00" in services("", "Glasgow")
    kilmarnock = services("", "Kilmarnock").split('id="drop-ins"')[1]
    assert "We know neither the dates nor whether it still runs. Ask in the prison" in kilmarnock
    assert "Next:" not in kilmarnock


# As people meet them


@pytest.fixture
def at(visitor, wire, html: dict[str, str]):
    wire.pages.update({path: ("text/html", page) for path, page in html.items()})

    def go(path: str, **options: object):
        me = visitor(**options)
        me.page.goto(me.address + path)
        return me

    return go


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_on_any_page(at, scheme: str) -> None:
    for path in ALL:
        me = at(path, color_scheme=scheme, reduced_motion="reduce")
        found = Axe().run(me.page).response["violations"]
        assert [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]] == [], path


@pytest.mark.browser
def test_every_page_is_whole_without_script_on_a_small_phone(at, artifacts: Path) -> None:
    for path in ALL:
        me = at(path, width=320, height=568, java_script_enabled=True)
        sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert me.page.evaluate(sideways) == 0, path
        bare = at(path, width=360, height=780, java_script_enabled=False)
        assert bare.page.locator("main a[href='tel:999']").first.is_visible()
        assert "The chat needs JavaScript" in bare.page.inner_text("body")
        bare.page.screenshot(path=artifacts / f"page{path.replace('/', '-')}.png", full_page=True)


@pytest.mark.browser
def test_the_search_works_with_the_keyboard_and_no_script(at) -> None:
    me = at("/services", java_script_enabled=False)
    me.page.get_by_label("What would help?").select_option("Naloxone")
    me.page.get_by_label("Where are you?").fill("Wick")
    with me.page.expect_request(re.compile("/services\\?")) as asked:
        me.page.get_by_label("Where are you?").press("Enter")
    assert asked.value.url.endswith("/services?need=naloxone&place=Wick")


@pytest.mark.browser
def test_services_are_few_screens_on_a_phone_and_a_need_opens_without_script(at, artifacts: Path) -> None:
    me = at("/services", java_script_enabled=False)
    high = me.page.locator("body").bounding_box()["height"]
    assert high < 5 * 844
    assert not me.page.get_by_text("Shelter Scotland").first.is_visible()
    me.page.get_by_text("A roof", exact=False).locator("visible=true").last.click()
    assert me.page.get_by_text("Shelter Scotland").locator("visible=true").count() == 1
    for scheme in ("light", "dark"):
        for name, width in (("phone", 390), ("laptop", 1280)):
            again = at("/services", width=width, color_scheme=scheme)
            again.page.locator("summary").nth(3).click()
            again.page.screenshot(path=artifacts / f"page-services-{name}-{scheme}.png", full_page=True)


@pytest.mark.browser
def test_on_paper_the_steps_are_there_and_the_buttons_are_not(at) -> None:
    me = at("/overdose")
    me.page.emulate_media(media="print")
    assert me.page.locator(".drawing").first.is_visible()
    assert not me.page.get_by_role("link", name="Leave this page").is_visible()


@pytest.mark.browser
def test_the_chat_is_one_tap_away(at) -> None:
    me = at("/overdose")
    me.page.locator("button[data-gateside-open]").click()
    assert me.box.is_visible()

"""The public pages: useful without script, and honest about what they are."""

from __future__ import annotations

import re

import pytest

from api.channels.web.page_templates import PageTemplates, linked
from voice import Voice


def page(voice: Voice, *, demonstration: bool = False, sms_number: str | None = None) -> str:
    templates = PageTemplates(voice, demonstration=demonstration, exit_address="https://weather.example/")
    return templates.render("front.html", sms_number=sms_number)


@pytest.mark.browser
def test_without_script_the_page_says_what_to_do_in_danger_and_whom_to_call(visitor) -> None:
    me = visitor(java_script_enabled=False)
    me.page.goto(me.address)
    first = me.page.locator("main section").first
    assert "Call 999 first" in first.inner_text()
    assert first.locator("a[href='tel:999']").first.is_visible()
    assert me.page.locator("a[href='tel:08080101011']").first.is_visible()
    assert "The chat needs JavaScript" in me.page.inner_text("body")
    assert me.page.get_by_role("link", name="Leave this page").get_attribute("href") == "/dull"
    assert me.page.get_by_role("button").count() == 0


@pytest.mark.browser
def test_the_pages_own_button_opens_the_chat(visitor) -> None:
    me = visitor().visit()
    me.page.locator("button[data-gateside-open]").click()
    assert me.box.is_visible()


def test_demonstration_mode_is_said_on_the_page_until_it_ends(voice: Voice) -> None:
    assert "Demonstration only" in page(voice, demonstration=True)
    assert "Demonstration only" not in page(voice)


def test_the_page_says_that_nothing_was_clinically_reviewed(voice: Voice) -> None:
    assert "Not yet clinically reviewed" in page(voice)


def test_a_number_to_text_is_shown_only_where_there_is_one(voice: Voice) -> None:
    assert 'href="tel:+447700900000"' in page(voice, sms_number="+44 7700 900000")
    assert "Or text" not in page(voice)


def test_no_page_carries_script_or_style_inline(voice: Voice) -> None:
    for html in (
        page(voice, demonstration=True),
        PageTemplates(voice, demonstration=True, exit_address="/").render("exit.html"),
    ):
        assert re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", html) is None


def test_the_error_page_still_names_999_and_a_person_to_call(voice: Voice) -> None:
    templates = PageTemplates(voice, demonstration=False, exit_address="/")
    html = templates.render("error.html", error="pages/error_not_found")
    assert "There is no page at this address" in html
    assert 'href="tel:999"' in html
    assert 'href="tel:08080101011"' in html


def test_linked_text_rings_numbers_opens_addresses_and_escapes_the_rest() -> None:
    html = str(linked("Call 08080 10 10 11 & see sfad.org.uk <b>"))
    assert html == (
        'Call <a href="tel:08080101011" rel="noreferrer">08080 10 10 11</a> &amp; see '
        '<a href="https://sfad.org.uk" rel="noreferrer">sfad.org.uk</a> &lt;b&gt;'
    )

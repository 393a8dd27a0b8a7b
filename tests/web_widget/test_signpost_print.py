"""The card and the leaflet: the words are on the paper, the code leads to the chat, and it can be looked at."""

from __future__ import annotations

from pathlib import Path

import httpx
import pypdfium2
import pytest
import zxingcpp

from api.app import create_app
from tests.api.clocks import FixedClock
from tests.api.house import build_house
from tests.chromium import artifacts_of
from voice import Voice

KINDS = ("card", "leaflet")


class Paper:
    """A PDF as a person and a phone's camera see it."""

    def __init__(self, document: bytes) -> None:
        self._document = pypdfium2.PdfDocument(document)

    @property
    def pages(self) -> int:
        return len(self._document)

    @property
    def size_mm(self) -> tuple[int, int]:
        width, height = self._document[0].get_size()
        return round(width / 72 * 25.4), round(height / 72 * 25.4)

    @property
    def words(self) -> str:
        return " ".join(self._document[0].get_textpage().get_text_range().split())

    def codes(self, *, dots_an_inch: int = 200) -> list[str]:
        picture = self._document[0].render(scale=dots_an_inch / 72).to_pil()
        return [found.text for found in zxingcpp.read_barcodes(picture)]

    def save(self, path: Path) -> None:
        self._document[0].render(scale=110 / 72).to_pil().save(path)


async def printed(tmp_path: Path, kind: str, *, service: str = "", sms_number: str | None = "+447700900900") -> Paper:
    more = {"sms_number": sms_number} if sms_number else {}
    house = build_house(tmp_path, f"sqlite:///{tmp_path / 'gateside.db'}", FixedClock(), **more)
    app = create_app(house.parts.settings, parts=house.parts)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://gateside.example.org") as http:
        answer = await http.get(f"/signpost/{kind}.pdf", params={"service": service})
    await house.parts.close()
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    return Paper(answer.content)


@pytest.mark.parametrize("kind", KINDS)
async def test_it_is_one_sheet_of_a4_with_the_helpline_the_chat_and_the_number_to_text(
    tmp_path: Path, kind: str
) -> None:
    paper = await printed(tmp_path, kind)

    assert (paper.pages, paper.size_mm) == (1, (210, 297))
    for said in ("08080 10 10 11", "gateside.example.org", "07700 900900", "999", "16 or over"):
        assert said in paper.words
    paper.save(artifacts_of("widget") / f"signpost-{kind}.png")


@pytest.mark.parametrize(("kind", "how_many"), [("card", 8), ("leaflet", 1)])
async def test_the_code_on_it_opens_the_chat_and_says_whose_card_it_is(
    tmp_path: Path, kind: str, how_many: int
) -> None:
    paper = await printed(tmp_path, kind, service="hmp-perth")

    assert paper.codes() == ["https://gateside.example.org/?from=hmp-perth"] * how_many


async def test_eight_cards_say_the_same_and_a_poor_printer_still_gives_a_readable_code(tmp_path: Path) -> None:
    paper = await printed(tmp_path, "card")

    assert paper.words.count("08080 10 10 11") == paper.words.count("Somebody won't wake up? 999") == 8
    assert paper.codes(dots_an_inch=90) == ["https://gateside.example.org/"] * 8


@pytest.mark.parametrize("kind", KINDS)
async def test_without_a_number_to_text_none_is_spoken_of(tmp_path: Path, kind: str) -> None:
    assert "Or text" not in (await printed(tmp_path, kind, sms_number=None)).words


@pytest.mark.parametrize("kind", KINDS)
async def test_every_word_on_it_comes_from_the_library(tmp_path: Path, kind: str) -> None:
    voice = Voice.load()
    values = {"address": "gateside.example.org", "number": "07700 900900"}
    texts = {
        " ".join(voice.say(block.id, channel="web", values={name: values[name] for name in block.values}).text.split())
        for block in voice.library
        if block.topic == "signpost_card"
    }
    left = (await printed(tmp_path, kind)).words
    for text in sorted(texts, key=len, reverse=True):
        left = left.replace(text, "")
    assert left.split() == []

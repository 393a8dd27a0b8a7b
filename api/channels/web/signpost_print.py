"""The card and the leaflet as PDF, and the square code on them: the same words as on the page, drawn with ReportLab.

Everything is drawn in black and one colour on white, readable on a poor printer and in grey.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlsplit

import segno
from reportlab.lib.colors import Color, black, toColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from api.referrals.signposting import SignpostingService
from api.settings import Settings

Say = Callable[..., str]

_ACCENT: Final = toColor("#0f5f63")
_DANGER: Final = toColor("#a51d17")
_GREY: Final = toColor("#5a6066")
_ACROSS, _DOWN = 2, 4
_CARD_WIDTH, _CARD_HEIGHT = A4[0] / _ACROSS, A4[1] / _DOWN
_CARD_EDGE = 6 * mm
_LEAFLET_EDGE = 18 * mm


def chat_address(settings: Settings, service: SignpostingService | None) -> str:
    """The address in the square code: the chat, with the code of the service whose card it is."""
    return f"{settings.base_url}/" + (f"?from={service.code}" if service else "")


def shown_address(settings: Settings) -> str:
    """The address as people type it."""
    parts = urlsplit(settings.base_url)
    return parts.netloc + parts.path.rstrip("/")


def chat_code(address: str) -> bytes:
    """The square code as an SVG."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", scale=4, border=2, dark="#000", light="#fff")
    return drawn.getvalue()


def print_cards(say: Say, *, address: str, shown: str, sms_number: str | None) -> bytes:
    """Eight cards of A7 on a sheet of A4, to be cut along the fine lines."""
    sheet = io.BytesIO()
    canvas = Canvas(sheet, pagesize=A4, pageCompression=1)
    canvas.setTitle(say("signpost_card/title"))
    canvas.setSubject(address)
    _cutting_lines(canvas)
    for column in range(_ACROSS):
        for row in range(_DOWN):
            canvas.saveState()
            canvas.translate(column * _CARD_WIDTH, row * _CARD_HEIGHT)
            _card(canvas, say, address=address, shown=shown, sms_number=sms_number)
            canvas.restoreState()
    canvas.showPage()
    canvas.save()
    return sheet.getvalue()


def print_leaflet(say: Say, *, address: str, shown: str, sms_number: str | None) -> bytes:
    """One side of A4; printed at 71 % it is A5."""
    sheet = io.BytesIO()
    canvas = Canvas(sheet, pagesize=A4, pageCompression=1)
    canvas.setTitle(say("signpost_card/leaflet_title"))
    canvas.setSubject(address)
    width, x = A4[0] - 2 * _LEAFLET_EDGE, _LEAFLET_EDGE
    y = A4[1] - _LEAFLET_EDGE
    y = _write(canvas, [(say("signpost_card/leaflet_title"), _style(34, _ACCENT, bold=True))], x, y, width) - 2 * mm
    y = _write(canvas, [(say("signpost_card/leaflet_lead"), _style(17))], x, y, width) - 6 * mm
    y = _reach_us(canvas, say, x, y, width, address=address, shown=shown, sms_number=sms_number) - 9 * mm
    for heading, texts in _LEAFLET:
        lines = [(say(heading), _style(19, _ACCENT, bold=True))] + [(say(text), _style(14)) for text in texts]
        y = _write(canvas, lines, x, y, width) - 6 * mm
    box = [
        (say("signpost_card/leaflet_danger_title"), _style(19, _DANGER, bold=True)),
        *[(say(text), _style(14)) for text in _DANGER_TEXTS],
    ]
    height = _height(box, width - 8 * mm) + 6 * mm
    canvas.setStrokeColor(_DANGER)
    canvas.setLineWidth(1.2)
    canvas.roundRect(x, y - height, width, height, 3 * mm)
    y = _write(canvas, box, x + 4 * mm, y - 3 * mm, width - 8 * mm) - 6 * mm
    _write(canvas, [(say("signpost_card/leaflet_foot"), _style(10.5, _GREY))], x, y, width)
    canvas.showPage()
    canvas.save()
    return sheet.getvalue()


_LEAFLET: Final = (
    (
        "signpost_card/leaflet_you_title",
        ("signpost_card/leaflet_you", "signpost_card/leaflet_help", "signpost_card/leaflet_grief"),
    ),
    (
        "signpost_card/leaflet_safer_title",
        ("signpost_card/leaflet_naloxone", "signpost_card/leaflet_release"),
    ),
)
_DANGER_TEXTS: Final = ("signpost_card/leaflet_danger", "signpost_card/leaflet_danger_naloxone")


def _card(canvas: Canvas, say: Say, *, address: str, shown: str, sms_number: str | None) -> None:
    code = 29 * mm
    width = _CARD_WIDTH - 2 * _CARD_EDGE
    top = _CARD_HEIGHT - _CARD_EDGE
    after = _write(canvas, [(say("signpost_card/title"), _style(14, _ACCENT, bold=True))], _CARD_EDGE, top, width)
    after = _write(canvas, [(say("signpost_card/lead"), _style(10))], _CARD_EDGE, after - 1 * mm, width)
    _square(canvas, address, _CARD_EDGE + width - code, _CARD_EDGE, code)
    ways = [
        (say("signpost_card/helpline"), _style(13, bold=True)),
        (say("signpost_card/chat", address=shown), _style(10)),
        *([(say("signpost_card/text", number=sms_number), _style(10))] if sms_number else []),
        (say("signpost_card/danger"), _style(11.5, _DANGER, bold=True)),
    ]
    _write(canvas, ways, _CARD_EDGE, after - 3 * mm, width - code - 3 * mm)
    foot = [(say("signpost_card/foot"), _style(7, _GREY))]
    _write(canvas, foot, _CARD_EDGE, _CARD_EDGE + _height(foot, width - code - 3 * mm), width - code - 3 * mm)


def _reach_us(
    canvas: Canvas, say: Say, x: float, y: float, width: float, *, address: str, shown: str, sms_number: str | None
) -> float:
    """How to reach the helpline, with the square code at its right; returns where it ends."""
    code = 46 * mm
    _square(canvas, address, x + width - code, y - code, code)
    ways = [
        (say("signpost_card/helpline"), _style(22, bold=True)),
        (say("signpost_card/chat", address=shown), _style(14)),
        *([(say("signpost_card/text", number=sms_number), _style(14))] if sms_number else []),
        (say("signpost_card/leaflet_scan"), _style(13, _GREY)),
        (say("signpost_card/leaflet_word"), _style(13)),
    ]
    return float(min(_write(canvas, ways, x, y - 1 * mm, width - code - 8 * mm), y - code))


def _square(canvas: Canvas, address: str, x: float, y: float, size: float) -> None:
    rows = [list(row) for row in segno.make(address, error="m", micro=False).matrix]
    quiet = 2
    module = size / (len(rows) + 2 * quiet)
    canvas.setFillColor(black)
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                left, under = x + (across + quiet) * module, y + size - (down + 1 + quiet) * module
                # A hair wider than the module, so that no printer leaves white lines between.
                canvas.rect(left, under, module * 1.02, module * 1.02, stroke=0, fill=1)


def _cutting_lines(canvas: Canvas) -> None:
    canvas.setStrokeColor(_GREY)
    canvas.setLineWidth(0.25)
    canvas.setDash(2, 3)
    for column in range(1, _ACROSS):
        canvas.line(column * _CARD_WIDTH, 0, column * _CARD_WIDTH, A4[1])
    for row in range(1, _DOWN):
        canvas.line(0, row * _CARD_HEIGHT, A4[0], row * _CARD_HEIGHT)
    canvas.setDash()


Lines = Sequence[tuple[str, ParagraphStyle]]


def _style(size: float, colour: Color = black, *, bold: bool = False) -> ParagraphStyle:
    font = "Helvetica-Bold" if bold else "Helvetica"
    return ParagraphStyle(f"{font} {size}", fontName=font, fontSize=size, leading=size * 1.28, textColor=colour)


def _paragraphs(lines: Lines) -> list[Paragraph]:
    return [Paragraph(text.replace("&", "&amp;").replace("<", "&lt;"), style) for text, style in lines]


def _height(lines: Lines, width: float) -> float:
    return float(sum(paragraph.wrap(width, A4[1])[1] + 1.2 * mm for paragraph in _paragraphs(lines)))


def _write(canvas: Canvas, lines: Lines, x: float, y: float, width: float) -> float:
    """Lines below each other from `y` down; returns where they end."""
    for paragraph in _paragraphs(lines):
        _, height = paragraph.wrap(width, A4[1])
        y -= height
        paragraph.drawOn(canvas, x, y)
        y -= 1.2 * mm
    return y

"""The public pages: `web_widget/page` filled with the service's words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from api.channels.web.widget_bundle import WIDGET_FOLDER
from voice import Voice

PAGE_FOLDER = WIDGET_FOLDER / "page"

_LINKABLE = re.compile(
    r"(?P<web>https?://[^\s<>\"]*[^\s<>\".,;:!?)]|\b(?:[a-z0-9-]+\.)+(?:org|uk|scot|com)\b(?:/[\w/-]*)?)"
    r"|(?P<phone>\b(?:999|112|111|101|116 123)\b|\b0(?: ?\d){9,10}\b|\+44(?: ?\d){9,10}\b)"
)


class PageTemplates:
    """Renders the pages of `web_widget/page`; each template says at its top what it is given."""

    def __init__(self, voice: Voice, *, demonstration: bool, exit_address: str, folder: Path = PAGE_FOLDER) -> None:
        """`exit_address` is the dull page that "Leave this page" goes to."""
        self._environment = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
        self._environment.filters["linked"] = linked

        self._voice = voice
        self._environment.globals.update(say=self.say, demonstration=demonstration, exit_address=exit_address)

    def say(self, content_id: str, **values: Any) -> str:
        """The words of a content block. Raises voice's errors when there is none or a value is missing."""
        return self._voice.say(content_id, channel="web", values=values).text

    def render(self, template: str, **values: Any) -> str:
        """The page as HTML. `front.html` takes `sms_number` (or None), `error.html` takes `error`, a content id.

        `services.html` takes `found`, `result.html` takes `card`. The other pages take nothing.
        """
        return self._environment.get_template(template).render(**values)


def linked(text: str) -> Markup:
    """Plain text as HTML, with web addresses and United Kingdom phone numbers as links that open or ring."""
    parts = []
    end = 0
    for found in _LINKABLE.finditer(text):
        parts.append(escape(text[end : found.start()]))
        said = found.group()
        if found.group("phone"):
            address = "tel:" + said.replace(" ", "")
        else:
            address = said if said.startswith("http") else f"https://{said}"
        parts.append(Markup('<a href="{}" rel="noreferrer">{}</a>').format(address, said))
        end = found.end()
    parts.append(escape(text[end:]))
    return Markup("").join(parts)

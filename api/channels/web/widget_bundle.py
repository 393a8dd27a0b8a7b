"""The chat widget as one script: its modules joined, with every word and every emergency step inside.

Nothing is fetched after the script itself, so the steps for somebody who isn't breathing are there with no server and
no network, and before any conversation exists (content, section 3).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict

import yaml

from reference.paths import project_root
from voice import Voice

WIDGET_FOLDER = project_root() / "web_widget"

MODULES = (
    "words.js",
    "dom.js",
    "memory.js",
    "wire.js",
    "live.js",
    "conversation.js",
    "exit.js",
    "steps.js",
    "transcript.js",
    "composer.js",
    "choices.js",
    "window.js",
    "embed.js",
)
"""In the order in which they use each other."""

STYLES = ("tokens.css", "widget.css")

_PLACE_FOR_BUNDLE = "/*__GATESIDE_BUNDLE__*/null"
_IMPORT = re.compile(r"^import [^;]+;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:const|let|function|async function|class) )", re.MULTILINE)
_LINE_REMARK = re.compile(r"^\s*//[^\n]*\n", re.MULTILINE)
_BLOCK_REMARK = re.compile(r"^\s*/\*\*(?:(?!\*/).)*\*/\n", re.MULTILINE | re.DOTALL)
_CSS_REMARK = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACES = re.compile(r"\s+")

_ANSWER_LABELS = {"yes": "yes", "no": "no", "not sure": "unsure"}
"""What the coach's quick replies mean; a step's own `words` come before these."""

_NEEDS_A_LISTENER = frozenset({"where", "offer_person"})
"""Questions whose answer is of use only to somebody who hears it: the steps in the widget go on without asking."""

_SAID_WITH_NOBODY_LISTENING = {"coach/care_for_helper": "widget/emergency_after"}
"""The coach may say that officers know. The widget can't, so it has its own words there."""


class Choice(TypedDict):
    """A button under a step, and where it leads."""

    label: str
    step: str


class Screen(TypedDict):
    """One step as the widget shows it. No choices: it is a last one."""

    say: list[str]
    ask: str | None
    choices: list[Choice]


class Steps(TypedDict):
    """The emergency steps, by name, from `start` on."""

    start: str
    steps: dict[str, Screen]


def build_widget(voice: Voice, coach_folder: Path, *, demonstration: bool) -> bytes:
    """`/widget.js`, UTF-8. `coach_folder` holds `overdose.yml`, the flow that the steps come from.

    Raises ValueError when a step of the flow leads nowhere, and voice's errors when a word is missing.
    """
    bundle = {
        "words": _words(voice),
        "steps": emergency_steps(voice, coach_folder),
        "demonstration": voice.say("about/demonstration_mode", channel="web").text if demonstration else None,
        "style": _style(),
    }
    packed = json.dumps(bundle, ensure_ascii=False, separators=(",", ":"))
    # A line separator may stand in JSON but ends a line in older scripts; a closing tag must not end an inline script.
    packed = packed.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("</", "<\\/")
    return _joined_modules().replace(_PLACE_FOR_BUNDLE, packed).encode()


def emergency_steps(voice: Voice, coach_folder: Path) -> Steps:
    """The coach's overdose flow as screens. Raises ValueError when the flow is broken."""
    flow = yaml.safe_load((coach_folder / "overdose.yml").read_text(encoding="utf-8"))
    screens = {name: _screen(voice, name, step) for name, step in flow["steps"].items()}
    targets = {choice["step"] for screen in screens.values() for choice in screen["choices"]} | {flow["start"]}
    if missing := sorted(targets - screens.keys()):
        raise ValueError(f"overdose.yml: steps lead to {', '.join(missing)}, and there is no such step")
    reached = _reached(flow["start"], screens)
    return Steps(start=flow["start"], steps={name: screen for name, screen in screens.items() if name in reached})


def _screen(voice: Voice, name: str, step: Mapping[str, Any]) -> Screen:
    said = [_SAID_WITH_NOBODY_LISTENING.get(content_id, content_id) for content_id in step.get("say") or ()]
    texts = [voice.say(content_id, channel="web").text for content_id in said]
    answers: Mapping[str, str] = step.get("answers") or {}
    if not answers:
        return Screen(say=texts, ask=None, choices=[])
    if not step.get("ask") or step.get("question") in _NEEDS_A_LISTENER:
        onward = voice.say("widget/emergency_next", channel="web").text
        return Screen(say=texts, ask=None, choices=[Choice(label=onward, step=answers["other"])])
    question = voice.say(step["ask"], channel="web")
    choices = [Choice(label=label, step=answers[_meaning(name, step, label)]) for label in question.quick_replies]
    return Screen(say=texts, ask=question.text, choices=choices)


def _meaning(name: str, step: Mapping[str, Any], label: str) -> str:
    meaning = (step.get("words") or {}).get(label.lower()) or _ANSWER_LABELS.get(label.lower())
    if meaning is None:
        raise ValueError(f"overdose.yml: step {name}: '{label}' can be tapped, and nothing says which answer it is")
    return str(meaning)


def _reached(start: str, screens: Mapping[str, Screen]) -> set[str]:
    reached: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead.extend(choice["step"] for choice in screens[name]["choices"])
    return reached


def _words(voice: Voice) -> dict[str, str]:
    """Every word of the interface. A value that is known only in the browser stays as {name} for it to fill in."""
    return {
        block.id: voice.say(block.id, channel="web", values={name: f"{{{name}}}" for name in block.values}).text
        for block in voice.library
        if block.topic == "widget"
    }


def _style() -> str:
    sheets = "\n".join((WIDGET_FOLDER / name).read_text(encoding="utf-8") for name in STYLES)
    return _SPACES.sub(" ", _CSS_REMARK.sub("", sheets)).strip()


def _joined_modules() -> str:
    """The modules in one closed scope: their imports and exports fall away, and remarks stay at home."""
    parts = []
    for name in MODULES:
        source = (WIDGET_FOLDER / name).read_text(encoding="utf-8")
        source = _EXPORT.sub("", _IMPORT.sub("", source))
        parts.append(_BLOCK_REMARK.sub("", _LINE_REMARK.sub("", source)).strip())
    return '(() => {\n"use strict";\n' + "\n".join(parts) + "\n})();\n"

"""The script as it is served: small, whole, and carrying its own words."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
import yaml

from api.channels.web.widget_bundle import MODULES, WIDGET_FOLDER, build_widget, emergency_steps
from reference.paths import data_folder
from voice import Voice

SOURCES = {name: (WIDGET_FOLDER / name).read_text() for name in MODULES}


def test_words_steps_styles_and_all_weigh_at_most_25_kilobytes(script: bytes) -> None:
    assert len(gzip.compress(script)) <= 25 * 1024


def test_every_module_of_the_folder_is_in_the_script() -> None:
    assert sorted(MODULES) == sorted(path.name for path in WIDGET_FOLDER.glob("*.js"))


def test_modules_come_after_what_they_use() -> None:
    for name, source in SOURCES.items():
        for used in re.findall(r'from "\./([^"]+)"', source):
            assert MODULES.index(used) < MODULES.index(name), f"{name} uses {used}, which comes later"


def test_no_two_modules_take_the_same_name() -> None:
    names = [
        name
        for source in SOURCES.values()
        for name in re.findall(r"^(?:export )?(?:async )?(?:const|let|function|class) (\w+)", source, re.M)
    ]
    assert len(names) == len(set(names))


def test_no_import_export_or_remark_is_left_in_the_script(script: bytes) -> None:
    assert re.search(rb"^\s*(import |export |//|/\*\*)", script, re.M) is None


def test_the_widget_asks_only_for_words_that_exist_and_uses_every_word_it_has(voice: Voice) -> None:
    asked = {found for source in SOURCES.values() for found in re.findall(r'"(widget/\w+)"', source)}
    elsewhere = {"widget/emergency_next", "widget/emergency_after", "widget/no_script"}
    have = {block.id for block in voice.library if block.topic == "widget"}
    assert asked | elsewhere == have


@pytest.mark.parametrize(
    "forbidden", ["innerHTML", "eval(", "document.cookie", "localStorage", "insertAdjacentHTML", "console."]
)
def test_the_widget_never_does_what_a_shared_phone_or_a_strict_policy_forbids(forbidden: str) -> None:
    assert [name for name, source in SOURCES.items() if forbidden in source] == []


def test_outside_demonstration_mode_the_script_does_not_speak_of_one(voice: Voice) -> None:
    said = voice.say("about/demonstration_mode", channel="web").text
    coach = data_folder() / "coach"
    assert said in build_widget(voice, coach, demonstration=True).decode()
    assert said not in build_widget(voice, coach, demonstration=False).decode()


def test_every_emergency_text_begins_so_that_the_widget_knows_it_as_one(voice: Voice) -> None:
    emergencies = [block for block in voice.library if block.emergency and "web" in block.channels]
    said = {block.id: voice.say(block.id, channel="web", values=block.values).text for block in emergencies}
    assert "coach/call_999" in said
    assert [content_id for content_id, text in said.items() if not text.lower().startswith("call 999")] == []


def broken_flow(folder: Path, **changes: object) -> Path:
    flow = yaml.safe_load((data_folder() / "coach" / "overdose.yml").read_text())
    flow["steps"]["call_999"].update(changes)
    (folder / "overdose.yml").write_text(yaml.safe_dump(flow))
    return folder


def test_a_step_that_leads_nowhere_stops_the_build(voice: Voice, tmp_path: Path) -> None:
    answers = {"yes": "nowhere", "no": "cpr", "unsure": "cpr", "other": "cpr"}
    with pytest.raises(ValueError, match="lead to nowhere"):
        emergency_steps(voice, broken_flow(tmp_path, answers=answers))


def test_a_tap_whose_meaning_nobody_wrote_down_stops_the_build(voice: Voice, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'Not yet' can be tapped"):
        emergency_steps(voice, broken_flow(tmp_path, ask="coach/ask_ambulance", words={}))

"""What authors write is read as they meant it, and what can't be read is said clearly."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from voice import Library, LibraryError


def test_a_block_is_read_with_the_defaults_of_its_file(write) -> None:
    library = Library.load(write("  - name: kettle\n    says: Tea helps.\n"))
    block = library.blocks["tea/kettle"]
    assert block.says["default"] == "Tea helps."
    assert block.reviewed is not None
    assert block.reviewed.on == date(2026, 11, 22)
    assert block.source == ("gateside",)
    assert block.review_every == 6


def test_rasa_finds_a_block_by_its_response_name(write) -> None:
    library = Library.load(write("  - name: warm_the_pot\n    says: Tea helps.\n"))
    block = library.by_response("utter_tea__warm_the_pot")
    assert block.id == "tea/warm_the_pot"
    assert block.response == "utter_tea__warm_the_pot"


def test_yes_no_and_on_are_words_and_not_switches(write) -> None:
    folder = write("  - name: milk\n    says: Milk?\n    quick_replies: [Yes, No, on, off]\n    asks: true\n")
    block = Library.load(folder).blocks["tea/milk"]
    assert block.quick_replies == ("Yes", "No", "on", "off")
    assert block.asks is True


def test_a_text_of_digits_alone_is_a_text(write) -> None:
    assert Library.load(write("  - name: number\n    says: 999\n")).blocks["tea/number"].says["default"] == "999"


@pytest.mark.parametrize(
    ("channel", "audience", "variant"),
    [
        ("web", "family", "web.family"),
        ("sms", "family", "family"),
        ("sms", "self", "sms"),
        ("sms", None, "sms"),
        ("web", "worker", "default"),
        ("web", None, "default"),
    ],
)
def test_the_most_specific_variant_wins(write, channel: str, audience: str | None, variant: str) -> None:
    folder = write("  - name: cup\n    says: {web.family: a, family: b, sms: c, default: d}\n")
    assert Library.load(folder).blocks["tea/cup"].variant(channel, audience) == variant


@pytest.mark.parametrize(
    ("blocks", "names"),
    [
        ("  - says: Tea.\n", ["tea.yml", "name:"]),
        ("  - name: Big Cup\n    says: Tea.\n", ["tea.yml", "Big Cup"]),
        ("  - name: a__b\n    says: Tea.\n", ["tea.yml", "a__b"]),
        ("  - name: cup\n", ["tea.yml", "cup", "no text"]),
        ("  - name: cup\n    says: {sms: Tea.}\n", ["cup", "default"]),
        ("  - name: cup\n    says: {fax: Tea., default: Tea.}\n", ["cup", "fax"]),
        ("  - name: cup\n    says: Tea.\n    colour: red\n", ["cup", "colour"]),
        ("  - name: cup\n    says: Tea.\n    only: fax\n", ["cup", "only"]),
        ("  - name: cup\n    says: Tea.\n    emergency: Yes\n", ["cup", "emergency", "true or false"]),
        ("  - name: cup\n    says: Tea.\n    facts: nhs\n", ["cup", "facts", "list"]),
        ("  - name: cup\n    says: Tea.\n    values: [a]\n", ["cup", "values"]),
        ("  - name: cup\n    says: Tea.\n    review_every: soon\n", ["cup", "review_every"]),
        ("  - name: cup\n    says: Tea.\n    reviewed: today\n", ["cup", "reviewed"]),
        ("  - name: cup\n    says: Tea.\n  - name: cup\n    says: More.\n", ["tea.yml", "cup", "twice"]),
        ("  - name: cup\n    says: Tea.\n    says: More.\n", ["tea.yml", "line", "says", "twice"]),
        ("  - name: cup\n    says: one: two\n", ["tea.yml", "line"]),
    ],
)
def test_a_slip_is_named_with_its_file_and_block(write, blocks: str, names: list[str]) -> None:
    with pytest.raises(LibraryError) as slip:
        Library.load(write(blocks))
    assert all(name in str(slip.value) for name in names), str(slip.value)


def test_a_file_whose_topic_is_not_its_name_is_refused(write) -> None:
    with pytest.raises(LibraryError, match=r"coffee\.yml.*topic"):
        Library.load(write("", topic="coffee", head="topic: tea\nblocks: []\n"))


def test_a_source_without_an_address_is_refused(write) -> None:
    folder = write("  - name: cup\n    says: Tea.\n")
    (folder / "sources").mkdir()
    (folder / "sources" / "tea.yml").write_text("sources: {leaf: {title: Leaf, publisher: Estate, seen: 2026-11-22}}")
    with pytest.raises(LibraryError, match=r"leaf.*address"):
        Library.load(folder)


def test_sources_of_a_topic_stand_in_their_own_file(write) -> None:
    folder = write("  - name: cup\n    says: Tea.\n")
    (folder / "sources").mkdir()
    entry = "sources: {leaf: {title: Leaf, publisher: Estate, address: leaf.example, seen: 2026-11-22}}"
    (folder / "sources" / "tea.yml").write_text(entry)
    assert set(Library.load(folder).sources) == {"gateside", "leaf"}


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="no such folder"):
        Library.load(tmp_path / "nowhere")


def test_a_source_with_two_addresses_is_noticed_and_does_not_stop_the_service(write) -> None:
    folder = write("  - name: cup\n    says: Tea.\n")
    (folder / "sources").mkdir()
    entry = "sources: {{leaf: {{title: {}, publisher: Estate, address: {}, seen: 2026-11-22}}}}"
    for file, title, address in (
        ("1", "Leaf", "a.example"),
        ("2", "The leaf", "a.example"),
        ("3", "Leaf", "b.example"),
    ):
        (folder / "sources" / f"{file}.yml").write_text(entry.format(title, address))
    library = Library.load(folder)
    assert library.differing_sources == (("leaf", "1.yml", "3.yml"),)
    assert library.sources["leaf"].title == "Leaf"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tea",
        "[tea]",
        "{}",
        "? [a]\n: b",
        "\ttopic: tea",
        "a: &a [*a]",
        "topic: tea",
        "topic: [tea]\nblocks: []",
        "topic: tea\nblocks: {}",
        "topic: tea\nblocks: [1, 2]",
        "topic: tea\nblocks:\n  - name: [a]",
        "topic: tea\nblocks:\n  - {name: a, says: [b]}",
        "topic: tea\nblocks:\n  - {name: a, says: b, values: {1: c}}",
        "topic: tea\ndefaults: [a]\nblocks: []",
    ],
)
def test_whatever_stands_in_a_file_is_read_or_refused_by_name(write, text: str) -> None:
    with pytest.raises(LibraryError, match=r"tea\.yml"):
        Library.load(write("", head=text))


@pytest.mark.parametrize("text", ["[a]", "sources: [a]", "sources: {leaf: green}", "sources: {leaf: }"])
def test_a_file_of_sources_that_can_not_be_read_is_refused_by_name(write, text: str) -> None:
    folder = write("  - name: cup\n    says: Tea.\n")
    (folder / "sources").mkdir()
    (folder / "sources" / "leaf.yml").write_text(text, encoding="utf-8")
    with pytest.raises(LibraryError, match=r"leaf\.yml"):
        Library.load(folder)

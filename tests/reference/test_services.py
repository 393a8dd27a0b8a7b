"""What the directory offers, and what it must never show."""

import re
from datetime import date

import pytest

from reference.places import Places
from reference.services import NEEDS, ServiceDataError, ServiceDirectory, UnknownServiceError

DIRECTORY = ServiceDirectory.load()


def test_the_helplines_own_number_is_known_by_id() -> None:
    service = DIRECTORY.get("scottish_families")

    assert service.phone == "08080 10 10 11"
    assert service.hours is None, "its hours were not found, so they are not said"


@pytest.mark.parametrize(
    ("service_id", "phone"),
    [
        ("emergency_999", "999"),
        ("nhs24_111", "111"),
        ("police_101", "101"),
        ("samaritans", "116 123"),
        ("breathing_space", "0800 83 85 87"),
        ("cruse_scotland", "0808 802 6161"),
        ("domestic_abuse_helpline", "0800 027 1234"),
        ("childline", "0800 1111"),
        ("parentline", "08000 28 22 33"),
        ("nspcc", "0808 800 5000"),
        ("families_outside", "0800 254 0088"),
        ("shelter_scotland", "0808 800 4444"),
    ],
)
def test_a_number_is_the_one_that_was_read(service_id: str, phone: str) -> None:
    assert DIRECTORY.get(service_id).phone == phone


def test_no_number_is_shown_that_nobody_read() -> None:
    read = {
        "999", "111", "101", "116123", "08080101011", "08002540088", "0800838587", "08088026161", "08000271234",
        "08001111", "08000282233", "08088005000", "08088004444",
    }  # fmt: skip

    shown = {re.sub(r"\D", "", number) for service in DIRECTORY for number in (service.phone, service.text) if number}

    assert shown == read


@pytest.mark.parametrize("name", ["New Routes", "Shine", "Moving On", "Know the Score", "Never Use Alone", "FAMOUT"])
def test_a_service_that_has_ended_is_not_offered(name: str) -> None:
    assert not [service for service in DIRECTORY if name.lower() in f"{service.name} {service.what}".lower()]


def test_an_unknown_id_is_an_error_that_names_it() -> None:
    with pytest.raises(UnknownServiceError, match="the_moon"):
        DIRECTORY.get("the_moon")


def test_a_local_service_comes_before_the_national_ones() -> None:
    found = [service.id for service in DIRECTORY.search("family_support", "Kirkcaldy")]

    assert found[:2] == ["scottish_families_local", "scottish_families"]


def test_a_place_without_a_local_service_still_gets_the_national_ones() -> None:
    found = [service.id for service in DIRECTORY.search("family_support", "airdrie")]

    assert "scottish_families" in found
    assert "scottish_families_local" not in found


def test_a_misspelt_place_still_finds_its_local_service() -> None:
    assert DIRECTORY.search("family_support", "dunfermlin")[0].id == "scottish_families_local"


def test_a_place_that_nobody_knows_gets_what_no_place_gets() -> None:
    assert DIRECTORY.search("housing", "narnia") == DIRECTORY.search("housing")


def test_a_wide_place_name_finds_the_services_of_each_of_its_areas() -> None:
    assert "community_links_drop_in" in [service.id for service in DIRECTORY.search("release", "ayrshire")]


def test_somebody_in_england_is_not_sent_to_scottish_services() -> None:
    found = DIRECTORY.search("own_use", "england")

    assert "change_grow_live" in [service.id for service in found]
    assert not [service for service in found if service.area == ("scotland",)]


@pytest.mark.parametrize("place", ["wales", "Cardiff", "northern ireland", "Belfast"])
def test_somebody_in_wales_or_northern_ireland_is_offered_what_serves_the_whole_kingdom(place: str) -> None:
    found = DIRECTORY.search("mental_health", place)

    assert [service.id for service in found] == ["samaritans"]


def test_a_town_in_england_is_england() -> None:
    assert DIRECTORY.search("own_use", "Carlisle") == DIRECTORY.search("own_use", "england")


def test_a_near_miss_of_a_scottish_name_is_not_a_town_in_england() -> None:
    assert DIRECTORY.search("own_use", "dumfreis")[0].id == "scottish_drug_services_directory"


def test_next_door_is_offered_where_it_takes_people_from_around_after_what_is_at_home(tmp_path) -> None:
    source = "source: {title: t, address: 'https://example.org'}, needs: [own_use]"
    (tmp_path / "a.yml").write_text(
        "checked: 2026-11-22\nservices:\n"
        f"  - {{id: national, name: N, what: w, who: a, area: scotland, {source}}}\n"
        f"  - {{id: board, name: B, what: w, who: a, area: [glasgow city], open_to_neighbours: true, {source}}}\n"
        f"  - {{id: beside, name: B, what: w, who: a, area: [renfrewshire], open_to_neighbours: true, {source}}}\n"
        f"  - {{id: beside_closed, name: C, what: w, who: a, area: [renfrewshire], {source}}}\n"
        f"  - {{id: home, name: H, what: w, who: a, area: [inverclyde], {source}}}\n"
    )
    directory = ServiceDirectory.load(tmp_path)

    assert [service.id for service in directory.search("own_use", "Greenock")] == [
        "home",
        "beside",
        "board",
        "national",
    ]
    assert [service.id for service in directory.search("own_use", "Lerwick")] == ["national"]


def test_the_thistle_is_known_next_door_and_not_in_shetland() -> None:
    assert "thistle" in [service.id for service in DIRECTORY.search("own_use", "paisley")]
    assert "thistle" not in [service.id for service in DIRECTORY.search("own_use", "lerwick")]


def test_999_is_said_by_name_and_not_listed_among_services() -> None:
    assert "emergency_999" not in [service.id for service in DIRECTORY.search()]


def test_an_unknown_need_is_an_error_that_lists_the_needs() -> None:
    with pytest.raises(ValueError, match="unknown need 'hugs': one of family_support"):
        DIRECTORY.search("hugs")


@pytest.mark.parametrize("need", NEEDS)
def test_every_need_has_something_to_offer_in_every_area(need: str) -> None:
    for area in Places.load():
        offered = DIRECTORY.search(need, area.name)
        assert any(service.phone or service.web or service.how for service in offered), area.name


def test_every_service_says_where_it_was_read_and_when() -> None:
    for service in DIRECTORY:
        assert service.source.address.startswith("https://"), service.id
        assert service.checked >= date(2026, 11, 22), service.id


def test_areas_are_council_areas_or_a_country() -> None:
    known = {area.name for area in Places.load()} | {"scotland", "uk", "england", "wales"}

    assert {area for service in DIRECTORY for area in service.area} <= known


def test_a_shared_contact_is_written_once() -> None:
    assert DIRECTORY.get("scottish_families_bereavement").phone == DIRECTORY.get("scottish_families").phone


def test_a_need_that_is_misspelt_in_the_data_is_named(tmp_path) -> None:
    (tmp_path / "a.yml").write_text(
        "checked: 2026-11-22\nservices:\n  - {id: x, name: X, what: w, who: a, area: uk, needs: [houzing],"
        " source: {title: t, address: 'https://example.org'}}\n"
    )

    with pytest.raises(ServiceDataError, match=r"a\.yml: 'x' names unknown needs: houzing"):
        ServiceDirectory.load(tmp_path)


def test_a_field_that_is_misspelt_in_the_data_is_named(tmp_path) -> None:
    (tmp_path / "a.yml").write_text(
        "checked: 2026-11-22\nservices:\n  - {id: x, name: X, what: w, who: a, area: uk, fone: '1', needs: [],"
        " source: {title: t, address: 'https://example.org'}}\n"
    )

    with pytest.raises(ServiceDataError, match="fone"):
        ServiceDirectory.load(tmp_path)

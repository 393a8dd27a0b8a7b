"""The names that people use for where they live."""

import pytest

from reference.places import Places

PLACES = Places.load()


def test_scotland_has_its_32_council_areas_14_boards_and_30_partnerships() -> None:
    assert len(PLACES) == 32
    assert len({area.health_board for area in PLACES}) == 14
    assert len({area.partnership for area in PLACES}) == 30


@pytest.mark.parametrize(
    ("said", "area"),
    [
        ("Airdrie", "north lanarkshire"),
        ("Killie", "east ayrshire"),
        ("Irvine", "north ayrshire"),
        ("ayr", "south ayrshire"),
        ("Bo’ness", "falkirk"),
        ("bo'ness", "falkirk"),
        ("Glesga", "glasgow city"),
        ("the Western Isles", "na h-eileanan siar"),
        ("Na h-Eileanan Siar", "na h-eileanan siar"),
        ("Stornoway", "na h-eileanan siar"),
        ("kirkcaldie", "fife"),
        ("Dumfries & Galloway", "dumfries and galloway"),
        ("d&g", "dumfries and galloway"),
        ("Embra", "city of edinburgh"),
        ("Greenock", "inverclyde"),
        ("the Broch", "aberdeenshire"),
        ("livi", "west lothian"),
    ],
)
def test_a_town_or_a_short_name_is_its_council_area(said: str, area: str) -> None:
    found = PLACES.area(said)

    assert found is not None
    assert found.name == area


def test_a_name_for_several_areas_is_not_one_area() -> None:
    assert PLACES.area("Ayrshire") is None
    assert PLACES.areas_for("Ayrshire") == ("east ayrshire", "north ayrshire", "south ayrshire")


def test_a_near_misspelling_is_understood_and_nonsense_is_not() -> None:
    assert PLACES.areas_for("grangemouthh") == ("falkirk",)
    assert PLACES.areas_for("narnia") == ()


def test_an_ordinary_word_is_a_place_only_after_a_word_like_in() -> None:
    assert PLACES.find("my dad keith is in wick") == PLACES.find("my dad xxxxx is in wick")
    assert [found.name for found in PLACES.find("my dad keith is in wick")] == ["highland"]


def test_places_are_found_in_order_with_where_they_stand() -> None:
    text = "moving fae East Kilbride tae Ayrshire"

    found = PLACES.find(text)

    assert [(place.name, place.said) for place in found] == [
        ("south lanarkshire", "East Kilbride"),
        ("ayrshire", "Ayrshire"),
    ]
    assert all(text[place.start : place.end] == place.said for place in found)


@pytest.mark.parametrize("text", ["what a life", "she gave birth", "the air in here", "lower the dose", ""])
def test_ordinary_words_are_not_places(text: str) -> None:
    assert PLACES.find(text) == []


def test_every_area_has_towns_and_a_written_name() -> None:
    for area in PLACES:
        assert len(area.towns) >= 5, area.name
        assert area.title[0].isupper()
    assert PLACES.title("argyll and bute") == "Argyll and Bute"
    assert PLACES.title("na h-eileanan siar") == "Na h-Eileanan Siar"


def test_one_name_given_to_two_areas_stops_the_start(tmp_path) -> None:
    file = tmp_path / "areas.yml"
    file.write_text(
        "areas:\n"
        "  - {name: fife, health_board: a, partnership: a, also: [leven], towns: []}\n"
        "  - {name: moray, health_board: b, partnership: b, also: [leven], towns: []}\n"
        "wider: []\n"
    )

    with pytest.raises(ValueError, match="'leven' stands for both 'fife' and 'moray'"):
        Places.load(file)


def test_neighbours_are_each_others_neighbours() -> None:
    for area in PLACES:
        for name in area.neighbours:
            neighbour = PLACES.area(name)
            assert neighbour is not None
            assert area.name in neighbour.neighbours, f"{area.name} and {name}"


def test_only_the_islands_have_no_neighbours() -> None:
    alone = {area.name for area in PLACES if not area.neighbours}

    assert alone == {"na h-eileanan siar", "orkney islands", "shetland islands"}


def test_around_a_place_are_its_neighbours_and_then_the_rest_of_its_health_board() -> None:
    beside, of_board = PLACES.around("greenock")

    assert beside == ("north ayrshire", "renfrewshire")
    assert of_board == ("east dunbartonshire", "east renfrewshire", "glasgow city", "west dunbartonshire")


def test_a_neighbour_that_is_no_council_area_stops_the_start(tmp_path) -> None:
    file = tmp_path / "areas.yml"
    file.write_text(
        "areas:\n  - {name: fife, health_board: a, partnership: a, neighbours: [narnia], also: [], towns: []}\n"
        "wider: []\n"
    )

    with pytest.raises(ValueError, match="'fife' has a neighbour 'narnia'"):
        Places.load(file)

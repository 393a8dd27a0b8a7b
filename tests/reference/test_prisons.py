"""The prisons, by every name they are given."""

import pytest

from reference.prisons import Prisons

PRISONS = Prisons.load()


def test_scotland_has_17_prisons() -> None:
    assert len(PRISONS) == 17


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("HMP Kilmarnock", "kilmarnock"),
        ("killie", "kilmarnock"),
        ("Bowhouse", "kilmarnock"),
        ("Bar-L", "barlinnie"),
        ("the Big Hoose", "barlinnie"),
        ("Saughton", "edinburgh"),
        ("sauchton", "edinburgh"),
        ("Porterfield", "inverness"),
        ("Addie", "addiewell"),
        ("the YOs", "polmont"),
        ("Perth prison", "perth"),
        ("HMP & YOI Grampian", "grampian"),
        ("the Open", "castle huntly"),
    ],
)
def test_a_prison_is_known_by_what_people_call_it(said: str, name: str) -> None:
    prison = PRISONS.named(said)

    assert prison is not None
    assert prison.name == name


@pytest.mark.parametrize(
    ("closed", "now"),
    [("Cornton Vale", "stirling"), ("Craiginches", "grampian"), ("HMP Peterhead", "grampian"), ("Friarton", "perth")],
)
def test_a_closed_prison_is_the_one_that_took_its_place(closed: str, now: str) -> None:
    prison = PRISONS.named(closed)

    assert prison is not None
    assert prison.name == now


def test_a_prison_knows_its_council_and_the_board_that_runs_its_health_care() -> None:
    kilmarnock = PRISONS.get("kilmarnock")

    assert (kilmarnock.title, kilmarnock.area) == ("HMP Kilmarnock", "east ayrshire")
    assert kilmarnock.health_board == "NHS Ayrshire and Arran"


def test_a_name_that_nobody_knows_is_no_prison() -> None:
    assert PRISONS.named("HMP Narnia") is None


def test_only_addiewell_is_run_by_a_company() -> None:
    assert [prison.name for prison in PRISONS if prison.run_by != "Scottish Prison Service"] == ["addiewell"]

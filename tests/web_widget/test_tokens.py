"""Colours that can be read: contrast by the WCAG 2.2 formula, in both schemes."""

from __future__ import annotations

import re

import pytest

from api.channels.web.widget_bundle import WIDGET_FOLDER

CSS = re.sub(r"/\*.*?\*/", "", (WIDGET_FOLDER / "tokens.css").read_text(), flags=re.S)
LIGHT, DARK_BY_SYSTEM, DARK_BY_CHOICE = (
    dict(re.findall(r"--([a-z-]+): ([^;]+);", block)) for block in re.findall(r"\{([^{}]+)\}", CSS)
)

TEXT_PAIRS = [
    *[(ink, ground) for ink in ("ink", "ink-soft", "accent", "danger", "waiting") for ground in ("paper", "surface")],
    ("ink", "sunken"),
    ("ink-soft", "sunken"),
    ("ink", "accent-wash"),
    ("accent", "accent-wash"),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
    ("on-danger", "danger-fill"),
    ("ink", "danger-wash"),
    ("danger", "danger-wash"),
    ("waiting", "waiting-wash"),
    ("ink", "waiting-wash"),
    ("paper", "ink"),
]
EDGE_PAIRS = [(edge, ground) for edge in ("edge", "accent", "danger") for ground in ("paper", "surface", "sunken")]


def brightness(colour: str) -> float:
    """Relative luminance of #rrggbb, 0 to 1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((brightness(one), brightness(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK_BY_CHOICE], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_can_be_read_on_its_ground(scheme: dict[str, str], ink: str, ground: str) -> None:
    assert contrast(scheme[ink], scheme[ground]) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK_BY_CHOICE], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGE_PAIRS)
def test_edges_of_controls_can_be_seen(scheme: dict[str, str], edge: str, ground: str) -> None:
    assert contrast(scheme[edge], scheme[ground]) >= 3


def test_dark_is_the_same_whether_the_system_or_the_switch_asks_for_it() -> None:
    assert DARK_BY_SYSTEM == DARK_BY_CHOICE

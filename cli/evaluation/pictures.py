"""Pictures of the readings, as SVG: what is taken for what, whether confidence holds, how well each style is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_CELL = 11
_MARGIN = 190
_SIDE = 320
_INK, _PALE, _RIGHT, _WRONG = "#1b1b1f", "#d8d8de", "#1f6f5c", "#b3432b"
_TEXT = f'font-family="system-ui, sans-serif" fill="{_INK}"'


def confusion_picture(confused: Sequence[Mapping[str, Any]]) -> str:
    """A square for each pair of intents: rows what was wanted, columns what was read; the darker the oftener."""
    names = sorted({str(entry[side]) for entry in confused for side in ("wanted", "read")})
    at = {name: _MARGIN + index * _CELL for index, name in enumerate(names)}
    of = {name: sum(entry["times"] for entry in confused if entry["wanted"] == name) for name in names}
    size = _MARGIN + len(names) * _CELL + 20
    parts = [
        f'<text x="{_MARGIN - 6}" y="{at[name] + 9}" font-size="9" text-anchor="end" {_TEXT}>{escape(name)}</text>'
        f'<text transform="translate({at[name] + 9} {_MARGIN - 6}) rotate(-90)" font-size="9" {_TEXT}>'
        f"{escape(name)}</text>"
        for name in names
    ]
    for entry in confused:
        wanted, read = str(entry["wanted"]), str(entry["read"])
        parts.append(
            f'<rect x="{at[read]}" y="{at[wanted]}" width="{_CELL - 1}" height="{_CELL - 1}" '
            f'fill="{_RIGHT if wanted == read else _WRONG}" fill-opacity="{entry["times"] / of[wanted]:.2f}">'
            f"<title>{escape(wanted)} read as {escape(read)}: {entry['times']} of {of[wanted]}</title></rect>"
        )
    title = f'<text x="8" y="18" font-size="12" {_TEXT}>Rows: wanted. Columns: read.</text>'
    return _drawing(size, size, [title, *parts])


def calibration_picture(bands: Sequence[Mapping[str, Any]]) -> str:
    """How sure (across) and how often right (up), with its interval; on the slant, confidence holds what it says."""

    def across(value: float) -> float:
        return 50 + value * _SIDE

    def up(value: float) -> float:
        return 30 + (1 - value) * _SIDE

    parts = [
        f'<rect x="50" y="30" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="{_PALE}"/>',
        f'<line x1="{across(0)}" y1="{up(0)}" x2="{across(1)}" y2="{up(1)}" stroke="{_PALE}"/>',
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        label = f"{tick:.0%}"
        parts.append(f'<text x="{across(tick)}" y="368" font-size="10" text-anchor="middle" {_TEXT}>{label}</text>')
        parts.append(f'<text x="44" y="{up(tick) + 3}" font-size="10" text-anchor="end" {_TEXT}>{label}</text>')
    for band in bands:
        x = across(band["confidence"])
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{up(band["low"]):.1f}" y2="{up(band["high"]):.1f}" '
            f'stroke="{_RIGHT}"/><circle cx="{x:.1f}" cy="{up(band["share"]):.1f}" r="4" fill="{_RIGHT}">'
            f"<title>{band['hits']} of {band['of']} right</title></circle>"
        )
    parts.append(f'<text x="50" y="18" font-size="12" {_TEXT}>How often it is right, by how sure it was</text>')
    return _drawing(_SIDE + 80, _SIDE + 60, parts)


def styles_picture(title: str, groups: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    """A row for each style under each heading: a dot for the share, a line for its interval."""
    left, row, width = 150, 18, 360
    parts = [f'<text x="8" y="18" font-size="12" {_TEXT}>{escape(title)}</text>']
    y = 34
    for heading, styles in groups.items():
        parts.append(f'<text x="8" y="{y + 8}" font-size="10" font-weight="bold" {_TEXT}>{escape(heading)}</text>')
        y += row
        for style, score in sorted(styles.items(), key=lambda entry: -float(entry[1]["share"])):
            low, high, at = (left + width * float(score[name]) for name in ("low", "high", "share"))
            parts.append(
                f'<text x="{left - 8}" y="{y + 4}" font-size="10" text-anchor="end" {_TEXT}>{escape(style)}</text>'
                f'<line x1="{left}" x2="{left + width}" y1="{y}" y2="{y}" stroke="{_PALE}"/>'
                f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}" stroke="{_RIGHT}" stroke-width="3"/>'
                f'<circle cx="{at:.1f}" cy="{y}" r="4" fill="{_RIGHT}"/>'
                f'<text x="{left + width + 8}" y="{y + 4}" font-size="10" {_TEXT}>'
                f"{float(score['share']):.0%} ({score['hits']} of {score['of']})</text>"
            )
            y += row
        y += 6
    return _drawing(left + width + 110, y + 6, parts)


def _drawing(width: float, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}"><rect width="100%" height="100%" fill="#fff"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )

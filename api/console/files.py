"""Tables that leave the console as files."""

from __future__ import annotations

from fastapi import Response


def csv_file(text: str, name: str) -> Response:
    """A file to be saved under this name, kept by no cache."""
    return Response(
        text,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def plain_cell(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in "=+-@\t" else cell

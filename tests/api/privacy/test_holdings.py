"""Every table is declared, and what is declared is so."""

from __future__ import annotations

import pytest
from sqlalchemy import Table

from api.privacy.holdings import HOLDINGS, Leaves, Whose
from api.tables import metadata

POINTS_AT_A_PERSON = ("conversation_id", "message_id", "handoff_id", "outbox_id")
MAY_HOLD_WORDS = ("text", "note", "words", "sealed", "fingerprint", "value", "page")

TABLES = list(metadata.tables.values())


def _name(table: Table) -> str:
    return str(table.name)


def test_every_table_says_whose_it_is_and_how_its_rows_go() -> None:
    assert set(HOLDINGS) == set(metadata.tables)


@pytest.mark.parametrize("table", TABLES, ids=_name)
def test_what_points_at_a_person_or_may_hold_words_is_not_declared_impersonal(table: Table) -> None:
    personal = [
        column.name
        for column in table.columns
        if column.name in POINTS_AT_A_PERSON or any(part in column.name for part in MAY_HOLD_WORDS)
    ]
    if HOLDINGS[table.name].whose is Whose.NOBODY:
        assert personal == []
    elif HOLDINGS[table.name].whose is Whose.STAFF:
        assert set(personal) <= {"secret_sealed"}


@pytest.mark.parametrize("table", TABLES, ids=_name)
def test_what_goes_with_its_parent_is_deleted_by_the_database_with_a_persons_row(table: Table) -> None:
    holding = HOLDINGS[table.name]
    assert set(holding.words) <= {column.name for column in table.columns}
    assert (holding.leaves is None) == (holding.whose is not Whose.PERSON)
    if holding.leaves is not Leaves.WITH_PARENT:
        return
    parents = {
        key.column.table.name
        for key in table.foreign_keys
        if key.ondelete == "CASCADE" and HOLDINGS[key.column.table.name].whose is Whose.PERSON
    }
    assert parents, f"{table.name} hangs on nobody's conversation"

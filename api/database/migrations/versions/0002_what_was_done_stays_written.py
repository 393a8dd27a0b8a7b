"""What was done stays written: the audit table refuses changes and deletions."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SQLITE = """
CREATE TRIGGER audit_refuses_{deed} BEFORE {deed} ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append only'); END
"""
_FUNCTION = """
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit is append only'; END $$
"""
_POSTGRESQL = """
CREATE TRIGGER audit_refuses_{deed} BEFORE {deed} ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
"""


def upgrade() -> None:
    """Bring the tables forward."""
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            op.execute(_SQLITE.format(deed=deed))
        return
    op.execute(_FUNCTION)
    for deed in ("UPDATE", "DELETE", "TRUNCATE"):
        op.execute(_POSTGRESQL.format(deed=deed))

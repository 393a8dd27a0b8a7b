"""What was done stays written: the audit table refuses changes, and for a year deletions."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SQLITE = """
CREATE TRIGGER audit_refuses_{deed} BEFORE {deed} ON audit
{when} BEGIN SELECT RAISE(ABORT, 'the audit is append only'); END
"""
_YOUNG = "WHEN OLD.at > datetime('now', '-365 days')"
_FUNCTION = """
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit is append only'; END $$
"""
_FUNCTION_FOR_THE_YOUNG = """
CREATE FUNCTION audit_keeps_a_year() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
IF OLD.at > now() - interval '365 days' THEN RAISE EXCEPTION 'the audit is append only'; END IF;
RETURN OLD;
END $$
"""
_POSTGRESQL_DELETE = """
CREATE TRIGGER audit_refuses_delete BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_keeps_a_year()
"""
_POSTGRESQL = """
CREATE TRIGGER audit_refuses_{deed} BEFORE {deed} ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
"""


def upgrade() -> None:
    """Bring the tables forward."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_SQLITE.format(deed="UPDATE", when=""))
        op.execute(_SQLITE.format(deed="DELETE", when=_YOUNG))
        return
    op.execute(_FUNCTION)
    for deed in ("UPDATE", "TRUNCATE"):
        op.execute(_POSTGRESQL.format(deed=deed))
    op.execute(_FUNCTION_FOR_THE_YOUNG)
    op.execute(_POSTGRESQL_DELETE)

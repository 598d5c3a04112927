"""Database triggers that refuse what no code may do, for SQLite and PostgreSQL alike.

SQLite loses a table's triggers when a later migration rebuilds that table: such a migration ends by
installing them again, which first drops what is there. tests/kla_portal/test_guards.py fails when one is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations.base import Operation

APPEND_ONLY = "baris riwayat tidak dapat diubah atau dihapus"
FROZEN = "instrumen terbit tidak dapat diubah"


def _trigger(vendor: str, table: str, name: str, when: str, event: str, message: str) -> list[str]:
    trigger = f"{table}_{name}_{event.lower()}"
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {trigger} BEFORE {event} ON {table} FOR EACH ROW "
            f"WHEN {when} BEGIN SELECT RAISE(ABORT, '{message}'); END;"
        ]
    # PostgreSQL allows no subquery in WHEN, so the condition stands in the function.
    row = "OLD" if event == "DELETE" else "NEW"
    return [
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {when} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; "
        f"END IF; RETURN {row}; END $$;",
        f"CREATE TRIGGER {trigger} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {trigger}();",
    ]


def _drop(vendor: str, table: str, name: str, event: str) -> list[str]:
    trigger = f"{table}_{name}_{event.lower()}"
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {trigger};"]
    return [f"DROP TRIGGER IF EXISTS {trigger} ON {table};", f"DROP FUNCTION IF EXISTS {trigger}();"]


class Guard(Operation):
    """Installs the triggers of one table, or takes them off.

    ``rules``: (event, condition) for each trigger. Not a ``RunPython``: that renders every model of the state before
    each call, which costs more than the tables themselves.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str, name: str, rules: Sequence[tuple[str, str]], message: str) -> None:
        self.table, self.name, self.rules, self.message = table, name, rules, message

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Triggers are no part of the models' state."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Install, in place of what is there."""
        self.database_backwards(app_label, schema_editor, from_state, to_state)
        vendor = schema_editor.connection.vendor
        for event, when in self.rules:
            for statement in _trigger(vendor, self.table, self.name, when, event, self.message):
                schema_editor.execute(statement)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Take off what is there."""
        for event, _ in self.rules:
            for statement in _drop(schema_editor.connection.vendor, self.table, self.name, event):
                schema_editor.execute(statement)

    def describe(self) -> str:
        return f"Guard {self.table} ({self.name})"


def append_only(table: str) -> Guard:
    """Rows of ``table`` are written once: UPDATE and DELETE are refused."""
    return Guard(table, "append_only", [("UPDATE", "1 = 1"), ("DELETE", "1 = 1")], APPEND_ONLY)


def frozen_with_parent(table: str, parent: str, column: str) -> Guard:
    """Rows of ``table`` can change only while the ``parent`` row named by ``column`` is a draft."""

    def not_draft(row: str) -> str:
        return f"(SELECT state FROM {parent} WHERE id = {row}.{column}) <> 'draft'"  # noqa: S608

    return Guard(
        table,
        "frozen",
        [
            ("INSERT", not_draft("NEW")),
            ("UPDATE", f"{not_draft('OLD')} OR {not_draft('NEW')}"),
            ("DELETE", not_draft("OLD")),
        ],
        FROZEN,
    )


def frozen_unless_draft(table: str, content: Sequence[str]) -> Guard:
    """A row of ``table`` past its draft keeps its ``content`` columns, never goes back, and stays."""
    changed = _differs(content)
    backwards = (
        "(OLD.state = 'published' AND NEW.state = 'draft') "
        "OR (OLD.state = 'retired' AND NEW.state <> 'retired')"
    )
    ended = f"OLD.state = 'retired' AND ({_differs(['retired_at', 'retired_by_id'])})"
    return Guard(
        table,
        "frozen",
        [
            ("UPDATE", f"OLD.state <> 'draft' AND ({changed} OR {backwards} OR ({ended}))"),
            ("DELETE", "OLD.state <> 'draft'"),
        ],
        FROZEN,
    )


def _differs(columns: Sequence[str]) -> str:
    """A condition, true when one of the columns changes; an empty value counts as a value."""
    return " OR ".join(
        f"COALESCE(CAST(OLD.{c} AS TEXT), '') <> COALESCE(CAST(NEW.{c} AS TEXT), '')" for c in columns
    )

"""Django's PostgreSQL in fewer rounds: BEGIN and COMMIT go along with statements (docs/adr/0029).

psycopg2 sends each of them by itself, a round to the server and back that does no work. Here BEGIN goes along with the
transaction's first statement, COMMIT with what is still to be written (``later``), and a transaction without any
statement is none. What Django promises of transactions, savepoints and errors stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.utils import CursorDebugWrapper, CursorWrapper, debug_transaction
from django.db.transaction import TransactionManagementError
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

Statement = tuple[str, Sequence[Any]]

BEGIN: Statement = ("BEGIN", ())
COMMIT: Statement = ("COMMIT", ())


class _Along:
    """A cursor of Django that takes along what waits on its connection."""

    def _execute(self, sql: Any, params: Any, *ignored: Any) -> Any:
        sql, params = self.db.along(self.cursor, sql, params)  # type: ignore[attr-defined]
        return super()._execute(sql, params, *ignored)  # type: ignore[misc]

    def _executemany(self, sql: Any, param_list: Any, *ignored: Any) -> Any:
        self.db.send()  # type: ignore[attr-defined]
        return super()._executemany(sql, param_list, *ignored)  # type: ignore[misc]


class Cursor(_Along, CursorWrapper):
    pass


class DebugCursor(_Along, CursorDebugWrapper):
    pass


class DatabaseWrapper(base.DatabaseWrapper):
    """For psycopg2, whose own transactions stay off: PostgreSQL says itself whether one has begun.

    Rows of a locking query cannot be fetched in chunks (``select_for_update().iterator()``): the server keeps no cursor
    for them beyond a transaction, and this one is none that psycopg2 knows.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._waiting: list[Statement] = []

    def later(self, sql: str, params: Sequence[Any]) -> None:
        """Send it with the transaction's next statement or, when none follows, with COMMIT; undone like any other.

        How many rows it met is not known, and its error is raised by what takes it along.
        """
        if self.get_autocommit():
            raise TransactionManagementError("What goes along later needs a transaction.")
        self._waiting.append((sql, params))

    def along(self, cursor: Any, sql: Any, params: Any) -> tuple[Any, Any]:
        """The statement with what goes before it, which is sent by itself where the two cannot be one."""
        before = self._before()
        if not before:
            return sql, params
        text, values = _joined(before)
        if cursor.name is None and isinstance(sql, str):
            if isinstance(params, (list, tuple)):
                return f"{text}; {sql}", (*values, *params)
            if params is None:
                return (f"{text}; {sql.replace('%', '%%')}", values) if values else (f"{text}; {sql}", None)
        self._send(text, values)
        return sql, params

    def send(self) -> None:
        """What goes before the next statement, by itself."""
        before = self._before()
        if before:
            self._send(*_joined(before))

    def _before(self) -> list[Statement]:
        waiting, self._waiting = self._waiting, []
        return waiting if self.autocommit or not self._idle() else [BEGIN, *waiting]

    def _idle(self) -> bool:
        """Whether no transaction has begun. No round: libpq hears of it with every reply."""
        return bool(self.connection.get_transaction_status() == TRANSACTION_STATUS_IDLE)

    def _send(self, sql: str, values: Sequence[Any]) -> None:
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute(sql, values)

    # What Django asks of a backend

    def make_cursor(self, cursor: Any) -> Cursor:
        return Cursor(cursor, self)

    def make_debug_cursor(self, cursor: Any) -> DebugCursor:
        return DebugCursor(cursor, self)

    def _set_autocommit(self, autocommit: bool) -> None:
        self._waiting = []
        if not self.connection.autocommit:
            with self.wrap_database_errors:
                self.connection.autocommit = True

    def _commit(self) -> None:
        if self.connection is not None and (self._waiting or not self._idle()):
            with debug_transaction(self, "COMMIT"):
                self._send(*_joined([*self._before(), COMMIT]))

    def _rollback(self) -> None:
        self._waiting = []
        if self.connection is not None and not self._idle():
            with debug_transaction(self, "ROLLBACK"):
                self._send("ROLLBACK", ())

    def _savepoint_rollback(self, sid: str) -> None:
        # Whatever waits came after the savepoint, which was a statement itself.
        self._waiting = []
        super()._savepoint_rollback(sid)

    def _close(self) -> None:
        self._waiting = []
        super()._close()


def _joined(statements: Sequence[Statement]) -> Statement:
    return "; ".join(sql for sql, _ in statements), tuple(
        value for _, values in statements for value in values
    )

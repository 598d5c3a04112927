"""Statements whose SQL is written once per process, for what runs at every save and on every page.

Writing the SQL of a query with joins takes Django longer than PostgreSQL takes to answer it (docs/adr/0025). The rows
come out as they would from the plain query: the same models, joins, converters, and the same refusal to lock outside
a transaction. ``insert`` and ``update`` do the same for one row; ``together`` sends several of them at once.

A connection of PostgreSQL that outlives its request keeps the statements under names (``PREPARE``): it reads and plans
each of them once as well, which takes it longer than finding the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, wraps
from hashlib import sha256
from typing import Any, Generic, ParamSpec, TypeVar, cast
from weakref import WeakKeyDictionary, WeakSet

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, router, transaction
from django.db.models import Model, QuerySet
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesListIterable,
    get_related_populators,
)
from django.db.models.sql.compiler import SQLCompiler

P = ParamSpec("P")
Row = TypeVar("Row")

_NUMBER = 1_909_090_909
"""Stands for the first number while the SQL is written, the next ones for the next; an integer column can hold it."""

_LARGEST = 2**63 - 1

_SHAPES = 64
"""Forms of one query that are kept: one that takes any number of values has a form for each number."""

_named: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
"""Connection of psycopg2 -> the names of the statements that it knows."""

_together: WeakSet[Any] = WeakSet()
"""Django's connections inside ``together``."""


class _Statement:
    """``sql`` with ``%s`` for its parameters. ``places``: which of them each value stands for; the others are as in
    ``params``. ``types``: of the values, as PostgreSQL calls them.
    """

    def __init__(
        self, title: str, sql: str, params: list[object], places: list[list[int]], types: list[str]
    ) -> None:
        self.sql, self.params, self.places, self.types = sql, params, places, types
        self.name = _name(title, sql, params)

    def of(self, connection: Any, values: Sequence[object]) -> tuple[str, Sequence[Any]]:
        """SQL and parameters for these values, by name where the connection keeps names."""
        return self._named(connection, values) if _outlives(connection) else (self.sql, self._written(values))

    def _written(self, values: Sequence[object]) -> list[object]:
        params = self.params.copy()
        for places, value in zip(self.places, values, strict=True):
            for at in places:
                params[at] = value
        return params

    def _named(self, connection: Any, values: Sequence[object]) -> tuple[str, Sequence[Any]]:
        connection.ensure_connection()
        known = _named.setdefault(connection.connection, set())
        if self.name not in known:
            with connection.wrap_database_errors, connection.connection.cursor() as cursor:
                cursor.execute(f"PREPARE {self._signature(self.types)} AS {self._template(cursor)}")
            known.add(self.name)
        return f"EXECUTE {self._signature(['%s'] * len(values))}", values

    def _signature(self, arguments: list[str]) -> str:
        return f"{self.name} ({', '.join(arguments)})" if arguments else self.name

    def _template(self, cursor: Any) -> str:
        """The SQL with ``$1``, ``$2`` ... for the values, and what else it takes written out."""
        parts = [cursor.mogrify("%s", (param,)).decode() for param in self.params]
        for number, places in enumerate(self.places, 1):
            for at in places:
                parts[at] = f"${number}"
        return self.sql % tuple(parts)


class _Query(Generic[Row]):
    """A query as a statement, and how its rows are read."""

    def __init__(self, title: str, plain: QuerySet[Any, Row], marks: list[object]) -> None:
        if plain._prefetch_related_lookups:  # type: ignore[attr-defined]
            raise ValueError("A prefetch is a query of its own: prepare it beside this one.")
        self.using = plain.db
        compiler: SQLCompiler = plain.query.get_compiler(using=plain.db)
        sql, params = compiler.as_sql()
        places = [[at for at, param in enumerate(params) if param == mark] for mark in marks]
        if not all(places):
            raise ValueError("A value is changed on its way into the SQL: such a query cannot be prepared.")
        # A text takes the type of what it is compared with, as one that is written out does.
        types = ["bigint" if isinstance(mark, int) else "unknown" for mark in marks]
        self.statement = _Statement(title, sql, list(params), places, types)
        self.locks = plain.query.select_for_update
        columns = [column for column, *_ in compiler.select[: compiler.col_count]]
        self.converters = list(compiler.get_converters(columns).items())
        self.read = _reader(plain, compiler, as_they_are=not (self.converters or compiler.has_extra_select))

    def rows(self, values: tuple[object, ...]) -> list[Row]:
        connection = connections[self.using]
        if self.locks and not connection.in_atomic_block:
            raise transaction.TransactionManagementError("Rows are locked inside a transaction.")
        with connection.cursor() as cursor:
            cursor.execute(*self.statement.of(connection, values))
            rows = cursor.fetchall()
        if self.converters:
            rows = [self._converted(list(row), connection) for row in rows]
        return [self.read(row) for row in rows] if self.read else rows

    def _converted(self, row: list[Any], connection: Any) -> list[Any]:
        for at, (converters, expression) in self.converters:
            for converter in converters:
                row[at] = converter(row[at], expression, connection)
        return row


def _reader(
    plain: QuerySet[Any, Any], compiler: SQLCompiler, *, as_they_are: bool
) -> Callable[[Sequence[Any]], Any] | None:
    """What ``plain`` makes of one row: a model with those it is joined to, a tuple, or the only value; ``None`` where
    tuples are wanted and the rows are such ``as_they_are``.
    """
    kind = plain._iterable_class
    if kind is FlatValuesListIterable:
        return lambda row: row[0]
    if kind is ValuesListIterable:
        width = compiler.col_count
        return None if as_they_are else lambda row: tuple(row[:width])
    info = compiler.klass_info
    if kind is not ModelIterable or info is None or plain._known_related_objects:  # type: ignore[attr-defined]
        raise ValueError("Only a query for models or for tuples can be prepared.")
    using, model = plain.db, info["model"]
    start, end = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column.target.attname for column, *_ in compiler.select[start:end]]
    joined = get_related_populators(info, compiler.select, using)  # type: ignore[call-arg]
    counted = list((compiler.annotation_col_map or {}).items())

    def read(row: Sequence[Any]) -> Any:
        found = model.from_db(using, names, row[start:end])
        for other in joined:
            other.populate(row, found)
        for name, at in counted:
            setattr(found, name, row[at])
        return found

    return read


def _name(title: str, *content: object) -> str:
    """What PostgreSQL calls a statement: its function or table, for who reads the server's log, and its hash."""
    return f"kla_{title.strip('_')[:40]}_{sha256(repr(content).encode()).hexdigest()[:12]}"


def _outlives(connection: Any) -> bool:
    """Whether it stays open after the request. Behind a pooler it must not (``DB_CONN_MAX_AGE``): names get lost."""
    return connection.vendor == "postgresql" and connection.settings_dict["CONN_MAX_AGE"] != 0


def prepared(build: Callable[P, QuerySet[Any, Row]]) -> Callable[P, list[Row]]:
    """``build(number, text, ...)`` -> the query; called like it, the result gives the rows.

    The values are whole numbers and texts, given by place, and must reach the SQL as they are: no ``None``, no list,
    no ``icontains``. Numbers name rows: one beyond 64 bits gives none. What depends on the time or on anything but the
    values does not belong into ``build``, which runs once.
    """

    @lru_cache(maxsize=_SHAPES)
    def query(types: tuple[type, ...]) -> _Query[Row]:
        if not {*types} <= {int, str}:
            raise TypeError(f"{build.__name__} takes numbers and texts, not {types}")
        marks = [_NUMBER + at if kind is int else f"{{{at}}}" for at, kind in enumerate(types)]
        return _Query(build.__name__, build(*marks), marks)  # type: ignore[call-arg, arg-type]

    @wraps(build)
    def rows(*values: Any) -> list[Row]:
        written = query(tuple(map(type, values)))
        # What an address says is a key may be a number that no database can hold.
        if any(type(value) is int and abs(value) > _LARGEST for value in values):
            return []
        return written.rows(values)

    return cast(Callable[P, list[Row]], rows)


@contextmanager
def together(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """What ``insert`` and ``update`` write inside goes to PostgreSQL along with the next statement or the COMMIT.

    In the order of the calls, inside the caller's transaction, so every statement sees what was written before it. A
    row that is inserted does not learn its key; one that is updated is not missed, so it has to be locked. SQLite has
    no way to go and takes each at once.
    """
    connection = connections[using]
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Rows are written together inside a transaction.")
    if connection.vendor != "postgresql" or connection in _together:
        yield
        return
    _together.add(connection)
    try:
        yield
    finally:
        _together.discard(connection)


def insert(row: Model) -> None:
    """``row.save(force_insert=True)`` of a new row; its key it has, or the database gives it. No signal is sent."""
    connection = connections[router.db_for_write(type(row))]
    fields, statement = _insert(type(row))
    row._prepare_related_fields_for_save(operation_name="save")  # type: ignore[attr-defined]
    sent = statement.of(connection, [_column(field, row, connection, add=True) for field in fields])
    if connection in _together:
        connection.later(*sent)  # type: ignore[attr-defined]
    else:
        with connection.cursor() as cursor:
            cursor.execute(*sent)
            if row.pk is None:
                row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, connection.alias


def update(row: Model, *names: str) -> None:
    """``row.save(update_fields=names)``; no signal is sent. ``DatabaseError`` when the row is gone."""
    connection = connections[router.db_for_write(type(row))]
    fields, statement = _update(type(row), names)
    sent = statement.of(connection, [_column(field, row, connection, add=False) for field in fields])
    if connection in _together:
        connection.later(*sent)  # type: ignore[attr-defined]
        return
    with connection.cursor() as cursor:
        cursor.execute(*sent)
        if cursor.rowcount != 1:
            raise DatabaseError(f"{row!r} is gone: nothing was updated.")


def _column(field: Any, row: Model, connection: Any, *, add: bool) -> Any:
    return field.get_db_prep_save(field.pre_save(row, add), connection)


@lru_cache
def _insert(model: type[Model]) -> tuple[list[Any], _Statement]:
    key = model._meta.pk
    fields: list[Any] = [
        field for field in model._meta.concrete_fields if field is not key or key.has_default()
    ]
    names = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(["%s"] * len(fields))
    table = model._meta.db_table
    # Names of tables and columns come from the models alone.
    sql = f'INSERT INTO "{table}" ({names}) VALUES ({values}) RETURNING "{key.column}"'  # noqa: S608
    return fields, _writing(f"insert_{table}", sql, len(fields))


@lru_cache
def _update(model: type[Model], names: tuple[str, ...]) -> tuple[list[Any], _Statement]:
    key, table = model._meta.pk, model._meta.db_table
    fields: list[Any] = [*(model._meta.get_field(name) for name in names), key]
    values = ", ".join(f'"{field.column}" = %s' for field in fields[:-1])
    sql = f'UPDATE "{table}" SET {values} WHERE "{key.column}" = %s'  # noqa: S608
    return fields, _writing(f"update_{table}", sql, len(fields))


def _writing(title: str, sql: str, many: int) -> _Statement:
    """Every parameter is a value, and takes the type of its column."""
    return _Statement(title, sql, [None] * many, [[at] for at in range(many)], ["unknown"] * many)

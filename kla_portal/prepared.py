"""Queries whose SQL is written once per process, for what runs at every save and on every page.

Writing the SQL of a query with joins takes Django longer than PostgreSQL takes to answer it (docs/adr/0025). The rows
come out as they would from the plain query: the same models, joins, converters, and the same refusal to lock outside
a transaction. ``insert`` and ``update`` do the same for one row.

A connection of PostgreSQL that outlives its request keeps the queries under names (``PREPARE``): it reads and plans
each of them once as well, which takes it longer than finding the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import lru_cache, wraps
from hashlib import sha256
from typing import Any, Generic, ParamSpec, TypeVar, cast
from weakref import WeakKeyDictionary

from django.db import DatabaseError, connections, router, transaction
from django.db.models import Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

P = ParamSpec("P")
Row = TypeVar("Row")

_NUMBER = 1_909_090_909
"""Stands for the first number while the SQL is written, the next ones for the next; an integer column can hold it."""

_LARGEST = 2**63 - 1

_SHAPES = 64
"""Forms of one query that are kept: one that takes any number of values has a form for each number."""

_named: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
"""Connection of psycopg2 -> the names of the queries that it knows."""


class _Shape(Generic[Row]):
    """The written query: its SQL, and which value goes where."""

    def __init__(self, title: str, plain: QuerySet[Any, Row], marks: list[object]) -> None:
        if plain._prefetch_related_lookups:  # type: ignore[attr-defined]
            raise ValueError("A prefetch is a query of its own: prepare it beside this one.")
        self.plain = plain
        self.compiler: SQLCompiler = plain.query.get_compiler(using=plain.db)
        self.sql, params = self.compiler.as_sql()
        columns = [column for column, *_ in self.compiler.select]
        self.converters = self.compiler.get_converters(columns)
        self.params = list(params)
        self.places = [[at for at, param in enumerate(params) if param == mark] for mark in marks]
        if not all(self.places):
            raise ValueError("A value is changed on its way into the SQL: such a query cannot be prepared.")
        self.name = _name(title, self.sql, params)
        # A text takes the type of what it is compared with, as one that is written out does.
        self.types = ["bigint" if isinstance(mark, int) else "unknown" for mark in marks]

    def rows(self, values: tuple[object, ...]) -> list[Row]:
        connection = connections[self.plain.db]
        if self.plain.query.select_for_update and not connection.in_atomic_block:
            raise transaction.TransactionManagementError("Rows are locked inside a transaction.")
        compiler, query = copy(self.compiler), copy(self.plain.query)
        compiler.connection = connection
        statement = self._named(connection, values) if _outlives(connection) else self._written(values)
        compiler.as_sql = lambda *_, **__: statement  # type: ignore[assignment, method-assign]
        compiler.get_converters = lambda _: self.converters  # type: ignore[assignment, method-assign]
        query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        found = type(self.plain)(model=self.plain.model, query=query, using=self.plain.db)
        found._iterable_class = self.plain._iterable_class
        return list(found)

    def _written(self, values: tuple[object, ...]) -> tuple[str, tuple[object, ...]]:
        params = self.params.copy()
        for places, value in zip(self.places, values, strict=True):
            for at in places:
                params[at] = value
        return self.sql, tuple(params)

    def _named(self, connection: Any, values: tuple[object, ...]) -> tuple[str, tuple[object, ...]]:
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


def _name(title: str, *content: object) -> str:
    """What PostgreSQL calls a query: its function, for those who read the server's log, and what it consists of."""
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
    def shape(types: tuple[type, ...]) -> _Shape[Row]:
        if not {*types} <= {int, str}:
            raise TypeError(f"{build.__name__} takes numbers and texts, not {types}")
        marks = [_NUMBER + at if kind is int else f"{{{at}}}" for at, kind in enumerate(types)]
        return _Shape(build.__name__, build(*marks), marks)  # type: ignore[call-arg, arg-type]

    @wraps(build)
    def rows(*values: Any) -> list[Row]:
        written = shape(tuple(map(type, values)))
        # What an address says is a key may be a number that no database can hold.
        if any(type(value) is int and abs(value) > _LARGEST for value in values):
            return []
        return written.rows(values)

    return cast(Callable[P, list[Row]], rows)


def insert(row: Model) -> None:
    """``row.save(force_insert=True)`` of a new row whose key the database gives; no signal is sent."""
    connection = connections[router.db_for_write(type(row))]
    key = type(row)._meta.pk
    fields, sql = _insert(type(row))
    row._prepare_related_fields_for_save(operation_name="save")  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute(sql, [_column(field, row, connection, add=True) for field in fields])
        setattr(row, key.attname, cursor.fetchone()[0])
    row._state.adding, row._state.db = False, connection.alias


def update(row: Model, *names: str) -> None:
    """``row.save(update_fields=names)``; no signal is sent. ``DatabaseError`` when the row is gone."""
    connection = connections[router.db_for_write(type(row))]
    fields, sql = _update(type(row), names)
    with connection.cursor() as cursor:
        cursor.execute(sql, [_column(field, row, connection, add=False) for field in fields])
        if cursor.rowcount != 1:
            raise DatabaseError(f"{row!r} is gone: nothing was updated.")


def _column(field: Any, row: Model, connection: Any, *, add: bool) -> Any:
    return field.get_db_prep_save(field.pre_save(row, add), connection)


@lru_cache
def _insert(model: type[Model]) -> tuple[list[Any], str]:
    fields: list[Any] = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(["%s"] * len(fields))
    key = model._meta.pk.column
    # Names of tables and columns come from the models alone.
    return fields, f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({values}) RETURNING "{key}"'  # noqa: S608


@lru_cache
def _update(model: type[Model], names: tuple[str, ...]) -> tuple[list[Any], str]:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    values = ", ".join(f'"{field.column}" = %s' for field in fields)
    key = model._meta.pk
    return [*fields, key], f'UPDATE "{model._meta.db_table}" SET {values} WHERE "{key.column}" = %s'  # noqa: S608

"""Rows by the thousand: COPY on PostgreSQL, INSERT elsewhere."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model

BATCH = 4000
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def put(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write ``rows``, whose values stand in the order of ``names`` (``by_id``, not ``by``). Other columns get the
    model's default; one that has none gets the next number.
    """
    if connection.vendor != "postgresql":
        made = (model(**dict(zip(names, row, strict=True))) for row in rows)
        model._default_manager.bulk_create(made, batch_size=BATCH)
        return
    fields = {field.attname: field for field in model._meta.concrete_fields}
    rest = [name for name, field in fields.items() if name not in names and not field.primary_key]
    end = "".join(f"\t{_text(fields[name].get_default())}" for name in rest) + "\n"
    columns = ", ".join(f'"{fields[name].column}"' for name in (*names, *rest))
    lines = io.StringIO("".join("\t".join(map(_text, row)) + end for row in rows))
    with connection.cursor() as cursor:
        cursor.copy_expert(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN', lines)


def number_on(*models: type[Model]) -> None:
    """After rows that brought their own keys: the next one gets the next number."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(statement)


def _text(value: Any) -> str:
    """As COPY reads it."""
    if value is None:
        return "\\N"
    if isinstance(value, dict | list | tuple):
        value = json.dumps(value)
    return str(value).translate(_ESCAPED)

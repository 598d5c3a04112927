"""A person's own data as one ZIP: JSON for machines, a page for people, a table for every section."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from django.template.loader import render_to_string

from kla_portal.accounts.domain.personal_data import Cell, Section
from kla_portal.accounts.models import User
from kla_portal.accounts.sheets import write_csv
from kla_portal.indonesian import NATIONAL_ZONE, tanggal_jam

SCHEMA = "kla-data-saya/1"
IN_MEMORY = 2_000_000
"""Bytes; what is larger goes to the temporary disk, and from there at once."""


def packed(sections: Sequence[Section], *, user: User, at: datetime) -> IO[bytes]:
    """The ZIP, open at its beginning; it vanishes when it is closed. Times in JSON are UTC, elsewhere WIB."""
    target = cast(IO[bytes], SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115 - the response closes it
    tables = [(section, [list(row) for row in section.rows]) for section in sections]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data-saya.json", _json(tables, at))
        archive.writestr("baca-saya.html", _page(tables, user, at))
        for section, rows in tables:
            lines = [section.columns, *([_text(cell) for cell in row] for row in rows)]
            archive.writestr(f"{section.name}.csv", write_csv(lines))
    target.seek(0)
    return target


def _json(tables: list[tuple[Section, list[list[Cell]]]], at: datetime) -> str:
    content = {
        section.name: [dict(zip(section.columns, row, strict=True)) for row in rows]
        for section, rows in tables
    }
    return json.dumps(
        {"schema": SCHEMA, "dibuat": at, "isi": content}, ensure_ascii=False, indent=1, default=_plain
    )


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _page(tables: list[tuple[Section, list[list[Cell]]]], user: User, at: datetime) -> str:
    parts = [(section, [[_text(cell) for cell in row] for row in rows]) for section, rows in tables]
    return render_to_string("accounts/personal_archive.html", {"parts": parts, "user": user, "at": at})


def _text(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return tanggal_jam(cell, NATIONAL_ZONE)
    if isinstance(cell, bool):
        return "ya" if cell else "tidak"
    return "" if cell is None else str(cell)

"""The index in a ZIP of data dukung: what stands where, for people (HTML) and for spreadsheets (CSV)."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from io import StringIO
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.template.loader import render_to_string

from evaluations.reports.paper import printable
from evaluations.reports.table_csv import BYTE_ORDER_MARK, safe_text

COLUMNS = (
    "pertanyaan",
    "judul_pertanyaan",
    "slot",
    "judul_dokumen",
    "nomor",
    "tanggal",
    "halaman",
    "kutipan",
    "sha256",
    "ukuran_byte",
    "berkas",
    "tautan",
    "catatan",
)

INDEX_STYLE = (Path(settings.BASE_DIR) / "templates/evaluations/evidence/index.css").read_text(
    encoding="utf-8"
)


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One file, or one web address, in one slot. ``size`` in bytes, ``path`` inside the ZIP (empty: not in it)."""

    code: str
    question: str
    slot: str
    title: str = ""
    number: str = ""
    date: str = ""
    pages: str = ""
    quote: str = ""
    url: str = ""
    note: str = ""
    size: int = 0
    sha256: str = ""
    path: str = ""

    def of(self, document: Any, *, pages: str, quote: str) -> IndexRow:
        """The same slot with this document (its title, number, ``document_date``, ``url``, ``withdrawn_reason``)."""
        reason = document.withdrawn_reason
        return replace(
            self,
            title=document.title,
            number=document.number,
            date=document.document_date.isoformat() if document.document_date else "",
            pages=pages,
            quote=quote,
            url=document.url,
            note=f"ditarik: {reason}" if reason else "",
        )

    def file(self, size: int, sha256: str, *, path: str = "", note: str = "") -> IndexRow:
        """The same document's file."""
        return replace(
            self, size=size, sha256=sha256, path=path, note="; ".join(filter(None, (self.note, note)))
        )

    @property
    def href(self) -> str:
        """The file beside the index, or the web address."""
        return quote(self.path) if self.path else self.url


@dataclass(frozen=True)
class Index:
    district: str
    edition: str
    rows: tuple[IndexRow, ...]

    @property
    def questions(self) -> Iterable[tuple[str, list[IndexRow]]]:
        """Heading of each question and its rows."""
        for (code, title), rows in groupby(self.rows, key=lambda row: (row.code, row.question)):
            yield f"{code} {title}", list(rows)


def index_csv(index: Index) -> str:
    """One line a row, for Indonesian Excel; nothing in it reads as a formula. Encode as plain UTF-8."""
    stream = StringIO()
    stream.write(BYTE_ORDER_MARK)
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in index.rows:
        texts = (row.code, row.question, row.slot, row.title, row.number, row.date, row.pages, row.quote)
        rest = (row.sha256, row.size or "", *map(_cell, (row.path, row.url, row.note)))
        writer.writerow([*map(_cell, texts), *rest])
    return stream.getvalue()


def index_html(index: Index) -> str:
    """A page that is read from the disk, beside the folders; it asks nothing of any host."""
    return render_to_string("evaluations/evidence/index.html", {"index": index})


def _cell(text: str) -> str:
    return safe_text(printable(text))

"""Open data: the published results as JSON and CSV, schema ``kla-hasil/1`` (docs/open-data.md). For machines.

UTF-8 without byte order mark, decimal points, points as text so that no reader makes them inexact. The same results
give the same bytes: neither the time of asking nor the asker stands in them.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from io import StringIO
from typing import Any

from evaluations.reports.paper import w3c_time
from evaluations.reports.table_csv import safe_text
from evaluations.scoring.score import digest

SCHEMA = "kla-hasil/1"
LICENCE = {
    "id": "CC-BY-4.0",
    "name": "Creative Commons Attribution 4.0 International",
    "url": "https://creativecommons.org/licenses/by/4.0/",
}


@dataclass(frozen=True, slots=True)
class OpenRow:
    """One district's final result. ``total`` has two decimals and a point; ranks count from 1, ties share one."""

    edition: str
    stage: str
    province_code: str
    province: str
    district_code: str
    district: str
    total: str
    maximum: str
    predikat_code: str
    predikat: str
    rank_province: int
    rank_national: int


COLUMNS = tuple(field.name for field in fields(OpenRow))
MEANINGS = (
    ("edition", "kode periode evaluasi"),
    ("stage", "tahap; selalu vf, Verifikasi Final"),
    ("province_code", "kode wilayah provinsi (Kemendagri)"),
    ("province", "nama provinsi"),
    ("district_code", "kode wilayah kabupaten/kota (Kemendagri)"),
    ("district", "nama kabupaten/kota"),
    ("total", "nilai akhir, dua angka di belakang titik"),
    ("maximum", "nilai tertinggi yang mungkin"),
    ("predikat_code", "kode predikat: inisiasi, pratama, madya, nindya, utama, kla"),
    ("predikat", "nama predikat; Inisiasi berarti belum berpredikat"),
    ("rank_province", "peringkat di provinsinya; nilai sama, peringkat sama"),
    ("rank_national", "peringkat di antara semua kabupaten/kota dalam berkas"),
)
"""Column -> meaning, in the order of the file; for the page that describes the data."""


@dataclass(frozen=True)
class OpenResults:
    """The results of one edition, by district code."""

    edition_code: str
    edition_name: str
    published_at: datetime
    changed_at: datetime
    """Publication, or the newest of the results, whichever is later."""
    rows: Sequence[OpenRow]

    @property
    def content(self) -> list[dict[str, Any]]:
        return [asdict(row) for row in self.rows]

    @property
    def digest(self) -> str:
        """sha256 of the canonical JSON of ``results``: keys sorted, no white space, UTF-8."""
        return digest(self.content)


def open_json(results: OpenResults) -> bytes:
    whole = {
        "schema": SCHEMA,
        "edition": {"code": results.edition_code, "name": results.edition_name},
        "published_at": w3c_time(results.published_at),
        "licence": LICENCE,
        "digest": results.digest,
        "results": results.content,
    }
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def open_csv(results: OpenResults) -> bytes:
    """Commas, LF, one line of column names: RFC 4180 but for the line ends."""
    stream = StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in results.content:
        # A number is left alone: no total is below nought.
        writer.writerow(
            {name: safe_text(part) if isinstance(part, str) else part for name, part in row.items()}
        )
    return stream.getvalue().encode()


FORMS = {
    "csv": (open_csv, "text/csv; charset=utf-8"),
    "json": (open_json, "application/json"),
}
"""Ending -> how it is written, and its type."""

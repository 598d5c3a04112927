"""The ranking as CSV for Indonesian Excel: semicolons, decimal comma, byte order mark, CRLF.

A name that a spreadsheet could take for a formula gets an apostrophe before it.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO

from evaluations.reports.paper import FORMULA_STARTS
from evaluations.reports.ranking import RankingReport
from evaluations.scoring.score import plain
from kla_portal.indonesian import round_half_up

BYTE_ORDER_MARK = "\ufeff"


def ranking_csv(report: RankingReport) -> str:
    """One line a district, those without a result last. Encode as plain UTF-8: the mark is in the text."""
    stream = StringIO()
    stream.write(BYTE_ORDER_MARK)
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(
        ["peringkat", "kode", "kabupaten_kota", "predikat", "nilai"]
        + [part.code for part in report.clusters]
        + ["perubahan_poin_persen", "catatan", "keadaan"]
    )
    for row in report.rows:
        change = "" if row.change is None else _number(round_half_up(row.change, 2), 2)
        writer.writerow(
            [row.rank, row.code, safe_text(row.district), safe_text(row.predikat.name), _number(row.total, 2)]
            + [_number(points) for points in row.points]
            + [change, safe_text(row.note), "Ada hasil"]
        )
    for part in report.absent:
        blanks = [""] * (2 + len(report.clusters))
        writer.writerow(["", part.code, safe_text(part.district), *blanks, "", "", safe_text(part.status)])
    return stream.getvalue()


def safe_text(text: str) -> str:
    """Text that no spreadsheet reads as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _number(value: Decimal, places: int | None = None) -> str:
    """Decimal comma, no grouping, so that every spreadsheet reads a number."""
    return (plain(value) if places is None else f"{value:.{places}f}").replace(".", ",")

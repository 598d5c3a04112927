"""The training list: which questions lose most points across districts, as frozen values and as CSV."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from io import StringIO

from evaluations.reports.table_csv import BYTE_ORDER_MARK, safe_text
from evaluations.scoring.score import plain
from kla_portal.indonesian import round_half_up

HEADS = (
    "urutan", "kode", "pertanyaan", "tema", "perangkat_daerah", "bobot", "rata_rata_hilang",
    "hilang_seluruhnya", "persen_belum_penuh", "kabupaten_kota", "bernilai_penuh",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrainingLine:
    """``average``: points lost per district; ``short_share``: percent of the districts without full points."""

    code: str
    title: str
    theme: str
    agency: str
    weight: Decimal
    average: Fraction
    lost: Decimal
    short_share: Fraction
    districts: int
    full: int


@dataclass(frozen=True, slots=True)
class TrainingList:
    """``lines``: most points lost first."""

    place_name: str
    edition_name: str
    stage_name: str
    lines: tuple[TrainingLine, ...]


def training_csv(report: TrainingList) -> str:
    """As all CSV of the portal: semicolons, decimal comma, byte order mark in the text, CRLF."""
    stream = StringIO()
    stream.write(BYTE_ORDER_MARK)
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADS)
    for number, line in enumerate(report.lines, start=1):
        writer.writerow(
            [
                number,
                line.code,
                safe_text(line.title),
                safe_text(line.theme),
                safe_text(line.agency),
                _comma(plain(line.weight)),
                _comma(f"{round_half_up(line.average, 2):f}"),
                _comma(plain(line.lost)),
                _comma(f"{round_half_up(line.short_share, 1):f}"),
                line.districts,
                line.full,
            ]
        )
    return stream.getvalue()


def _comma(text: str) -> str:
    return text.replace(".", ",")

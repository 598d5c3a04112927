"""History as newspapers and agencies published it: two CSV files -> rows, all or nothing."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from django.db import transaction

from evaluations.models import PublishedResult, Stage
from kla_portal.indonesian import angka
from kla_portal.regions.models import District

SCORES = ("district", "year", "stage", "total", "predikat", "source")
CLUSTERS = ("K0", "K1", "K2", "K3", "K4", "K5", "K6")
CLUSTER_SCORES = ("district", "year", "stage", *CLUSTERS, "sum", "published_total", "source")

SOURCE_LENGTH = 200
HIGHEST = 1000

_YEAR = re.compile(r"[0-9]{4}")
_POINTS = re.compile(r"[0-9]{1,4}(\.[0-9]{1,2})?")

Outcome = Literal["created", "changed", "unchanged"]

PREDIKAT = {
    "": "",
    "none": "inisiasi",
    "Pratama": "pratama",
    "Madya": "madya",
    "Nindya": "nindya",
    "Utama": "utama",
    "KLA": "kla",
}
"""As the sources write it -> the code. Empty: the source does not say; "none": no predikat was given."""


class PublishedErrors(Exception):
    """The files cannot be loaded; ``errors`` has one line per fault, with file and line number."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


class _Fault(Exception):
    """What is wrong with one row."""


@dataclass(frozen=True)
class LoadedHistory:
    created: int
    changed: int
    unchanged: int


def load_published(*, scores: Path, clusters: Path) -> LoadedHistory:
    """Write both files' rows; a row already there (district, year, stage, source) is brought up to date.

    Raises ``PublishedErrors`` with every fault found; then nothing is written.
    """
    districts = _districts_by_name()
    errors: list[str] = []
    rows = [
        *_read(scores, SCORES, _score_row, districts, errors),
        *_read(clusters, CLUSTER_SCORES, _cluster_row, districts, errors),
    ]
    if errors:
        raise PublishedErrors(errors)
    with transaction.atomic():
        outcomes = [_store(row) for row in rows]
    return LoadedHistory(
        created=outcomes.count("created"),
        changed=outcomes.count("changed"),
        unchanged=outcomes.count("unchanged"),
    )


def _districts_by_name() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for code, name in District.objects.values_list("code", "name"):
        found[name].append(code)
    return found


def _read(
    path: Path,
    columns: tuple[str, ...],
    convert: Callable[[Mapping[str, str], str], PublishedResult],
    districts: Mapping[str, list[str]],
    errors: list[str],
) -> Iterator[PublishedResult]:
    """The file's rows, unsaved; faults go to ``errors``."""
    seen: dict[tuple[str, int, str, str], int] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != columns:
            errors.append(f"{path.name} baris 1: kolom harus {','.join(columns)}")
            return
        for row in reader:
            try:
                if None in row or None in row.values():
                    raise _Fault(f"harus {len(columns)} kolom")
                found = convert(row, _district(row["district"], districts))
                key = (found.district_id, found.year, found.stage, found.source)
                if key in seen:
                    raise _Fault(
                        f"sama dengan baris {seen[key]} (wilayah, tahun, tahap, sumber); hapus salah satu"
                    )
                seen[key] = reader.line_num
                yield found
            except _Fault as fault:
                errors.append(f"{path.name} baris {reader.line_num}: {fault}")


def _score_row(row: Mapping[str, str], district: str) -> PublishedResult:
    if row["predikat"] not in PREDIKAT:
        raise _Fault(f'predikat "{row["predikat"]}" tidak dikenal; pilih {", ".join(filter(None, PREDIKAT))}')
    total = _points(row["total"], "total") if row["total"] else None
    if total is None and not row["predikat"]:
        raise _Fault("nilai dan predikat kosong; isi salah satu")
    return PublishedResult(
        total=total, predikat=PREDIKAT[row["predikat"]], **_common(row, district, row["source"])
    )


def _cluster_row(row: Mapping[str, str], district: str) -> PublishedResult:
    """The total is the published one where there is one; the source then says what the parts add up to."""
    clusters = {code: _points(row[code], code) for code in CLUSTERS}
    added = sum(clusters.values(), Decimal(0))
    if added != _points(row["sum"], "sum"):
        raise _Fault(f"klaster berjumlah {angka(added, 2)}, kolom sum {row['sum']}")
    if row["published_total"]:
        total = _points(row["published_total"], "published_total")
        says = "total terbitan" if total == added else f"total terbitan; klaster berjumlah {angka(added, 2)}"
    else:
        total, says = added, "total dijumlahkan dari klaster terbitan"
    return PublishedResult(
        total=total,
        clusters={code: f"{points:f}" for code, points in clusters.items()},
        **_common(row, district, f"{row['source']} [{says}]" if row["source"].strip() else ""),
    )


def _common(row: Mapping[str, str], district: str, source: str) -> dict[str, Any]:
    if row["stage"].lower() not in Stage.values:
        raise _Fault(f'tahap "{row["stage"]}" tidak dikenal; pilih {", ".join(Stage.values).upper()}')
    if not _YEAR.fullmatch(row["year"]):
        raise _Fault(f'tahun "{row["year"]}" harus empat angka')
    source = source.strip()
    if not source:
        raise _Fault("sumber kosong; setiap angka terbitan harus menyebut sumbernya")
    if len(source) > SOURCE_LENGTH:
        raise _Fault(f"sumber paling panjang {SOURCE_LENGTH} huruf ({len(source)})")
    return {
        "district_id": district,
        "year": int(row["year"]),
        "stage": row["stage"].lower(),
        "source": source,
    }


def _district(name: str, districts: Mapping[str, list[str]]) -> str:
    codes = districts.get(name, [])
    if len(codes) == 1:
        return codes[0]
    if not codes:
        raise _Fault(f'kabupaten/kota "{name}" tidak ditemukan; tulis namanya seperti di data wilayah')
    raise _Fault(f'nama "{name}" dipakai {len(codes)} kabupaten/kota ({", ".join(codes)})')


def _points(text: str, column: str) -> Decimal:
    if not _POINTS.fullmatch(text):
        raise _Fault(f'{column} "{text}" bukan nilai dengan paling banyak dua angka di belakang titik')
    value = Decimal(text)
    if value > HIGHEST:
        raise _Fault(f"{column} {text} lebih besar dari {HIGHEST}")
    return value


def _store(row: PublishedResult) -> Outcome:
    key = {name: getattr(row, name) for name in ("district_id", "year", "stage", "source")}
    stored = PublishedResult.objects.select_for_update().filter(**key).first()
    if stored is None:
        row.save(force_insert=True)
        return "created"
    content = ("total", "predikat", "clusters")
    if all(getattr(stored, name) == getattr(row, name) for name in content):
        return "unchanged"
    for name in content:
        setattr(stored, name, getattr(row, name))
    stored.save(update_fields=content)
    return "changed"

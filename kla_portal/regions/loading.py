"""The reference files of fixtures/wilayah -> rows. Loading again brings the rows up to date."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, cast

from django.conf import settings
from django.db import models, transaction

from kla_portal.regions.models import District, Kecamatan, Province, Village
from kla_portal.regions.queries import find_province

BATCH = 2000

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows written."""

    provinces: int
    districts: int
    kecamatan: int
    villages: int


def folder() -> Path:
    return Path(settings.BASE_DIR) / "fixtures" / "wilayah"


class UnknownProvince(ValueError):
    """``str`` is the text that names no province."""


@transaction.atomic
def load_regions(*, villages_of: Collection[str] = (), all_villages: bool = False) -> Counts:
    """Provinces, districts, kecamatan, and villages of the named provinces (code or name). All or nothing.

    Raises ``UnknownProvince``.
    """
    provinces = _load("provinces.csv", Province, _province)
    codes = ("",) if all_villages else tuple(_code_of(text) for text in villages_of)
    return Counts(
        provinces=provinces,
        districts=_load("districts.csv", District, _district),
        kecamatan=_load("kecamatan.csv", Kecamatan, _kecamatan),
        villages=load_villages(codes) if codes else 0,
    )


def load_villages(prefixes: tuple[str, ...]) -> int:
    """The villages whose code begins so: of provinces (``63``), districts (``63.09``). Returns how many."""
    return _load("villages.csv.gz", Village, _village, prefixes)


def _code_of(text: str) -> str:
    try:
        return find_province(text).code
    except Province.DoesNotExist:
        raise UnknownProvince(text) from None


def _load(
    name: str,
    model: type[models.Model],
    build: Callable[[Row], models.Model],
    prefixes: tuple[str, ...] = ("",),
) -> int:
    """Insert or update every row of one file, or those whose code begins with one of ``prefixes``."""
    found = [build(row) for row in _rows(folder() / name) if row["code"].startswith(prefixes)]
    fields = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    model._default_manager.bulk_create(
        found, batch_size=BATCH, update_conflicts=True, unique_fields=["code"], update_fields=fields
    )
    return len(found)


def _rows(path: Path) -> Iterator[Row]:
    opener: Any = gzip.open if path.suffix == ".gz" else open
    with cast(TextIO, opener(path, "rt", encoding="utf-8", newline="")) as lines:
        yield from csv.DictReader(lines)


def _province(row: Row) -> Province:
    return Province(code=row["code"], name=row["name"], timezone=row["timezone"])


def _district(row: Row) -> District:
    return District(code=row["code"], province_id=row["province_code"], kind=row["kind"], name=row["name"])


def _kecamatan(row: Row) -> Kecamatan:
    return Kecamatan(
        code=row["code"],
        district_id=row["district_code"],
        name=row["name"],
        desa_count=int(row["desa"]),
        kelurahan_count=int(row["kelurahan"]),
    )


def _village(row: Row) -> Village:
    return Village(code=row["code"], kecamatan_id=row["kecamatan_code"], kind=row["kind"], name=row["name"])

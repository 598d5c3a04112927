"""``manage.py score --instrument kla-2023 --answers FILE.json``: the score of an answers file, as JSON."""

from __future__ import annotations

import json
import re
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error as DatabaseError
from django.db import connection

from evaluations.scoring.answers import MAX_DIGITS
from evaluations.scoring.score import (
    AnswersError,
    ScoreTree,
    read_answers,
    score_read,
    tree_to_summary,
    unknown_codes,
)
from indicators.domain.importing import InstrumentErrors, parse_instrument
from indicators.domain.spec import spec_by_code
from indicators.models import Instrument
from indicators.spec import InstrumentSpec

REFUSED = 2


class Refused(Exception):
    """The command's input cannot be used; ``lines`` say why, one fault each."""

    def __init__(self, *lines: str) -> None:
        super().__init__(*lines)
        self.lines = lines


class Command(BaseCommand):
    help = "Menghitung nilai dari berkas jawaban (JSON) dan mencetak rinciannya. Tidak membutuhkan server."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--instrument", required=True, help="kode instrumen, atau berkas YAML-nya")
        parser.add_argument("--answers", required=True, help="berkas JSON; '-' membaca masukan baku")

    def handle(self, *args: Any, instrument: str, answers: str, **options: Any) -> None:
        try:
            spec = find_instrument(instrument)
            tree = score_file(spec, read_file(answers))
        except Refused as refused:
            self._refuse(refused.lines)
        self.stdout.write(self._json(tree))

    def _json(self, tree: ScoreTree) -> str:
        summary = tree_to_summary(tree)
        text = json.dumps(summary, ensure_ascii=False, indent=2)
        try:
            text.encode(getattr(self.stdout, "encoding", None) or "utf-8")
        except UnicodeEncodeError:
            # A terminal without the signs still gets valid JSON.
            return json.dumps(summary, indent=2)
        return text

    def _refuse(self, lines: tuple[str, ...]) -> NoReturn:
        for line in lines:
            self.stderr.write(_one_line(line))
        raise SystemExit(REFUSED)


def find_instrument(name: str) -> InstrumentSpec:
    """A YAML file, else the database's instrument of that code, else the file shipped with the product."""
    path = Path(name)
    if path.suffix in {".yaml", ".yml"}:
        return _instrument_file(path)
    if _has_database():
        try:
            return spec_by_code(name)
        except (Instrument.DoesNotExist, DatabaseError):
            # Before the first load the shipped file is the instrument.
            pass
    shipped = Path(settings.BASE_DIR) / "fixtures" / "instruments" / f"{name}.yaml"
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name) or not shipped.is_file():
        raise Refused(f"{name}: instrumen tidak ditemukan.")
    return _instrument_file(shipped)


def read_file(name: str) -> dict[str, Any]:
    """The answers file: one JSON object, question code -> raw value. Numbers never pass a binary float."""
    try:
        text = (sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise Refused(f"{name}: tidak dapat dibaca ({_reason(error)}).") from error
    try:
        content = json.loads(
            text, parse_float=str, parse_int=_whole, parse_constant=str, object_pairs_hook=_without_duplicates
        )
    except (ValueError, RecursionError) as error:
        raise Refused(f"{name}: bukan JSON yang sah ({_reason(error)}).") from error
    if not isinstance(content, dict):
        raise Refused(f"{name}: isi berkas harus satu objek JSON, kode butir ke jawabannya.")
    return content


def score_file(instrument: InstrumentSpec, answers: dict[str, Any]) -> ScoreTree:
    """The tree, or ``Refused`` with a line for every unknown code and every fault."""
    unknown = unknown_codes(instrument, answers)
    lines = [f"{code}: butir tidak ada dalam instrumen {instrument.code}." for code in unknown]
    known = {code: raw for code, raw in answers.items() if code not in unknown}
    try:
        read = read_answers(instrument, known, strict=True)
    except AnswersError as error:
        lines += [f"{code}: {text}" for code, parts in error.errors.items() for text in parts.values()]
    if lines:
        raise Refused(*lines)
    return score_read(instrument, read)


def _has_database() -> bool:
    # Asking SQLite for a file that is not there would create it, empty.
    name = str(connection.settings_dict["NAME"])
    return connection.vendor != "sqlite" or "memory" in name or Path(name).exists()


def _instrument_file(path: Path) -> InstrumentSpec:
    try:
        return parse_instrument(path.read_text(encoding="utf-8"), name=str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{path}: tidak dapat dibaca ({_reason(error)}).") from error
    except InstrumentErrors as errors:
        raise Refused(*str(errors).splitlines()) from errors


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"kunci ganda: {', '.join(twice)}")
    return content


def _whole(digits: str) -> int | str:
    # Longer numbers are refused later by their text, before Python would turn them into an integer.
    return int(digits) if len(digits) <= MAX_DIGITS + 1 else digits


def _reason(error: Exception) -> str:
    return (error.strerror or "galat") if isinstance(error, OSError) else str(error) or "terlalu dalam"


def _one_line(text: str) -> str:
    return " ".join(text.split())

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from indicators.domain.importing import InstrumentErrors, check_load, load_instrument, parse_instrument
from indicators.domain.publishing import PublishingRefused, publish
from indicators.models import InstrumentState
from indicators.spec import InstrumentSpec
from kla_portal.indonesian import angka

WOULD = {
    "new": "akan dimuat sebagai rancangan baru",
    "replaces_draft": "akan mengganti rancangan yang ada",
    "unchanged": "sudah dimuat dengan isi yang sama, tidak ada yang berubah",
}


class Command(BaseCommand):
    help = "Memuat instrumen dari berkas YAML (fixtures/instruments/FORMAT.md) sebagai rancangan."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="BERKAS")
        parser.add_argument("--check", action="store_true", help="periksa saja, tidak menulis apa pun")
        parser.add_argument("--publish", action="store_true", help="terbitkan sesudah dimuat")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            self._fail(f"{path.name}: tidak dapat dibaca ({type(error).__name__})")
        try:
            spec = parse_instrument(text, name=path.name)
            if options["check"]:
                outcome = WOULD[check_load(spec)]
                self.stdout.write(f"{_summary(spec)}: {outcome}.")
            else:
                self._load(spec, publish_too=options["publish"], quiet=not options["verbosity"])
        except (InstrumentErrors, PublishingRefused) as error:
            self._fail(str(error))

    @transaction.atomic
    def _load(self, spec: InstrumentSpec, *, publish_too: bool, quiet: bool) -> None:
        instrument, changed = load_instrument(spec, by=None)
        word = "dimuat" if changed else "tidak berubah"
        if publish_too and instrument.state == InstrumentState.DRAFT:
            instrument = publish(instrument, by=None)
            word += ", diterbitkan"
        if not quiet:
            self.stdout.write(f"{_summary(spec)}: {word}. Sidik {instrument.digest}")

    def _fail(self, message: str) -> None:
        """One line per fault on stderr, exit code 2."""
        self.stderr.write(message)
        sys.exit(2)


def _summary(spec: InstrumentSpec) -> str:
    questions = sum(1 for _ in spec.questions())
    return (
        f"{spec.code}: {len(spec.clusters)} klaster, {sum(1 for _ in spec.indicators())} indikator, "
        f"{questions} pertanyaan, nilai total {angka(spec.total)}"
    )

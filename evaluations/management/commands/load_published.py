"""``manage.py load_published``: the published history, shown beside the portal's own results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluations.domain.published import PublishedErrors, load_published

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "published"


class Command(BaseCommand):
    help = "Memuat nilai dan predikat yang pernah diterbitkan, dengan sumbernya. Aman diulang."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scores", type=Path, default=FOLDER / "published-scores.csv")
        parser.add_argument("--clusters", type=Path, default=FOLDER / "cluster-scores.csv")

    def handle(self, *args: Any, scores: Path, clusters: Path, **options: Any) -> None:
        try:
            loaded = load_published(scores=scores, clusters=clusters)
        except PublishedErrors as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"{error.filename} tidak dapat dibaca: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise CommandError("Berkas harus berupa teks UTF-8.") from None
        if options["verbosity"]:
            self.stdout.write(
                f"Hasil terbitan: {loaded.created} baru, {loaded.changed} diperbarui, "
                f"{loaded.unchanged} sudah ada."
            )

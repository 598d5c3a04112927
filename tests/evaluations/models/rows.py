"""Sound rows of every kind, and which constraint it was that refused one."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

from django.apps import apps
from django.db import IntegrityError, connection
from django.utils import timezone

from evaluations.models import (
    Answer,
    AnswerRevision,
    Assignment,
    ConcernAnswer,
    Edition,
    Evaluation,
    Evidence,
    EvidenceFile,
    EvidenceLink,
    FileBand,
    PageText,
    PublishedResult,
    StageResult,
    StageWindow,
    StoredReport,
    Upload,
    UploadPiece,
)
from indicators.domain.spec import loaded
from tests.cast import TABALONG, agency
from tests.evaluations.papers import file_row


class Rows:
    """Sound rows of every kind; ``more`` spoils them."""

    def __init__(self, evaluation, cast) -> None:
        self.evaluation, self.user, self.now = evaluation, cast.coordinator_tabalong, timezone.now()
        self.ids = loaded(evaluation.edition.instrument)

    def edition(self, **more):
        row = {
            "code": "2030",
            "name": "Evaluasi",
            "instrument": self.evaluation.edition.instrument,
            "first_evidence_year": 2028,
            "last_evidence_year": 2029,
        }
        return Edition.objects.create(**row | more)

    def window(self, **more):
        row = {
            "edition": self.evaluation.edition,
            "stage": "va",
            "opens_on": date(2026, 7, 1),
            "opens_time": time(8),
            "closes_on": date(2026, 7, 31),
            "closes_time": time(8),
        }
        return StageWindow.objects.create(**row | more)

    def changed(self, **fields):
        Evaluation.objects.filter(pk=self.evaluation.pk).update(**fields)

    def answer(self, **more):
        row = {
            "evaluation": self.evaluation,
            "question_id": self.ids.question_ids["1.1"],
            "updated_at": self.now,
            "updated_by": self.user,
        }
        return Answer.objects.create(**row | more)

    def revision(self, **more):
        row = {
            "answer": more.pop("answer", None) or self.answer(),
            "version": 1,
            "at": self.now,
            "by": self.user,
        }
        return AnswerRevision.objects.create(**row | more)

    def assignment(self, **more):
        row = {
            "evaluation": self.evaluation,
            "question_id": self.ids.question_ids["1.1"],
            "agency": agency(TABALONG, "polres"),
            "assigned_at": self.now,
            "assigned_by": self.user,
        }
        return Assignment.objects.create(**row | more)

    def evidence(self, **more):
        row = {
            "district_id": TABALONG,
            "form": "file",
            "title": "Rekap",
            "added_at": self.now,
            "added_by": self.user,
        }
        return Evidence.objects.create(**row | more)

    def web_link(self, **more):
        return self.evidence(**{"form": "link", "url": "https://contoh.go.id/a"} | more)

    def file(self, **more):
        document = more.pop("evidence", None) or self.evidence()
        file = file_row(document, **more)
        file.save()
        return file

    def reading_file(self):
        """A file that stands for itself, the same at every call."""
        return EvidenceFile.objects.order_by("pk").first() or self.file()

    def page_text(self, **more):
        return PageText.objects.create(**{"file": self.reading_file(), "page": 1, "text": "Keputusan"} | more)

    def band(self, **more):
        return FileBand.objects.create(**{"file": self.reading_file(), "key": "ab12"} | more)

    def concern_answer(self, **more):
        row = {
            "evaluation": self.evaluation,
            "evidence": Evidence.objects.order_by("pk").first() or self.evidence(),
            "rule": "undated",
            "basis": "0" * 64,
            "reason": "Sudah diperiksa.",
            "at": self.now,
            "by": self.user,
        }
        return ConcernAnswer.objects.create(**row | more)

    def upload(self, **more):
        row = {
            "evaluation": self.evaluation,
            "by": self.user,
            "path": "rekap.pdf",
            "size": 10,
            "started_at": self.now,
            "touched_at": self.now,
        }
        return Upload.objects.create(**row | more)

    def piece(self, **more):
        row = {
            "upload": Upload.objects.order_by("pk").first() or self.upload(),
            "offset": 0,
            "size": 5,
            "storage_name": "ab/1",
        }
        return UploadPiece.objects.create(**row | more)

    def link(self, **more):
        row = {
            "evaluation": self.evaluation,
            "slot_id": self.ids.slot_ids["12.1", 1],
            "evidence": more.pop("evidence", None) or self.evidence(),
            "added_at": self.now,
            "added_by": self.user,
        }
        return EvidenceLink.objects.create(**row | more)

    def result(self, **more):
        row = {
            "evaluation": self.evaluation,
            "stage": "em",
            "sequence": 1,
            "total": Decimal(500),
            "predikat": "pratama",
            "clusters": {},
            "snapshot": {},
            "instrument_digest": "0" * 64,
            "digest": "0" * 64,
            "receipt_number": "EM/1",
            "taken_at": self.now,
            "taken_by": self.user,
        }
        return StageResult.objects.create(**row | more)

    def published(self, **more):
        row = {
            "district_id": TABALONG,
            "year": 2022,
            "stage": "em",
            "total": Decimal(700),
            "source": "Berita",
        }
        return PublishedResult.objects.create(**row | more)

    def report(self, **more):
        row = {
            "kind": "ranking",
            "key": "0" * 64,
            "content_type": "text/csv",
            "storage_name": "a",
            "sha256": "0" * 64,
            "size": 1,
            "created_at": self.now,
        }
        return StoredReport.objects.create(**row | more)


def twice(make, **second):
    def attempt(rows):
        make(rows)
        make(rows, **second)

    return attempt


def named_in(error: IntegrityError, name: str) -> bool:
    """SQLite names the columns of a plain unique constraint, not the constraint."""
    text = str(error)
    if name in text:
        return True
    if connection.vendor != "sqlite" or "UNIQUE constraint failed" not in text:
        return False
    (found,) = [
        (model, constraint)
        for model in apps.get_app_config("evaluations").get_models()
        for constraint in model._meta.constraints
        if constraint.name == name
    ]
    model, constraint = found
    columns = [f"{model._meta.db_table}.{model._meta.get_field(field).column}" for field in constraint.fields]
    return text.endswith(", ".join(columns))

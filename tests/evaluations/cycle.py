"""One evaluation taken through its stages by the verbs: shared by the tests of verification."""

from __future__ import annotations

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from evaluations.domain import answers, closing, verification
from evaluations.models import Evaluation, VisitMode
from tests.evaluations.evidence import corpus


def save(evaluation, code, value, by, version=0, note=""):
    return answers.save_answer(
        evaluation=evaluation, code=code, value=value, note=note, version=version, by=by
    )


def decide(evaluation, stage, code, decision, by, *, answer_version=1, version=0, **more):
    return verification.decide(
        evaluation=evaluation,
        stage=stage,
        code=code,
        decision=decision,
        version=version,
        answer_version=answer_version,
        by=by,
        **more,
    )


def fresh(evaluation):
    return Evaluation.objects.with_place().prefetch_related("edition__windows").get(pk=evaluation.pk)


def letter():
    return SimpleUploadedFile("surat.pdf", corpus.pdf(), content_type="application/pdf")


def close_va(evaluation, by):
    return closing.close_va(
        evaluation=evaluation,
        letter_number="100/1/2026",
        letter_date=date(2026, 6, 1),
        letter=letter(),
        by=by,
    )


def close_vl(evaluation, by, **record):
    """Without the days in which VA can be contested, for which VL waits."""
    wanted = {"mode": VisitMode.VISIT, "held_on": date(2026, 7, 1), "notes": {}}
    wanted["participants"] = [{"role": "Forum Anak", "count": 12}]
    with override_settings(OBJECTION_DAYS=0):
        return closing.close_vl(evaluation=evaluation, by=by, **(wanted | record))

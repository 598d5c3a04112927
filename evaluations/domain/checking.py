"""An evaluation as the checks read it, and what they find."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.db.models import Count, Sum

from evaluations.checks import Context, Finding, run
from evaluations.domain.assignments import agencies_by_question
from evaluations.domain.evidence.raised import of_evaluation
from evaluations.domain.progress import filled_slots
from evaluations.models import Answer, Evaluation, StageResult
from evaluations.scoring.score import read_answers, score_read
from indicators.domain.spec import loaded
from indicators.spec import InstrumentSpec
from kla_portal.regions.models import Kecamatan


def findings_of(evaluation: Evaluation) -> list[Finding]:
    """Gravest first. Fourteen queries at most beside the cached instrument, however much is filled in."""
    return run(replace(context_of(evaluation), concerns=of_evaluation(evaluation)))


def context_of(evaluation: Evaluation) -> Context:
    """The evaluation's claims, filled slots, places and last edition, read at once; without the documents' concerns."""
    instrument = loaded(evaluation.edition.instrument)
    rows = Answer.objects.filter(evaluation=evaluation).values_list("question_id", "value", "note")
    values, notes = {}, {}
    for question_id, value, note in rows:
        code = instrument.question_codes[question_id]
        values[code], notes[code] = value, note
    answers = read_answers(instrument.spec, values)
    kecamatan, villages = _places(evaluation.district_id)
    return Context(
        instrument=instrument.spec,
        tree=score_read(instrument.spec, answers),
        answers=answers,
        notes=notes,
        filled=frozenset(instrument.slots_by_id[pk] for pk in filled_slots(evaluation)),
        evidence_years=tuple(evaluation.edition.evidence_years),
        kecamatan_count=kecamatan,
        village_count=villages,
        previous=_previous_points(evaluation, instrument.spec),
        responsible={code: agency.name for code, agency in agencies_by_question(evaluation).items()},
    )


def _places(district: str) -> tuple[int | None, int | None]:
    """How many kecamatan, and how many desa and kelurahan together; ``None`` where no row is loaded."""
    counted = Kecamatan.objects.filter(district=district).aggregate(
        kecamatan=Count("pk"), desa=Sum("desa_count"), kelurahan=Sum("kelurahan_count")
    )
    if not counted["kecamatan"]:
        return None, None
    return counted["kecamatan"], counted["desa"] + counted["kelurahan"]


def _previous_points(evaluation: Evaluation, spec: InstrumentSpec) -> dict[str, Decimal]:
    """Points of the last edition's newest result, for the questions that weighed the same there."""
    score = (
        StageResult.objects.filter(
            evaluation__district=evaluation.district_id, evaluation__edition=evaluation.edition.previous_id
        )
        .order_by("-taken_at", "-pk")
        .values_list("snapshot__score__clusters", flat=True)
        .first()
    )
    return {
        question["code"]: Decimal(question["points"])
        for cluster in score or ()
        for indicator in cluster["indicators"]
        for question in indicator["questions"]
        if (now := spec.by_code.get(question["code"])) and now.weight == Decimal(question["weight"])
    }

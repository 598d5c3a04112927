"""The whole of an evaluation as plain data: what a stage stores, a report prints and a digest seals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from evaluations.models import Answer, Evaluation, EvidenceLink, Stage
from evaluations.scoring.score import score, tree_to_dict
from indicators.domain.spec import Loaded, loaded

SCHEMA = 1


def snapshot(evaluation: Evaluation, *, stage: Stage, taken_at: datetime, draft: bool) -> dict[str, Any]:
    """JSON-ready; numbers as strings, times in UTC ISO 8601. Two queries beside the cached instrument."""
    instrument = loaded(evaluation.edition.instrument)
    answers = _answers(evaluation, instrument)
    tree = score(instrument.spec, {code: answer["value"] for code, answer in answers.items()})
    edition, district = evaluation.edition, evaluation.district
    return {
        "schema": SCHEMA,
        "edition": {"code": edition.code, "name": edition.name, "evidence_years": edition.evidence_years},
        "district": {"code": district.code, "name": district.name},
        "province": {
            "code": district.province.code,
            "name": district.province.name,
            "timezone": district.province.timezone,
        },
        "stage": str(stage),
        "draft": draft,
        "taken_at": taken_at.isoformat(timespec="seconds"),
        "instrument": {
            "code": instrument.spec.code,
            "title": instrument.spec.title,
            "digest": instrument.spec.digest,
        },
        "score": tree_to_dict(tree),
        "answers": answers,
        "evidence": _evidence(evaluation, instrument),
    }


def _answers(evaluation: Evaluation, instrument: Loaded) -> dict[str, dict[str, Any]]:
    rows = Answer.objects.filter(evaluation=evaluation).select_related("updated_by")
    by_code = {instrument.question_codes[row.question_id]: row for row in rows}
    return {
        question.code: {
            "value": row.value,
            "note": row.note,
            "version": row.version,
            "updated_at": row.updated_at.isoformat(timespec="seconds"),
            "updated_by": row.updated_by.name,
        }
        for question in instrument.spec.questions()
        if (row := by_code.get(question.code))
    }


def _evidence(evaluation: Evaluation, instrument: Loaded) -> dict[str, list[dict[str, Any]]]:
    links = EvidenceLink.objects.filter(evaluation=evaluation, removed_at__isnull=True).select_related(
        "evidence"
    )
    items: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for link in links:
        evidence = link.evidence
        items.setdefault(instrument.slots_by_id[link.slot_id], []).append(
            {
                "title": evidence.title,
                "filename": evidence.filename,
                "size": evidence.size,
                "sha256": evidence.sha256,
                "url": evidence.url,
                "pages": link.pages,
            }
        )
    return {
        question.code: [
            {
                "slot": slot.number,
                "label": slot.label,
                "kind": instrument.spec.evidence_kind_names[slot.kind],
                "required": slot.required,
                "items": items.get((question.code, slot.number), []),
            }
            for slot in question.slots
        ]
        for question in instrument.spec.questions()
    }

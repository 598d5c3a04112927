"""The whole of an evaluation as plain data: what a stage stores, a report prints and a digest seals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from evaluations.domain.records import Records, live_records, records_at, stages_up_to, utc_text
from evaluations.domain.rulings import as_ruling, trees
from evaluations.models import Evaluation, Stage
from evaluations.scoring.score import tree_to_dict
from indicators.domain.spec import Loaded, loaded

SCHEMA = 1


def snapshot(evaluation: Evaluation, *, stage: Stage, taken_at: datetime, draft: bool) -> dict[str, Any]:
    """JSON-ready; numbers as strings, times in UTC ISO 8601. Three queries beside the cached instrument."""
    return compose(evaluation, live_records(evaluation), stage=stage, taken_at=taken_at, draft=draft)


def snapshot_at(
    evaluation: Evaluation, moment: datetime, *, stage: Stage, draft: bool = False
) -> dict[str, Any]:
    """The same for any moment in the past: "Keadaan per tanggal ..."."""
    return compose(evaluation, records_at(evaluation, moment), stage=stage, taken_at=moment, draft=draft)


def compose(
    evaluation: Evaluation, records: Records, *, stage: Stage, taken_at: datetime, draft: bool
) -> dict[str, Any]:
    """The snapshot of some records: with the score of ``stage``, and the verdicts of the stages up to it."""
    instrument = loaded(evaluation.edition.instrument)
    included = stages_up_to(stage)
    verdicts = {name: found for name, found in records.verdicts.items() if Stage(name) in included}
    values = {code: answer["value"] for code, answer in records.answers.items()}
    tree = trees(instrument, values, _rulings(instrument, verdicts))[stage]
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
        "taken_at": utc_text(taken_at),
        "instrument": {
            "code": instrument.spec.code,
            "title": instrument.spec.title,
            "digest": instrument.spec.digest,
        },
        "score": tree_to_dict(tree),
        "answers": records.answers,
        "evidence": _evidence(records, instrument),
        "verdicts": verdicts,
    }


def _rulings(instrument: Loaded, verdicts: dict[str, Any]) -> dict[Stage, dict[str, Any]]:
    found: dict[Stage, dict[str, Any]] = {}
    for stage, by_code in verdicts.items():
        rulings = {
            code: as_ruling(instrument, code, row["decision"], row["value"], row["reason"])
            for code, row in by_code.items()
        }
        found[Stage(stage)] = {code: ruling for code, ruling in rulings.items() if ruling}
    return found


def _evidence(records: Records, instrument: Loaded) -> dict[str, list[dict[str, Any]]]:
    return {
        question.code: [
            {
                "slot": slot.number,
                "label": slot.label,
                "kind": instrument.spec.evidence_kind_names[slot.kind],
                "required": slot.required,
                "items": records.evidence.get((question.code, slot.number), []),
            }
            for slot in question.slots
        ]
        for question in instrument.spec.questions()
    }

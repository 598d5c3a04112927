"""Snapshots of the real instrument for the report tests: every kind of answer, with evidence."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from evaluations.reports.data import DistrictReport, build_district_report
from evaluations.reports.paper import Letterhead
from evaluations.reports.ranking import AbsentDistrict, RankingEntry, RankingReport, build_ranking_report
from evaluations.scoring.rules import best_answer
from evaluations.scoring.score import digest, predikat_for, score, tree_to_dict
from indicators.domain.importing import parse_instrument
from indicators.spec import (
    ChangeRule,
    ChoiceRule,
    CountRule,
    InstrumentSpec,
    MatrixRule,
    PercentageRule,
    QuestionSpec,
)

LETTERHEAD = Letterhead(
    government="Pemerintah Provinsi Kalimantan Selatan",
    agency="Dinas Pemberdayaan Perempuan dan Perlindungan Anak",
    address="Jalan Contoh Nomor 1, Banjarbaru",
    signatory_title="Kepala Dinas",
    place="Banjarbaru",
)
TAKEN_AT = datetime(2026, 6, 30, 15, 59, tzinfo=UTC)
RECEIPT = "EM-2026-6309-1"
DISTRICTS = (
    ("63.01", "Kabupaten Tanah Laut"),
    ("63.02", "Kabupaten Kotabaru"),
    ("63.03", "Kabupaten Banjar"),
    ("63.04", "Kabupaten Barito Kuala"),
    ("63.05", "Kabupaten Tapin"),
    ("63.06", "Kabupaten Hulu Sungai Selatan"),
    ("63.07", "Kabupaten Hulu Sungai Tengah"),
    ("63.08", "Kabupaten Hulu Sungai Utara"),
    ("63.09", "Kabupaten Tabalong"),
    ("63.10", "Kabupaten Tanah Bumbu"),
    ("63.11", "Kabupaten Balangan"),
    ("63.71", "Kota Banjarmasin"),
    ("63.72", "Kota Banjarbaru"),
)


@cache
def instrument() -> InstrumentSpec:
    path = Path(settings.BASE_DIR) / "fixtures" / "instruments" / "kla-2023.yaml"
    return parse_instrument(path.read_text(encoding="utf-8"), name=path.name)


def answer_for(question: QuestionSpec, step: int) -> dict[str, object]:
    """An answer that is best for most steps and middling for some."""
    if step % 4:
        return best_answer(question.rule)
    match question.rule:
        case ChoiceRule(options=options):
            return {"option": min(1 + step % 3, len(options) - 1)}
        case PercentageRule():
            return {"numerator": "3790", "denominator": "4508"}
        case CountRule():
            return {"value": str(2 + step % 5)}
        case ChangeRule():
            return {"previous": "12", "current": "11"}
        case MatrixRule(rows=rows):
            return {"rows": [place % len(row.options) for place, row in enumerate(rows)]}


def real_answers(every: int = 1) -> dict[str, Any]:
    """Raw answers to every question (or to the first of each ``every``)."""
    return {
        question.code: answer_for(question, step)
        for step, question in enumerate(instrument().questions())
        if step % every == 0
    }


def evidence_for(question: QuestionSpec) -> list[dict[str, Any]]:
    return [
        {
            "slot": slot.number,
            "label": slot.label,
            "kind": "Dokumen",
            "required": slot.required,
            "items": [
                {
                    "title": f"{slot.label[:44]} {question.code}",
                    "filename": f"dokumen-{question.code}-{slot.number}.pdf",
                    "size": 1_234_567,
                    "sha256": sha256(f"{question.code}/{slot.number}".encode()).hexdigest(),
                    "url": "",
                    "pages": "4",
                }
            ],
        }
        for slot in question.slots[:1]
    ]


def snapshot(
    *,
    answers: dict[str, Any] | None = None,
    notes: dict[str, str] | None = None,
    evidence: dict[str, Any] | None = None,
    draft: bool = False,
    **changes: Any,
) -> dict[str, Any]:
    spec = instrument()
    given = real_answers() if answers is None else answers
    content = {
        "schema": 1,
        "edition": {"code": "2026", "name": "Evaluasi KLA 2026", "evidence_years": [2024, 2025]},
        "district": {"code": "63.09", "name": "Kabupaten Tabalong"},
        "province": {"code": "63", "name": "Kalimantan Selatan", "timezone": "Asia/Makassar"},
        "stage": "em",
        "draft": draft,
        "taken_at": TAKEN_AT.isoformat(),
        "instrument": {"code": spec.code, "title": spec.title, "digest": spec.digest},
        "score": tree_to_dict(score(spec, given)),
        "answers": {
            question.code: {
                "value": given.get(question.code),
                "note": (notes or {}).get(question.code, ""),
                "version": 1,
                "updated_at": TAKEN_AT.isoformat(),
                "updated_by": "Petugas Contoh",
            }
            for question in spec.questions()
        },
        "evidence": {q.code: evidence_for(q) for q in spec.questions() if q.code in given}
        if evidence is None
        else evidence,
    }
    return content | changes


def district_report(taken: dict[str, Any] | None = None, *, receipt: str | None = RECEIPT) -> DistrictReport:
    content = snapshot() if taken is None else taken
    return build_district_report(
        snapshot=content,
        instrument=instrument(),
        digest=digest(content),
        letterhead=LETTERHEAD,
        receipt_number=None if content["draft"] else receipt,
    )


def entry(code: str, district: str, total: str, **values: Any) -> RankingEntry:
    """An entry whose clusters share the total by their weight; K0 takes what rounding leaves."""
    spec, exact = instrument(), Decimal(total)
    points = {part.code: (exact * part.weight / 1000).quantize(Decimal("0.01")) for part in spec.clusters}
    points["K0"] += exact - sum(points.values())
    values.setdefault("predikat", predikat_for(spec.bands, exact).code)
    return RankingEntry(code=code, district=district, total=exact, points=points, **values)


TOTALS = [
    *("612.40", "548.15", "823.37", "700", "455.9", "700", "640.25"),
    *("735.5", "955.25", "600.5", "-", "912.01", "-"),
]


def kalimantan_selatan() -> tuple[list[RankingEntry], list[AbsentDistrict]]:
    given = list(zip(DISTRICTS, TOTALS, strict=True))
    entries = [
        entry(code, name, total, change=None if place == 3 else Fraction(37 * place - 111, 20))
        for place, ((code, name), total) in enumerate(given)
        if total != "-"
    ]
    return entries, [
        AbsentDistrict(code, name, "Sedang diisi") for (code, name), total in given if total == "-"
    ]


def ranking_report(**changes: Any) -> RankingReport:
    entries, absent = kalimantan_selatan()
    values: dict[str, Any] = {
        "edition_name": "Evaluasi KLA 2026",
        "previous_name": "Evaluasi KLA 2024",
        "stage": "em",
        "place_name": "Provinsi Kalimantan Selatan",
        "is_province": True,
        "instrument": instrument(),
        "entries": entries,
        "absent": absent,
        "printed_at": TAKEN_AT,
        "zone": ZoneInfo("Asia/Makassar"),
        "letterhead": LETTERHEAD,
    }
    return build_ranking_report(**(values | changes))

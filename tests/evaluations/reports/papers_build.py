"""The papers of the reports room for its tests: full, begun, empty, and after all stages."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from evaluations.reports.advice import Advice, Step
from evaluations.reports.beside import Beside, Series
from evaluations.reports.card import Card, Change, Deadline, Rank, build_card
from evaluations.reports.data import DistrictReport, build_district_report
from evaluations.reports.evaluation_report import EvaluationReport, StageTime, build_evaluation_report
from evaluations.reports.seal import CODE_LENGTH, Seal
from evaluations.reports.stages import StageInput, StagesReport, build_stages_report
from evaluations.scoring.score import digest, score, tree_from_dict, tree_to_dict
from tests.evaluations.reports import build

REJECTED = "Rekapitulasi tidak ditandatangani kepala dinas."
AGENCY = "Dinas yang membidangi pemberdayaan perempuan dan perlindungan anak"


def steps(count: int = 12) -> tuple[Step, ...]:
    """Improvements with the longest titles that the instrument has."""
    longest = sorted(build.instrument().questions(), key=lambda question: -len(question.title))
    return tuple(
        Step(
            code=question.code,
            title=question.title,
            agency=AGENCY,
            words="Peraturan Bupati/Wali Kota yang ditetapkan dan diundangkan sebelum batas waktu pengisian, "
            "lalu disampaikan kepada semua perangkat daerah",
            gain=Decimal(place + 1) / 2,
            effort=1 + place % 5,
            need="perlu produk hukum",
        )
        for place, question in enumerate(longest[:count])
    )


def advice(count: int = 12, **changes: Any) -> Advice:
    values: dict[str, Any] = {
        "goal": "predikat Utama",
        "own": True,
        "start": Decimal("761.00"),
        "target": Decimal("800.01"),
        "reached": Decimal("800.50"),
        "steps": steps(count),
    }
    return Advice(**(values | changes))


SEAL = Seal(
    "KLA/2026/63.09/RAPOR/0001", "A" * CODE_LENGTH, f"https://kla.contoh.go.id/periksa/{'A' * CODE_LENGTH}/"
)


def verified(content: dict[str, Any], stage: str, changes: dict[str, Any]) -> dict[str, Any]:
    """The snapshot as a later stage stores it: the same answers, other points for some."""
    answers = build.real_answers() | changes
    verdicts = {
        stage: {code: {"decision": "reject", "value": None, "reason": REJECTED} for code in changes},
    }
    tree = tree_to_dict(score(build.instrument(), answers))
    return content | {"stage": stage, "score": tree, "verdicts": verdicts}


def district(content: dict[str, Any], receipt: str | None = build.RECEIPT) -> DistrictReport:
    return build_district_report(
        snapshot=content,
        instrument=build.instrument(),
        digest=digest(content),
        letterhead=build.LETTERHEAD,
        receipt_number=None if content["draft"] else receipt,
        unready={} if content["stage"] == "em" else None,
    )


def stages(*contents: dict[str, Any]) -> StagesReport:
    return build_stages_report(
        instrument=build.instrument(),
        stages=[
            StageInput(
                stage=content["stage"],
                tree=tree_from_dict(content["score"]),
                verdicts=content.get("verdicts", {}).get(content["stage"], {}),
                taken_at=build.TAKEN_AT,
                receipt_number=f"{content['stage'].upper()}/2026/63.09/01",
            )
            for content in contents
        ],
        edition_name="Evaluasi KLA 2026",
        district=("63.09", "Kabupaten Tabalong"),
        province_name="Kalimantan Selatan",
        printed_at=build.TAKEN_AT,
        zone=district(contents[0]).zone,
        letterhead=build.LETTERHEAD,
    )


def evaluation_report(*contents: dict[str, Any], **changes: Any) -> EvaluationReport:
    given = contents or (build.snapshot(),)
    comparison = stages(*given)
    values: dict[str, Any] = {
        "district": district(given[-1]),
        "stages": comparison,
        "times": [
            StageTime(
                code=part.code,
                name=part.name,
                window="1 Februari 2026 08.00 WITA sampai 30 Juni 2026 23.59 WITA",
                closed=part.taken_text,
                receipt_number=part.receipt_number,
                digest=digest(content),
                basis="" if part.code == "EM" else "Surat gubernur nomor 463/12/2026",
            )
            for part, content in zip(comparison.stages, given, strict=True)
        ],
        "remarks": {"K3": "Ruang laktasi di tiga puskesmas baru dibangun."},
        "advice": advice(),
    }
    return build_evaluation_report(**(values | changes))


def whole_way(count: int = 9) -> EvaluationReport:
    """EM, VA, VL and VF; ``count`` answers rejected in VA, fewer after."""
    em = build.snapshot()
    codes = [q.code for q in build.instrument().questions() if build.real_answers()[q.code]][:: 274 // count]
    lost = dict.fromkeys(codes)
    va = verified(em, "va", lost)
    fewer = dict(list(lost.items())[2:])
    vl, vf = verified(em, "vl", fewer), verified(em, "vf", fewer)
    vl["verdicts"], vf["verdicts"] = va["verdicts"] | {"vl": {}}, va["verdicts"] | {"vf": {}}
    return evaluation_report(em, va, vl, vf)


def card(content: dict[str, Any] | None = None, **changes: Any) -> Card:
    values: dict[str, Any] = {
        "district": district(build.snapshot() if content is None else content),
        "advice": advice(),
        "change": Change("Evaluasi KLA 2024", Fraction(80), Fraction("83.25")),
        "rank": Rank(3, 11, 13),
        "deadlines": [
            Deadline(what, "31 Desember 2026 23.59 WITA")
            for what in (
                "Mengisi dan mengajukan Evaluasi Mandiri",
                "Verifikasi Administrasi oleh provinsi",
                "Verifikasi Lapangan oleh kementerian",
                "Verifikasi Final oleh kementerian",
            )
        ],
    }
    return build_card(**(values | changes))


def fullest_card() -> Card:
    """Everything there is to say: long names, no document anywhere, every list full."""
    content = build.snapshot(evidence={q.code: _empty(q) for q in build.instrument().questions()}, draft=True)
    content["district"] = {"code": "63.07", "name": "Kabupaten Hulu Sungai Tengah Barat Daya Kepulauan"}
    full = card(content)
    return replace(full, rank=Rank(13, 13, 38), district=replace(full.district, beside=beside()))


def beside() -> Beside:
    """Last edition at a half of everything, the province's median at three quarters."""
    codes = [cluster.code for cluster in build.instrument().clusters]
    return Beside(
        last=Series("Evaluasi KLA 2024 (VF)", dict.fromkeys(codes, Fraction(50))),
        middle=Series(
            "median provinsi (Evaluasi KLA 2024, 13 kabupaten/kota)", dict.fromkeys(codes, Fraction(75))
        ),
    )


def emptiest_card() -> Card:
    """Nothing answered, nothing known."""
    content = build.snapshot(answers={}, evidence={}, draft=True)
    return card(content, advice=None, change=None, rank=None, deadlines=[])


def _empty(question: Any) -> list[dict[str, Any]]:
    return [
        {"slot": s.number, "label": s.label, "kind": "Dokumen", "required": s.required, "items": []}
        for s in question.slots
    ]

"""The Laporan Hasil Evaluasi (LHE) of a stored result as frozen values. No queries, no rendering.

Permen PPPA 12/2022 art. 30-32: each stage reports its own result. Points are exact ``Decimal``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from evaluations.models.edition import Stage
from evaluations.reports.advice import Advice
from evaluations.reports.data import ClusterEntry, DistrictReport, OfResult, QuestionEntry
from evaluations.reports.stages import ClusterPart, QuestionLine, StagesReport, SumLine
from evaluations.scoring.rules import EXACT
from evaluations.scoring.score import percent_of

LOST_SHOWN = 5
"""Questions with most lost points that a cluster's notes name."""


CHAPTERS = (
    ("dasar", "Bab I. Dasar"),
    ("waktu", "Bab II. Waktu pelaksanaan"),
    ("lingkup", "Bab III. Ruang lingkup"),
    ("metode", "Bab IV. Metode"),
    ("hasil", "Bab V. Hasil"),
    ("catatan", "Bab VI. Catatan per klaster"),
    ("rekomendasi", "Bab VII. Rekomendasi"),
    ("penutup", "Bab VIII. Penutup"),
)
ANNEXES = (("lampiran", "Lampiran 1. Nilai setiap pertanyaan"), ("sidik", "Lampiran 2. Asal data dan sidik"))


@dataclass(frozen=True, slots=True)
class StageTime:
    """When a stage was open and what ended it; texts, empty where nothing is known."""

    code: str
    name: str
    window: str
    closed: str
    """``30 Juni 2026 23.59 WITA``."""
    receipt_number: str
    digest: str
    basis: str
    """The governor's letter, or how and when the field verification was held."""


@dataclass(frozen=True, slots=True)
class LostPoints:
    code: str
    title: str
    lost: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class ClusterNotes:
    """What one cluster's readers should know: verdicts against the claim, the verifier's note, points not won."""

    code: str
    name: str
    weight: Decimal
    points: Decimal
    remark: str
    """The field verifier's note on the cluster."""
    changed: tuple[QuestionLine, ...]
    lost: tuple[LostPoints, ...]
    """Of the questions that are not among ``changed``, those with most lost points."""
    lost_count: int
    """All questions that lost points."""
    more: int
    """Questions that lost points and are named nowhere."""

    @property
    def lost_total(self) -> Decimal:
        return self.weight - self.points


@dataclass(frozen=True, slots=True)
class SumRow:
    """A line of the table of sums: a cluster, or an indicator of the cluster above it."""

    line: SumLine
    cluster: bool

    @property
    def percent(self) -> Fraction:
        """The last stage shown, in percent of the maximum, exact."""
        return percent_of(self.line.points[-1], self.line.weight)


@dataclass(frozen=True)
class EvaluationReport(OfResult):
    """One stored result with the stages before it. ``stages`` ends with the result's own stage."""

    district: DistrictReport
    stages: StagesReport
    times: tuple[StageTime, ...]
    notes: tuple[ClusterNotes, ...]
    advice: Advice | None

    @property
    def several(self) -> bool:
        """More than one stage to compare."""
        return len(self.stages.stages) > 1

    @property
    def sums(self) -> Iterator[SumRow]:
        for part in self.stages.clusters:
            yield SumRow(part.line, cluster=True)
            for indicator in part.indicators:
                yield SumRow(indicator.line, cluster=False)

    @property
    def verified(self) -> bool:
        return self.district.stage != Stage.EM

    @property
    def chapters(self) -> tuple[tuple[str, str], ...]:
        """Anchor and title, in order."""
        return CHAPTERS

    @property
    def contents(self) -> tuple[tuple[str, str], ...]:
        """The chapters and the annexes of the paper."""
        return (*CHAPTERS, *ANNEXES)

    def payload(self) -> dict[str, Any]:
        """All that decides the printed content, for ``report_key``."""
        return {
            "district": self.district.payload(),
            "stages": self.stages.content(),
            "times": [asdict(time) for time in self.times],
            "remarks": {part.code: part.remark for part in self.notes},
            "advice": self.advice.payload() if self.advice else None,
        }


def build_evaluation_report(
    *,
    district: DistrictReport,
    stages: StagesReport,
    times: Sequence[StageTime],
    remarks: Mapping[str, str],
    advice: Advice | None,
) -> EvaluationReport:
    """``remarks``: cluster code -> the field verifier's note, printable.

    ``ValueError`` when the comparison does not end with the result that is reported.
    """
    if stages.stages[-1].code.lower() != district.stage or stages.stages[-1].total != district.tree.total:
        raise ValueError("the stages do not end with this result")
    return EvaluationReport(
        district=district,
        stages=stages,
        times=tuple(times),
        notes=tuple(
            _notes(entry, part, remarks.get(entry.code, ""))
            for entry, part in zip(district.clusters, stages.clusters, strict=True)
        ),
        advice=advice,
    )


def _notes(entry: ClusterEntry, part: ClusterPart, remark: str) -> ClusterNotes:
    lost = lost_points(question for indicator in entry.indicators for question in indicator.questions)
    changed = tuple(line for found in part.indicators for line in found.questions if line.changed)
    named = {line.code for line in changed}
    others = tuple(row for row in lost if row.code not in named)
    return ClusterNotes(
        code=entry.code,
        name=entry.name,
        weight=entry.weight,
        points=entry.points,
        remark=remark,
        changed=changed,
        lost=others[:LOST_SHOWN],
        lost_count=len(lost),
        more=max(len(others) - LOST_SHOWN, 0),
    )


def lost_points(questions: Iterable[QuestionEntry]) -> tuple[LostPoints, ...]:
    """The questions that did not bring all their points, most lost first."""
    found: list[LostPoints] = []
    with localcontext(EXACT):
        for question in questions:
            if question.weight > question.points:
                reason = "Belum dijawab." if question.state == "unanswered" else question.reason
                lost = question.weight - question.points
                found.append(LostPoints(question.code, question.title, lost, reason))
    return tuple(sorted(found, key=lambda row: -row.lost))

"""The district report as frozen values, built from a stored snapshot. No queries, no rendering.

Points and weights are exact ``Decimal``, percentages exact ``Fraction`` (0 to 100), times aware.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from evaluations.models.edition import Stage
from evaluations.reports.beside import Beside
from evaluations.reports.evidence import EvidenceSlot, on_children, slots_of
from evaluations.reports.explanation import Column, QuestionWhy, build_explanation
from evaluations.reports.paper import Letterhead, places_for, printable, w3c_time
from evaluations.reports.safe import SafePart, build_safe_part
from evaluations.scoring.score import (
    IndicatorPoints,
    ScoreTree,
    percent_of,
    tree_from_dict,
)
from evaluations.scoring.score import digest as digest_of
from indicators.spec import InstrumentSpec
from kla_portal.indonesian import angka, tanggal, tanggal_jam


class SnapshotMismatch(ValueError):
    """The snapshot is not the one the digest was taken of, or not of this instrument: nothing is printed."""


@dataclass(frozen=True, slots=True)
class QuestionEntry:
    code: str
    title: str
    state: str
    points: Decimal
    weight: Decimal
    answer: str
    reason: str
    note: str
    estimated: bool
    protected: bool
    """Evidence may name children: titles and file names stay in the portal."""
    slots: tuple[EvidenceSlot, ...]
    why: QuestionWhy
    """The same explanation that the score's page shows."""

    @property
    def behind(self) -> str:
        """Rule, source of the answer and verdicts as one text: a line of paper costs less than a box."""
        why = self.why
        parts = [f"Aturan: {'; '.join(f'{line.text} {angka(line.points)}' for line in why.rule)}"]
        if why.source:
            parts.append(f"Asal jawaban: {why.source}")
        return ". ".join([*parts, *(verdict.rstrip(".") for verdict in why.verdicts)]) + "."

    @property
    def told(self) -> str:
        """Answer and reason as one text, without saying the same twice."""
        if not self.answer or self.reason.startswith(self.answer):
            return self.reason
        return f"{self.answer}. {self.reason}"

    @property
    def has_evidence(self) -> bool:
        return any(slot.items for slot in self.slots)


@dataclass(frozen=True, slots=True)
class IndicatorEntry:
    number: str
    name: str
    weight: Decimal
    points: Decimal
    percent: Fraction
    answered: int
    count: int
    questions: tuple[QuestionEntry, ...]


@dataclass(frozen=True, slots=True)
class ClusterEntry:
    code: str
    name: str
    weight: Decimal
    points: Decimal
    percent: Fraction
    answered: int
    count: int
    indicators: tuple[IndicatorEntry, ...]


@dataclass(frozen=True)
class DistrictReport:
    """One evaluation at one stage, as the snapshot holds it."""

    edition_name: str
    evidence_years: tuple[int, ...]
    district_code: str
    district_name: str
    province_name: str
    zone: ZoneInfo
    stage: str
    draft: bool
    taken_at: datetime
    instrument: InstrumentSpec
    tree: ScoreTree
    clusters: tuple[ClusterEntry, ...]
    documents: int
    required_slots: int
    required_filled: int
    digest: str
    receipt_number: str | None
    letterhead: Letterhead
    safe: SafePart | None = None
    """Of the self-assessment only."""
    edition_code: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Question code -> how its answer came into the portal."""
    beside: Beside | None = None
    """On the papers that compare."""
    replaced_by: str = ""
    """Number and day of the result that took its place: it is not in force any more."""
    late: bool = False
    """It was submitted late; the receipt says so."""

    @property
    def stage_name(self) -> str:
        return str(Stage(self.stage).label)

    @property
    def taken_text(self) -> str:
        """``30 Juni 2026 23.59 WITA``, in the province's own zone."""
        return tanggal_jam(self.taken_at, self.zone)

    @property
    def created(self) -> str:
        return w3c_time(self.taken_at)

    @property
    def years_text(self) -> str:
        return " dan ".join(str(year) for year in self.evidence_years)

    @property
    def places(self) -> int:
        """Digits after the comma in the columns of points: no printed number is rounded but the total."""
        tree = self.tree
        sums = [*(part.points for part in tree.clusters), *(part.points for part in tree.indicators())]
        return places_for([*sums, *(question.points for question in tree.questions())])

    @property
    def rounded(self) -> bool:
        return self.tree.total_exact != self.tree.total

    @property
    def estimated_count(self) -> int:
        return sum(question.estimated for question in self.instrument.questions())

    def payload(self) -> dict[str, Any]:
        """All that decides the printed content, for ``report_key``."""
        return {
            "digest": self.digest,
            "receipt_number": self.receipt_number,
            "letterhead": asdict(self.letterhead),
            "safe": self.safe.payload() if self.safe else None,
            "sources": dict(self.sources),
            "beside": self.beside.payload() if self.beside else None,
            "replaced_by": self.replaced_by,
            **({"late": True} if self.late else {}),
        }


class OfResult:
    """A paper about one result: its sender, its time and whether it is a draft are the district report's."""

    district: DistrictReport

    @property
    def letterhead(self) -> Letterhead:
        return self.district.letterhead

    @property
    def created(self) -> str:
        return self.district.created

    @property
    def draft(self) -> bool:
        return self.district.draft

    @property
    def replaced_by(self) -> str:
        return self.district.replaced_by


def build_district_report(
    *,
    snapshot: Mapping[str, Any],
    instrument: InstrumentSpec,
    digest: str,
    letterhead: Letterhead,
    receipt_number: str | None = None,
    unready: Mapping[str, Sequence[str]] | None = None,
    sources: Mapping[str, str] | None = None,
    newer: tuple[str, datetime] | None = None,
    late: bool = False,
) -> DistrictReport:
    """``snapshot``: schema 1 of domain/snapshots.py; ``digest``: the stored sha256 of its canonical JSON.
    ``unready``: why answers are not safe, as kept beside the snapshot; ``None``: not known. ``sources``: code -> words.
    ``newer``: number and time of the result that took this one's place; ``late``: as it was noted at the submission.

    Raises ``SnapshotMismatch`` when digest, instrument and snapshot do not belong together.
    """
    _must_match(snapshot, instrument, digest)
    tree = tree_from_dict(snapshot["score"])
    clusters = _clusters(tree, instrument, snapshot, _why(tree, instrument, snapshot, sources or {}))
    required, filled = _required(instrument, snapshot["evidence"])
    zone = ZoneInfo(snapshot["province"]["timezone"])
    return DistrictReport(
        **_identity(snapshot),
        zone=zone,
        instrument=instrument,
        tree=tree,
        clusters=clusters,
        documents=sum(len(slot["items"]) for found in snapshot["evidence"].values() for slot in found),
        required_slots=required,
        required_filled=filled,
        digest=digest,
        receipt_number=receipt_number,
        letterhead=letterhead,
        safe=build_safe_part(tree, instrument, unready),
        sources=dict(sources or {}),
        replaced_by=f"{newer[0]}, {tanggal(newer[1].astimezone(zone))}" if newer else "",
        late=late,
    )


def _identity(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """What the report says of whom, when and at which stage."""
    return {
        "edition_name": printable(snapshot["edition"]["name"]),
        "edition_code": snapshot["edition"]["code"],
        "evidence_years": tuple(snapshot["edition"]["evidence_years"]),
        "district_code": snapshot["district"]["code"],
        "district_name": printable(snapshot["district"]["name"]),
        "province_name": printable(snapshot["province"]["name"]),
        "stage": snapshot["stage"],
        "draft": snapshot["draft"],
        "taken_at": datetime.fromisoformat(snapshot["taken_at"]),
    }


def _required(instrument: InstrumentSpec, evidence: Mapping[str, Any]) -> tuple[int, int]:
    """How many slots are required, and how many of these hold something."""
    wanted = [(slot.number, q.code) for q in instrument.questions() for slot in q.slots if slot.required]
    filled = {(slot["slot"], code) for code, found in evidence.items() for slot in found if slot["items"]}
    return len(wanted), sum(slot in filled for slot in wanted)


def _why(
    tree: ScoreTree, instrument: InstrumentSpec, snapshot: Mapping[str, Any], sources: Mapping[str, str]
) -> Mapping[str, QuestionWhy]:
    """Every question explained, with the verdicts of each stage that the snapshot holds."""
    verdicts = snapshot.get("verdicts", {})
    # Of the stages before only the verdicts are known here, not their points: those are in the comparison.
    columns = [Column(stage, stage.upper(), tree, verdicts[stage]) for stage in Stage if stage in verdicts]
    return build_explanation(
        identity={},
        instrument=instrument,
        tree=tree,
        columns=columns,
        evidence=snapshot["evidence"],
        sources=sources,
    ).questions


def _must_match(snapshot: Mapping[str, Any], instrument: InstrumentSpec, digest: str) -> None:
    if snapshot.get("schema") != 1:
        raise SnapshotMismatch(f"snapshot schema {snapshot.get('schema')!r} is not known")
    if digest_of(snapshot) != digest:
        raise SnapshotMismatch("the snapshot does not have the digest it was stored under")
    if snapshot["instrument"]["digest"] != instrument.digest:
        raise SnapshotMismatch("the snapshot was taken with another version of the instrument")


def _clusters(
    tree: ScoreTree,
    instrument: InstrumentSpec,
    snapshot: Mapping[str, Any],
    why: Mapping[str, QuestionWhy],
) -> tuple[ClusterEntry, ...]:
    secret = on_children(instrument, snapshot["evidence"])
    return tuple(
        ClusterEntry(
            code=cluster.code,
            name=cluster.name,
            weight=cluster.weight,
            points=cluster.points,
            percent=percent_of(cluster.points, cluster.weight),
            answered=cluster.answered,
            count=cluster.count,
            indicators=tuple(
                _indicator(part, instrument, snapshot, why, secret) for part in cluster.indicators
            ),
        )
        for cluster in tree.clusters
    )


def _indicator(
    indicator: IndicatorPoints,
    instrument: InstrumentSpec,
    snapshot: Mapping[str, Any],
    why: Mapping[str, QuestionWhy],
    secret: frozenset[str],
) -> IndicatorEntry:
    entries = []
    for points in indicator.questions:
        question = instrument.by_code[points.code]
        entries.append(
            QuestionEntry(
                code=points.code,
                title=question.title,
                state=points.state,
                points=points.points,
                weight=points.weight,
                answer=points.answer_text,
                reason=points.reason,
                note=printable((snapshot["answers"].get(points.code) or {}).get("note") or ""),
                estimated=question.estimated,
                protected=question.sensitive,
                slots=slots_of(question, snapshot["evidence"].get(points.code, []), secret),
                why=why[points.code],
            )
        )
    return IndicatorEntry(
        number=indicator.number,
        name=indicator.name,
        weight=indicator.weight,
        points=indicator.points,
        percent=percent_of(indicator.points, indicator.weight),
        answered=indicator.answered,
        count=indicator.count,
        questions=tuple(entries),
    )

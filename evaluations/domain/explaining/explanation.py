"""One score of an evaluation with everything behind it: as a stored result has it, or as it stands now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q

from evaluations.domain.comparison import StageView, Visible, stage_views
from evaluations.domain.evidence import readiness
from evaluations.domain.records import stages_up_to, utc_text
from evaluations.domain.snapshots import snapshot
from evaluations.models import AnswerRevision, AnswerSource, Evaluation, EvidenceLink, Stage, StageResult
from evaluations.reports.explanation import Column, Explanation, build_explanation
from evaluations.scoring.score import ScoreTree, tree_from_dict
from indicators.domain.spec import loaded
from kla_portal import clock

SAFE = "aman"
"""Code of the column of the safe score."""
SNAPSHOT_PARTS = ("edition", "district", "province", "stage", "draft", "taken_at")

Reasons = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Shown:
    """A stage's explanation for the page: ``claim`` and ``safe`` are the two readings of the self-assessment."""

    view: StageView
    explanation: Explanation
    claim: ScoreTree
    safe: ScoreTree | None
    as_safe: bool


def of_stage(evaluation: Evaluation, visible: Visible, stage: Stage, *, safe: bool = False) -> Shown:
    """What the reader of ``visible`` sees of one stage, every other visible stage beside it. At most 9 queries.

    ``safe``: explain the safe score, where one is kept for this stage.
    """
    views = stage_views(evaluation, visible.stages, visible.closed)
    view, columns = views[stage], _columns(evaluation, views, stage)
    kept = (
        next((column.tree for column in columns if column.code == SAFE), None) if stage == Stage.EM else None
    )
    as_safe = safe and kept is not None
    if view.result:
        stored = view.result.snapshot
        identity, evidence = _identity(stored, view.result), stored["evidence"]
        versions = {code: row["version"] for code, row in stored["answers"].items()}
    else:
        identity, evidence, versions = _live_identity(evaluation, stage), _live_evidence(evaluation), None
    explanation = build_explanation(
        identity=identity,
        instrument=loaded(evaluation.edition.instrument).spec,
        tree=kept if as_safe and kept else view.tree,
        columns=columns,
        evidence=evidence,
        sources=sources(evaluation, versions),
    )
    return Shown(view, explanation, view.tree, kept, as_safe)


def of_claim(evaluation: Evaluation) -> tuple[Explanation, Mapping[str, Any]]:
    """The claim as it stands now, with the snapshot it was read from. The same claim has the same time in it."""
    moment = evaluation.last_activity_at or evaluation.edition.opened_at or clock.now()
    data = snapshot(evaluation, stage=Stage.EM, taken_at=moment, draft=True)
    return _of_snapshot(evaluation, data, None), data


def of_result(result: StageResult) -> tuple[Explanation, Mapping[str, Any]]:
    """A stored result, with its snapshot."""
    return _of_snapshot(result.evaluation, result.snapshot, result), result.snapshot


def reasons_of(evaluation: Evaluation, view: StageView) -> Reasons | None:
    """Why answers of the self-assessment are not safe: as submitted, else as kept now; ``None`` where nobody asked."""
    if view.stage != Stage.EM:
        return None
    return view.result.unready if view.result else evaluation.unready


def sources(evaluation: Evaluation, versions: Mapping[str, int] | None) -> dict[str, str]:
    """Question code -> how its answer came into the portal, in words; of these versions, else the newest. One query."""
    codes = loaded(evaluation.edition.instrument).question_codes
    rows = AnswerRevision.objects.filter(answer__evaluation=evaluation)
    if versions is None:
        rows = rows.filter(version=F("answer__version"))
    found = {}
    for question_id, version, source in rows.values_list("answer__question", "version", "source"):
        code = codes[question_id]
        if versions is None or versions.get(code) == version:
            found[code] = str(AnswerSource(source).label)
    return found


def _columns(evaluation: Evaluation, views: Mapping[Stage, StageView], stage: Stage) -> list[Column]:
    """EM, beside it what of it is safe, and each later stage. Verdicts only as far as ``stage``: they explain it."""
    columns, explaining = [], stages_up_to(stage)
    for view in views.values():
        verdicts = view.verdicts if view.stage in explaining else {}
        columns.append(Column(str(view.stage), view.stage.upper(), view.tree, verdicts))
        reasons = reasons_of(evaluation, view)
        if reasons is not None:
            columns.append(Column(SAFE, "aman", readiness.explain(evaluation, view.tree, reasons), {}))
    return columns


def _of_snapshot(evaluation: Evaluation, data: Mapping[str, Any], result: StageResult | None) -> Explanation:
    tree = tree_from_dict(data["score"])
    stage = Stage(data["stage"])
    verdicts = data.get("verdicts", {}).get(str(stage), {})
    return build_explanation(
        identity=_identity(data, result),
        instrument=loaded(evaluation.edition.instrument).spec,
        tree=tree,
        columns=[Column(str(stage), stage.upper(), tree, verdicts)],
        evidence=data["evidence"],
        sources=sources(evaluation, {code: row["version"] for code, row in data["answers"].items()}),
    )


def _identity(data: Mapping[str, Any], result: StageResult | None) -> dict[str, Any]:
    receipt = {"number": result.receipt_number, "digest": result.digest} if result else None
    return {name: data[name] for name in SNAPSHOT_PARTS} | {"receipt": receipt}


def _live_identity(evaluation: Evaluation, stage: Stage) -> dict[str, Any]:
    edition, district = evaluation.edition, evaluation.district
    province = district.province
    moment = evaluation.last_activity_at or edition.opened_at or clock.now()
    return {
        "edition": {"code": edition.code, "name": edition.name, "evidence_years": edition.evidence_years},
        "district": {"code": district.code, "name": district.name},
        "province": {"code": province.code, "name": province.name, "timezone": province.timezone},
        "stage": str(stage),
        "draft": True,
        "taken_at": utc_text(moment),
        "receipt": None,
    }


def _live_evidence(evaluation: Evaluation) -> dict[str, list[dict[str, Any]]]:
    """As a snapshot keeps it, of the slots that hold something, with titles only. One query."""
    slots = loaded(evaluation.edition.instrument).slots_by_id
    in_force = Count("evidence__files", filter=Q(evidence__files__retired_at__isnull=True))
    links = EvidenceLink.objects.filter(evaluation=evaluation, removed_at__isnull=True).annotate(
        files=in_force
    )
    found: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for slot_id, title, url, files in links.order_by("added_at", "pk").values_list(
        "slot_id", "evidence__title", "evidence__url", "files"
    ):
        found.setdefault(slots[slot_id], []).extend({"title": title} for _ in range(files + bool(url)))
    evidence: dict[str, list[dict[str, Any]]] = {}
    for (code, slot), items in found.items():
        evidence.setdefault(code, []).append({"slot": slot, "items": items})
    return evidence

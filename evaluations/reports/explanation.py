"""Why a score is what it is, as frozen values: the tree, and per question rule, answer, evidence, verdicts, source.

Page, workbook and JSON show this one explanation. No queries, no rendering. Points are exact ``Decimal``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from evaluations.reports.paper import printable
from evaluations.reports.stages import AGAINST, DECISIONS, signed
from evaluations.scoring.rules import QuestionPoints, RuleLine, describe_rule
from evaluations.scoring.score import ClusterPoints, IndicatorPoints, ScoreTree, plain, tree_to_dict
from evaluations.scoring.score import digest as digest_of
from indicators.spec import InstrumentSpec, QuestionSpec

SCHEMA = 1
OFFICIAL = "bobot dan pilihan menurut instrumen"
ESTIMATED = "bobot menurut instrumen; nilai pilihan dan batasnya perkiraan"


@dataclass(frozen=True)
class Column:
    """One score beside the others. ``code`` ``aman`` is the safe score; the rest are stages (``em``, ``va`` ...).

    ``verdicts``: code -> the snapshot's row (decision, reason ...).
    """

    code: str
    name: str
    tree: ScoreTree
    verdicts: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Step:
    """One question in one column. ``step``: against the column before; ``None`` where nothing changed."""

    code: str
    name: str
    points: Decimal
    step: Decimal | None
    decision: str
    reason: str
    against: bool

    @property
    def step_text(self) -> str:
        return "" if self.step is None else signed(self.step)

    @property
    def verdict(self) -> str:
        """``VA: ditolak, Perda belum diundangkan.``; empty where nothing was decided."""
        return (
            ", ".join(filter(None, (f"{self.name}: {self.decision.lower()}", self.reason)))
            if self.decision
            else ""
        )


@dataclass(frozen=True, slots=True)
class QuestionWhy:
    code: str
    title: str
    weight: Decimal
    points: Decimal
    state: str
    rule: tuple[RuleLine, ...]
    choice: int | None
    answer: str
    reason: str
    documents: int
    titles: tuple[str, ...]
    """Of the documents; none at a sensitive question, nor of what stands at one too: they can name children."""
    protected: bool
    required: int
    filled: int
    """Required slots, and those of them that hold something."""
    steps: tuple[Step, ...]
    source: str
    """How the answer came into the portal; empty without an answer."""
    estimated: bool

    @property
    def basis(self) -> str:
        """Where weight and rule come from."""
        return ESTIMATED if self.estimated else OFFICIAL

    @property
    def verdicts(self) -> tuple[str, ...]:
        """Those that say something: against the claim, or with a reason. To accept needs no words."""
        return tuple(step.verdict for step in self.steps if step.against or step.reason)

    def content(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "title": self.title,
            "rule": [{"text": line.text, "points": plain(line.points)} for line in self.rule],
            "documents": self.documents,
            "titles": list(self.titles),
            "required_slots": self.required,
            "required_filled": self.filled,
            "stages": [
                {
                    "code": step.code,
                    "points": plain(step.points),
                    "decision": step.decision,
                    "reason": step.reason,
                }
                for step in self.steps
            ],
            "source": self.source,
            "basis": self.basis,
        }


@dataclass(frozen=True)
class Explanation:
    """``identity``: edition, district, province, stage, draft, taken_at as in a snapshot; receipt or ``None``."""

    identity: Mapping[str, Any]
    instrument: InstrumentSpec
    tree: ScoreTree
    columns: tuple[Column, ...]
    questions: Mapping[str, QuestionWhy]

    @property
    def clusters(self) -> list[tuple[ClusterPoints, list[tuple[IndicatorPoints, list[QuestionWhy]]]]]:
        """The tree with its questions explained, for a page."""
        return [
            (
                cluster,
                [(part, [self.questions[q.code] for q in part.questions]) for part in cluster.indicators],
            )
            for cluster in self.tree.clusters
        ]

    def content(self) -> dict[str, Any]:
        """The JSON of the tree (``pohon.json``): the scored tree with its digest, and what stands behind it."""
        tree = tree_to_dict(self.tree)
        return {
            "schema": SCHEMA,
            **self.identity,
            "instrument": {
                "code": self.instrument.code,
                "title": self.instrument.title,
                "legal_basis": list(self.instrument.legal_basis),
                "digest": self.instrument.digest,
            },
            "tree": tree,
            "tree_digest": digest_of(tree),
            "questions": [why.content() for why in self.questions.values()],
        }


def build_explanation(
    *,
    identity: Mapping[str, Any],
    instrument: InstrumentSpec,
    tree: ScoreTree,
    columns: Sequence[Column],
    evidence: Mapping[str, Sequence[Mapping[str, Any]]],
    sources: Mapping[str, str],
) -> Explanation:
    """``evidence``: as a snapshot keeps it (code -> slots with items); ``sources``: code -> words.

    ``tree`` is the score that is explained; each of ``columns`` stands beside it.
    """
    by_column = [{part.code: part.points for part in column.tree.questions()} for column in columns]
    secret = _titles_on_children(instrument, evidence)
    found = {}
    for part in tree.questions():
        steps = _steps(part.code, columns, [by[part.code] for by in by_column])
        source = sources.get(part.code, "") if part.state != "unanswered" else ""
        slots = evidence.get(part.code, ())
        found[part.code] = _question(part, instrument.by_code[part.code], slots, secret, steps, source)
    return Explanation(identity, instrument, tree, tuple(columns), found)


def _question(
    part: QuestionPoints,
    question: QuestionSpec,
    slots: Sequence[Mapping[str, Any]],
    secret: frozenset[str],
    steps: tuple[Step, ...],
    source: str,
) -> QuestionWhy:
    items = [item for slot in slots for item in slot["items"]]
    required = [slot.number for slot in question.slots if slot.required]
    filled = {slot["slot"] for slot in slots if slot["items"]}
    return QuestionWhy(
        code=part.code,
        title=question.title,
        weight=part.weight,
        points=part.points,
        state=part.state,
        rule=describe_rule(question),
        choice=part.choice,
        answer=printable(part.answer_text),
        reason=printable(part.reason),
        documents=len(items),
        titles=_titles(items, secret),
        protected=question.sensitive,
        required=len(required),
        filled=sum(number in filled for number in required),
        steps=steps,
        source=source,
        estimated=question.estimated and bool(question.weight),
    )


def _titles_on_children(
    instrument: InstrumentSpec, evidence: Mapping[str, Sequence[Mapping[str, Any]]]
) -> frozenset[str]:
    """What stands at any sensitive question: a document can stand at others as well."""
    return frozenset(
        item.get("title") or ""
        for code, slots in evidence.items()
        if code in instrument.by_code and instrument.by_code[code].sensitive
        for slot in slots
        for item in slot["items"]
    )


def _titles(items: Sequence[Mapping[str, Any]], secret: frozenset[str]) -> tuple[str, ...]:
    titles = [item.get("title") or "" for item in items]
    return tuple(dict.fromkeys(printable(title) for title in titles if title not in secret))


def _steps(code: str, columns: Sequence[Column], points: Sequence[Decimal]) -> tuple[Step, ...]:
    """The safe score is compared with the claim before it; a stage with the stage before, never with the safe score."""
    found: list[Step] = []
    before: Decimal | None = None
    for column, worth in zip(columns, points, strict=True):
        verdict = column.verdicts.get(code, {})
        decision = verdict.get("decision", "")
        step = None if before is None or worth == before else worth - before
        found.append(
            Step(
                code=column.code,
                name=column.name,
                points=worth,
                step=step,
                decision=DECISIONS.get(decision, ""),
                reason=printable(verdict.get("reason", "")),
                against=decision in AGAINST,
            )
        )
        if column.code != "aman":
            before = worth
    return tuple(found)

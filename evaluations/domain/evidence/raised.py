"""An evaluation's documents as ``checks.documents`` reads them, and what is raised about them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from evaluations.checks.documents import Concern, Library, Placement, Reply, answered, run
from evaluations.checks.documents.register import Answers
from evaluations.domain import deadlines
from evaluations.domain.evidence import pairs, quotes, standing
from evaluations.domain.evidence.standing import Standing
from evaluations.files.phrases import PhraseFound
from evaluations.models import ConcernAnswer, Evaluation, EvidenceLink, Stage
from indicators.domain.spec import loaded
from kla_portal.prepared import prepared

if TYPE_CHECKING:
    from django.db.models import QuerySet


def of_evaluation(evaluation: Evaluation) -> list[Concern]:
    """Every concern about the documents that stand in the evaluation, answered ones with their answer.

    Warnings first. Four queries at most, however many documents; nothing depends on today's date.
    """
    found = standing.of(evaluation)
    return _concerns(evaluation, found, quotes.presences(found.places)) if found.places else []


def at_question(evaluation: Evaluation, code: str) -> list[Concern]:
    """What ``of_evaluation`` says of the documents at one question, in its order. Four queries at most."""
    found = standing.around(evaluation, code)
    wanted = {place.evidence_id for place in found.places if place.code == code}
    if not wanted:
        return []
    phrases = quotes.presences(place for place in found.places if place.evidence_id in wanted)
    concerns = _concerns(evaluation, found, phrases, wanted)
    return [concern for concern in concerns if concern.evidence_id in wanted]


def about(
    evaluation: Evaluation,
    documents: Collection[UUID],
    found: Standing,
    phrases: Mapping[int, PhraseFound] | None = None,
) -> dict[UUID, list[Concern]]:
    """Document -> what ``of_evaluation`` says of it, for these of ``found``; documents without any are left out.

    Three queries at most. ``phrases``: where the quoted phrases are, if that is known; only those are looked at then.
    """
    wanted = set(documents) & set(found.papers)
    if not wanted:
        return {}
    if phrases is None:
        phrases = quotes.presences(place for place in found.places if place.evidence_id in wanted)
    by_document: dict[UUID, list[Concern]] = {}
    for concern in _concerns(evaluation, found, phrases, wanted):
        by_document.setdefault(concern.evidence_id, []).append(concern)
    return {key: concerns for key, concerns in by_document.items() if key in wanted}


def of_links(
    evaluation: Evaluation,
    links: Iterable[EvidenceLink],
    phrases: Mapping[int, PhraseFound] | None = None,
    held: Standing | None = None,
) -> dict[int, list[Concern]]:
    """Link id -> the concerns about its document at its question. ``phrases`` as ``about``.

    Four queries at most, one less with ``held``: what stands in the evaluation.
    """
    links = list(links)
    if not links:
        return {}
    slots = loaded(evaluation.edition.instrument).slots_by_id
    found = about(evaluation, {link.evidence_id for link in links}, held or standing.of(evaluation), phrases)
    return {
        link.pk: [
            concern for concern in found.get(link.evidence_id, ()) if slots[link.slot_id][0] in concern.codes
        ]
        for link in links
    }


def _concerns(
    evaluation: Evaluation,
    found: Standing,
    phrases: Mapping[int, PhraseFound],
    wanted: set[UUID] | None = None,
) -> list[Concern]:
    """``wanted``: only what concerns these is right and whole."""
    library = _library(evaluation, found, phrases)
    if wanted is not None:
        library = _around(library, wanted)
    concerns = run(library)
    return answered(concerns, _answers(evaluation)) if concerns else concerns


def _library(evaluation: Evaluation, found: Standing, phrases: Mapping[int, PhraseFound]) -> Library:
    window = deadlines.window_of(evaluation, Stage.EM)
    return Library(
        papers=found.papers,
        placements=tuple(
            Placement(
                place.evidence_id,
                place.code,
                place.number,
                pages=place.pages,
                quote=place.quote,
                phrase=phrases.get(place.pk),
            )
            for place in found.places
        ),
        evidence_years=tuple(evaluation.edition.evidence_years),
        closes_on=window.closes_on if window else None,
        alike=pairs.alike_within(_read_ones(found)),
    )


def _read_ones(found: Standing) -> list[UUID]:
    """Documents that may have a text to compare."""
    return [key for key, paper in found.papers.items() if any(file.read for file in paper.files)]


def _around(library: Library, wanted: set[UUID]) -> Library:
    """The part of the library in which the rules say of ``wanted`` what they say of it in the whole: these documents,
    those with a file in common, and those that are alike."""
    contents = {file.sha256 for key in wanted for file in library.papers[key].files}
    near = wanted.union(
        (
            key
            for key, paper in library.papers.items()
            if any(file.sha256 in contents for file in paper.files)
        ),
        (key for pair in library.alike if not wanted.isdisjoint(pair) for key in pair),
    )
    return replace(
        library,
        papers={key: paper for key, paper in library.papers.items() if key in near},
        placements=tuple(place for place in library.placements if place.evidence_id in near),
    )


def _answers(evaluation: Evaluation) -> Answers:
    return {
        (str(evidence), rule, basis): Reply(pk, reason, at, name)
        for evidence, rule, basis, pk, reason, at, name in _answered(evaluation.pk)
    }


@prepared
def _answered(evaluation: int) -> QuerySet[ConcernAnswer, tuple[Any, ...]]:
    standing = ConcernAnswer.objects.filter(evaluation=evaluation, removed_at__isnull=True)
    return standing.values_list("evidence", "rule", "basis", "pk", "reason", "at", "by__name")


def warned(concerns: Iterable[Concern]) -> Mapping[str, list[str]]:
    """Question code -> the rules with an open warning about a document there."""
    found: dict[str, list[str]] = {}
    for concern in concerns:
        if concern.blocks:
            for code in concern.codes:
                found.setdefault(code, []).append(concern.rule)
    return found

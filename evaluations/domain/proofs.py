"""Which shared practices are proven now: full points by the district's newest closed stage, else by its claim."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from django.core.cache import cache
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from evaluations.domain.analysis.points import AT_ONCE, KEPT, question_points
from evaluations.domain.rulings import standing_results
from evaluations.models import Answer, Evaluation, SharedPractice, Stage, StageResult
from evaluations.scoring.totals import totals_of_texts
from indicators.domain.spec import loaded
from indicators.spec import InstrumentSpec


def full_codes(spec: InstrumentSpec, points: Mapping[str, Decimal]) -> frozenset[str]:
    """The questions that bring all their points."""
    return frozenset(
        q.code for q in spec.questions() if q.weight and q.code in points and q.weight <= points[q.code]
    )


def still_proven(practices: QuerySet[SharedPractice]) -> set[int]:
    """Ids of those whose question has full points. Four queries at most, however many; results are read once."""
    rows = list(practices.select_related("evaluation__edition__instrument"))
    evaluations = {row.evaluation_id: row.evaluation for row in rows}
    full = _by_results(evaluations) if rows else {}
    claimed = [row for row in rows if row.evaluation_id not in full]
    if claimed:
        full |= _by_claims(
            {row.evaluation_id: row.evaluation for row in claimed}, {row.question_id for row in claimed}
        )
    return {
        row.pk
        for row in rows
        if loaded(row.evaluation.edition.instrument).question_codes[row.question_id]
        in full[row.evaluation_id]
    }


def _by_results(evaluations: Mapping[int, Evaluation]) -> dict[int, frozenset[str]]:
    """Evaluation -> its full questions, of those with a closed stage. A result never changes, so it is kept."""
    newest: dict[int, tuple[int, int, int, str]] = {}
    rows = standing_results().filter(evaluation__in=evaluations)
    for pk, stage, sequence, result, digest in rows.values_list(
        "evaluation", "stage", "sequence", "pk", "digest"
    ):
        found = (len(Stage(stage).earlier), sequence, result, digest)
        newest[pk] = max(newest.get(pk, found), found)
    keys = {pk: f"practice-proof:{result}:{digest}" for pk, (_, _, result, digest) in newest.items()}
    kept: dict[str, str] = cache.get_many(keys.values())
    unread = {newest[pk][2]: pk for pk, key in keys.items() if key not in kept}
    snapshots = StageResult.objects.filter(pk__in=unread).values_list("pk", "snapshot__score__clusters")
    for result, clusters in snapshots.iterator(chunk_size=AT_ONCE) if unread else ():
        pk = unread[result]
        points = {code: Decimal(text) for code, text in question_points(clusters or []).items()}
        kept[keys[pk]] = " ".join(full_codes(loaded(evaluations[pk].edition.instrument).spec, points))
        cache.set(keys[pk], kept[keys[pk]], KEPT)
    return {pk: frozenset(kept[key].split()) for pk, key in keys.items()}


def _by_claims(
    evaluations: Mapping[int, Evaluation], questions: Collection[int]
) -> dict[int, frozenset[str]]:
    """The same of the answers as they stand now, at these questions. One query."""
    rows = Answer.objects.filter(evaluation__in=evaluations, question__in=questions)
    texts: dict[int, dict[str, str | None]] = {pk: {} for pk in evaluations}
    for pk, question, text in rows.values_list("evaluation", "question", Cast("value", TextField())):
        instrument = loaded(evaluations[pk].edition.instrument)
        texts[pk][instrument.question_codes[question]] = text
    found = {}
    for pk, given in texts.items():
        spec = loaded(evaluations[pk].edition.instrument).spec
        found[pk] = full_codes(spec, totals_of_texts(spec, given).points)
    return found

"""Which documents resemble one another: within an evaluation, and with those of other districts.

Bands of the MinHash find candidates, the signatures decide; both are bounded, so that a province of copies stays quick.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations, islice
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from evaluations.files.likeness import ALIKE, bands, likeness
from evaluations.models import Edition, Evaluation, EvidenceFile, EvidenceLink, FileBand, FileReading
from kla_portal.prepared import prepared
from kla_portal.regions.models import District

MOST_PAIRS = 2000
"""Pairs compared within one library, those that share a band first met."""

MOST_CANDIDATES = 50
"""Other districts' files whose text is compared, those with the most bands in common first."""

MOST_PLACES = 100
"""Places of other districts' documents that are read for one question."""


@dataclass(frozen=True)
class Elsewhere:
    """One of our documents and where a like one stands in another district."""

    evidence_id: UUID
    same_file: bool
    district: District
    code: str


def alike_within(evidence: Collection[UUID]) -> tuple[tuple[UUID, UUID], ...]:
    """Pairs among these documents with nearly the same text. One query; signatures are read only where bands meet."""
    if len(evidence) < 2:
        return ()
    held = FileBand.objects.filter(file__evidence__in=evidence, file__retired_at__isnull=True)
    doubled = (
        held.values("key")
        .annotate(documents=Count("file__evidence", distinct=True))
        .filter(documents__gt=1)
        .values("key")
    )
    meeting = FileReading.objects.filter(
        file__in=held.filter(key__in=doubled).values("file"), signature__isnull=False
    )
    signatures: dict[UUID, tuple[int, ...]] = {}
    groups: dict[str, list[tuple[UUID, UUID]]] = {}
    for document, file, signature in meeting.order_by("file__evidence", "file").values_list(
        "file__evidence", "file", "signature"
    ):
        signatures[file] = tuple(signature or ())
        for key in sorted(bands(signatures[file])):
            groups.setdefault(key, []).append((document, file))
    pairs = dict.fromkeys(
        (one, two) for group in groups.values() for one, two in combinations(group, 2) if one[0] != two[0]
    )
    return tuple(
        dict.fromkeys(
            (one, two)
            for (one, first), (two, second) in islice(pairs, MOST_PAIRS)
            if _alike(signatures[first], signatures[second])
        )
    )


def elsewhere(evaluation: Evaluation, files: Iterable[EvidenceFile]) -> list[Elsewhere]:
    """Where these files, or nearly their texts, stand in other districts' evaluations.

    ``files``: in force, each with its ``reading`` at hand. Only in opened editions with the same evidence years. Five
    queries at most; places in the districts' order.
    """
    files = sorted(files, key=lambda file: (file.evidence_id, file.pk))
    if not files:
        return []
    same, like = _same(evaluation, files), _like(evaluation, files)
    places = _places(evaluation, {other for found in (same, like) for _, other in found})
    return [
        Elsewhere(own, found is same, district, code)
        for found in (same, like)
        for own, other in found
        for district, code in places.get(other, ())
    ]


Matches = dict[tuple[UUID, UUID], None]
"""(Our document, the other district's document), in a fixed order."""


def _peers(edition: int) -> QuerySet[Edition]:
    """Opened editions that ask for evidence of the same years."""
    same = Edition.objects.filter(pk=edition)
    return Edition.objects.filter(
        opened_at__isnull=False,
        first_evidence_year__in=same.values("first_evidence_year"),
        last_evidence_year__in=same.values("last_evidence_year"),
    )


def _others(edition: int, district: str) -> QuerySet[EvidenceFile]:
    """Files in force that stand in other districts' evaluations."""
    peers = Evaluation.objects.filter(
        edition__in=_peers(edition), evidence_links__removed_at__isnull=True
    ).exclude(district=district)
    return EvidenceFile.objects.filter(
        retired_at__isnull=True,
        evidence__links__evaluation__in=peers,
        evidence__links__removed_at__isnull=True,
    )


def _same(evaluation: Evaluation, files: Iterable[EvidenceFile]) -> Matches:
    """By content, as it was sent or as it is kept."""
    own: dict[str, UUID] = {}
    for file in files:
        own.setdefault(file.sha256, file.evidence_id)
        own.setdefault(file.source_sha256, file.evidence_id)
    sums = list(own)
    # As many as the next power of two: a query is written for each number of sums.
    sums += sums[:1] * ((1 << (len(sums) - 1).bit_length()) - len(sums))
    rows = _same_sums(evaluation.edition_id, evaluation.district_id, *sums)
    found: Matches = {}
    for other, kept, sent in rows:
        found[own[kept] if kept in own else own[sent], other] = None
    return found


@prepared
def _same_sums(edition: int, district: str, *sums: str) -> QuerySet[EvidenceFile, tuple[UUID, str, str]]:
    rows = _others(edition, district).filter(Q(sha256__in=sums) | Q(source_sha256__in=sums))
    found = rows.order_by("evidence__district", "pk").values_list("evidence", "sha256", "source_sha256")
    return found.distinct()[:MOST_PLACES]


def _like(evaluation: Evaluation, files: Collection[EvidenceFile]) -> Matches:
    """By text: candidates share a band; the same file is not said twice. Only files that were read have bands."""
    mine = {file.pk: file for file in files if getattr(file, "reading", None)}
    if not mine:
        return {}
    others = _others(evaluation.edition_id, evaluation.district_id)
    keys = list(FileBand.objects.filter(file__in=mine).values_list("key", flat=True))
    candidates = dict(
        FileBand.objects.filter(key__in=keys, file__in=others.values("pk"))
        .exclude(file__sha256__in=[file.sha256 for file in files])
        .values("file")
        .annotate(shared=Count("key", distinct=True))
        .order_by("-shared", "file")
        .values_list("file", "file__evidence")[:MOST_CANDIDATES]
    )
    signatures = _signatures([*mine, *candidates]) if candidates else {}
    return {
        (file.evidence_id, candidates[other]): None
        for other in candidates
        for pk, file in mine.items()
        if pk in signatures and other in signatures and _alike(signatures[pk], signatures[other])
    }


def _places(evaluation: Evaluation, evidence: Collection[UUID]) -> Mapping[UUID, list[tuple[District, str]]]:
    if not evidence:
        return {}
    links = (
        EvidenceLink.objects.filter(
            evidence__in=evidence,
            removed_at__isnull=True,
            evaluation__edition__in=_peers(evaluation.edition_id),
        )
        .select_related("evaluation__district__province", "slot__question")
        .order_by("evaluation__district", "slot__question__position", "pk")
    )
    found: dict[UUID, list[tuple[District, str]]] = {}
    for link in links[:MOST_PLACES]:
        place = (link.evaluation.district, link.slot.question.code)
        if place not in found.setdefault(link.evidence_id, []):
            found[link.evidence_id].append(place)
    return found


def _signatures(files: Iterable[UUID]) -> dict[UUID, tuple[int, ...]]:
    rows = FileReading.objects.filter(file__in=set(files), signature__isnull=False)
    return {pk: tuple(signature or ()) for pk, signature in rows.values_list("file", "signature")}


def _alike(one: tuple[int, ...], two: tuple[int, ...]) -> bool:
    return len(one) == len(two) and likeness(one, two) >= ALIKE

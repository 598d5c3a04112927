"""Looking for documents in a district's library: search, filters, where each is used, and how much there is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from evaluations.domain import workflow
from evaluations.domain.evidence import quotas
from evaluations.domain.evidence.handed_in import HANDED_IN
from evaluations.domain.evidence.library import Sight
from evaluations.domain.evidence.slots import read_files
from evaluations.models import Evaluation, Evidence, EvidenceFile, EvidenceLink, Objection, PageText
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.accounts.models import User

NOBODY = UUID(int=0)

SOON = timedelta(days=90)
"""A document that expires this soon, or before the district hands in, is told in time."""

UNUSED, UNDATED, EXPIRED, EXPIRING, CONCERN, WITHDRAWN, BASKET = (
    "belum", "tahun", "lewat", "segera", "peringatan", "ditarik", "keranjang",
)  # fmt: skip
STATUSES = {
    UNUSED: "belum dipakai",
    UNDATED: "tahun belum diisi",
    EXPIRED: "lewat masa berlaku",
    EXPIRING: "segera lewat masa berlaku",
    CONCERN: "ada peringatan",
    WITHDRAWN: "ditarik",
    BASKET: "keranjang",
}


@dataclass(frozen=True)
class Wanted:
    """What someone looks for; empty parts do not narrow. ``agency``: id; ``code``: question; ``status``: a key of
    ``STATUSES``."""

    search: str = ""
    kind: str = ""
    year: int | None = None
    agency: int | None = None
    code: str = ""
    status: str = ""


@dataclass(frozen=True)
class Counts:
    """Numbers of documents that the person sees; ``used`` and ``limit`` in bytes, of the whole library."""

    documents: int
    concerned: int
    unused: int
    expired: int
    expiring: int
    used: int
    limit: int


def find(
    evaluation: Evaluation,
    wanted: Wanted,
    *,
    by: User,
    sight: Sight | None = None,
    among: Iterable[object] | None = None,
) -> QuerySet[Evidence]:
    """The documents of the evaluation's district that ``by`` sees and looks for, newest first.

    Each carries ``link_count`` and ``question_count`` (where it stands in this evaluation), ``used_elsewhere`` (in
    another edition), ``handed_in`` and ``deletable``. Two queries when read. ``sight``: that of ``by``, where it is
    known; ``among`` narrows it to these ids. Discarded documents are found with the status ``BASKET`` only.
    """
    sight = sight or Sight(by, evaluation)
    here = Q(links__evaluation=evaluation, links__removed_at__isnull=True)
    links = EvidenceLink.objects.filter(evidence=OuterRef("pk"))
    elsewhere = links.filter(removed_at__isnull=True).exclude(evaluation=evaluation)
    documents = (
        sight.documents(discarded=wanted.status == BASKET)
        .select_related("added_by", "district")
        .annotate(
            link_count=Count("links", filter=here),
            question_count=Count("links__slot__question", filter=here, distinct=True),
            used_elsewhere=Exists(elsewhere),
            handed_in=Exists(links.filter(HANDED_IN)),
            deletable=~Exists(links.filter(Q(removed_at__isnull=True) | HANDED_IN))
            & ~Exists(Objection.objects.filter(evidence=OuterRef("pk"))),
        )
        .prefetch_related(read_files())
        .order_by("-added_at", "pk")
    )
    if among is not None:
        documents = documents.filter(pk__in=list(among))
    return _with_status(_narrowed(documents, sight, wanted), evaluation, wanted.status)


def counts(
    evaluation: Evaluation, *, by: User, sight: Sight | None = None, concerned: Iterable[object] = ()
) -> Counts:
    """What stands above the list; ``concerned``: ids of documents with a concern. Two queries beside ``sight``."""
    sight = sight or Sight(by, evaluation)
    today, soon = horizon(evaluation)
    standing = EvidenceLink.objects.filter(
        evidence=OuterRef("pk"), evaluation=evaluation, removed_at__isnull=True
    )
    kept = Q(withdrawn_at__isnull=True)
    found = (
        Evidence.objects.filter(pk__in=sight.documents().values("pk"))
        .annotate(stands=Exists(standing))
        .aggregate(
            documents=Count("pk"),
            # An empty list would empty the whole query.
            concerned=Count("pk", filter=Q(pk__in=[*concerned, NOBODY])),
            unused=Count("pk", filter=Q(stands=False)),
            expired=Count("pk", filter=kept & Q(valid_until__lt=today)),
            expiring=Count("pk", filter=kept & Q(valid_until__gte=today, valid_until__lte=soon)),
        )
    )
    used = quotas.district_bytes(evaluation.district_id)
    return Counts(**found, used=used, limit=settings.EVIDENCE_DISTRICT_MAX_BYTES)


def horizon(evaluation: Evaluation) -> tuple[date, date]:
    """Today where the district is, and the day up to which an end of validity is soon."""
    zone = workflow.zone_of(evaluation)
    today = clock.now().astimezone(zone).date()
    closes = workflow.closes_at(evaluation)
    return today, max(today + SOON, closes.astimezone(zone).date() if closes else today)


def _narrowed(documents: QuerySet[Evidence], sight: Sight, wanted: Wanted) -> QuerySet[Evidence]:
    evaluation = sight.evaluation
    for word in wanted.search.split():
        documents = documents.filter(_says(word))
    if wanted.kind:
        slots = _standing(evaluation).filter(slot__kind__code=wanted.kind)
        documents = documents.filter(Q(kind=wanted.kind) | Q(kind="", pk__in=slots.values("evidence")))
    if wanted.year:
        documents = documents.annotate(years_text=Cast("years", CharField())).filter(_of_year(wanted.year))
    if wanted.agency:
        codes = {code for code, agency in sight.agencies.items() if agency.pk == wanted.agency}
        documents = documents.filter(pk__in=_at(evaluation, codes))
    if wanted.code:
        documents = documents.filter(pk__in=_at(evaluation, {wanted.code}))
    return documents


def _says(word: str) -> Q:
    """In its description, the names of its files, or the text that was read in them."""
    files = EvidenceFile.objects.filter(evidence=OuterRef("pk"), retired_at__isnull=True)
    texts = PageText.objects.filter(file__evidence=OuterRef("pk"), file__retired_at__isnull=True)
    return (
        Q(title__icontains=word)
        | Q(number__icontains=word)
        | Q(issuer__icontains=word)
        | Q(url__icontains=word)
        | Exists(files.filter(filename__icontains=word))
        | Exists(texts.filter(text__icontains=word))
    )


def _of_year(year: int) -> Q:
    """It proves the year, is of the year, or is valid in it. SQLite looks into JSON as text only."""
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=date(year, 12, 31))
    return (
        Q(years_text__contains=str(year))
        | Q(document_date__year=year)
        | Q(valid_until__gte=date(year, 1, 1)) & begun
    )


def _standing(evaluation: Evaluation) -> QuerySet[EvidenceLink]:
    return EvidenceLink.objects.filter(evaluation=evaluation, removed_at__isnull=True)


def _at(evaluation: Evaluation, codes: set[str]) -> QuerySet[EvidenceLink]:
    """The documents that stand at these questions."""
    slots = [
        pk for pk, (code, _) in loaded(evaluation.edition.instrument).slots_by_id.items() if code in codes
    ]
    return _standing(evaluation).filter(slot__in=slots).values("evidence")  # type: ignore[return-value]


def _with_status(documents: QuerySet[Evidence], evaluation: Evaluation, status: str) -> QuerySet[Evidence]:
    if status == UNUSED:
        return documents.exclude(pk__in=_standing(evaluation).values("evidence"))
    if status == WITHDRAWN:
        return documents.filter(withdrawn_at__isnull=False)
    if status == UNDATED:
        return documents.filter(
            years=[], document_date__isnull=True, valid_from__isnull=True, valid_until__isnull=True
        )
    if status in {EXPIRED, EXPIRING}:
        today, soon = horizon(evaluation)
        over = (
            Q(valid_until__lt=today)
            if status == EXPIRED
            else Q(valid_until__gte=today, valid_until__lte=soon)
        )
        return documents.filter(over, withdrawn_at__isnull=True)
    return documents

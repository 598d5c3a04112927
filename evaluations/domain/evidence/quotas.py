"""How much evidence one file, one question and one district may hold. Sizes in bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Max, QuerySet, Sum

from evaluations.files.faults import EvidenceRefused
from evaluations.models import Evaluation, EvidenceFile, EvidenceLink
from indicators.domain.spec import loaded
from kla_portal.indonesian import ukuran


class Full(EvidenceRefused):
    """There is no room now. The file itself is good: with room made, the same deed succeeds."""


@dataclass(frozen=True)
class Room:
    """What one more file may weigh, and what the question and the district's library can still take; never below 0."""

    file: int
    question: int
    district: int

    @property
    def least(self) -> int:
        return min(self.file, self.question, self.district)


def room(evaluation: Evaluation, code: str | None, *, standing: Iterable[EvidenceFile] | None = None) -> Room:
    """What is left; without a question, ``question`` is what the district has. Two queries at most, one with
    ``standing``: the files in force that stand at the question."""
    district = max(settings.EVIDENCE_DISTRICT_MAX_BYTES - district_bytes(evaluation.district_id), 0)
    question = district
    if code is not None:
        used = question_bytes(evaluation, code) if standing is None else _once(standing)
        question = max(settings.EVIDENCE_QUESTION_MAX_BYTES - used, 0)
    return Room(settings.EVIDENCE_MAX_BYTES, question, district)


def ensure_room(
    evaluation: Evaluation, code: str | None, size: int, *, new: bool = True, coming: int = 0
) -> None:
    """Raise ``Full`` when ``size`` bytes more do not fit into the question or the district's library.

    ``new``: whether the library does not have the content yet. ``coming``: bytes that are already on their way into
    the library. Two queries at most.
    """
    if code is not None:
        left = settings.EVIDENCE_QUESTION_MAX_BYTES - question_bytes(evaluation, code)
        if size > left:
            raise Full(
                f"Berkas ini {ukuran(size)}, sedangkan {_left(left, settings.EVIDENCE_QUESTION_MAX_BYTES)} untuk "
                f"pertanyaan {code}. Lepaskan dokumen yang tidak diperlukan atau perkecil berkasnya, lalu coba lagi."
            )
    if not new:
        return
    left = settings.EVIDENCE_DISTRICT_MAX_BYTES - district_bytes(evaluation.district_id)
    if size + coming > left:
        waiting = f" Unggahan yang belum selesai masih memerlukan {ukuran(coming)}." if coming else ""
        raise Full(
            f"Berkas ini {ukuran(size)}, sedangkan {_left(left, settings.EVIDENCE_DISTRICT_MAX_BYTES)} untuk pustaka "
            f"kabupaten/kota.{waiting} Hapus dokumen yang tidak dipakai, lalu coba lagi."
        )


def question_bytes(evaluation: Evaluation, code: str) -> int:
    """Bytes of the files that stand at a question in this evaluation, each content once. One query."""
    slot_ids = loaded(evaluation.edition.instrument).slot_ids
    slots = [pk for (of, _), pk in slot_ids.items() if of == code]
    links = EvidenceLink.objects.filter(evaluation=evaluation, slot__in=slots, removed_at__isnull=True)
    return _bytes(EvidenceFile.objects.filter(evidence__in=links.values("evidence")))


def district_bytes(district_code: str) -> int:
    """Bytes of the district's files in force, in every edition, each content once. One query."""
    files = EvidenceFile.objects.filter(evidence__district=district_code, evidence__discarded_at__isnull=True)
    return _bytes(files)


def _once(files: Iterable[EvidenceFile]) -> int:
    """Each content once."""
    return sum({file.sha256: file.size for file in files if file.erased_at is None}.values())


def _bytes(files: QuerySet[EvidenceFile]) -> int:
    kept = files.filter(retired_at__isnull=True, erased_at__isnull=True)
    once = kept.order_by().values("sha256").annotate(bytes=Max("size"))
    total: int | None = once.aggregate(sum=Sum("bytes"))["sum"]
    return total or 0


def _left(left: int, limit: int) -> str:
    return f"tinggal {ukuran(max(left, 0))} dari {ukuran(limit)}"

"""How much evidence a question and a district may hold."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Sum

from evaluations.files.faults import EvidenceRefused
from evaluations.models import Evaluation, EvidenceFile
from kla_portal.indonesian import ukuran


def ensure_room(evaluation: Evaluation, code: str, size: int) -> None:
    """Raise ``EvidenceRefused`` when ``size`` bytes more do not fit into the question or the district's library."""
    used = (
        EvidenceFile.objects.filter(evidence__district=evaluation.district_id).aggregate(sum=Sum("size"))[
            "sum"
        ]
        or 0
    )
    limit = settings.EVIDENCE_DISTRICT_MAX_BYTES
    if used + size > limit:
        raise EvidenceRefused(
            f"Pustaka kabupaten/kota ini penuh ({ukuran(used)} dari {ukuran(limit)}). Hapus dokumen yang tidak dipakai."
        )

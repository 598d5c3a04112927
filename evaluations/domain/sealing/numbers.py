"""Numbers and codes of papers. ``KLA/2026/63.09/LHE/0003``: edition, place, kind, the how many-th.

A number is taken before the paper is printed, since it stands on it. Two who print at once may take the same: the
database lets one of them keep it, and the other prints again with the next. Gaps mean nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models.functions import Length
from django.urls import reverse

from evaluations.domain.sealing.about import NATION
from evaluations.models import ReportKind, StoredReport
from evaluations.reports import signing
from evaluations.reports.seal import Seal, new_code
from kla_portal import clock

DRAFT = "KONSEP"
"""In place of the kind: drafts do not use up the numbers of what is final."""

WORDS: Mapping[ReportKind, str] = {
    ReportKind.DISTRICT: "LAPORAN",
    ReportKind.RECEIPT: "TANDA-TERIMA",
    ReportKind.RANKING: "PERINGKAT",
    ReportKind.RETURN: "KEKURANGAN",
    ReportKind.STAGES: "PERBANDINGAN",
    ReportKind.EVALUATION: "LHE",
    ReportKind.CARD: "RAPOR",
    ReportKind.ACTIONS: "RAD",
    ReportKind.MEETING: "RAPAT",
}
"""What a number says of the paper's kind."""


def next_seal(kind: ReportKind, about: Mapping[str, Any]) -> Seal:
    """A number and a code that nobody has yet. Raises ``SigningFailed`` when reports are to be signed and cannot be."""
    code, draft = new_code(), bool(about.get("draft"))
    return Seal(
        number=next_number(DRAFT if draft else WORDS[kind], about),
        code=code,
        address=f"{settings.PORTAL_URL.rstrip('/')}{reverse('evaluations:check_report', args=[code])}",
        draft=draft,
        signer="" if draft else signing.signer_name(at=clock.now()),
    )


def next_number(kind: str, about: Mapping[str, Any]) -> str:
    edition = about.get("edition") or str(clock.now().year)
    prefix = f"KLA/{edition}/{about.get('place') or NATION}/{kind}/"
    last = (
        StoredReport.objects.filter(number__startswith=prefix)
        .order_by(Length("number").desc(), "-number")
        .values_list("number", flat=True)
        .first()
    )
    return f"{prefix}{int(last.rpartition('/')[2]) + 1 if last else 1:04}"

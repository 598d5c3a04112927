"""Which documents can be about children: they stand, stood or are objections' proof at a sensitive question."""

from __future__ import annotations

from uuid import UUID

from evaluations.models import EvidenceLink, Objection


def sensitive_codes(district_code: str, *, document: UUID | None = None) -> dict[UUID, list[str]]:
    """Document -> codes of the sensitive questions, in their order; of the whole library or of one ``document``.

    Documents without any are not in it. One query.
    """
    only = {"evidence": document} if document else {"evidence__district": district_code}
    links = EvidenceLink.objects.filter(slot__question__sensitive=True, **only).order_by()
    objections = Objection.objects.filter(question__sensitive=True, **only).order_by()
    rows = links.values_list("slot__question__position", "evidence", "slot__question__code").union(
        objections.values_list("question__position", "evidence", "question__code")
    )
    found: dict[UUID, list[str]] = {}
    for _, pk, code in sorted(rows.iterator(chunk_size=2000)):
        if code not in found.setdefault(pk, []):
            found[pk].append(code)
    return found

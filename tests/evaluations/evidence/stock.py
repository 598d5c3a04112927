"""Documents with real files, put straight into the tables, the storage and a slot: for tests about what lies there."""

from __future__ import annotations

import hashlib
import uuid

from django.core.files.base import ContentFile

from evaluations.domain.evidence import store
from evaluations.models import Evidence, EvidenceFile, EvidenceForm, EvidenceLink
from indicators.domain.spec import loaded
from kla_portal import clock


class Stock:
    """``stock.put("12.1", b"...")`` -> the link; ``by`` is who added it all."""

    def __init__(self, evaluation, by) -> None:
        self.evaluation, self.by = evaluation, by

    def document(self, title="Dokumen", **more) -> Evidence:
        form = EvidenceForm.LINK if more.get("url") else EvidenceForm.FILE
        row = {"form": form, "title": title, "added_at": clock.now(), "added_by": self.by}
        return Evidence.objects.create(district=self.evaluation.district, **row | more)

    def file(self, document, content: bytes, **more) -> EvidenceFile:
        digest = hashlib.sha256(content).hexdigest()
        name = f"evidence/{digest[:2]}/{uuid.uuid4()}.pdf"
        row = {
            "filename": "berkas.pdf",
            "content_type": "application/pdf",
            "size": len(content),
            "sha256": digest,
            "source_sha256": digest,
            "storage_name": store.storage().save(name, ContentFile(content)),
            "added_at": document.added_at,
            "added_by": self.by,
        }
        return EvidenceFile.objects.create(evidence=document, **row | more)

    def link(self, document, code, slot=1, **more) -> EvidenceLink:
        slot_id = loaded(self.evaluation.edition.instrument).slot_ids[code, slot]
        row = {"slot_id": slot_id, "evidence": document, "added_at": clock.now(), "added_by": self.by}
        return EvidenceLink.objects.create(evaluation=self.evaluation, **row | more)

    def put(self, code, content=b"%PDF-1.7 isi", title="Dokumen", *, slot=1, pages="", quote="", **more):
        document = self.document(title, **more)
        self.file(document, content)
        return self.link(document, code, slot, pages=pages, quote=quote)

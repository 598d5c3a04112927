"""Run as a module: a coordinator of Tabalong with one document, in the portal that the environment names, which has
the suite's reference data. Prints the document's address."""

from __future__ import annotations

import django

FILE = "rekap nasional.pdf"


def furnish() -> str:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.urls import reverse

    from evaluations.domain.evidence import slots
    from evaluations.models import Evaluation, Evidence
    from tests.cast import TABALONG, Cast
    from tests.evaluations.evidence import corpus

    evaluation = Evaluation.objects.with_place().get(edition__code="2026", district=TABALONG)
    upload = SimpleUploadedFile(FILE, corpus.pdf(mark="a"), "application/octet-stream")
    slots.add_file(
        evaluation=evaluation, code="12.1", slot_number=1, upload=upload, by=Cast().coordinator_tabalong
    )
    return reverse("evaluations:evidence_download", args=[Evidence.objects.get().pk])


if __name__ == "__main__":
    django.setup()
    print(furnish())

"""Documents with readings and places, written straight into the tables: for what is asked about them."""

from __future__ import annotations

import random

from evaluations.domain.evidence import readiness
from evaluations.files.likeness import BANDS, PERMUTATIONS, ROWS, bands
from evaluations.models import (
    Evaluation,
    Evidence,
    EvidenceFile,
    EvidenceLink,
    FileBand,
    FileReading,
    PageText,
)
from indicators.domain.spec import loaded
from kla_portal import clock
from tests.evaluations.domain.claims import fresh
from tests.evaluations.papers import documents

WHOLE = [random.Random(7).getrandbits(32) for _ in range(PERMUTATIONS)]


def signature(changed_bands: int = 0, seed: int = 1) -> list[int]:
    """That of one text, with whole bands of it changed: the likeness falls by 1/32 each."""
    other = random.Random(seed)
    changed = other.sample(range(BANDS), changed_bands)
    return [
        other.getrandbits(32) if place // ROWS in changed else number for place, number in enumerate(WHOLE)
    ]


def put(evaluation: Evaluation, codes: str, *, by, title: str = "SK", **more) -> Evidence:
    """A document of one file in the first slot of each question; ``file``: fields of the file, ``link``: of each link,
    ``reading``: facts that were read, ``None`` for a file not read yet; the rest describes the document.
    """
    file, link = more.pop("file", {}), more.pop("link", {})
    reading = more.pop("reading", {})
    (evidence,) = documents(evaluation.district, [title], by=by, **file)
    Evidence.objects.filter(pk=evidence.pk).update(**{"years": [2024]} | more)
    if reading is not None:
        read(evidence, **reading)
    slot_ids = loaded(evaluation.edition.instrument).slot_ids
    for code in codes.split():
        EvidenceLink.objects.create(
            evaluation=evaluation, slot_id=slot_ids[code, 1], evidence=evidence,
            added_at=clock.now(), added_by=by, **link,
        )  # fmt: skip
    readiness.refresh(fresh(evaluation))
    return Evidence.objects.get(pk=evidence.pk)


def read(evidence: Evidence, *, texts: tuple[str, ...] = (), **facts) -> None:
    file = EvidenceFile.objects.get(evidence=evidence, retired_at__isnull=True)
    known = {"pages": max(1, len(texts)), "text_pages": len(texts) or 1, "read_at": clock.now()}
    FileReading.objects.create(file=file, **known | facts)
    PageText.objects.bulk_create(
        PageText(file=file, page=page, text=text) for page, text in enumerate(texts, 1)
    )
    if facts.get("signature"):
        FileBand.objects.bulk_create(FileBand(file=file, key=key) for key in bands(tuple(facts["signature"])))


def fill_slots(evaluation: Evaluation, code: str, *, by, **more) -> list[Evidence]:
    """A good document in every required slot of a question."""
    instrument = loaded(evaluation.edition.instrument)
    found = []
    for slot in instrument.spec.by_code[code].slots:
        if slot.required:
            evidence = put(evaluation, "", by=by, **more)
            EvidenceLink.objects.create(
                evaluation=evaluation, slot_id=instrument.slot_ids[code, slot.number], evidence=evidence,
                added_at=clock.now(), added_by=by,
            )  # fmt: skip
            found.append(evidence)
    readiness.refresh(fresh(evaluation))
    return found

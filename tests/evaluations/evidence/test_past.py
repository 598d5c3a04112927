"""Whatever becomes of documents afterwards, a stored result is found again in the rows, and its files in the storage."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from evaluations.domain import closing
from evaluations.domain.evidence import describing, library, revisions, slots
from evaluations.domain.evidence.uploads import Place
from evaluations.domain.snapshots import snapshot_at
from evaluations.files.faults import EvidenceRefused
from evaluations.models import Evidence, EvidenceFile, EvidenceLink, Stage, StageResult
from evaluations.scoring.score import digest
from kla_portal.accounts.access import Refused
from tests.evaluations.domain.claims import fresh, hand_in
from tests.evaluations.evidence import corpus

PLACES = [Place("12.1", 1), Place("12.2", 1), Place("1.1", 1), Place("3.1a", 1)]


class Walk:
    """Random deeds on one library; ``done`` counts those that were not refused."""

    def __init__(self, evaluation, cast, seed):
        self.evaluation, self.random = evaluation, Random(seed)
        self.by, self.admin = cast.coordinator_tabalong, cast.admin_kalsel
        self.done: dict[str, int] = {}
        self.files = 0

    def step(self, deed=None):
        deed = deed or self.random.choice(DEEDS)
        try:
            getattr(self, deed)()
        except (EvidenceRefused, Refused):
            return
        self.done[deed] = self.done.get(deed, 0) + 1

    def pdf(self):
        self.files += 1
        return SimpleUploadedFile(
            f"b{self.files}.pdf", corpus.pdf(mark=f"berkas {self.files}"), "application/pdf"
        )

    def one(self, rows):
        found = list(rows.order_by("pk"))
        if not found:
            raise EvidenceRefused("nothing there")
        return self.random.choice(found)

    def place(self):
        code, slot = self.random.choice(PLACES)
        return {"evaluation": fresh(self.evaluation), "code": code, "slot_number": slot, "by": self.by}

    def document(self):
        return self.one(Evidence.objects.select_related("district"))

    def link(self):
        return self.one(
            EvidenceLink.objects.filter(removed_at__isnull=True).select_related("evaluation", "evidence")
        )

    def file(self):
        return self.one(EvidenceFile.objects.filter(retired_at__isnull=True).select_related("evidence"))

    # Deeds

    def add(self):
        slots.add_file(upload=self.pdf(), title=f"Dokumen {self.files}", **self.place())

    def address(self):
        slots.add_web_link(url=f"https://tabalongkab.go.id/{self.random.randrange(3)}", **self.place())

    def attach(self):
        slots.attach(evidence=self.document(), **self.place())

    def detach(self):
        slots.detach(link=self.link(), by=self.by)

    def annotate(self):
        pages, quote = self.random.choice(["", "1", "2-4"]), self.random.choice(["", "gugus tugas"])
        slots.annotate(link=self.link(), pages=pages, quote=quote, by=self.by)

    def one_more(self):
        file = self.pdf()
        revisions.add_file_to(evidence=self.document(), content=file, name=file.name, by=self.by)

    def revise(self):
        file = self.pdf()
        revisions.revise(file=self.file(), content=file, name=file.name, by=self.by)

    def retire(self):
        revisions.retire_file(file=self.file(), by=self.by)

    def describe(self):
        parts = self.random.choice(
            [{"title": f"Judul {self.random.random()}"}, {"number": "1"}, {"years": [2025]}]
        )
        describing.describe(evidence=self.document(), by=self.by, **parts)

    def withdraw(self):
        library.withdraw(evidence=self.document(), reason="Keliru.", by=self.by)

    def discard(self):
        library.discard(evidence=self.document(), by=self.by)

    def restore(self):
        library.restore(evidence=self.document(), by=self.by)

    def purge(self):
        library.purge()

    def submit(self):
        hand_in(fresh(self.evaluation), by=self.by)

    def reopen(self):
        closing.reopen(
            evaluation=fresh(self.evaluation), stage=Stage.EM, reason="Diminta daerah.", by=self.admin
        )


DEEDS = (
    ["add"] * 4 + ["attach", "detach", "annotate", "one_more", "revise", "revise", "retire", "describe", "describe"]
    + ["address", "withdraw", "discard", "discard", "discard", "restore", "purge"]
)  # fmt: skip


def results_stand(evaluation, on_disk) -> int:
    """Every stored result, from the rows; returns how many files they name."""
    now, there = fresh(evaluation), set(on_disk())
    named = set()
    for result in StageResult.objects.filter(evaluation=evaluation):
        assert digest(snapshot_at(now, result.taken_at, stage=Stage(result.stage))) == result.digest
        found = [slot for slots in result.snapshot["evidence"].values() for slot in slots]
        named |= {item["sha256"] for slot in found for item in slot["items"] if item["sha256"]}
    for sha256 in named:
        kept = EvidenceFile.objects.filter(sha256=sha256).values_list("storage_name", flat=True)
        assert set(kept) & there, "a result names it"
    return len(named)


@pytest.mark.parametrize("seed", [1, 2])
def test_after_random_deeds_every_result_stands(
    evaluation, cast, settings, on_disk, seed, django_capture_on_commit_callbacks
):
    settings.EVIDENCE_RETENTION_DAYS = 0
    walk = Walk(evaluation, cast, seed)
    for deed in ("add", "add", "submit", "reopen"):
        walk.step(deed)
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(36):
            walk.step()
            if number % 12 == 11:
                walk.step("submit")
                walk.step("reopen")
    walk.step("submit")
    assert results_stand(evaluation, on_disk)
    assert walk.done["submit"] == 5


def test_a_document_that_a_result_names_outlives_every_way_out(
    evaluation, cast, settings, on_disk, django_capture_on_commit_callbacks
):
    """Handed in, opened again, taken out of its slot: it can neither be discarded nor purged."""
    settings.EVIDENCE_RETENTION_DAYS = 0
    walk = Walk(evaluation, cast, 0)
    for deed in ("add", "submit", "reopen", "revise", "detach"):
        walk.step(deed)
    assert walk.done == dict.fromkeys(("add", "submit", "reopen", "revise", "detach"), 1)
    walk.step("discard")
    assert "discard" not in walk.done
    past = Evidence.objects.get()
    # Should it ever lie in the basket all the same:
    long_ago = past.added_at - timedelta(days=999)
    Evidence.objects.update(discarded_at=long_ago, discarded_by=walk.by)
    with django_capture_on_commit_callbacks(execute=True):
        assert library.purge() == 0
    assert results_stand(evaluation, on_disk) == 1

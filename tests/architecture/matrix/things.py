"""One of everything that Tabalong can have, and the paths that name it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from evaluations.domain.actions.content import Content
from evaluations.domain.actions.editing import add
from evaluations.domain.evidence import previews
from evaluations.domain.submission import store_result
from evaluations.models import (
    Answer,
    Evaluation,
    EvidenceLink,
    FileReading,
    Message,
    MessageKind,
    SharedPractice,
    Stage,
    Upload,
    UploadState,
)
from evaluations.views.actions.papers import sheet_token
from indicators.domain.spec import loaded
from indicators.models import Slot
from kla_portal import clock
from kla_portal.accounts.models import Agency
from tests.architecture.addresses import Address
from tests.cast import KALSEL, MURUNG_PUDAK, TABALONG, Cast
from tests.evaluations.analysis.stored import stored
from tests.evaluations.evidence import corpus
from tests.evaluations.papers import documents

BANJAR = "63.03"

MEETING = {"cluster": "K3", "held_on": date(2027, 1, 4), "held_at": "", "place": "Aula", "agenda": ""}
"""What the form of a coordination meeting would have taken."""

Things = dict[str, object]


def prove(evaluation: Evaluation, cast: Cast) -> None:
    """12.1 has full points: what is shared as a good practice is seen while it is one."""
    question = loaded(evaluation.edition.instrument).question_ids["12.1"]
    Answer.objects.create(
        evaluation=evaluation, question_id=question, value={"numerator": "95", "denominator": "100"},
        updated_at=clock.now(), updated_by=cast.coordinator_tabalong,
    )  # fmt: skip


@contextmanager
def made(evaluation: Evaluation, cast: Cast) -> Iterator[Things]:
    """By parameter name the key of a thing of the evaluation; its files go again at the end."""
    by, now = cast.coordinator_tabalong, clock.now()
    storage, pdf = storages["evidence"], corpus.pdf()
    kept = storage.save("evidence/uji.pdf", ContentFile(pdf))
    (document,) = documents(
        evaluation.district, ["Rahasia Tabalong"], by=by, storage_name=kept, size=len(pdf)
    )
    file = document.current_files[0]
    small = storage.save("thumbnails/uji.webp", ContentFile(corpus.picture("WEBP")))
    FileReading.objects.create(file=file, pages=1, thumbnail=small, read_at=now)
    rows = _rows(evaluation, cast, document)
    # The document was handed in once; another district of the province has handed in and waits.
    result = store_result(evaluation, stage=Stage.EM, by=by)
    stored(Evaluation.objects.with_place().get(edition=evaluation.edition, district=BANJAR), {}, by=by)
    yield {
        "evaluation": evaluation.pk,
        "result": result.pk,
        "document": document.pk,
        "file": file.pk,
        **rows,
    }
    previews.forget(file.pk)
    for name in (kept, small):
        storage.delete(name)


def _rows(evaluation: Evaluation, cast: Cast, document: object) -> Things:
    by, now = cast.coordinator_tabalong, clock.now()
    slot = Slot.objects.filter(instrument=evaluation.edition.instrument, question__code="12.1").first()
    made_now = {"evaluation": evaluation, "slot": slot, "evidence": document}
    link = EvidenceLink.objects.create(**made_now, added_at=now, added_by=by)
    upload = Upload.objects.create(
        evaluation=evaluation, by=by, path="a.pdf", size=5, state=UploadState.REFUSED,
        refusal="Berkas ini kosong.", started_at=now, touched_at=now,
    )  # fmt: skip
    practice = SharedPractice.objects.create(
        evaluation=evaluation, question=slot.question, story="Jemput bola.", shared_at=now, shared_by=by,
        with_evidence=True,
    )  # fmt: skip
    message = Message.objects.create(
        user=by, kind=MessageKind.EVIDENCE, subject="Rahasia", body="Isi", url="/", created_at=now
    )
    person = cast.contributor_registry_tabalong
    return {
        "link": link.pk,
        "upload": upload.pk,
        "practice": practice.pk,
        "action": add(evaluation=evaluation, by=by, content=Content("Rahasia", codes=("12.1",))).pk,
        "sheet": sheet_token(evaluation, MEETING),
        "message": message.pk,
        "account": person.pk,
        "membership_pk": person.memberships.get().pk,
        "agency": Agency.objects.get(district=TABALONG, code="kesehatan").pk,
    }


OWNERS = {
    "evaluasi/": "evaluation",
    "hasil/": "result",
    "data-dukung/": "document",
    "pesan/": "message",
    "akun/daftar/": "account",
    "akun/perangkat-daerah/": "agency",
}
"""By the beginning of an address the thing that its ``pk`` names."""

CODES = {"instrumen/": "kla-2023", "evaluasi/": "12.1", "akun/perangkat-daerah/": TABALONG}
"""By the beginning of an address what its ``code`` names; elsewhere an edition."""

PLACES = {"evaluasi/": MURUNG_PUDAK}
"""The same for ``place``; elsewhere a province."""

FIXED = {
    "cluster": "K0", "form": "xlsx", "number": "12", "page": 1, "province": KALSEL, "question": "12.1",
    "reading": 1, "sequence": 1, "slot": 1, "stage": "va",
}  # fmt: skip


def path_of(address: Address, things: Things, edition: str = "2026") -> str:
    """The address of the things of Tabalong in this edition."""

    def of(table: dict[str, str], otherwise: str) -> str:
        fits = (value for start, value in table.items() if address.route.startswith(start))
        return next(fits, otherwise)

    values = FIXED | things | {"code": of(CODES, edition), "place": of(PLACES, KALSEL)}
    owner = of(OWNERS, "")
    if owner:
        values["pk"] = things[owner]
    if address.name == "evaluations:practice_document":
        values["number"] = 1
    return address.fill(values)

"""Another district's anything is 404: every address below an evaluation, for the wrong people."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from evaluations.domain.actions.content import Content
from evaluations.domain.actions.editing import add
from evaluations.domain.evidence import previews
from evaluations.domain.submission import store_result
from evaluations.models import EvidenceLink, FileReading, SharedPractice, Stage, Upload, UploadState
from evaluations.views.actions.papers import sheet_token
from indicators.models import Slot
from kla_portal import clock
from tests.architecture.addresses import addresses
from tests.architecture.test_gates import ABOUT_ONESELF, OPEN_TO_ANYONE
from tests.cast import KALSEL, MURUNG_PUDAK, TABALONG
from tests.evaluations.evidence import corpus
from tests.evaluations.papers import documents

ALL = [address for address in addresses() if address.name not in OPEN_TO_ANYONE]
OF_A_DISTRICT = [a for a in ALL if a.route.startswith(("evaluasi/", "hasil/", "data-dukung/"))]
OF_AN_AREA = [
    a
    for a in ALL
    if a.route.startswith(("wilayah/<slug:code>/<", "peringkat/", "analisis/", "akun/perangkat-daerah/"))
]
WRONG_METHOD = 405
MEETING = {"cluster": "K3", "held_on": date(2027, 1, 4), "held_at": "", "place": "Aula", "agenda": ""}
"""What the form of a coordination meeting would have taken."""

AFTER_A_RETURN = {
    "evaluations:shortfall_pdf",
    "evaluations:changes",
    "evaluations:take_back",
    "evaluations:objection_decide",
}
"""What they name comes about in verification only; tests/evaluations/returns has it."""


@pytest.fixture
def things(evaluation, cast):
    """One of everything that a district can have, in Tabalong."""
    now = clock.now()
    result = store_result(evaluation, stage=Stage.EM, by=cast.coordinator_tabalong)
    pdf = corpus.pdf()
    name = storages["evidence"].save("evidence/uji.pdf", ContentFile(pdf))
    (document,) = documents(
        evaluation.district,
        ["Rahasia Tabalong"],
        by=cast.coordinator_tabalong,
        storage_name=name,
        size=len(pdf),
    )
    slot = Slot.objects.filter(instrument=evaluation.edition.instrument, question__code="12.1").first()
    small = storages["evidence"].save("thumbnails/uji.webp", ContentFile(corpus.picture("WEBP")))
    FileReading.objects.create(file=document.current_files[0], pages=1, thumbnail=small, read_at=now)
    link = EvidenceLink.objects.create(
        evaluation=evaluation, slot=slot, evidence=document, added_at=now, added_by=cast.coordinator_tabalong
    )
    upload = Upload.objects.create(
        evaluation=evaluation,
        by=cast.coordinator_tabalong,
        path="a.pdf",
        size=5,
        state=UploadState.REFUSED,
        refusal="Berkas ini kosong.",
        started_at=now,
        touched_at=now,
    )
    practice = SharedPractice.objects.create(
        evaluation=evaluation,
        question=slot.question,
        story="Jemput bola.",
        shared_at=now,
        shared_by=cast.coordinator_tabalong,
    )
    action = add(
        evaluation=evaluation, by=cast.coordinator_tabalong, content=Content("Rahasia", codes=("12.1",))
    )
    yield {
        "action": action.pk,
        "sheet": sheet_token(evaluation, MEETING),
        "practice": practice.pk,
        "upload": upload.pk,
        "evaluation": evaluation.pk,
        "result": result.pk,
        "document": document.pk,
        "link": link.pk,
        "file": document.current_files[0].pk,
    }
    previews.forget(document.current_files[0].pk)
    for kept in (name, small):
        storages["evidence"].delete(kept)


def path_of(address, things):
    """The address of a thing of Tabalong."""
    kind = address.route.split("/")[0]
    pk = {"evaluasi": "evaluation", "hasil": "result", "data-dukung": "document"}[kind]
    values = {
        "pk": things[pk],
        "document": things["document"],
        "link": things["link"],
        "file": things["file"],
        "upload": things["upload"],
        "practice": things["practice"],
        "action": things["action"],
        "sheet": things["sheet"],
        "code": "12.1",
        "place": MURUNG_PUDAK,
        "slot": 1,
    }
    return address.fill(values | {"number": "12", "stage": "va", "form": "xlsx", "reading": 1, "page": 1})


def answers(client, path, status):
    """Both methods: one is refused as it should be, the other is so too or does not exist."""
    got = {client.get(path).status_code, client.post(path, {"note": "x"}).status_code}
    assert status in got, f"{path}: {got}"
    assert got <= {status, WRONG_METHOD}, f"{path}: {got}"


def test_the_walk_covers_evaluations_results_and_documents():
    assert len(OF_A_DISTRICT) > 20
    assert {a.route.split("/")[0] for a in OF_A_DISTRICT} == {"evaluasi", "hasil", "data-dukung"}


@pytest.mark.parametrize("address", [a for a in OF_A_DISTRICT if a.name not in AFTER_A_RETURN], ids=str)
def test_it_is_there_for_its_own_coordinator(sign_in, cast, things, address):
    """Else the 404 below would prove nothing. What cannot be done now is refused, but it is there."""
    client = sign_in(cast.coordinator_tabalong)
    path = path_of(address, things)
    status = client.get(path).status_code
    if status == WRONG_METHOD:
        status = client.post(path, {"note": "x"}).status_code
    assert status in {200, 302, 403, 409, 412, 422}, path


@pytest.mark.parametrize("who", ["coordinator_tanahbumbu", "verifier_kalteng", "stranger"])
@pytest.mark.parametrize("address", OF_A_DISTRICT, ids=str)
def test_it_does_not_exist_for_others(sign_in, cast, things, address, who):
    answers(sign_in(getattr(cast, who)), path_of(address, things), 404)


@pytest.mark.parametrize("address", OF_AN_AREA, ids=str)
def test_a_neighbour_provinces_area_does_not_exist(sign_in, cast, evaluation, address):
    code = TABALONG if address.route.startswith("akun/") else "2026"
    path = address.fill({"code": code, "province": KALSEL, "place": KALSEL, "form": "pdf"})
    answers(sign_in(cast.admin_kalteng), path, 404)


@pytest.mark.parametrize("address", [a for a in ALL if a.name not in ABOUT_ONESELF], ids=str)
def test_someone_without_a_role_reads_only_the_ruler(sign_in, cast, things, address):
    values = {"pk": things["evaluation"], "code": "kla-2023", "cluster": "K0", "province": KALSEL}
    status = sign_in(cast.stranger).get(address.fill(values)).status_code
    if address.name in {"indicators:detail", "indicators:cluster", "indicators:export"}:
        assert status == 200
    else:
        assert status in {403, 404, WRONG_METHOD}

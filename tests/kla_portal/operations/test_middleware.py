"""The closed shop: reading goes on, nothing changes, nothing typed is lost."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations.domain.evidence import slots
from evaluations.models import Answer, Evidence, Upload
from evaluations.views.evidence import tus
from kla_portal import clock
from kla_portal.accounts.models import User
from kla_portal.events.models import Event, EventAction
from kla_portal.operations import maintenance
from tests.architecture.addresses import addresses
from tests.cast import PASSWORD
from tests.evaluations.domain.claims import HEALTH, ONE_OF_EACH
from tests.evaluations.evidence import corpus
from tests.evaluations.views.common import HTMX, url

REASON = "Pembaruan portal"
TYPED = {**ONE_OF_EACH["percentage"][1], "version": "0", "note": "Catatan <b>panjang</b>"}


@pytest.fixture
def closed(cast):
    """Maintenance until in ten minutes."""
    return maintenance.begin(reason=REASON, until=clock.now() + timedelta(minutes=10), by=cast.admin_national)


@pytest.fixture
def client_of(sign_in, cast):
    return sign_in(cast.coordinator_tabalong)


def rows():
    return Answer.objects.count(), Evidence.objects.count(), Upload.objects.count(), Event.objects.count()


def test_without_maintenance_the_same_save_arrives(client_of, evaluation):
    assert client_of.post(url("answer_save", evaluation.pk, HEALTH), TYPED, headers=HTMX).status_code == 200
    assert Answer.objects.filter(evaluation=evaluation).exists()


def test_a_save_waits_and_is_told_why(closed, client_of, evaluation):
    before = rows()
    answer = client_of.post(url("answer_save", evaluation.pk, HEALTH), TYPED, headers=HTMX)
    assert answer.status_code == 503
    assert answer["Content-Type"].startswith("text/plain")
    assert answer.content.decode() == "Portal sedang dalam pemeliharaan: Pembaruan portal."
    assert 590 <= int(answer["Retry-After"]) <= 600
    assert rows() == before


def test_a_plain_form_shows_its_text_again_ready_to_be_sent(closed, client_of, evaluation):
    address = url("answer_save", evaluation.pk, HEALTH)
    answer = client_of.post(address, TYPED)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "Isian Anda belum terkirim, tetapi tidak hilang" in page
    assert f'<form method="post" action="{address}">' in page
    assert 'name="note" value="Catatan &lt;b&gt;panjang&lt;/b&gt;"' in page
    assert "Catatan <b>" not in page
    assert REASON in page
    assert not Answer.objects.filter(evaluation=evaluation).exists()
    maintenance.end(by=None)
    assert client_of.post(address, TYPED).status_code == 302
    assert Answer.objects.get(evaluation=evaluation).note == "Catatan <b>panjang</b>"


def test_names_of_files_are_shown_and_passwords_are_not(closed, client_of, evaluation):
    file = SimpleUploadedFile("sk bupati.pdf", corpus.pdf(), content_type="application/pdf")
    data = {"title": "SK Gugus Tugas", "file": file, "password": "rahasia-sekali"}
    page = client_of.post(url("evidence_upload", evaluation.pk, HEALTH, 1), data).content.decode()
    assert "Pilih lagi sesudah pemeliharaan selesai: sk bupati.pdf" in page
    assert "SK Gugus Tugas" in page
    assert "rahasia-sekali" not in page


def test_a_button_without_text_gets_the_reason_alone(closed, client_of):
    page = client_of.post("/akun/profil/", {}).content.decode()
    assert "Belum dapat dilakukan sekarang" in page
    assert REASON in page


def test_uploads_rest_and_go_on(client_of, evaluation):
    pdf = corpus.pdf()
    sender = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(len(pdf)),
        "Upload-Metadata": "filename YS5wZGY=",
    }
    begin = url("upload_creation", evaluation.pk)
    address = client_of.post(begin, headers=sender)["Location"]
    maintenance.begin(reason=REASON, by=None)

    def piece():
        headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
        return client_of.generic("PATCH", address, pdf, content_type=tus.PIECE_TYPE, headers=headers)

    for answer in (piece(), client_of.post(begin, headers=sender), client_of.delete(address, headers=sender)):
        assert (answer.status_code, answer["Retry-After"]) == (503, "30")
        assert answer.content.decode().startswith("Portal sedang dalam pemeliharaan")
    assert Upload.objects.count() == 1
    where = client_of.head(address, headers={"Tus-Resumable": "1.0.0"})
    assert (where.status_code, where["Upload-Offset"]) == (200, "0")
    maintenance.end(by=None)
    assert piece().status_code == 204


def test_every_page_says_so(closed, client_of, evaluation):
    for path in (url("overview", evaluation.pk), url("indicator", evaluation.pk, "12"), "/akun/profil/"):
        answer = client_of.get(path)
        assert answer.status_code == 200
        assert f"Portal dalam pemeliharaan: {REASON}" in answer.content.decode(), path
    assert f"Portal dalam pemeliharaan: {REASON}" in client_of.get("/tidak/ada/").content.decode()
    maintenance.end(by=None)
    assert "pemeliharaan" not in client_of.get("/akun/profil/").content.decode()


def test_the_expected_end_is_told_in_words(client, db):
    maintenance.begin(reason=REASON, until=datetime(2099, 11, 29, 23, 0, tzinfo=UTC), by=None)
    assert "diperkirakan sampai 30 November 2099" in client.get("/akun/masuk/").content.decode()


def test_people_sign_in_and_out_to_read(closed, client, cast):
    data = {"username": cast.coordinator_tabalong.username, "password": PASSWORD}
    assert client.post(reverse("accounts:login"), data).status_code == 302
    assert "_auth_user_id" in client.session
    assert client.get("/akun/profil/").status_code == 200
    assert client.post(reverse("accounts:logout")).status_code == 302
    assert "_auth_user_id" not in client.session


def test_who_may_not_come_in_is_told_that_first(closed, client, evaluation):
    """The text is kept by the page that asks to sign in, as on any day."""
    answer = client.post(url("answer_save", evaluation.pk, HEALTH), TYPED)
    assert answer.status_code == 401
    assert "Catatan &lt;b&gt;panjang" in answer.content.decode()


def test_reading_goes_on_and_leaves_its_trace(client_of, sign_in, cast, evaluation, upload_file, spec):
    """Sensitive evidence is opened in maintenance too, and never without its event."""
    sensitive = next(q.code for q in spec.questions() if q.sensitive and q.slots)
    document = upload_file(sensitive)
    maintenance.begin(reason=REASON, by=None)
    path = reverse("evaluations:evidence_download", args=[document.pk])
    assert sign_in(cast.verifier_kalsel).get(path).status_code == 200
    (event,) = Event.objects.filter(action=EventAction.EVIDENCE_OPENED)
    assert event.by == cast.verifier_kalsel


@pytest.fixture
def upload_file(cast, evaluation):
    def put(code):
        file = SimpleUploadedFile("laporan.pdf", corpus.pdf(), content_type="application/pdf")
        by = cast.coordinator_tabalong
        return slots.add_file(evaluation=evaluation, code=code, slot_number=1, upload=file, by=by).evidence

    return put


OPEN = {"accounts:login", "accounts:logout", "accounts:factor_code", "operations:live", "operations:ready",
        "operations:figures"}  # fmt: skip


def test_no_address_takes_a_change(closed, sign_in, cast, evaluation):
    """Every address, by the one who may most; only the doors are open. What hardly anything sends goes round in turn."""
    client = sign_in(cast.admin_national)
    before, accounts = rows(), list(User.objects.order_by("pk").values())
    others = [address for address in addresses() if address.name not in OPEN]
    assert len(others) > 100
    for address, rare in zip(others, itertools.cycle(("PUT", "PATCH", "DELETE")), strict=False):
        for method in ("POST", rare):
            known = {} if "<uuid:pk>" in address.route else {"pk": evaluation.pk}
            answer = client.generic(method, address.fill(known))
            assert answer.status_code == 503, f"{method} {address}"
    assert rows() == before
    assert list(User.objects.order_by("pk").values()) == accounts


def test_reading_costs_no_query_more(client_of, evaluation, django_assert_max_num_queries):
    with CaptureQueriesContext(connection) as before:
        client_of.get("/akun/profil/")
    maintenance.remember(maintenance.Notice(REASON, None))
    with django_assert_max_num_queries(len(before)):
        client_of.get("/akun/profil/")

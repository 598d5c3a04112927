"""The upload over HTTP, as tus 1.0.0 has it."""

from __future__ import annotations

import base64
import hashlib
import io
from datetime import timedelta

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from evaluations.domain.evidence import pieces, store, uploads
from evaluations.models import Evaluation, Evidence, EvidenceFile, EvidenceLink, State, Upload, UploadState
from evaluations.views.evidence import tus
from kla_portal import clock
from tests.cast import enter
from tests.evaluations.evidence import corpus
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.evidence.sending import arrived, begun, sha256
from tests.evaluations.views.common import HTMX, url

PDF = corpus.pdf(mark="rekap lewat tus")
VERSION = {"Tus-Resumable": "1.0.0"}


def encoded(**values: str) -> str:
    return ",".join(f"{key} {base64.b64encode(text.encode()).decode()}" for key, text in values.items())


class Sender:
    """A tus client over Django's own."""

    def __init__(self, client: Client, evaluation: Evaluation) -> None:
        self.client, self.evaluation = client, evaluation

    def begin(self, data: bytes = PDF, *, more: dict[str, str] | None = None, **values: str):
        told = {"filename": "rekap.pdf", "filetype": "application/pdf", "slot": f"{HEALTH}:1"} | values
        headers = VERSION | {"Upload-Length": str(len(data)), "Upload-Metadata": encoded(**told)}
        return self.client.post(url("upload_creation", self.evaluation.pk), headers=headers | (more or {}))

    def patch(self, address: str, offset: int, data: bytes, **more: str):
        headers = VERSION | {"Upload-Offset": str(offset)} | more
        return self.client.generic("PATCH", address, data, content_type=tus.PIECE_TYPE, headers=headers)

    def head(self, address: str):
        return self.client.head(address, headers=VERSION)

    def settle(self, address: str, **more: str):
        return self.client.post(f"{address}selesai/", headers=VERSION | HTMX | more)


@pytest.fixture
def sender(sign_in, cast, evaluation) -> Sender:
    return Sender(sign_in(cast.coordinator_tabalong), evaluation)


@pytest.fixture
def address(sender) -> str:
    """An upload of PDF, begun."""
    return sender.begin()["Location"]


def text(response) -> str:
    assert response["Content-Type"].startswith("text/plain"), response["Content-Type"]
    return response.content.decode()


# The way of a file


def test_a_file_arrives_in_pieces(sender, evaluation, evidence_folder):
    begun_ = sender.begin(title="Rekap akta", path="K3/rekap.pdf")
    assert (begun_.status_code, begun_["Tus-Resumable"], begun_["Upload-Offset"]) == (201, "1.0.0", "0")
    assert begun_["Upload-Expires"].endswith("GMT")
    address = begun_["Location"]
    digest = base64.b64encode(hashlib.sha256(PDF[:300]).digest()).decode()
    first = sender.patch(address, 0, PDF[:300], **{"Upload-Checksum": f"sha256 {digest}"})
    assert (first.status_code, first["Upload-Offset"], first.content) == (204, "300", b"")
    told = sender.head(address)
    assert (told.status_code, told["Upload-Offset"], told["Upload-Length"]) == (200, "300", str(len(PDF)))
    assert told["Cache-Control"] == "no-store"
    assert "filename " + base64.b64encode(b"rekap.pdf").decode() in told["Upload-Metadata"].split(",")
    assert sender.patch(address, 300, PDF[300:])["Upload-State"] == "received"
    answer = sender.settle(address)
    assert answer.status_code == 200
    assert "Rekap akta" in answer.content.decode()
    assert "tersimpan." in answer.content.decode()
    file = EvidenceFile.objects.get()
    assert (evidence_folder / file.storage_name).read_bytes() == PDF
    assert sender.settle(address).status_code == 200, "asked again after a lost reply"
    assert EvidenceLink.objects.count() == 1


def test_without_htmx_one_is_led_back_to_the_slot(sender, address):
    sender.patch(address, 0, PDF)
    answer = sender.client.post(f"{address}selesai/", headers=VERSION)
    assert answer.status_code == 302
    assert answer["Location"].endswith("#slot-1")


def test_what_is_spoken_here(sender, address):
    for place in (url("upload_creation", sender.evaluation.pk), address):
        told = sender.client.options(place)
        assert told.status_code == 204
        assert told["Tus-Version"] == "1.0.0"
        assert told["Tus-Max-Size"] == "20000000"
        assert set(told["Tus-Extension"].split(",")) == {"creation", "checksum", "termination", "expiration"}
        assert "sha1" in told["Tus-Checksum-Algorithm"].split(",")


def test_a_known_file_does_not_travel(sender, evaluation, cast):
    uploads.settle(
        upload=arrived(evaluation, cast.coordinator_tabalong, PDF, "lama.pdf"), by=cast.coordinator_tabalong
    )
    begun_ = sender.begin(sha256=sha256(PDF), slot="12.2:1")
    assert (begun_.status_code, begun_["Upload-Offset"]) == (201, str(len(PDF)))
    said = sender.settle(begun_["Location"]).content.decode()
    assert "isinya sudah ada di pustaka sebagai “lama”" in said
    assert EvidenceFile.objects.count() == 1
    again = sender.begin(sha256=sha256(PDF), slot="12.2:1")
    assert "sudah ada di slot ini" in sender.settle(again["Location"]).content.decode()


def test_a_refused_file_says_why(sender):
    address = sender.begin(corpus.EXE)["Location"]
    sender.patch(address, 0, corpus.EXE)
    for _ in range(2):
        answer = sender.settle(address)
        assert answer.status_code == 422
        assert "isinya" in answer.content.decode()
    assert sender.head(address)["Upload-State"] == UploadState.REFUSED
    assert not Evidence.objects.exists()


def test_called_off(sender, address, on_disk, django_capture_on_commit_callbacks):
    sender.patch(address, 0, PDF[:100])
    assert len(on_disk()) == 1
    with django_capture_on_commit_callbacks(execute=True):
        assert sender.client.delete(address, headers=VERSION).status_code == 204
    assert on_disk() == []
    assert sender.head(address).status_code == 404


def test_proxies_that_know_only_post(sender, address):
    headers = VERSION | {"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    answer = sender.client.post(address, PDF, content_type=tus.PIECE_TYPE, headers=headers)
    assert (answer.status_code, answer["Upload-Offset"]) == (204, str(len(PDF)))
    override = VERSION | {"X-HTTP-Method-Override": "DELETE"}
    assert sender.client.get(address, headers=override).status_code == 405, "a GET deletes nothing"
    assert sender.client.post(address, headers=override).status_code == 204
    assert not Upload.objects.exists()


def test_the_list_of_what_is_unfinished(sender, evaluation, cast, address):
    sender.patch(address, 0, PDF[:100])
    sender.begin(slot="", filename="banyak.pdf")
    begun(evaluation, cast.contributor_health_tabalong, PDF)
    uploads.settle(
        upload=arrived(evaluation, cast.coordinator_tabalong, corpus.pdf()), by=cast.coordinator_tabalong
    )
    response = sender.client.get(url("uploads_unfinished", evaluation.pk))
    assert response["Cache-Control"] == "no-store"
    first, second = response.json()["uploads"]
    assert (first["url"], first["name"], first["code"], first["slot"]) == (address, "rekap.pdf", HEALTH, 1)
    assert (first["received"], first["size"], first["state"]) == (100, len(PDF), "receiving")
    assert (second["name"], second["code"], second["slot"]) == ("banyak.pdf", None, None)


def test_the_list_takes_as_many_queries_for_more(sender, evaluation, cast):
    counts = []
    for rows in (1, 3):
        while Upload.objects.count() < rows:
            begun(evaluation, cast.coordinator_tabalong, PDF)
        sender.client.get(url("uploads_unfinished", evaluation.pk))
        with CaptureQueriesContext(connection) as seen:
            sender.client.get(url("uploads_unfinished", evaluation.pk))
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 8


# What goes wrong


def test_another_version(sender, address):
    for response in (
        sender.client.post(url("upload_creation", sender.evaluation.pk), headers={"Tus-Resumable": "0.2.2"}),
        sender.client.head(address),
        sender.client.delete(address),
    ):
        assert (response.status_code, response["Tus-Version"]) == (412, "1.0.0")
    assert Upload.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "values", "status", "words"),
    [
        ({"Upload-Length": ""}, {}, 400, "Upload-Length"),
        ({"Upload-Length": "-1"}, {}, 400, "Upload-Length"),
        ({"Upload-Length": "0"}, {}, 422, "kosong"),
        ({"Upload-Length": "20000001"}, {}, 422, "lebih besar dari"),
        ({"Upload-Metadata": "filename ***"}, {}, 400, "filename"),
        ({"Upload-Metadata": "filename /w=="}, {}, 400, "filename"),
        ({"Upload-Metadata": ""}, {}, 422, "tidak berakhiran"),
        ({}, {"filename": "a.exe"}, 422, ".exe tidak diterima"),
        ({}, {"slot": "12.1"}, 400, "misalnya 12.1:2"),
        ({}, {"slot": "12.1:9"}, 422, "tidak mempunyai slot 9"),
        ({}, {"sha256": "abc"}, 400, "sha256"),
    ],
)
def test_a_beginning_that_makes_no_sense(sender, more, values, status, words):
    response = sender.begin(more=more, **values)
    assert response.status_code == status
    assert words in text(response)
    assert response["Tus-Resumable"] == "1.0.0"
    assert not Upload.objects.exists()


def test_a_piece_that_makes_no_sense(sender, address, on_disk):
    wrong = base64.b64encode(hashlib.sha1(b"lain").digest()).decode()
    for response, status in (
        (sender.patch(address, 5, PDF), 409),
        (sender.patch(address, 0, PDF, **{"Upload-Offset": "x"}), 400),
        (sender.patch(address, 0, PDF, **{"Upload-Checksum": f"sha1 {wrong}"}), 460),
        (sender.patch(address, 0, PDF, **{"Upload-Checksum": f"crc32 {wrong}"}), 400),
        (sender.patch(address, 0, PDF, **{"Upload-Checksum": "sha1 ***"}), 400),
        (sender.patch(address, 0, PDF + b"x"), 413),
        (sender.patch(address, 0, bytes(tus.PIECE_LIMIT + 1)), 413),
        (sender.client.patch(address, PDF, headers=VERSION | {"Upload-Offset": "0"}), 415),
        (sender.client.put(address, PDF, headers=VERSION), 405),
    ):
        assert response.status_code == status
        assert text(response)
    assert on_disk() == []
    assert sender.patch(address, 5, PDF)["Upload-Offset"] == "0"


def test_too_large_a_piece_is_not_even_read(sender, address, monkeypatch):
    def reading(self, *args):
        raise AssertionError("read")

    monkeypatch.setattr("django.core.handlers.wsgi.WSGIRequest.read", reading)
    assert sender.patch(address, 0, bytes(tus.PIECE_LIMIT + 1)).status_code == 413
    with pytest.raises(AssertionError, match="read"):
        sender.patch(address, 0, PDF)


def test_cut_off_on_the_way_what_came_is_a_piece():
    environ = {
        "REQUEST_METHOD": "PATCH",
        "PATH_INFO": "/",
        "CONTENT_TYPE": tus.PIECE_TYPE,
        "CONTENT_LENGTH": "500",
    }
    assert tus.piece(WSGIRequest(environ | {"wsgi.input": io.BytesIO(PDF[:200])})) == PDF[:200]


def test_settled_too_early_and_from_the_wrong_place(sender, address):
    assert sender.settle(address).status_code == 409
    loose = sender.begin(slot="")["Location"]
    sender.patch(loose, 0, PDF)
    response = sender.settle(loose)
    assert response.status_code == 422
    assert "daftar unggahan" in text(response)


def test_swept_or_too_old(sender, address, settings):
    with clock.at(clock.now() + timedelta(days=settings.UPLOAD_DAYS, seconds=5)):
        for response in (sender.head(address), sender.patch(address, 0, PDF)):
            assert response.status_code == 410
        pieces.sweep()
    assert sender.head(address).status_code == 404


def test_the_store_is_down(sender, address, monkeypatch):
    def down(*args):
        raise store.StoreDown("Penyimpanan portal sedang terganggu.")

    with monkeypatch.context() as broken:
        broken.setattr(store, "keep", down)
        response = sender.patch(address, 0, PDF)
        assert (response.status_code, response["Retry-After"]) == (503, "30")
        assert "terganggu" in text(response)
    sender.patch(address, 0, PDF)
    with monkeypatch.context() as broken:
        broken.setattr(store, "keep", down)
        assert sender.settle(address).status_code == 503
    assert sender.settle(address).status_code == 200


@pytest.mark.parametrize("word", ["INSERT", "UPDATE"])
def test_the_database_is_down(sender, address, word, on_disk):
    def down(execute, sql, *more):
        if sql.startswith(f"{word} ") and "evaluations_upload" in sql:
            raise OperationalError("no connection")
        return execute(sql, *more)

    with connection.execute_wrapper(down):
        response = sender.patch(address, 0, PDF)
    assert response.status_code == 503
    assert "Basis data portal sedang terganggu" in text(response)
    assert on_disk() == []
    assert sender.patch(address, 0, PDF).status_code == 204


# Whose, and when


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("stranger", 404),
        ("coordinator_tanahbumbu", 404),
        ("verifier_kalteng", 404),
        ("contributor_health_tabalong", 404),
        ("leader_tabalong", 404),
        ("verifier_kalsel", 404),
    ],
)
def test_nobody_elses_upload_exists(sender, address, sign_in, cast, who, status):
    sender.patch(address, 0, PDF)
    other = Sender(sign_in(getattr(cast, who)), sender.evaluation)
    codes = {
        other.head(address).status_code,
        other.patch(address, 0, PDF).status_code,
        other.client.delete(address, headers=VERSION).status_code,
        other.settle(address).status_code,
    }
    assert codes == {status}
    assert Upload.objects.get().state == UploadState.RECEIVED


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("stranger", 404),
        ("coordinator_tanahbumbu", 404),
        ("contributor_registry_tabalong", 403),
        ("leader_tabalong", 403),
        ("verifier_kalsel", 403),
    ],
)
def test_who_cannot_attach_cannot_begin(sign_in, cast, evaluation, who, status):
    assert Sender(sign_in(getattr(cast, who)), evaluation).begin().status_code == status
    assert not Upload.objects.exists()


def test_after_submission(sender, address, cast):
    sender.patch(address, 0, PDF[:100])
    Evaluation.objects.filter(pk=sender.evaluation.pk).update(
        state=State.SUBMITTED, submitted_at=clock.now(), submitted_by=cast.coordinator_tabalong
    )
    for response in (sender.begin(), sender.patch(address, 100, PDF[100:])):
        assert response.status_code == 403
        assert "terkunci" in text(response)
    assert sender.client.delete(address, headers=VERSION).status_code == 204


def test_a_session_that_ended_waits(sender, address):
    sender.client.logout()
    sender_ = Sender(sender.client, sender.evaluation)
    assert sender_.patch(address, 0, PDF, **HTMX).status_code == 401
    assert sender_.client.head(address, headers=VERSION | HTMX).status_code == 401


def test_the_token_is_asked_for(cast, evaluation, address):
    strict = Client(enforce_csrf_checks=True)
    enter(strict, cast.coordinator_tabalong)
    sender = Sender(strict, evaluation)
    assert sender.begin(more=HTMX).status_code == 401
    assert sender.patch(address, 0, PDF, **HTMX).status_code == 401
    assert strict.delete(address, headers=VERSION | HTMX).status_code == 401
    assert Upload.objects.get().received == 0


@pytest.mark.parametrize(
    ("more", "values", "lasting"),
    [
        ({"Upload-Length": "20000001"}, {}, True),
        ({"Upload-Length": "0"}, {}, True),
        ({}, {"filename": "catatan.txt"}, True),
        ({}, {"slot": "12.1:9"}, False),
        ({"Upload-Length": "x"}, {}, False),
    ],
)
def test_a_file_that_is_never_taken_is_marked_for_the_page(sender, more, values, lasting):
    response = sender.begin(more=more, **values)
    assert 400 <= response.status_code < 500
    assert response.headers.get("Upload-Refused") == ("file" if lasting else None)

"""A foreign tus client, tuspy, sends files to the portal over a real port."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError, TusUploadFailed

from evaluations.models import EvidenceFile, Upload, UploadState
from tests.evaluations.evidence import corpus
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.evidence.sending import sent, sha256
from tests.evaluations.views.common import HTMX, url

PDF = corpus.pdf(mark="rekap lewat tuspy")


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def server(db, monkeypatch) -> Iterator[str]:
    """The portal on a port of this machine, on the test's own connection, so that the reference data stay."""
    own, portal = connections["default"], WSGIHandler()

    def application(environ, start_response):
        connections["default"] = own
        return portal(environ, start_response)

    own.inc_thread_sharing()
    # Each request would end with closing it, and the test's transaction with it.
    monkeypatch.setattr(own, "close_if_unusable_or_obsolete", lambda: None)
    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()
    own.dec_thread_sharing()


@pytest.fixture
def coordinator(sign_in, cast):
    return sign_in(cast.coordinator_tabalong)


@pytest.fixture
def tuspy(server, coordinator, evaluation) -> TusClient:
    """With a person's session and token."""
    coordinator.get(url("evidence_slots", evaluation.pk, HEALTH))
    cookies = {name: morsel.value for name, morsel in coordinator.cookies.items()}
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": cookies["csrftoken"],
    }
    return TusClient(server + url("upload_creation", evaluation.pk), headers=headers)


def test_it_sends_a_file_and_goes_on_where_it_stopped(tuspy, server, coordinator):
    metadata = {"filename": "rekap.pdf", "slot": f"{HEALTH}:1", "title": "Lewat tuspy"}
    options = {"chunk_size": 200, "metadata": metadata, "upload_checksum": True}
    sender = tuspy.uploader(file_stream=io.BytesIO(PDF), **options)
    sender.upload(stop_at=400)
    again = tuspy.uploader(file_stream=io.BytesIO(PDF), url=sender.url, **options)
    assert again.offset == 400
    again.upload()
    upload = Upload.objects.get()
    assert (upload.state, upload.pieces.count()) == (UploadState.RECEIVED, -(-len(PDF) // 200))
    answer = coordinator.post(f"{sender.url.removeprefix(server)}selesai/", headers=HTMX)
    assert answer.status_code == 200
    file = EvidenceFile.objects.get()
    assert (file.sha256, file.evidence.title) == (sha256(PDF), "Lewat tuspy")


def test_it_is_told_what_is_refused(tuspy):
    with pytest.raises(TusCommunicationError) as refused:
        tuspy.uploader(file_stream=io.BytesIO(PDF), metadata={"filename": "a.exe"}).upload()
    assert refused.value.status_code == 422
    assert "tidak diterima" in refused.value.response_content.decode()


def test_it_recovers_from_a_piece_that_another_sent(tuspy):
    sender = tuspy.uploader(
        file_stream=io.BytesIO(PDF), chunk_size=100, metadata={"filename": "a.pdf"}, retries=1, retry_delay=0
    )
    sender.upload_chunk()
    upload = Upload.objects.get()
    sent(upload, PDF[:250])
    sender.upload()
    upload.refresh_from_db()
    assert upload.state == UploadState.RECEIVED


def test_without_retries_it_is_told_of_the_conflict(tuspy):
    sender = tuspy.uploader(file_stream=io.BytesIO(PDF), chunk_size=100, metadata={"filename": "a.pdf"})
    sender.upload_chunk()
    sent(Upload.objects.get(), PDF)
    with pytest.raises(TusUploadFailed) as refused:
        sender.upload_chunk()
    assert refused.value.status_code == 409

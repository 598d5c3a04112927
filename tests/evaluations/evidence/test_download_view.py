"""Opening a document: who may, with which headers, and what is written down."""

from __future__ import annotations

import errno
import hashlib
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import FileSystemStorage
from django.urls import reverse

from evaluations.domain.evidence import slots
from evaluations.models import EvidenceFile, Scan
from kla_portal import clock
from kla_portal.events.models import Event, EventAction
from tests.evaluations.evidence import corpus
from tests.evaluations.evidence.conftest import HEALTH


def path(document) -> str:
    return reverse("evaluations:evidence_download", args=[document.pk])


@pytest.fixture
def stored(evaluation, cast, upload):
    def put(name="laporan.pdf", data=None, code=HEALTH):
        return slots.add_file(
            evaluation=evaluation,
            code=code,
            slot_number=1,
            upload=upload(name, data),
            by=cast.coordinator_tabalong,
        ).evidence

    return put


def content(answer) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize(
    ("name", "build", "content_type", "disposition"),
    [
        ("sk.pdf", corpus.pdf, "application/pdf", "inline"),
        ("foto.jpeg", lambda: corpus.picture("JPEG"), "image/jpeg", "inline"),
        ("foto.webp", lambda: corpus.picture("WEBP"), "image/webp", "inline"),
        ("sk.docx", corpus.office, "application/vnd.openxmlformats-officedocument", "attachment"),
        ("data.xlsx", corpus.workbook, "application/vnd.openxmlformats-officedocument", "attachment"),
    ],
)
def test_a_file_comes_back_as_it_was_with_safe_headers(
    stored, sign_in, cast, name, build, content_type, disposition
):
    data = build()
    answer = sign_in(cast.coordinator_tabalong).get(path(stored(name, data)))
    assert content(answer) == data
    assert answer["Content-Type"].startswith(content_type)
    assert answer["Content-Length"] == str(len(data))
    assert answer["Content-Disposition"] == f'{disposition}; filename="{name}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert answer["ETag"] == f'"{hashlib.sha256(data).hexdigest()}"'
    assert answer["Accept-Ranges"] == "bytes"


def test_an_indonesian_or_hostile_name_is_sent_the_rfc_way(stored, sign_in, cast):
    document = stored("Notulén\r\nX-Jahat: 1.pdf")
    answer = sign_in(cast.coordinator_tabalong).get(path(document))
    assert answer["Content-Disposition"] == "inline; filename*=utf-8''Notul%C3%A9nX-Jahat_%201.pdf"
    assert "X-Jahat" not in answer.headers


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("coordinator_tabalong", 200),
        ("contributor_health_tabalong", 200),
        ("leader_tabalong", 200),
        ("auditor_kalsel", 200),
        ("verifier_kalsel", 200),
        ("verifier_national", 200),
        ("contributor_registry_tabalong", 404),
        ("coordinator_tanahbumbu", 404),
        ("coordinator_gunungmas", 404),
        ("verifier_kalteng", 404),
        ("stranger", 404),
    ],
)
def test_who_may_open_it(stored, sign_in, cast, who, status):
    assert sign_in(getattr(cast, who)).get(path(stored())).status_code == status


def test_signed_out_nobody_opens_it(stored, client):
    answer = client.get(path(stored()))
    assert answer.status_code == 302
    assert not answer.streaming


def test_what_is_not_there(sign_in, cast, stored, evidence_folder):
    client = sign_in(cast.coordinator_tabalong)
    assert client.get(reverse("evaluations:evidence_download", args=[uuid.uuid4()])).status_code == 404
    document = stored()
    (evidence_folder / document.current_files[0].storage_name).unlink()
    assert client.get(path(document)).status_code == 404


def test_a_web_link_leads_on(evaluation, sign_in, cast):
    link = slots.add_web_link(
        evaluation=evaluation,
        code=HEALTH,
        slot_number=1,
        url="https://tabalong.go.id/kla",
        by=cast.coordinator_tabalong,
    )
    answer = sign_in(cast.coordinator_tabalong).get(path(link.evidence))
    assert (answer.status_code, answer["Location"]) == (302, "https://tabalong.go.id/kla")
    assert sign_in(cast.coordinator_tanahbumbu).get(path(link.evidence)).status_code == 404


def opened():
    return Event.objects.filter(action=EventAction.EVIDENCE_OPENED)


def test_every_opening_at_a_question_on_children_is_written_down(stored, sign_in, cast, spec):
    sensitive = next(q.code for q in spec.questions() if q.sensitive and q.slots)
    plain, about_children = stored(), stored(code=sensitive)
    client = sign_in(cast.verifier_kalsel)
    client.get(path(plain))
    assert not opened().exists()
    client.get(path(about_children))
    client.get(path(about_children))
    assert (
        list(opened().values_list("by__username", "subject"))
        == [("verif.kalsel", f"data-dukung:{about_children.pk}")] * 2
    )
    sign_in(cast.coordinator_tanahbumbu).get(path(about_children))
    assert opened().count() == 2, "who is not let in opened nothing"


# Parts of a file


def in_part(client, document, wanted, **headers):
    return client.get(path(document), headers={"Range": wanted} | headers)


def test_a_part_is_sent_as_a_part(stored, sign_in, cast):
    data = corpus.pdf()
    document, client = stored(data=data), sign_in(cast.coordinator_tabalong)
    answer = in_part(client, document, "bytes=5-14")
    assert (answer.status_code, content(answer)) == (206, data[5:15])
    assert answer["Content-Range"] == f"bytes 5-14/{len(data)}"
    assert answer["Content-Length"] == "10"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    rest = in_part(client, document, "bytes=15-", **{"If-Range": answer["ETag"]})
    assert content(rest) == data[15:]
    whole = in_part(client, document, "bytes=15-", **{"If-Range": '"yang lama"'})
    assert (whole.status_code, content(whole)) == (200, data)


def test_a_part_behind_the_end_is_refused(stored, sign_in, cast):
    data = corpus.pdf()
    answer = in_part(sign_in(cast.coordinator_tabalong), stored(data=data), f"bytes={len(data)}-")
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(data)}")
    assert answer.content == b""


def test_only_the_head_is_sent_when_only_the_head_is_asked_for(stored, sign_in, cast, spec):
    sensitive = next(q.code for q in spec.questions() if q.sensitive and q.slots)
    data = corpus.pdf()
    answer = sign_in(cast.verifier_kalsel).head(path(stored(data=data, code=sensitive)))
    assert (answer.status_code, answer["Content-Length"], answer.content) == (200, str(len(data)), b"")
    assert answer["Accept-Ranges"] == "bytes"
    assert not opened().exists()


def test_parts_of_one_opening_are_written_down_once(stored, sign_in, cast, spec):
    sensitive = next(q.code for q in spec.questions() if q.sensitive and q.slots)
    document, client = stored(code=sensitive), sign_in(cast.verifier_kalsel)
    in_part(client, document, "bytes=0-9")
    in_part(client, document, "bytes=10-19")
    assert opened().count() == 1
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        in_part(client, document, "bytes=10-19")
    assert opened().count() == 2, "a part alone, later: that is an opening of its own"
    in_part(sign_in(cast.auditor_kalsel), document, "bytes=10-19")
    assert opened().count() == 3, "another's opening is not one's own"


# Several files, the scanner, the store


def test_each_file_of_a_document_has_its_address(stored, sign_in, cast, evidence_folder):
    document = stored(data=corpus.pdf(mark="pertama"))
    first = document.current_files[0]
    second = corpus.pdf(mark="kedua")
    (evidence_folder / "evidence" / "kedua.pdf").write_bytes(second)
    digest = hashlib.sha256(second).hexdigest()
    more = EvidenceFile.objects.create(
        evidence=document, number=2, filename="kedua.pdf", content_type="application/pdf", size=len(second),
        sha256=digest, source_sha256=digest, storage_name="evidence/kedua.pdf", added_at=first.added_at,
        added_by=first.added_by,
    )  # fmt: skip
    client = sign_in(cast.verifier_kalsel)

    def answer(file, of=document):
        return client.get(reverse("evaluations:evidence_file", args=[of.pk, file.pk]))

    assert content(answer(more)) == second
    assert content(answer(first)) == content(client.get(path(document)))
    assert answer(more, of=stored()).status_code == 404, "another document's file"
    EvidenceFile.objects.filter(evidence=document).update(
        retired_at=clock.now(), retired_by=cast.coordinator_tabalong
    )
    assert content(answer(more)) == second, "an old revision stays readable"
    assert client.get(path(document)).status_code == 404


@pytest.mark.parametrize(
    ("scan", "words"),
    [
        (Scan.WAITING, "sedang diperiksa"),
        (Scan.INFECTED, "menolak berkas ini"),
        (Scan.CLEAN, ""),
        (Scan.OFF, ""),
    ],
)
def test_what_the_scanner_has_not_let_pass_is_not_sent(stored, sign_in, cast, spec, scan, words):
    sensitive = next(q.code for q in spec.questions() if q.sensitive and q.slots)
    document = stored(code=sensitive)
    EvidenceFile.objects.update(scan=scan)
    for address in (
        path(document),
        reverse("evaluations:evidence_file", args=[document.pk, document.current_files[0].pk]),
    ):
        answer = sign_in(cast.coordinator_tabalong).get(address)
        assert answer.status_code == (403 if words else 200)
        assert not words or words in answer.content.decode()
    assert opened().exists() is not bool(words)


def test_a_store_that_does_not_answer_is_said_so(stored, sign_in, cast, spec, monkeypatch):
    sensitive = next(q.code for q in spec.questions() if q.sensitive and q.slots)
    document = stored(code=sensitive)

    def down(*_):
        raise OSError(errno.EIO, "rusak")

    monkeypatch.setattr(FileSystemStorage, "_open", down)
    answer = sign_in(cast.coordinator_tabalong).get(path(document))
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "Penyimpanan portal sedang terganggu" in answer.content.decode()
    assert not opened().exists()


def test_the_web_server_sends_it_when_it_is_told_where(stored, sign_in, cast, settings, evidence_folder):
    settings.EVIDENCE_ACCEL_PREFIX = "/bukti-internal/"
    document = stored("rapat.docx", corpus.office())
    name = document.current_files[0].storage_name
    client = sign_in(cast.coordinator_tabalong)
    answer = client.get(path(document))
    assert answer["X-Accel-Redirect"] == f"/bukti-internal/{name}"
    assert answer.content == b""
    assert answer["Content-Disposition"] == 'attachment; filename="rapat.docx"'
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert sign_in(cast.coordinator_tanahbumbu).get(path(document)).status_code == 404
    (evidence_folder / name).unlink()
    assert sign_in(cast.coordinator_tabalong).get(path(document)).status_code == 404

"""Opening a document: who may, with which headers, and what is written down."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from evaluations.domain.evidence import slots
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
    assert answer["X-Frame-Options"] == ("SAMEORIGIN" if disposition == "inline" else "DENY")
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "private, no-store"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    framed_by = "'self'" if disposition == "inline" else "'none'"
    assert f"frame-ancestors {framed_by};" in policy
    assert policy.endswith("sandbox")


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

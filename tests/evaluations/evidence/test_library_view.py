"""The library page."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations.domain.evidence import slots
from evaluations.models import Evaluation, Evidence, State
from kla_portal import clock
from tests.evaluations.evidence.conftest import HEALTH


@pytest.fixture
def add(evaluation, cast, upload):
    def put(name="laporan.pdf", code=HEALTH, by=None, **more):
        by = by or cast.coordinator_tabalong
        return slots.add_file(
            evaluation=evaluation, code=code, slot_number=1, upload=upload(name), by=by, **more
        )

    return put


def page_of(evaluation, name="library", *more):
    return reverse(f"evaluations:{name}", args=[evaluation.pk, *more])


def test_an_empty_library_says_where_to_begin(sign_in, cast, evaluation):
    page = sign_in(cast.coordinator_tabalong).get(page_of(evaluation)).content.decode()
    assert "Pustaka masih kosong" in page
    assert reverse("evaluations:filling", args=[evaluation.pk]) in page


def test_documents_with_where_they_are_used(sign_in, cast, evaluation, add):
    client = sign_in(cast.coordinator_tabalong)
    link = add("Rekap.pdf")
    slots.attach(
        evaluation=evaluation,
        code="12.2",
        slot_number=1,
        evidence=link.evidence,
        by=cast.coordinator_tabalong,
    )
    idle = add("Notulen.pdf")
    slots.detach(link=idle, by=cast.coordinator_tabalong)
    page = client.get(page_of(evaluation)).content.decode()
    assert "di 2 pertanyaan" in page
    assert page_of(evaluation, "evidence_slots", "12.2") in page
    assert page_of(evaluation, "evidence_delete", idle.evidence_id) in page
    assert page_of(evaluation, "evidence_delete", link.evidence_id) not in page
    for query in ("q=notul", "belum=on"):
        answer = client.get(f"{page_of(evaluation)}?{query}")
        assert [row.document.title for row in answer.context["rows"]] == ["Notulen"]
    assert "Tidak ada dokumen yang cocok" in client.get(page_of(evaluation) + "?q=tiada").content.decode()


def test_a_contributor_sees_their_part(sign_in, cast, evaluation, add):
    link, _ = add("Rekap.pdf"), add("Akta.pdf", code="4.1")
    slots.attach(
        evaluation=evaluation, code="4.1", slot_number=1, evidence=link.evidence, by=cast.coordinator_tabalong
    )
    answer = sign_in(cast.contributor_health_tabalong).get(page_of(evaluation))
    (row,) = answer.context["rows"]
    assert row.document.title == "Rekap"
    assert row.codes == [HEALTH], "another agency's question is not named"
    assert not row.manageable


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("leader_tabalong", 200),
        ("auditor_kalsel", 200),
        ("stranger", 404),
        ("coordinator_tanahbumbu", 404),
        ("verifier_kalteng", 404),
    ],
)
def test_who_sees_the_library(sign_in, cast, evaluation, add, who, status):
    add("Rekap.pdf")
    answer = sign_in(getattr(cast, who)).get(page_of(evaluation))
    assert answer.status_code == status
    assert ("Rekap" in answer.content.decode()) == (status == 200)


def test_a_neighbours_library_holds_nothing_of_ours(sign_in, cast, neighbour_evaluation, add):
    add("Rekap.pdf")
    page = sign_in(cast.coordinator_tanahbumbu).get(page_of(neighbour_evaluation)).content.decode()
    assert "Rekap" not in page


def test_renaming_and_deleting(sign_in, cast, evaluation, add, on_disk, django_capture_on_commit_callbacks):
    client = sign_in(cast.coordinator_tabalong)
    link = add("Rekap.pdf")
    client.post(page_of(evaluation, "evidence_rename", link.evidence_id), {"title": "Rekap baru"})
    assert Evidence.objects.get().title == "Rekap baru"
    answer = client.post(page_of(evaluation, "evidence_rename", link.evidence_id), {"title": ""}, follow=True)
    assert "Tulis judulnya dahulu." in answer.content.decode()
    delete = page_of(evaluation, "evidence_delete", link.evidence_id)
    assert "masih dipakai" in client.post(delete, follow=True).content.decode()
    slots.detach(link=link, by=cast.coordinator_tabalong)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(delete, follow=True)
    assert "dihapus dari pustaka" in answer.content.decode()
    assert on_disk() == []
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("stranger", 404),
        ("coordinator_tanahbumbu", 404),
        ("contributor_registry_tabalong", 404),
        ("contributor_health_tabalong", 403),
        ("leader_tabalong", 403),
        ("auditor_kalsel", 403),
    ],
)
def test_who_may_not_rename_or_delete(sign_in, cast, evaluation, add, on_disk, who, status):
    link = add("Rekap.pdf")
    slots.detach(link=link, by=cast.coordinator_tabalong)
    client = sign_in(getattr(cast, who))
    for name in ("evidence_rename", "evidence_delete"):
        assert (
            client.post(page_of(evaluation, name, link.evidence_id), {"title": "Lain"}).status_code == status
        )
    assert Evidence.objects.get().title == "Rekap"
    assert len(on_disk()) == 1


def test_through_ones_own_evaluation_no_other_districts_document(
    sign_in, cast, add, neighbour_evaluation, on_disk
):
    link = add("Rekap.pdf")
    client = sign_in(cast.coordinator_tanahbumbu)
    assert client.post(page_of(neighbour_evaluation, "evidence_delete", link.evidence_id)).status_code == 404
    assert len(on_disk()) == 1


def test_after_submission_the_library_is_read_only(sign_in, cast, evaluation, add):
    link = add("Rekap.pdf")
    slots.detach(link=link, by=cast.coordinator_tabalong)
    Evaluation.objects.filter(pk=evaluation.pk).update(
        state=State.SUBMITTED, submitted_at=clock.now(), submitted_by=cast.coordinator_tabalong
    )
    client = sign_in(cast.coordinator_tabalong)
    assert client.post(page_of(evaluation, "evidence_delete", link.evidence_id)).status_code == 403
    assert (
        page_of(evaluation, "evidence_delete", link.evidence_id)
        not in client.get(page_of(evaluation)).content.decode()
    )


@pytest.mark.parametrize("who", ["coordinator_tabalong", "contributor_health_tabalong"])
def test_queries_do_not_grow_with_the_documents(sign_in, cast, evaluation, add, who):
    client = sign_in(getattr(cast, who))
    counts = []
    for rows in (1, 3):
        while Evidence.objects.count() < rows:
            add()
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(page_of(evaluation))
        assert len(answer.context["rows"]) == rows
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 18

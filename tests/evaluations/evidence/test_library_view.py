"""The library page."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations.domain.evidence import slots
from evaluations.models import Evidence
from indicators.domain.spec import loaded
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.evidence.shelf import as_read, placed, shelved, submit


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


def titles(answer):
    return [row.document.title for row in answer.context["rows"]]


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
    assert page_of(evaluation, "evidence_document", idle.evidence_id) in page
    for query in ("q=notul", "status=belum"):
        assert titles(client.get(f"{page_of(evaluation)}?{query}")) == ["Notulen"]
    assert titles(client.get(page_of(evaluation) + "?butir=12.2")) == ["Rekap"]
    assert "Tidak ada dokumen yang cocok" in client.get(page_of(evaluation) + "?q=tiada").content.decode()


@pytest.mark.parametrize("query", ["status=x", "tahun=dua", "opd=999999", "opd=x", "page=99", "jenis=resep"])
def test_a_filter_that_makes_no_sense_is_left_out(sign_in, cast, evaluation, add, query):
    add("Rekap.pdf")
    answer = sign_in(cast.coordinator_tabalong).get(f"{page_of(evaluation)}?{query}")
    assert titles(answer) == ["Rekap"]


def test_what_has_a_warning_is_found_by_it(sign_in, cast, evaluation):
    by = cast.coordinator_tabalong
    placed(evaluation, "Tanpa tahun", by=by)
    placed(evaluation, "Lengkap", code="12.2", by=by, years=[2025])
    client = sign_in(by)
    answer = client.get(page_of(evaluation) + "?status=peringatan")
    assert titles(answer) == ["Tanpa tahun"]
    assert "1 peringatan" in answer.content.decode()


def test_the_small_picture_stands_where_there_is_one(sign_in, cast, evaluation):
    by = cast.coordinator_tabalong
    document = placed(evaluation, "Foto", by=by).evidence
    as_read(document.current_files[0], "", thumbnail="thumbnails/x.webp")
    page = sign_in(by).get(page_of(evaluation)).content.decode()
    place = reverse("evaluations:evidence_thumbnail", args=[document.pk, document.current_files[0].pk])
    assert f'src="{place}"' in page


# One click


def test_one_click_puts_a_year_and_takes_it(sign_in, cast, evaluation):
    by = cast.coordinator_tabalong
    document = placed(evaluation, "Rekap", by=by).evidence
    client = sign_in(by)
    page = client.get(page_of(evaluation) + "?q=rekap").content.decode()
    assert f'value="{document.pk}:2025:1" aria-pressed="false"' in page
    place = page_of(evaluation, "evidence_year")
    answer = client.post(place, {"tahun": f"{document.pk}:2025:1", "next": "q=rekap"})
    assert answer.url == f"{page_of(evaluation)}?q=rekap#d-{document.pk}"
    document.refresh_from_db()
    assert document.years == [2025]
    assert (
        f'value="{document.pk}:2025:0" aria-pressed="true"'
        in client.get(page_of(evaluation)).content.decode()
    )
    client.post(place, {"tahun": f"{document.pk}:2025:0"})
    document.refresh_from_db()
    assert document.years == []


@pytest.mark.parametrize("sent", ["", "x:2025:1", "{pk}:1999:1", "{pk}", "{pk}:2025x:1"])
def test_a_click_on_nothing_changes_nothing(sign_in, cast, evaluation, sent):
    document = placed(evaluation, "Rekap", by=cast.coordinator_tabalong).evidence
    data = {"tahun": sent.format(pk=document.pk), "next": "https://jahat.example/"}
    answer = sign_in(cast.coordinator_tabalong).post(page_of(evaluation, "evidence_year"), data)
    assert answer.url.startswith(page_of(evaluation)), "nobody is led elsewhere"
    document.refresh_from_db()
    assert document.years == []


def test_several_documents_at_once(sign_in, cast, evaluation):
    by = cast.coordinator_tabalong
    one, two, left = (shelved(evaluation, title, by=by) for title in ("Satu", "Dua", "Tiga"))
    client, place = sign_in(by), page_of(evaluation, "evidence_describe_many")
    sent = {"document": [one.pk, two.pk], "years": ["2025"], "kind": "report", "issuer": "Dinas Kesehatan"}
    assert "2 dokumen diperbarui" in client.post(place, sent, follow=True).content.decode()
    rows = {row.title: (row.years, row.kind, row.issuer) for row in Evidence.objects.all()}
    assert rows["Satu"] == rows["Dua"] == ([2025], "report", "Dinas Kesehatan")
    assert rows["Tiga"] == ([], "", "")
    for bad, words in (
        ({}, "Centang dokumennya"),
        ({"document": [left.pk]}, "Isi tahun, jenis"),
        ({"document": ["x"]}, "Muat ulang halaman"),
        ({"document": [left.pk], "kind": "resep"}, "resep"),
    ):
        assert words in client.post(place, bad, follow=True).content.decode(), bad
    left.refresh_from_db()
    assert left.kind == ""


def test_the_basket_shows_what_lies_in_it_only(sign_in, cast, evaluation):
    by = cast.coordinator_tabalong
    kept, gone = shelved(evaluation, "Tetap", by=by), shelved(evaluation, "Dibuang", by=by)
    client = sign_in(by)
    client.post(page_of(evaluation, "evidence_delete", gone.pk))
    assert titles(client.get(page_of(evaluation))) == ["Tetap"]
    answer = client.get(page_of(evaluation) + "?status=keranjang")
    assert titles(answer) == ["Dibuang"]
    page = answer.content.decode()
    assert page_of(evaluation, "evidence_restore", gone.pk) in page
    assert "30 hari sesudah dibuang" in page
    client.post(page_of(evaluation, "evidence_restore", gone.pk))
    assert set(titles(client.get(page_of(evaluation)))) == {"Tetap", "Dibuang"}
    assert kept.discarded_at is None


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


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("stranger", 404),
        ("coordinator_tanahbumbu", 404),
        ("leader_tabalong", 403),
        ("auditor_kalsel", 403),
        ("verifier_kalsel", 403),
    ],
)
def test_who_may_not_change_the_library(sign_in, cast, evaluation, who, status):
    document = placed(evaluation, "Rekap", by=cast.coordinator_tabalong).evidence
    client = sign_in(getattr(cast, who))
    year = {"tahun": f"{document.pk}:2025:1"}
    many = {"document": [document.pk], "years": ["2025"]}
    assert client.post(page_of(evaluation, "evidence_year"), year).status_code == status
    assert client.post(page_of(evaluation, "evidence_describe_many"), many).status_code == status
    document.refresh_from_db()
    assert document.years == []


def test_a_contributor_changes_what_they_added_only(sign_in, cast, evaluation):
    health = cast.contributor_health_tabalong
    theirs = placed(evaluation, "Rekap", by=cast.coordinator_tabalong).evidence
    mine = shelved(evaluation, "Catatan", by=health)
    other = placed(evaluation, "Akta", code="4.1", by=cast.coordinator_tabalong).evidence
    client, place = sign_in(health), page_of(evaluation, "evidence_year")
    statuses = [
        client.post(place, {"tahun": f"{row.pk}:2025:1"}).status_code for row in (mine, theirs, other)
    ]
    assert statuses == [302, 403, 302]
    years = {row.title: row.years for row in Evidence.objects.all()}
    assert years == {"Catatan": [2025], "Rekap": [], "Akta": []}


def test_after_submission_the_library_is_read_only(sign_in, cast, evaluation, add):
    document = add("Rekap.pdf").evidence
    submit(evaluation, cast.coordinator_tabalong)
    client = sign_in(cast.coordinator_tabalong)
    sent = {"tahun": f"{document.pk}:2025:1"}
    assert client.post(page_of(evaluation, "evidence_year"), sent).status_code == 403
    page = client.get(page_of(evaluation)).content.decode()
    assert "Rekap" in page
    assert page_of(evaluation, "evidence_year") not in page


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


def test_fifty_rows_take_the_queries_of_two(sign_in, cast, evaluation):
    """With readings, warnings and places; a page holds fifty. One alone is compared with nothing."""
    by = cast.coordinator_tabalong
    client, counts = sign_in(by), []
    codes = [
        question.code for question in loaded(evaluation.edition.instrument).spec.questions() if question.slots
    ]
    for rows in (2, 51):
        for number in range(Evidence.objects.count(), rows):
            document = placed(evaluation, f"Rekap {number}", codes[number], by=by).evidence
            as_read(document.current_files[0], "teks", thumbnail=f"thumbnails/{number}.webp")
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(page_of(evaluation))
        counts.append(len(queries))
    assert len(answer.context["rows"]) == 50
    assert "Halaman 1 dari 2" in answer.content.decode()
    assert counts[0] == counts[1] <= 17
    assert len(answer.content) < 150_000

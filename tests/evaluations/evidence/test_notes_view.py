"""At the slot: pages and a phrase, years, the text's proposals, last edition's documents."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations.models import Evaluation, Evidence, EvidenceLink, State
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.evidence.shelf import as_read, placed, submit
from tests.evaluations.views.common import HTMX, text_of


def page_of(evaluation, name, *more):
    return reverse(f"evaluations:{name}", args=[evaluation.pk, *more])


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


@pytest.fixture
def office(sign_in, by):
    """The coordinator's browser."""
    return sign_in(by)


@pytest.fixture
def link(evaluation, by):
    return placed(evaluation, "SK", by=by)


@pytest.fixture
def slots_page(evaluation):
    return page_of(evaluation, "evidence_slots", HEALTH)


def now_there(evaluation):
    return EvidenceLink.objects.get(evaluation=evaluation, removed_at__isnull=True)


def test_pages_and_a_phrase_with_what_the_text_says(office, evaluation, link):
    as_read(link.evidence.current_files[0], "judul", "membentuk gugus tugas")
    place = page_of(evaluation, "evidence_annotate", link.pk)
    answer = office.post(place, {"pages": "2", "quote": "gugus tugas"}, headers=HTMX)
    assert answer.status_code == 200
    page = text_of(answer)
    assert "kutipan ditemukan di hlm. 2" in page
    assert "Halaman dan kutipan tersimpan" in page
    for sent, words in (
        ({"pages": "1", "quote": "gugus tugas"}, "kutipan ada di hlm. 2, bukan hlm. 1; betulkan halamannya"),
        ({"pages": "1", "quote": "gugus kendali"}, "kutipan tidak ditemukan dalam teks"),
    ):
        place = page_of(evaluation, "evidence_annotate", now_there(evaluation).pk)
        assert words in text_of(office.post(place, sent, headers=HTMX))


def test_without_htmx_one_is_led_back(office, evaluation, link, slots_page):
    answer = office.post(page_of(evaluation, "evidence_annotate", link.pk), {"pages": "4"})
    assert answer.url == f"{slots_page}#slot-1"
    assert "hlm. 4" in text_of(office.get(slots_page))


def test_bad_pages_are_refused_beside_the_slot(office, evaluation, link):
    answer = office.post(page_of(evaluation, "evidence_annotate", link.pk), {"pages": "bab II"}, headers=HTMX)
    assert answer.status_code == 422
    assert "sebagai angka" in answer.content.decode()
    assert now_there(evaluation).pk == link.pk


def test_a_year_by_one_click(office, evaluation, link, slots_page):
    page = office.get(slots_page).content.decode()
    assert "tahun belum diisi" in page
    assert 'value="2025:1" aria-pressed="false"' in page
    place = page_of(evaluation, "evidence_fill", link.pk)
    answer = office.post(place, {"tahun": "2025:1"}, headers=HTMX)
    assert "Dokumen membuktikan tahun 2025." in answer.content.decode()
    assert 'value="2025:0" aria-pressed="true"' in answer.content.decode()
    assert Evidence.objects.get().years == [2025]
    answer = office.post(place, {"tahun": "2025:0"}, headers=HTMX)
    assert "Tahun dokumen dikosongkan." in answer.content.decode()
    assert office.post(place, {"tahun": "1999:1"}, headers=HTMX).status_code == 422
    assert office.post(place, {}, headers=HTMX).status_code == 422
    assert Evidence.objects.get().years == []


def test_the_texts_proposal_by_one_click(office, evaluation, link, slots_page):
    as_read(link.evidence.current_files[0], "teks", number_clue="463/12", date_clue=date(2025, 1, 12))
    assert "Usulan dari isi dokumen: nomor 463/12, 12 Januari 2025" in text_of(office.get(slots_page))
    answer = office.post(page_of(evaluation, "evidence_fill", link.pk), {"pakai": "1"}, headers=HTMX)
    assert "Usulan dari isi dokumen dipakai" in answer.content.decode()
    assert (Evidence.objects.get().number, Evidence.objects.get().document_date) == (
        "463/12",
        date(2025, 1, 12),
    )


@pytest.mark.parametrize(
    ("who", "statuses"),
    [
        ("stranger", {404}),
        ("coordinator_tanahbumbu", {404}),
        ("contributor_registry_tabalong", {404}),
        ("leader_tabalong", {403}),
        ("verifier_kalsel", {403}),
    ],
)
def test_who_may_not(sign_in, cast, evaluation, link, who, statuses):
    client = sign_in(getattr(cast, who))
    sent = {"pages": "4", "tahun": "2025:1", "usulan": "x"}
    got = {
        client.post(page_of(evaluation, name, link.pk), sent).status_code
        for name in ("evidence_annotate", "evidence_fill")
    }
    got.add(client.post(page_of(evaluation, "evidence_reuse_one", HEALTH, 1), sent).status_code)
    assert got == statuses
    assert (now_there(evaluation).pages, Evidence.objects.get().years) == ("", [])


def test_a_contributor_notes_pages_but_describes_only_their_own(sign_in, cast, evaluation, link, slots_page):
    client = sign_in(cast.contributor_health_tabalong)
    page = client.get(slots_page).content.decode()
    assert page_of(evaluation, "evidence_annotate", link.pk) in page
    assert page_of(evaluation, "evidence_fill", link.pk) not in page
    assert client.post(page_of(evaluation, "evidence_fill", link.pk), {"tahun": "2025:1"}).status_code == 403
    assert client.post(page_of(evaluation, "evidence_annotate", link.pk), {"pages": "4"}).status_code == 302


def test_another_evaluations_link_does_not_exist_here(office, evaluation, neighbour_evaluation, cast):
    foreign = placed(neighbour_evaluation, "SK", by=cast.coordinator_tanahbumbu)
    assert (
        office.post(page_of(evaluation, "evidence_annotate", foreign.pk), {"pages": "4"}).status_code == 404
    )


# Last edition's documents


@pytest.fixture
def before(evaluation, by):
    """Last edition's evaluation, finished: one document that still holds, one that does not."""
    found = Evaluation.objects.get(edition__code="2024", district=evaluation.district_id)
    placed(found, "Perda KLA", by=by, kind="regulation", document_date=date(2021, 3, 1))
    placed(found, "Rekap 2022", by=by, years=[2022])
    submit(found, by, State.FINAL)
    return found


def test_a_proposal_in_the_slot_is_attached_by_one_click(office, evaluation, before, slots_page):
    page = text_of(office.get(slots_page))
    assert "Usulan dari periode 2024" in page
    assert "sudah tidak berlaku" in page
    held = Evidence.objects.get(title="Perda KLA")
    place = page_of(evaluation, "evidence_reuse_one", HEALTH, 1)
    assert office.post(place, {"usulan": "x"}, headers=HTMX).status_code == 422
    answer = office.post(place, {"usulan": f"{HEALTH}:1:{held.pk}"}, headers=HTMX)
    assert "Dokumen dipasang." in answer.content.decode()
    assert now_there(evaluation).evidence == held
    again = office.post(place, {"usulan": f"{HEALTH}:1:{held.pk}"}, headers=HTMX)
    assert "Usulan ini tidak ada lagi" in again.content.decode()


def test_the_list_of_proposals_and_attaching_the_ticked(office, evaluation, before):
    place = page_of(evaluation, "evidence_reuse")
    page = text_of(office.get(place))
    assert "Perda KLA" in page
    assert "Perlu diperbarui" in page
    assert "1 usulan pakai ulang" in text_of(office.get(page_of(evaluation, "library")))
    attach = page_of(evaluation, "evidence_reuse_attach")
    assert "Centang dokumen" in text_of(office.post(attach, follow=True))
    held = Evidence.objects.get(title="Perda KLA")
    done = office.post(attach, {"usulan": [f"{HEALTH}:1:{held.pk}", "x"]}, follow=True)
    assert "1 dokumen dipasang" in text_of(done)
    assert now_there(evaluation).evidence == held
    assert "Tidak ada usulan" in text_of(office.get(place))


@pytest.mark.parametrize(
    ("who", "seen", "done"),
    [
        ("stranger", 404, 404),
        ("coordinator_tanahbumbu", 404, 404),
        ("leader_tabalong", 200, 403),
        ("verifier_kalsel", 200, 403),
        ("contributor_registry_tabalong", 200, 302),
    ],
)
def test_who_sees_and_attaches_proposals(sign_in, cast, evaluation, before, who, seen, done):
    client = sign_in(getattr(cast, who))
    held = Evidence.objects.get(title="Perda KLA")
    answer = client.get(page_of(evaluation, "evidence_reuse"))
    assert answer.status_code == seen
    if who.startswith("contributor"):
        assert "Perda KLA" not in answer.content.decode(), "another agency's question"
    sent = {"usulan": [f"{HEALTH}:1:{held.pk}"]}
    assert client.post(page_of(evaluation, "evidence_reuse_attach"), sent).status_code == done
    assert not EvidenceLink.objects.filter(evaluation=evaluation).exists()


def test_queries_do_not_grow_with_the_rows(office, evaluation, by, slots_page):
    """With readings, phrases and years on each. One alone is compared with nothing."""
    counts = []
    for rows in (2, 5):
        for number in range(EvidenceLink.objects.count(), rows):
            link = placed(evaluation, f"SK {number}", by=by)
            EvidenceLink.objects.filter(pk=link.pk).update(quote="gugus tugas", pages="1")
            as_read(link.evidence.current_files[0], "gugus tugas", number_clue="1/2")
        with CaptureQueriesContext(connection) as queries:
            page = office.get(slots_page).content.decode()
        assert page.count("kutipan ditemukan") == rows
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15

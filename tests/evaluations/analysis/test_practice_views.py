"""Praktik baik over HTTP: sharing, the library, opening a document, and everything that must stay closed."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from evaluations.models import Evaluation, EvidenceFile, SharedPractice, Stage
from tests.evaluations.analysis.stored import STORY, link, sensitive_code, stored
from tests.evaluations.domain.claims import hand_in
from tests.evaluations.evidence import corpus
from tests.evaluations.papers import documents
from tests.evaluations.views.common import PROBE, main_of, queries, signed_in, text_of, url


def own(claim):
    return url("practices", claim.pk)


def send(client, claim, **data):
    return client.post(own(claim), {"question": "12.1", "story": STORY} | data)


# The district's own page


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("coordinator_tabalong", 200), ("contributor_health_tabalong", 403), ("leader_tabalong", 403),
        ("admin_kalsel", 403), ("coordinator_tanahbumbu", 404), ("verifier_kalteng", 404), ("stranger", 404),
    ],
)  # fmt: skip
def test_who_shares(claim, cast, who, status):
    client = signed_in(getattr(cast, who))
    assert client.get(own(claim)).status_code == status
    if status != 200:
        assert send(client, claim).status_code == status
        assert not SharedPractice.objects.exists()


def test_sharing_and_taking_back(claim, cast, spec):
    client = signed_in(cast.coordinator_tabalong)
    page = text_of(client.get(own(claim)))
    assert "3 pertanyaan bernilai penuh menurut klaim sekarang" in page
    assert send(client, claim, with_evidence="on").url == own(claim)
    practice = SharedPractice.objects.get()
    page = text_of(client.get(own(claim)))
    assert "Praktik 12.1 dibagikan kepada semua daerah." in page
    assert "data dukungnya ikut dibagikan" in page
    assert 'value="12.1"' not in main_of(client.get(own(claim))), "offered once only"
    assert client.post(url("practice_withdraw", claim.pk, practice.pk)).url == own(claim)
    practice.refresh_from_db()
    assert practice.withdrawn_at is not None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"story": ""}, "Ceritakan caranya"),
        ({"question": ""}, "Pilih pertanyaannya."),
        ({"question": "12.2"}, "tidak (lagi) dapat dibagikan"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(claim, cast, data, words):
    response = send(signed_in(cast.coordinator_tabalong), claim, **data)
    assert response.status_code == 422
    assert words in text_of(response)
    assert not SharedPractice.objects.exists()


def test_documents_on_children_are_refused_with_the_text_kept(claim, cast, spec):
    response = send(
        signed_in(cast.coordinator_tabalong), claim, question=sensitive_code(spec), with_evidence="on"
    )
    assert response.status_code == 422
    assert "dapat memuat data anak, jadi tidak dibagikan" in text_of(response)
    assert STORY in text_of(response)


def test_another_districts_practice_is_not_taken_back_here(claim, cast, share, neighbour_evaluation):
    practice = share()
    client = signed_in(cast.coordinator_tanahbumbu)
    assert client.post(url("practice_withdraw", neighbour_evaluation.pk, practice.pk)).status_code == 404
    practice.refresh_from_db()
    assert practice.withdrawn_at is None


def test_nothing_with_full_points_yet(evaluation, cast):
    text = text_of(signed_in(cast.coordinator_tabalong).get(url("practices", evaluation.pk)))
    assert "Belum ada pertanyaan bernilai penuh" in text


# The library

EVERYONE = ["coordinator_tanahbumbu", "contributor_health_tabalong", "leader_tabalong", "verifier_kalteng", "auditor_kalsel", "admin_national"]  # fmt: skip


@pytest.mark.parametrize("who", EVERYONE)
def test_everyone_who_reads_anywhere_reads_the_library(shelf, cast, who):
    text = text_of(signed_in(getattr(cast, who)).get(url("practice_library", "2026")))
    assert STORY in text
    assert "Boleh" in text
    for title in ("Pertanyaan lain", "Juga di pertanyaan anak", "Sudah dilepas", "Ditarik"):
        assert title not in text


def test_a_stranger_and_another_edition(shelf, cast):
    assert signed_in(cast.stranger).get(url("practice_library", "2026")).status_code == 403
    client = signed_in(cast.coordinator_tanahbumbu)
    assert client.get(url("practice_library", "1999")).status_code == 404
    assert "Belum ada praktik" in text_of(client.get(url("practice_library", "2024")))


def test_filters_and_what_they_do_not_know(share, cast):
    share()
    client, address = signed_in(cast.verifier_kalteng), url("practice_library", "2026")
    assert STORY in text_of(client.get(address, {"q": "bidan", "tema": "", "provinsi": "63"}))
    assert STORY not in text_of(client.get(address, {"provinsi": "62"}))
    assert STORY not in text_of(client.get(address, {"q": "tidak ada kata ini"}))
    assert STORY in text_of(client.get(address, {"tema": "xx", "provinsi": "99"}))


def test_stories_are_text(share, cast):
    share(story=PROBE)
    page = signed_in(cast.verifier_kalteng).get(url("practice_library", "2026")).content.decode()
    assert PROBE not in page
    assert "&lt;script&gt;" in page


def test_a_coordinator_finds_the_way_to_share(claim, cast):
    address = url("practice_library", "2026")
    assert own(claim) in main_of(signed_in(cast.coordinator_tabalong).get(address))
    assert own(claim) not in main_of(signed_in(cast.verifier_kalsel).get(address))
    assert address in main_of(signed_in(cast.coordinator_tabalong).get(url("reports", claim.pk)))


def test_as_many_queries_for_one_practice_as_for_three(shelf, cast, claim):
    client, address = signed_in(cast.verifier_kalteng), url("practice_library", "2026")
    before = queries(client, address)
    others = Evaluation.objects.filter(edition__code="2026", district__province="62")[:2]
    practice, _ = shelf
    for row in others:
        (document,) = documents(row.district, ["Rekap"], by=cast.admin_kalteng)
        link(row, "12.1", document, cast.admin_kalteng)
        SharedPractice.objects.create(
            evaluation=row,
            question=practice.question,
            story="Sama.",
            with_evidence=True,
            shared_at=practice.shared_at,
            shared_by=cast.admin_kalteng,
        )
    assert queries(client, address) == before


# Opening


@pytest.fixture
def kept(shelf):
    """The shared document with a file in the storage, and one revision of it that was replaced."""
    practice, found = shelf
    document = found["Boleh"]
    name = storages["evidence"].save("evidence/praktik.pdf", ContentFile(corpus.pdf()))
    file = document.current_files[0]
    EvidenceFile.objects.filter(pk=file.pk).update(storage_name=name, size=len(corpus.pdf()))
    yield practice, found
    storages["evidence"].delete(name)


def address_of(practice, document, number=1):
    return url("practice_document", practice.pk, document.pk, number)


@pytest.mark.parametrize("who", EVERYONE)
def test_the_shared_document_opens(kept, cast, who):
    practice, found = kept
    response = signed_in(getattr(cast, who)).get(address_of(practice, found["Boleh"]))
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == corpus.pdf()
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert response["Cache-Control"] == "private, no-store"


def test_nothing_else_opens(kept, cast):
    practice, found = kept
    client = signed_in(cast.coordinator_tanahbumbu)
    for title in ("Pertanyaan lain", "Juga di pertanyaan anak", "Sudah dilepas", "Ditarik"):
        assert client.get(address_of(practice, found[title])).status_code == 404, title
    boleh = found["Boleh"]
    assert client.get(address_of(practice, boleh, 0)).status_code == 404
    assert client.get(address_of(practice, boleh, 2)).status_code == 404
    assert client.get(url("practice_document", practice.pk + 1, boleh.pk, 1)).status_code == 404
    assert client.get(url("practice_document", practice.pk, uuid.uuid4(), 1)).status_code == 404
    assert client.post(address_of(practice, boleh)).status_code == 405


def test_the_librarys_own_addresses_stay_closed(kept, cast, claim):
    _, found = kept
    client, document = signed_in(cast.coordinator_tanahbumbu), found["Boleh"]
    file = document.current_files[0].pk
    assert client.get(url("evidence_download", document.pk)).status_code == 404
    assert client.get(url("evidence_file", document.pk, file)).status_code == 404
    assert client.get(url("evidence_page", document.pk, file, 1)).status_code == 404
    assert client.get(url("evidence_document", claim.pk, document.pk)).status_code == 404


def test_taken_back_it_closes_at_once(kept, cast):
    practice, found = kept
    client = signed_in(cast.coordinator_tanahbumbu)
    assert client.get(address_of(practice, found["Boleh"])).status_code == 200
    signed_in(cast.coordinator_tabalong).post(url("practice_withdraw", practice.evaluation_id, practice.pk))
    assert client.get(address_of(practice, found["Boleh"])).status_code == 404
    assert STORY not in text_of(client.get(url("practice_library", "2026")))


def test_a_replaced_file_is_not_opened(kept, cast):
    practice, found = kept
    document = found["Boleh"]
    old = document.current_files[0]
    EvidenceFile.objects.filter(pk=old.pk).update(
        retired_at=old.added_at, retired_by=cast.coordinator_tabalong
    )
    client = signed_in(cast.coordinator_tanahbumbu)
    assert client.get(address_of(practice, document)).status_code == 404


def test_what_the_scanner_refused_stays_closed(kept, cast):
    practice, found = kept
    EvidenceFile.objects.filter(evidence=found["Boleh"]).update(scan="infected")
    response = signed_in(cast.coordinator_tanahbumbu).get(address_of(practice, found["Boleh"]))
    assert response.status_code == 403
    assert "Pemindai virus menolak berkas ini" in text_of(response)


def test_a_shared_link_leads_on(kept, claim, cast):
    practice, _ = kept
    (page,) = documents(claim.district, ["Laman"], by=cast.coordinator_tabalong)
    page.files.all().delete()
    page.form, page.url = "link", "https://contoh.go.id/praktik"
    page.save()
    link(claim, "12.1", page, cast.coordinator_tabalong)
    client = signed_in(cast.coordinator_tanahbumbu)
    assert client.get(address_of(practice, page)).url == "https://contoh.go.id/praktik"
    assert address_of(practice, page) in main_of(client.get(url("practice_library", "2026")))


# While it is proven


def test_what_is_not_proven_any_more_is_marked_for_its_own_district_alone(kept, claim, cast):
    """Others see neither the story nor the document; nothing was taken back, so it can come again."""
    practice, found = kept
    hand_in(claim, by=cast.coordinator_tabalong)
    stored(claim, {"12.1": "1"}, by=cast.admin_kalsel, stage=Stage.VA)
    stranger = signed_in(cast.coordinator_tanahbumbu)
    assert STORY not in text_of(stranger.get(url("practice_library", "2026")))
    assert stranger.get(address_of(practice, found["Boleh"])).status_code == 404
    page = text_of(signed_in(cast.coordinator_tabalong).get(own(claim)))
    assert STORY in page
    assert "Sekarang tidak tampil bagi daerah lain" in page
    assert "tidak lagi bernilai penuh menurut hasil Verifikasi Administrasi" in page
    assert "dapat dibuka semua daerah" not in page


def test_what_is_proven_is_not_marked(kept, cast, claim):
    page = text_of(signed_in(cast.coordinator_tabalong).get(own(claim)))
    assert "tidak tampil bagi daerah lain" not in page
    assert "dapat dibuka semua daerah" in page

"""The open edition's library: filled once, read as the portal reads it, and looked at from all sides."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from pypdf import PdfReader

from evaluations.domain.evidence import catalogue, concerns, quotes, readings
from evaluations.files import personal
from evaluations.files.phrases import Presence
from evaluations.models import Evaluation, Evidence, EvidenceLink, Upload, UploadState
from kla_portal import clock
from kla_portal.events.log import verify
from kla_portal.regions.models import Kecamatan
from kla_portal.web.demo import shelf
from tests.evaluations.domain.claims import fresh
from tests.evaluations.evidence.shelf import placed, submit

OLD = "Profil KLA 2023"
DECREE, FORUM = "SK Gugus Tugas KLA 2025 lengkap", "SK pembinaan Forum Anak"
MINUTES, REPORT = "Notulen rapat koordinasi (pindaian)", "Laporan kegiatan triwulan (pindaian)"
UNDATED = "SK penetapan pusat kreativitas anak"


@pytest.fixture
def handed_in(evaluation, cast):
    """The profile that the district handed in two years ago."""
    by = cast.coordinator_tabalong
    before = Evaluation.objects.get(edition__code="2024", district=evaluation.district_id)
    old = placed(before, OLD, "2.6", by=by, years=[2023]).evidence
    Evidence.objects.filter(pk=old.pk).update(added_at=old.added_at.replace(year=2024))
    submit(before, by)
    return old


@pytest.fixture
def filled(evaluation, neighbour_evaluation, cast, handed_in, django_capture_on_commit_callbacks):
    """Tabalong's shelf, explained; Tanah Bumbu's copy; everything read."""
    by, since = cast.coordinator_tabalong, clock.now() - timedelta(hours=1)
    with django_capture_on_commit_callbacks(execute=True), readings.together():
        shelf.fill(evaluation, by=by, since=since)
        shelf.explain(evaluation, by=by, at=since + timedelta(minutes=30))
        shelf.copy_for_a_neighbour(neighbour_evaluation, by=cast.coordinator_tanahbumbu, at=since)
    return fresh(evaluation)


def test_every_state_is_there(filled, cast):
    look_at_the_warnings(filled)
    look_at_the_quotes(filled)
    look_at_the_files()
    look_at_the_library(filled, cast.coordinator_tabalong)
    look_at_the_uploads(filled)
    look_at_what_a_verifier_asks(filled, cast)
    assert filled.claimed_total == 0, "documents claim nothing"
    assert set(filled.unready) >= {"2.1", "2.3", "2.6", "3.1a", "6.1", "6.2", "20.1"}
    assert list(verify()) == []


def look_at_the_warnings(evaluation):
    found = concerns.of_evaluation(evaluation)
    said = {(concern.rule, concern.title): concern for concern in found}
    assert set(said) == {
        ("expired", "Perjanjian kerja sama dengan lembaga masyarakat"),
        ("outside_years", "Profil anak 2021"),
        ("undated", UNDATED),
        ("shared_photo", shelf.PHOTO),
        ("photo_without_caption", shelf.PHOTO),
        ("alike", DECREE),
        ("alike", FORUM),
        ("unreadable", MINUTES),
        ("unreadable", REPORT),
        ("quote_not_found", FORUM),
        ("identity_numbers", "Daftar hadir Musrenbang anak"),
        ("children_list", "Daftar hadir Musrenbang anak"),
    }
    assert [concern.rule for concern in found if concern.answered] == ["shared_photo"]
    assert said["shared_photo", shelf.PHOTO].codes == ("2.3", "3.1a")
    assert (said["unreadable", MINUTES].blocks, said["unreadable", REPORT].blocks) == (True, False)


def look_at_the_quotes(evaluation):
    links = EvidenceLink.objects.filter(evaluation=evaluation, removed_at__isnull=True).exclude(quote="")
    found = quotes.presences(links)
    assert {link.evidence.title: found[link.pk].presence for link in links} == {
        DECREE: Presence.FOUND_HERE,
        FORUM: Presence.NOT_FOUND,
    }


def look_at_the_files():
    minutes, report = (Evidence.objects.get(title=title) for title in (MINUTES, REPORT))
    assert len(minutes.current_files) == 2
    assert [file.revision for file in report.files.order_by("revision")] == [1, 2]
    assert [file.revision for file in report.current_files] == [2]
    assert Evidence.objects.get(title=UNDATED).current_files[0].reading.number_clue == "421/9/2025"


def look_at_the_library(evaluation, by):
    def titles(status):
        return {row.title for row in catalogue.find(evaluation, catalogue.Wanted(status=status), by=by)}

    assert titles(catalogue.UNUSED) == {shelf.UNUSED.title, OLD}
    assert titles(catalogue.BASKET) == {shelf.THROWN_AWAY.title}
    assert titles(catalogue.WITHDRAWN) == {OLD}
    assert titles(catalogue.UNDATED) == {UNDATED, shelf.UNUSED.title}
    assert titles(catalogue.EXPIRED) == {"Perjanjian kerja sama dengan lembaga masyarakat"}


def look_at_the_uploads(evaluation):
    rows = Upload.objects.filter(evaluation=evaluation).order_by("started_at")
    assert list(rows.values_list("state", "path")) == [
        (UploadState.RECEIVING, "Laporan tahunan KLA 2025.pdf"),
        (UploadState.RECEIVED, "1.2f Perbup pencegahan perkawinan anak.pdf"),
        (UploadState.RECEIVED, "Foto lapangan/12.1 kelas ibu hamil.jpg"),
    ]
    assert rows[0].received * 3 == rows[0].size * 2


def look_at_what_a_verifier_asks(evaluation, cast):
    asked = concerns.for_verifier(evaluation, "2.1", by=cast.verifier_kalsel)
    elsewhere = "Berkas yang sama juga dipakai Kabupaten Tanah Bumbu untuk 2.1. Tanyakan mana yang aslinya."
    assert [ask.message for ask in asked].count(elsewhere) == 1
    (answered,) = [a for a in concerns.for_verifier(evaluation, "3.1a", by=cast.verifier_kalsel) if a.reply]
    assert "sesi bersama" in answered.reply.reason


def test_the_identity_number_is_nobodys(db):
    (number,) = re.findall(r"\d{16}", "\n".join(shelf.ATTENDANCE))
    assert personal.identity_numbers(number) == 1, "the check takes it for one"
    assert number.startswith("6309")
    assert not Kecamatan.objects.filter(code=f"63.09.{number[4:6]}").exists()
    assert number.endswith("0000"), "serial numbers begin with 0001"


def test_no_other_document_holds_a_number_like_it():
    items = [*shelf.ITEMS, shelf.UNUSED, shelf.THROWN_AWAY]
    texts = {
        item.title: "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(item.content)).pages)
        for item in items
        if item.extension == "pdf"
    }
    assert "Gugus Tugas" in texts[DECREE]
    assert [title for title, text in texts.items() if personal.identity_numbers(text)] == [
        "Daftar hadir Musrenbang anak"
    ]


def test_without_the_old_profile_the_rest_stands(evaluation, cast):
    """The last edition may not have had one."""
    shelf.fill(evaluation, by=cast.coordinator_tabalong, since=clock.now() - timedelta(hours=1))
    assert not Evidence.objects.filter(withdrawn_at__isnull=False).exists()
    assert Evidence.objects.filter(title=DECREE).exists()

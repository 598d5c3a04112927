"""Files in pieces: whatever the line does, what arrives is what was sent, once, and nothing else stays behind."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from evaluations.domain.evidence import intake, pieces, quotas, slots, store, uploads
from evaluations.domain.evidence.uploads import Place
from evaluations.files.faults import EvidenceRefused, FileRefused
from evaluations.models import (
    Evaluation,
    Evidence,
    EvidenceFile,
    EvidenceLink,
    State,
    Upload,
    UploadPiece,
    UploadState,
)
from kla_portal import clock
from kla_portal.accounts.access import Refused
from kla_portal.events.models import Event
from tests.evaluations.evidence import corpus
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.evidence.sending import PLACE, arrived, begun, cut, sent, sha256

PDF = corpus.pdf(mark="rekap akta")
OTHER = corpus.pdf(mark="lain")


@pytest.fixture
def by(cast):
    return cast.coordinator_tabalong


def submitted(evaluation: Evaluation, by) -> None:
    Evaluation.objects.filter(pk=evaluation.pk).update(
        state=State.SUBMITTED, submitted_at=clock.now(), submitted_by=by
    )


# Begin


def test_an_upload_begins_with_nothing_received(evaluation, by, on_disk):
    upload = begun(
        evaluation, by, PDF, "K3/12.1/Rekap\x00 akta.pdf", declared="application/\x00pdf", title=" Rekap\x00 "
    )
    upload.refresh_from_db()
    assert (upload.state, upload.received, upload.size) == (UploadState.RECEIVING, 0, len(PDF))
    assert (upload.path, upload.title) == ("K3/12.1/Rekap akta.pdf", "Rekap")
    assert upload.declared_type == "application/pdf", "PostgreSQL keeps no NUL"
    assert uploads.place_of(upload) == PLACE
    assert uploads.name_of(upload) == "Rekap akta.pdf"
    assert on_disk() == []
    assert not Event.objects.filter(action__startswith="evidence.").exists()


@pytest.mark.parametrize(
    ("more", "error", "word"),
    [
        ({"size": 0}, FileRefused, "kosong"),
        ({"size": 20_000_001}, FileRefused, "lebih besar dari 20,0 MB"),
        ({"path": "program.exe"}, FileRefused, r"\.exe tidak diterima"),
        ({"path": "tanpa akhiran"}, FileRefused, "tidak berakhiran"),
        ({"path": ""}, FileRefused, "tidak berakhiran"),
        ({"place": Place(HEALTH, 9)}, EvidenceRefused, "tidak mempunyai slot 9"),
        ({"place": Place("99.9", 1)}, EvidenceRefused, "tidak mempunyai slot 1"),
    ],
)
def test_what_is_known_beforehand_is_refused_before_a_byte_travels(evaluation, by, more, error, word):
    with pytest.raises(error, match=word):
        begun(evaluation, by, PDF, **more)
    assert not Upload.objects.exists()


def test_no_room_is_said_before_a_byte_travels(evaluation, by, settings):
    settings.EVIDENCE_QUESTION_MAX_BYTES = len(PDF) - 1
    with pytest.raises(quotas.Full, match=r"pertanyaan 12\.1"):
        begun(evaluation, by, PDF)
    settings.EVIDENCE_QUESTION_MAX_BYTES = settings.EVIDENCE_DISTRICT_MAX_BYTES = 2 * len(PDF)
    begun(evaluation, by, PDF)
    with pytest.raises(quotas.Full, match="Unggahan yang belum selesai"):
        begun(evaluation, by, PDF + b"x", place=None)


def test_a_person_has_so_many_unfinished_uploads(evaluation, by, cast, monkeypatch):
    monkeypatch.setattr(uploads, "UNFINISHED_LIMIT", 2)
    first = begun(evaluation, by, PDF)
    begun(evaluation, by, PDF)
    with pytest.raises(EvidenceRefused, match="2 unggahan Anda yang belum selesai"):
        begun(evaluation, by, PDF)
    begun(evaluation, cast.contributor_health_tabalong, PDF)
    uploads.abandon(upload=first, by=by)
    begun(evaluation, by, PDF)


def test_a_folder_of_two_hundred_files_finds_room(evaluation, by):
    for number in range(200):
        begun(evaluation, by, PDF, f"banyak/{number:03} berkas.pdf", place=None)
    assert uploads.mine(evaluation, by=by).count() == 200


def test_the_same_announced_file_goes_on_where_it_stopped(evaluation, by):
    first = begun(evaluation, by, PDF, sha256=sha256(PDF))
    uploads.append(upload=first, offset=0, data=PDF[:100], by=by)
    again = begun(evaluation, by, PDF, sha256=sha256(PDF))
    assert (again.pk, again.received) == (first.pk, 100)
    assert begun(evaluation, by, PDF, sha256=sha256(PDF), place=Place(HEALTH, 2)).pk != first.pk
    assert begun(evaluation, by, PDF).pk != first.pk, "not announced: nobody knows that it is the same"


# Append


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(min_size=1, max_size=3000), lengths=st.lists(st.integers(1, 700), max_size=12))
def test_any_split_of_any_bytes_arrives_whole(evaluation, by, data, lengths):
    upload = begun(evaluation, by, data, sha256="" if data[0] % 2 else sha256(data))
    for offset, piece in cut(data[upload.received :], lengths):
        checksum = pieces.Checksum("sha1", hashlib.sha1(piece).digest()) if offset % 2 else None
        upload = uploads.append(upload=upload, offset=upload.received, data=piece, checksum=checksum, by=by)
    assert upload.state == UploadState.RECEIVED
    with pieces.assembled(upload) as whole:
        assert whole.read() == data


def test_a_repeated_piece_is_told_where_to_go_on(evaluation, by, on_disk):
    upload = begun(evaluation, by, PDF)
    upload = uploads.append(upload=upload, offset=0, data=PDF[:100], by=by)
    for offset in (0, 99, 101):
        with pytest.raises(pieces.WrongOffset) as told:
            uploads.append(upload=upload, offset=offset, data=PDF[offset : offset + 10], by=by)
        assert told.value.received == 100
    assert len(on_disk()) == UploadPiece.objects.count() == 1
    whole = sent(upload, PDF)
    with pytest.raises(pieces.WrongOffset) as told:
        uploads.append(upload=whole, offset=100, data=PDF[100:], by=by)
    assert told.value.received == len(PDF)


@pytest.mark.parametrize("algorithm", pieces.ALGORITHMS)
def test_a_changed_piece_is_not_kept(evaluation, by, on_disk, algorithm):
    upload = begun(evaluation, by, PDF)
    right = pieces.Checksum(algorithm, hashlib.new(algorithm, PDF[:100]).digest())
    with pytest.raises(pieces.ChecksumWrong, match="Kirim lagi"):
        uploads.append(upload=upload, offset=0, data=PDF[1:101], checksum=right, by=by)
    assert on_disk() == []
    assert uploads.append(upload=upload, offset=0, data=PDF[:100], checksum=right, by=by).received == 100


def test_more_than_announced_and_nothing_at_all(evaluation, by, on_disk):
    upload = begun(evaluation, by, PDF)
    with pytest.raises(pieces.TooMuch):
        uploads.append(upload=upload, offset=0, data=PDF + b"x", by=by)
    assert uploads.append(upload=upload, offset=0, data=b"", by=by).received == 0
    assert on_disk() == []


def test_of_two_pieces_for_the_same_place_one_wins(evaluation, by, on_disk, monkeypatch):
    """The other host takes the piece after our look and before our lock."""
    upload = begun(evaluation, by, PDF)
    real, rival = store.keep, []

    def overtaken(*args):
        if not rival:
            rival.append(True)
            uploads.append(upload=Upload.objects.get(pk=upload.pk), offset=0, data=PDF[:50], by=by)
        return real(*args)

    monkeypatch.setattr(store, "keep", overtaken)
    with pytest.raises(pieces.WrongOffset) as told:
        uploads.append(upload=upload, offset=0, data=PDF[:100], by=by)
    assert told.value.received == 50
    assert on_disk() == [UploadPiece.objects.get().storage_name]
    upload.refresh_from_db()
    with pieces.assembled(sent(upload, PDF)) as whole:
        assert whole.read() == PDF


def test_after_too_many_days_it_begins_anew(evaluation, by, settings):
    upload = begun(evaluation, by, PDF, sha256=sha256(PDF))
    later = clock.now() + timedelta(days=settings.UPLOAD_DAYS, seconds=1)
    with clock.at(later):
        assert uploads.is_expired(upload)
        with pytest.raises(pieces.Expired, match="dari awal"):
            uploads.append(upload=upload, offset=0, data=PDF, by=by)
        assert not uploads.mine(evaluation, by=by).exists()
        assert begun(evaluation, by, PDF, sha256=sha256(PDF)).pk != upload.pk


# Settle


def test_a_settled_upload_is_a_document_in_its_slot(evaluation, by, evidence_folder):
    upload = arrived(evaluation, by, PDF, "K3/Rekap akta.pdf", sha256=sha256(PDF), title="Rekap")
    outcome = uploads.settle(upload=upload, by=by)
    assert outcome.link.slot_id == upload.slot_id
    assert not outcome.known
    document = outcome.evidence
    (file,) = document.current_files
    assert (document.title, file.filename, file.sha256) == ("Rekap", "Rekap akta.pdf", sha256(PDF))
    assert (evidence_folder / file.storage_name).read_bytes() == PDF
    upload.refresh_from_db()
    assert (upload.state, upload.evidence) == (UploadState.SETTLED, document)
    assert not UploadPiece.objects.exists()


def test_the_pieces_go_once_it_is_committed(
    evaluation, by, on_disk, settings, django_capture_on_commit_callbacks
):
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend", "QUEUES": ["evidence"]}
    }
    upload = arrived(evaluation, by, PDF)
    with django_capture_on_commit_callbacks(execute=True):
        uploads.settle(upload=upload, by=by)
        assert len([name for name in on_disk() if name.startswith("incoming/")]) == 2
    assert on_disk() == [EvidenceFile.objects.get().storage_name]


def test_asked_again_it_says_the_same(evaluation, by, on_disk):
    upload = arrived(evaluation, by, PDF)
    first = uploads.settle(upload=upload, by=by)
    upload.refresh_from_db()
    again = uploads.settle(upload=upload, by=by)
    assert (again.evidence, again.link, again.known) == (first.evidence, first.link, first.known)
    assert Evidence.objects.count() == EvidenceLink.objects.count() == 1


def test_of_two_at_once_one_does_it(evaluation, by, monkeypatch, on_disk):
    upload = arrived(evaluation, by, PDF)
    real, rival = slots.write_unless_known, []

    def overtaken(*args):
        real(*args)
        if not rival:
            rival.append(True)
            rival.append(uploads.settle(upload=Upload.objects.get(pk=upload.pk), by=by))

    monkeypatch.setattr(slots, "write_unless_known", overtaken)
    outcome = uploads.settle(upload=upload, by=by)
    assert (outcome.evidence, outcome.link, outcome.known) == (rival[1].evidence, rival[1].link, False)
    assert Evidence.objects.count() == EvidenceLink.objects.count() == EvidenceFile.objects.count() == 1
    kept = [name for name in on_disk() if name.startswith("evidence/")]
    assert kept == [EvidenceFile.objects.get().storage_name]


def test_settled_by_another_while_the_pieces_are_read(evaluation, by, monkeypatch):
    upload = arrived(evaluation, by, PDF)
    real, rival = pieces.assembled, []

    def overtaken(upload_):
        if not rival:
            rival.append(True)
            rival.append(uploads.settle(upload=Upload.objects.get(pk=upload.pk), by=by))
        return real(upload_)

    monkeypatch.setattr(pieces, "assembled", overtaken)
    assert uploads.settle(upload=upload, by=by).evidence == rival[1].evidence
    assert Evidence.objects.count() == EvidenceLink.objects.count() == 1


def test_what_the_library_has_does_not_travel(evaluation, by, on_disk):
    known = uploads.settle(upload=arrived(evaluation, by, PDF, "a.pdf"), by=by).evidence
    before = on_disk()
    upload = begun(evaluation, by, PDF, "b.pdf", sha256=sha256(PDF), place=Place("12.2", 1))
    assert (upload.state, upload.received, upload.evidence) == (UploadState.RECEIVED, len(PDF), known)
    outcome = uploads.settle(upload=upload, by=by)
    assert (outcome.evidence, outcome.known) == (known, True)
    assert EvidenceLink.objects.filter(evidence=known).count() == 2
    same_slot = begun(evaluation, by, PDF, "c.pdf", sha256=sha256(PDF))
    assert uploads.settle(upload=same_slot, by=by).link is None
    assert on_disk() == before


def test_a_hash_opens_nothing_that_the_person_does_not_see(evaluation, by, cast):
    """Who knows the hash of another agency's document still has to send the file."""
    uploads.settle(upload=arrived(evaluation, by, PDF), by=by)
    registry = cast.contributor_registry_tabalong
    upload = begun(evaluation, registry, PDF, sha256=sha256(PDF), place=Place("4.1", 1))
    assert (upload.state, upload.evidence) == (UploadState.RECEIVING, None)
    looked = uploads.inspect_only(upload=sent(upload, PDF), by=registry)
    assert looked == ("", [])


def test_a_known_document_that_goes_away_meanwhile(evaluation, by):
    outcome = uploads.settle(upload=arrived(evaluation, by, PDF), by=by)
    upload = begun(evaluation, by, PDF, sha256=sha256(PDF), place=Place("12.2", 1))
    slots.detach(link=outcome.link, by=by)
    Evidence.objects.update(discarded_at=clock.now(), discarded_by=by)
    assert "Unggah lagi" in uploads.settle(upload=upload, by=by).refusal
    again = begun(evaluation, by, PDF, sha256=sha256(PDF), place=Place("12.2", 1))
    assert again.state == UploadState.RECEIVING


def test_a_file_that_will_not_do_is_refused_for_good(evaluation, by):
    upload = arrived(evaluation, by, corpus.EXE, "akta.pdf")
    refusal = uploads.settle(upload=upload, by=by).refusal
    assert "isinya" in refusal
    upload.refresh_from_db()
    assert (upload.state, upload.refusal) == (UploadState.REFUSED, refusal)
    assert uploads.settle(upload=upload, by=by).refusal == refusal
    assert not Evidence.objects.exists()
    assert not UploadPiece.objects.exists()


def test_another_file_than_announced_is_refused(evaluation, by):
    upload = sent(begun(evaluation, by, PDF, sha256=sha256(OTHER)), PDF)
    assert "berbeda dari berkas yang dikirim" in uploads.settle(upload=upload, by=by).refusal
    assert not Evidence.objects.exists()


def test_without_room_it_waits_until_there_is_some(evaluation, by, settings):
    upload = arrived(evaluation, by, PDF)
    settings.EVIDENCE_QUESTION_MAX_BYTES = 10
    with pytest.raises(quotas.Full):
        uploads.settle(upload=upload, by=by)
    settings.EVIDENCE_QUESTION_MAX_BYTES = 10_000
    assert uploads.settle(upload=upload, by=by).evidence is not None


def test_an_incomplete_one_cannot_be_settled(evaluation, by):
    upload = begun(evaluation, by, PDF)
    upload = uploads.append(upload=upload, offset=0, data=PDF[:10], by=by)
    for ask in (uploads.settle, uploads.inspect_only):
        with pytest.raises(uploads.NotComplete, match="belum lengkap"):
            ask(upload=upload, by=by)


def test_after_submission_everything_waits(evaluation, by):
    upload = begun(evaluation, by, PDF)
    complete = arrived(evaluation, by, OTHER)
    submitted(evaluation, by)
    evaluation.refresh_from_db()
    for upload_ in (upload, complete):
        upload_.evaluation = evaluation
    with pytest.raises(Refused, match="terkunci"):
        begun(evaluation, by, PDF)
    with pytest.raises(Refused, match="terkunci"):
        uploads.append(upload=upload, offset=0, data=PDF, by=by)
    with pytest.raises(Refused, match="terkunci"):
        uploads.settle(upload=complete, by=by)
    Evaluation.objects.update(state=State.FILLING, submitted_at=None, submitted_by=None)
    evaluation.refresh_from_db()
    assert uploads.settle(upload=complete, by=by).evidence is not None
    uploads.abandon(upload=upload, by=by)


def test_a_submission_that_comes_first_wins(evaluation, by, monkeypatch, on_disk):
    upload = arrived(evaluation, by, PDF)
    real = slots.write_unless_known

    def meanwhile(*args):
        real(*args)
        submitted(evaluation, by)

    monkeypatch.setattr(slots, "write_unless_known", meanwhile)
    with pytest.raises(Refused, match="terkunci"):
        uploads.settle(upload=upload, by=by)
    assert not Evidence.objects.exists()
    assert all(name.startswith("incoming/") for name in on_disk())


# Whose


@pytest.mark.parametrize("who", ["contributor_health_tabalong", "leader_tabalong", "coordinator_tanahbumbu"])
def test_only_its_owner_touches_an_upload(evaluation, by, cast, who):
    upload = begun(evaluation, by, PDF)
    complete = arrived(evaluation, by, OTHER)
    other = getattr(cast, who)
    for deed in (
        lambda: uploads.append(upload=upload, offset=0, data=PDF, by=other),
        lambda: uploads.abandon(upload=upload, by=other),
        lambda: uploads.settle(upload=complete, by=other),
        lambda: uploads.inspect_only(upload=complete, by=other),
    ):
        with pytest.raises(Refused, match="orang lain"):
            deed()
    assert not uploads.mine(evaluation, by=other).exists()
    assert set(uploads.mine(evaluation, by=by)) == {upload, complete}


@pytest.mark.parametrize(
    "who",
    [
        "leader_tabalong",
        "auditor_kalsel",
        "verifier_kalsel",
        "coordinator_tanahbumbu",
        "contributor_registry_tabalong",
    ],
)
def test_who_cannot_attach_cannot_begin(evaluation, cast, who):
    with pytest.raises(Refused):
        begun(evaluation, getattr(cast, who), PDF)
    assert not Upload.objects.exists()


def test_called_off_nothing_stays(evaluation, by, on_disk, django_capture_on_commit_callbacks):
    upload = uploads.append(upload=begun(evaluation, by, PDF), offset=0, data=PDF[:10], by=by)
    with django_capture_on_commit_callbacks(execute=True):
        uploads.abandon(upload=upload, by=by)
    uploads.abandon(upload=upload, by=by)
    assert on_disk() == []
    with pytest.raises(pieces.Expired, match="dibatalkan"):
        uploads.append(upload=upload, offset=10, data=PDF[10:], by=by)
    assert on_disk() == []


def test_called_off_while_it_is_settled(evaluation, by, monkeypatch, on_disk):
    upload = arrived(evaluation, by, PDF)
    real = slots.write_unless_known

    def meanwhile(*args):
        real(*args)
        uploads.abandon(upload=upload, by=by)

    monkeypatch.setattr(slots, "write_unless_known", meanwhile)
    with pytest.raises(EvidenceRefused, match="sudah dibatalkan"):
        uploads.settle(upload=Upload.objects.get(pk=upload.pk), by=by)
    assert not Evidence.objects.exists()
    assert not [name for name in on_disk() if name.startswith("evidence/")]


# Many at once


def test_inspecting_says_what_it_is_without_keeping_it(evaluation, by):
    known = uploads.settle(upload=arrived(evaluation, by, PDF), by=by).evidence
    upload = arrived(evaluation, by, PDF, "salinan.pdf", place=None)
    assert uploads.inspect_only(upload=upload, by=by) == ("", [known])
    upload.refresh_from_db()
    assert upload.sha256 == sha256(PDF)
    bad = arrived(evaluation, by, corpus.EXE, "akta.pdf", place=None)
    refusal = uploads.inspect_only(upload=bad, by=by).refusal
    assert "isinya" in refusal
    bad.refresh_from_db()
    assert uploads.inspect_only(upload=bad, by=by).refusal == bad.refusal == refusal
    assert set(uploads.staged(evaluation, by=by)) == {upload, bad}
    assert Evidence.objects.count() == 1


def test_a_place_chosen_afterwards_or_none(evaluation, by):
    placed = uploads.settle(
        upload=arrived(evaluation, by, PDF, place=None), by=by, place=Place("12.2", 1), title="Dipilih"
    )
    assert (placed.evidence.title, EvidenceLink.objects.get().evidence) == ("Dipilih", placed.evidence)
    stored = uploads.settle(upload=arrived(evaluation, by, OTHER, "lain.pdf", place=None), by=by)
    assert (stored.evidence.title, stored.link) == ("lain", None)
    again = uploads.settle(upload=arrived(evaluation, by, OTHER, "lagi.pdf", place=None), by=by)
    assert (again.evidence, again.known) == (stored.evidence, True)


def test_a_whole_file_is_staged_in_pieces(evaluation, by, settings):
    settings.EVIDENCE_PIECE_BYTES = 300
    content = SimpleUploadedFile("Rekap.pdf", PDF, "application/pdf")
    upload = uploads.stage(evaluation=evaluation, content=content, path="K3/Rekap.pdf", by=by)
    assert (upload.state, upload.sha256, upload.path) == (UploadState.RECEIVED, sha256(PDF), "K3/Rekap.pdf")
    assert upload.pieces.count() == -(-len(PDF) // 300)
    content.seek(0)
    assert uploads.stage(evaluation=evaluation, content=content, path="K3/Rekap.pdf", by=by) == upload


# Photos


def photo(taken: str = "2025:03:04 10:11:12", size: tuple[int, int] = (80, 40)) -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = taken
    exif.get_ifd(0x8825)[1] = "S"
    out = intake.io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, "JPEG", exif=exif, quality=80)
    return out.getvalue()


def test_a_photo_keeps_its_day_and_loses_the_rest(evaluation, by, evidence_folder):
    data = photo()
    assert b"2025:03:04" in data
    outcome = uploads.settle(upload=arrived(evaluation, by, data, "foto.jpg", sha256=sha256(data)), by=by)
    (file,) = outcome.evidence.current_files
    kept = (evidence_folder / file.storage_name).read_bytes()
    assert b"2025:03:04" not in kept
    assert (file.sha256, file.size, file.source_sha256) == (sha256(kept), len(kept), sha256(data))
    assert outcome.evidence.document_date == date(2025, 3, 4)
    again = begun(evaluation, by, data, "foto.jpg", sha256=sha256(data), place=None)
    assert again.evidence == outcome.evidence, "known by the file as it was sent"


@pytest.mark.parametrize(
    "taken", ["0000:00:00 00:00:00", "1970:01:01 00:00:00", "2199:01:01 00:00:00", "kapan"]
)
def test_a_camera_without_a_clock_gives_no_day(evaluation, by, taken):
    outcome = uploads.settle(upload=arrived(evaluation, by, photo(taken), "foto.jpg"), by=by)
    assert outcome.evidence.document_date is None


def test_a_big_photo_is_scaled_down_on_request_only(evaluation, by, monkeypatch, evidence_folder):
    monkeypatch.setattr(intake, "LONGEST_SIDE", 60)

    def kept(name: str, **more: object):
        outcome = uploads.settle(upload=arrived(evaluation, by, photo(), name, **more), by=by)
        with Image.open(evidence_folder / outcome.evidence.current_files[0].storage_name) as picture:
            return picture.size

    assert kept("kecil.jpg", shrink=True) == (60, 30)
    assert kept("utuh.jpg") == (80, 40)

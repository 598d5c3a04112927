"""Reading a file after it was saved: the scanner's states, what is kept of the text, and what may go wrong."""

from __future__ import annotations

import logging
import socket
import struct
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from evaluations.domain.evidence import readings, slots
from evaluations.files.phrases import Presence
from evaluations.models import EvidenceFile, FileBand, FileReading, PageText, Scan
from kla_portal.events.models import Event, EventAction
from tests.evaluations.cycle import fresh
from tests.evaluations.domain.claims import hand_in
from tests.evaluations.evidence import corpus
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.files import papers

DECREE = """PEMERINTAH KABUPATEN TABALONG
KEPUTUSAN BUPATI TABALONG
NOMOR 188.45/12/KUM/2025
TENTANG GUGUS TUGAS KABUPATEN LAYAK ANAK
Gugus tugas mengoordinasikan pemenuhan hak anak di seluruh kecamatan, menyusun rencana aksi daerah,
memantau pelaksanaannya setiap triwulan, mengumpulkan data terpilah menurut umur dan jenis kelamin,
melaporkan hasilnya kepada bupati paling lambat tanggal sepuluh bulan berikutnya, menyebarluaskan
konvensi hak anak kepada masyarakat, menyelenggarakan pelatihan bagi petugas, dan melibatkan forum
anak dalam setiap musyawarah perencanaan pembangunan mulai tingkat desa sampai tingkat kabupaten."""
END = """Segala biaya dibebankan pada anggaran tahun 2025.
Ditetapkan di Tanjung
pada tanggal 12 Januari 2025"""
NAMES = "DAFTAR\nNo Nama Anak NIK Umur\n1 Budi 6309010101150001 9\n2 Siti 6309014102160002 8"
VIRUS = "TANDA-UJI-BUKAN-VIRUS"


@pytest.fixture
def add(evaluation, cast, upload):
    """``add("sk.pdf", data)`` -> the file of a new document at a health question; not read yet."""

    def put(name="sk.pdf", data=None) -> EvidenceFile:
        link = slots.add_file(
            evaluation=evaluation,
            code=HEALTH,
            slot_number=1,
            upload=upload(name, data),
            by=cast.coordinator_tabalong,
        )
        return link.evidence.files.get()

    return put


def thumbnails(on_disk) -> list[str]:
    return [name for name in on_disk() if name.startswith("thumbnails/")]


def test_a_decree_is_read_page_by_page(add, on_disk):
    file = add(data=papers.letter(DECREE, END))
    assert readings.take(str(file.pk)) == "read"
    kept = file.reading
    assert (kept.pages, kept.text_pages, kept.fault, kept.lowest_dpi) == (2, 2, "", None)
    assert kept.number_clue == "188.45/12/KUM/2025"
    assert kept.date_clue == date(2025, 1, 12)
    assert kept.year_clues == [2025]
    assert (kept.identity_numbers, kept.children_list) == (0, False)
    assert thumbnails(on_disk) == [kept.thumbnail]
    first, second = file.page_texts.all()
    assert (first.page, second.page) == (1, 2)
    assert "Ditetapkan di Tanjung" in second.text
    assert len(kept.signature) == 128
    assert file.bands.count() > 10


def test_a_list_of_children_is_noticed_and_no_number_of_it_kept(add):
    file = add(data=papers.letter("Lampiran", NAMES))
    readings.take(str(file.pk))
    row = FileReading.objects.filter(file=file).values().get()
    assert (row["identity_numbers"], row["children_list"]) == (2, True)
    assert "6309010101150001" not in str({key: value for key, value in row.items() if key != "file_id"})


def test_a_scan_has_a_resolution_and_no_text(add):
    file = add(data=papers.scan(96, pages=2))
    readings.take(str(file.pk))
    kept = file.reading
    assert (kept.pages, kept.text_pages, kept.lowest_dpi, kept.signature) == (2, 0, 96, None)
    assert not PageText.objects.filter(file=file).exists()
    assert not FileBand.objects.filter(file=file).exists()


def test_a_photo_has_its_size_and_the_date_that_came_with_it(add, on_disk):
    file = add("foto.jpg", corpus.picture("JPEG"))
    readings.read_file.call(str(file.pk), "2025-03-04")
    kept = FileReading.objects.get(file=file)
    assert kept.width and kept.height and kept.thumbnail
    assert kept.taken_on == date(2025, 3, 4)
    readings.take(str(file.pk))
    assert FileReading.objects.get(file=file).taken_on == date(2025, 3, 4), "the kept file does not tell it"


def test_a_workbook_has_text_and_no_picture(add, on_disk):
    file = add("hitungan.xlsx", corpus.workbook())
    readings.take(str(file.pk))
    assert file.reading.pages >= 1
    assert file.reading.thumbnail == ""
    assert thumbnails(on_disk) == []


def test_reading_again_replaces_what_was_kept(add, on_disk, django_capture_on_commit_callbacks):
    file = add(data=papers.letter(DECREE, END))
    readings.take(str(file.pk))
    first = FileReading.objects.get(file=file).thumbnail
    PageText.objects.create(file=file, page=9, text="dari pembaca lama")
    with django_capture_on_commit_callbacks(execute=True):
        readings.take(str(file.pk))
    assert FileReading.objects.count() == 1
    assert [page.page for page in file.page_texts.all()] == [1, 2]
    assert file.bands.count() == FileBand.objects.count() > 0
    assert thumbnails(on_disk) == [FileReading.objects.get(file=file).thumbnail] != [first]


def test_what_cannot_be_read_is_a_fault_and_no_crash(add, evidence_folder, caplog):
    file = add()
    (evidence_folder / file.storage_name).write_bytes(b"%PDF-1.7\nrusak")
    assert readings.take(str(file.pk)) == "read"
    kept = FileReading.objects.get(file=file)
    assert kept.fault
    assert (kept.pages, kept.thumbnail) == (0, "")
    assert "unreadable" in caplog.text


def test_a_file_that_is_gone_is_no_fault(add):
    file = add()
    pk = str(file.pk)
    file.delete()
    assert readings.take(pk) == ""
    assert not FileReading.objects.exists()


# After the save, outside it


def put_through_the_page(client, evaluation):
    address = reverse("evaluations:evidence_upload", args=[evaluation.pk, HEALTH, 1])
    return client.post(
        address,
        {"files": SimpleUploadedFile("sk.pdf", papers.letter(DECREE, END), content_type="application/pdf")},
    )


def test_an_upload_is_read_once_it_is_committed(
    evaluation, cast, sign_in, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        answer = put_through_the_page(sign_in(cast.coordinator_tabalong), evaluation)
        assert answer.status_code == 302
        assert not FileReading.objects.exists(), "not before"
    assert FileReading.objects.get().pages == 2


@pytest.mark.parametrize("fault", ["store", "machine", "queue"])
def test_a_reading_that_fails_leaves_the_upload_saved(
    evaluation, cast, sign_in, django_capture_on_commit_callbacks, evidence_folder, monkeypatch, caplog, fault
):
    def breaks(*_args, **_more):
        raise RuntimeError("gangguan uji")

    if fault == "machine":
        monkeypatch.setattr("sys.executable", "/tidak/ada/python")
    if fault == "queue":
        monkeypatch.setattr("django_tasks.backends.immediate.ImmediateBackend.enqueue", breaks)
    with django_capture_on_commit_callbacks(execute=True):
        answer = put_through_the_page(sign_in(cast.coordinator_tabalong), evaluation)
        if fault == "store":
            (evidence_folder / EvidenceFile.objects.get().storage_name).unlink()
    assert answer.status_code == 302
    assert EvidenceFile.objects.count() == 1
    assert not FileReading.objects.exists()
    assert [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert list(readings.pending()) == [EvidenceFile.objects.get()], "tried again later"


def test_nothing_stays_of_a_reading_that_could_not_be_kept(add, on_disk, monkeypatch):
    file = add(data=papers.letter(DECREE))

    def breaks(*_args, **_more):
        raise RuntimeError("basis data berhenti")

    monkeypatch.setattr(FileBand.objects, "bulk_create", breaks)
    with pytest.raises(RuntimeError):
        readings.take(str(file.pk))
    assert not FileReading.objects.exists()
    assert not PageText.objects.exists()
    assert thumbnails(on_disk) == []


def test_reading_is_nobodys_deed(add, evaluation, cast):
    file = add(data=papers.letter(DECREE))
    events, before = Event.objects.count(), fresh(evaluation).last_activity_at
    readings.take(str(file.pk))
    assert Event.objects.count() == events
    assert fresh(evaluation).last_activity_at == before


def test_what_is_kept_of_open_evaluations_follows_and_what_was_handed_in_stays(add, evaluation, cast):
    file = add(data=papers.letter(DECREE))
    open_one = fresh(evaluation)
    type(open_one).objects.filter(pk=open_one.pk).update(slots_filled=99)
    readings.take(str(file.pk))
    assert fresh(evaluation).slots_filled == 1, "recomputed"
    hand_in(fresh(evaluation), by=cast.coordinator_tabalong)
    type(open_one).objects.filter(pk=open_one.pk).update(slots_filled=99)
    readings.take(str(file.pk))
    assert fresh(evaluation).slots_filled == 99, "nobody touches what was handed in"


# The scanner


class Scanner:
    """A clamd that knows one virus. ``silent``: it takes connections and says nothing of use."""

    def __init__(self, path: str) -> None:
        self.address, self.silent, self.seen = path, False, 0
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(path)
        self._listening.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listening.accept()
                with line, suppress(OSError, struct.error):
                    line.sendall(self._answer(line))

    def _answer(self, line: socket.socket) -> bytes:
        with line.makefile("rb") as stream:
            if stream.read(2) == b"zV":
                stream.read(len("ERSION\0"))
                return b"? COMMAND UNAVAILABLE\0" if self.silent else b"ClamAV 1.4.3/1/uji\0"
            stream.read(len("NSTREAM\0"))
            data = b""
            while length := struct.unpack(">I", stream.read(4))[0]:
                data += stream.read(length)
        self.seen += 1
        if self.silent:
            return b"stream: Can't allocate memory ERROR\0"
        return b"stream: Uji.Tanda FOUND\0" if VIRUS.encode() in data else b"stream: OK\0"

    def stop(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)


@pytest.fixture
def scanner(settings) -> Iterator[Scanner]:
    with tempfile.TemporaryDirectory(prefix="kla-") as folder:
        running = Scanner(f"{folder}/clamd")
        settings.CLAMAV_SOCKET = running.address
        yield running
        running.stop()


def refused() -> list[Event]:
    return list(Event.objects.filter(action=EventAction.EVIDENCE_REFUSED))


def test_a_clean_file_is_opened_up_and_read(add, scanner):
    file = add(data=papers.letter(DECREE))
    assert file.scan == Scan.WAITING
    assert readings.take(str(file.pk)) == "read"
    file.refresh_from_db()
    assert (file.scan, file.openable) == (Scan.CLEAN, True)
    assert file.reading.pages == 1
    assert not refused()


def test_what_the_scanner_finds_stays_closed_and_unread(add, scanner, evidence_folder):
    file = add(data=papers.letter(VIRUS))
    assert readings.take(str(file.pk)) == "refused"
    file.refresh_from_db()
    assert (file.scan, file.openable) == (Scan.INFECTED, False)
    assert not FileReading.objects.exists()
    assert (evidence_folder / file.storage_name).exists(), "kept until it is removed"
    (event,) = refused()
    assert (event.by, event.data["virus"], event.district_id) == (None, "Uji.Tanda", "63.09")
    assert event.subject == f"data-dukung:{file.evidence_id}"
    assert readings.take(str(file.pk)) == "refused"
    assert len(refused()) == 1, "said once"
    assert not readings.pending().exists()


@pytest.mark.parametrize("how", ["gone", "silent"])
def test_a_scanner_without_a_clear_answer_leaves_the_file_waiting(add, scanner, how):
    file = add(data=papers.letter(DECREE))
    scanner.silent = how == "silent"
    if how == "gone":
        Path(scanner.address).unlink()
    assert readings.take(str(file.pk)) == "waiting"
    file.refresh_from_db()
    assert (file.scan, file.openable) == (Scan.WAITING, False)
    assert not FileReading.objects.exists()
    assert list(readings.pending()) == [file]


def test_with_the_scanner_switched_off_waiting_ends(add, scanner, settings):
    file = add(data=papers.letter(DECREE))
    settings.CLAMAV_SOCKET = ""
    assert readings.take(str(file.pk)) == "read"
    file.refresh_from_db()
    assert file.scan == Scan.OFF


# manage.py read_evidence


def ran(capsys, *options: str) -> str:
    call_command("read_evidence", *options)
    return capsys.readouterr().out


def test_the_command_works_through_what_waits_and_what_is_unread(add, scanner, settings, capsys):
    settings.CLAMAV_SOCKET = ""
    unread = add(data=papers.letter("Dokumen sebelum ada pemindai"))
    settings.CLAMAV_SOCKET = scanner.address
    add(data=papers.letter(DECREE))
    add(data=papers.letter(VIRUS))
    said = ran(capsys)
    assert "2 berkas dibaca, 1 ditolak pemindai, 0 menunggu pemindai, 0 gagal" in said
    assert unread.reading.pages == 1
    assert "0 berkas dibaca, 0 ditolak" in ran(capsys), "nothing is done twice"
    assert "2 berkas dibaca, 1 ditolak" in ran(capsys, "--again")


def test_the_command_asks_an_absent_scanner_once_and_reads_the_others(add, scanner, settings, capsys):
    settings.CLAMAV_SOCKET = ""
    add(data=papers.letter("Dokumen sebelum ada pemindai"))
    settings.CLAMAV_SOCKET = scanner.address
    for number in range(3):
        add(data=papers.letter(f"Surat {number}"))
    scanner.silent = True
    with pytest.raises(CommandError, match="3 berkas belum selesai"):
        ran(capsys)
    assert scanner.seen == 0
    assert "1 berkas dibaca, 0 ditolak pemindai, 3 menunggu" in capsys.readouterr().out
    scanner.silent = False
    assert "3 berkas dibaca" in ran(capsys)


def test_one_bad_file_does_not_keep_the_others_waiting(add, evidence_folder, capsys):
    lost, good = add(data=papers.letter("Hilang")), add(data=papers.letter("Ada"))
    (evidence_folder / lost.storage_name).unlink()
    with pytest.raises(CommandError, match="1 berkas belum selesai"):
        ran(capsys)
    assert FileReading.objects.get().file == good
    assert list(readings.pending()) == [lost]


# The quoted phrase


def found(file: EvidenceFile, quote: str, named: str = "") -> tuple[Presence, tuple[int, ...]]:
    looked = readings.find_quote(file, file.reading.pages, quote, named)
    return looked.presence, looked.pages


def test_a_phrase_is_looked_for_on_the_named_pages_and_then_elsewhere(add):
    file = add(data=papers.joined(papers.letter(DECREE, END), papers.scan(96)))
    readings.take(str(file.pk))
    file.refresh_from_db()
    assert found(file, "pada tanggal 12 januari 2025", "2") == (Presence.FOUND_HERE, (2,))
    assert found(file, "pada tanggal 12 Januari 2025", "1") == (Presence.FOUND_ELSEWHERE, (2,))
    assert found(file, "pada tanggal 12 Januari 2025") == (Presence.FOUND_HERE, (2,))
    assert found(file, "dana desa", "1-2") == (Presence.NOT_FOUND, ())
    assert found(file, "pada tanggal 12 Januari 2025", "3") == (Presence.NO_TEXT, (2,))


def test_a_word_file_has_no_pages_to_look_on(add):
    file = add("sk.docx", corpus.office())
    readings.take(str(file.pk))
    text = PageText.objects.filter(file=file).values_list("text", flat=True).first() or ""
    presence, _ = found(file, text or "apa saja", "7")
    assert presence == (Presence.FOUND_HERE if text else Presence.NO_TEXT)

"""The ZIP of an evaluation: what is in it, what is only listed, its bytes, and who gets which part."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations.domain.evidence import archive as zipped
from evaluations.models import Evidence, EvidenceFile, EvidenceLink, Return, ReturnItem, Scan, Stage
from indicators.domain.spec import loaded
from kla_portal import clock
from kla_portal.events.models import Event, EventAction
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.evidence.stock import Stock

REGISTRY = "1.1"
"""A question of another cluster and agency."""


@pytest.fixture
def stock(evaluation, cast):
    return Stock(evaluation, cast.coordinator_tabalong)


def bytes_of(archive) -> bytes:
    return b"".join(zipped.stream(archive))


def opened(data: bytes) -> zipfile.ZipFile:
    found = zipfile.ZipFile(io.BytesIO(data))
    assert found.testzip() is None
    return found


def made(evaluation, **choice) -> zipfile.ZipFile:
    return opened(bytes_of(zipped.archive_of(evaluation, **choice)))


def listed(found: zipfile.ZipFile) -> list[dict[str, str]]:
    text = found.read("indeks.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


# What is in it


def test_files_lie_in_the_folder_of_their_slot(evaluation, stock):
    stock.put(HEALTH, b"satu", "SK Bupati", pages="4-6", quote="=menetapkan", number="188/2025")
    stock.put(HEALTH, b"dua", "SK Bupati")
    stock.put(REGISTRY, b"tiga", "Profil: anak/2025?")
    found = made(evaluation)
    folders = [name for name in found.namelist() if "/" in name]
    assert len(folders) == 3
    registry, first, second = folders
    assert registry.startswith("K0 ")
    assert registry.endswith("/01 Profil- anak-2025-.pdf")
    assert f"/{HEALTH} - 1 " in first
    assert (first[-16:], second[-16:]) == ("01 SK Bupati.pdf", "02 SK Bupati.pdf")
    assert [found.read(name) for name in folders] == [b"tiga", b"satu", b"dua"]
    rows = listed(found)
    assert [row["berkas"] for row in rows] == folders
    assert rows[1]["sha256"] == hashlib.sha256(b"satu").hexdigest()
    assert (rows[1]["halaman"], rows[1]["nomor"], rows[1]["ukuran_byte"]) == ("4-6", "188/2025", "4")
    assert rows[1]["kutipan"] == "'=menetapkan", "no formula"


def test_the_index_leads_to_the_files(evaluation, stock):
    stock.put(HEALTH, b"satu", "Foto <b>posyandu</b> & kader #1", quote="“dua”")
    page = made(evaluation).read("indeks.html").decode()
    assert "Foto &lt;b&gt;posyandu&lt;/b&gt; &amp; kader #1" in page
    assert '%20%26%20kader%20%231.pdf"' in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_one_content_lies_in_it_once(evaluation, stock):
    link = stock.put(HEALTH, b"x" * 5000, "Satu foto")
    stock.link(link.evidence, REGISTRY)
    archive = zipped.archive_of(evaluation)
    found = opened(bytes_of(archive))
    first, second = [name for name in found.namelist() if "/" in name]
    assert (first[-17:], second[-25:]) == ("/01 Satu foto.pdf", "/01 Satu foto (lihat).txt")
    assert first in found.read(second).decode()
    assert {row["berkas"] for row in listed(found)} == {first}
    assert archive.files == 1


def test_several_files_and_only_those_in_force(evaluation, stock, cast):
    link = stock.put(HEALTH, b"lama", "Laporan")
    EvidenceFile.objects.update(retired_at=clock.now(), retired_by=cast.coordinator_tabalong)
    stock.file(link.evidence, b"baru", revision=2)
    stock.file(link.evidence, b"lampiran", number=2, filename="lampiran.XLSX")
    found = made(evaluation)
    names = [name for name in found.namelist() if "/" in name]
    assert [found.read(name) for name in names] == [b"baru", b"lampiran"]
    assert names[1].endswith("/02 Laporan.xlsx")


def test_what_cannot_go_in_is_listed_with_the_reason(evaluation, stock, cast, evidence_folder):
    waiting, infected, gone, short, discarded = (
        stock.put(HEALTH, bytes([number] * 9), title)
        for number, title in enumerate(["Ditunggu", "Bervirus", "Hilang", "Rusak", "Dibuang"])
    )
    stock.put(
        HEALTH, b"masuk", "Masuk", withdrawn_at=clock.now(), withdrawn_by=stock.by, withdrawn_reason="salah"
    )
    EvidenceLink.objects.filter(pk=stock.put(HEALTH, b"lepas", "Dilepas").pk).update(
        removed_at=clock.now(), removed_by=stock.by
    )
    stock.link(stock.document("Situs", url="https://tabalong.go.id/kla"), HEALTH)
    EvidenceFile.objects.filter(evidence=waiting.evidence).update(scan=Scan.WAITING)
    EvidenceFile.objects.filter(evidence=infected.evidence).update(scan=Scan.INFECTED)
    (evidence_folder / gone.evidence.current_files[0].storage_name).unlink()
    (evidence_folder / short.evidence.current_files[0].storage_name).write_bytes(b"1")
    Evidence.objects.filter(pk=discarded.evidence_id).update(discarded_at=clock.now(), discarded_by=stock.by)
    archive = zipped.archive_of(evaluation)
    assert (archive.files, archive.links, archive.left_out) == (1, 1, 5)
    found = opened(bytes_of(archive))
    notes = {row["judul_dokumen"]: (bool(row["berkas"]), row["catatan"]) for row in listed(found)}
    assert notes["Masuk"] == (True, "ditarik: salah")
    assert notes["Ditunggu"] == (False, "tidak disertakan: sedang diperiksa pemindai virus")
    assert notes["Bervirus"] == (False, "tidak disertakan: ditolak pemindai virus")
    assert notes["Dibuang"] == (False, "tidak disertakan: ada di keranjang")
    assert "hilang atau rusak" in notes["Hilang"][1]
    assert "hilang atau rusak" in notes["Rusak"][1]
    assert "Dilepas" not in notes
    assert (
        next(r["tautan"] for r in listed(found) if r["judul_dokumen"] == "Situs")
        == "https://tabalong.go.id/kla"
    )


def test_another_districts_documents_are_not_in_it(evaluation, neighbour_evaluation, cast, stock):
    Stock(neighbour_evaluation, cast.coordinator_tanahbumbu).put(HEALTH, b"tetangga", "Rahasia tetangga")
    stock.put(HEALTH, b"sendiri")
    assert b"tetangga" in bytes_of(zipped.archive_of(neighbour_evaluation)), "else this would prove nothing"
    assert b"tetangga" not in bytes_of(zipped.archive_of(evaluation))


# Its bytes


def test_the_same_rows_give_the_same_bytes(evaluation, stock):
    for number in range(5):
        stock.put(HEALTH, bytes([number]) * 1000, f"Dokumen {number}")
    archive = zipped.archive_of(evaluation)
    data = bytes_of(archive)
    assert len(data) == archive.size
    with time_machine.travel(clock.now() + timedelta(days=3)):
        later = zipped.archive_of(evaluation)
        assert (bytes_of(later), later.digest) == (data, archive.digest)
    EvidenceLink.objects.filter(evaluation=evaluation).update(pages="2")
    assert zipped.archive_of(evaluation).digest != archive.digest


def test_a_file_carries_the_date_of_its_row_in_the_districts_time(evaluation, stock):
    link = stock.put(HEALTH, b"satu")
    (info,) = [info for info in made(evaluation).infolist() if "/" in info.filename]
    there = link.evidence.added_at.astimezone(evaluation.district.province.zone)
    assert info.date_time[:5] == (there.year, there.month, there.day, there.hour, there.minute)
    assert info.compress_type == zipfile.ZIP_STORED


def test_a_file_that_changes_on_the_way_breaks_the_zip_off(evaluation, stock, evidence_folder):
    link = stock.put(HEALTH, b"seratus")
    archive = zipped.archive_of(evaluation)
    (evidence_folder / link.evidence.current_files[0].storage_name).write_bytes(b"lain")
    with pytest.raises(RuntimeError, match="4 bytes instead of 7"):
        bytes_of(archive)
    (evidence_folder / link.evidence.current_files[0].storage_name).unlink()
    with pytest.raises(FileNotFoundError):
        bytes_of(archive)


def test_queries_do_not_grow_with_the_documents(evaluation, stock, django_assert_num_queries):
    stock.put(HEALTH, b"satu")
    for expected in (2, 2):
        with django_assert_num_queries(expected):
            zipped.archive_of(evaluation)
        stock.put(HEALTH, b"dua")
        stock.put(REGISTRY, b"tiga")


def resident() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads the process's memory from /proc")
def test_memory_does_not_grow_with_the_library(evaluation, stock, evidence_folder):
    """300 MB in 15 files of 20 MB, which take no room on the disk."""
    size = 20_000_000
    for number in range(15):
        link = stock.put(HEALTH, b"isi", f"Foto {number}")
        file = link.evidence.current_files[0]
        with (evidence_folder / file.storage_name).open("r+b") as sparse:
            sparse.truncate(size)
        EvidenceFile.objects.filter(pk=file.pk).update(size=size, sha256=f"{number:064x}")
    archive = zipped.archive_of(evaluation)
    assert archive.size > 300_000_000
    before = highest = resident()
    total = 0
    for number, piece in enumerate(zipped.stream(archive)):
        total += len(piece)
        if number % 50 == 0:
            highest = max(highest, resident())
    assert total == archive.size
    assert highest - before < 40_000_000


# Over HTTP


def zip_path(evaluation, query=""):
    return reverse("evaluations:evidence_zip", args=[evaluation.pk]) + query


def page_path(evaluation, query=""):
    return reverse("evaluations:evidence_archive", args=[evaluation.pk]) + query


def content(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_the_coordinator_gets_it_as_a_file(evaluation, stock, sign_in, cast):
    stock.put(HEALTH, b"satu")
    answer = sign_in(cast.coordinator_tabalong).get(zip_path(evaluation))
    assert answer["Content-Type"] == "application/zip"
    assert (
        answer["Content-Disposition"] == 'attachment; filename="Data dukung KLA 2026 Kabupaten Tabalong.zip"'
    )
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    data = content(answer)
    assert answer["Content-Length"] == str(len(data))
    assert b"satu" in data


def test_a_broken_download_goes_on(evaluation, stock, sign_in, cast):
    for number in range(4):
        stock.put(HEALTH, bytes([65 + number]) * 70_000, f"Dokumen {number}")
    client = sign_in(cast.verifier_kalsel)
    whole = client.get(zip_path(evaluation))
    data = content(whole)
    for start in (1, 70_000, len(data) - 1):
        rest = client.get(
            zip_path(evaluation), headers={"Range": f"bytes={start}-", "If-Range": whole["ETag"]}
        )
        assert (rest.status_code, rest["Content-Range"]) == (
            206,
            f"bytes {start}-{len(data) - 1}/{len(data)}",
        )
        assert content(rest) == data[start:]
    stock.put(HEALTH, b"baru")
    again = client.get(zip_path(evaluation), headers={"Range": "bytes=9-", "If-Range": whole["ETag"]})
    assert again.status_code == 200, "another ZIP by now"
    assert len(content(again)) > len(data)
    head = client.head(zip_path(evaluation))
    assert (head.content, head["Content-Length"]) == (b"", again["Content-Length"])


def test_it_is_written_down_once_with_what_concerns_children(evaluation, stock, sign_in, cast, spec):
    sensitive = next(q.code for q in spec.questions() if q.sensitive and q.slots)
    stock.put(HEALTH, b"biasa")
    about = stock.put(sensitive, b"anak").evidence
    unseen = stock.put(sensitive, b"ditunggu").evidence
    EvidenceFile.objects.filter(evidence=unseen).update(scan=Scan.WAITING)
    client = sign_in(cast.verifier_kalsel)
    client.get(page_path(evaluation))
    client.head(zip_path(evaluation))
    assert not Event.objects.filter(action=EventAction.EVIDENCE_EXPORTED).exists()
    content(client.get(zip_path(evaluation)))
    client.get(zip_path(evaluation), headers={"Range": "bytes=50-"})
    event = Event.objects.get(action=EventAction.EVIDENCE_EXPORTED)
    assert (event.by, event.subject, event.data["files"]) == (
        cast.verifier_kalsel,
        f"evaluasi:{evaluation.pk}",
        2,
    )
    seen = Event.objects.get(action=EventAction.EVIDENCE_OPENED)
    assert (seen.subject, seen.data["codes"]) == (f"data-dukung:{about.pk}", [sensitive])
    content(client.get(zip_path(evaluation)))
    assert Event.objects.filter(action=EventAction.EVIDENCE_OPENED).count() == 2, (
        "a second time is a second time"
    )


def test_a_selection(evaluation, stock, sign_in, cast):
    stock.put(HEALTH, b"kesehatan")
    stock.put(REGISTRY, b"akta")
    client = sign_in(cast.verifier_kalsel)

    def holds(query):
        data = content(client.get(zip_path(evaluation, query)))
        return b"kesehatan" in data, b"akta" in data

    assert holds("") == (True, True)
    assert holds("?klaster=K0") == (False, True)
    assert holds(f"?pertanyaan={HEALTH}") == (True, False)
    assert holds(f"?klaster=K0&pertanyaan={HEALTH}") == (True, True)
    assert holds("?kembali=1") == (False, False)
    now = clock.now()
    sent = Return.objects.create(
        evaluation=evaluation, stage=Stage.VA, sequence=1, sent_at=now, sent_by=cast.verifier_kalsel,
        due_at=now + timedelta(days=1), locks_at=now + timedelta(days=2),
    )  # fmt: skip
    question = loaded(evaluation.edition.instrument).question_ids[HEALTH]
    ReturnItem.objects.create(sent_back=sent, question_id=question, needed="SK yang baru")
    assert holds("?kembali=1") == (True, False)
    assert holds("?kembali=1&klaster=K0") == (False, False)
    for unknown in ("?klaster=K9", "?pertanyaan=99.9", "?pertanyaan='"):
        assert client.get(zip_path(evaluation, unknown)).status_code == 404
        page = client.get(page_path(evaluation, unknown))
        assert (page.status_code, "tidak dikenal" in page.content.decode()) == (422, True)


def test_the_page_says_what_it_will_hold(evaluation, stock, sign_in, cast):
    client = sign_in(cast.coordinator_tabalong)
    assert "Belum ada data dukung yang terpasang" in client.get(page_path(evaluation)).content.decode()
    stock.put(HEALTH, b"kesehatan")
    stock.put(REGISTRY, b"x" * 1_200_000)
    text = client.get(page_path(evaluation)).content.decode()
    assert "Unduh ZIP (1,2 MB)" in text
    assert "Hanya pertanyaan dalam pengembalian terakhir" not in text
    chosen = client.get(page_path(evaluation, f"?pertanyaan={HEALTH}")).content.decode()
    assert f'{zip_path(evaluation)}?pertanyaan={HEALTH}"' in chosen
    assert "1,2 MB" not in chosen
    assert f'value="{HEALTH}" checked' in chosen


def test_a_contributor_gets_the_part_of_their_agency(evaluation, stock, sign_in, cast):
    stock.put(HEALTH, b"kesehatan", "Imunisasi")
    stock.put(REGISTRY, b"akta", "Akta kelahiran")
    health = sign_in(cast.contributor_health_tabalong)
    data = content(health.get(zip_path(evaluation)))
    assert (b"kesehatan" in data, b"akta" in data, b"Akta kelahiran" in data) == (True, False, False)
    assert health.get(zip_path(evaluation, f"?pertanyaan={REGISTRY}")).status_code == 404
    assert content(health.get(zip_path(evaluation, f"?pertanyaan={HEALTH}"))) == data
    assert b"akta" not in content(health.get(zip_path(evaluation, "?klaster=K0")))
    assert "Akta" not in health.get(page_path(evaluation)).content.decode()


def test_the_pages_queries_do_not_grow(evaluation, stock, sign_in, cast):
    client = sign_in(cast.coordinator_tabalong)
    stock.put(HEALTH, b"satu")
    client.get(page_path(evaluation))
    before = len(_queries(client, page_path(evaluation)))
    stock.put(HEALTH, b"dua")
    stock.put(REGISTRY, b"tiga")
    assert len(_queries(client, page_path(evaluation))) == before


def _queries(client, path):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return captured.captured_queries

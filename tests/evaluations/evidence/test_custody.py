"""The storage holds what the rows name, and nothing else; and it moves elsewhere whole, also when it breaks off."""

from __future__ import annotations

import io
import os
import sys
import time
import uuid
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.management import CommandError, call_command

from evaluations.domain.documents import Document
from evaluations.domain.evidence import custody, store
from evaluations.models import EvidenceFile, FileReading, ReportKind, Upload, UploadPiece
from kla_portal import clock
from kla_portal.stores import report_store
from tests.evaluations.evidence.conftest import HEALTH
from tests.evaluations.evidence.stock import Stock

DAYS = 24 * 60 * 60


@pytest.fixture
def stock(evaluation, cast):
    return Stock(evaluation, cast.coordinator_tabalong)


@pytest.fixture
def lie(evidence_folder):
    """``lie("evidence/aa/x.pdf", days=3)``: a file without a row, last written so long ago."""

    def put(name, days=3):
        path = evidence_folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"yatim")
        then = time.time() - days * DAYS
        os.utime(path, (then, then))
        return path

    return put


@pytest.fixture
def everything(stock, evaluation):
    """One of each kind of thing in the storage, each with its row. Returns the evidence file."""
    now = clock.now()
    file = stock.put(HEALTH, b"isi dokumen").evidence.current_files[0]
    store.storage().save("thumbnails/aa/kecil.webp", ContentFile(b"kecil"))
    FileReading.objects.create(file=file, thumbnail="thumbnails/aa/kecil.webp", read_at=now)
    store.storage().save(f"previews/aa/{file.pk}/1-720.webp", ContentFile(b"halaman"))
    upload = Upload.objects.create(
        evaluation=evaluation, by=stock.by, path="a.pdf", size=9, received=5, started_at=now, touched_at=now
    )
    store.storage().save("incoming/aa/potongan", ContentFile(b"12345"))
    UploadPiece.objects.create(upload=upload, offset=0, size=5, storage_name="incoming/aa/potongan")
    return file


def verify(**options):
    """(Exit code, what was said, what was complained about)."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("verify_evidence", stdout=out, stderr=err, **options)
    except SystemExit as ended:
        return ended.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


# Verifying


def test_all_is_well(everything):
    code, said, complaints = verify()
    assert (code, complaints) == (0, "")
    assert said == "3 berkas diperiksa (21 byte), 0 tidak beres.\n"


def test_what_is_missing_or_changed_is_named(everything, stock, evidence_folder):
    changed = stock.put(HEALTH, b"asli").evidence.current_files[0]
    (evidence_folder / changed.storage_name).write_bytes(b"ubah")
    (evidence_folder / everything.storage_name).unlink()
    (evidence_folder / "thumbnails/aa/kecil.webp").unlink()
    (evidence_folder / "incoming/aa/potongan").write_bytes(b"12")
    code, said, complaints = verify()
    assert code == 1
    assert sorted(complaints.splitlines()) == sorted(
        [
            f"hilang: {everything.storage_name} (63.09)",
            f"berubah: {changed.storage_name} (63.09)",
            "hilang: thumbnails/aa/kecil.webp (63.09)",
            "berubah: incoming/aa/potongan (63.09)",
        ]
    )
    assert "4 tidak beres" in said


def test_one_district_alone(everything, neighbour_evaluation, cast, evidence_folder, lie):
    file = (
        Stock(neighbour_evaluation, cast.coordinator_tanahbumbu)
        .put(HEALTH, b"tetangga")
        .evidence.current_files[0]
    )
    (evidence_folder / file.storage_name).unlink()
    lie("evidence/aa/yatim.pdf")
    assert verify(district="63.09")[0] == 0
    assert verify(district="63.10") == (1, "1 berkas diperiksa (0 byte), 1 tidak beres.\n", f"hilang: {file.storage_name} (63.10)\n")  # fmt: skip
    with pytest.raises(CommandError, match=r"99\.99 tidak ada"):
        verify(district="99.99")


def test_a_row_that_goes_meanwhile_is_no_fault(everything, evidence_folder, monkeypatch):
    """As the pieces of an upload do, which is settled while this runs."""
    real = custody.digest_of

    def settled(storage, name):
        if name.startswith("incoming/"):
            UploadPiece.objects.all().delete()
            storage.delete(name)
        return real(storage, name)

    monkeypatch.setattr(custody, "digest_of", settled)
    assert verify()[0] == 0


def test_a_store_that_fails_is_no_whole_file(everything, monkeypatch):
    def broken(*_):
        raise OSError("rusak")

    monkeypatch.setattr(FileSystemStorage, "_open", broken)
    code, _, complaints = verify()
    assert code == 1
    assert complaints.count("tidak terbaca: ") == 3


def test_orphans_are_named_and_young_ones_left_alone(everything, lie):
    names = [
        "evidence/aa/yatim.pdf",
        "thumbnails/bb/yatim.webp",
        f"previews/cc/{uuid.uuid4()}/1-360.webp",
        "previews/dd/bukan-uuid/1-360.webp",
        "incoming/ee/yatim",
    ]
    for name in names:
        lie(name)
    lie("evidence/ff/baru.pdf", days=0)
    lie("lain/bukan-milik-kita.pdf")
    code, _, complaints = verify()
    assert code == 1
    assert sorted(complaints.splitlines()) == sorted(f"yatim: {name}" for name in names)
    assert verify(older_than_days=5)[0] == 0


def test_a_piece_that_goes_while_orphans_are_sought_is_none(everything, lie, monkeypatch):
    """Uploads are settled all the time: their pieces are listed, and gone when their age is asked for."""
    piece = lie("incoming/ee/potongan")
    real = custody._unknown

    def settled_meanwhile(folder, names):
        found = list(real(folder, names))
        piece.unlink(missing_ok=True)
        return found

    monkeypatch.setattr(custody, "_unknown", settled_meanwhile)
    assert verify()[0] == 0


def test_orphans_are_deleted_when_told_so(everything, lie, on_disk):
    before = on_disk()
    lie("evidence/aa/yatim.pdf")
    young = lie("evidence/ff/baru.pdf", days=0)
    code, said, complaints = verify(delete_orphans=True)
    assert (code, complaints) == (0, "yatim, dihapus: evidence/aa/yatim.pdf\n")
    assert said.endswith("0 tidak beres, 1 yatim dihapus.\n")
    young.unlink()
    assert on_disk() == before
    with pytest.raises(CommandError, match="paling sedikit 1"):
        verify(delete_orphans=True, older_than_days=0)
    with pytest.raises(CommandError, match="tanpa --district"):
        verify(delete_orphans=True, district="63.09")


def test_queries_do_not_grow_with_the_files_of_one_folder(stock, django_assert_num_queries, lie):
    counts = []
    for number in (1, 3):
        for made in range(number):
            lie(f"evidence/aa/{number}-{made}.pdf")
        with django_assert_num_queries(3):
            counts.append(len(list(custody.orphans(before=clock.now()))))
    assert counts == [1, 4]


# Moving


@pytest.fixture
def move(tmp_path_factory):
    """``move("local:/x")`` -> what it said."""

    def run(to, **options):
        out = io.StringIO()
        call_command("move_evidence", to=to, stdout=out, stderr=io.StringIO(), **options)
        return out.getvalue()

    return run


@pytest.fixture
def elsewhere(tmp_path_factory):
    return tmp_path_factory.mktemp("tujuan")


def files_in(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_everything_a_row_names_is_copied(everything, evidence_folder, elsewhere, move, lie):
    lie("evidence/aa/yatim.pdf")
    said = move(f"local:{elsewhere}")
    assert "3 berkas disalin (21 byte), 0 sudah ada, 0 gagal." in said
    assert "kosongkan EVIDENCE_STORAGE" in said
    copied = files_in(elsewhere)
    assert sorted(copied) == [everything.storage_name, "incoming/aa/potongan", "thumbnails/aa/kecil.webp"]
    kept = files_in(evidence_folder)
    assert all(kept[name] == content for name, content in copied.items())
    assert (elsewhere / everything.storage_name).stat().st_mode & 0o777 == 0o600
    assert "0 berkas disalin (0 byte), 3 sudah ada, 0 gagal." in move(f"local:{elsewhere}")


def test_rendered_reports_go_along(cast, move, elsewhere, settings, tmp_path):
    """Their storage follows EVIDENCE_STORAGE: left behind, every paper of before would be lost."""
    settings.STORAGES = settings.STORAGES | {"reports": report_store("", tmp_path / "reports")}
    report = Document(ReportKind.STAGES, "csv", {"uji": 1}, lambda seal: b"kode;nilai\n").ensure(
        by=cast.admin_national
    )
    assert "1 berkas disalin (11 byte), 0 sudah ada, 0 gagal." in move(f"local:{elsewhere / 'evidence'}")
    assert files_in(elsewhere) == {f"reports/{report.storage_name}": b"kode;nilai\n"}
    assert "0 berkas disalin (0 byte), 1 sudah ada, 0 gagal." in move(f"local:{elsewhere / 'evidence'}")
    (tmp_path / "reports" / report.storage_name).unlink()
    with pytest.raises(CommandError, match="Belum semua berkas"):
        move(f"local:{tmp_path / 'lain' / 'evidence'}")


def test_a_dry_run_writes_nothing(everything, elsewhere, move):
    said = move(f"local:{elsewhere}", dry_run=True)
    assert "3 berkas akan disalin (21 byte), 0 sudah ada, 0 gagal." in said
    assert "Berikutnya" not in said
    assert files_in(elsewhere) == {}


def test_a_move_that_broke_off_goes_on(stock, elsewhere, move, monkeypatch):
    """The line goes after three files and in the middle of the fourth."""
    for number in range(6):
        stock.put(HEALTH, bytes([number]) * 1000)
    saved, real = [], FileSystemStorage._save

    def breaks(self, name, content):
        saved.append(name)
        if len(saved) == 4:
            real(self, name, ContentFile(content.read(400)))
            raise KeyboardInterrupt
        return real(self, name, content)

    monkeypatch.setattr(FileSystemStorage, "_save", breaks)
    with pytest.raises(KeyboardInterrupt):
        move(f"local:{elsewhere}")
    assert sorted(map(len, files_in(elsewhere).values())) == [400, 1000, 1000, 1000]
    monkeypatch.setattr(FileSystemStorage, "_save", real)
    assert "3 berkas disalin (3 kB), 3 sudah ada, 0 gagal." in move(f"local:{elsewhere}")
    assert set(map(len, files_in(elsewhere).values())) == {1000}
    assert sorted(files_in(elsewhere)) == sorted(EvidenceFile.objects.values_list("storage_name", flat=True))


def test_what_is_not_whole_is_not_called_moved(stock, elsewhere, evidence_folder, move, capsys):
    good, changed, gone = (stock.put(HEALTH, bytes([n]) * 9).evidence.current_files[0] for n in range(3))
    (evidence_folder / changed.storage_name).write_bytes(b"ubah")
    (evidence_folder / gone.storage_name).unlink()
    err = io.StringIO()
    with pytest.raises(CommandError, match="Belum semua berkas"):
        call_command("move_evidence", to=f"local:{elsewhere}", stdout=io.StringIO(), stderr=err)
    assert sorted(err.getvalue().splitlines()) == sorted(
        [
            f"gagal disalin: {changed.storage_name} (63.09): isinya tidak sama dengan yang tercatat",
            f"hilang: {gone.storage_name} (63.09)",
        ]
    )
    assert list(files_in(elsewhere)) == [good.storage_name]


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("local:folder/relatif", "folder lengkap"),
        ("s3://tanpa-kunci/wadah", "--to kunci, rahasia, atau host"),
        ("ftp://a", "tidak diawali s3://"),
    ],
)
def test_an_address_that_cannot_be_read(db, move, to, words):
    with pytest.raises(CommandError, match=words):
        move(to)


def test_nowhere_else_is_no_move(db, move, evidence_folder):
    with pytest.raises(CommandError, match="sudah disimpan di sana"):
        move(f"local:{evidence_folder}")


def test_the_address_can_come_from_standard_input(everything, elsewhere, move, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"local:{elsewhere}\n"))
    assert "3 berkas disalin" in move("-")


def test_nothing_is_written_to_the_database(everything, elsewhere, move):
    before = list(EvidenceFile.objects.values())
    move(f"local:{elsewhere}")
    assert list(EvidenceFile.objects.values()) == before


def test_progress_is_said(everything, elsewhere, move, monkeypatch):
    from evaluations.management.commands import move_evidence

    monkeypatch.setattr(move_evidence, "EVERY", 2)
    assert "2 dari 3, " in move(f"local:{elsewhere}")
    assert move(f"local:{elsewhere}", verbosity=0) == ""


def test_orphans_younger_than_asked_are_left(lie, db):
    lie("evidence/aa/a.pdf", days=3)
    assert list(custody.orphans(before=clock.now() - timedelta(days=4))) == []
    assert list(custody.orphans(before=clock.now() - timedelta(days=2))) == ["evidence/aa/a.pdf"]

"""One file out of a storage: whole, changed, lost, or linked to the earlier backup."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.storage import FileSystemStorage

from kla_portal.operations.backup import copying
from kla_portal.operations.backup.content import EVIDENCE, Wanted

DATA = b"isi dokumen" * 50_000
SHA = hashlib.sha256(DATA).hexdigest()
NAME = "evidence/ab/satu.pdf"


class Broken(FileSystemStorage):
    """Gives the first bytes and then nothing more."""

    def _open(self, name, mode="rb"):
        file = super()._open(name, mode)
        read, given = file.read, []

        def some(*size):
            if given:
                raise RuntimeError("connection reset")
            given.append(1)
            return read(10)

        file.read = some
        return file


@pytest.fixture
def shelf(settings, tmp_path):
    """The storage's folder, with the one file in it."""

    def use(backend="django.core.files.storage.FileSystemStorage"):
        place = {"BACKEND": backend, "OPTIONS": {"location": tmp_path / "gudang", "base_url": None}}
        settings.STORAGES = {**settings.STORAGES, EVIDENCE: place}

    use()
    file = tmp_path / "gudang" / NAME
    file.parent.mkdir(parents=True)
    file.write_bytes(DATA)
    return use, file


@pytest.fixture
def base(tmp_path):
    file = tmp_path / "lama" / EVIDENCE / NAME
    file.parent.mkdir(parents=True)
    file.write_bytes(DATA)
    return tmp_path / "lama"


@pytest.fixture
def target(tmp_path):
    return tmp_path / "baru"


def test_a_whole_file(shelf, target):
    entry, fault = copying.copy(Wanted(EVIDENCE, NAME, SHA, len(DATA)), target, None)
    assert (entry.path, entry.sha256, entry.size, fault) == (f"evidence/{NAME}", SHA, len(DATA), "")
    assert (target / entry.path).read_bytes() == DATA


def test_a_row_that_knows_no_hash(shelf, target):
    entry, fault = copying.copy(Wanted(EVIDENCE, NAME), target, None)
    assert (entry.sha256, fault) == (SHA, "")


@pytest.mark.parametrize("wanted", [("f" * 64, len(DATA)), (SHA, 3)], ids=["hash", "size"])
def test_a_changed_file_is_kept_as_it_is_and_said(shelf, target, wanted):
    entry, fault = copying.copy(Wanted(EVIDENCE, NAME, *wanted), target, None)
    assert (entry.sha256, entry.size, fault) == (SHA, len(DATA), copying.CHANGED)


def test_a_lost_file(shelf, target):
    shelf[1].unlink()
    with pytest.raises(copying.Absent, match=copying.MISSING):
        copying.copy(Wanted(EVIDENCE, NAME, SHA, len(DATA)), target, None)
    assert not [path for path in target.rglob("*") if path.is_file()]


def test_a_storage_that_breaks_off_leaves_nothing_of_the_file(shelf, target):
    shelf[0](f"{__name__}.Broken")
    with pytest.raises(copying.Absent, match=copying.UNREADABLE):
        copying.copy(Wanted(EVIDENCE, NAME, SHA, len(DATA)), target, None)
    assert not [path for path in target.rglob("*") if path.is_file()]


def test_an_equal_file_is_linked(shelf, target, base):
    entry, fault = copying.copy(Wanted(EVIDENCE, NAME, SHA, len(DATA)), target, base)
    assert (entry.sha256, entry.size, fault) == (SHA, len(DATA), "")
    assert (target / entry.path).samefile(base / entry.path)


@pytest.mark.parametrize("deed", ["changed", "gone", "no hash"])
def test_otherwise_it_is_copied(shelf, target, base, deed):
    old = base / EVIDENCE / NAME
    if deed == "changed":
        old.write_bytes(DATA[:-1] + b"x")
    if deed == "gone":
        old.unlink()
    entry, fault = copying.copy(
        Wanted(EVIDENCE, NAME, "" if deed == "no hash" else SHA, len(DATA)), target, base
    )
    assert (entry.sha256, fault) == (SHA, "")
    assert (target / entry.path).stat().st_nlink == 1


def test_what_the_storage_lost_is_not_taken_from_the_earlier_backup(shelf, target, base):
    """Else nobody would hear of the loss before that backup is thrown away."""
    shelf[1].unlink()
    with pytest.raises(copying.Absent, match=copying.MISSING):
        copying.copy(Wanted(EVIDENCE, NAME, SHA, len(DATA)), target, base)

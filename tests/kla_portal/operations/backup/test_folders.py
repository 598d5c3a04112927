"""Files of its own mode, one deed at a time, a full disk in words."""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
import stat

import pytest

from kla_portal.operations.backup import folders
from kla_portal.operations.backup.faults import BackupRefused


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def test_a_written_file_is_its_owners_and_its_digest_is_true(tmp_path):
    before = os.umask(0)
    try:
        told = folders.write(tmp_path / "a" / "b" / "satu.bin", iter([b"isi", b"", b"nya"]))
    finally:
        os.umask(before)
    file = tmp_path / "a" / "b" / "satu.bin"
    assert file.read_bytes() == b"isinya"
    assert told == (hashlib.sha256(b"isinya").hexdigest(), 6) == folders.digest_of(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {stat.S_IMODE(one.stat().st_mode) for one in (file.parent, file.parent.parent)} == {0o700}


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "ada").write_bytes(b"lama")
    with pytest.raises(FileExistsError):
        folders.write(tmp_path / "ada", [b"baru"])
    assert (tmp_path / "ada").read_bytes() == b"lama"


def test_only_one_at_a_time_and_then_the_next(tmp_path):
    with folders.alone(), pytest.raises(BackupRefused, match="sedang berjalan"), folders.alone():
        pytest.fail("two at once")
    with folders.alone():
        pass


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk(number):
    with pytest.raises(BackupRefused, match="Ruang penyimpanan habis: sini"), folders.in_words("sini"):
        raise OSError(number, "x")


def test_other_faults_keep_their_reason():
    with pytest.raises(BackupRefused, match="Read-only"), folders.in_words("sini"):
        raise OSError(errno.EROFS, "Read-only file system")
    with pytest.raises(BackupRefused, match="habis"), folders.in_words("sini"):
        raise sqlite3.OperationalError("database or disk is full")
    with pytest.raises(BackupRefused, match="malformed"), folders.in_words("sini"):
        raise sqlite3.DatabaseError("database disk image is malformed")
    with pytest.raises(ValueError), folders.in_words("sini"):
        raise ValueError("not ours to tell")

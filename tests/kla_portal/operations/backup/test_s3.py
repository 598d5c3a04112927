"""The way out of an S3 store and back into one."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.base import ContentFile

from kla_portal.operations.backup import archive, copying, folders, restoring, targets
from kla_portal.operations.backup.archive import Entry
from kla_portal.operations.backup.content import EVIDENCE, Wanted
from kla_portal.operations.backup.faults import BackupRefused
from tests.evaluations.evidence.test_s3 import address, down, keys, s3  # noqa: F401

NAME = "evidence/ab/satu.pdf"
DATA = b"isi" * 1000
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def source(tmp_path, settings):
    """An archive's list and its one file. The reports have a folder of their own, with nothing in it."""
    reports = settings.STORAGES["reports"]
    options = reports["OPTIONS"] | {"location": tmp_path / "laporan"}
    settings.STORAGES = {**settings.STORAGES, "reports": {**reports, "OPTIONS": options}}
    folder = tmp_path / "cadangan"
    entry = Entry(f"{EVIDENCE}/{NAME}", *folders.write(folder / EVIDENCE / NAME, [DATA]))
    folders.write(folder / archive.LIST, [entry.line.encode()])
    return folder


def test_a_file_is_streamed_out_or_said_to_be_lost(s3, tmp_path):  # noqa: F811
    s3.save(NAME, ContentFile(DATA))
    entry, fault = copying.copy(Wanted(EVIDENCE, NAME, SHA, len(DATA)), tmp_path / "baru", None)
    assert (entry.sha256, fault) == (SHA, "")
    with pytest.raises(copying.Absent, match=copying.MISSING):
        copying.copy(Wanted(EVIDENCE, "evidence/ab/dua.pdf", SHA, 9), tmp_path / "baru", None)


def test_linked_only_while_the_store_has_it(s3, source, tmp_path):  # noqa: F811
    wanted = Wanted(EVIDENCE, NAME, SHA, len(DATA))
    with pytest.raises(copying.Absent, match=copying.MISSING):
        copying.copy(wanted, tmp_path / "baru", source)
    s3.save(NAME, ContentFile(DATA))
    copying.copy(wanted, tmp_path / "baru", source)
    assert (tmp_path / "baru" / EVIDENCE / NAME).samefile(source / EVIDENCE / NAME)


@pytest.mark.parametrize("before", [None, DATA[:10], DATA], ids=["nothing", "half of it", "all of it"])
def test_back_into_the_store_whatever_a_try_before_left(s3, source, before):  # noqa: F811
    if before:
        s3.save(NAME, ContentFile(before))
    targets.empty_storages(source)
    restoring.put_files(source, say=print)
    assert keys(s3) == [NAME]
    assert s3.open(NAME).read() == DATA


def test_a_store_with_others_files_is_refused(s3, source):  # noqa: F811
    s3.save("evidence/ab/lain.pdf", ContentFile(b"lain"))
    with pytest.raises(BackupRefused, match=r"evidence/ab/lain\.pdf"):
        targets.empty_storages(source)


def test_reports_beside_the_evidence_are_the_other_storage(s3, source):  # noqa: F811
    """A restore that broke off left them there; it can be done again."""
    s3.save("reports/card/1.pdf", ContentFile(b"rapor"))
    targets.empty_storages(source)
    s3.save("lain/reports/1.pdf", ContentFile(b"lain"))
    with pytest.raises(BackupRefused, match=r"lain/reports/1\.pdf"):
        targets.empty_storages(source)


def test_a_store_that_is_down_is_said(down, source, tmp_path):  # noqa: F811
    with pytest.raises(BackupRefused, match="evidence tidak menjawab"):
        targets.empty_storages(source)
    with pytest.raises(BackupRefused, match="evidence tidak menjawab"):
        restoring.put_files(source, say=print)
    with pytest.raises(copying.Absent, match=copying.UNREADABLE):
        copying.copy(Wanted(EVIDENCE, NAME, SHA, 9), tmp_path / "baru", None)

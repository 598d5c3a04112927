"""Which archive fits into which portal: kind, versions, emptiness, space."""

from __future__ import annotations

import shutil
from collections import namedtuple

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection

from kla_portal.operations.backup import archive, content, folders, targets
from kla_portal.operations.backup.archive import Entry
from kla_portal.operations.backup.faults import BackupRefused
from tests.evaluations.views.conftest import folders as own_folders  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]


@pytest.fixture
def manifest():
    version = "1" if connection.vendor == "postgresql" else "3"
    return {
        "product": "0.0.9",
        "database": {"kind": connection.vendor, "version": version},
        "facts": {"migrations": content.migrations()},
    }


def test_the_same_version_fits(manifest):
    targets.fits(manifest)


def test_another_kind_of_database_is_told_how(manifest):
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    manifest["database"]["kind"] = other
    with pytest.raises(BackupRefused, match="DATABASE_URL") as told:
        targets.fits(manifest)
    assert f"cadangan {targets.KINDS[other]}" in str(told.value)


def test_an_older_and_a_newer_portal_are_refused_with_their_version(manifest):
    names = manifest["facts"]["migrations"]["evaluations"]
    names.append("9999_later")
    with pytest.raises(BackupRefused, match=r"lebih baru \(versi 0.0.9; berbeda: evaluations.9999_later"):
        targets.fits(manifest)
    del names[-2:]
    with pytest.raises(BackupRefused, match=r"lebih lama \(versi 0.0.9.*migrate"):
        targets.fits(manifest)


def test_an_unknown_app_is_a_newer_portal_but_an_optional_one_is_not(manifest):
    manifest["facts"]["migrations"]["admin"] = ["0001_initial"]
    manifest["facts"]["migrations"]["django_tasks_database"] = ["0001_initial"]
    targets.fits(manifest)
    manifest["facts"]["migrations"]["lain"] = ["0001_initial"]
    with pytest.raises(BackupRefused, match="lebih baru"):
        targets.fits(manifest)


@pytest.mark.parametrize("store", ["evidence", "reports"])
def test_a_storage_with_other_files_is_not_empty(tmp_path, store):
    source = tmp_path / "cadangan"
    storages[store].save("evidence/ab/satu.pdf", ContentFile(b"satu"))
    with pytest.raises(BackupRefused, match=f"Penyimpanan {store} tidak kosong .evidence/ab/satu.pdf"):
        targets.empty_storages(source)
    folders.write(source / store / "evidence/ab/satu.pdf", [b"satu"])
    targets.empty_storages(source)


def test_room_is_asked_for_before_anything_is_written(tmp_path, monkeypatch):
    source = tmp_path / "cadangan"
    lines = [Entry("evidence/a", "0" * 64, 900), Entry("reports/b", "0" * 64, 200)]
    folders.write(source / archive.LIST, [one.line.encode() for one in lines])
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage(0, 0, 1099))
    with pytest.raises(BackupRefused, match=r"kurang: perlu 1 kB, tersedia 1 kB"):
        targets.space(source)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage(0, 0, 1100))
    targets.space(source)
    # What an earlier try has brought needs no room again.
    storages["evidence"].save("a", ContentFile(b"x"))
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage(0, 0, 200))
    targets.space(source)

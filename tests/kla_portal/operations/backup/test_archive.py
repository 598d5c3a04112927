"""Every damage to the folder of a backup is named, and a whole one passes."""

from __future__ import annotations

import json

import pytest

from evaluations.scoring.score import digest
from kla_portal.operations.backup import archive, folders
from kla_portal.operations.backup.archive import Entry
from kla_portal.operations.backup.faults import BackupRefused

FILES = {
    "database.sqlite3": b"isi basis data",
    "evidence/evidence/ab/ab.pdf": b"%PDF-1.7 isi",
    "evidence/thumbnails/ab/ab.webp": b"gambar",
    "reports/analysis/1.csv": b"kode;nilai",
}


def seal(folder, **changes):
    """Write the manifest anew, as an edition of it would."""
    lines = (folder / archive.LIST).read_bytes()
    sizes = [int(line.split(b"\t")[1]) for line in lines.splitlines()]
    whole = {
        "format": archive.FORMAT,
        "product": "0.1.0",
        "database": {"kind": "sqlite"},
        "files": {
            "count": len(sizes),
            "bytes": sum(sizes),
            "sha256": folders.digest_of(folder / archive.LIST)[0],
        },
        **changes,
    }
    (folder / archive.MANIFEST).write_bytes(archive.sealed(whole))


@pytest.fixture
def folder(tmp_path):
    whole = tmp_path / "cadangan"
    lines = [Entry(path, *folders.write(whole / path, [data])).line.encode() for path, data in FILES.items()]
    folders.write(whole / archive.LIST, lines)
    seal(whole)
    return whole


def refused(folder, *words):
    with pytest.raises(BackupRefused) as told:
        archive.check(folder)
    said = str(told.value)
    assert all(word in said for word in words), said
    assert said.endswith(".")
    return said


def test_a_whole_one_passes_and_is_left_as_it_was(folder):
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in folder.rglob("*")}
    manifest = archive.check(folder)
    assert (manifest["product"], manifest["files"]["count"]) == ("0.1.0", 4)
    assert [entry.path for entry in archive.entries(folder)] == list(FILES)
    assert {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in folder.rglob("*")} == before


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("at", [0, -1])
def test_one_flipped_bit(folder, path, at):
    data = bytearray(FILES[path])
    data[at] ^= 1
    (folder / path).write_bytes(data)
    refused(folder, f"berubah: {path}", "Tidak ada yang diubah")


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("data", [b"", b"x"], ids=["emptied", "lengthened"])
def test_another_length(folder, path, data):
    (folder / path).write_bytes(FILES[path] + data if data else b"")
    refused(folder, f"berubah: {path}")


@pytest.mark.parametrize("path", FILES)
def test_a_missing_file(folder, path):
    (folder / path).unlink()
    refused(folder, f"hilang: {path}")


def test_a_file_too_many(folder):
    (folder / "evidence/evidence/ab/lain.pdf").write_bytes(b"lain")
    refused(folder, "tidak terdaftar: evidence/evidence/ab/lain.pdf")


def test_one_missing_and_another_in_its_place(folder):
    """The numbers agree, the names do not."""
    (folder / "reports/analysis/1.csv").rename(folder / "reports/analysis/2.csv")
    refused(folder, "hilang: reports/analysis/1.csv")


def test_a_link_to_the_same_bytes_is_not_the_file(folder, tmp_path):
    elsewhere = tmp_path / "lain.csv"
    (folder / "reports/analysis/1.csv").rename(elsewhere)
    (folder / "reports/analysis/1.csv").symlink_to(elsewhere)
    refused(folder, "hilang: reports/analysis/1.csv")


def test_an_edited_manifest(folder):
    file = folder / archive.MANIFEST
    file.write_text(file.read_text().replace('"0.1.0"', '"0.2.0"'))
    refused(folder, "manifest.json tidak cocok")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 1}', '{"format": 1, "database": 3}'])
def test_a_manifest_that_is_none(folder, text):
    (folder / archive.MANIFEST).write_text(text)
    refused(folder, "manifest.json tidak terbaca")


def test_a_manifest_with_an_unknown_database(folder):
    seal(folder, database={"kind": "oracle"})
    refused(folder, "rusak")


def test_without_a_manifest_it_is_no_backup(folder):
    (folder / archive.MANIFEST).unlink()
    refused(folder, "bukan cadangan yang selesai", "Pilih folder")


def test_another_format_names_the_version_that_wrote_it(folder):
    seal(folder, format=2, product="9.9")
    refused(folder, "berformat 2", "9.9")


@pytest.mark.parametrize("deed", ["cut", "edited", "gone"])
def test_a_changed_list(folder, deed):
    file = folder / archive.LIST
    lines = file.read_bytes()
    changed = {"cut": lines[:-20], "edited": lines.replace(b"ab.pdf", b"ba.pdf")}
    file.write_bytes(changed[deed]) if deed in changed else file.unlink()
    refused(folder, "files.tsv hilang atau berubah")


@pytest.mark.parametrize("path", ["../luar.pdf", "/etc/hostname", "evidence/../../luar.pdf"])
def test_a_path_that_leads_out_is_refused_even_when_sealed(folder, path):
    file = folder / archive.LIST
    file.write_text(file.read_text().replace("reports/analysis/1.csv", path))
    seal(folder)
    refused(folder, "baris 4 tidak terbaca")


def test_counts_that_do_not_agree(folder):
    told = archive.read(folder)["files"]
    seal(folder, files=told | {"bytes": told["bytes"] + 1})
    refused(folder, "files.tsv tidak sesuai")


def test_many_faults_are_cut_short(folder):
    for number in range(30):
        (folder / f"evidence/{number}.pdf").write_bytes(b"x")
    said = refused(folder, "tidak terdaftar")
    assert said.count("tidak terdaftar") == archive.SHOWN


def test_the_manifest_seals_itself():
    content = json.loads(archive.sealed({"format": 1, "b": [1]}))
    assert content.pop("digest") == digest(content)

"""A used portal, its backup, and an empty portal into which it is restored: the same in every row and byte."""

from __future__ import annotations

import stat
from urllib.parse import unquote, urlsplit

import pytest

from kla_portal.operations.backup import archive, content
from tests.kla_portal.operations.backup.building import SECRET

pytestmark = pytest.mark.django_db


def test_everything_comes_back(used, taken, empty):
    done = empty.manage("restore", taken)
    assert done.code == 0, done
    assert "Semuanya sama dengan cadangan" in done.out
    before, after = used.rows(), empty.rows()
    without = set(content.left_out())
    assert {table for table in without if before[table]} >= {
        "django_session", "accounts_signedinsession", "axes_accessattempt", "evaluations_uploadpiece",
    }  # fmt: skip
    assert all(after[table] == [] for table in without)
    assert before.keys() == after.keys()
    assert {table for table in before if before[table] != after[table]} == {t for t in without if before[t]}
    kept = {path: data for path, data in used.stored().items() if "incoming/" not in path}
    assert len(kept) < len(used.stored())
    assert empty.stored() == kept
    assert len(before["evaluations_stageresult"]) == 2
    proof = empty.manage("verify_events")
    assert (proof.code, "semua utuh" in proof.out) == (0, True), proof
    again = empty.manage("restore", taken)
    assert again.code == 1
    assert "tidak kosong" in again.errors
    assert empty.rows() == after
    # The numbers of new rows follow the old ones.
    opened = empty.manage("open_admin", "admin.baru", "Admin Baru")
    assert opened.code == 0, opened
    assert len(empty.rows()["accounts_user"]) == len(before["accounts_user"]) + 1


def test_only_its_owner_reads_it_and_no_session_is_in_it(taken):
    for path in [taken, *taken.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path
    assert any(
        SECRET.encode() in path.read_bytes() for path in taken.parent.rglob("incoming/**/*") if path.is_file()
    )
    assert not any(SECRET.encode() in path.read_bytes() for path in taken.rglob("*") if path.is_file())


@pytest.mark.postgresql
def test_the_password_of_the_database_stands_nowhere(used, tmp_path):
    password = unquote(urlsplit(used.url).password)
    target = tmp_path / "cadangan"
    done = used.manage("backup", target)
    assert done.code == 0 and len(password) > 8
    assert password not in done.out + done.errors
    files = [path for path in target.rglob("*") if path.is_file()]
    assert files and not any(password.encode() in path.read_bytes() for path in files)


def test_the_manifest_says_what_is_in_it(taken, used):
    manifest = archive.read(taken)
    facts, rows = manifest["facts"], used.rows()
    assert facts["tables"]["accounts_user"] == len(rows["accounts_user"]) > 0
    assert facts["tables"]["django_session"] == 0
    assert sum(length for length, _ in facts["chains"].values()) == len(rows["events_event"])
    assert len(facts["results"]) == 2
    assert "events_event_append_only_update" in facts["triggers"]
    assert facts["faults"] == manifest["absent"] == []
    assert manifest["files"]["count"] == sum(1 for path in taken.rglob("*") if path.is_file()) - 2
    assert manifest["begun_at"].endswith("+00:00")
    checked = used.manage("backup", "--check", taken)
    assert (checked.code, "utuh" in checked.out) == (0, True), checked


def test_equal_files_are_linked_to_the_earlier_backup(used, taken, tmp_path, systems):
    target = systems.folder / "kedua"
    done = used.manage("backup", target, "--base", taken)
    assert done.code == 0, done
    files = [
        path.relative_to(target) for path in target.rglob("*") if path.suffix in {".pdf", ".csv", ".jpg"}
    ]
    assert len(files) >= 4
    assert all((target / path).samefile(taken / path) for path in files)
    assert not (target / archive.LIST).samefile(taken / archive.LIST)
    archive.check(target)

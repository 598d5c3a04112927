"""Killed in the middle, out of space, or out of files: nothing that looks whole stays, and the next try succeeds.

A file that is a pipe holds the process exactly there: whoever reads it waits for a writer that never comes.
"""

from __future__ import annotations

import os
import resource
import signal
import time
from contextlib import contextmanager

import pytest

from kla_portal.operations.backup import archive
from kla_portal.operations.backup.taking import UNFINISHED
from tests.kla_portal.operations.backup.systems import a_file

pytestmark = pytest.mark.django_db


@contextmanager
def away(file):
    """Without the file, for a while."""
    held = file.parents[4] / f"{file.name}.disimpan"
    file.rename(held)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
        held.rename(file)


def kill_at(process, pipe):
    """kill -9 while the process reads the pipe; fails when it ends before it gets there."""
    limit = time.monotonic() + 60
    while (handle := _writer(pipe)) is None:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < limit
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    os.close(handle)
    assert process.returncode == -signal.SIGKILL


def _writer(pipe):
    """The pipe's other end, once somebody reads. As long as it is open and silent, the reader waits."""
    try:
        return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return None


def test_a_killed_backup_is_no_backup(used, tmp_path):
    target, file = tmp_path / "cadangan", a_file(used)
    work = target.with_name(target.name + UNFINISHED)
    with away(file):
        os.mkfifo(file)
        process = used.start("manage.py", "backup", target)
        kill_at(process, file)
    assert list(work.glob("database.*"))
    assert not target.exists()
    assert not (work / archive.MANIFEST).exists()
    refused = used.manage("restore", work)
    assert (refused.code, "bukan cadangan yang selesai" in refused.errors) == (1, True), refused
    again = used.manage("backup", target)
    assert again.code == 0, again
    assert not work.exists()
    archive.check(target)


def test_a_killed_restore_leaves_a_portal_without_rows_that_takes_it_again(used, taken, empty):
    file = empty.folder / a_file(used).relative_to(used.folder)
    file.parent.mkdir(parents=True)
    os.mkfifo(file)
    process = empty.start("manage.py", "restore", taken)
    kill_at(process, file)
    assert not empty.file.exists()
    if empty.database:
        assert empty.rows() == {}
    file.unlink()
    file.write_bytes(b"%PDF, broken off")
    again = empty.manage("restore", taken)
    assert again.code == 0, again
    assert empty.rows()["events_event"] == used.rows()["events_event"]
    assert file.read_bytes() == a_file(used).read_bytes()


def test_a_full_disk_is_said_and_leaves_nothing(used, tmp_path):
    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = used.manage("backup", tmp_path / "a" / "cadangan", before=small)
    assert done.code == 1
    assert "Ruang penyimpanan habis" in done.errors, done
    assert "Traceback" not in done.errors
    assert list((tmp_path / "a").iterdir()) == []


def test_a_lost_file_fails_the_backup_unless_it_is_allowed(used, tmp_path, empty):
    target, file = tmp_path / "cadangan", a_file(used)
    name = file.relative_to(used.folder).as_posix()
    with away(file):
        done = used.manage("backup", target)
        assert (done.code, f"hilang: {name}" in done.out, "--allow-missing" in done.errors) == (
            1,
            True,
            True,
        ), done
        assert list(tmp_path.iterdir()) == []
        allowed = used.manage("backup", target, "--allow-missing")
        assert allowed.code == 0, allowed
    assert archive.check(target)["absent"] == [{"path": name, "why": "hilang"}]
    restored = empty.manage("restore", target)
    assert (restored.code, name in restored.errors) == (0, True), restored
    assert empty.rows()["evaluations_evidencefile"] == used.rows()["evaluations_evidencefile"]
    assert not (empty.folder / name).exists()

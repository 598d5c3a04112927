"""deploy/backup-nightly, the script itself, with a `python` that notes how it is called: what the command does is
tested with the command."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from tests.deploy.files import DEPLOY

NOTES = """#!/bin/sh
echo "$@" >>"$0.calls"
[ ! -e "$0.fails" ] || exit 1
mkdir "$3"
"""


@pytest.fixture
def night(tmp_path):
    """``night(...)``: the script in a project folder of its own; the backups lie in ``tmp_path / "cadangan"``."""
    python = tmp_path / "portal" / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(NOTES)
    python.chmod(0o755)
    script = tmp_path / "portal" / "deploy" / "backup-nightly"
    script.parent.mkdir()
    shutil.copy(DEPLOY / "backup-nightly", script)
    kept = tmp_path / "cadangan"
    kept.mkdir()

    def run(*words, weekday=3):
        """`date +%u` says which day it is; everything else is the real one's."""
        fake = tmp_path / "bin"
        fake.mkdir(exist_ok=True)
        (fake / "date").write_text(
            f'#!/bin/sh\n[ "$1" != +%u ] || {{ echo {weekday}; exit; }}\nexec /bin/date "$@"\n'
        )
        (fake / "date").chmod(0o755)
        done = subprocess.run(
            [script, kept, *words], capture_output=True, text=True, check=False,
            env={"PATH": f"{fake}:{os.environ['PATH']}", "TZ": "UTC"},
        )  # fmt: skip
        calls = python.with_name("python.calls")
        return done, calls.read_text().splitlines() if calls.exists() else []

    run.kept, run.python = kept, python
    return run


def day(ago=0):
    return (datetime.now(UTC).date() - timedelta(days=ago)).isoformat()


def test_the_first_night_copies_all(night):
    done, calls = night()
    assert done.returncode == 0, done.stderr
    assert calls == [f"manage.py backup {night.kept}/{day()}"]


@pytest.mark.parametrize(("weekday", "linked"), [(6, True), (7, False)])
def test_a_night_links_to_the_one_before_but_not_on_sundays(night, weekday, linked):
    for ago in (9, 2):
        (night.kept / day(ago)).mkdir()
    _, calls = night(weekday=weekday)
    base = f" --base {night.kept}/{day(2)}" if linked else ""
    assert calls == [f"manage.py backup {night.kept}/{day()}{base}"]


def test_old_ones_go_and_named_ones_stay(night):
    for name in (day(29), day(30), day(31), day(400), "2026-tahap-em", f"{day(40)}.belum-selesai"):
        (night.kept / name).mkdir()
    done, _ = night()
    assert done.returncode == 0
    left = {path.name for path in night.kept.iterdir()}
    assert left == {day(), day(29), day(30), "2026-tahap-em", f"{day(40)}.belum-selesai"}


def test_twice_on_one_day(night):
    """As before an upgrade: the second links to the first, the third to the second, and the next night to the last."""
    for number in range(1, 12):
        _, calls = night()
        name = day() if number == 1 else f"{day()}-{number}"
        before = day() if number == 2 else f"{day()}-{number - 1}"
        base = f" --base {night.kept}/{before}" if number > 1 else ""
        assert calls[-1] == f"manage.py backup {night.kept}/{name}{base}"


def test_old_ones_of_one_day_go_together(night):
    for name in (day(30), f"{day(30)}-2", day(31), f"{day(31)}-2", f"{day(31)}-tahap-em"):
        (night.kept / name).mkdir()
    night()
    assert {path.name for path in night.kept.iterdir()} == {
        *(day(), day(30), f"{day(30)}-2", f"{day(31)}-tahap-em"),
    }


def test_after_a_failure_nothing_is_removed(night):
    (night.kept / day(31)).mkdir()
    night.python.with_name("python.fails").touch()
    done, _ = night()
    assert done.returncode == 1
    assert [path.name for path in night.kept.iterdir()] == [day(31)]


def test_without_a_folder_it_says_how(tmp_path):
    done = subprocess.run([DEPLOY / "backup-nightly"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "usage: deploy/backup-nightly FOLDER [DAYS]\n")


@pytest.mark.django_db
def test_it_makes_a_backup_of_a_real_portal(portal, tmp_path):
    done = portal.run("deploy/backup-nightly", str(tmp_path))
    assert done.returncode == 0, done.stderr
    (tonight,) = tmp_path.iterdir()
    checked = portal.run("python", "manage.py", "backup", "--check", str(tonight))
    assert checked.returncode == 0, checked.stderr
    assert list((tonight / "evidence").rglob("*.pdf"))

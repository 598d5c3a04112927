"""The units of one small host: systemd reads them, and what they call is there."""

from __future__ import annotations

import re
import subprocess
from configparser import RawConfigParser

import pytest
from django.core.management import get_commands

from kla_portal import settings as portal_settings
from tests.architecture.tree import ROOT
from tests.deploy.files import DEPLOY, FOREIGN, portal_variables
from tests.leftout import needs_program

UNITS = DEPLOY / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
TIMERS = sorted(path.name for path in UNITS.glob("*.timer"))
QUEUE = {"db_worker", "prune_db_task_results"}
"""Commands of the queue's own app, which is there with TASKS_IN_WORKER."""


def unit(name):
    """Section -> key -> value; of repeated keys the last."""
    parser = RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read(UNITS / name, encoding="utf-8")
    return parser


@needs_program("systemd-analyze", "systemd")
def test_systemd_reads_them(tmp_path):
    """Every key and value; the programs that they name stand elsewhere here."""
    for path in UNITS.iterdir():
        text = re.sub(r"=/opt/kla/\S+", "=/bin/true", path.read_text(encoding="utf-8"))
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", *sorted(tmp_path.iterdir())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if "kla" in line]
    assert (done.returncode, said) == (0, []), done.stderr


@needs_program("systemd-analyze", "systemd")
@pytest.mark.parametrize("name", TIMERS)
def test_each_time_is_one(name):
    when = unit(name)["Timer"]["OnCalendar"]
    done = subprocess.run(["systemd-analyze", "calendar", when], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Next elapse" in done.stdout


@needs_program("systemd-analyze", "systemd")
@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_bound(name, tmp_path):
    """systemd's own measure, 0 to 10: under 2.5 for what runs our code."""
    (tmp_path / name).write_text((UNITS / name).read_text(encoding="utf-8"), encoding="utf-8")
    command = ["systemd-analyze", "security", "--offline=yes", "--no-pager", tmp_path / name]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    exposure = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", said)[1])
    assert exposure < 2.5 or name == "kla-figures.service"


def test_each_timer_starts_a_command_that_there_is():
    commands = set(get_commands()) | QUEUE
    started = {unit(name)["Timer"]["Unit"] for name in TIMERS}
    jobs = {re.fullmatch(r"kla-job@(\w+)\.service", name)[1] for name in started if "@" in name}
    assert {name for name in started if "@" not in name} == {"kla-backup.service"}
    assert jobs <= commands
    assert jobs == {
        "send_reminders", "send_digest", "read_evidence", "sweep_evidence", "sweep_personal_data",
        "prune_db_task_results", "verify_events", "verify_evidence",
    }  # fmt: skip


def test_no_two_heavy_jobs_begin_at_the_same_time():
    times = [unit(name)["Timer"]["OnCalendar"] for name in TIMERS]
    assert len(set(times)) == len(times)
    assert all(time.endswith("Asia/Jakarta") or time == "*:0/5" for time in times)


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_calls_is_there(name):
    service = unit(name)["Service"]
    program, *words = service["ExecStart"].split()
    assert service["User"] == service["Group"] == "kla"
    if name == "kla-figures.service":
        return
    assert program.startswith(f"{service['WorkingDirectory']}/")
    inside = program.removeprefix("/opt/kla/")
    assert inside in {".venv/bin/python", ".venv/bin/gunicorn"} or (ROOT / inside).stat().st_mode & 0o111
    for word in words:
        if word.endswith(".py"):
            assert (ROOT / word).is_file()
    assert service["EnvironmentFile"] == "/etc/kla/kla.env"
    given = {pair.split("=")[0] for pair in service.get("Environment", "").split()}
    assert given <= portal_variables() | FOREIGN


def test_web_and_worker_share_the_figures_and_start_with_an_empty_folder():
    folder = unit("kla-figures.service")["Service"]["RuntimeDirectory"]
    for name in ("kla-web.service", "kla-worker.service"):
        found = unit(name)
        assert f"PROMETHEUS_MULTIPROC_DIR=/run/{folder}" in found["Service"]["Environment"]
        assert f"/run/{folder}" in found["Service"]["ReadWritePaths"].split()
        assert found["Unit"]["Requires"] == "kla-figures.service"
    assert {unit(name)["Unit"]["PartOf"] for name in SERVICES if "PartOf" in unit(name)["Unit"]} == {
        "kla.target"
    }


def test_the_worker_serves_every_queue():
    words = unit("kla-worker.service")["Service"]["ExecStart"].split()
    assert words[-1].split(",") == portal_settings.TASKS["default"]["QUEUES"]


def test_statements_are_limited_for_people_alone():
    """A migration, a report or a backup may take longer."""
    limited = [
        name for name in SERVICES if "DB_STATEMENT_SECONDS" in (UNITS / name).read_text(encoding="utf-8")
    ]
    assert limited == ["kla-web.service"]

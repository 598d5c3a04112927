"""kla.env.example has every variable of the portal, and what it says by itself is a portal that starts."""

from __future__ import annotations

import subprocess
import sys

from kla_portal import env
from tests.architecture.tree import ROOT
from tests.deploy.conftest import bare
from tests.deploy.files import DEPLOY, portal_variables, written

# Not for production, or set by systemd and compose themselves.
ABSENT = {"DEBUG", "EMAIL_FILE_PATH", "PROMETHEUS_MULTIPROC_DIR"}
EXAMPLE = DEPLOY / "kla.env.example"


def test_it_has_every_variable_and_no_other():
    assert sorted(set(written(EXAMPLE)) ^ portal_variables()) == sorted(ABSENT)


def test_what_differs_from_host_to_host_is_left_empty():
    assert {
        name for name, value in written(EXAMPLE).items() if name.endswith(("_KEY", "_TOKEN")) and value
    } == set()


def test_switched_off_lines_say_the_default():
    """What a line is worth before somebody takes its # away is what the portal does anyway."""
    said = written(EXAMPLE)
    for name, default in (
        ("WEB_THREADS", "4"),
        ("EVIDENCE_MAX_MB", "20"),
        ("DB_CONN_MAX_AGE", "60"),
        ("UPLOAD_DAYS", "7"),
    ):
        assert said[name] == default


def test_with_a_key_and_a_database_it_starts(tmp_path, monkeypatch):
    """Read by the portal's own reader of such files, as systemd reads it too: no quotes, no expansion."""
    lines = [
        f"SECRET_KEY={'k' * 60}" if line == "SECRET_KEY="
        else f"DATABASE_URL=sqlite:///{tmp_path}/kla.sqlite3" if line.startswith("DATABASE_URL=")
        else f"KLA_DATA_DIR={tmp_path}" if line.startswith("KLA_DATA_DIR=")
        else line
        for line in EXAMPLE.read_text(encoding="utf-8").splitlines()
    ]  # fmt: skip
    path = tmp_path / "kla.env"
    path.write_text("\n".join(lines), encoding="utf-8")
    given = bare(tmp_path)
    monkeypatch.setattr(env.os, "environ", given)
    env._load_dotenv(path)
    code = "from django.conf import settings as s; print(s.PROXY_COUNT, s.DEFAULT_FROM_EMAIL, s.SECURE_SSL_REDIRECT)"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", code],
        cwd=ROOT, env=given, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == "1 Portal KLA <portal@kla.example.go.id> True", done.stderr

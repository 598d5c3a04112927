"""Production refuses to start when it is not safe, in one line; and it never loads the demo."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from kla_portal import env
from tests.architecture.tree import ROOT

SAFE = {
    "KLA_MODE": "production",
    "SECRET_KEY": "kunci-untuk-uji-yang-cukup-panjang-dan-tidak-dipakai-di-mana-pun-1234567890",
    "ALLOWED_HOSTS": "kla.example.go.id",
    "DEBUG": "",
    "DATABASE_URL": "",
    "ADMIN_SITE": "",
    "TASKS_IN_WORKER": "",
    "HTTPS": "",
}


@pytest.fixture
def manage(tmp_path):
    """``manage("check", SECRET_KEY="")``: a command in production, with these variables changed.

    An empty variable is one that is not set: it also hides what a developer's ``.env`` says.
    """

    def run(*command: str, **changes: str) -> subprocess.CompletedProcess[str]:
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        environment = inherited | SAFE | {"KLA_DATA_DIR": str(tmp_path)} | changes
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    return run


def test_it_starts_when_it_is_safe(manage):
    done = manage("check", "--deploy", "--fail-level", "ERROR")
    assert done.returncode == 0, done.stderr


def test_production_is_what_nothing_said(monkeypatch):
    monkeypatch.delenv("KLA_MODE")
    assert env.mode() == "production"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"DEBUG": "1"}, "DEBUG"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "kla.example.go.id,*"}, "ALLOWED_HOSTS"),
        ({"KLA_MODE": "produksi"}, "KLA_MODE"),
        ({"DEBUG": "mungkin"}, "DEBUG"),
        ({"EVIDENCE_MAX_MB": "dua puluh"}, "EVIDENCE_MAX_MB"),
    ],
    ids=str,
)
def test_it_refuses_in_one_line(manage, changes, word):
    done = manage("check", **changes)
    assert done.returncode == 1
    said = done.stderr.strip().splitlines()
    assert len(said) == 1, done.stderr
    assert said[0].startswith("Portal KLA tidak dijalankan:")
    assert word in said[0]


def test_the_application_server_refuses_too(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", "import kla_portal.wsgi"], cwd=ROOT, capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], **SAFE, "KLA_DATA_DIR": str(tmp_path), "ALLOWED_HOSTS": "*"}, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        "Portal KLA tidak dijalankan: ALLOWED_HOSTS harus menyebut nama host portal, tanpa '*'."
    ]


def test_production_cannot_load_the_demo(manage, lay_database, tmp_path):
    lay_database(tmp_path)
    assert manage("migrate", "--verbosity", "0").returncode == 0
    done = manage("seed_demo")
    assert done.returncode == 1
    assert "demo" in done.stderr
    counted = manage(
        "shell", "-v", "0", "-c", "from kla_portal.accounts.models import User as U; print(U.objects.count())"
    )
    assert counted.stdout.strip() == "0", counted.stderr


def test_cookies_and_transport_are_safe(manage):
    code = (
        "from django.conf import settings as s; "
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS > 0, s.DEBUG)"
    )
    done = manage("shell", "-v", "0", "-c", code)
    assert done.stdout.split() == ["True", "True", "True", "True", "False"], done.stderr


SELDOM = {
    "openpyxl",
    "numpy",
    "highspy",
    "pypdf",
    "fontTools",
    "lxml",
    "weasyprint",
    "pyhanko",
    "pypdfium2",
    "krippendorff",
}
"""Some 40 MB together: loaded with the first workbook, plan or document, by the process that gets it."""


def test_a_worker_starts_without_what_few_of_them_need(manage):
    code = (
        "import sys; from django.urls import get_resolver; found = get_resolver().url_patterns; "
        "print(len(found) > 5, 'PIL' in sys.modules, *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = manage("shell", "-v", "0", "-c", code)
    addresses, pictures, *loaded = done.stdout.split()
    assert (addresses, pictures) == ("True", "True"), done.stderr
    assert SELDOM & set(loaded) == set()


def test_every_variable_is_written_down():
    settings = (ROOT / "kla_portal" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'env\.(?:text|flag|number|words|database)\(\s*"([A-Z_]+)"', settings)) | {
        "KLA_MODE"
    }
    assert len(read) > 10
    operations = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[A-Z].*?) \|", operations, re.MULTILINE)
    listed = {variable for row in rows for variable in re.findall(r"`([A-Z_]+)`", row)}
    assert sorted(read ^ listed) == []

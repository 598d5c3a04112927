"""What the environment makes of the settings, where more than one value hangs together."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

CODE = """
import json
from django.conf import settings as s
print(json.dumps([s.DATABASES["default"]["OPTIONS"], s.DATABASES["default"]["CONN_MAX_AGE"], s.SECRET_KEY_FALLBACKS]))
"""


@pytest.fixture
def told(tmp_path):
    """(Options of the database, seconds that a connection is kept, old keys) with these variables."""

    def ask(**variables):
        own = {
            "KLA_MODE": "test",
            "KLA_DATA_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "kla_portal.settings",
        }
        done = subprocess.run(
            [sys.executable, "-c", CODE], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True,
            env={"PATH": os.environ["PATH"], **own, **variables},
        )  # fmt: skip
        return json.loads(done.stdout)

    return ask


def test_postgresql_is_not_waited_for_without_end(told):
    options, kept, old = told(
        DATABASE_URL="postgres://kla@db/kla?sslmode=require", DB_STATEMENT_SECONDS="30", DB_CONN_MAX_AGE="0",
        SECRET_KEY_FALLBACKS="kunci-satu, kunci-dua",
    )  # fmt: skip
    assert options["options"] == "-c statement_timeout=30s -c idle_in_transaction_session_timeout=30s"
    assert options["connect_timeout"] == 5
    assert options["keepalives_idle"] + options["keepalives_interval"] * options["keepalives_count"] == 60
    assert options["sslmode"] == "require"
    assert kept == 0
    assert old == ["kunci-satu", "kunci-dua"]


def test_what_the_address_says_wins_and_a_command_has_no_limit(told):
    options, kept, old = told(DATABASE_URL="postgres://kla@db/kla?connect_timeout=9", SECRET_KEY_FALLBACKS="")
    assert str(options["connect_timeout"]) == "9"
    assert "options" not in options
    assert (kept, old) == (60, [])

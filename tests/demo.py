"""The demo as ``make run`` builds it, once for all processes of a run: in a folder that none of them writes to again."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connections

ROOT = Path(__file__).resolve().parents[1]
DATABASE = "kla.sqlite3"
SESSIONS = "sessions.json"
"""What ``tests.browser.sessions`` printed."""

LOCK, DONE = "demo.lock", "demo-is-built"


def environment(data: Path) -> dict[str, str]:
    """Of a portal in demo mode with this data folder; nothing of what a developer set."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "KLA_MODE": "demo",
        "KLA_DATA_DIR": str(data),
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "kla_portal.settings",
    }


def run(data: Path, *command: str) -> str:
    """What the command printed. Raises ``RuntimeError`` when it fails."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT, env=environment(data), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return done.stdout


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Of the whole run, however many processes it has."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def built(shared: Path) -> Path:
    """The data folder of the demo, below ``shared``; who comes first builds it, the others wait."""
    data, done = shared / "demo", shared / DONE
    with (shared / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            run(data, "manage.py", "migrate", "--verbosity", "0")
            run(data, "manage.py", "seed_demo")
            (data / SESSIONS).write_text(run(data, "-m", "tests.browser.sessions"), encoding="utf-8")
            run(data, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
            done.touch()
    return data


@contextmanager
def instead(data: Path) -> Iterator[None]:
    """The database of this folder in the place of the suite's own, as ``django.db.connection``. Only on SQLite."""
    own = connections[DEFAULT_DB_ALIAS]
    other = type(own)(own.settings_dict | {"NAME": str(data / DATABASE)}, DEFAULT_DB_ALIAS)
    connections[DEFAULT_DB_ALIAS] = other
    try:
        yield
    finally:
        other.close()
        connections[DEFAULT_DB_ALIAS] = own


def sessions(data: Path) -> dict[str, Any]:
    """``cookie``: its name; ``keys``: user name -> keys of sessions that have begun."""
    found: dict[str, Any] = json.loads((data / SESSIONS).read_text(encoding="utf-8"))
    return found

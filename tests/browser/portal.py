"""One real portal for the browser tests: its own data folder, its own port, stopped by its own process id."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
PASSWORD = "kla-demo-2026"
"""Of every account of the demo."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Portal:
    """``url`` is its address without a slash at the end; ``folder`` its data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "portal.log"
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.env = kept | {
            "KLA_MODE": "demo",
            "KLA_DATA_DIR": str(folder / "data"),
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "kla_portal.settings",
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.database = folder / "data" / "kla.sqlite3"
        self.demo = self.database
        """The demo as it was built; ``prepare`` names the shared one."""

    def run(self, data: Path, *command: str) -> None:
        env = self.env | {"KLA_DATA_DIR": str(data)}
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")

    def prepare(self, shared: Path) -> None:
        """A copy of the demo, which is built once in ``shared`` for all test processes of a run."""
        built, done = shared / "demo", shared / "demo-is-built"
        with (shared / "demo.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                self.run(built, "manage.py", "migrate", "--verbosity", "0")
                self.run(built, "manage.py", "seed_demo")
                self.run(built, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
                done.touch()
        shutil.copytree(built, self.folder / "data")
        self.demo = built / "kla.sqlite3"

    def renew(self) -> None:
        """Every row as in the demo again, under the running portal; files of rows that are gone stay on disk."""
        with (
            contextlib.closing(sqlite3.connect(self.demo)) as demo,
            contextlib.closing(sqlite3.connect(self.database, timeout=20)) as rows,
        ):
            demo.backup(rows)

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "kla_portal.wsgi:application"),
                *(
                    "--bind",
                    f"127.0.0.1:{self.port}",
                    "--workers",
                    "1",
                    "--threads",
                    "4",
                    "--log-level",
                    "warning",
                ),
            ],
            cwd=ROOT,
            env=self.env,
            stdout=self.log.open("ab"),
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/akun/masuk/", timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        raise RuntimeError(f"The portal did not answer:\n{self.log.read_text(errors='replace')[-4000:]}")

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """What stands in the database, past the pages; also for what time would do, such as ended sessions."""
        with sqlite3.connect(self.database, timeout=20) as connection:
            return connection.execute(sql, values).fetchall()

    def end_sessions(self) -> None:
        """As after twelve hours: every session is over."""
        self.rows("DELETE FROM django_session")

    def saved(self, evaluation: int, code: str) -> tuple[object, ...] | None:
        """(value as JSON, note, version) of the stored answer."""
        found = self.rows(
            "SELECT a.value, a.note, a.version FROM evaluations_answer a"
            " JOIN indicators_question q ON q.id = a.question_id WHERE a.evaluation_id = ? AND q.code = ?",
            evaluation,
            code,
        )
        return found[0] if found else None

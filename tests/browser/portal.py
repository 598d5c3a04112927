"""One real portal for the browser tests: its own data folder, its own port, stopped by its own process id."""

from __future__ import annotations

import contextlib
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests import demo
from tests.demo import ROOT

START_SECONDS = 60
NOTICE_SECONDS = 30
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
        self.env = demo.environment(folder / "data")
        self.process: subprocess.Popen[bytes] | None = None
        self.database = folder / "data" / demo.DATABASE
        self.demo = self.database
        """The demo as it was built; ``prepare`` names the shared one."""
        self.planted: dict[str, Any] = {}
        self.given: Counter[str] = Counter()
        self.turn = 0

    def prepare(self, shared: Path) -> None:
        """A copy of the demo, which is built once in ``shared`` for all test processes of a run."""
        built = demo.built(shared)
        shutil.copytree(built, self.folder / "data")
        self.demo = built / demo.DATABASE
        self.planted = demo.sessions(built)

    def renew(self) -> None:
        """Every row as in the demo again, under the running portal; files of rows that are gone stay on disk."""
        with (
            contextlib.closing(sqlite3.connect(self.demo)) as built,
            contextlib.closing(sqlite3.connect(self.database, timeout=20)) as rows,
        ):
            # It is a copy: the disk need not have it before the test goes on.
            rows.execute("PRAGMA synchronous = OFF")
            built.backup(rows)
        self.given.clear()
        self.turn += 1

    @contextlib.contextmanager
    def maintained(self) -> Iterator[None]:
        """Closed for writing. Left only when the portal itself knows of the end: it asks every few seconds."""
        data = self.folder / "data"
        demo.run(data, "manage.py", "maintenance", "on", "Pembaruan portal")
        try:
            self._await_notice(shown=True)
            yield
        finally:
            demo.run(data, "manage.py", "maintenance", "off")
            self._await_notice(shown=False)

    def _await_notice(self, *, shown: bool) -> None:
        deadline = time.monotonic() + NOTICE_SECONDS
        while time.monotonic() < deadline:
            with urllib.request.urlopen(f"{self.url}/akun/masuk/", timeout=15) as page:
                if (b"Pembaruan portal" in page.read()) is shown:
                    return
            time.sleep(0.2)
        raise RuntimeError(f"The notice of maintenance {'never came' if shown else 'stays'}.")

    def session(self, username: str) -> dict[str, str] | None:
        """A cookie, as Playwright takes it, of somebody who signed in; none when this test has used them all."""
        keys = self.planted["keys"].get(username, [])
        given = self.given[username]
        if given >= len(keys):
            return None
        self.given[username] += 1
        # Not the one before's: what that test left under way may still end its session.
        key = keys[(self.turn + given) % len(keys)]
        return {"name": self.planted["cookie"], "value": key, "url": self.url}

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

"""One application host: gunicorn with a data folder of its own, driven from outside."""

from __future__ import annotations

import http.client
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings

from tests.browser.portal import free_port

START_SECONDS = 90


class Host:
    """``url``: its database, empty for SQLite in ``folder``; ``store``: EVIDENCE_STORAGE, empty for ``folder``."""

    def __init__(self, folder: Path, url: str = "", store: str = "", *, workers: int = 2) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.port, self.workers = folder, free_port(), workers
        self.log = folder / "portal.log"
        # An empty variable hides what a developer's .env says.
        self.env = os.environ | {
            "KLA_MODE": "test",
            "KLA_DATA_DIR": str(folder),
            "DATABASE_URL": url,
            "EVIDENCE_STORAGE": store,
            "TASKS_IN_WORKER": "",
            "MFA_REQUIRED": "0",
            "READY_FREE_MB": "0",
            "DJANGO_SETTINGS_MODULE": "tests.endurance.settings",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.begin()
        self.wait()

    def begin(self) -> None:
        command = [
            *(sys.executable, "-m", "gunicorn", "kla_portal.wsgi", "--bind", f"127.0.0.1:{self.port}"),
            *(
                "--workers",
                str(self.workers),
                "--threads",
                "8",
                "--no-control-socket",
                "--log-level",
                "warning",
            ),
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=self.env, stdout=log, stderr=log
            )

    def wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 5) as line:
                    line.sendall(b"GET /akun/masuk/ HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
                    line.settimeout(60)
                    if line.recv(20):
                        return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"the portal did not start:\n{self.log.read_text()[-3000:]}")

    @property
    def pids(self) -> list[int]:
        """Of the workers."""
        assert self.process
        pid = self.process.pid
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def kill_worker(self) -> None:
        os.kill(self.pids[0], signal.SIGKILL)

    def kill(self) -> None:
        """kill -9 of the whole: the workers too, which would otherwise go on for a moment."""
        assert self.process
        children = self.pids
        self.process.kill()
        for pid in children:
            os.kill(pid, signal.SIGKILL)
        self.process.wait()
        until = time.monotonic() + 30
        while time.monotonic() < until and self._listens():
            time.sleep(0.02)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()

    def largest_file(self, size: int) -> None:
        """No file of a worker may grow beyond ``size`` bytes, as on a full disk; -1 gives the room back."""
        for pid in self.pids:
            hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if size < 0 else size, hard))

    def module(self, name: str, told: Any = None) -> Any:
        """What ``tests.endurance.<name>`` prints as JSON, run beside this host, with ``told`` on its stdin."""
        done = subprocess.run(
            [sys.executable, "-m", f"tests.endurance.{name}"],
            input=json.dumps(told).encode(),
            cwd=settings.BASE_DIR,
            env=self.env,
            capture_output=True,
            timeout=240,
        )
        assert done.returncode == 0, done.stderr.decode()[-4000:]
        return json.loads(done.stdout.splitlines()[-1])

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True


class Reply:
    """``status`` 0: none came."""

    def __init__(self, status: int, body: bytes = b"", headers: Any = None) -> None:
        self.status, self.body, self.headers = status, body, headers or {}

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


TOKEN = "k" * 32
"""Secret of the CSRF cookie; Django takes it as its own token."""


class Proxy:
    """Gives requests to its hosts in turn, and to the next one where nobody answers, as nginx does."""

    def __init__(self, *hosts: Host) -> None:
        self.hosts, self.turn = hosts, 0

    def ask(
        self, session: str, method: str, path: str, body: bytes = b"", host: int | None = None, **headers: str
    ) -> Reply:
        head = {
            "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Host": "127.0.0.1",
        }
        head |= {name.replace("_", "-"): value for name, value in headers.items()}
        self.turn += 1
        first = self.turn if host is None else host
        for number in range(len(self.hosts) if host is None else 1):
            reply = self._once(self.hosts[(first + number) % len(self.hosts)].port, method, path, body, head)
            if reply.status:
                return reply
        return reply

    @staticmethod
    def _once(port: int, method: str, path: str, body: bytes, head: dict[str, str]) -> Reply:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        try:
            line.request(method, path, body or None, head)
            answer = line.getresponse()
            return Reply(answer.status, answer.read(), answer.headers)
        except (OSError, http.client.HTTPException):
            return Reply(0)
        finally:
            line.close()

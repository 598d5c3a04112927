"""The portal as a small host runs it: gunicorn with two workers, a worker for tasks, on loopback."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
WORKERS, THREADS = 2, 4


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Portal:
    """Runs until the block ends. ``start_seconds``: from the command to the first reply."""

    def __init__(self, *, tasks: bool = False, log: Path) -> None:
        self.port, self.tasks, self.log = free_port(), tasks, log
        self.running: list[subprocess.Popen[bytes]] = []
        self.start_seconds = 0.0

    def __enter__(self) -> Self:
        began = time.perf_counter()
        self._start(
            *("-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "tests.bench.wsgi"),
            *("--bind", f"127.0.0.1:{self.port}"),
        )
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        self.start_seconds = time.perf_counter() - began
        if self.tasks:
            # As deploy's unit does it: papers come after people, on one processor.
            self._start(
                "manage.py",
                "db_worker",
                "--queue-name",
                "*",
                "-v0",
                before=("taskset", "-c", "0", "chrt", "--idle", "0"),
            )
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.running:
            process.send_signal(signal.SIGTERM)
        for process in self.running:
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self, *arguments: str, before: tuple[str, ...] = ()) -> None:
        command = [*before, sys.executable, *arguments]
        told = os.environ | {"WEB_WORKERS": str(WORKERS), "WEB_THREADS": str(THREADS)}
        with self.log.open("ab") as log:
            self.running.append(subprocess.Popen(command, cwd=ROOT, env=told, stdout=log, stderr=log))

    def _wait(self) -> None:
        until = time.monotonic() + 90
        while time.monotonic() < until:
            if self.running[0].poll() is not None:
                break
            try:
                with socket.create_connection(("127.0.0.1", self.port), 30) as line:
                    line.sendall(
                        b"GET /bench/portal/read/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
                    )
                    if line.recv(100).startswith(b"HTTP/1.1 302"):
                        return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"the portal did not start; see {self.log}")

    def worker_megabytes(self) -> list[float]:
        """Each worker's resident memory."""
        children = (
            Path(f"/proc/{self.running[0].pid}/task/{self.running[0].pid}/children").read_text().split()
        )
        return [_resident(int(pid)) for pid in children]


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ValueError(pid)


def people(plan: dict[str, Any]) -> dict[str, Any]:
    """Let the client process do ``plan`` and hear what happened."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.client"],
        input=json.dumps(plan).encode(),
        stdout=subprocess.PIPE,
        cwd=ROOT,
        check=True,
        timeout=plan["for"] + 240,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told
